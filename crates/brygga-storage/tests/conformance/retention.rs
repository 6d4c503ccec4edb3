//! Closed cases for the rules of retention, and messages past their time.

use brygga_domain::referral::{Outcome, OutcomeResult, Referral, Side, Status};
use brygga_exchange::WriteSet;
use brygga_exchange::erase::{Erasure, Subject};
use brygga_exchange::records::{
    ConsentAtRest, ContentAtRest, InboxEntry, OutboxEntry, OutboxState,
};
use brygga_exchange::retention::KeptCase;
use brygga_storage::{ClosedCase, ClosedPlace, EndedConsent, Store};

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    only_what_is_over_and_still_holds_something_is_closed,
    closed_cases_come_page_by_page_in_the_order_of_closing,
    a_case_tells_what_its_consent_and_the_rules_have_said,
    consents_that_have_ended_and_carry_no_live_case_are_found,
    only_what_was_delivered_and_is_past_its_last_day_is_deleted,
    only_what_was_received_long_ago_is_forgotten,
    a_purge_takes_more_than_one_step,
);

/// Stores a referral and closes it at an instant.
async fn close(to: &Store, number: u32, seconds: i64) -> Referral {
    let new = new_referral(number, Side::Target);
    let mut referral = new.referral.clone();
    store(to, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
    referral.status =
        Status::Completed(Outcome { result: OutcomeResult::Housed, place_type: None });
    referral.version = 2;
    referral.changed_at = at(seconds);
    let changed_referrals = vec![(referral.clone(), 1)];
    store(to, WriteSet { changed_referrals, ..WriteSet::default() }).await.unwrap();
    referral
}

async fn closed(of: &Store, after: ClosedPlace, limit: u32) -> Vec<ClosedCase> {
    of.read(move |reader| Box::pin(async move { reader.referrals_closed(after, limit).await }))
        .await
        .unwrap()
}

async fn only_what_is_over_and_still_holds_something_is_closed(database: &Database) {
    let held = database.open().await;
    let open = new_referral(1, Side::Target);
    store(&held, WriteSet { new_referrals: vec![open], ..WriteSet::default() }).await.unwrap();
    let over = close(&held, 2, 5).await;
    let mut empty = new_referral(3, Side::Target);
    empty.content = None;
    empty.referral.status = Status::Expired;
    store(&held, WriteSet { new_referrals: vec![empty], ..WriteSet::default() }).await.unwrap();
    let found = closed(&held, ClosedPlace::default(), 9).await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].referral, found[0].request_message), (&over, message_id(2)));
}

async fn closed_cases_come_page_by_page_in_the_order_of_closing(database: &Database) {
    let held = database.open().await;
    for (number, seconds) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
        close(&held, number, seconds).await;
    }
    let mut order = Vec::new();
    let mut after = ClosedPlace::default();
    loop {
        let page = closed(&held, after, 1).await;
        let Some(last) = page.last() else { break };
        after = ClosedPlace::from_bytes(&last.place.to_bytes()).unwrap();
        order.extend(page.into_iter().map(|case| case.referral.id));
    }
    assert_eq!(order, [2, 4, 3, 1].map(referral_id));
}

async fn a_case_tells_what_its_consent_and_the_rules_have_said(database: &Database) {
    let held = database.open().await;
    close(&held, 1, 5).await;
    let mut withdrawn = consent(1);
    assert!(withdrawn.withdraw(at(3)));
    store(&held, WriteSet { consents: vec![withdrawn], ..WriteSet::default() }).await.unwrap();
    let found = closed(&held, ClosedPlace::default(), 9).await;
    assert_eq!((found[0].consent_withdrawn_at, found[0].kept.clone()), (Some(at(3)), None));
    for until in [Some(at(900)), None] {
        let kept =
            KeptCase { referral_id: referral_id(1), until, section: "SoL 16:2 a".to_owned() };
        store(&held, WriteSet { kept: vec![kept.clone()], ..WriteSet::default() }).await.unwrap();
        assert_eq!(closed(&held, ClosedPlace::default(), 9).await[0].kept, Some(kept));
    }
}

async fn ended(of: &Store, seconds: i64) -> Vec<EndedConsent> {
    of.read(move |reader| {
        Box::pin(async move { reader.consents_ended(at(seconds), None, 9).await })
    })
    .await
    .unwrap()
}

async fn consents_that_have_ended_and_carry_no_live_case_are_found(database: &Database) {
    let held = database.open().await;
    // All fixtures' referrals rest on consent 1; consent 2 is never used, consent 3 holds no words.
    let mut withdrawn = consent(2);
    assert!(withdrawn.withdraw(at(3)));
    let consents = vec![consent(1), withdrawn, consent(3)];
    let words = |number| ConsentAtRest {
        consent_id: consent_id(number),
        words: ContentAtRest { key_slot: key_slot(number + 50), ciphertext: vec![1; 40] },
    };
    let consent_words = vec![words(1), words(2)];
    let source = new_referral(1, Side::Source);
    let writes = WriteSet { consents, consent_words, ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    let unused =
        EndedConsent { id: consent_id(2), ended_at: at(3), about_child: false, had_case: false };
    assert_eq!(ended(&held, 3).await, []);
    assert_eq!(ended(&held, 4).await, std::slice::from_ref(&unused));
    let over = 31 * 86_400;
    assert_eq!(ended(&held, over).await.len(), 2, "nobody has used the other yet");
    store(&held, WriteSet { new_referrals: vec![source], ..WriteSet::default() }).await.unwrap();
    assert_eq!(ended(&held, over).await, [unused], "a live case holds it");
    let erasure = Erasure {
        subject: Subject::Referral(referral_id(1)),
        erased_at: at(9),
        messages: Vec::new(),
    };
    store(&held, WriteSet { erasures: vec![erasure], ..WriteSet::default() }).await.unwrap();
    let had: Vec<_> =
        ended(&held, over).await.into_iter().map(|one| (one.id, one.had_case)).collect();
    assert_eq!(had.len(), 2);
    assert!(had.contains(&(consent_id(1), true)));
}

fn sent(number: u32, expires: i64, state: OutboxState) -> OutboxEntry {
    OutboxEntry { expires_at: at(expires), state, ..outbox_entry(number) }
}

async fn held_messages(of: &Store, numbers: std::ops::Range<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    for number in numbers {
        let id = message_id(number);
        let (is_sent, is_received) = of
            .read(move |reader| {
                Box::pin(async move {
                    let sent = reader.outbox_entry(id).await?.is_some();
                    Ok((sent, reader.inbox_entry(&nybro(), id).await?.is_some()))
                })
            })
            .await
            .unwrap();
        found.extend((is_sent || is_received).then_some(number));
    }
    found
}

async fn only_what_was_delivered_and_is_past_its_last_day_is_deleted(database: &Database) {
    let held = database.open().await;
    let delivered = OutboxState::Delivered { receipt: vec![1], refusal: None };
    let refused = OutboxState::Delivered {
        receipt: vec![1],
        refusal: Some(brygga_domain::Reason::ConsentExpired),
    };
    let dead = OutboxState::Dead { reason: brygga_domain::Reason::Undeliverable };
    let queued = OutboxState::Queued { next_attempt_at: NOW, last_failure: None };
    let outbox = vec![
        sent(0, 10, delivered.clone()),
        sent(1, 10, refused),
        sent(2, 10, dead),
        sent(3, 10, queued),
        sent(4, 99, delivered),
    ];
    store(&held, WriteSet { outbox, ..WriteSet::default() }).await.unwrap();
    assert_eq!(held.outbox_purge(at(10)).await.unwrap(), 0);
    assert_eq!(held.outbox_purge(at(11)).await.unwrap(), 2);
    assert_eq!(held_messages(&held, 0..5).await, [2, 3, 4]);
    assert_eq!(held.outbox_purge(at(11)).await.unwrap(), 0);
}

fn received(number: u32, seconds: i64) -> InboxEntry {
    InboxEntry { received_at: at(seconds), ..inbox_entry(number, b"receipt") }
}

async fn only_what_was_received_long_ago_is_forgotten(database: &Database) {
    let held = database.open().await;
    let inbox = vec![received(0, 1), received(1, 50), received(2, 2), received(3, 10)];
    store(&held, WriteSet { inbox, ..WriteSet::default() }).await.unwrap();
    assert_eq!(held.inbox_purge(at(10)).await.unwrap(), 2);
    assert_eq!(held_messages(&held, 0..4).await, [1, 3]);
}

async fn a_purge_takes_more_than_one_step(database: &Database) {
    let held = database.open().await;
    let delivered = || OutboxState::Delivered { receipt: vec![1], refusal: None };
    let outbox = (0..1203).map(|number| sent(number, 10, delivered())).collect();
    let inbox = (2000..3203).map(|number| received(number, 1)).collect();
    store(&held, WriteSet { outbox, inbox, ..WriteSet::default() }).await.unwrap();
    assert_eq!(held.outbox_purge(at(11)).await.unwrap(), 1203);
    assert_eq!(held.inbox_purge(at(11)).await.unwrap(), 1203);
}
