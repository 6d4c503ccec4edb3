//! Places in quotas: never more than there are, whoever asks at once, and given back when a case ends without one.

use brygga_domain::referral::{Side, Status, StatusReason};
use brygga_domain::{Reason, Refusal};
use brygga_exchange::quota::{QuotaDeclaration, QuotaSpan};
use brygga_exchange::records::{NewReferral, OutboxState};
use brygga_exchange::write_set::OutboxChange;
use brygga_exchange::{Key, WriteSet};
use brygga_storage::{Decision, Store};
use futures_util::future::join_all;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    of_many_who_want_the_last_places_no_more_get_one_than_there_are,
    a_case_that_ends_without_a_place_gives_it_back,
    a_request_that_never_arrived_takes_no_place,
    each_period_and_each_rule_is_counted_by_itself,
    what_is_declared_last_stays,
);

/// The period in which the counted referrals of these tests are asked for.
const BEGAN: i64 = 1_000;

fn counted(number: u32, side: Side) -> NewReferral {
    let mut new = new_referral(number, side);
    new.referral.grant.counts_since = Some(at(BEGAN));
    new
}

fn span() -> QuotaSpan {
    let referral = counted(1, Side::Target).referral;
    QuotaSpan {
        agreement_id: referral.grant.agreement_id,
        rule_id: referral.grant.rule_id.clone(),
        giver: referral.target,
        began: at(BEGAN),
    }
}

async fn taken(store: &Store) -> u32 {
    let places = store.read(|reader| Box::pin(async move { reader.quota_places(&span()).await }));
    places.await.unwrap().values().sum()
}

async fn of_many_who_want_the_last_places_no_more_get_one_than_there_are(database: &Database) {
    let stores = [database.open().await, database.open().await];
    let agreement = agreement(1, 2);
    assert_eq!(agreement.terms().agreement_id, span().agreement_id);
    store(&stores[0], WriteSet { agreements: vec![agreement], ..WriteSet::default() })
        .await
        .unwrap();
    let asking = (0..40).map(|number| {
        let store = stores[number as usize % 2].clone();
        async move {
            let asked = store.decide("test.ask", move |reader| {
                Box::pin(async move {
                    let places: u32 = reader.quota_places(&span()).await?.values().sum();
                    let read_keys = vec![Key::Quota(span().agreement_id)];
                    let mut writes = WriteSet::default();
                    let answer = if places < 7 {
                        writes.new_referrals.push(counted(number, Side::Target));
                        Ok(())
                    } else {
                        Err(Refusal::new(Reason::AgreementQuota))
                    };
                    Ok(Decision { writes, answer, read_keys })
                })
            });
            asked.await.unwrap()
        }
    });
    let got = join_all(asking).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(got, 7);
    assert_eq!(taken(&stores[1]).await, 7);
}

async fn a_case_that_ends_without_a_place_gives_it_back(database: &Database) {
    let held = database.open().await;
    let ends = [
        (Status::Requested, 1),
        (Status::Accepted, 1),
        (Status::Cancelled { reason: StatusReason::NoLongerNeeded }, 0),
        (Status::Failed { reason: StatusReason::NoLongerNeeded }, 0),
        (Status::Expired, 0),
        (Status::EnteredInError, 0),
    ];
    for (number, (status, places)) in (1..).zip(ends) {
        let before = taken(&held).await;
        let mut new = counted(number, Side::Target);
        new.referral.status = status.clone();
        store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
        assert_eq!(taken(&held).await, before + places, "{status:?}");
    }
}

async fn a_request_that_never_arrived_takes_no_place(database: &Database) {
    let held = database.open().await;
    let new = counted(1, Side::Source);
    let entry = outbox_entry(1);
    assert_eq!(entry.message_id, new.request_message);
    let writes =
        WriteSet { new_referrals: vec![new], outbox: vec![entry.clone()], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(taken(&held).await, 1);
    let state = OutboxState::Dead { reason: Reason::ChainBroken };
    let change = OutboxChange { message_id: entry.message_id, attempts: 1, state };
    store(&held, WriteSet { outbox_changes: vec![change], ..WriteSet::default() }).await.unwrap();
    assert_eq!(taken(&held).await, 0);
    // A peer that names its message like one of ours takes its place all the same.
    let mut received = counted(2, Side::Target);
    received.request_message = entry.message_id;
    store(&held, WriteSet { new_referrals: vec![received], ..WriteSet::default() }).await.unwrap();
    assert_eq!(taken(&held).await, 1);
}

async fn each_period_and_each_rule_is_counted_by_itself(database: &Database) {
    let held = database.open().await;
    let mut next_year = counted(1, Side::Target);
    next_year.referral.grant.counts_since = Some(at(BEGAN + 1));
    let mut other_rule = counted(2, Side::Target);
    other_rule.referral.grant.rule_id = "annan".to_owned();
    let uncounted = new_referral(3, Side::Target);
    let mut newer_version = counted(4, Side::Target);
    newer_version.referral.grant.agreement_version += 1;
    let new_referrals = vec![next_year, other_rule, uncounted, newer_version];
    store(&held, WriteSet { new_referrals, ..WriteSet::default() }).await.unwrap();
    assert_eq!(taken(&held).await, 1);
}

async fn what_is_declared_last_stays(database: &Database) {
    let held = database.open().await;
    let read = || held.read(|reader| Box::pin(async move { reader.quota_declared(&span()).await }));
    assert_eq!(read().await, Ok(None));
    let declared = |declared_at, base, provided| {
        let declared_at = at(declared_at);
        QuotaDeclaration { span: span(), base, provided, declared_at }
    };
    let (first, second) = (declared(10, Some(100), 0), declared(20, None, 7));
    for (told, stays) in
        [(&first, &first), (&second, &second), (&declared(15, Some(120), 9), &second)]
    {
        let writes = WriteSet { quotas: vec![told.clone()], ..WriteSet::default() };
        store(&held, writes).await.unwrap();
        assert_eq!(read().await, Ok(Some(stays.clone())));
    }
}
