//! Cases that a member asks to move although it may not, and what it tells of one out of order, of others' or of none.

use brygga_domain::agreement::{Action, AgreementRecord, Effect, Rule};
use brygga_domain::transfer::{
    Outcome, Position, Transfer, TransferAct, TransferDirection, TransferSide,
};
use brygga_domain::{DataCategory, DisclosureGround, GdprBasis, Reason, Seconds, TransferId};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Answer, Held};
use brygga_exchange::transfer::TransferWrites;
use brygga_wire::envelope::{Header, MessageType, SealedInfo};
use brygga_wire::transfer::{Requested, encode_act, encode_requested};
use jiff::civil::{Date, date};

use crate::rig::*;

const ID: TransferId = TransferId::from_bytes([5; 16]);
/// The Swedish day of `NOW`.
const TODAY: Date = date(2026, 6, 1);

fn moving(parties: &[&str]) -> AgreementRecord {
    let mut record = changed(AGREEMENT, 1, parties, |draft| {
        draft.rules.push(Rule::new("flytt", Effect::Permit, Action::CaseTransfer));
    });
    parties.iter().for_each(|party| sign(&mut record, party));
    record
}

fn by_law() -> SealedInfo {
    SealedInfo {
        content_commitment: brygga_crypto::sha256(&[]),
        sealing_key_id: key(ME).public().key_id().to_string(),
        ground: DisclosureGround::StatutoryDuty10_28,
        gdpr_basis: GdprBasis::LegalObligation,
        data_categories: vec![DataCategory::Identity],
    }
}

fn about(sender: &str, message_type: MessageType, sealed: bool) -> Header {
    let agreement = Some((AGREEMENT, 1));
    let sealed = sealed.then(by_law);
    Header { agreement, sealed, ..header(sender, message_type, *ID.as_bytes()) }
}

/// What this node says to somebody who asks, under an agreement between `parties`.
fn asked(
    sender: &str,
    parties: &[&str],
    held: Held,
    change: impl FnOnce(&mut Header),
) -> (WriteSet, Answer) {
    let direction = TransferDirection::HandOver;
    let requested = Requested { id: ID, direction, requester_unit: None, about_child: false };
    let mut header = about(sender, MessageType::TransferRequested, true);
    change(&mut header);
    arrive(&[moving(parties)], held, header, encode_requested(&requested))
}

/// Asked by the neighbour two months ago, so that the month is over.
fn transfer(change: impl FnOnce(&mut Transfer)) -> Held {
    let then = NOW.minus(Seconds::days(60));
    let mut transfer = Transfer {
        id: ID,
        side: TransferSide::Asked,
        requester: org(NEIGHBOUR),
        asked: org(ME),
        requester_unit: None,
        asked_unit: None,
        direction: TransferDirection::HandOver,
        about_child: false,
        agreement_id: AGREEMENT,
        agreement_version: 1,
        rule_id: "flytt".to_owned(),
        position_days: 3,
        requested_at: then,
        arrived_at: Some(then),
        not_taken: None,
        answer: None,
        applied_on: None,
        decided: None,
        appealed: None,
        finalised: None,
        withdrawn_at: None,
        handed_over_at: None,
        changed_at: then,
        revision: 1,
    };
    change(&mut transfer);
    Held { transfer: Some(transfer), ..Held::default() }
}

/// What this node says to what somebody tells.
fn told(sender: &str, held: Held, act: &TransferAct) -> (WriteSet, Answer) {
    let (message_type, payload) = encode_act(ID, act);
    let sealed = matches!(act, TransferAct::Answer(_) | TransferAct::HandOver);
    arrive(&[], held, about(sender, message_type, sealed), payload)
}

fn is_nothing(writes: &WriteSet) -> bool {
    writes.transfers == TransferWrites::default()
}

#[test]
fn who_takes_no_part_or_is_no_board_asks_for_nothing_to_move() {
    let cases = [
        (NEIGHBOUR, &[ME, NEIGHBOUR][..], None),
        (OUTSIDER, &[ME, NEIGHBOUR][..], Some(Reason::NotFound)),
        (COMPANY, &[ME, COMPANY][..], Some(Reason::GroundNotAllowed)),
    ];
    for (sender, parties, refused) in cases {
        let (writes, answer) = asked(sender, parties, Held::default(), |_| {});
        assert_eq!(refusal(&answer), refused, "{sender}");
        assert_eq!(is_nothing(&writes), refused.is_some(), "{sender}");
    }
}

#[test]
fn a_request_on_another_ground_or_without_content_or_of_a_transfer_that_is_there_is_refused() {
    let parties = &[ME, NEIGHBOUR];
    let consent = |header: &mut Header| {
        let ground = DisclosureGround::Consent12_2;
        header.sealed = Some(SealedInfo { ground, ..by_law() });
    };
    let (writes, answer) = asked(NEIGHBOUR, parties, Held::default(), consent);
    assert_eq!(refusal(&answer), Some(Reason::GroundNotAllowed));
    assert!(is_nothing(&writes));
    let (_, answer) = asked(NEIGHBOUR, parties, Held::default(), |header| header.sealed = None);
    assert_eq!(refusal(&answer), Some(Reason::GroundMissing));
    let (writes, answer) = asked(NEIGHBOUR, parties, transfer(|_| {}), |_| {});
    assert_eq!(refusal(&answer), Some(Reason::IdempotencyMismatch));
    assert!(is_nothing(&writes));
}

#[test]
fn nobody_tells_anything_of_a_transfer_of_others_or_of_none() {
    for (sender, held) in [(OUTSIDER, transfer(|_| {})), (NEIGHBOUR, Held::default())] {
        let (writes, answer) = told(sender, held, &TransferAct::Withdraw);
        assert_eq!(refusal(&answer), Some(Reason::NotFound), "{sender}");
        assert!(is_nothing(&writes));
    }
}

#[test]
fn what_is_not_its_to_do_or_not_due_is_refused() {
    let outcome = Outcome::Moves;
    let finalise = TransferAct::Finalise { on: TODAY, outcome, after_appeal: false };
    let tomorrow = date(2026, 6, 2);
    let cases = [
        (TransferAct::Answer(Position::Agree), Reason::WrongActor),
        (TransferAct::HandOver, Reason::InvalidTransition),
        (TransferAct::Decide { on: TODAY, outcome }, Reason::InvalidTransition),
        (finalise, Reason::InvalidTransition),
        (TransferAct::Appeal { on: TODAY }, Reason::InvalidTransition),
        (TransferAct::Apply { on: tomorrow }, Reason::InvalidField),
        // The month was not over on that day.
        (TransferAct::Apply { on: date(2026, 5, 1) }, Reason::InvalidField),
    ];
    for (act, reason) in cases {
        let (writes, answer) = told(NEIGHBOUR, transfer(|_| {}), &act);
        assert_eq!(refusal(&answer), Some(reason), "{act:?}");
        assert!(is_nothing(&writes), "{act:?}");
    }
    let (writes, answer) = told(NEIGHBOUR, transfer(|_| {}), &TransferAct::Apply { on: TODAY });
    assert_eq!(refusal(&answer), None);
    assert_eq!(writes.transfers.changed[0].0.responsible(), &org(NEIGHBOUR));
}

#[test]
fn a_second_hand_over_or_another_answer_changes_nothing() {
    let agreed = |transfer: &mut Transfer| transfer.answer = Some((Position::Agree, NOW));
    let over = |transfer: &mut Transfer| {
        agreed(transfer);
        transfer.handed_over_at = Some(NOW);
    };
    let (writes, answer) = told(NEIGHBOUR, transfer(agreed), &TransferAct::HandOver);
    assert_eq!(refusal(&answer), None);
    assert_eq!(writes.transfers.changed[0].0.responsible(), &org(ME));
    let (writes, answer) = told(NEIGHBOUR, transfer(over), &TransferAct::HandOver);
    assert_eq!(refusal(&answer), None, "the same again");
    assert!(is_nothing(&writes));
    let (writes, answer) = told(NEIGHBOUR, transfer(agreed), &TransferAct::Withdraw);
    assert_eq!(refusal(&answer), Some(Reason::InvalidTransition));
    assert!(is_nothing(&writes));
}
