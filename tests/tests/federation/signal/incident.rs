//! Disturbances: who is there within 48 hours, who says that it is dealt with, and who hears who lives there.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::{
    CountLateSignalsRequest, SendSignalRequest, SignalAct, SignalAlarm, SignalOutcome,
    TakeSignalStepRequest,
};
use brygga_proto::notice::v1::Children;
use brygga_proto::signal::v1::signal_content::Content;
use brygga_proto::signal::v1::{Disturbance, DisturbanceKind, Occupant, SignalSubject};
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{Place, Region, consent_for, eventually, reason_of};

use super::{
    CANARIES, Estate, KALMAR, LANDLORD, acts, agree_on, arrears, hears, list, listed, sealed, send,
    show, step, take, wish,
};
use crate::setting::record;

pub(super) fn disturbance() -> SendSignalRequest {
    let disturbance = Disturbance {
        address: CANARIES[1].to_owned(),
        kind: DisturbanceKind::Noise.into(),
        first_on: "2026-11-20".to_owned(),
        last_on: "2026-11-22".to_owned(),
        warned: true,
        children: Children::Unknown.into(),
        contact: "0480-000 00".to_owned(),
        ..Disturbance::default()
    };
    wish(SignalSubject::Disturbance, Content::Disturbance(disturbance))
}

/// KSD-01: a landlord is promised somebody on site within 48 hours, and a plan.
///
/// Verified: a second before, nothing is late; after 48 hours the breach stands at both ends and is raised once in both logs, and a coordinator of Kalmar gets
/// a number and no signal; a plan before anybody has been there is refused; when somebody has, the alarm is over at both ends
/// and the landlord hears that there is a plan.
#[tokio::test(flavor = "multi_thread")]
async fn ksd_01_nobody_on_site_within_48_hours_is_a_breach_at_both_ends() {
    let estate = Estate::agreed().await;
    let incident = estate.given(disturbance()).await;
    eventually("the landlord knows when it arrived", || async {
        listed(&estate.landlord, &incident).await?.arrived_at
    })
    .await;
    take(&estate.kalmar, step(&incident, SignalAct::TakenOn)).await.expect("taken on");
    estate.turn(Seconds(48 * 3_600 - 60));
    for (staff, alarm) in [(&estate.kalmar, SignalAlarm::Unspecified); 1] {
        assert_eq!(listed(staff, &incident).await.expect("listed").alarm(), alarm);
    }
    estate.turn(Seconds(60));
    for staff in [&estate.kalmar, &estate.landlord] {
        let seen = listed(staff, &incident).await.expect("listed");
        assert_eq!(seen.alarm(), SignalAlarm::NotOnSite);
    }
    for name in ["kalmar", "hyresvard"] {
        eventually("the breach is raised", || async {
            let raised = crate::notice::raised(&estate.region, name, "signal.alarm").await;
            (raised == ["NOT_ON_SITE"]).then_some(())
        })
        .await;
    }
    let coordinator = estate.region.staff("kalmar", "REGIONAL_COORDINATOR", None);
    let counted = coordinator.signals().count_late_signals(CountLateSignalsRequest {}).await;
    assert_eq!(counted.expect("numbers").into_inner().late, 1);
    let shown = show(&coordinator, &incident).await.unwrap_err();
    assert_eq!(reason_of(&shown), Reason::RoleDenied);

    let plan = || step(&incident, SignalAct::ActionPlan);
    let refused = take(&estate.kalmar, plan()).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::InvalidTransition);
    take(&estate.kalmar, step(&incident, SignalAct::OnSite)).await.expect("there");
    take(&estate.kalmar, plan()).await.expect("a plan");
    let there = estate.hears(&incident, SignalAct::ActionPlan).await;
    assert_eq!(there.alarm(), SignalAlarm::Unspecified);
}

/// STO-04: landlord, case worker and support team deal with an incident together.
///
/// Verified: each says so only for itself, and who is asked to say so for another is refused; with two of the three it is still
/// open at both ends, with the third it is resolved at both; the landlord has seen the incident and the steps that are told,
/// and no visit or letter.
#[tokio::test(flavor = "multi_thread")]
async fn sto_04_an_incident_is_resolved_when_all_three_have_said_so() {
    let estate = Estate::agreed().await;
    let incident = estate.given(disturbance()).await;
    let support = estate.region.staff("kalmar", "HOUSING_SUPPORTER", None);
    for (staff, act) in [
        (&estate.kalmar, SignalAct::SupportDone),
        (&support, SignalAct::CaseWorkerDone),
        (&estate.landlord, SignalAct::CaseWorkerDone),
    ] {
        let refused = take(staff, step(&incident, act)).await.unwrap_err();
        assert_eq!(reason_of(&refused), Reason::RoleDenied, "{act:?}");
    }
    let refused = take(&estate.kalmar, step(&incident, SignalAct::LandlordDone)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::WrongActor);
    take(&support, step(&incident, SignalAct::Visit)).await.expect("it stays");
    take(&estate.landlord, step(&incident, SignalAct::LandlordDone)).await.expect("the landlord");
    hears(&estate.kalmar, &incident, SignalAct::LandlordDone).await;
    let two = take(&support, step(&incident, SignalAct::SupportDone)).await.expect("the support");
    assert_eq!(two.outcome(), SignalOutcome::Unspecified);
    let there = estate.hears(&incident, SignalAct::SupportDone).await;
    assert_eq!(there.outcome(), SignalOutcome::Unspecified);
    let three =
        take(&estate.kalmar, step(&incident, SignalAct::CaseWorkerDone)).await.expect("all");
    assert_eq!(three.outcome(), SignalOutcome::Resolved);
    let there = estate.hears(&incident, SignalAct::CaseWorkerDone).await;
    assert_eq!(there.outcome(), SignalOutcome::Resolved);
    let told = [SignalAct::LandlordDone, SignalAct::SupportDone, SignalAct::CaseWorkerDone];
    assert_eq!(acts(&there), told);
}

/// NKP-04: the landlord wants to know who lives in a dwelling that the municipality lets.
///
/// Verified: without the person's consent a name is refused, and the answer that goes has an empty field and nothing in its
/// place; with a consent that covers the landlord and the name, the landlord reads it.
#[tokio::test(flavor = "multi_thread")]
async fn nkp_04_the_landlord_hears_a_name_only_with_consent() {
    let estate = Estate::agreed().await;
    let incident = estate.given(disturbance()).await;
    let answer = |name: &str, consent_id: Vec<u8>| TakeSignalStepRequest {
        content: sealed(Content::Occupant(Occupant { name: name.to_owned() })),
        consent_id,
        ..step(&incident, SignalAct::Occupant)
    };
    let refused = take(&estate.kalmar, answer(CANARIES[0], Vec::new())).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::ConsentMissing);
    take(&estate.kalmar, answer("", Vec::new())).await.expect("an empty field");
    estate.hears(&incident, SignalAct::Occupant).await;
    let read = show(&estate.landlord, &incident).await.expect("the landlord's");
    assert_eq!(read.occupant, "");

    let now = estate.region.clock("kalmar").now();
    let consent = ConsentRecord {
        data_categories: vec![DataCategory::Identity.into()],
        ..consent_for(&[LANDLORD.organisation], 30, now)
    };
    let consent = record(&estate.kalmar, consent).await;
    take(&estate.kalmar, answer(CANARIES[0], consent)).await.expect("consented");
    let read = eventually("the landlord reads the name", || async {
        let read = show(&estate.landlord, &incident).await.ok()?;
        (!read.occupant.is_empty()).then_some(read)
    })
    .await;
    assert_eq!(read.occupant, CANARIES[0]);
}

/// GBG-06: Störningsjouren reports a disturbance; Boplats is a party too, and only observes.
///
/// Verified: the incident reaches the unit that is responsible and no other unit of Kalmar sees it; Störningsjouren can report
/// nothing else, such as rent; Boplats sees nothing, and can send nothing.
#[tokio::test(flavor = "multi_thread")]
async fn gbg_06_a_reporter_reaches_the_responsible_unit_and_boplats_sees_nothing() {
    let reporter = Place {
        name: "storningsjouren",
        organisation: "demo:storningsjouren",
        title: "Störningsjouren",
        kind: "incident-reporter",
        units: &[],
        marks: &[],
    };
    let boplats = Place {
        name: "boplats",
        organisation: "demo:boplats",
        title: "Boplats",
        kind: "housing-agency",
        units: &[],
        marks: &[],
    };
    let region = Region::start(&[KALMAR, LANDLORD, reporter, boplats]).await;
    let parties = ["kalmar", "hyresvard", "storningsjouren", "boplats"];
    agree_on(&region, &parties, Default::default()).await;
    let sender = region.staff("storningsjouren", "INCIDENT_REPORTER", None);
    let asked = SendSignalRequest { target_unit: "bosocialt".to_owned(), ..disturbance() };
    let sent = send(&sender, asked).await.expect("permitted");
    let own = region.staff("kalmar", "CASE_WORKER", Some("bosocialt"));
    let arrived = eventually("it reaches the unit", || listed(&own, &sent)).await;
    assert!(matches!(
        show(&own, &arrived).await.expect("readable").content.and_then(|one| one.content),
        Some(Content::Disturbance(_))
    ));
    for unit in [None, Some("socialjouren")] {
        let other = region.staff("kalmar", "CASE_WORKER", unit);
        assert!(list(&other).await.is_empty(), "{unit:?}");
        let refused = show(&other, &sent).await.unwrap_err();
        assert_eq!(reason_of(&refused), Reason::NotFound);
    }
    let refused = send(&sender, arrears(10, Children::No)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    let admin = region.staff("storningsjouren", "LANDLORD_ADMIN", None);
    let refused = send(&admin, arrears(10, Children::No)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::GroundNotAllowed, "whatever the role says");
    for role in ["LANDLORD_ADMIN", "INCIDENT_REPORTER", "CASE_WORKER"] {
        assert!(list(&region.staff("boplats", role, None)).await.is_empty(), "{role}");
    }
    let agent = region.staff("boplats", "LANDLORD_ADMIN", None);
    let refused = send(&agent, disturbance()).await.unwrap_err();
    assert_eq!(reason_of(&refused), Reason::GroundNotAllowed);
}
