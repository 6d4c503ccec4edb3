//! Somebody meddles with the agreements of others, or with its own past.

use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementRecord, AgreementState, Effect, GroupMember, PartyRole, Rule,
    Suspension, SuspensionReason, WorkingGroup,
};
use brygga_domain::{AgreementId, Reason, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::agreement::terminate;
use brygga_exchange::audit::Actor;
use brygga_exchange::compose::MESSAGE_LIFETIME;
use brygga_exchange::receive::{Answer, Held, UNSIGNED_PROPOSALS_MAX};
use brygga_policy::AgreementBook;
use brygga_wire::agreement::{encode_proposed, encode_signed, encode_suspended, encode_terminated};
use brygga_wire::envelope::{Header, MessageType};

use crate::rig::*;

fn about(record: &AgreementRecord, sender: &str, message_type: MessageType) -> Header {
    let terms = record.terms();
    let agreement = Some((terms.agreement_id, terms.version));
    Header { agreement, ..header(sender, message_type, *terms.agreement_id.as_bytes()) }
}

fn holding(record: &AgreementRecord) -> Held {
    Held { agreement: Some(record.clone()), ..Held::default() }
}

fn propose(book: &[AgreementRecord], sender: &str, record: &AgreementRecord) -> (WriteSet, Answer) {
    let header = about(record, sender, MessageType::AgreementProposed);
    arrive(book, Held::default(), header, encode_proposed(record))
}

#[test]
fn an_ended_agreement_is_not_revived_by_its_proposal_in_another_thread() {
    let mut held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let proposal = encode_proposed(&held);
    held.terminate(NOW.minus(Seconds(60)));
    let mut beside = about(&held, NEIGHBOUR, MessageType::AgreementProposed);
    beside.conversation = brygga_domain::ConversationId::from_bytes([77; 16]);
    // The node looks for what it holds by the thread, and finds nothing.
    let (writes, answer) = arrive(&[held], Held::default(), beside, proposal);
    assert_eq!(refusal(&answer), Some(Reason::InvalidField));
    assert_eq!(writes.agreements, []);
}

#[test]
fn an_end_before_the_beginning_does_not_open_the_earlier_version_again() {
    let first = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let second = signed(AGREEMENT, 2, &[ME, NEIGHBOUR]);
    let mut ended = second.clone();
    ended.terminate(second.terms().valid_from.minus(Seconds::days(400)));
    let header = about(&second, NEIGHBOUR, MessageType::AgreementTerminated);
    let book = [first.clone(), second.clone()];
    let (writes, answer) = arrive(&book, holding(&second), header, encode_terminated(&ended));
    assert_eq!(refusal(&answer), None);
    let [stored] = &writes.agreements[..] else { panic!("the end is not stored") };
    assert_eq!(stored.state(NOW), AgreementState::Terminated);
    let book = AgreementBook::new([first.clone().into(), stored.clone().into()]);
    assert!(book.is_superseded(&first, NOW), "a closed version authorises again");
}

#[test]
fn who_is_no_party_of_an_agreement_cannot_propose_its_next_version() {
    let first = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let mut next = unsigned(AGREEMENT, 2, &[ME, OUTSIDER]);
    sign(&mut next, OUTSIDER);
    let (writes, answer) = propose(std::slice::from_ref(&first), OUTSIDER, &next);
    assert_eq!(refusal(&answer), Some(Reason::InvalidField));
    assert_eq!(writes.agreements, []);
    let mut next = unsigned(AGREEMENT, 2, &[ME, NEIGHBOUR, OUTSIDER]);
    sign(&mut next, NEIGHBOUR);
    let (writes, _) = propose(&[first], NEIGHBOUR, &next);
    assert_eq!(writes.agreements, [next]);
}

#[test]
fn who_is_no_party_learns_nothing_from_bringing_a_partys_signature() {
    let held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let bring = |held: Held| {
        let record = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
        let header = about(&record, OUTSIDER, MessageType::AgreementSigned);
        arrive(&[], held, header, encode_signed(&record)).1
    };
    let (known, unknown) = (bring(holding(&held)), bring(Held::default()));
    assert_eq!(waits(&known), Reason::NotFound);
    assert_eq!(known, unknown);
}

#[test]
fn a_proposal_without_its_senders_signature_is_refused() {
    let mut proposal = unsigned(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER]);
    sign(&mut proposal, OUTSIDER);
    let (writes, answer) = propose(&[], NEIGHBOUR, &proposal);
    assert_eq!(refusal(&answer), Some(Reason::BadSignature));
    assert_eq!(writes.agreements, []);
}

#[test]
fn a_party_that_the_registry_does_not_list_yet_is_waited_for() {
    let mut proposal = unsigned(AGREEMENT, 1, &[ME, NEIGHBOUR, NEWCOMER]);
    sign(&mut proposal, NEIGHBOUR);
    assert_eq!(waits(&propose(&[], NEIGHBOUR, &proposal).1), Reason::InvalidField);
}

#[test]
fn a_signature_with_a_key_that_is_not_known_yet_is_waited_for_and_one_that_is_held_is_not_asked() {
    let parties = [ME, NEIGHBOUR, NEWCOMER];
    let complete = signed(AGREEMENT, 1, &parties);
    let arrives = |held: &AgreementRecord| {
        let header = about(held, NEIGHBOUR, MessageType::AgreementSigned);
        arrive(&[], holding(held), header, encode_signed(&complete))
    };
    let mut without = unsigned(AGREEMENT, 1, &parties);
    sign(&mut without, ME);
    assert_eq!(waits(&arrives(&without).1), Reason::BadSignature);
    let mut with = without;
    sign(&mut with, NEWCOMER);
    let (writes, answer) = arrives(&with);
    assert_eq!(refusal(&answer), None);
    assert!(writes.agreements[0].is_signed_by(&org(NEIGHBOUR)));
}

#[test]
fn proposals_that_nobody_signs_do_not_fill_the_node() {
    let proposal = |number: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let mut record = unsigned(AgreementId::from_bytes(id), 1, &[ME, NEIGHBOUR]);
        sign(&mut record, NEIGHBOUR);
        record
    };
    let mut book: Vec<_> = (1..UNSIGNED_PROPOSALS_MAX).map(proposal).collect();
    let (writes, _) = propose(&book, NEIGHBOUR, &proposal(UNSIGNED_PROPOSALS_MAX));
    book.extend(writes.agreements);
    assert_eq!(book.len(), UNSIGNED_PROPOSALS_MAX);
    let one_more = proposal(UNSIGNED_PROPOSALS_MAX + 1);
    assert_eq!(waits(&propose(&book, NEIGHBOUR, &one_more).1), Reason::TooManyRequests);
    sign(&mut book[0], ME);
    let (writes, _) = propose(&book, NEIGHBOUR, &one_more);
    assert_eq!(writes.agreements, [one_more]);
}

/// The other party's node is away for longer than messages live.
#[test]
fn the_end_of_an_agreement_is_told_until_it_would_have_ended_by_itself() {
    let held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let until = held.terms().valid_until;
    assert!(NOW.plus(MESSAGE_LIFETIME) < until, "the agreement outlives a message");
    let actor = Actor::User("jurist-1".to_owned());
    let threads = vec![(org(NEIGHBOUR), None)];
    let ended = locally(|local| terminate(local, &actor, held, NOW, threads));
    let [told] = &ended.writes.outbox[..] else { panic!("one party is told") };
    assert_eq!(told.expires_at, until);
}

/// A second version by the neighbour that claims to need its own signature and the newcomer's only.
fn claimed(change: impl FnOnce(&mut AgreementDraft)) -> AgreementRecord {
    let mut record = changed(AGREEMENT, 2, &[ME, NEIGHBOUR, OUTSIDER], |draft| {
        draft.open_to_accession = true;
        draft.required_signatures = vec![org(NEIGHBOUR), org(OUTSIDER)];
        change(draft);
    });
    sign(&mut record, NEIGHBOUR);
    record
}

fn open_to_accession() -> AgreementRecord {
    let mut record =
        changed(AGREEMENT, 1, &[ME, NEIGHBOUR], |draft| draft.open_to_accession = true);
    [ME, NEIGHBOUR].iter().for_each(|party| sign(&mut record, party));
    record
}

#[test]
fn nobody_is_bound_by_a_change_that_others_signed() {
    let joining = claimed(|_| {});
    let (writes, answer) = propose(&[open_to_accession()], NEIGHBOUR, &joining);
    assert_eq!(refusal(&answer), None, "that was agreed beforehand");
    assert_eq!(writes.agreements, std::slice::from_ref(&joining));

    let closed = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let mut not_begun = changed(AGREEMENT, 1, &[ME, NEIGHBOUR], |draft| {
        draft.open_to_accession = true;
        draft.valid_from = NOW.plus(Seconds(1));
    });
    [ME, NEIGHBOUR].iter().for_each(|party| sign(&mut not_begun, party));
    for (held, version) in [
        (closed, joining.clone()),
        (not_begun, joining),
        (open_to_accession(), claimed(|draft| draft.consent_max_days = 365)),
        (open_to_accession(), claimed(|draft| draft.rules[0].from = vec![org(NEIGHBOUR)])),
        (open_to_accession(), claimed(|draft| draft.valid_until = NOW.plus(Seconds::days(9)))),
        (open_to_accession(), claimed(|draft| drop(draft.parties.remove(0)))),
        (open_to_accession(), claimed(|draft| draft.parties[0].role = PartyRole::Observer)),
    ] {
        let (writes, _) = propose(&[held], NEIGHBOUR, &version);
        assert_eq!(writes.agreements, [], "{:?}", version.terms());
    }
}

#[test]
fn who_knows_no_earlier_version_is_bound_by_its_own_signature_only() {
    let without_me = claimed(|_| {});
    let (writes, answer) = propose(&[], NEIGHBOUR, &without_me);
    assert_eq!(waits(&answer), Reason::InvalidField);
    assert_eq!(writes.agreements, []);
    let with_me = claimed(|draft| draft.required_signatures = vec![org(NEIGHBOUR), org(ME)]);
    let (writes, _) = propose(&[], NEIGHBOUR, &with_me);
    let [stored] = &writes.agreements[..] else { panic!("it is not kept") };
    assert!(matches!(stored.state(NOW), AgreementState::Proposed { .. }), "until this one signs");
}

#[test]
fn a_party_cannot_leave_before_its_notice_or_throw_another_out() {
    let mut held = changed(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER], |draft| {
        draft.notice_days = 30;
    });
    [ME, NEIGHBOUR, OUTSIDER].iter().for_each(|party| sign(&mut held, party));
    let leaving = |who: &str, signs: &str, days: i64| {
        let left: Vec<&str> =
            [ME, NEIGHBOUR, OUTSIDER].into_iter().filter(|one| *one != who).collect();
        let mut record = changed(AGREEMENT, 2, &left, |draft| {
            draft.notice_days = 30;
            draft.required_signatures = vec![org(signs)];
            draft.valid_from = NOW.plus(Seconds::days(days));
        });
        sign(&mut record, NEIGHBOUR);
        record
    };
    let taken = |version: AgreementRecord| {
        propose(std::slice::from_ref(&held), NEIGHBOUR, &version).0.agreements.len()
    };
    assert_eq!(taken(leaving(NEIGHBOUR, NEIGHBOUR, 30)), 1);
    assert_eq!(taken(leaving(NEIGHBOUR, NEIGHBOUR, 29)), 0);
    assert_eq!(taken(leaving(OUTSIDER, NEIGHBOUR, 30)), 0);
}

/// The message says when notice was given; how long it was under way moves no day.
#[test]
fn an_end_and_a_leave_that_come_after_a_month_hold_the_day_that_their_party_holds() {
    let given = NOW.minus(Seconds::days(40));
    let over = given.plus(Seconds::days(30));
    let mut held = changed(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER], |draft| {
        draft.notice_days = 30;
        draft.valid_from = given.minus(Seconds::days(1));
    });
    [ME, NEIGHBOUR, OUTSIDER].iter().for_each(|party| sign(&mut held, party));
    let late = |record: &AgreementRecord, message_type| Header {
        created_at: given,
        ..about(record, NEIGHBOUR, message_type)
    };

    let mut ended = held.clone();
    ended.terminate(given);
    let header = late(&held, MessageType::AgreementTerminated);
    let (writes, _) = arrive(&[], holding(&held), header, encode_terminated(&ended));
    assert_eq!(writes.agreements[0].terminated_at(), Some(over));

    let mut left = changed(AGREEMENT, 2, &[ME, OUTSIDER], |draft| {
        draft.notice_days = 30;
        draft.required_signatures = vec![org(NEIGHBOUR)];
        draft.valid_from = over;
    });
    sign(&mut left, NEIGHBOUR);
    let header = late(&left, MessageType::AgreementProposed);
    let (writes, _) = arrive(&[held], Held::default(), header, encode_proposed(&left));
    // Whose signature is the only one holds all of them.
    left.verify(&org(NEIGHBOUR));
    assert_eq!(writes.agreements, [left]);
}

#[test]
fn a_switch_is_turned_by_its_own_participant_only() {
    let held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let turn = |sender: &str, record: &AgreementRecord| {
        let header = about(record, sender, MessageType::AgreementSuspended);
        let payload = encode_suspended(record.terms(), SuspensionReason::Incident);
        arrive(&[], holding(&held), header, payload)
    };
    let (writes, answer) = turn(NEIGHBOUR, &held);
    assert_eq!(refusal(&answer), None);
    assert_eq!(writes.suspensions[0].organisation, org(NEIGHBOUR));
    let other = signed(AGREEMENT, 2, &[ME, NEIGHBOUR]);
    for (sender, record) in [(OUTSIDER, &held), (NEIGHBOUR, &other)] {
        let (writes, answer) = turn(sender, record);
        assert_eq!(waits(&answer), Reason::NotFound);
        assert_eq!(writes.suspensions, []);
    }
}

#[test]
fn a_version_signed_by_one_undoes_no_end_and_lifts_no_suspension() {
    let again = || {
        let mut record = changed(AGREEMENT, 2, &[ME, NEIGHBOUR], |draft| {
            draft.required_signatures = vec![org(NEIGHBOUR)];
        });
        sign(&mut record, NEIGHBOUR);
        record
    };
    let mut ended = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    ended.terminate(NOW.plus(Seconds::days(20)));
    let (writes, answer) = propose(std::slice::from_ref(&ended), NEIGHBOUR, &again());
    assert_eq!(waits(&answer), Reason::InvalidField);
    assert_eq!(writes.agreements, []);
    // Whichever came first, everybody ends up with the end.
    let book = AgreementBook::new([ended.into(), again().into()]);
    let second = book.find(AGREEMENT, 2).expect("held");
    assert_eq!(book.state(second, NOW.plus(Seconds::days(21))), AgreementState::Terminated);

    let mut resting = signed(AGREEMENT, 1, &[ME, NEIGHBOUR]);
    let (organisation, reason) = (org(ME), SuspensionReason::Incident);
    resting.suspend(Suspension { organisation, reason, since: NOW }).expect("a participant");
    let book = AgreementBook::new([resting.into(), again().into()]);
    let second = book.find(AGREEMENT, 2).expect("held");
    assert_eq!(book.state(second, NOW), AgreementState::Suspended);
}

#[test]
fn nobody_is_put_out_or_bypassed_by_those_who_do_sign() {
    let mut held = signed(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER]);
    let without = signed(AGREEMENT, 2, &[ME, NEIGHBOUR]);
    let book = std::slice::from_ref(&held);
    assert_eq!(waits(&propose(book, NEIGHBOUR, &without).1), Reason::InvalidField);

    // A prohibition that waits for its day is no matter of those whom it is not about.
    let prohibited = |draft: &mut AgreementDraft| {
        let mut rule = Rule::new("inga-barn", Effect::Prohibit, Action::ReferralSend);
        (rule.from, rule.to) = (vec![org(NEIGHBOUR)], vec![org(ME)]);
        draft.rules.push(rule);
    };
    let mut waiting = changed(AGREEMENT, 2, &[ME, NEIGHBOUR, OUTSIDER], |draft| {
        prohibited(draft);
        draft.valid_from = NOW.plus(Seconds::days(10));
    });
    [ME, NEIGHBOUR, OUTSIDER].iter().for_each(|party| sign(&mut waiting, party));
    let mut around = changed(AGREEMENT, 3, &[ME, NEIGHBOUR, OUTSIDER], |draft| {
        draft.required_signatures = vec![org(NEIGHBOUR)];
    });
    sign(&mut around, NEIGHBOUR);
    held.resume(&org(ME));
    let (writes, answer) = propose(&[held, waiting], NEIGHBOUR, &around);
    assert_eq!(waits(&answer), Reason::InvalidField);
    assert_eq!(writes.agreements, []);
}

#[test]
fn who_is_in_no_amending_group_is_refused_and_what_may_say_otherwise_is_waited_for() {
    let strategic = |draft: &mut AgreementDraft| {
        draft.groups = vec![WorkingGroup {
            group_id: "strategisk".to_owned(),
            title: "Strategisk grupp".to_owned(),
            members: vec![GroupMember { organisation: org(ME), unit: None }],
            meetings_per_year: 0,
            minutes_reference: None,
            may_amend: true,
        }];
    };
    let mut held = changed(AGREEMENT, 1, &[ME, NEIGHBOUR], strategic);
    [ME, NEIGHBOUR].iter().for_each(|party| sign(&mut held, party));
    let proposal = |version| {
        let mut record = changed(AGREEMENT, version, &[ME, NEIGHBOUR], |_| {});
        sign(&mut record, NEIGHBOUR);
        record
    };
    let (writes, answer) = propose(std::slice::from_ref(&held), NEIGHBOUR, &proposal(2));
    assert_eq!(refusal(&answer), Some(Reason::RoleDenied));
    assert_eq!(writes.agreements, []);
    let (_, answer) = propose(std::slice::from_ref(&held), NEIGHBOUR, &proposal(3));
    assert_eq!(waits(&answer), Reason::RoleDenied, "the second version is not held yet");

    let leaving = |members: &[&str]| {
        let mut record = changed(AGREEMENT, 2, &[ME, OUTSIDER], |draft| {
            draft.required_signatures = vec![org(NEIGHBOUR)];
            draft.valid_from = NOW.plus(Seconds(1));
            strategic(draft);
            draft.groups[0].members = members
                .iter()
                .map(|one| GroupMember { organisation: org(one), unit: None })
                .collect();
        });
        sign(&mut record, NEIGHBOUR);
        record
    };
    let mut held = changed(AGREEMENT, 1, &[ME, NEIGHBOUR, OUTSIDER], strategic);
    [ME, NEIGHBOUR, OUTSIDER].iter().for_each(|party| sign(&mut held, party));
    let (_, answer) = propose(std::slice::from_ref(&held), NEIGHBOUR, &leaving(&[ME]));
    assert_eq!(refusal(&answer), None, "whoever leaves asks no group");
    let (_, answer) = propose(std::slice::from_ref(&held), NEIGHBOUR, &leaving(&[ME, OUTSIDER]));
    assert_eq!(refusal(&answer), Some(Reason::RoleDenied), "it changes something for others");
}
