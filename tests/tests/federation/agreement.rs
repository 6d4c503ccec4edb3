//! The agreement is the policy: without one in force nothing passes.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action as RuleAction, AgreementKind, AgreementTerms, Effect, Rule, SubjectArea,
};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    AgreementState, ListAgreementsRequest, ProposeAgreementRequest, ShowAgreementRequest,
    SignAgreementRequest, TerminateAgreementRequest,
};
use brygga_proto::referral::v1::{Accepted, Completed, OutcomeResult, ReferralStatus, Started};
use brygga_proto::types::v1::DataCategory;
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};
use tonic::Status;
use tonic_types::StatusExt;

use crate::setting::{Neighbours, act, agree, delivered, has_status, look, record, request};

/// Terms between Kalmar and Nybro as most tests here change them.
fn terms(region: &Region) -> AgreementTerms {
    let now = region.clock("kalmar").now();
    let kind = AgreementKind::RegionalCooperation;
    agreement_terms(&["kommun:0880", "kommun:0881"], kind, SubjectArea::Homelessness, now)
}

/// Proposes without anybody else signing, and returns the agreement's id.
async fn propose(manager: &Staff, terms: AgreementTerms) -> Result<Vec<u8>, Status> {
    let wanted = ProposeAgreementRequest {
        terms: Some(terms),
        accept_findings: false,
        ..Default::default()
    };
    let proposed = manager.agreements().propose_agreement(wanted).await?.into_inner().agreement;
    Ok(proposed.expect("an agreement").terms.expect("terms").agreement_id)
}

async fn sign(manager: &Staff, agreement_id: &[u8]) -> Result<(), Status> {
    let wanted = SignAgreementRequest {
        agreement_id: agreement_id.to_vec(),
        version: 1,
        accept_findings: false,
    };
    manager.agreements().sign_agreement(wanted).await.map(drop)
}

async fn state(staff: &Staff, agreement_id: &[u8]) -> Option<AgreementState> {
    let wanted = ShowAgreementRequest { agreement_id: agreement_id.to_vec(), version: 1 };
    let shown = staff.agreements().show_agreement(wanted).await.ok()?.into_inner();
    shown.agreement.map(|agreement| agreement.state())
}

async fn reaches(staff: &Staff, agreement_id: &[u8], wanted: AgreementState) {
    eventually(wanted.as_str_name(), || async {
        (state(staff, agreement_id).await == Some(wanted)).then_some(())
    })
    .await;
}

/// Asks Nybro under a named agreement, from Kalmar, on a fresh consent.
async fn ask(region: &Region, agreement_id: &[u8]) -> Result<Vec<u8>, Status> {
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let now = region.clock("kalmar").now();
    let consent = record(&kalmar, consent_for(&["kommun:0881"], 30, now)).await;
    let mut wish = referral_to("kommun:0881", consent);
    wish.agreement_id = agreement_id.to_vec();
    Ok(request(&kalmar, wish).await?.referral_id)
}

/// Verified: a proposal that Nybro has received and not signed carries nothing, named or not.
#[tokio::test(flavor = "multi_thread")]
async fn agreement_that_is_only_proposed_authorises_nothing() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let id = propose(&manager, terms(&region)).await.expect("good terms");
    reaches(&region.staff("nybro", "AGREEMENT_MANAGER", None), &id, AgreementState::Proposed).await;
    let named = ask(&region, &id).await.expect_err("Nybro has not signed");
    assert_eq!(reason_of(&named), Reason::AgreementNotInForce);
    let unnamed = ask(&region, &[]).await.expect_err("nothing is in force");
    assert_eq!(reason_of(&unnamed), Reason::NotFound);
}

/// Verified: a referral passes on the last day and is refused at its source the day after.
#[tokio::test(flavor = "multi_thread")]
async fn expired_agreement_is_refused_at_the_source() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let end = region.clock("kalmar").now().plus(Seconds::days(20));
    let valid_until = Some(brygga_wire::time::to_proto(end));
    let id =
        agree(&region, "kalmar", "nybro", AgreementTerms { valid_until, ..terms(&region) }).await;
    let turn = |days| ["kalmar", "nybro"].map(|name| region.clock(name).turn(Seconds::days(days)));
    turn(19);
    ask(&region, &id).await.expect("the last day");
    turn(2);
    let refused = ask(&region, &id).await.expect_err("its time is over");
    assert_eq!(reason_of(&refused), Reason::AgreementExpired);
    assert_eq!(
        state(&region.staff("nybro", "CASE_WORKER", None), &id).await,
        Some(AgreementState::Expired)
    );
}

/// Nybro ends the agreement while a referral is under way.
///
/// Verified: the end reaches Kalmar; new referrals are refused at both; the one under way is
/// started, completed and seen so at its source, since nobody may be left half-way.
#[tokio::test(flavor = "multi_thread")]
async fn termination_stops_new_referrals_at_both_and_lets_those_under_way_finish() {
    let neighbours = Neighbours::agreed().await;
    let region = &neighbours.region;
    let manager = region.staff("nybro", "AGREEMENT_MANAGER", None);
    let held =
        manager.agreements().list_agreements(ListAgreementsRequest {}).await.expect("listed");
    let held = held.into_inner().agreements.remove(0).terms.expect("terms").agreement_id;
    let under_way = ask(region, &held).await.expect("in force");
    delivered(&neighbours.kalmar, &under_way).await;
    act(&neighbours.nybro, &under_way, Action::Accept(Accepted {})).await.expect("accepted");

    let end =
        TerminateAgreementRequest { agreement_id: held.clone(), version: 1, effective_at: None };
    manager.agreements().terminate_agreement(end).await.expect("a party may");
    reaches(&neighbours.kalmar, &held, AgreementState::Terminated).await;
    let at_kalmar = ask(region, &held).await.expect_err("ended");
    assert_eq!(reason_of(&at_kalmar), Reason::AgreementTerminated);
    let now = region.clock("nybro").now();
    let consent = record(&neighbours.nybro, consent_for(&["kommun:0880"], 30, now)).await;
    let mut wish = referral_to("kommun:0880", consent);
    wish.agreement_id.clone_from(&held);
    let at_nybro = request(&neighbours.nybro, wish).await.expect_err("ended");
    assert_eq!(reason_of(&at_nybro), Reason::AgreementTerminated);

    act(&neighbours.nybro, &under_way, Action::Start(Started {})).await.expect("started");
    let housed = Completed { result: OutcomeResult::Housed.into(), place_type: None };
    act(&neighbours.nybro, &under_way, Action::Complete(housed)).await.expect("completed");
    has_status(&neighbours.kalmar, &under_way, ReferralStatus::Completed).await;
}

/// The parties permit referrals and prohibit free text in them.
#[tokio::test(flavor = "multi_thread")]
async fn prohibition_beats_permission_and_is_named() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let mut terms = terms(&region);
    terms.rules.push(Rule {
        rule_id: "inga-anteckningar".to_owned(),
        effect: Effect::Prohibit.into(),
        action: RuleAction::ReferralSend.into(),
        data_categories: vec![DataCategory::FreeText.into()],
        ..Rule::default()
    });
    let id = agree(&region, "kalmar", "nybro", terms).await;
    let refused = ask(&region, &id).await.expect_err("a note is free text");
    assert_eq!(reason_of(&refused), Reason::PolicyDenied);
    let info = refused.get_details_error_info().expect("a coded error");
    assert_eq!(info.metadata["rule"], "inga-anteckningar");
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let now = region.clock("kalmar").now();
    let mut wish =
        referral_to("kommun:0881", record(&kalmar, consent_for(&["kommun:0881"], 30, now)).await);
    wish.content.as_mut().expect("content").note.clear();
    let sent = request(&kalmar, wish).await.expect("without the note it is permitted");
    assert_eq!(sent.rule_id, "remiss-1");
}

/// Three municipalities, one after the other. Verified: in force nowhere before the third
/// signature, and everywhere after it, at those too who never heard from each other before.
#[tokio::test(flavor = "multi_thread")]
async fn regional_agreement_of_three_is_in_force_after_the_third_signature() {
    let places = [Place::KALMAR, Place::NYBRO, Place::BORGHOLM];
    let region = Region::start(&places).await;
    let now = region.clock("kalmar").now();
    let terms = agreement_terms(
        &places.map(|place| place.organisation),
        AgreementKind::RegionalCooperation,
        SubjectArea::Homelessness,
        now,
    );
    let [kalmar, nybro, borgholm] =
        places.map(|place| region.staff(place.name, "AGREEMENT_MANAGER", None));
    let id = propose(&kalmar, terms).await.expect("good terms");
    reaches(&nybro, &id, AgreementState::Proposed).await;
    reaches(&borgholm, &id, AgreementState::Proposed).await;
    sign(&nybro, &id).await.expect("a party");
    for staff in [&kalmar, &borgholm] {
        eventually("two have signed", || async {
            let wanted = ShowAgreementRequest { agreement_id: id.clone(), version: 1 };
            let shown = staff.agreements().show_agreement(wanted).await.ok()?.into_inner();
            (shown.agreement?.signatures.len() == 2).then_some(())
        })
        .await;
    }
    let refused = ask(&region, &id).await.expect_err("Borgholm has not signed");
    assert_eq!(reason_of(&refused), Reason::AgreementNotInForce);

    sign(&borgholm, &id).await.expect("a party");
    for staff in [&kalmar, &nybro, &borgholm] {
        reaches(staff, &id, AgreementState::Active).await;
    }
    let referral = ask(&region, &id).await.expect("in force");
    let sent = delivered(&region.staff("kalmar", "CASE_WORKER", None), &referral).await;
    assert_eq!(sent.refusal_reason, "");
    look(&region.staff("nybro", "CASE_WORKER", None), &referral).await.expect("it arrived");
}
