//! Decisions: all or nothing, repeated when somebody else was faster, answered once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use brygga_domain::referral::{Side, Status};
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, OutboxNotice, StorageError};

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    a_decision_is_stored_whole_or_not_at_all,
    an_error_of_the_decision_reaches_its_caller_and_stores_nothing,
    a_decision_that_panics_harms_nobody_else,
    a_decision_sees_what_was_stored_before_it,
    a_thousand_decisions_at_once_are_all_stored,
    a_contended_referral_is_changed_once_for_each_decision,
    a_closed_store_takes_nothing_more,
    recipients_of_new_messages_are_told_after_the_commit,
);

async fn a_decision_is_stored_whole_or_not_at_all(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Source).await;
    // Everything is new but the last: the message of referral 0 is in the outbox already.
    let writes = WriteSet {
        new_referrals: vec![new_referral(1, Side::Source)],
        consents: vec![consent(1)],
        audit: vec![leaf(1)],
        outbox: vec![outbox_entry(0)],
        ..WriteSet::default()
    };
    assert_eq!(store(&held, writes).await, Err(StorageError::Conflict));
    let (referral, consent, leaves) = held
        .read(|reader| {
            Box::pin(async {
                let referral = reader.referral_by_id(referral_id(1)).await?;
                let consent = reader.consent_by_id(consent_id(1)).await?;
                Ok((referral, consent, reader.audit_unsequenced(10).await?))
            })
        })
        .await
        .unwrap();
    assert_eq!((referral, consent, leaves), (None, None, vec![]));
}

async fn an_error_of_the_decision_reaches_its_caller_and_stores_nothing(database: &Database) {
    let held = database.open().await;
    let failed: Result<(), _> =
        held.decide("test.fail", |_| Box::pin(async { Err(StorageError::Url) })).await;
    assert_eq!(failed, Err(StorageError::Url));
    store(&held, WriteSet { audit: vec![leaf(1)], ..WriteSet::default() }).await.unwrap();
}

async fn a_decision_that_panics_harms_nobody_else(database: &Database) {
    let held = database.open().await;
    let failed: Result<(), _> =
        held.decide("test.panic", |_| Box::pin(async { panic!("on purpose") })).await;
    assert_eq!(failed, Err(StorageError::Defect { name: "test.panic" }));
    store(&held, WriteSet { audit: vec![leaf(1)], ..WriteSet::default() }).await.unwrap();
}

async fn a_decision_sees_what_was_stored_before_it(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Source).await;
    let found = held
        .decide("test.read", |reader| {
            Box::pin(async {
                let answer = reader.referral_by_id(referral_id(0)).await?;
                Ok(Decision { writes: WriteSet::default(), answer, read_keys: Vec::new() })
            })
        })
        .await
        .unwrap();
    assert_eq!(found, Some(referral(0, Side::Source)));
}

async fn a_thousand_decisions_at_once_are_all_stored(database: &Database) {
    let held = database.open().await;
    let deciding = (0..1000).map(|number| {
        let held = held.clone();
        tokio::spawn(async move {
            let writes = WriteSet {
                new_referrals: vec![new_referral(number, Side::Source)],
                events: vec![event(number, 2)],
                outbox: vec![outbox_entry(number)],
                audit: vec![leaf(number)],
                ..WriteSet::default()
            };
            store(&held, writes).await
        })
    });
    for decided in deciding.collect::<Vec<_>>() {
        assert_eq!(decided.await.unwrap(), Ok(()));
    }
    let size = held.read(|reader| Box::pin(reader.database_size())).await.unwrap();
    assert_eq!((size.referrals, size.outbox, size.audit_leaves), (1000, 1000, 1000));
    assert!(size.bytes > 100_000);
}

/// Forty decisions count one referral's version up, some of them in the same group.
async fn a_contended_referral_is_changed_once_for_each_decision(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Target).await;
    let runs = Arc::new(AtomicU32::new(0));
    let deciding = (0..40).map(|_| {
        let (held, runs) = (held.clone(), Arc::clone(&runs));
        tokio::spawn(async move {
            // A caller that loses five times in a row repeats, as the error tells it.
            loop {
                let runs = Arc::clone(&runs);
                let decided = held.decide("test.count", move |reader| {
                    let runs = Arc::clone(&runs);
                    Box::pin(async move {
                        runs.fetch_add(1, Ordering::Relaxed);
                        let found = reader.referral_by_id(referral_id(0)).await?;
                        let mut changed = found.expect("it was stored");
                        let before = changed.version;
                        changed.version += 1;
                        changed.status = Status::Accepted;
                        let writes = WriteSet {
                            changed_referrals: vec![(changed, before)],
                            ..WriteSet::default()
                        };
                        let read_keys = vec![Key::Referral(referral_id(0))];
                        Ok(Decision { writes, answer: before + 1, read_keys })
                    })
                });
                match decided.await {
                    Err(StorageError::Conflict) => {}
                    other => return other,
                }
            }
        })
    });
    let mut versions = Vec::new();
    for decided in deciding.collect::<Vec<_>>() {
        versions.push(decided.await.unwrap().unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..=41).collect::<Vec<_>>());
    assert!(runs.load(Ordering::Relaxed) >= 40);
}

async fn a_closed_store_takes_nothing_more(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Source).await;
    held.close().await;
    let refused = store(&held, WriteSet::default()).await;
    assert_eq!(refused, Err(StorageError::Unavailable));
    let again = database.open().await;
    let found = again.read(|reader| Box::pin(reader.referral_by_id(referral_id(0)))).await;
    assert!(found.unwrap().is_some());
}

async fn recipients_of_new_messages_are_told_after_the_commit(database: &Database) {
    let held = database.open().await;
    let mut notices = held.outbox_notices();
    store_referrals(&held, 0..3, Side::Source).await;
    assert_eq!(notices.try_recv().unwrap(), OutboxNotice { recipient: nybro(), alone: None });
    assert!(notices.try_recv().is_err());
    store(&held, WriteSet { audit: vec![leaf(1)], ..WriteSet::default() }).await.unwrap();
    assert!(notices.try_recv().is_err());
}
