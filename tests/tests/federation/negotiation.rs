//! Negotiating an agreement: proposals, counter-proposals, signatures of all, and two who propose at once.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, SubjectArea};
use brygga_proto::local::v1::{
    Agreement, AgreementState, NegotiationState, ProposeAgreementRequest, ShowAgreementRequest,
    SignAgreementRequest,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of};
use tonic::Status;

use crate::setting::agree;

const PARTIES: [&str; 2] = ["kommun:0880", "kommun:0881"];

fn terms(region: &Region) -> AgreementTerms {
    let now = region.clock("kalmar").now();
    let kind = AgreementKind::RegionalCooperation;
    agreement_terms(&PARTIES, kind, SubjectArea::Homelessness, now)
}

async fn propose(staff: &Staff, terms: AgreementTerms, counters: u32) -> Result<Agreement, Status> {
    let wanted = ProposeAgreementRequest { terms: Some(terms), counters, ..Default::default() };
    let proposed = staff.agreements().propose_agreement(wanted).await?.into_inner();
    Ok(proposed.agreement.expect("an agreement"))
}

async fn version(staff: &Staff, id: &[u8], version: u32) -> Option<Agreement> {
    let wanted = ShowAgreementRequest { agreement_id: id.to_vec(), version };
    staff.agreements().show_agreement(wanted).await.ok()?.into_inner().agreement
}

async fn reaches(staff: &Staff, id: &[u8], number: u32, wanted: NegotiationState) -> Agreement {
    eventually(wanted.as_str_name(), || async {
        version(staff, id, number).await.filter(|one| one.negotiation() == wanted)
    })
    .await
}

async fn sign(staff: &Staff, id: &[u8], version: u32) {
    let agreement_id = id.to_vec();
    let wanted = SignAgreementRequest { agreement_id, version, accept_findings: false };
    staff.agreements().sign_agreement(wanted).await.expect("signed");
}

/// Kalmar proposes, Nybro answers with other terms, and Kalmar signs these.
///
/// Verified: both see the first version offered and then declined, the second as a counter-proposal and, once both have
/// signed and each has told the other that it holds both signatures, finalized; only the second is in force; what one
/// has signed itself it cannot counter.
#[tokio::test(flavor = "multi_thread")]
async fn a_counter_proposal_declines_the_first_and_is_finalized_by_both() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let [kalmar, nybro] =
        ["kalmar", "nybro"].map(|name| region.staff(name, "AGREEMENT_MANAGER", None));
    let first = propose(&kalmar, terms(&region), 0).await.expect("proposed");
    let id = first.terms.as_ref().expect("terms").agreement_id.clone();
    for staff in [&kalmar, &nybro] {
        reaches(staff, &id, 1, NegotiationState::Offered).await;
    }
    let mut counter = AgreementTerms { version: 2, ..first.terms.expect("terms") };
    counter.consent_max_days = 30;
    let own = propose(&kalmar, counter.clone(), 1).await.expect_err("its own proposal");
    assert_eq!(reason_of(&own), Reason::InvalidTransition);
    propose(&nybro, counter, 1).await.expect("a counter-proposal");
    for staff in [&kalmar, &nybro] {
        reaches(staff, &id, 1, NegotiationState::Terminated).await;
        reaches(staff, &id, 2, NegotiationState::Requested).await;
    }
    sign(&kalmar, &id, 2).await;
    for staff in [&kalmar, &nybro] {
        let held = reaches(staff, &id, 2, NegotiationState::Finalized).await;
        assert_eq!((held.state(), held.verified_by.len()), (AgreementState::Active, 2));
        let declined = version(staff, &id, 1).await.expect("kept");
        assert_eq!(declined.state(), AgreementState::Terminated);
    }
}

/// Both propose a second version while the other's node is away.
///
/// Verified: each gives its own up when it meets the other's, the first version stays in force, and a third can be
/// agreed on.
#[tokio::test(flavor = "multi_thread")]
async fn two_proposals_under_one_version_end_each_other() {
    let mut region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let id = agree(&region, "kalmar", "nybro", terms(&region)).await;
    let next = |region: &Region, days, version| AgreementTerms {
        agreement_id: id.clone(),
        version,
        consent_max_days: days,
        ..terms(region)
    };
    region.stop_node("nybro").await;
    let kalmar = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    propose(&kalmar, next(&region, 30, 2), 0).await.expect("proposed");
    region.stop_node("kalmar").await;
    region.start_node("nybro").await;
    let nybro = region.staff("nybro", "AGREEMENT_MANAGER", None);
    propose(&nybro, next(&region, 60, 2), 0).await.expect("proposed");
    region.start_node("kalmar").await;
    let kalmar = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    for staff in [&kalmar, &nybro] {
        reaches(staff, &id, 2, NegotiationState::Terminated).await;
        assert_eq!(version(staff, &id, 1).await.expect("held").state(), AgreementState::Active);
    }
    propose(&kalmar, next(&region, 45, 3), 0).await.expect("proposed");
    eventually("Nybro signs", || async { version(&nybro, &id, 3).await }).await;
    sign(&nybro, &id, 3).await;
    for staff in [&kalmar, &nybro] {
        let held = reaches(staff, &id, 3, NegotiationState::Finalized).await;
        assert_eq!(held.state(), AgreementState::Active);
    }
}
