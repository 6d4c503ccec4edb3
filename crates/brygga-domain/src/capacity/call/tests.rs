use super::*;
use crate::ServiceId;
use crate::code::SERVICE_TYPE;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const HOLD: HoldId = HoldId::from_bytes([7; 16]);

fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

fn term(code: &str) -> CodedTerm {
    CodedTerm::known(SERVICE_TYPE, code).unwrap()
}

fn wanted() -> WantedPlaces {
    WantedPlaces {
        service_type: term("EMERGENCY_ACCOMMODATION"),
        line: LineKey { place_for: PlaceFor::Women, period: Period::Night },
        places: 2,
        with_child: false,
        ttl: Seconds(600),
        answer_by: NOW.plus(Seconds(1_800)),
    }
}

fn call(state: CallState) -> Call {
    Call {
        id: CallId::from_bytes([1; 16]),
        wanted: wanted(),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 1,
        parties: vec![org("kommun:0881"), org("kommun:0885")],
        placed_at: NOW,
        state,
        changed_at: NOW,
        revision: 1,
    }
}

fn taken() -> CallState {
    CallState::Taken { by: org("kommun:0881"), hold: HOLD }
}

fn received(state: ReceivedCallState) -> ReceivedCall {
    ReceivedCall {
        id: CallId::from_bytes([1; 16]),
        caller: org("kommun:0880"),
        wanted: wanted(),
        agreement_id: AgreementId::from_bytes([2; 16]),
        agreement_version: 1,
        received_at: NOW,
        state,
        changed_at: NOW,
        revision: 1,
    }
}

fn item(place_for: PlaceFor, period: Period, places: u32) -> HoldItem {
    let service = ServiceId::from_bytes([9; 16]);
    HoldItem { service, line: LineKey { place_for, period }, places }
}

#[test]
fn the_first_answer_wins_and_no_second_one() {
    let (nybro, oland) = (org("kommun:0881"), org("kommun:0885"));
    let mut call = call(CallState::Open);
    call.check_answer(&nybro, NOW).unwrap();
    call.take(nybro.clone(), HOLD, NOW);
    assert_eq!((call.state.clone(), call.revision), (taken(), 2));
    for late in [&oland, &nybro] {
        assert_eq!(call.check_answer(late, NOW).unwrap_err().reason, Reason::CallTaken);
    }
    assert_eq!(call.end_for(&oland), Some(CallEnd::Taken));
    assert_eq!(call.end_for(&nybro), None, "its receipt tells it");
}

#[test]
fn an_answer_counts_while_the_call_is_open_and_from_whoever_was_asked() {
    let refused = |state, by: &str, seconds| {
        let answer = call(state).check_answer(&org(by), NOW.plus(Seconds(seconds)));
        answer.err().map(|refusal| (refusal.reason, refusal.field))
    };
    let nybro = "kommun:0881";
    assert_eq!(refused(CallState::Open, nybro, 1_799), None);
    assert_eq!(refused(CallState::Open, nybro, 1_800), Some((Reason::OutsideValidity, "")));
    assert_eq!(refused(CallState::Lapsed, nybro, 0), Some((Reason::OutsideValidity, "")));
    assert_eq!(refused(CallState::CalledOff, nybro, 0), Some((Reason::Terminal, "")));
    for state in [CallState::Open, CallState::Lapsed, CallState::CalledOff, taken()] {
        assert_eq!(refused(state, "kommun:0840", 0), Some((Reason::NotFound, "")));
    }
}

#[test]
fn a_call_ends_once() {
    let late = NOW.plus(Seconds(1_800));
    let mut open = call(CallState::Open);
    assert!(!open.lapse(NOW));
    assert!(open.lapse(late) && !open.lapse(late));
    assert_eq!(open.call_off(late).unwrap_err().reason, Reason::Terminal);
    let mut open = call(CallState::Open);
    assert_eq!((open.call_off(NOW), open.call_off(NOW)), (Ok(true), Ok(false)));
    assert!(!open.lapse(late));
    assert_eq!(open.end_for(&org("kommun:0881")), Some(CallEnd::CalledOff));
    let mut won = call(taken());
    assert!(!won.lapse(late));
    assert_eq!(won.call_off(NOW).unwrap_err().reason, Reason::Terminal);
    assert_eq!(call(CallState::Open).end_for(&org("kommun:0881")), None);
}

#[test]
fn an_answer_has_just_the_places_that_are_looked_for() {
    let field = |items: &[HoldItem]| wanted().check_items(items).err().map(|refusal| refusal.field);
    assert_eq!(field(&[item(PlaceFor::Women, Period::Night, 2)]), None);
    let spread = [
        item(PlaceFor::Anybody, Period::Night, 1),
        item(PlaceFor::Women, Period::RoundTheClock, 1),
    ];
    assert_eq!(field(&spread), None);
    let men = [item(PlaceFor::Men, Period::Night, 2)];
    assert_eq!(field(&men), Some("payload.items.place_for"));
    let day = [item(PlaceFor::Women, Period::Day, 2)];
    assert_eq!(field(&day), Some("payload.items.period"));
    for places in [1, 3] {
        let other = [item(PlaceFor::Women, Period::Night, places)];
        assert_eq!(field(&other), Some("payload.items.places"));
    }
}

#[test]
fn a_narrower_service_is_what_is_looked_for_and_a_wider_one_is_not() {
    assert!(wanted().is_of(&term("NIGHT_SHELTER")));
    assert!(wanted().is_of(&term("EMERGENCY_ACCOMMODATION")));
    assert!(!wanted().is_of(&term("HOUSING_SUPPORT")));
    let narrow = WantedPlaces { service_type: term("NIGHT_SHELTER"), ..wanted() };
    assert!(!narrow.is_of(&term("EMERGENCY_ACCOMMODATION")));
}

#[test]
fn whoever_was_too_late_takes_its_places_back_once() {
    for (reason, state) in [
        (Reason::CallTaken, ReceivedCallState::Ended(CallEnd::Taken)),
        (Reason::Terminal, ReceivedCallState::Ended(CallEnd::CalledOff)),
        (Reason::OutsideValidity, ReceivedCallState::Ended(CallEnd::Lapsed)),
        (Reason::HoldExpired, ReceivedCallState::Refused(Reason::HoldExpired)),
    ] {
        let mut call = received(ReceivedCallState::Open);
        call.answer(HOLD, NOW);
        assert_eq!(call.settled(Err(reason), NOW), Some(HOLD));
        assert_eq!(call.state, state);
        assert_eq!(call.settled(Err(reason), NOW), None);
        assert_eq!(call.close(CallEnd::Taken, NOW), None);
    }
}

#[test]
fn whoever_hears_of_the_end_before_its_receipt_takes_its_places_back_then() {
    let mut call = received(ReceivedCallState::Answered(HOLD));
    assert_eq!(call.close(CallEnd::Taken, NOW), Some(HOLD));
    assert_eq!(call.settled(Err(Reason::CallTaken), NOW), None);
    assert_eq!(call.settled(Ok(()), NOW), None);
    assert_eq!(call.state, ReceivedCallState::Ended(CallEnd::Taken));
    assert_eq!(received(ReceivedCallState::Open).close(CallEnd::Lapsed, NOW), None);
}

#[test]
fn whoever_has_won_keeps_it_whatever_is_told_later() {
    let mut call = received(ReceivedCallState::Answered(HOLD));
    assert_eq!(call.settled(Ok(()), NOW), None);
    assert_eq!(call.close(CallEnd::Taken, NOW), None);
    assert_eq!(call.state, ReceivedCallState::Won(HOLD));
}

#[test]
fn one_answer_waits_at_a_time_and_none_is_given_too_late() {
    let late = NOW.plus(Seconds(1_800));
    let refused = |state, now| received(state).check_open(now).err().map(|refusal| refusal.reason);
    let rejected = ReceivedCallState::Refused(Reason::HoldExpired);
    for (state, reason) in [
        (ReceivedCallState::Open, None),
        (rejected, None),
        (ReceivedCallState::Answered(HOLD), Some(Reason::InvalidTransition)),
        (ReceivedCallState::Won(HOLD), Some(Reason::InvalidTransition)),
        (ReceivedCallState::Ended(CallEnd::Taken), Some(Reason::Terminal)),
    ] {
        assert_eq!(refused(state, NOW), reason);
        assert_eq!(received(state).state_at(NOW), state);
    }
    for state in [ReceivedCallState::Open, rejected] {
        assert_eq!(refused(state, late), Some(Reason::OutsideValidity));
        let lapsed = ReceivedCallState::Ended(CallEnd::Lapsed);
        assert_eq!(received(state).state_at(late), lapsed);
    }
}
