//! Two propose other terms under one version, and what somebody could make of it.

use std::sync::Arc;

use brygga_domain::Reason;
use brygga_domain::agreement::{
    AgreementDraft, AgreementKind, AgreementRecord, AgreementState, Negotiation,
};
use brygga_exchange::WriteSet;
use brygga_exchange::receive::{Answer, Held};
use brygga_policy::AgreementBook;
use brygga_wire::agreement::{encode_proposed, encode_signed, encode_terminated};
use brygga_wire::envelope::{Header, MessageType};

use crate::rig::*;

fn about(record: &AgreementRecord, sender: &str, message_type: MessageType) -> Header {
    let terms = record.terms();
    let agreement = Some((terms.agreement_id, terms.version));
    Header { agreement, ..header(sender, message_type, *terms.agreement_id.as_bytes()) }
}

/// A version of ours, the neighbour's and the outsider's, signed by one of them.
fn version(number: u32, signs: &str, change: impl FnOnce(&mut AgreementDraft)) -> AgreementRecord {
    let mut record = changed(AGREEMENT, number, &[ME, NEIGHBOUR, OUTSIDER], change);
    sign(&mut record, signs);
    record
}

/// The neighbour's other terms under the second version.
fn others() -> AgreementRecord {
    version(2, NEIGHBOUR, |draft| draft.consent_max_days = 1)
}

fn meet(held: &AgreementRecord) -> (WriteSet, Answer) {
    let threads = vec![(org(NEIGHBOUR), None), (org(OUTSIDER), None)];
    let held =
        Held { agreement: Some(held.clone()), agreement_threads: threads, ..Held::default() };
    let other = others();
    let header = about(&other, NEIGHBOUR, MessageType::AgreementProposed);
    arrive(&[], held, header, encode_proposed(&other))
}

#[test]
fn other_terms_end_what_still_needs_their_proposer_and_nothing_else() {
    let own = version(2, ME, |_| {});
    let (writes, answer) = meet(&own);
    assert_eq!(refusal(&answer), Some(Reason::NegotiationDiverged));
    assert_eq!(writes.agreements[0].terminated_at(), Some(own.terms().valid_from), "it never was");
    // What was held ends for its parties, and the other is declined towards whoever proposed it.
    let told: Vec<_> = writes.outbox.iter().map(|entry| entry.recipient.as_str()).collect();
    assert_eq!(told, [NEIGHBOUR, OUTSIDER]);

    let signed_by_it = {
        let mut record = own.clone();
        sign(&mut record, NEIGHBOUR);
        record
    };
    let without_it =
        version(2, ME, |draft| draft.required_signatures = vec![org(ME), org(OUTSIDER)]);
    for stands in [signed_by_it, without_it] {
        let (writes, answer) = meet(&stands);
        assert_eq!(
            (writes.agreements.len(), writes.outbox.len(), refusal(&answer)),
            (0, 0, Some(Reason::AgreementTermsMismatch))
        );
    }
}

/// A version is declined, and its party signs it all the same; and then a third takes over that not all have to sign.
#[test]
fn what_was_declined_never_begins_and_ends_nothing_that_is_in_force() {
    let first = signed(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER]);
    let mut declined = version(2, ME, |_| {});
    declined.decline(NOW);
    assert_eq!(negotiated(&declined), Negotiation::Terminated);
    let mut late = declined.clone();
    [NEIGHBOUR, OUTSIDER].iter().for_each(|party| sign(&mut late, party));
    let header = about(&late, NEIGHBOUR, MessageType::AgreementSigned);
    let held = Held { agreement: Some(declined), ..Held::default() };
    let (writes, _) = arrive(&[], held, header, encode_signed(&late));
    let [late] = &writes.agreements[..] else { panic!("the signatures are kept") };
    let book = AgreementBook::new([first.clone(), late.clone()].map(Arc::new));
    assert_eq!(book.state(&first, NOW), AgreementState::Active);

    let third = version(3, NEIGHBOUR, |draft| draft.required_signatures = vec![org(NEIGHBOUR)]);
    let book = AgreementBook::new([first, late.clone(), third.clone()].map(Arc::new));
    assert_eq!(book.state(&third, NOW), AgreementState::Active);
}

fn negotiated(record: &AgreementRecord) -> Negotiation {
    AgreementBook::new([Arc::new(record.clone())]).negotiation(record, &org(ME), NOW)
}

/// Notice binds everybody whose signature is not asked for, too.
#[test]
fn nobody_declines_a_version_that_does_not_need_its_signature() {
    let held = {
        let mut held = version(2, ME, |draft| {
            draft.notice_days = 30;
            draft.required_signatures = vec![org(ME), org(OUTSIDER)];
        });
        sign(&mut held, OUTSIDER);
        held
    };
    let mut ended = held.clone();
    ended.terminate(NOW);
    let header = about(&held, NEIGHBOUR, MessageType::AgreementTerminated);
    let holding = Held { agreement: Some(held), ..Held::default() };
    let (writes, _) = arrive(&[], holding, header, encode_terminated(&ended));
    let until = NOW.plus(brygga_domain::Seconds::days(30));
    assert_eq!(writes.agreements[0].terminated_at(), Some(until));
}

#[test]
fn the_end_of_other_terms_ends_none_that_are_held_and_an_unknown_one_is_waited_for() {
    let held = signed(AGREEMENT, 2, &[ME, NEIGHBOUR, OUTSIDER]);
    let mut ended = others();
    ended.terminate(NOW);
    let header = || about(&ended, NEIGHBOUR, MessageType::AgreementTerminated);
    let holding = Held { agreement: Some(held), ..Held::default() };
    let (writes, answer) = arrive(&[], holding, header(), encode_terminated(&ended));
    assert_eq!((writes.agreements.len(), refusal(&answer)), (0, None));
    let (_, answer) = arrive(&[], Held::default(), header(), encode_terminated(&ended));
    assert_eq!(waits(&answer), Reason::NotFound);
}

/// Only the owners' own versions follow a directive.
#[test]
fn a_directive_is_followed_by_no_plain_version_and_an_agreement_by_no_directive() {
    let owners = |draft: &mut AgreementDraft| {
        draft.kind = AgreementKind::OwnerDirective;
        draft.required_signatures = vec![org(NEIGHBOUR)];
    };
    let directive = version(1, NEIGHBOUR, owners);
    let plain = version(2, OUTSIDER, |_| {});
    let header = about(&plain, OUTSIDER, MessageType::AgreementProposed);
    let (writes, answer) = arrive(&[directive], Held::default(), header, encode_proposed(&plain));
    assert_eq!((writes.agreements.len(), waits(&answer)), (0, Reason::InvalidField));
}
