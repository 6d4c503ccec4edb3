//! What a municipality decides for its own company, by itself.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Quota, QuotaPeriod, Rule, SubjectArea,
};
use brygga_proto::local::v1::{
    Agreement, AgreementState, DeclareQuotaRequest, ListAgreementsRequest, ListQuotasRequest,
    ProposeAgreementRequest, TerminateAgreementRequest,
};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of};
use tonic::Status;

const UPPSALA: Place = Place {
    name: "uppsala",
    organisation: "kommun:0380",
    title: "Uppsala kommun",
    kind: "municipality",
    units: &[],
    marks: &[],
};
/// Uppsala's own company, as the operators attest.
const COMPANY: Place = Place {
    name: "bolaget",
    organisation: "demo:uppsala-bostad",
    title: "Kommunens bostadsbolag",
    kind: "municipal-landlord",
    units: &[],
    marks: &["owned-by=kommun:0380"],
};
/// Another municipality's company.
const FOREIGN: Place = Place {
    name: "grannbolaget",
    organisation: "demo:knivsta-bostad",
    title: "Grannkommunens bostadsbolag",
    kind: "municipal-landlord",
    units: &[],
    marks: &["owned-by=kommun:0330"],
};

fn directive(region: &Region, company: &Place, version: u32) -> AgreementTerms {
    let now = region.clock("uppsala").now();
    let (kind, subject) = (AgreementKind::OwnerDirective, SubjectArea::HousingSupply);
    let parties = [UPPSALA.organisation, company.organisation];
    let mut terms = agreement_terms(&parties, kind, subject, now);
    terms.version = version;
    terms.rules = vec![Rule {
        rule_id: "kvot".to_owned(),
        effect: Effect::Permit.into(),
        action: Action::CapacityPublish.into(),
        from: vec![company.organisation.to_owned()],
        service_types: vec!["HOUSING_SOLUTION".to_owned()],
        quota: Some(Quota { percent: 10, period: QuotaPeriod::Year.into(), ..Quota::default() }),
        ..Rule::default()
    }];
    terms
}

async fn propose(staff: &Staff, terms: AgreementTerms) -> Result<Agreement, Status> {
    let wanted = ProposeAgreementRequest { terms: Some(terms), ..Default::default() };
    let proposed = staff.agreements().propose_agreement(wanted).await?.into_inner();
    Ok(proposed.agreement.expect("an agreement"))
}

async fn held(staff: &Staff) -> Vec<Agreement> {
    let all = staff.agreements().list_agreements(ListAgreementsRequest {}).await.expect("listed");
    all.into_inner().agreements
}

async fn in_force(staff: &Staff, version: u32) -> Agreement {
    eventually("the directive is in force", || async {
        let mut all = held(staff).await.into_iter();
        all.find(|one| {
            one.state() == AgreementState::Active
                && one.terms.as_ref().is_some_and(|terms| terms.version == version)
        })
    })
    .await
}

/// UPP-02: a quota from an owner's directive works like one from an agreement, and is unilateral.
///
/// Verified: the municipality's signature alone brings it into force at both ends; the company tells that it has
/// provided 7 of the 10 that a tenth of 100 vacancies are, and both see it; the company can neither end it nor change it;
/// the municipality changes it alone; of a company that is another's it needs the company's signature.
#[tokio::test(flavor = "multi_thread")]
async fn upp_02_a_directive_of_the_owner_holds_without_the_companys_signature() {
    let region = Region::start(&[UPPSALA, COMPANY, FOREIGN]).await;
    let owner = region.staff("uppsala", "AGREEMENT_MANAGER", None);
    let company = region.staff("bolaget", "AGREEMENT_MANAGER", None);
    let given = propose(&owner, directive(&region, &COMPANY, 1)).await.expect("its own company");
    assert_eq!(given.state(), AgreementState::Active);
    let agreement_id = given.terms.expect("terms").agreement_id;
    let received = in_force(&company, 1).await;
    let signed_by: Vec<_> = received.signatures.iter().map(|one| &one.organisation[..]).collect();
    assert_eq!(signed_by, [UPPSALA.organisation]);

    for (base, provided) in [(Some(100), None), (None, Some(7))] {
        let (agreement_id, rule_id) = (agreement_id.clone(), "kvot".to_owned());
        let told = DeclareQuotaRequest { agreement_id, rule_id, base, provided };
        company.agreements().declare_quota(told).await.expect("its own quota");
    }
    eventually("the owner sees how much is fulfilled", || async {
        let wanted = ListQuotasRequest { agreement_id: agreement_id.clone() };
        let quotas = owner.agreements().list_quotas(wanted).await.ok()?.into_inner().quotas;
        let [one] = &quotas[..] else { panic!("one quota: {quotas:?}") };
        (one.giver == COMPANY.organisation && (one.limit, one.provided) == (10, 7)).then_some(())
    })
    .await;

    let end =
        TerminateAgreementRequest { agreement_id: agreement_id.clone(), ..Default::default() };
    let refused = company.agreements().terminate_agreement(end).await.expect_err("not its own");
    assert_eq!(reason_of(&refused), Reason::RoleDenied);
    let mut next = directive(&region, &COMPANY, 2);
    next.agreement_id = agreement_id;
    let refused = propose(&company, next.clone()).await.expect_err("not its own");
    assert_eq!(reason_of(&refused), Reason::InvalidField);
    propose(&owner, next).await.expect("its own");
    in_force(&company, 2).await;

    let asked = propose(&owner, directive(&region, &FOREIGN, 1)).await.expect("as any agreement");
    assert_eq!(asked.state(), AgreementState::Proposed);
}
