//! An agreement at rest: nothing new begins under it, what has begun is finished, and it can go on.

use brygga_domain::{Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementTerms, SuspensionReason};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{
    Agreement, AgreementState, DeliveryStatus, ListAgreementsRequest, ResumeAgreementRequest,
    SendNoteRequest, ShowAgreementRequest, SuspendAgreementRequest, TerminateAgreementRequest,
};
use brygga_proto::referral::v1::{Accepted, ReferralStatus, Started};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of, referral_to};
use tonic::Status;

use crate::setting::{
    Neighbours, act, agree, agree_all, delivered, has_status, listed, look, request,
};

const NYBRO: &str = "kommun:0881";

/// The only agreement that is held, in its newest version.
async fn held(staff: &Staff) -> Agreement {
    let all = staff.agreements().list_agreements(ListAgreementsRequest {}).await.expect("listed");
    all.into_inner().agreements.remove(0)
}

fn id(agreement: &Agreement) -> Vec<u8> {
    agreement.terms.as_ref().expect("terms").agreement_id.clone()
}

async fn suspend(manager: &Staff, reason: SuspensionReason) -> Result<Agreement, Status> {
    let agreement_id = id(&held(manager).await);
    let wanted = SuspendAgreementRequest { agreement_id, version: 0, reason: reason.into() };
    let answer = manager.agreements().suspend_agreement(wanted).await?.into_inner();
    Ok(answer.agreement.expect("an agreement"))
}

async fn resume(manager: &Staff) -> Agreement {
    let wanted = ResumeAgreementRequest { agreement_id: id(&held(manager).await), version: 0 };
    let answer = manager.agreements().resume_agreement(wanted).await.expect("never refused");
    answer.into_inner().agreement.expect("an agreement")
}

async fn reaches(staff: &Staff, state: AgreementState) -> Agreement {
    eventually(state.as_str_name(), || async {
        Some(held(staff).await).filter(|agreement| agreement.state() == state)
    })
    .await
}

async fn note(from: &Staff, referral_id: &[u8], number: u8) -> Result<(), Status> {
    let note = SendNoteRequest {
        note_id: vec![number; 16],
        referral_id: referral_id.to_vec(),
        text: "Kim kommer på torsdag.".to_owned(),
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id: Vec::new(),
        accept_content_warning: false,
    };
    from.referrals().send_note(note).await.map(drop)
}

/// Nybro suspends while a referral is under way.
///
/// Verified: Kalmar learns who and why; a new referral is refused at both ends; the one under way is worked on and
/// seen so; a coordinator's or case worker's token cannot suspend; after the resumption referrals pass again.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_begins_and_what_has_begun_goes_on() {
    let neighbours = Neighbours::agreed().await;
    let (kalmar, nybro) = (&neighbours.kalmar, &neighbours.nybro);
    let wish = referral_to(NYBRO, neighbours.consent(30).await);
    let under_way = request(kalmar, wish).await.expect("in force").referral_id;
    delivered(kalmar, &under_way).await;
    act(nybro, &under_way, Action::Accept(Accepted {})).await.expect("accepted");

    let refused = suspend(nybro, SuspensionReason::Incident).await.expect_err("no manager");
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    let manager = neighbours.region.staff("nybro", "AGREEMENT_MANAGER", None);
    let suspended = suspend(&manager, SuspensionReason::Incident).await.expect("a party may");
    assert_eq!(suspended.state(), AgreementState::Suspended);
    let seen = reaches(kalmar, AgreementState::Suspended).await;
    let (who, why) = (&seen.suspensions[0].organisation, seen.suspensions[0].reason());
    assert_eq!((who.as_str(), why), (NYBRO, SuspensionReason::Incident));

    let wish = referral_to(NYBRO, neighbours.consent(30).await);
    let mut named = wish.clone();
    named.agreement_id = id(&seen);
    let refused = request(kalmar, named).await.expect_err("nothing new");
    assert_eq!(reason_of(&refused), Reason::AgreementSuspended);
    act(nybro, &under_way, Action::Start(Started {})).await.expect("what has begun goes on");
    has_status(kalmar, &under_way, ReferralStatus::InProgress).await;

    resume(&manager).await;
    reaches(kalmar, AgreementState::Active).await;
    let again = request(kalmar, wish).await.expect("in force again").referral_id;
    delivered(kalmar, &again).await;
}

/// Kalmar suspends while Nybro's node is away and a referral waits to be sent.
///
/// Verified: within a second the referral is shown as not delivered; Nybro comes back, learns of the suspension, and
/// never gets the referral, also after the agreement is resumed.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_taken_back_at_once_and_a_party_that_was_away_learns_of_it() {
    let mut neighbours = Neighbours::agreed().await;
    neighbours.region.stop_node("nybro").await;
    let wish = referral_to(NYBRO, neighbours.consent(30).await);
    let waiting = request(&neighbours.kalmar, wish).await.expect("in force").referral_id;
    let manager = neighbours.region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let begun = std::time::Instant::now();
    suspend(&manager, SuspensionReason::UnderReview).await.expect("a party may");
    eventually("the referral is shown as not delivered", || async {
        let shown = look(&neighbours.kalmar, &waiting).await?;
        (shown.delivery_status() == DeliveryStatus::Undeliverable).then_some(())
    })
    .await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(1), "{:?}", begun.elapsed());

    neighbours.region.start_node("nybro").await;
    neighbours.nybro = neighbours.region.staff("nybro", "CASE_WORKER", None);
    reaches(&neighbours.nybro, AgreementState::Suspended).await;
    resume(&manager).await;
    reaches(&neighbours.nybro, AgreementState::Active).await;
    let wish = referral_to(NYBRO, neighbours.consent(30).await);
    let next = request(&neighbours.kalmar, wish).await.expect("in force again").referral_id;
    delivered(&neighbours.kalmar, &next).await;
    let arrived: Vec<_> =
        listed(&neighbours.nybro).await.into_iter().map(|one| one.referral_id).collect();
    assert_eq!(arrived, [next], "what was taken back never arrives");
}

/// Both suspend, then one resumes.
///
/// Verified: each has a switch of its own, so the agreement rests until both have resumed; suspending or resuming
/// twice changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn each_party_has_a_switch_of_its_own() {
    let neighbours = Neighbours::agreed().await;
    let [kalmar, nybro] =
        ["kalmar", "nybro"].map(|name| neighbours.region.staff(name, "AGREEMENT_MANAGER", None));
    suspend(&kalmar, SuspensionReason::Legal).await.expect("a party may");
    suspend(&nybro, SuspensionReason::Capacity).await.expect("a party may");
    suspend(&nybro, SuspensionReason::Incident).await.expect("it is so already");
    eventually("both know of both", || async {
        let both = [held(&kalmar).await, held(&nybro).await];
        both.iter().all(|agreement| agreement.suspensions.len() == 2).then_some(())
    })
    .await;
    resume(&kalmar).await;
    resume(&kalmar).await;
    let seen = eventually("Nybro learns of it", || async {
        Some(held(&nybro).await).filter(|agreement| agreement.suspensions.len() == 1)
    })
    .await;
    assert_eq!(seen.state(), AgreementState::Suspended);
    assert_eq!(seen.suspensions[0].reason(), SuspensionReason::Capacity, "the first word stands");
    resume(&nybro).await;
    for side in [&kalmar, &nybro] {
        reaches(side, AgreementState::Active).await;
    }
}

/// A referral is under way when a second version begins.
///
/// Verified: version 1 is shown as superseded; notes go on under it until a version begins that permits no free text
/// any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_referral_keeps_its_version_unless_the_new_one_is_stricter() {
    let neighbours = Neighbours::agreed().await;
    let (kalmar, nybro) = (&neighbours.kalmar, &neighbours.nybro);
    let wish = referral_to(NYBRO, neighbours.consent(60).await);
    let under_way = request(kalmar, wish).await.expect("in force").referral_id;
    delivered(kalmar, &under_way).await;
    act(nybro, &under_way, Action::Accept(Accepted {})).await.expect("accepted");
    has_status(kalmar, &under_way, ReferralStatus::Accepted).await;

    let first = held(kalmar).await.terms.expect("terms");
    let in_days = |days| {
        let now = neighbours.region.clock("kalmar").now();
        Some(brygga_wire::time::to_proto(now.plus(Seconds::days(days))))
    };
    let turn = |days| {
        ["kalmar", "nybro"].map(|name| neighbours.region.clock(name).turn(Seconds::days(days)))
    };
    let second = AgreementTerms { version: 2, valid_from: in_days(2), ..first.clone() };
    agree(&neighbours.region, "kalmar", "nybro", second).await;
    turn(3);
    let wanted = ShowAgreementRequest { agreement_id: first.agreement_id.clone(), version: 1 };
    let shown = kalmar.agreements().show_agreement(wanted).await.expect("shown").into_inner();
    assert_eq!(shown.agreement.expect("held").state(), AgreementState::Superseded);
    note(kalmar, &under_way, 1).await.expect("the version it began under");

    let mut third = AgreementTerms { version: 3, valid_from: in_days(2), ..first };
    third.rules[0].data_categories =
        [DataCategory::Identity, DataCategory::HousingNeed].map(Into::into).to_vec();
    agree(&neighbours.region, "kalmar", "nybro", third).await;
    turn(3);
    let refused = note(kalmar, &under_way, 2).await.expect_err("the new version is stricter");
    assert_eq!(reason_of(&refused), Reason::PolicyDenied);
}

/// The parties have agreed on thirty days' notice.
///
/// Verified: an end at once becomes an end in thirty days, the same at both; until then referrals pass.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_keeps_the_notice_period() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let now = region.clock("kalmar").now();
    let (kind, subject) = (
        brygga_proto::agreement::v1::AgreementKind::RegionalCooperation,
        brygga_proto::agreement::v1::SubjectArea::Homelessness,
    );
    let terms = agreement_terms(&["kommun:0880", NYBRO], kind, subject, now);
    let names = ["kalmar", "nybro"];
    agree_all(&region, &names, AgreementTerms { notice_days: 30, ..terms }).await;
    let [kalmar, nybro] = names.map(|name| region.staff(name, "AGREEMENT_MANAGER", None));
    let agreement_id = id(&held(&kalmar).await);
    let end = TerminateAgreementRequest { agreement_id, ..TerminateAgreementRequest::default() };
    kalmar.agreements().terminate_agreement(end).await.expect("a party may");
    let ended =
        eventually("Nybro learns of it", || async { held(&nybro).await.terminated_at }).await;
    assert_eq!(held(&kalmar).await.terminated_at, Some(ended));
    let at = brygga_wire::time::from_proto(Some(ended), "at").expect("an instant");
    let days = at.millis_since(now) / 86_400_000;
    assert_eq!(days, 30);
    assert_eq!(held(&nybro).await.state(), AgreementState::Active, "until then");
    for name in names {
        region.clock(name).turn(Seconds::days(31));
    }
    for side in [&kalmar, &nybro] {
        reaches(side, AgreementState::Terminated).await;
    }
}
