//! Who may publish which capability: the responsibility matrix of an agreement, asked before anything is published.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Party, PartyRole, Rule, SubjectArea,
};
use brygga_proto::local::v1::{
    AgreementState, ExplainPublicationRequest, ExplainPublicationResponse, ProposeAgreementRequest,
    ShowAgreementRequest, SignAgreementRequest,
};
use brygga_proto::types::v1::Code;
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};

use crate::setting::{agree_all, record, request};

const KALMAR: &str = "kommun:0880";
const STADSMISSIONEN: &str = "demo:stadsmissionen-kalmar";

fn publishes(rule_id: &str, from: &str, service_types: &[&str]) -> Rule {
    Rule {
        rule_id: rule_id.to_owned(),
        effect: Effect::Permit.into(),
        action: Action::CapacityPublish.into(),
        from: vec![from.to_owned()],
        service_types: service_types.iter().map(|code| (*code).to_owned()).collect(),
        ..Rule::default()
    }
}

async fn may_publish(staff: &Staff, code: &str) -> ExplainPublicationResponse {
    let asked = ExplainPublicationRequest {
        subject: SubjectArea::Homelessness.into(),
        service_type: Some(Code {
            list: "service_type".to_owned(),
            list_version: 1,
            code: code.to_owned(),
            broader: Vec::new(),
        }),
        ..ExplainPublicationRequest::default()
    };
    staff.agreements().explain_publication(asked).await.expect("an answer").into_inner()
}

/// KAL-05: acute beds are Stadsmissionen's, housing support the social services'.
///
/// Verified, as far as the rules go: each may publish its own capability, to the other, and is refused the other's; a
/// general term covers those below it; an agreement without such rules lets nobody publish.
#[tokio::test(flavor = "multi_thread")]
async fn kal_05_each_party_may_publish_what_it_is_responsible_for() {
    let region = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    let now = region.clock("kalmar").now();
    let (kind, subject) = (AgreementKind::Iop, SubjectArea::Homelessness);
    let terms = agreement_terms(&[KALMAR, STADSMISSIONEN], kind, subject, now);
    let mut matrix = terms.clone();
    matrix.rules.push(publishes("akutplatser", STADSMISSIONEN, &["EMERGENCY_ACCOMMODATION"]));
    matrix.rules.push(publishes("boendestod", KALMAR, &["SUPPORT"]));
    agree_all(&region, &["kalmar", "stadsmissionen"], matrix).await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let shelter = region.staff("stadsmissionen", "SHELTER_MANAGER", None);

    let said = may_publish(&shelter, "NIGHT_SHELTER").await;
    assert!(said.permitted);
    let one = &said.agreements[0];
    assert_eq!(
        (one.rule_id.as_str(), &one.recipients[..]),
        ("akutplatser", &[KALMAR.to_owned()][..])
    );
    assert!(may_publish(&kalmar, "SUPPORT_SERVICE").await.permitted);
    for (staff, other) in [(&shelter, "SUPPORT_SERVICE"), (&kalmar, "NIGHT_SHELTER")] {
        let said = may_publish(staff, other).await;
        assert!(!said.permitted, "{other}");
        assert_eq!(said.agreements[0].reason, Reason::PolicyDenied.as_str());
    }

    let plain = Region::start(&[Place::KALMAR, Place::STADSMISSIONEN]).await;
    agree_all(&plain, &["kalmar", "stadsmissionen"], terms).await;
    let shelter = plain.staff("stadsmissionen", "SHELTER_MANAGER", None);
    assert!(!may_publish(&shelter, "NIGHT_SHELTER").await.permitted, "nothing by default");
}

/// The signatory for its members; it sees no data.
const ASSOCIATION: Place = Place {
    name: "fastighetsagarna",
    organisation: "demo:fastighetsagarna",
    title: "Fastighetsägarna",
    kind: "association",
    units: &[],
    marks: &[],
};
/// The municipality's own company.
const COMPANY: Place = Place {
    name: "bostadsbolaget",
    organisation: "demo:bostadsbolaget",
    title: "Bostadsbolaget",
    kind: "municipal-landlord",
    units: &[],
    marks: &[],
};
/// A member that opts in.
const OWNER: Place = Place {
    name: "vard",
    organisation: "demo:privat-vard",
    title: "En privat värd",
    kind: "private-landlord",
    units: &[],
    marks: &[],
};

/// A framework that the association, the municipality and its company sign, with an owner outside.
async fn framework() -> (Region, Vec<u8>, AgreementTerms) {
    let region = Region::start(&[Place::KALMAR, ASSOCIATION, COMPANY, OWNER]).await;
    let now = region.clock("kalmar").now();
    let (kind, subject) = (AgreementKind::FrameworkOfAssociation, SubjectArea::Homelessness);
    let mut terms = agreement_terms(&[KALMAR, COMPANY.organisation], kind, subject, now);
    let role = PartyRole::Observer.into();
    terms.parties.push(Party { organisation: ASSOCIATION.organisation.to_owned(), role });
    terms.rules =
        vec![Rule { from: Vec::new(), ..publishes("lagenheter", "", &["HOUSING_SOLUTION"]) }];
    terms.open_to_accession = true;
    let id = agree_all(&region, &["kalmar", COMPANY.name, ASSOCIATION.name], terms).await;
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let wanted = ShowAgreementRequest { agreement_id: id.clone(), version: 1 };
    let held = manager.agreements().show_agreement(wanted).await.expect("held").into_inner();
    let first = held.agreement.and_then(|held| held.terms).expect("terms");
    (region, id, first)
}

/// ORE-10: an association signs a framework for its members, who opt in one by one.
///
/// Verified, as far as the rules go: before it opts in, an owner may post nothing under it and learns nothing of it; it
/// joins with its own signature and one participant's, and then may post flats and nothing else; the association, which
/// signed, may post nothing, and nobody gets a right to personal data by it.
#[tokio::test(flavor = "multi_thread")]
async fn ore_10_a_member_opts_in_to_a_framework_and_may_post_under_it() {
    let (region, id, first) = framework().await;
    let owner = region.staff(OWNER.name, "AGREEMENT_MANAGER", None);
    let said = may_publish(&owner, "HOUSING_SOLUTION").await;
    assert_eq!((said.permitted, said.agreements.len()), (false, 0), "it takes no part");

    let mut second = AgreementTerms { version: 2, ..first };
    let role = PartyRole::Participant.into();
    second.parties.push(Party { organisation: OWNER.organisation.to_owned(), role });
    let proposal = ProposeAgreementRequest {
        terms: Some(second),
        only_affected: true,
        ..ProposeAgreementRequest::default()
    };
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    manager.agreements().propose_agreement(proposal).await.expect("it is open");
    eventually("the owner opts in", || async {
        let agreement_id = id.clone();
        let wanted = SignAgreementRequest { agreement_id, version: 2, accept_findings: false };
        let signed = owner.agreements().sign_agreement(wanted).await.ok()?.into_inner();
        (signed.agreement?.state() == AgreementState::Active).then_some(())
    })
    .await;
    let said = may_publish(&owner, "HOUSING_SOLUTION").await;
    assert!(said.permitted, "{said:?}");
    assert_eq!(said.agreements[0].recipients, [KALMAR, COMPANY.organisation]);
    assert!(!may_publish(&owner, "SUPPORT_SERVICE").await.permitted, "flats only");
    let association = region.staff(ASSOCIATION.name, "AGREEMENT_MANAGER", None);
    assert!(!may_publish(&association, "HOUSING_SOLUTION").await.permitted);

    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let consent = consent_for(&[OWNER.organisation], 30, region.clock("kalmar").now());
    let consent = record(&kalmar, consent).await;
    let mut wish = referral_to(OWNER.organisation, consent);
    wish.agreement_id = id;
    let refused = request(&kalmar, wish).await.expect_err("no data");
    assert_eq!(reason_of(&refused), Reason::PolicyDenied);
}
