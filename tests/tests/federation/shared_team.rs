//! Neighbours that share what each is too small for.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, AgreementTerms, Rule, SubjectArea};
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::local::v1::{Referral, RequestReferralRequest};
use brygga_proto::referral::v1::{
    Accepted, Completed, OutcomeResult, ReferralStatus, Started, TakenOn,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, consent_for, reason_of, referral_to};
use tonic::Status;

use crate::setting::{act, agree_all, delivered, has_status, listed, record, request};

const TEAM: &str = "bostad-forst-teamet";
const SODERHAMN: Place = Place {
    name: "soderhamn",
    organisation: "kommun:2182",
    title: "Söderhamns kommun",
    kind: "municipality",
    units: &[TEAM],
    marks: &[],
};
const LJUSDAL: Place = Place {
    name: "ljusdal",
    organisation: "kommun:2161",
    title: "Ljusdals kommun",
    kind: "municipality",
    units: &[],
    marks: &[],
};
/// Invented, as the landlord that a Bostad först partnership needs.
const LANDLORD: Place = Place {
    name: "bostadsbolaget",
    organisation: "demo:bostadsbolaget",
    title: "Bostadsbolaget",
    kind: "municipal-landlord",
    units: &[],
    marks: &[],
};

/// Both municipalities and the landlord; support is asked for at Söderhamn, where the team is.
fn partnership(region: &Region) -> AgreementTerms {
    let parties = [SODERHAMN, LJUSDAL, LANDLORD].map(|place| place.organisation);
    let kind = AgreementKind::HousingFirstPartnership;
    let now = region.clock("soderhamn").now();
    let terms = agreement_terms(&parties, kind, SubjectArea::Homelessness, now);
    let support = Rule {
        rule_id: "gemensamt-team".to_owned(),
        from: vec![LJUSDAL.organisation.to_owned()],
        to: vec![SODERHAMN.organisation.to_owned()],
        service_types: vec!["SUPPORT".to_owned()],
        ..terms.rules[0].clone()
    };
    AgreementTerms { rules: vec![support], ..terms }
}

/// Housing support for a tenant, on the tenant's consent.
async fn support(
    region: &Region,
    from: Place,
    to: Place,
    unit: &str,
) -> Result<(Staff, Referral), Status> {
    let staff = region.staff(from.name, "CASE_WORKER", None);
    let now = region.clock(from.name).now();
    let consent = record(&staff, consent_for(&[to.organisation], 30, now)).await;
    let mut wish = RequestReferralRequest {
        target_unit: unit.to_owned(),
        ..referral_to(to.organisation, consent)
    };
    wish.service_type.as_mut().expect("a service").code = "HOUSING_SUPPORT".to_owned();
    let sent = request(&staff, wish).await?;
    Ok((staff, sent))
}

/// BFK-02: Söderhamn and Ljusdal share one Bostad först agreement and its support team.
///
/// Ljusdal ──tenant in need of support──▶ Söderhamn / bostad-forst-teamet. Verified: it is permitted by the shared
/// agreement; the team takes it on and gives the support, and Ljusdal sees so; the landlord, who is a party,
/// gets nothing about the tenant; and a neighbour who is no party cannot use the team.
#[tokio::test(flavor = "multi_thread")]
async fn bfk_02_a_tenant_in_ljusdal_is_supported_by_the_team_of_soderhamn() {
    let region = Region::start(&[SODERHAMN, LJUSDAL, LANDLORD, Place::NYBRO]).await;
    let names = [SODERHAMN, LJUSDAL, LANDLORD].map(|place| place.name);
    let held = agree_all(&region, &names, partnership(&region)).await;
    let (ljusdal, sent) = support(&region, LJUSDAL, SODERHAMN, TEAM).await.expect("permitted");
    assert_eq!((&sent.agreement_id, sent.rule_id.as_str()), (&held, "gemensamt-team"));
    let id = sent.referral_id;
    delivered(&ljusdal, &id).await;

    let team = region.staff("soderhamn", "CASE_WORKER", Some(TEAM));
    let arrived = listed(&team).await.pop().expect("the team sees it");
    assert_eq!(
        (arrived.source.as_str(), arrived.target_unit.as_str()),
        (LJUSDAL.organisation, TEAM)
    );
    let act_by = arrived.request.and_then(|asked| asked.respond_by);
    let given = Completed { result: OutcomeResult::SupportGiven.into(), place_type: None };
    for action in [
        Action::TakeOn(TakenOn { unit: TEAM.to_owned(), act_by }),
        Action::Accept(Accepted {}),
        Action::Start(Started {}),
        Action::Complete(given),
    ] {
        act(&team, &id, action).await.expect("the team works for Ljusdal too");
    }
    let done = has_status(&ljusdal, &id, ReferralStatus::Completed).await;
    assert_eq!(done.taken_on_by, TEAM);

    let refused = support(&region, LJUSDAL, LANDLORD, "").await.map(drop).expect_err("a landlord");
    assert_eq!(reason_of(&refused), Reason::PolicyDenied);
    let landlord = region.staff("bostadsbolaget", "CASE_WORKER", None);
    assert!(listed(&landlord).await.is_empty(), "whatever role its own provider gives");
    let outside = support(&region, Place::NYBRO, SODERHAMN, TEAM).await.map(drop);
    assert_eq!(reason_of(&outside.expect_err("no party")), Reason::NotFound);
    assert_eq!(listed(&team).await.len(), 1);
}
