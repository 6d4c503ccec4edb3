//! A person in Kalmar who belongs to Nybro.

use brygga_domain::Reason;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{
    Accepted, Completed, DeclineParty, Declined, NextStep, OutcomeResult, ReferralStatus, Started,
    StatusReason,
};
use brygga_testkit::{reason_of, referral_to};

use crate::setting::{Neighbours, act, delivered, has_status, look, request};

/// KAL-01: a person registered in Nybro sleeps rough in Kalmar.
///
/// Kalmar (host) ──consented referral──▶ Nybro (home). Verified: the acute duty stays with Kalmar
/// until Nybro accepts, both ends show both roles, the sealed content opens at Nybro, and both ends
/// end with the same status, version and outcome.
#[tokio::test(flavor = "multi_thread")]
async fn kal_01_acute_duty_stays_until_nybro_accepts() {
    let neighbours = Neighbours::agreed().await;
    let mut wish = referral_to("kommun:0881", neighbours.consent(30).await);
    wish.host_municipality = "kommun:0880".to_owned();
    wish.home_municipality = "kommun:0881".to_owned();
    wish.acute_duty = true;
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;

    let sent = delivered(&neighbours.kalmar, &id).await;
    let arrived = look(&neighbours.nybro, &id).await.expect("a delivered referral is there");
    for seen in [&sent, &arrived] {
        let asked = seen.request.as_ref().expect("what was asked");
        assert_eq!(
            (asked.host_municipality.as_str(), asked.home_municipality.as_str()),
            ("kommun:0880", "kommun:0881")
        );
        assert_eq!(seen.acute_duty_holder, "kommun:0880", "nobody has accepted");
    }
    let wanted = brygga_proto::local::v1::ShowReferralRequest { referral_id: id.clone() };
    let opened =
        neighbours.nybro.referrals().show_referral(wanted).await.expect("shown").into_inner();
    assert_eq!(opened.content.expect("Nybro holds the key").name, "Kim Testsson");

    act(&neighbours.nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    let accepted = has_status(&neighbours.kalmar, &id, ReferralStatus::Accepted).await;
    assert_eq!(accepted.acute_duty_holder, "kommun:0881", "the duty has passed on");

    act(&neighbours.nybro, &id, Action::Start(Started {})).await.expect("started");
    let housed = Completed { result: OutcomeResult::Housed.into(), place_type: None };
    let done = act(&neighbours.nybro, &id, Action::Complete(housed)).await.expect("completed");
    let mirrored = has_status(&neighbours.kalmar, &id, ReferralStatus::Completed).await;
    assert_eq!((mirrored.version, mirrored.last_event), (done.version, done.last_event));
}

/// KAL-02: "not our resident" is not an answer by itself.
///
/// Kalmar ──referral──▶ Nybro ──decline──▶ Kalmar. Verified: a decline without a next step is refused
/// and changes nothing; the same decline with a temporary bed is accepted and reaches Kalmar.
#[tokio::test(flavor = "multi_thread")]
async fn kal_02_decline_without_next_step_is_refused() {
    let neighbours = Neighbours::agreed().await;
    let wish = referral_to("kommun:0881", neighbours.consent(30).await);
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;

    let not_ours = |next_step: NextStep| {
        Action::Decline(Declined {
            party: DeclineParty::Provider.into(),
            reason: StatusReason::OutOfArea.into(),
            next_step: next_step.into(),
            ..Declined::default()
        })
    };
    let refused = act(&neighbours.nybro, &id, not_ours(NextStep::Unspecified))
        .await
        .expect_err("no next step");
    assert_eq!(reason_of(&refused), Reason::NextStepMissing);
    let unchanged = look(&neighbours.nybro, &id).await.expect("still there");
    assert_eq!((unchanged.status(), unchanged.version), (ReferralStatus::Requested, 1));

    act(&neighbours.nybro, &id, not_ours(NextStep::TemporaryBed))
        .await
        .expect("a bed is a next step");
    let declined = has_status(&neighbours.kalmar, &id, ReferralStatus::Rejected).await;
    let event = declined.last_event.and_then(|progressed| progressed.event).expect("the decline");
    let brygga_proto::referral::v1::referral_progressed::Event::Declined(decline) = event else {
        panic!("another event: {event:?}");
    };
    assert_eq!(decline.next_step(), NextStep::TemporaryBed);
}
