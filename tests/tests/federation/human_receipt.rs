//! Somebody has to take it on, and the sender sees whether somebody has.

use brygga_domain::Seconds;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, SubjectArea};
use brygga_proto::local::v1::LookUpContactPointRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{ReferralStatus, TakenOn};
use brygga_proto::registry::v1::Audience;
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, eventually, referral_to};

use crate::setting::{act, agree, delivered, listed, look, record, request};

/// Nybro's way in for organisations is the mobile team, whose deputy is the out-of-hours team.
fn name_the_deputy(region: &Region) {
    let dir = region.path("kalmar");
    let dir = dir.to_str().expect("a plain name");
    region.program().succeed(&[
        "registry",
        "contact-point",
        "set",
        "kommun:0881",
        "--audience",
        "organisations",
        "--unit",
        "mobila-teamet",
        "--phone",
        "0481-000 00",
        "--hours",
        "vardagar 8-16",
        "--deputy-unit",
        "socialjouren",
        "--dir",
        dir,
    ]);
    let newest = region.registry_file("kalmar");
    std::fs::copy(newest, region.registry_file("nybro")).expect("a mirror can be copied");
}

async fn begun() -> (Region, Staff, Vec<u8>) {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    name_the_deputy(&region);
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    eventually("the new registry is in use at Nybro", || async {
        let wanted = LookUpContactPointRequest {
            organisation: "kommun:0881".to_owned(),
            audience: Audience::Organisations.into(),
        };
        nybro.node().look_up_contact_point(wanted).await.ok()
    })
    .await;
    let now = region.clock("kalmar").now();
    let parties = ["kommun:0880", "kommun:0881"];
    let mut terms = agreement_terms(
        &parties,
        AgreementKind::RegionalCooperation,
        SubjectArea::Homelessness,
        now,
    );
    // A week to answer, a day to take it on.
    let week = &mut terms.response_times[1];
    (week.respond_within_seconds, week.take_on_within_seconds) = (7 * 86_400, 86_400);
    agree(&region, "kalmar", "nybro", terms).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let mut wish =
        referral_to("kommun:0881", record(&kalmar, consent_for(&["kommun:0881"], 30, now)).await);
    wish.target_unit = "mobila-teamet".to_owned();
    let id = request(&kalmar, wish).await.expect("permitted").referral_id;
    delivered(&kalmar, &id).await;
    (region, kalmar, id)
}

fn turn(region: &Region, hours: i64) {
    for name in ["kalmar", "nybro"] {
        region.clock(name).turn(Seconds::hours(hours));
    }
}

/// JKP-01: somebody signals, and nobody answers in the agreed time.
///
/// Kalmar ──referral──▶ Nybro / mobila-teamet, one day to take it on. Verified: after a day without anybody
/// it is laid before the deputy, whose staff now sees it, and Kalmar sees that as an event; after another
/// day before the intake; Kalmar sees for how many days it has lain unhandled, and that it was taken on when
/// somebody does, and when that promise passes without an answer.
#[tokio::test(flavor = "multi_thread")]
async fn jkp_01_what_nobody_takes_on_goes_to_the_deputy_and_the_sender_sees_it() {
    let (region, kalmar, id) = begun().await;
    let deputy = region.staff("nybro", "CASE_WORKER", Some("socialjouren"));
    assert!(listed(&deputy).await.is_empty(), "it is not theirs yet");
    assert_eq!(look(&kalmar, &id).await.expect("sent").unhandled_days, 0);

    turn(&region, 25);
    let laid = eventually("it is laid before the deputy", || async {
        look(&kalmar, &id).await.filter(|referral| referral.escalation_level > 0)
    })
    .await;
    assert_eq!((laid.escalation_level, laid.escalated_to.as_str()), (1, "socialjouren"));
    assert_eq!(laid.unhandled_days, 1);
    assert_eq!(laid.status(), ReferralStatus::Requested);
    assert!(look(&deputy, &id).await.is_some(), "the deputy can take it on");

    turn(&region, 24);
    let laid = eventually("it is laid before the intake", || async {
        look(&kalmar, &id).await.filter(|referral| referral.escalation_level == 2)
    })
    .await;
    assert_eq!((laid.escalated_to.as_str(), laid.unhandled_days), ("", 2));

    let intake = region.staff("nybro", "CASE_WORKER", None);
    let act_by = brygga_wire::time::to_proto(region.clock("nybro").now().plus(Seconds::hours(4)));
    let taken_on = TakenOn { unit: "mobila-teamet".to_owned(), act_by: Some(act_by) };
    act(&intake, &id, Action::TakeOn(taken_on)).await.expect("the intake takes it on");
    let taken = eventually("the human receipt arrives", || async {
        look(&kalmar, &id).await.filter(|referral| !referral.taken_on_by.is_empty())
    })
    .await;
    assert_eq!((taken.unhandled_days, taken.promise_overdue), (0, false));
    turn(&region, 5);
    assert!(look(&kalmar, &id).await.expect("sent").promise_overdue, "the promise has passed");
}
