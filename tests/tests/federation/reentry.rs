//! Whoever has left a Housing-First dwelling after notice comes back (återinflyttning), between four real nodes.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::AgreementKind;
use brygga_proto::capacity::v1::{
    AcquisitionRoute, CapacityStatus, HoldAct, HoldEnd, PlaceKind, Service,
};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    EndHoldRequest, Hold, HoldState, ListRegisterRequest, PlaceHoldRequest, ShowHoldRequest,
};
use brygga_proto::referral::v1::{Accepted, ReferralStatus, Started};
use brygga_testkit::{Place, Region, Staff, consent_for, eventually, reason_of, referral_to};
use tonic::Status;

use crate::evening::{
    KALMAR, MISSION, NYBRO, beds, capacity_terms, change, hold, known, own_counts, place,
    publication, publish, random_bytes, sees_available, service,
};
use crate::setting::{act, agree_all, has_status, look, record, request};

/// The dwelling.
const FLAT: [u8; 16] = [7; 16];
/// The relief place.
const RELIEF: [u8; 16] = [8; 16];

/// Who lets Housing-First dwellings, invented.
const COMPANY: Place = Place {
    name: "bolaget",
    organisation: "demo:bostadsbolaget",
    title: "Bostadsbolaget",
    kind: "private-landlord",
    units: &[],
    marks: &[],
};

/// A partnership for Bostad först: two municipalities, who lets dwellings, and who supports and has relief places.
struct Partnership {
    region: Region,
    kalmar: Staff,
    nybro: Staff,
    company: Staff,
    mission: Staff,
}

impl Partnership {
    /// In force, with one dwelling and one relief place.
    async fn agreed(reentry_days: u32) -> Self {
        let region =
            Region::start(&[Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN, COMPANY]).await;
        let parties = [KALMAR, NYBRO, MISSION, COMPANY.organisation];
        let mut terms = capacity_terms(&parties, &region);
        terms.kind = AgreementKind::HousingFirstPartnership.into();
        terms.holds.as_mut().expect("terms of holds").reentry_days = reentry_days;
        agree_all(&region, &["kalmar", "nybro", "stadsmissionen", "bolaget"], terms).await;
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let nybro = region.staff("nybro", "CASE_WORKER", None);
        let company = region.staff("bolaget", "LANDLORD_ADMIN", None);
        let mission = region.staff("stadsmissionen", "SHELTER_STAFF", None);
        let flat = Service {
            place: PlaceKind::Dwelling.into(),
            acquisition_route: AcquisitionRoute::Agreement.into(),
            ..service(FLAT, "HOUSING_FIRST_FLAT", "Bostad först")
        };
        let relief = service(RELIEF, "RELIEF_PLACE", "Avlastningsplatsen");
        let now = region.clock("bolaget").now();
        publish(&company, publication(flat, now, (1, 0))).await.expect("a dwelling");
        publish(&mission, publication(relief, now, (1, 0))).await.expect("a place");
        Self { region, kalmar, nybro, company, mission }
    }

    /// Somebody moves in, and leaves after notice.
    async fn given_notice(&self, staff: &Staff) -> Hold {
        sees_available(staff, FLAT, 1).await;
        let lives = self.moves_in(staff).await;
        self.leaves(&lives).await;
        shows(staff, &lives, |hold| hold.state() == HoldState::Departed).await
    }

    async fn moves_in(&self, staff: &Staff) -> Hold {
        sees_available(staff, FLAT, 1).await;
        let held = place(staff, wish(None)).await.expect("an answer");
        let confirmed = change(staff, &held, HoldAct::Confirm).await.expect("an answer");
        assert_eq!(confirmed.state(), HoldState::Confirmed);
        confirmed
    }

    async fn leaves(&self, hold: &Hold) {
        self.ends(hold, HoldEnd::Departed).await;
    }

    async fn ends(&self, hold: &Hold, end: HoldEnd) {
        let request = EndHoldRequest { hold_id: hold.hold_id.clone(), end: end.into() };
        self.company.holds().end_hold(request).await.expect("it ends");
    }
}

/// The dwelling is wanted, or to be had again.
fn wish(reentry_of: Option<&Hold>) -> PlaceHoldRequest {
    PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: COMPANY.organisation.to_owned(),
        items: vec![beds(FLAT, 1)],
        wait_seconds: 10,
        reentry_of: reentry_of.map_or_else(Vec::new, |hold| hold.hold_id.clone()),
        ..PlaceHoldRequest::default()
    }
}

/// Asks to come back.
async fn reenter(staff: &Staff, left: &Hold) -> Result<Hold, Status> {
    place(staff, wish(Some(left))).await
}

/// Waits until one side shows a hold as it should be.
async fn shows(staff: &Staff, hold: &Hold, is_so: impl Fn(&Hold) -> bool) -> Hold {
    eventually("the hold is so", || async {
        let request = ShowHoldRequest { hold_id: hold.hold_id.clone() };
        let shown = staff.holds().show_hold(request).await.ok()?.into_inner().hold?;
        is_so(&shown).then_some(shown)
    })
    .await
}

async fn waits_at(staff: &Staff, hold: &Hold, position: u32) {
    shows(staff, hold, |hold| (hold.state(), hold.position) == (HoldState::Waiting, position))
        .await;
}

/// What one end has registered of a thread, or of all: the subjects.
async fn registered(region: &Region, name: &str, thread: Option<&[u8]>) -> Vec<String> {
    let registrar = region.staff(name, "REGISTRAR", None);
    let wanted = ListRegisterRequest { page_size: 500, ..ListRegisterRequest::default() };
    let listed = registrar.register().list_register(wanted).await.expect("a registrar may");
    let entries = listed.into_inner().entries.into_iter();
    let of_it = entries.filter(|one| thread.is_none_or(|thread| one.conversation_id == thread));
    of_it.map(|entry| entry.subject).collect()
}

/// STO-03: a tenant of a Housing-First dwelling leaves after notice, stays in a relief place and comes back.
///
/// ```text
/// Kalmar ──support──▶ Stadsmissionen (relief place)
///    └────hold, re-entry────▶ the company (dwelling) ◀──hold── Nybro
/// ```
/// Verified: the request to come back is open at both ends while the relief place is taken; when the dwelling is free
/// again it is Kalmar's by itself; the support referral is IN_PROGRESS at both ends all the time, and neither end has
/// registered anything of it but that it began, nor a refusal or an end of anything but of the places that were left.
#[tokio::test(flavor = "multi_thread")]
async fn sto_03_a_tenant_given_notice_waits_in_a_relief_place_and_support_goes_on() {
    let all = Partnership::agreed(365).await;
    let (kalmar, mission) = (&all.kalmar, &all.mission);
    let now = all.region.clock("kalmar").now();
    let consent = record(kalmar, consent_for(&[MISSION], 30, now)).await;
    let support = request(kalmar, referral_to(MISSION, consent)).await.expect("permitted");
    let support = support.referral_id;
    has_status(mission, &support, ReferralStatus::Requested).await;
    act(mission, &support, Action::Accept(Accepted {})).await.expect("accepted");
    act(mission, &support, Action::Start(Started {})).await.expect("support begins");
    has_status(kalmar, &support, ReferralStatus::InProgress).await;

    let left = all.given_notice(kalmar).await;
    let other = all.moves_in(&all.nybro).await;
    sees_available(kalmar, RELIEF, 1).await;
    let relief = hold(kalmar, vec![beds(RELIEF, 1)]).await.expect("an answer");
    let relief = change(kalmar, &relief, HoldAct::Confirm).await.expect("an answer");
    assert_eq!(relief.state(), HoldState::Confirmed);
    let open = reenter(kalmar, &left).await.expect("an answer");
    assert_eq!((open.state(), open.position), (HoldState::Waiting, 1));
    assert_eq!(open.reentry_of, left.hold_id);
    waits_at(&all.company, &open, 1).await;
    assert_eq!(own_counts(&all.company, FLAT).await.held, 0, "no place is counted for it");

    all.leaves(&other).await;
    let turn = shows(kalmar, &open, |hold| hold.state() == HoldState::Held).await;
    assert!(turn.expires_at.is_some() && turn.position == 0);
    let back = change(kalmar, &open, HoldAct::Confirm).await.expect("an answer");
    assert_eq!(back.state(), HoldState::Confirmed);
    let end = EndHoldRequest { hold_id: relief.hold_id.clone(), end: HoldEnd::Departed.into() };
    mission.holds().end_hold(end).await.expect("the relief place is left");
    shows(kalmar, &relief, |hold| hold.state() == HoldState::Departed).await;

    let began = ["referral.requested", "referral.progressed", "referral.progressed"];
    for (staff, name) in [(kalmar, "kalmar"), (mission, "stadsmissionen")] {
        let referral = look(staff, &support).await.expect("a referral");
        assert_eq!(referral.status(), ReferralStatus::InProgress, "{name}");
        assert_eq!(registered(&all.region, name, Some(&support)).await, began, "{name}");
        let others = registered(&all.region, name, None).await;
        let is_of_holds = |subject: &String| subject.starts_with("capacity.hold_");
        let is_agreement = |subject: &String| subject.starts_with("agreement.");
        let rest = others.iter().filter(|one| !is_of_holds(one) && !is_agreement(one)).count();
        assert_eq!(rest, began.len(), "{name}: {others:?}");
    }
}

/// STO-03: two wait, and a newcomer wants the dwelling too.
///
/// Verified: they come back in the order in which they asked, and hear of each step; nobody else is given what is free
/// while somebody waits, and all know of the queue; whoever gives back makes room.
#[tokio::test(flavor = "multi_thread")]
async fn sto_03_those_who_wait_come_back_in_their_order_and_nobody_overtakes() {
    let all = Partnership::agreed(365).await;
    let kalmars = all.given_notice(&all.kalmar).await;
    let nybros = all.given_notice(&all.nybro).await;
    let other = all.moves_in(&all.kalmar).await;
    let first = reenter(&all.nybro, &nybros).await.expect("an answer");
    waits_at(&all.company, &first, 1).await;
    let second = reenter(&all.kalmar, &kalmars).await.expect("an answer");
    waits_at(&all.kalmar, &second, 2).await;
    let again = reenter(&all.kalmar, &kalmars).await.expect_err("one departure is one right");
    assert_eq!(reason_of(&again), Reason::InvalidTransition);

    all.leaves(&other).await;
    shows(&all.nybro, &first, |hold| hold.state() == HoldState::Held).await;
    waits_at(&all.kalmar, &second, 1).await;
    let third = all.region.staff("stadsmissionen", "CASE_WORKER", None);
    eventually("others know of the queue", || async {
        let told = known(&third, FLAT).await?.statement?.lines[0];
        let left = told.counts?.available;
        (left == 0 && told.status() == CapacityStatus::Waitlist).then_some(())
    })
    .await;
    let overtakes = place(&third, wish(None)).await.expect_err("somebody waits");
    assert_eq!(reason_of(&overtakes), Reason::CapacityExhausted);

    change(&all.nybro, &first, HoldAct::Cancel).await.expect("given back");
    let turn = shows(&all.kalmar, &second, |hold| hold.state() == HoldState::Held).await;
    all.ends(&turn, HoldEnd::TakenBack).await;
    shows(&all.kalmar, &second, |hold| hold.state() == HoldState::TakenBack).await;
    sees_available(&third, FLAT, 1).await;
}

/// STO-03: whose turn it is does not answer.
///
/// Verified: the turn goes on to the next, and whoever was silent waits again at the end and comes back after it.
#[tokio::test(flavor = "multi_thread")]
async fn sto_03_a_turn_that_nobody_answered_goes_on_and_the_right_stays() {
    let all = Partnership::agreed(365).await;
    let kalmars = all.given_notice(&all.kalmar).await;
    let nybros = all.given_notice(&all.nybro).await;
    let other = all.moves_in(&all.kalmar).await;
    let silent = reenter(&all.nybro, &nybros).await.expect("an answer");
    let next = reenter(&all.kalmar, &kalmars).await.expect("an answer");
    all.leaves(&other).await;
    shows(&all.nybro, &silent, |hold| hold.state() == HoldState::Held).await;
    for name in ["kalmar", "nybro", "stadsmissionen", "bolaget"] {
        all.region.clock(name).turn(Seconds(5_401));
    }
    shows(&all.kalmar, &next, |hold| hold.state() == HoldState::Held).await;
    waits_at(&all.nybro, &silent, 1).await;
    change(&all.kalmar, &next, HoldAct::Cancel).await.expect("given back");
    let turn = shows(&all.nybro, &silent, |hold| hold.state() == HoldState::Held).await;
    let back = change(&all.nybro, &turn, HoldAct::Confirm).await.expect("an answer");
    assert_eq!(back.state(), HoldState::Confirmed);
}

/// Nobody comes back where the agreement gives no such right, nor after its time, nor to where nobody has left.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_back_without_a_right_to() {
    let refused = |answer: Result<Hold, Status>| reason_of(&answer.expect_err("no right"));
    let none = Partnership::agreed(0).await;
    let left = none.given_notice(&none.kalmar).await;
    assert_eq!(refused(reenter(&none.kalmar, &left).await), Reason::AgreementScope);

    let all = Partnership::agreed(1).await;
    let left = all.given_notice(&all.kalmar).await;
    assert_eq!(refused(reenter(&all.nybro, &left).await), Reason::NotFound, "anothers");
    let lives = all.moves_in(&all.nybro).await;
    assert_eq!(refused(reenter(&all.nybro, &lives).await), Reason::NotFound, "still there");
    all.region.clock("kalmar").turn(Seconds::days(1));
    assert_eq!(refused(reenter(&all.kalmar, &left).await), Reason::OutsideValidity);
}
