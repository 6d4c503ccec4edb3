//! Members who ask for numbers that are not theirs, and who tell numbers that nobody asked for.

use brygga_domain::aggregate::{AggregateOutcome, Contribution, Count, Quarter, Table};
use brygga_domain::agreement::{Action, AgreementRecord, Effect, Party, PartyRole, Rule};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{AgreementId, ConversationId, MessageId, Reason, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::aggregate::{AggregateHeld, AskedAggregate, CountedAgreement, ToldAggregate};
use brygga_exchange::receive::{Answer, Held};
use brygga_wire::aggregate::{
    encode_aggregate_reported, encode_aggregate_requested, reported_table,
};
use brygga_wire::envelope::{Header, MessageType};

use crate::rig::*;

const OBSERVER: &str = "kommun:0884";

/// The last one that is over at `NOW`.
fn quarter() -> Quarter {
    "2026-Q1".parse().expect("a quarter")
}

/// An agreement of half a year that lets everybody who may read.
fn agreed() -> AgreementRecord {
    let mut record = changed(AGREEMENT, 1, &[ME, NEIGHBOUR], |draft| {
        draft.valid_from = NOW.minus(Seconds::days(180));
        draft.rules.push(Rule::new("siffror", Effect::Permit, Action::AggregateRead));
        let organisation = org(OBSERVER);
        draft.parties.push(Party { organisation, role: PartyRole::Observer });
    });
    [ME, NEIGHBOUR, OBSERVER].iter().for_each(|party| sign(&mut record, party));
    record
}

fn about(sender: &str, message_type: MessageType, agreement: AgreementId) -> Header {
    let thread = *agreement.as_bytes();
    Header { agreement: Some((agreement, 1)), ..header(sender, message_type, thread) }
}

fn sent_by(sender: &str, referrals: u32) -> Contribution {
    Contribution {
        sender: org(sender),
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").expect("a service"),
        outcome: AggregateOutcome::Accepted,
        referrals,
    }
}

fn counted(arrived: Vec<Contribution>) -> AggregateHeld {
    let counted = Some(vec![CountedAgreement { agreement: AGREEMENT, told: None, arrived }]);
    AggregateHeld { counted, ..AggregateHeld::default() }
}

fn asks(sender: &str, quarter: Quarter, aggregate: AggregateHeld) -> (WriteSet, Answer) {
    let payload = encode_aggregate_requested(AGREEMENT, quarter);
    let held = Held { aggregate, ..Held::default() };
    let header = about(sender, MessageType::AggregateRequested, AGREEMENT);
    arrive(&[agreed()], held, header, payload)
}

/// What the node told, where it told something for the first time.
fn told(writes: &WriteSet) -> Option<Table> {
    let told = writes.aggregates.told.first()?;
    Some(reported_table(&told.report).expect("its own table"))
}

#[test]
fn who_is_no_party_learns_nothing_of_an_agreement_by_asking_for_its_numbers() {
    for (book, agreement) in
        [(vec![agreed()], AGREEMENT), (Vec::new(), AgreementId::from_bytes([7; 16]))]
    {
        let payload = encode_aggregate_requested(agreement, quarter());
        let header = about(OUTSIDER, MessageType::AggregateRequested, agreement);
        let held = Held { aggregate: counted(vec![sent_by(NEIGHBOUR, 9)]), ..Held::default() };
        let (writes, answer) = arrive(&book, held, header, payload);
        assert_eq!(refusal(&answer), Some(Reason::NotFound));
        assert_eq!((writes.aggregates.told.len(), writes.outbox.len()), (0, 0));
    }
}

#[test]
fn an_observer_is_refused() {
    let (writes, answer) = asks(OBSERVER, quarter(), counted(vec![sent_by(NEIGHBOUR, 9)]));
    assert_eq!(refusal(&answer), Some(Reason::PolicyDenied));
    assert_eq!((writes.aggregates.told.len(), writes.outbox.len()), (0, 0));
}

#[test]
fn another_period_is_refused_and_nothing_overlaps() {
    let header = || about(NEIGHBOUR, MessageType::AggregateRequested, AGREEMENT);
    let sound = encode_aggregate_requested(AGREEMENT, quarter());
    let at = sound.len() - "2026-Q1".len();
    for period in ["2026-W1", "2026-M1", "2026-Q5"] {
        let payload = [&sound[..at], period.as_bytes()].concat();
        let (_, answer) = arrive(&[agreed()], Held::default(), header(), payload);
        assert_eq!(refusal(&answer), Some(Reason::InvalidField), "{period}");
    }
    for other in ["2026-Q2", "2026-Q3", "2025-Q3"] {
        let (_, answer) = asks(NEIGHBOUR, other.parse().expect("a quarter"), counted(Vec::new()));
        assert_eq!(refusal(&answer), Some(Reason::InvalidField), "{other}");
    }
}

#[test]
fn asking_again_gets_the_same_bytes_although_a_case_has_moved_on() {
    let (writes, answer) = asks(NEIGHBOUR, quarter(), counted(vec![sent_by(NEIGHBOUR, 9)]));
    assert_eq!(refusal(&answer), None);
    assert_eq!(told(&writes).and_then(|table| table.total()), Count::of(9));
    assert_eq!((writes.aggregates.told.len(), writes.outbox.len()), (1, 1));
    let held = AggregateHeld {
        told: writes.aggregates.told.first().cloned(),
        ..counted(vec![sent_by(NEIGHBOUR, 8)])
    };
    let (again, answer) = asks(NEIGHBOUR, quarter(), held);
    assert_eq!(refusal(&answer), None);
    assert_eq!(again.aggregates.told, []);
    let payload = |writes: &WriteSet| {
        let envelope = brygga_wire::SignedEnvelope::decode(&writes.outbox[0].envelope);
        let key = key(ME).public();
        let envelope = envelope.expect("an envelope").verify(&key).expect("signed here");
        envelope.payload().to_vec()
    };
    assert_eq!(payload(&again), payload(&writes));
}

#[test]
fn nothing_is_told_for_good_before_it_was_counted() {
    let (writes, answer) = asks(NEIGHBOUR, quarter(), AggregateHeld::default());
    assert_eq!(waits(&answer), Reason::RecipientUnavailable);
    assert_eq!(writes, WriteSet::default());
}

#[test]
fn what_comes_from_who_is_not_listed_is_not_counted() {
    let arrived = vec![sent_by(NEIGHBOUR, 5), sent_by(NEWCOMER, 20)];
    let (writes, _) = asks(NEIGHBOUR, quarter(), counted(arrived));
    assert_eq!(told(&writes).and_then(|table| table.total()), Count::of(5));
}

/// What the node makes of a report from `sender` where it has asked whom `asked` says.
fn reports(
    sender: &str,
    agreement: AgreementId,
    quarter: Quarter,
    asked: Option<AskedAggregate>,
    table: &Table,
) -> (WriteSet, Answer) {
    let payload = encode_aggregate_reported(agreement, quarter, table);
    let aggregate = AggregateHeld { asked, ..AggregateHeld::default() };
    let held = Held { aggregate, ..Held::default() };
    let header = about(sender, MessageType::AggregateReported, agreement);
    arrive(&[agreed()], held, header, payload)
}

fn asked(report: Option<Vec<u8>>) -> AskedAggregate {
    AskedAggregate {
        agreement: AGREEMENT,
        quarter: quarter(),
        teller: org(NEIGHBOUR),
        asked_at: NOW,
        message_id: MessageId::from_bytes([5; 16]),
        report,
    }
}

#[test]
fn a_report_that_nobody_asked_for_is_refused() {
    let table = Table::publish(&[sent_by(ME, 9)], |_| 0);
    let later = "2025-Q4".parse().expect("a quarter");
    let foreign = AgreementId::from_bytes([7; 16]);
    for (sender, agreement, period, held) in [
        (NEIGHBOUR, AGREEMENT, quarter(), None),
        (OUTSIDER, AGREEMENT, quarter(), Some(asked(None))),
        (NEIGHBOUR, AGREEMENT, later, Some(asked(None))),
        (OUTSIDER, foreign, quarter(), None),
        (NEIGHBOUR, foreign, quarter(), Some(asked(None))),
    ] {
        let (writes, answer) = reports(sender, agreement, period, held, &table);
        assert_eq!(refusal(&answer), Some(Reason::NotFound), "{sender} {agreement} {period}");
        assert_eq!(writes.aggregates.asked, []);
    }
}

#[test]
fn a_second_report_changes_nothing_and_another_one_is_refused() {
    let table = Table::publish(&[sent_by(ME, 9)], |_| 0);
    let (writes, answer) = reports(NEIGHBOUR, AGREEMENT, quarter(), Some(asked(None)), &table);
    assert_eq!(refusal(&answer), None);
    let kept = writes.aggregates.asked.first().expect("kept").clone();
    let (same, answer) = reports(NEIGHBOUR, AGREEMENT, quarter(), Some(kept.clone()), &table);
    assert_eq!((refusal(&answer), same.aggregates.asked.len()), (None, 0));
    let other = Table::publish(&[sent_by(ME, 10)], |_| 0);
    let (changed, answer) = reports(NEIGHBOUR, AGREEMENT, quarter(), Some(kept), &other);
    assert_eq!(refusal(&answer), Some(Reason::IdempotencyMismatch));
    assert_eq!(changed.aggregates.asked, []);
}

#[test]
fn a_report_in_the_thread_of_another_agreement_is_refused() {
    let payload = encode_aggregate_reported(AGREEMENT, quarter(), &Table::default());
    let thread = ConversationId::from_bytes([7; 16]);
    let header = Header {
        conversation: thread,
        ..about(NEIGHBOUR, MessageType::AggregateReported, AGREEMENT)
    };
    let (_, answer) = arrive(&[agreed()], Held::default(), header, payload);
    assert_eq!(refusal(&answer), Some(Reason::InvalidField));
}

/// A framework adds up what is told of the agreements below it, and keeps what it told of each for those who may read
/// that.
#[test]
fn a_framework_tells_no_more_than_its_parts_and_each_part_is_told_once() {
    let part = |number, told: Option<u32>, referrals| {
        let agreement = AgreementId::from_bytes([number; 16]);
        let table = |referrals| Table::publish(&[sent_by(NEIGHBOUR, referrals)], |_| 0);
        let told = told.map(|referrals| {
            let report = encode_aggregate_reported(agreement, quarter(), &table(referrals));
            ToldAggregate { agreement, quarter: quarter(), told_at: NOW, report }
        });
        CountedAgreement { agreement, told, arrived: vec![sent_by(NEIGHBOUR, referrals)] }
    };
    let counted = Some(vec![part(11, Some(6), 40), part(12, None, 7), part(13, None, 4)]);
    let held = AggregateHeld { counted, ..AggregateHeld::default() };
    let (writes, answer) = asks(NEIGHBOUR, quarter(), held);
    assert_eq!(refusal(&answer), None);
    let told: Vec<_> = writes
        .aggregates
        .told
        .iter()
        .map(|one| (one.agreement, reported_table(&one.report).expect("a table").total()))
        .collect();
    let id = |number| AgreementId::from_bytes([number; 16]);
    assert_eq!(told, [(id(12), Count::of(7)), (id(13), None), (AGREEMENT, Count::of(13))]);
}
