//! Calls for places between real nodes: Kalmar asks everybody at once, Nybro and Stadsmissionen may answer.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::capacity::v1::{
    HoldAct, HoldEnd, HoldItem, Period, PlaceFor, Publication, WantedPlaces,
};
use brygga_proto::local::v1::{
    AnswerCallRequest, Call, CallOffRequest, CallState, EndHoldRequest, Hold, HoldState,
    ListCallsRequest, PlaceCallRequest, ShowCallRequest, ShowHoldRequest,
};
use brygga_testkit::{Region, Staff, eventually, reason_of};
use tonic::Status;

use crate::evening::{
    Evening, KALMAR, MISSION, NYBRO, SHELTER, beds, change, known, own_counts, publication,
    publish, random_bytes, sees_available, service, service_type,
};
use crate::uninvited::answer_call;

/// Nybro's own shelter.
const NYBROS: [u8; 16] = [5; 16];

/// Two houses with one bed each, and who works there; Kalmar looks for one.
struct Night {
    evening: Evening,
    agreement_id: Vec<u8>,
    /// Each with its service.
    houses: [(Staff, [u8; 16]); 2],
}

impl Night {
    async fn begins() -> Self {
        let evening = Evening::agreed().await;
        let nybro = evening.region.staff("nybro", "SHELTER_STAFF", None);
        let shelter = evening.region.staff("stadsmissionen", "SHELTER_STAFF", None);
        evening.publish(1, 0).await;
        publish(&nybro, one_bed(NYBROS, &evening.region)).await.expect("a good publication");
        sees_available(&evening.kalmar, SHELTER, 1).await;
        let agreement_id = known(&evening.kalmar, SHELTER).await.expect("it is seen").agreement_id;
        Self { evening, agreement_id, houses: [(nybro, NYBROS), (shelter, SHELTER)] }
    }

    fn region(&self) -> &Region {
        &self.evening.region
    }

    fn wish(&self) -> PlaceCallRequest {
        wish(self.agreement_id.clone())
    }

    /// Kalmar calls, and both houses know of it.
    async fn call(&self) -> Call {
        let call = place(&self.evening.kalmar, self.wish()).await.expect("a call");
        for (staff, _) in &self.houses {
            stands(staff, &call, CallState::Open).await;
        }
        call
    }
}

/// One bed for anybody by night.
pub(crate) fn wish(agreement_id: Vec<u8>) -> PlaceCallRequest {
    let wanted = WantedPlaces {
        service_type: service_type("EMERGENCY_ACCOMMODATION"),
        place_for: PlaceFor::Anybody.into(),
        period: Period::Night.into(),
        places: 1,
        ttl_seconds: 600,
        ..WantedPlaces::default()
    };
    PlaceCallRequest {
        idempotency_key: random_bytes(),
        agreement_id,
        wanted: Some(wanted),
        answer_within_seconds: 0,
    }
}

pub(crate) fn one_bed(id: [u8; 16], region: &Region) -> Publication {
    house(id, region, 1)
}

/// A house with so many beds.
pub(crate) fn house(id: [u8; 16], region: &Region, beds: u32) -> Publication {
    let service = service(id, "NIGHT_SHELTER", "Härbärget");
    publication(service, region.clock("kalmar").now(), (beds, 0))
}

pub(crate) async fn place(staff: &Staff, request: PlaceCallRequest) -> Result<Call, Status> {
    let answer = staff.calls().place_call(request).await?;
    Ok(answer.into_inner().call.expect("a call"))
}

pub(crate) async fn answer(
    staff: &Staff,
    call: &Call,
    items: Vec<HoldItem>,
) -> Result<Call, Status> {
    let request = AnswerCallRequest { call_id: call.call_id.clone(), items };
    let answer = staff.calls().answer_call(request).await?;
    Ok(answer.into_inner().call.expect("a call"))
}

async fn shown(staff: &Staff, call: &Call) -> Option<Call> {
    let request = ShowCallRequest { call_id: call.call_id.clone() };
    staff.calls().show_call(request).await.ok()?.into_inner().call
}

/// Waits until a call stands so.
pub(crate) async fn stands(staff: &Staff, call: &Call, state: CallState) -> Call {
    eventually("the call stands so", || async {
        shown(staff, call).await.filter(|call| call.state() == state)
    })
    .await
}

/// Waits until whoever has answered knows whether it was first.
pub(crate) async fn settled(staff: &Staff, call: &Call) -> CallState {
    eventually("the answer is settled", || async {
        let state = shown(staff, call).await?.state();
        (state != CallState::Answered && state != CallState::Open).then_some(state)
    })
    .await
}

pub(crate) async fn hold_of(staff: &Staff, hold_id: &[u8]) -> Option<Hold> {
    let request = ShowHoldRequest { hold_id: hold_id.to_vec() };
    staff.holds().show_hold(request).await.ok()?.into_inner().hold
}

fn refused(answer: Result<Call, Status>) -> Reason {
    reason_of(&answer.expect_err("it is refused"))
}

/// Both houses answer while nobody hears them, so that both answers are under way at once.
///
/// Verified: exactly one has won, and Kalmar has its place as an ordinary hold, which it extends and confirms; the other is
/// told, and its place is free again.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_answer_a_call_at_once_one_wins_and_the_others_place_is_free_again() {
    let mut night = Night::begins().await;
    let call = night.call().await;
    night.evening.region.stop_node("kalmar").await;
    for (staff, id) in &night.houses {
        let answered = answer(staff, &call, vec![beds(*id, 1)]).await.expect("it holds a place");
        assert_eq!(answered.state(), CallState::Answered);
        assert_eq!(own_counts(staff, *id).await.held, 1);
    }
    night.evening.region.start_node("kalmar").await;
    let kalmar = night.evening.region.staff("kalmar", "CASE_WORKER", None);
    let mut won = Vec::new();
    for (staff, id) in &night.houses {
        let held = match settled(staff, &call).await {
            CallState::Won => {
                won.push((staff, *id));
                1
            }
            CallState::Taken => 0,
            other => panic!("{other:?}"),
        };
        assert_eq!(own_counts(staff, *id).await.held, held);
    }
    let [(winner, id)] = won[..] else { panic!("{} have won", won.len()) };
    let taken = stands(&kalmar, &call, CallState::Taken).await;
    assert_eq!(taken.taken_by, if id == SHELTER { MISSION } else { NYBRO });
    let held = hold_of(&kalmar, &taken.hold_id).await.expect("a hold");
    assert_eq!((held.state(), held.holder.as_str()), (HoldState::Held, KALMAR));
    let extended = change(&kalmar, &held, HoldAct::Extend).await.expect("an answer");
    assert_eq!(extended.extensions, 1);
    let confirmed = change(&kalmar, &held, HoldAct::Confirm).await.expect("an answer");
    assert_eq!(confirmed.state(), HoldState::Confirmed);
    assert_eq!(own_counts(winner, id).await.occupied, 1);
}

/// Whoever has not answered is told; whoever answers later is refused.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_answered_a_call_is_told_that_it_is_taken() {
    let night = Night::begins().await;
    let call = night.call().await;
    let [(nybro, nybros), (shelter, beds_of)] = &night.houses;
    answer(shelter, &call, vec![beds(*beds_of, 1)]).await.expect("it is answered");
    stands(shelter, &call, CallState::Won).await;
    let told = stands(nybro, &call, CallState::Taken).await;
    assert!(told.taken_by.is_empty() && told.parties.is_empty(), "who else is nobody's matter");
    assert_eq!(refused(answer(nybro, &call, vec![beds(*nybros, 1)]).await), Reason::Terminal);
    let again = answer(shelter, &call, vec![beds(*beds_of, 1)]).await.expect("the same again");
    assert_eq!(again.state(), CallState::Won);
    assert_eq!(own_counts(shelter, *beds_of).await.held, 1);
    let off = CallOffRequest { call_id: call.call_id.clone() };
    let too_late = night.evening.kalmar.calls().call_off(off).await.expect_err("it is taken");
    assert_eq!(reason_of(&too_late), Reason::Terminal);
}

/// Nobody answers two calls in time, and the answers that were under way come too late, together.
///
/// Verified: the calls lapse at both ends; what waited for an answer is free again although its time is not past; a repeat
/// of the request is the same call.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_nobody_answers_lapses_and_a_late_answer_leaves_no_hold() {
    let mut night = Night::begins().await;
    night.evening.publish(2, 0).await;
    let mut calls = Vec::new();
    for _ in 0..2 {
        let mut wish = night.wish();
        wish.wanted.as_mut().expect("a wish").ttl_seconds = 5_400;
        let call = place(&night.evening.kalmar, wish.clone()).await.expect("a call");
        let again = place(&night.evening.kalmar, wish).await.expect("the same");
        assert_eq!(again.call_id, call.call_id);
        for (staff, _) in &night.houses {
            stands(staff, &call, CallState::Open).await;
        }
        calls.push(call);
    }
    night.evening.region.stop_node("kalmar").await;
    let [(nybro, _), (shelter, id)] = &night.houses;
    for call in &calls {
        answer(shelter, call, vec![beds(*id, 1)]).await.expect("it is answered");
    }
    assert_eq!(own_counts(shelter, *id).await.held, 2);
    night.evening.turn(Seconds(1_801));
    for call in &calls {
        stands(nybro, call, CallState::Lapsed).await;
    }
    night.evening.region.start_node("kalmar").await;
    let kalmar = night.evening.region.staff("kalmar", "CASE_WORKER", None);
    for call in &calls {
        stands(&kalmar, call, CallState::Lapsed).await;
        stands(shelter, call, CallState::Lapsed).await;
        let again = answer(shelter, call, vec![beds(*id, 1)]).await;
        assert_eq!(refused(again), Reason::Terminal);
    }
    assert_eq!(own_counts(shelter, *id).await.held, 0);
    let listed = kalmar.calls().list_calls(ListCallsRequest {}).await.expect("a list");
    assert_eq!(listed.into_inner().calls.len(), 2);
}

/// Stadsmissionen takes its place back while nobody hears it.
///
/// Verified: its answer wins all the same, and Kalmar hears that it has nothing, in whichever order the two arrive.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_taken_back_before_its_answer_is_heard_is_not_promised() {
    let mut night = Night::begins().await;
    let call = night.call().await;
    night.evening.region.stop_node("kalmar").await;
    let [_, (shelter, id)] = &night.houses;
    let answered = answer(shelter, &call, vec![beds(*id, 1)]).await.expect("it is answered");
    let end = HoldEnd::TakenBack.into();
    let request = EndHoldRequest { hold_id: answered.hold_id.clone(), end };
    shelter.holds().end_hold(request).await.expect("it is taken back");
    night.evening.region.start_node("kalmar").await;
    let kalmar = night.evening.region.staff("kalmar", "CASE_WORKER", None);
    let [_, (shelter, id)] = &night.houses;
    stands(shelter, &call, CallState::Won).await;
    eventually("Kalmar hears that it has nothing", || async {
        let hold = hold_of(&kalmar, &answered.hold_id).await?;
        (hold.state() == HoldState::TakenBack).then_some(())
    })
    .await;
    assert_eq!(own_counts(shelter, *id).await.held, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_called_off_is_over_for_everybody() {
    let night = Night::begins().await;
    let call = night.call().await;
    let kalmar = &night.evening.kalmar;
    for _ in 0..2 {
        let off = CallOffRequest { call_id: call.call_id.clone() };
        let ended = kalmar.calls().call_off(off).await.expect("it ends").into_inner().call;
        assert_eq!(ended.expect("a call").state(), CallState::CalledOff);
    }
    for (staff, id) in &night.houses {
        stands(staff, &call, CallState::CalledOff).await;
        assert_eq!(refused(answer(staff, &call, vec![beds(*id, 1)]).await), Reason::Terminal);
        assert_eq!(own_counts(staff, *id).await.available, 1);
    }
}

/// What does not fit is refused at whoever answers, and holds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_held_to_what_is_looked_for_and_to_what_there_is() {
    let night = Night::begins().await;
    let call = night.call().await;
    let [(nybro, nybros), (shelter, id)] = &night.houses;
    let two = answer(shelter, &call, vec![beds(*id, 2)]).await;
    assert_eq!(refused(two), Reason::InvalidField);
    let by_day = HoldItem { period: Period::Day.into(), ..beds(*id, 1) };
    assert_eq!(refused(answer(shelter, &call, vec![by_day]).await), Reason::InvalidField);
    let anothers = answer(shelter, &call, vec![beds(*nybros, 1)]).await;
    assert_eq!(refused(anothers), Reason::NotFound);
    night.evening.publish(1, 1).await;
    let full = answer(shelter, &call, vec![beds(*id, 1)]).await;
    assert_eq!(refused(full), Reason::CapacityExhausted);
    let case_worker = night.region().staff("nybro", "CASE_WORKER", None);
    let no_role = answer(&case_worker, &call, vec![beds(*nybros, 1)]).await;
    assert_eq!(refused(no_role), Reason::RoleDenied);
    answer(nybro, &call, vec![beds(*nybros, 1)]).await.expect("it fits");
    stands(&night.evening.kalmar, &call, CallState::Taken).await;
}

/// Nybro may publish nothing, and answers all the same.
///
/// Verified: it was not asked, it gets the answer that it would get where there is no call, and the call stays open.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_somebody_who_was_not_asked_is_refused_as_where_there_is_no_call() {
    let evening = Evening::agreed_on(|terms| {
        let publishing = terms.rules.iter_mut().filter(|rule| rule.rule_id == "plats-1");
        publishing.for_each(|rule| rule.from = vec![MISSION.to_owned()]);
    })
    .await;
    evening.publish(1, 0).await;
    sees_available(&evening.kalmar, SHELTER, 1).await;
    let agreement_id = known(&evening.kalmar, SHELTER).await.expect("it is seen").agreement_id;
    let call = place(&evening.kalmar, wish(agreement_id)).await.expect("a call");
    assert_eq!(call.parties, [MISSION]);
    stands(&evening.shelter, &call, CallState::Open).await;
    assert!(shown(&evening.nybro, &call).await.is_none());
    let known = answer_call(&evening.region, "nybro", "kalmar", &call.call_id).await;
    let unknown = answer_call(&evening.region, "nybro", "kalmar", &[9; 16]).await;
    assert_eq!(known.reason(), Some(Reason::NotFound));
    assert_eq!(known, unknown);
    assert_eq!(shown(&evening.kalmar, &call).await.expect("a call").state(), CallState::Open);
}
