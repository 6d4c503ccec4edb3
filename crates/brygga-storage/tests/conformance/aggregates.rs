//! Numbers of referrals: counted from rows, told once, asked and answered.

use brygga_domain::aggregate::{AggregateOutcome, Quarter};
use brygga_domain::agreement::SubjectArea;
use brygga_domain::referral::{Referral, Side, Status};
use brygga_domain::{AgreementId, OrgId, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::aggregate::{AggregateWrites, AskedAggregate, ToldAggregate};
use brygga_exchange::records::NewReferral;
use brygga_storage::Store;

use crate::database::Database;
use crate::fixtures::*;
use crate::on_both;

on_both!(
    what_arrived_in_a_quarter_is_counted_by_sender_service_and_outcome,
    what_must_not_be_counted_is_not,
    what_is_told_comes_back_and_is_told_once,
    an_answer_stays_whatever_is_asked_afterwards,
);

fn agreement_id() -> AgreementId {
    AgreementId::from_bytes(bytes(b'a', 1))
}

fn quarter(text: &str) -> Quarter {
    text.parse().unwrap()
}

/// The quarter in which the fixtures were requested.
fn this_quarter() -> Quarter {
    quarters().find(|quarter| !quarter.is_over(at(0))).unwrap()
}

fn quarters() -> impl Iterator<Item = Quarter> {
    let years = (2020..2100).flat_map(|year| (1..=4).map(move |number| (year, number)));
    years.map(|(year, number)| quarter(&format!("{year}-Q{number}")))
}

async fn keep(to: &Store, referrals: Vec<Referral>) {
    let number = |index: usize| u32::try_from(index).unwrap();
    let new = referrals.into_iter().enumerate().map(|(index, referral)| NewReferral {
        referral: Referral { id: referral_id(number(index)), ..referral },
        ..new_referral(number(index), Side::Target)
    });
    let writes = WriteSet { new_referrals: new.collect(), ..WriteSet::default() };
    store(to, writes).await.unwrap();
}

async fn counted(held: &Store, quarter: Quarter) -> Vec<(OrgId, String, AggregateOutcome, u32)> {
    let found =
        held.read(move |reader| Box::pin(reader.aggregate_counted(agreement_id(), quarter)));
    let parts = found.await.unwrap().into_iter();
    parts
        .map(|one| (one.sender, one.service_type.code().to_owned(), one.outcome, one.referrals))
        .collect()
}

async fn what_arrived_in_a_quarter_is_counted_by_sender_service_and_outcome(database: &Database) {
    let held = database.open().await;
    let target = |change: fn(&mut Referral)| {
        let mut referral = referral(0, Side::Target);
        change(&mut referral);
        referral
    };
    let this = this_quarter();
    keep(
        &held,
        vec![
            target(|_| ()),
            target(|one| one.grant.agreement_version = 7),
            target(|one| one.status = Status::InProgress),
            target(|one| one.request.service_type = term("SUPPORT")),
            target(|one| {
                one.source = OrgId::parse("kommun:0882").unwrap();
                one.status = Status::Expired;
            }),
            // It was requested in this quarter and arrived in the next one.
            target(|one| one.arrived(one.requested_at.plus(Seconds::days(92)))),
        ],
    )
    .await;
    let (bed, nybros) = ("EMERGENCY_BED".to_owned(), OrgId::parse("kommun:0882").unwrap());
    let all = [
        (kalmar(), bed.clone(), AggregateOutcome::Accepted, 1),
        (kalmar(), bed.clone(), AggregateOutcome::Unanswered, 2),
        (kalmar(), "SUPPORT".to_owned(), AggregateOutcome::Unanswered, 1),
        (nybros, bed.clone(), AggregateOutcome::Expired, 1),
    ];
    assert_eq!(counted(&held, this).await, all);
    let next = quarters().find(|one| one.from() == this.until()).unwrap();
    assert_eq!(counted(&held, next).await, [(kalmar(), bed, AggregateOutcome::Unanswered, 1)]);
    assert_eq!(counted(&held, quarter("2001-Q1")).await, []);
}

async fn what_must_not_be_counted_is_not(database: &Database) {
    let held = database.open().await;
    let target = referral(0, Side::Target);
    let mut protected = target.clone();
    protected.request.subject = SubjectArea::Relocation;
    let mut foreign = target.clone();
    foreign.grant.agreement_id = AgreementId::from_bytes([9; 16]);
    let referrals = vec![
        Referral { status: Status::EnteredInError, ..target.clone() },
        target.clone(),
        Referral { side: Side::Source, ..target.clone() },
        protected,
        foreign,
    ];
    keep(&held, referrals).await;
    assert_eq!(counted(&held, this_quarter()).await.len(), 1, "the one that is not stopped yet");
    let stopped = Referral { id: referral_id(1), is_stopped: true, version: 2, ..target };
    let writes = WriteSet { changed_referrals: vec![(stopped, 1)], ..WriteSet::default() };
    store(&held, writes).await.unwrap();
    assert_eq!(counted(&held, this_quarter()).await, []);
}

async fn what_is_told_comes_back_and_is_told_once(database: &Database) {
    let held = database.open().await;
    let told = ToldAggregate {
        agreement: agreement_id(),
        quarter: quarter("2026-Q3"),
        told_at: at(5),
        report: vec![1, 2, 3],
    };
    let aggregates = AggregateWrites { told: vec![told.clone()], ..AggregateWrites::default() };
    let writes = WriteSet { aggregates, ..WriteSet::default() };
    store(&held, writes.clone()).await.unwrap();
    let read = |period: &str| {
        let period = quarter(period);
        held.read(move |reader| Box::pin(reader.aggregate_told(agreement_id(), period)))
    };
    assert_eq!(read("2026-Q3").await, Ok(Some(told)));
    assert_eq!(read("2026-Q2").await, Ok(None));
    let mut other = writes;
    other.aggregates.told[0].report = vec![9];
    assert!(store(&held, other).await.is_err(), "nobody tells anything else");
    assert_eq!(read("2026-Q3").await.unwrap().unwrap().report, [1, 2, 3]);
}

async fn an_answer_stays_whatever_is_asked_afterwards(database: &Database) {
    let held = database.open().await;
    let asked = |teller: OrgId, number: u32, report: Option<Vec<u8>>| AskedAggregate {
        agreement: agreement_id(),
        quarter: quarter("2026-Q3"),
        teller,
        asked_at: at(i64::from(number)),
        message_id: message_id(number),
        report,
    };
    let write = |asked: AskedAggregate| {
        let aggregates = AggregateWrites { asked: vec![asked], ..AggregateWrites::default() };
        store(&held, WriteSet { aggregates, ..WriteSet::default() })
    };
    write(asked(nybro(), 1, None)).await.unwrap();
    write(asked(kalmar(), 2, None)).await.unwrap();
    write(asked(nybro(), 1, Some(vec![7]))).await.unwrap();
    write(asked(nybro(), 3, None)).await.unwrap();
    write(asked(nybro(), 3, Some(vec![8]))).await.unwrap();
    let read = held.read(|reader| {
        Box::pin(reader.aggregates_asked(agreement_id(), Quarter::parse("2026-Q3").unwrap()))
    });
    let kept = [asked(kalmar(), 2, None), asked(nybro(), 3, Some(vec![7]))];
    assert_eq!(read.await, Ok(kept.to_vec()));
}
