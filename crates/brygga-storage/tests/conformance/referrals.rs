//! Referrals: what is stored reads back, the work list, the clock.

use std::collections::BTreeSet;

use brygga_domain::access::Behalf;
use brygga_domain::referral::{
    AdviceChannel, AdviceMeans, Decline, DeclineParty, Delivery, NextStep, Outcome, OutcomeResult,
    Side, Status, StatusReason, TakenOn,
};
use brygga_domain::{Reason, UnitId};
use brygga_exchange::WriteSet;
use brygga_exchange::records::{IdempotencyKey, OutboxState};
use brygga_exchange::write_set::OutboxChange;
use brygga_storage::{ReferralFilter, StorageError};

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    a_referral_reads_back_in_every_status,
    a_referral_without_optional_parts_reads_back,
    a_changed_version_is_a_conflict,
    an_idempotency_key_finds_its_referral,
    an_idempotency_key_is_used_once,
    content_reads_back_and_is_not_in_the_list,
    delivery_follows_the_message,
    events_are_a_log_without_doubles,
    the_list_pages_newest_first,
    the_list_filters_by_side_openness_and_unit,
    unanswered_requests_are_due_at_the_target_only,
    an_impossible_row_names_table_and_column,
    an_impossible_decline_names_who_declined,
);

fn filter(side: Side) -> ReferralFilter {
    let (units, behalves) = (None, BTreeSet::new());
    ReferralFilter { side, open_only: false, units, behalves, before: None, limit: 100 }
}

fn with_advice() -> Decline {
    let unit = UnitId::parse("bostadsrad").unwrap();
    let number = "0480-450 000".to_owned();
    let advice = AdviceChannel::new(unit, AdviceMeans::Telephone, number).unwrap();
    let (reason, step) = (StatusReason::NoRightToHousing, Some(NextStep::AdviceMeeting));
    Decline::with_advice(DeclineParty::Provider, reason, step, advice).unwrap()
}

async fn a_referral_reads_back_in_every_status(database: &Database) {
    let held = database.open().await;
    let decline = Decline::new(
        DeclineParty::Provider,
        StatusReason::NoCapacity,
        Some(NextStep::TemporaryBed),
    );
    let outcome =
        Outcome { result: OutcomeResult::Housed, place_type: Some(term("TRAINING_FLAT")) };
    let statuses = [
        Status::Requested,
        Status::Accepted,
        Status::InProgress,
        Status::CancellationRequested { reason: StatusReason::NoLongerNeeded },
        Status::Rejected(decline.unwrap()),
        Status::Rejected(Decline::by_system()),
        Status::Rejected(with_advice()),
        Status::Cancelled { reason: StatusReason::Duplicate },
        Status::Expired,
        Status::Completed(outcome),
    ];
    for (number, status) in (0..).zip(statuses) {
        let new = new_referral(number, Side::Target);
        let mut changed = new.referral.clone();
        store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
        changed.status = status;
        changed.version = 2;
        changed.changed_at = at(60);
        changed.taken_on = Some(TakenOn { unit: None, act_by: at(7200) });
        let step =
            WriteSet { changed_referrals: vec![(changed.clone(), 1)], ..WriteSet::default() };
        store(&held, step).await.unwrap();
        let id = referral_id(number);
        let found = held.read(|reader| Box::pin(reader.referral_by_id(id))).await.unwrap();
        assert_eq!(found, Some(changed));
    }
}

async fn a_referral_without_optional_parts_reads_back(database: &Database) {
    let held = database.open().await;
    let mut new = new_referral(1, Side::Source);
    new.content = None;
    new.referral.target_unit = None;
    new.referral.request.source_unit = None;
    new.referral.request.host_municipality = None;
    new.referral.grant.consent = None;
    let expected = new.referral.clone();
    store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
    let id = referral_id(1);
    let found = held.read(|reader| Box::pin(reader.referral_by_id(id))).await.unwrap();
    assert_eq!(found, Some(expected));
    let absent = referral_id(2);
    let found = held.read(|reader| Box::pin(reader.referral_by_id(absent))).await.unwrap();
    assert_eq!(found, None);
}

async fn a_changed_version_is_a_conflict(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Target).await;
    let mut changed = referral(0, Side::Target);
    changed.status = Status::Accepted;
    changed.version = 3;
    let step = WriteSet { changed_referrals: vec![(changed, 2)], ..WriteSet::default() };
    assert_eq!(store(&held, step).await, Err(StorageError::Conflict));
}

async fn an_idempotency_key_finds_its_referral(database: &Database) {
    let held = database.open().await;
    let mut new = new_referral(1, Side::Source);
    let request_digest = digest(b"request");
    new.idempotency = Some(IdempotencyKey { key: [5; 16], request_digest });
    let expected = new.referral.clone();
    store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
    let by_key = |key| held.read(move |reader| Box::pin(reader.referral_by_idempotency_key(key)));
    assert_eq!(by_key([5; 16]).await.unwrap(), Some((expected, request_digest)));
    assert_eq!(by_key([6; 16]).await.unwrap(), None);
}

async fn an_idempotency_key_is_used_once(database: &Database) {
    let held = database.open().await;
    let with_key = |number| {
        let mut new = new_referral(number, Side::Source);
        let request_digest = digest(&[1]);
        new.idempotency = Some(IdempotencyKey { key: [5; 16], request_digest });
        WriteSet { new_referrals: vec![new], ..WriteSet::default() }
    };
    store(&held, with_key(1)).await.unwrap();
    assert_eq!(store(&held, with_key(2)).await, Err(StorageError::Conflict));
}

async fn content_reads_back_and_is_not_in_the_list(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Target).await;
    let id = referral_id(0);
    let content = held.read(|reader| Box::pin(reader.referral_content(id))).await.unwrap();
    assert_eq!(content, new_referral(0, Side::Target).content);
    let absent = referral_id(1);
    let content = held.read(|reader| Box::pin(reader.referral_content(absent))).await.unwrap();
    assert_eq!(content, None);
}

async fn delivery_follows_the_message(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..4, Side::Source).await;
    let receipt = b"receipt".to_vec();
    let fates = [
        OutboxState::Delivered { receipt: receipt.clone(), refusal: None },
        OutboxState::Delivered { receipt, refusal: Some(Reason::PolicyDenied) },
        OutboxState::Dead { reason: Reason::Undeliverable },
    ];
    let outbox_changes = (0..).zip(fates).map(|(number, state)| OutboxChange {
        message_id: message_id(number),
        attempts: 1,
        state,
    });
    let step = WriteSet { outbox_changes: outbox_changes.collect(), ..WriteSet::default() };
    store(&held, step).await.unwrap();
    let listed = held
        .read(|reader| Box::pin(async { reader.referral_list(&filter(Side::Source)).await }))
        .await
        .unwrap();
    let newest_first = [
        Delivery::Queued,
        Delivery::Undeliverable,
        Delivery::Refused(Reason::PolicyDenied),
        Delivery::Delivered,
    ];
    let found: Vec<_> = listed.into_iter().map(|one| one.delivery.unwrap()).collect();
    assert_eq!(found, newest_first);
    let of =
        |number| held.read(move |reader| Box::pin(reader.referral_delivery(referral_id(number))));
    assert_eq!(of(0).await.unwrap(), Some(Delivery::Delivered));
    assert_eq!(of(1).await.unwrap(), Some(Delivery::Refused(Reason::PolicyDenied)));
    assert_eq!(of(9).await.unwrap(), None);
    // Those that were delivered are past their time and deleted; what they told stays true.
    assert_eq!(held.outbox_purge(at(90_000)).await.unwrap(), 2);
    assert_eq!(of(0).await.unwrap(), Some(Delivery::Delivered));
    let id = referral_id(0);
    let sent = held.glance(move |reader| Box::pin(reader.referral_sent(id))).await.unwrap();
    assert_eq!(sent.unwrap().delivery, Delivery::Delivered);
}

async fn events_are_a_log_without_doubles(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..2, Side::Target).await;
    let events = vec![event(0, 2), event(1, 2), event(0, 3)];
    store(&held, WriteSet { events, ..WriteSet::default() }).await.unwrap();
    let id = referral_id(0);
    let log = held.read(|reader| Box::pin(reader.referral_events(id))).await.unwrap();
    assert_eq!(log, [event(0, 2), event(0, 3)]);
    let again = WriteSet { events: vec![event(0, 3)], ..WriteSet::default() };
    assert_eq!(store(&held, again).await, Err(StorageError::Conflict));
}

async fn the_list_pages_newest_first(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..45, Side::Source).await;
    let mut seen = Vec::new();
    let mut page = ReferralFilter { limit: 20, ..filter(Side::Source) };
    loop {
        let wanted = page.clone();
        let listed = held
            .read(|reader| Box::pin(async move { reader.referral_list(&wanted).await }))
            .await
            .unwrap();
        let Some(last) = listed.last() else { break };
        page.before = Some(last.place);
        seen.extend(listed.into_iter().map(|one| one.referral.id));
    }
    let newest_first: Vec<_> = (0..45).rev().map(referral_id).collect();
    assert_eq!(seen, newest_first);
}

async fn the_list_filters_by_side_openness_and_unit(database: &Database) {
    let held = database.open().await;
    let mut closed = new_referral(0, Side::Target);
    closed.referral.status = Status::Expired;
    let mut intake = new_referral(1, Side::Target);
    intake.referral.target_unit = None;
    let mut on_behalf = new_referral(3, Side::Source);
    on_behalf.referral.shared_unit = Some(UnitId::parse("bosam").unwrap());
    let new_referrals = vec![closed, intake, new_referral(2, Side::Target), on_behalf];
    store(&held, WriteSet { new_referrals, ..WriteSet::default() }).await.unwrap();
    let list = |filter: ReferralFilter| {
        let held = held.clone();
        async move {
            let listed = held
                .read(|reader| Box::pin(async move { reader.referral_list(&filter).await }))
                .await
                .unwrap();
            listed.into_iter().map(|one| one.referral.id).collect::<Vec<_>>()
        }
    };
    let of_units = |units: &[Option<&str>]| {
        let units = units.iter().map(|unit| unit.map(|unit| UnitId::parse(unit).unwrap()));
        ReferralFilter { units: Some(units.collect()), ..filter(Side::Target) }
    };
    let ids = |numbers: &[u32]| numbers.iter().copied().map(referral_id).collect::<Vec<_>>();
    assert_eq!(list(filter(Side::Target)).await, ids(&[2, 1, 0]));
    assert_eq!(list(filter(Side::Source)).await, ids(&[3]));
    let open = ReferralFilter { open_only: true, ..filter(Side::Target) };
    assert_eq!(list(open).await, ids(&[2, 1]));
    assert_eq!(list(of_units(&[None])).await, ids(&[1]));
    assert_eq!(list(of_units(&[Some("mobila-teamet")])).await, ids(&[2, 0]));
    assert_eq!(list(of_units(&[Some("mobila")])).await, ids(&[]));
    assert_eq!(list(of_units(&[])).await, ids(&[]));
    let of_unit = |unit| ReferralFilter { side: Side::Source, ..of_units(&[Some(unit)]) };
    assert_eq!(list(of_unit("mottagningen")).await, ids(&[3]));
    let pairs = [
        ("mottagningen", "bosam", &[3][..]),
        ("omsorgen", "bosam", &[]),
        ("mottagningen", "annan", &[]),
        ("bosam", "mottagningen", &[]),
    ];
    assert_eq!(list(of_unit("bosam")).await, ids(&[]), "without a mandate");
    for (board, unit, found) in pairs {
        let pair = Behalf { board: unit_id(board), unit: unit_id(unit) };
        let acting = ReferralFilter { behalves: BTreeSet::from([pair]), ..of_unit("bosam") };
        assert_eq!(list(acting).await, ids(found), "{unit} for {board}");
    }
}

fn unit_id(name: &str) -> UnitId {
    UnitId::parse(name).unwrap()
}

async fn unanswered_requests_are_due_at_the_target_only(database: &Database) {
    let held = database.open().await;
    let mut answered = new_referral(1, Side::Target);
    answered.referral.status = Status::Accepted;
    let mut given_longer = new_referral(2, Side::Target);
    given_longer.referral.arrived(at(100));
    let new_referrals =
        vec![new_referral(0, Side::Target), answered, given_longer, new_referral(3, Side::Source)];
    store(&held, WriteSet { new_referrals, ..WriteSet::default() }).await.unwrap();
    let due = |now, limit| held.read(move |reader| Box::pin(reader.referrals_due(now, limit)));
    assert_eq!(due(at(3599), 10).await.unwrap(), []);
    assert_eq!(due(at(3600), 10).await.unwrap(), [referral_id(0)]);
    assert_eq!(due(at(3700), 10).await.unwrap(), [referral_id(0), referral_id(2)]);
    assert_eq!(due(at(3700), 1).await.unwrap(), [referral_id(0)]);
}

async fn an_impossible_row_names_table_and_column(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 0..1, Side::Target).await;
    let refused = database.refusal("UPDATE referral SET status = 'LOST'").await;
    assert!(refused.to_lowercase().contains("check"), "{refused}");
    database.execute("UPDATE referral SET priority = 'LOST'").await;
    let id = referral_id(0);
    let found = held.read(|reader| Box::pin(reader.referral_by_id(id))).await;
    let id = id.to_string().replace('-', "");
    assert_eq!(
        found,
        Err(StorageError::Inconsistent { table: "referral", column: "priority", id })
    );
}

async fn an_impossible_decline_names_who_declined(database: &Database) {
    let held = database.open().await;
    let new = new_referral(0, Side::Target);
    let mut declined = new.referral.clone();
    (declined.status, declined.version) = (Status::Rejected(with_advice()), 2);
    store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
    let step = WriteSet { changed_referrals: vec![(declined, 1)], ..WriteSet::default() };
    store(&held, step).await.unwrap();
    database.execute("UPDATE referral SET declined_by = 'SYSTEM'").await;
    let id = referral_id(0);
    let found = held.read(|reader| Box::pin(reader.referral_by_id(id))).await;
    let id = id.to_string().replace('-', "");
    let expected = StorageError::Inconsistent { table: "referral", column: "declined_by", id };
    assert_eq!(found, Err(expected));
}
