//! Calls that a member makes, answers or closes although it may not, and answers that come when it is over.

use brygga_domain::capacity::{
    Call, CallEnd, CallState, Hold, HoldItem, HoldState, LineKey, Period, PlaceFor, ReceivedCall,
    ReceivedCallState, WantedPlaces,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{CallId, HoldId, Reason, Seconds, Timestamp};
use brygga_exchange::WriteSet;
use brygga_exchange::call::{AnsweredCall, CallWrites, OpenCall, settle_answer};
use brygga_exchange::receive::{Answer, Held};
use brygga_exchange::records::Chain;
use brygga_wire::capacity::{CallAnswer, encode_call_answered, encode_call_closed, encode_called};
use brygga_wire::envelope::{Header, MessageType};

use crate::places::{KEY, SERVICE, beds, hold, receipt, sharing};
use crate::rig::*;

const CALL: CallId = CallId::from_bytes([5; 16]);
const HOLD: HoldId = HoldId::from_bytes([3; 16]);
const LATER: Timestamp = NOW.plus(Seconds(1_800));
const PARTIES: &[&str] = &[ME, NEIGHBOUR, COMPANY];

fn wanted() -> WantedPlaces {
    WantedPlaces {
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").expect("a type"),
        line: KEY,
        places: 1,
        with_child: false,
        ttl: Seconds(600),
        answer_by: LATER,
    }
}

/// This node's, which asked both others.
fn call(state: CallState) -> Call {
    Call {
        id: CALL,
        wanted: wanted(),
        agreement_id: AGREEMENT,
        agreement_version: 1,
        parties: vec![org(NEIGHBOUR), org(COMPANY)],
        placed_at: NOW,
        state,
        changed_at: NOW,
        revision: 1,
    }
}

fn received(state: ReceivedCallState) -> ReceivedCall {
    ReceivedCall {
        id: CALL,
        caller: org(NEIGHBOUR),
        wanted: wanted(),
        agreement_id: AGREEMENT,
        agreement_version: 1,
        received_at: NOW,
        state,
        changed_at: NOW,
        revision: 1,
    }
}

fn about(sender: &str, message_type: MessageType) -> Header {
    let agreement = Some((AGREEMENT, 1));
    Header { agreement, ..header(sender, message_type, *CALL.as_bytes()) }
}

fn is_nothing(writes: &WriteSet) -> bool {
    writes.calls == CallWrites::default() && writes.capacity == Default::default()
}

/// What this node says to somebody who calls it, under an agreement between `parties`.
fn called(sender: &str, parties: &[&str], change: impl FnOnce(&mut Call)) -> (WriteSet, Answer) {
    let mut call = call(CallState::Open);
    change(&mut call);
    let header = about(sender, MessageType::CapacityCalled);
    arrive(&[sharing(AGREEMENT, parties)], Held::default(), header, encode_called(&call))
}

#[test]
fn whoever_may_be_published_to_may_call() {
    let (writes, answer) = called(NEIGHBOUR, PARTIES, |_| {});
    assert_eq!(refusal(&answer), None);
    assert_eq!(writes.calls.received[..], [received(ReceivedCallState::Open)]);
}

#[test]
fn an_agreement_of_others_is_not_told_from_one_that_is_absent() {
    let (writes, theirs) = called(OUTSIDER, PARTIES, |_| {});
    assert!(is_nothing(&writes));
    assert_eq!(refusal(&theirs), Some(Reason::NotFound));
    let call = encode_called(&call(CallState::Open));
    let header = about(OUTSIDER, MessageType::CapacityCalled);
    let (_, absent) = arrive(&[], Held::default(), header, call);
    assert_eq!(receipt(&theirs), receipt(&absent));
}

#[test]
fn a_call_that_is_no_call_is_refused() {
    let refused = |change: fn(&mut Call)| {
        let (writes, answer) = called(NEIGHBOUR, PARTIES, change);
        assert!(is_nothing(&writes), "a refusal changes nothing");
        refusal(&answer)
    };
    assert_eq!(refused(|call| call.wanted.places = 0), Some(Reason::InvalidField));
    assert_eq!(refused(|call| call.wanted.places = 101), Some(Reason::InvalidField));
    assert_eq!(refused(|call| call.wanted.ttl = Seconds(59)), Some(Reason::InvalidField));
    let other_thread = |call: &mut Call| call.id = CallId::from_bytes([6; 16]);
    assert_eq!(refused(other_thread), Some(Reason::InvalidField));
    assert_eq!(refused(|call| call.wanted.answer_by = NOW), Some(Reason::OutsideValidity));
    // What is open for longer would stand on nobody's list any more.
    let forever = |call: &mut Call| call.wanted.answer_by = NOW.plus(Seconds(86_701));
    assert_eq!(refused(forever), Some(Reason::InvalidField));
}

fn said() -> CallAnswer {
    CallAnswer {
        call: CALL,
        hold: HOLD,
        items: vec![HoldItem { service: SERVICE, line: KEY, places: 1 }],
        held_until: NOW.plus(Seconds(600)),
    }
}

/// What this node says to an answer of somebody's to its call.
fn answered(
    sender: &str,
    known: Option<Call>,
    hold: Option<Hold>,
    change: impl FnOnce(&mut CallAnswer),
) -> (WriteSet, Answer) {
    let mut said = said();
    change(&mut said);
    let threads = |call: Call| OpenCall {
        threads: call.parties.iter().map(|party| (party.clone(), None)).collect(),
        call,
    };
    let held = Held { call: known.map(threads), hold, ..Held::default() };
    let header = about(sender, MessageType::CapacityCallAnswered);
    arrive(&[sharing(AGREEMENT, PARTIES)], held, header, encode_call_answered(&said))
}

#[test]
fn the_first_answer_is_a_hold_and_the_other_is_told() {
    let (writes, answer) = answered(NEIGHBOUR, Some(call(CallState::Open)), None, |_| {});
    assert_eq!(refusal(&answer), None);
    let [(taken, 1)] = &writes.calls.changed[..] else { panic!("one call: {writes:?}") };
    assert_eq!(taken.state, CallState::Taken { by: org(NEIGHBOUR), hold: HOLD });
    let [new] = &writes.capacity.new_holds[..] else { panic!("one hold: {writes:?}") };
    assert_eq!(new.hold.state, HoldState::Held { expires_at: said().held_until });
    assert_eq!((&new.hold.publisher, &new.hold.holder), (&org(NEIGHBOUR), &org(ME)));
    // Whichever answer it were, the store would let no second one become a hold.
    assert_eq!(new.idempotency.as_ref().map(|given| given.key), Some(*CALL.as_bytes()));
    let told: Vec<_> = writes.outbox.iter().map(|entry| entry.recipient.as_str()).collect();
    assert_eq!(told, [COMPANY]);
}

#[test]
fn an_answer_to_what_is_over_or_not_its_own_gets_no_hold() {
    let taken = CallState::Taken { by: org(COMPANY), hold: HoldId::from_bytes([8; 16]) };
    for (state, reason) in [
        (taken, Reason::CallTaken),
        (CallState::CalledOff, Reason::Terminal),
        (CallState::Lapsed, Reason::OutsideValidity),
    ] {
        let (writes, answer) = answered(NEIGHBOUR, Some(call(state)), None, |_| {});
        assert!(is_nothing(&writes) && writes.outbox.is_empty());
        assert_eq!(refusal(&answer), Some(reason));
    }
    let (writes, uninvited) = answered(OUTSIDER, Some(call(CallState::Open)), None, |_| {});
    assert!(is_nothing(&writes));
    let (_, absent) = answered(OUTSIDER, None, None, |_| {});
    assert_eq!(receipt(&uninvited), receipt(&absent));
}

#[test]
fn an_answer_that_is_not_what_was_asked_for_gets_no_hold() {
    let refused = |change: fn(&mut CallAnswer)| {
        let open = Some(call(CallState::Open));
        let (writes, answer) = answered(NEIGHBOUR, open, None, change);
        assert!(is_nothing(&writes), "the call stays open");
        refusal(&answer)
    };
    assert_eq!(refused(|said| said.items[0].places = 2), Some(Reason::InvalidField));
    let men = |said: &mut CallAnswer| {
        said.items[0].line = LineKey { place_for: PlaceFor::Men, period: Period::Night };
    };
    assert_eq!(refused(men), Some(Reason::InvalidField));
    assert_eq!(refused(|said| said.held_until = NOW), Some(Reason::HoldExpired));
    // The id of a hold that is somebody else's.
    let theirs = hold(COMPANY, ME, HoldState::Confirmed);
    let open = Some(call(CallState::Open));
    let (writes, answer) = answered(NEIGHBOUR, open, Some(theirs), |_| {});
    assert!(is_nothing(&writes));
    assert_eq!(refusal(&answer), Some(Reason::IdempotencyMismatch));
}

/// What this node says to somebody who closes a call that it has answered.
fn closed(sender: &str, state: ReceivedCallState) -> (WriteSet, Answer) {
    let until = HoldState::Held { expires_at: NOW.plus(Seconds(600)) };
    let previous = brygga_crypto::sha256(&[b"the message before"]);
    let held = Held {
        received_call: Some(received(state)),
        hold: Some(hold(ME, NEIGHBOUR, until)),
        services: vec![beds()],
        chain: Some(Chain { received_head: Some(previous), ..Chain::default() }),
        ..Held::default()
    };
    let header = about(sender, MessageType::CapacityCallClosed);
    let header = Header { previous_hash: Some(previous), ..header };
    let payload = encode_call_closed(CALL, CallEnd::Taken);
    arrive(&[sharing(AGREEMENT, PARTIES)], held, header, payload)
}

#[test]
fn whoever_hears_that_a_call_is_taken_has_its_places_back_at_once() {
    let (writes, answer) = closed(NEIGHBOUR, ReceivedCallState::Answered(HOLD));
    assert_eq!(refusal(&answer), None);
    let [(ended, _)] = &writes.capacity.changed_holds[..] else { panic!("one hold: {writes:?}") };
    assert_eq!(ended.state, HoldState::TakenBack);
    assert_eq!(writes.capacity.changed_services.len(), 1, "others are told that it is free");
    assert_eq!(writes.outbox, [], "the caller never had it");
}

#[test]
fn a_call_is_closed_by_its_caller_and_not_for_whoever_has_won() {
    let (writes, answer) = closed(COMPANY, ReceivedCallState::Answered(HOLD));
    assert!(is_nothing(&writes));
    assert_eq!(refusal(&answer), Some(Reason::NotFound));
    let (writes, answer) = closed(NEIGHBOUR, ReceivedCallState::Won(HOLD));
    assert!(is_nothing(&writes));
    assert_eq!(refusal(&answer), None);
}

/// What a receipt for its own answer does here, where the hold stands so.
fn settled(answer: Result<(), Reason>, state: HoldState) -> WriteSet {
    let answered = AnsweredCall {
        call: received(ReceivedCallState::Answered(HOLD)),
        hold: Some(hold(ME, NEIGHBOUR, state)),
        services: vec![beds()],
        hold_chain: None,
    };
    locally(|local| settle_answer(local, answered, answer))
}

#[test]
fn a_refused_answer_has_its_places_back_with_its_receipt() {
    let held = HoldState::Held { expires_at: NOW.plus(Seconds(600)) };
    let writes = settled(Err(Reason::CallTaken), held);
    let [(ended, _)] = &writes.capacity.changed_holds[..] else { panic!("one hold: {writes:?}") };
    assert_eq!(ended.state, HoldState::TakenBack);
    assert_eq!(writes.capacity.changed_services.len(), 1, "others are told that it is free");
    let [(call, 1)] = &writes.calls.received_changed[..] else { panic!("one call: {writes:?}") };
    assert_eq!(call.state, ReceivedCallState::Ended(CallEnd::Taken));
    let won = settled(Ok(()), held);
    assert_eq!(won.capacity, Default::default());
    assert_eq!(won.calls.received_changed[0].0.state, ReceivedCallState::Won(HOLD));
}

/// The caller may have heard of it before it had the hold, and refused it as unknown.
#[test]
fn whoever_has_won_with_places_that_it_took_back_tells_it_once_more() {
    let writes = settled(Ok(()), HoldState::TakenBack);
    let [told] = &writes.outbox[..] else { panic!("one message: {writes:?}") };
    assert_eq!(told.message_type, MessageType::CapacityHoldEnded.as_str());
    assert_eq!((told.conversation.as_bytes(), &told.recipient), (HOLD.as_bytes(), &org(NEIGHBOUR)));
    let held = HoldState::Held { expires_at: NOW.plus(Seconds(600)) };
    for (answer, state) in [(Ok(()), held), (Err(Reason::CallTaken), HoldState::TakenBack)] {
        assert_eq!(settled(answer, state).outbox, []);
    }
}

/// A receipt that was lost until it was given up: whoever came stays, and what is past its time is not ended again.
#[test]
fn an_answer_that_is_given_up_ends_no_hold_that_somebody_uses_or_that_is_over() {
    for state in [HoldState::Confirmed, HoldState::Expired, HoldState::Cancelled] {
        let writes = settled(Err(Reason::Undeliverable), state);
        assert_eq!(writes.capacity, Default::default(), "{state:?}");
    }
}
