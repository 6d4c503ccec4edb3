//! How a referral ends, and that somebody has read it: holds, second looks, other recipients.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{ListReferralsRequest, RerouteReferralRequest, ReviewState, Side};
use brygga_proto::referral::v1::{
    Accepted, BusinessStatus, BusinessStatusSet, Completed, DeclineParty, Declined, Failed,
    LoopClosed, NextStep, OutcomeResult, PutOnHold, ReferralStatus, Resumed, ReviewBegun,
    ReviewGround, ReviewResult, Reviewed, Started, StatusReason,
};
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};

use crate::setting::{Neighbours, act, agree, delivered, has_status, look, record, request};

async fn open_at(staff: &Staff) -> usize {
    let side = Side::Source.into();
    let wanted = ListReferralsRequest { side, open_only: true, ..ListReferralsRequest::default() };
    let page = staff.referrals().list_referrals(wanted).await.expect("listed").into_inner();
    page.referrals.len()
}

fn declined(next_step: NextStep, rerouted_to: &str) -> Action {
    Action::Decline(Declined {
        party: DeclineParty::Provider.into(),
        reason: StatusReason::NoCapacity.into(),
        next_step: next_step.into(),
        rerouted_to: rerouted_to.to_owned(),
        advice: None,
    })
}

/// NAT-01: KRIS steps in, and the social services must not step out.
///
/// Kalmar ──referral──▶ a civil-society organisation, which accepts and completes. Verified: at every moment
/// the responsible municipality is Kalmar at both ends; when it is completed it is still open in Kalmar's
/// list as a follow-up, until somebody there acknowledges the outcome; then the loop is closed at both ends.
#[tokio::test(flavor = "multi_thread")]
async fn nat_01_acceptance_by_civil_society_never_moves_responsibility() {
    let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    let (municipality, mission) = (Place::KALMAR.organisation, Place::STADSMISSIONEN.organisation);
    let now = region.clock("kalmar").now();
    let parties = [municipality, mission];
    let terms = agreement_terms(&parties, AgreementKind::Iop, SubjectArea::Homelessness, now);
    agree(&region, "kalmar", "stadsmissionen", terms).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let shelter = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let mut wish = referral_to(mission, record(&kalmar, consent_for(&[mission], 30, now)).await);
    wish.home_municipality = municipality.to_owned();
    let id = request(&kalmar, wish).await.expect("permitted").referral_id;
    delivered(&kalmar, &id).await;
    let housed = Completed { result: OutcomeResult::SupportGiven.into(), place_type: None };
    for step in [Action::Accept(Accepted {}), Action::Start(Started {}), Action::Complete(housed)] {
        let seen = act(&shelter, &id, step).await.expect("done");
        assert_eq!(seen.responsible_municipality, municipality);
    }
    let ended = has_status(&kalmar, &id, ReferralStatus::Completed).await;
    assert_eq!(ended.responsible_municipality, municipality);
    assert!(ended.follow_up_open, "somebody in Kalmar has to follow up");
    assert_eq!(open_at(&kalmar).await, 1, "it stays in the work list");

    act(&kalmar, &id, Action::Acknowledge(LoopClosed {})).await.expect("read");
    for staff in [&kalmar, &shelter] {
        eventually("the loop is closed at both ends", || async {
            look(staff, &id).await.filter(|referral| referral.loop_closed_at.is_some())
        })
        .await;
    }
    assert_eq!(open_at(&kalmar).await, 0);
    let again = act(&kalmar, &id, Action::Acknowledge(LoopClosed {})).await.expect_err("closed");
    assert_eq!(reason_of(&again), Reason::InvalidTransition);
}

/// Work that rests, goes on and in the end cannot be done.
///
/// Verified: each step reaches the source with its reason; what people call it meanwhile changes no status.
#[tokio::test(flavor = "multi_thread")]
async fn work_rests_goes_on_and_fails_with_reasons_that_the_source_sees() {
    let neighbours = Neighbours::agreed().await;
    let wish = referral_to("kommun:0881", neighbours.consent(30).await);
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    let hold = PutOnHold { reason: StatusReason::CouldNotContact.into() };
    let early = act(&neighbours.nybro, &id, Action::PutOnHold(hold)).await.expect_err("not yet");
    assert_eq!(reason_of(&early), Reason::InvalidTransition);
    act(&neighbours.nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    act(&neighbours.nybro, &id, Action::PutOnHold(hold)).await.expect("rests");
    has_status(&neighbours.kalmar, &id, ReferralStatus::OnHold).await;
    let called = BusinessStatusSet { business_status: BusinessStatus::AwaitingClient.into() };
    act(&neighbours.nybro, &id, Action::SetBusinessStatus(called)).await.expect("called so");
    let seen = eventually("the word arrives", || async {
        let seen = look(&neighbours.kalmar, &id).await?;
        (seen.business_status() == BusinessStatus::AwaitingClient).then_some(seen)
    })
    .await;
    assert_eq!(seen.status(), ReferralStatus::OnHold);
    act(&neighbours.nybro, &id, Action::Resume(Resumed {})).await.expect("goes on");
    has_status(&neighbours.kalmar, &id, ReferralStatus::InProgress).await;
    let failed = Failed { reason: StatusReason::ServiceClosed.into() };
    let done = act(&neighbours.nybro, &id, Action::Fail(failed)).await.expect("failed");
    let mirrored = has_status(&neighbours.kalmar, &id, ReferralStatus::Failed).await;
    assert_eq!((mirrored.version, mirrored.last_event), (done.version, done.last_event));
}

/// A decline that names somebody else, and a second look at it.
///
/// Kalmar ──▶ Nybro ──declined, try Borgholm──▶ Kalmar ──same content──▶ Borgholm. Verified: the consent must
/// cover Borgholm; the new referral is part of the old one at Kalmar and Borgholm does not learn the old one;
/// the second look is asked for, done, and seen; the new request to Nybro names the old one at both ends.
#[tokio::test(flavor = "multi_thread")]
async fn declined_referral_goes_to_somebody_else_and_gets_a_second_look() {
    let places = [Place::KALMAR, Place::NYBRO, Place::BORGHOLM];
    let region = Region::start(&places).await;
    let now = region.clock("kalmar").now();
    for (name, organisation) in [("nybro", "kommun:0881"), ("borgholm", "kommun:0885")] {
        let parties = ["kommun:0880", organisation];
        let kind = AgreementKind::RegionalCooperation;
        let terms = agreement_terms(&parties, kind, SubjectArea::Homelessness, now);
        agree(&region, "kalmar", name, terms).await;
    }
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    let borgholm = region.staff("borgholm", "CASE_WORKER", None);
    let narrow = record(&kalmar, consent_for(&["kommun:0881"], 30, now)).await;
    let id = request(&kalmar, referral_to("kommun:0881", narrow)).await.expect("ok").referral_id;
    delivered(&kalmar, &id).await;
    let reroute = |target: &str, key: u8, consent_id: Vec<u8>| RerouteReferralRequest {
        idempotency_key: vec![key; 16],
        referral_id: id.clone(),
        target: target.to_owned(),
        consent_id,
        ..RerouteReferralRequest::default()
    };
    let early = reroute("kommun:0885", 1, Vec::new());
    let early = kalmar.referrals().reroute_referral(early).await.expect_err("it is still open");
    assert_eq!(reason_of(&early), Reason::InvalidTransition);
    let lost = act(&nybro, &id, declined(NextStep::Waitlisted, "kommun:0885")).await;
    assert_eq!(reason_of(&lost.expect_err("no proposal goes with a queue")), Reason::InvalidField);
    act(&nybro, &id, declined(NextStep::OtherRecipient, "kommun:0885")).await.expect("declined");
    has_status(&kalmar, &id, ReferralStatus::Rejected).await;

    let uncovered = reroute("kommun:0885", 2, Vec::new());
    let refused = kalmar.referrals().reroute_referral(uncovered).await.expect_err("not covered");
    assert_eq!(reason_of(&refused), Reason::ConsentScope);
    let wide = record(&kalmar, consent_for(&["kommun:0881", "kommun:0885"], 30, now)).await;
    let covered = reroute("kommun:0885", 3, wide);
    let sent = kalmar.referrals().reroute_referral(covered.clone()).await.expect("permitted");
    let next = sent.into_inner().referral.expect("a referral");
    let repeated = kalmar.referrals().reroute_referral(covered).await.expect("a repeat");
    assert_eq!(repeated.into_inner().referral.expect("one").referral_id, next.referral_id);
    assert_eq!(next.part_of, id);
    delivered(&kalmar, &next.referral_id).await;
    let arrived = look(&borgholm, &next.referral_id).await.expect("it arrived");
    assert_eq!(arrived.part_of, Vec::<u8>::new(), "Borgholm is no party of the old one");

    let ask = ReviewBegun { ground: ReviewGround::Danger.into() };
    act(&kalmar, &id, Action::RequestReview(ask)).await.expect("asked");
    eventually("the wish for a second look arrives", || async {
        look(&nybro, &id).await.filter(|seen| seen.review() == ReviewState::Requested)
    })
    .await;
    let overturned = Reviewed { result: ReviewResult::Overturned.into() };
    let own = act(&nybro, &id, Action::Review(overturned)).await.expect_err("who declined");
    assert_eq!(reason_of(&own), Reason::RoleDenied);
    let reviewer = region.staff("nybro", "SHELTER_MANAGER", None).named("another-person");
    act(&reviewer, &id, Action::Review(overturned)).await.expect("looked again");
    let seen = eventually("its result arrives", || async {
        look(&kalmar, &id).await.filter(|seen| seen.review() == ReviewState::Overturned)
    })
    .await;
    assert_eq!(seen.status(), ReferralStatus::Rejected, "what is final stays final");
    let again = kalmar.referrals().reroute_referral(reroute("kommun:0881", 4, Vec::new())).await;
    let again = again.expect("asked anew").into_inner().referral.expect("a referral");
    delivered(&kalmar, &again.referral_id).await;
    let arrived = look(&nybro, &again.referral_id).await.expect("it arrived");
    assert_eq!(arrived.part_of, id, "both ends know the old one");
}
