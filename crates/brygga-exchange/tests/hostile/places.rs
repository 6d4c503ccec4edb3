//! Holds that a member asks for, changes or ends although it may not.

use brygga_domain::agreement::{Action, AgreementRecord, Effect, HoldTerms, Rule};
use brygga_domain::capacity::{
    Counts, Hold, HoldAct, HoldEnd, HoldItem, HoldState, Line, LineKey, Period, PlaceFor,
    PlaceKind, PublicationDraft, Reception, ServiceDraft, Visibility,
};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{AgreementId, HoldId, Reason, Seconds, ServiceId};
use brygga_exchange::WriteSet;
use brygga_exchange::capacity::{ServiceHeld, StoredService};
use brygga_exchange::receive::{Answer, Held};
use brygga_exchange::records::Chain;
use brygga_wire::capacity::{encode_hold_changed, encode_hold_ended, encode_hold_requested};
use brygga_wire::envelope::{Header, MessageType};
use brygga_wire::receipt::Receipt;

use crate::rig::*;

pub(crate) const SERVICE: ServiceId = ServiceId::from_bytes([7; 16]);
const ABSENT: ServiceId = ServiceId::from_bytes([8; 16]);
pub(crate) const HOLD: HoldId = HoldId::from_bytes([3; 16]);
pub(crate) const KEY: LineKey = LineKey { place_for: PlaceFor::Anybody, period: Period::Night };
pub(crate) const ENOUGH: Seconds = Seconds(600);

/// An agreement between some under which each publishes to all.
pub(crate) fn sharing(id: AgreementId, parties: &[&str]) -> AgreementRecord {
    let mut record = changed(id, 1, parties, |draft| {
        draft.rules.push(Rule::new("plats-1", Effect::Permit, Action::CapacityPublish));
        draft.holds =
            Some(HoldTerms { fresh: None, hold: ENOUGH, extensions_max: 2, reentry_days: 30 });
    });
    parties.iter().for_each(|party| sign(&mut record, party));
    record
}

/// Two beds of this node's.
pub(crate) fn beds() -> ServiceHeld {
    let service = ServiceDraft {
        id: SERVICE,
        name: "Natthärbärget".to_owned(),
        unit: None,
        subject: brygga_domain::agreement::SubjectArea::Homelessness,
        service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").expect("a type"),
        place: PlaceKind::Bed,
        municipality: None,
        county: None,
        season: None,
        opening: None,
        reception: Reception::default(),
        house_rules: Vec::new(),
        max_nights: None,
        needs_decision: false,
        termination_hours: Some(24),
        support_visits_per_week: 0,
        staffed: true,
        acquisition_route: None,
        visibility: Visibility::Agreement,
        permit: None,
    };
    let counts = Ok(Counts { baseline: 2, ..Counts::default() });
    let draft = PublicationDraft {
        service: service.check().expect("a service"),
        lines: vec![Line { key: KEY, counts, status: None }],
        sequence: 1,
        published_at: NOW,
        valid_until: NOW.plus(Seconds::hours(12)),
    };
    let publication = draft.check().expect("a publication");
    let stored = StoredService {
        publication,
        revision: 1,
        statement: vec![1],
        withdrawn_at: None,
        tell_at: None,
    };
    ServiceHeld::untouched(stored)
}

pub(crate) fn hold(publisher: &str, holder: &str, state: HoldState) -> Hold {
    Hold {
        id: HOLD,
        publisher: org(publisher),
        holder: org(holder),
        items: vec![HoldItem { service: SERVICE, line: KEY, places: 1 }],
        with_child: false,
        agreement_id: AGREEMENT,
        agreement_version: 1,
        rule_id: "plats-1".to_owned(),
        counts_since: None,
        requested_at: NOW,
        reentry_of: None,
        ttl: ENOUGH,
        state,
        changed_at: NOW,
        extensions: 0,
        pending: None,
        revision: 1,
    }
}

pub(crate) fn about(sender: &str, message_type: MessageType) -> Header {
    let agreement = Some((AGREEMENT, 1));
    Header { agreement, ..header(sender, message_type, *HOLD.as_bytes()) }
}

/// Asks for the beds as `sender`, where the agreement is between `parties`.
fn ask(sender: &str, parties: &[&str], change: impl FnOnce(&mut Hold)) -> (WriteSet, Answer) {
    let mut asked = hold(ME, sender, HoldState::Requested);
    change(&mut asked);
    let is_there = asked.items.iter().any(|item| item.service == SERVICE);
    let services = if is_there { vec![beds()] } else { Vec::new() };
    let held = Held { services, ..Held::default() };
    let payload = encode_hold_requested(&asked, NOW.plus(Seconds(60)));
    let header = about(sender, MessageType::CapacityHoldRequested);
    arrive(&[sharing(AGREEMENT, parties)], held, header, payload)
}

pub(crate) fn receipt(answer: &Answer) -> brygga_wire::receipt::Verdict {
    let Answer::Receipt(bytes) = answer else { panic!("not stored: {answer:?}") };
    let receipt = Receipt::decode(bytes).expect("a receipt");
    receipt.verify(&key(ME).public()).expect("signed here").verdict
}

fn refused(sender: &str, change: impl FnOnce(&mut Hold)) -> Option<Reason> {
    let (writes, answer) = ask(sender, &[ME, NEIGHBOUR, COMPANY], change);
    assert_eq!(writes.capacity, Default::default(), "a refusal changes nothing");
    refusal(&answer)
}

#[test]
fn who_may_see_a_service_may_hold_it() {
    let (writes, answer) = ask(NEIGHBOUR, &[ME, NEIGHBOUR], |_| {});
    assert_eq!(refusal(&answer), None);
    let [granted] = &writes.capacity.new_holds[..] else { panic!("one hold: {writes:?}") };
    assert_eq!(granted.hold.state, HoldState::Held { expires_at: NOW.plus(ENOUGH) });
    assert_eq!(writes.capacity.changed_services.len(), 1, "others are told");
}

#[test]
fn a_service_that_is_hidden_is_not_told_from_one_that_is_absent() {
    let between = &[ME, NEIGHBOUR][..];
    let (hidden_writes, hidden) = ask(OUTSIDER, between, |_| {});
    let (absent_writes, absent) = ask(OUTSIDER, between, |asked| asked.items[0].service = ABSENT);
    assert_eq!(hidden_writes.capacity, absent_writes.capacity);
    assert_eq!(receipt(&hidden), receipt(&absent));
    assert_eq!(refusal(&hidden), Some(Reason::NotFound));
    // An agreement that there is not, either.
    let unheard = |asked: &mut Hold| asked.agreement_id = AgreementId::from_bytes([9; 16]);
    assert_eq!(receipt(&ask(OUTSIDER, between, unheard).1), receipt(&absent));
}

#[test]
fn what_is_beyond_the_terms_is_refused() {
    let longer = |asked: &mut Hold| asked.ttl = Seconds(ENOUGH.0 + 1);
    assert_eq!(refused(NEIGHBOUR, longer), Some(Reason::InvalidField));
    for seconds in [0, 59, 604_801, i64::from(u32::MAX)] {
        let asked = |asked: &mut Hold| asked.ttl = Seconds(seconds);
        assert_eq!(refused(NEIGHBOUR, asked), Some(Reason::InvalidField), "{seconds}");
    }
    assert_eq!(refused(NEIGHBOUR, |asked| asked.with_child = true), Some(Reason::ChildSafety));
    let three = |asked: &mut Hold| asked.items[0].places = 3;
    assert_eq!(refused(NEIGHBOUR, three), Some(Reason::CapacityExhausted));
}

#[test]
fn a_request_that_is_no_request_is_refused() {
    let many = |asked: &mut Hold| {
        asked.items = (1..=9).map(|number| item(ServiceId::from_bytes([number; 16]))).collect();
    };
    assert_eq!(refused(NEIGHBOUR, many), Some(Reason::InvalidField), "nine things");
    let none = |asked: &mut Hold| asked.items.clear();
    assert_eq!(refused(NEIGHBOUR, none), Some(Reason::InvalidField));
    // Two halves of a line would each fit, and both together not.
    let twice = |asked: &mut Hold| asked.items = vec![item(SERVICE), item(SERVICE)];
    assert_eq!(refused(NEIGHBOUR, twice), Some(Reason::InvalidField));
    for places in [0, 101, u32::MAX] {
        let asked = |asked: &mut Hold| asked.items[0].places = places;
        assert_eq!(refused(NEIGHBOUR, asked), Some(Reason::InvalidField), "{places}");
    }
    let other_thread = |asked: &mut Hold| asked.id = HoldId::from_bytes([4; 16]);
    assert_eq!(refused(NEIGHBOUR, other_thread), Some(Reason::InvalidField));
    let half = |asked: &mut Hold| asked.items.push(item(ABSENT));
    assert_eq!(refused(NEIGHBOUR, half), Some(Reason::NotFound), "all of them or none");
}

fn item(service: ServiceId) -> HoldItem {
    HoldItem { service, line: KEY, places: 1 }
}

#[test]
fn a_hold_of_anothers_is_not_asked_for_again() {
    let known = hold(ME, COMPANY, HoldState::Confirmed);
    let held = Held { hold: Some(known), services: vec![beds()], ..Held::default() };
    let asked = hold(ME, NEIGHBOUR, HoldState::Requested);
    let payload = encode_hold_requested(&asked, NOW.plus(Seconds(60)));
    let header = about(NEIGHBOUR, MessageType::CapacityHoldRequested);
    let book = [sharing(AGREEMENT, &[ME, NEIGHBOUR, COMPANY])];
    let (writes, answer) = arrive(&book, held, header, payload);
    assert_eq!(refusal(&answer), Some(Reason::IdempotencyMismatch));
    assert_eq!(writes.capacity, Default::default());
}

/// What a node with this hold answers to a message about it that begins no thread.
fn touch(sender: &str, known: Option<Hold>, act: Result<HoldAct, HoldEnd>) -> (WriteSet, Answer) {
    let (message_type, payload) = match act {
        Ok(act) => (MessageType::CapacityHoldChanged, encode_hold_changed(HOLD, act)),
        Err(end) => (MessageType::CapacityHoldEnded, encode_hold_ended(HOLD, end)),
    };
    let previous = brygga_crypto::sha256(&[b"the message before"]);
    let chain = Some(Chain { received_head: Some(previous), ..Chain::default() });
    let held = Held { hold: known, services: vec![beds()], chain, ..Held::default() };
    let header = Header { previous_hash: Some(previous), ..about(sender, message_type) };
    arrive(&[sharing(AGREEMENT, &[ME, NEIGHBOUR, COMPANY])], held, header, payload)
}

#[test]
fn a_hold_of_anothers_is_not_told_from_one_that_is_absent() {
    let held = HoldState::Held { expires_at: NOW.plus(ENOUGH) };
    for act in HoldAct::ALL {
        let (writes, theirs) = touch(NEIGHBOUR, Some(hold(ME, COMPANY, held)), Ok(*act));
        assert_eq!(writes.capacity, Default::default());
        let (_, absent) = touch(NEIGHBOUR, None, Ok(*act));
        assert_eq!(receipt(&theirs), receipt(&absent));
        assert_eq!(refusal(&theirs), Some(Reason::NotFound));
    }
}

#[test]
fn nobody_but_its_publisher_ends_a_hold() {
    let held = HoldState::Held { expires_at: NOW.plus(ENOUGH) };
    for end in HoldEnd::ALL {
        let at_company = hold(COMPANY, ME, held);
        let (writes, answer) = touch(NEIGHBOUR, Some(at_company.clone()), Err(*end));
        assert_eq!(refusal(&answer), Some(Reason::NotFound));
        assert_eq!(writes.capacity, Default::default());
        // Whoever holds cannot end at the publisher what it holds there.
        let (writes, answer) = touch(NEIGHBOUR, Some(hold(ME, NEIGHBOUR, held)), Err(*end));
        assert_eq!(refusal(&answer), Some(Reason::NotFound));
        assert_eq!(writes.capacity, Default::default());
        let (writes, answer) = touch(COMPANY, Some(at_company), Err(*end));
        assert_eq!(refusal(&answer), None);
        assert_eq!(writes.capacity.changed_holds.len(), 1);
    }
}

/// A publisher cannot make its history another: what was given back or refused stays so.
#[test]
fn what_is_over_for_certain_is_not_ended_again() {
    let over = [HoldState::Cancelled, HoldState::Departed, HoldState::TakenBack];
    for state in over {
        for end in HoldEnd::ALL {
            let (writes, answer) = touch(COMPANY, Some(hold(COMPANY, ME, state)), Err(*end));
            assert_eq!(refusal(&answer), None, "a repeat is no mistake");
            assert_eq!(writes.capacity, Default::default(), "{state:?} {end:?}");
        }
    }
}
