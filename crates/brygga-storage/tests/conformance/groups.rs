//! Decisions that share a commit. To have them in one group a first decision is held until the
//! others wait behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brygga_domain::Timestamp;
use brygga_domain::referral::Side;
use brygga_exchange::capacity::CapacityWrites;
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, Expectation, StorageError, Store};
use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::capacity::{begin, capacity, service_id, stored};
use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    one_failing_decision_does_not_fail_the_others,
    one_message_twice_in_a_group_gets_the_same_receipt,
    a_repeat_that_was_hoped_to_be_new_gets_the_stored_receipt,
    a_withdrawal_in_a_group_stops_the_message_before_it,
    whoever_wants_the_same_comes_in_turn_and_is_decided_twice_at_most,
    a_full_queue_refuses_at_once,
);

/// Occupies the writer; it goes on when the permit is given.
async fn hold_writer(store: &Store) -> (Arc<Semaphore>, JoinHandle<()>) {
    let (gate, started) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (held, opened, begun) = (store.clone(), Arc::clone(&gate), Arc::clone(&started));
    let holding = tokio::spawn(async move {
        let decided = held.decide("test.hold", move |_| {
            let (gate, started) = (Arc::clone(&opened), Arc::clone(&begun));
            Box::pin(async move {
                started.add_permits(1);
                gate.acquire().await.expect("never closed").forget();
                gate.add_permits(1);
                Ok(Decision { writes: WriteSet::default(), answer: (), read_keys: vec![] })
            })
        });
        decided.await.unwrap();
    });
    // Alone in its group, so that the others wait behind it.
    started.acquire().await.unwrap().forget();
    (gate, holding)
}

async fn one_failing_decision_does_not_fail_the_others(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Source).await;
    let (gate, holding) = hold_writer(&held).await;
    let writes = |number| WriteSet {
        new_referrals: vec![new_referral(number, Side::Source)],
        audit: vec![leaf(number)],
        ..WriteSet::default()
    };
    // Number 0 is stored already: its insert fails the statement of the whole group.
    let deciding = join_all((0..30).map(|number| store(&held, writes(number))));
    let opening = async {
        tokio::task::yield_now().await;
        gate.add_permits(1);
    };
    let (outcomes, ()) = tokio::join!(deciding, opening);
    holding.await.unwrap();
    assert_eq!(outcomes[0], Err(StorageError::Conflict));
    assert!(outcomes[1..].iter().all(Result::is_ok));
    let size = held.read(|reader| Box::pin(reader.database_size())).await.unwrap();
    assert_eq!((size.referrals, size.audit_leaves), (30, 29));
}

/// Receives message 1 as a node does: a repeat gets the stored receipt.
async fn receive(store: &Store, receipt: u8) -> Vec<u8> {
    store
        .decide("test.receive", move |reader| {
            Box::pin(async move {
                let key = Key::Inbox(nybro(), message_id(1));
                if let Some(held) = reader.inbox_entry(&nybro(), message_id(1)).await? {
                    let writes = WriteSet::default();
                    return Ok(Decision { writes, answer: held.receipt, read_keys: vec![key] });
                }
                let entry = inbox_entry(1, &[receipt]);
                let answer = entry.receipt.clone();
                let writes =
                    WriteSet { inbox: vec![entry], audit: vec![leaf(1)], ..WriteSet::default() };
                Ok(Decision { writes, answer, read_keys: vec![key] })
            })
        })
        .await
        .unwrap()
}

async fn one_message_twice_in_a_group_gets_the_same_receipt(database: &Database) {
    let held = database.open().await;
    let (gate, holding) = hold_writer(&held).await;
    let receiving = join_all((0..100).map(|receipt| receive(&held, receipt)));
    let opening = async {
        tokio::task::yield_now().await;
        gate.add_permits(1);
    };
    let (receipts, ()) = tokio::join!(receiving, opening);
    holding.await.unwrap();
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    let leaves = held.read(|reader| Box::pin(reader.audit_unsequenced(10))).await.unwrap();
    assert_eq!(leaves.len(), 1);
}

/// Receives message 1 in the hope that it is new. What was decided in that hope is answered only if
/// it was right, whether the decision would store something or not.
async fn hopeful(store: &Store, stores: bool) -> Vec<u8> {
    let key = Key::Inbox(nybro(), message_id(1));
    let foreseen = vec![key.clone()];
    store
        .decide_on("test.receive", foreseen, Expectation::Absent, move |reader| {
            let read_keys = vec![key.clone()];
            Box::pin(async move {
                let held = reader.inbox_entry(&nybro(), message_id(1)).await?;
                let is_new = held.is_none();
                let answer = held.map_or(vec![2], |held| held.receipt);
                let mut writes = WriteSet { audit: vec![leaf(1)], ..WriteSet::default() };
                if is_new && stores {
                    writes.inbox.push(inbox_entry(1, &answer));
                }
                Ok(Decision { writes, answer, read_keys })
            })
        })
        .await
        .unwrap()
}

async fn a_repeat_that_was_hoped_to_be_new_gets_the_stored_receipt(database: &Database) {
    let held = database.open().await;
    assert_eq!(hopeful(&held, false).await, [2], "nothing is held");
    let receipt = receive(&held, 1).await;
    for stores in [true, false] {
        assert_eq!(hopeful(&held, stores).await, receipt, "alone, stores: {stores}");
        let (gate, holding) = hold_writer(&held).await;
        let receiving = join_all((0..40).map(|_| hopeful(&held, stores)));
        let opening = async {
            tokio::task::yield_now().await;
            gate.add_permits(1);
        };
        let (receipts, ()) = tokio::join!(receiving, opening);
        holding.await.unwrap();
        assert!(receipts.iter().all(|given| *given == receipt), "in a group, stores: {stores}");
    }
}

/// A request rests on a consent; the withdrawal decided after it must find its message, or the
/// request must find the withdrawal.
async fn a_withdrawal_in_a_group_stops_the_message_before_it(database: &Database) {
    let held = database.open().await;
    for number in 1..=20 {
        let writes = WriteSet { consents: vec![consent(number)], ..WriteSet::default() };
        store(&held, writes).await.unwrap();
        let (sent, stopped) = tokio::join!(request(&held, number), withdraw(&held, number, at(60)));
        assert_eq!(sent, stopped == 1, "consent {number}: sent {sent}, stopped {stopped}");
    }
}

async fn request(store: &Store, number: u32) -> bool {
    store
        .decide("test.request", move |reader| {
            Box::pin(async move {
                let consent = reader.consent_by_id(consent_id(number)).await?.expect("stored");
                let read_keys = vec![Key::Consent(consent_id(number))];
                let mut writes = WriteSet::default();
                let stands = consent.withdrawn_at.is_none();
                if stands {
                    let mut new = new_referral(number, Side::Source);
                    new.referral.grant.consent = Some((consent_id(number), at(100)));
                    writes.new_referrals.push(new);
                    writes.outbox.push(outbox_entry(number));
                }
                Ok(Decision { writes, answer: stands, read_keys })
            })
        })
        .await
        .unwrap()
}

async fn withdraw(store: &Store, number: u32, now: Timestamp) -> usize {
    store
        .decide("test.withdraw", move |reader| {
            Box::pin(async move {
                let id = consent_id(number);
                let mut consent = reader.consent_by_id(id).await?.expect("stored");
                let answer = reader.outbox_queued_by_consent(id).await?.len();
                consent.withdraw(now);
                let writes = WriteSet { consents: vec![consent], ..WriteSet::default() };
                Ok(Decision { writes, answer, read_keys: Vec::new() })
            })
        })
        .await
        .unwrap()
}

/// Two services, changed in turn by forty decisions.
async fn whoever_wants_the_same_comes_in_turn_and_is_decided_twice_at_most(database: &Database) {
    let held = database.open().await;
    begin(&held, 0, 20).await;
    begin(&held, 1, 20).await;
    let runs: Vec<_> = (0..40).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let (gate, holding) = hold_writer(&held).await;
    let deciding = runs.iter().zip(0..).map(|(runs, number)| {
        let runs = Arc::clone(runs);
        held.decide("test.change", move |reader| {
            runs.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                let id = service_id(number % 2);
                let before = reader.service_by_id(id).await?.expect("begun").stored;
                let (revision, next) = (before.revision, before.revision + 1);
                let changed = (stored(before.publication, next), revision);
                let changed_services = vec![changed];
                let writes = CapacityWrites { changed_services, ..CapacityWrites::default() };
                let read_keys = vec![Key::Service(id)];
                Ok(Decision { writes: capacity(writes), answer: revision, read_keys })
            })
        })
    });
    let opening = async {
        tokio::task::yield_now().await;
        gate.add_permits(1);
    };
    let (revisions, ()) = tokio::join!(join_all(deciding), opening);
    holding.await.unwrap();
    let revisions: Vec<_> = revisions.into_iter().map(Result::unwrap).collect();
    let in_turn: Vec<_> = (0..40).map(|number| number / 2 + 1).collect();
    assert_eq!(revisions, in_turn);
    let runs: Vec<_> = runs.iter().map(|runs| runs.load(Ordering::Relaxed)).collect();
    assert!(runs.iter().all(|runs| *runs <= 2), "{runs:?}");
}

async fn a_full_queue_refuses_at_once(database: &Database) {
    let held = database.open().await;
    let (gate, holding) = hold_writer(&held).await;
    let deciding = join_all((0..5000).map(|_| store(&held, WriteSet::default())));
    let opening = async {
        tokio::task::yield_now().await;
        gate.add_permits(1);
    };
    let (outcomes, ()) = tokio::join!(deciding, opening);
    holding.await.unwrap();
    let busy = outcomes.iter().filter(|outcome| **outcome == Err(StorageError::Busy)).count();
    let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(busy + stored, 5000);
    assert!(busy >= 500, "{busy} refused");
}
