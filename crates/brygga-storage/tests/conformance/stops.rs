//! Orders to stop, notes in between, and what is laid before others.

use brygga_domain::referral::{
    BusinessStatus, Decline, DeclineParty, Escalation, NextStep, Referral, Review, ReviewResult,
    Side, Status, StatusReason, TakenOn,
};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopAnswer, StopReason};
use brygga_domain::{OfferId, ReferralId, StopId};
use brygga_exchange::WriteSet;
use brygga_exchange::records::{ContentAtRest, NewReferral, StoredNote, StoredStop};
use brygga_storage::Store;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    an_order_comes_back_and_its_answer_stands,
    what_waits_for_an_answer_is_found_by_side_and_age,
    notes_come_back_in_their_order_and_without_text_where_erased,
    every_new_detail_of_a_referral_comes_back,
    what_nobody_takes_on_is_found_when_it_is_due_and_not_after,
    what_rests_on_a_consent_is_found_at_the_source_only,
    an_end_that_nobody_acknowledged_is_still_open_at_the_source,
);

fn stop(number: u8, side: Side) -> ProcessingStop {
    ProcessingStop {
        id: StopId::from_bytes([number; 16]),
        side,
        peer: nybro(),
        referral_id: referral_id(1),
        reason: StopReason::ConsentWithdrawn,
        requested_at: at(i64::from(number)),
        answer: None,
    }
}

async fn keep(to: &Store, stops: Vec<ProcessingStop>, evidence: Option<Vec<u8>>) {
    let stored =
        stops.into_iter().map(|stop| StoredStop { stop, evidence: evidence.clone() }).collect();
    store(to, WriteSet { stops: stored, ..WriteSet::default() }).await.unwrap();
}

async fn an_order_comes_back_and_its_answer_stands(database: &Database) {
    let held = database.open().await;
    let mut order = stop(1, Side::Source);
    keep(&held, vec![order.clone()], None).await;
    let read = || held.read(|reader| Box::pin(reader.stop_by_id(StopId::from_bytes([1; 16]))));
    assert_eq!(read().await, Ok(Some(order.clone())));
    let statute = "SoL 16:1".to_owned();
    let kept = StillHeld::RetainedBecause { statute };
    order.answer = Some(StopAnswer { at: at(9), held: kept });
    keep(&held, vec![order.clone()], Some(vec![1, 2])).await;
    assert_eq!(read().await, Ok(Some(order.clone())));
    let mut other = order.clone();
    other.answer = Some(StopAnswer { at: at(10), held: StillHeld::Erased });
    let writes =
        WriteSet { stops: vec![StoredStop { stop: other, evidence: None }], ..WriteSet::default() };
    let _ = store(&held, writes).await;
    assert_eq!(read().await, Ok(Some(order)), "the first answer stands");
}

async fn what_waits_for_an_answer_is_found_by_side_and_age(database: &Database) {
    let held = database.open().await;
    let mut answered = stop(3, Side::Source);
    answered.answer = Some(StopAnswer { at: at(9), held: StillHeld::NothingHeld });
    let all = vec![stop(2, Side::Source), stop(1, Side::Source), stop(4, Side::Target), answered];
    keep(&held, all, None).await;
    let waiting = held.read(|reader| Box::pin(reader.stops_waiting(Side::Source, 9)));
    assert_eq!(waiting.await, Ok(vec![stop(1, Side::Source), stop(2, Side::Source)]));
    let overdue = held.read(|reader| Box::pin(reader.stops_overdue(at(2))));
    assert_eq!(overdue.await, Ok(1));
    let about = held.read(|reader| Box::pin(reader.stops_by_referral(referral_id(1))));
    assert_eq!(about.await.map(|stops| stops.len()), Ok(4));
}

async fn notes_come_back_in_their_order_and_without_text_where_erased(database: &Database) {
    let held = database.open().await;
    let note = |number: u32, is_own| StoredNote {
        id: message_id(number),
        referral_id: referral_id(1),
        is_own,
        author_unit: is_own.then(|| unit("mobila-teamet")),
        written_at: at(i64::from(number)),
        consent_id: None,
        content: is_own
            .then(|| ContentAtRest { key_slot: key_slot(number), ciphertext: vec![1, 2] }),
    };
    let notes = vec![note(2, true), note(1, false)];
    store(&held, WriteSet { notes, ..WriteSet::default() }).await.unwrap();
    let read = held.read(|reader| Box::pin(reader.notes_by_referral(referral_id(1))));
    assert_eq!(read.await, Ok(vec![note(1, false), note(2, true)]));
    let one = held.read(|reader| Box::pin(reader.note_by_id(message_id(2))));
    assert_eq!(one.await, Ok(Some(note(2, true))));
}

async fn change(to: &Store, referral: &Referral) {
    let writes = WriteSet { changed_referrals: vec![(referral.clone(), 1)], ..WriteSet::default() };
    store(to, writes).await.unwrap();
}

async fn shown(from: &Store, id: ReferralId) -> Referral {
    let found = from.read(move |reader| Box::pin(reader.referral_by_id(id))).await;
    found.unwrap().unwrap()
}

async fn every_new_detail_of_a_referral_comes_back(database: &Database) {
    let held = database.open().await;
    let mut new = new_referral(1, Side::Target);
    let request = &mut new.referral.request;
    request.about_child = true;
    request.part_of = Some(referral_id(7));
    request.offer = Some(OfferId::from_bytes([8; 16]));
    let mut referral = new.referral.clone();
    store(&held, WriteSet { new_referrals: vec![new], ..WriteSet::default() }).await.unwrap();
    assert_eq!(shown(&held, referral.id).await, referral);
    let reason = StatusReason::NoCapacity;
    let decline = Decline::new(DeclineParty::Provider, reason, Some(NextStep::OtherRecipient));
    let rejected = Status::Rejected(decline.unwrap().rerouted_to(kalmar()).unwrap());
    let reviews = [None, Some(Review::Requested), Some(Review::Done(ReviewResult::Overturned))];
    for (status, review) in [
        (Status::OnHold { reason }, reviews[0]),
        (Status::Failed { reason }, reviews[0]),
        (rejected.clone(), reviews[1]),
        (rejected, reviews[2]),
        (Status::EnteredInError, reviews[0]),
    ] {
        referral.status = status;
        referral.review = review;
        referral.escalation = Some(Escalation { level: 1, unit: Some(unit("socialjouren")) });
        referral.business_status = Some(BusinessStatus::Scheduled);
        referral.loop_closed_at = Some(at(50));
        referral.is_stopped = true;
        change(&held, &referral).await;
        assert_eq!(shown(&held, referral.id).await, referral);
    }
}

async fn what_nobody_takes_on_is_found_when_it_is_due_and_not_after(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 1..2, Side::Target).await;
    let due = |now| held.read(move |reader| Box::pin(reader.referrals_to_escalate(at(now), 9)));
    assert_eq!(due(1799).await, Ok(vec![]));
    assert_eq!(due(1800).await, Ok(vec![referral_id(1)]));
    let mut referral = shown(&held, referral_id(1)).await;
    referral.escalation = Some(Escalation { level: 1, unit: None });
    change(&held, &referral).await;
    assert_eq!(due(1800).await, Ok(vec![]), "the next in line gets as long");
    assert_eq!(due(3600).await, Ok(vec![referral_id(1)]));
    let unhandled = || held.read(|reader| Box::pin(reader.referrals_unhandled()));
    assert_eq!(unhandled().await, Ok(0), "somebody is still to be asked");
    referral.escalation = Some(Escalation { level: 2, unit: None });
    change(&held, &referral).await;
    assert_eq!(unhandled().await, Ok(1));
    referral.taken_on = Some(TakenOn { unit: None, act_by: at(9000) });
    change(&held, &referral).await;
    assert_eq!(due(9999).await, Ok(vec![]));
}

async fn what_rests_on_a_consent_is_found_at_the_source_only(database: &Database) {
    let held = database.open().await;
    store_referrals(&held, 1..3, Side::Source).await;
    let other =
        NewReferral { referral: referral(3, Side::Target), ..new_referral(3, Side::Target) };
    store(&held, WriteSet { new_referrals: vec![other], ..WriteSet::default() }).await.unwrap();
    let found = held.read(|reader| Box::pin(reader.referrals_by_consent(consent_id(1))));
    let ids: Vec<ReferralId> = found.await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [referral_id(1), referral_id(2)]);
    let none = held.read(|reader| Box::pin(reader.referrals_by_consent(consent_id(2))));
    assert_eq!(none.await, Ok(vec![]));
}

async fn an_end_that_nobody_acknowledged_is_still_open_at_the_source(database: &Database) {
    use brygga_storage::ReferralFilter;
    let held = database.open().await;
    let open = |side| {
        let (units, behalves) = (None, Default::default());
        let filter =
            ReferralFilter { side, open_only: true, units, behalves, before: None, limit: 9 };
        let held = held.clone();
        async move {
            let read =
                held.read(|reader| Box::pin(async move { reader.referral_list(&filter).await }));
            read.await.unwrap().len()
        }
    };
    store_referrals(&held, 1..2, Side::Source).await;
    let mut referral = shown(&held, referral_id(1)).await;
    referral.status = Status::Expired;
    change(&held, &referral).await;
    assert_eq!(open(Side::Source).await, 1);
    referral.loop_closed_at = Some(at(5));
    change(&held, &referral).await;
    assert_eq!(open(Side::Source).await, 0);
}
