//! The rules explain themselves: what the gate would say, and which rules can never say anything.

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{
    Action, AgreementKind, AgreementTerms, Effect, Rule, SubjectArea,
};
use brygga_proto::local::v1::{
    ExplainReferralRequest, ExplainReferralResponse, LintAgreementRequest, PolicyOperand,
    ProposeAgreementRequest, RuleFlaw, SignAgreementRequest, TerminateAgreementRequest,
    WithdrawConsentRequest,
};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use brygga_testkit::{Place, Region, Staff, agreement_terms, eventually, reason_of, referral_to};

use crate::setting::{Neighbours, listed, request};

const NYBRO: &str = "kommun:0881";

/// Identity and housing need to Nybro on the person's consent.
fn question(consent_id: Vec<u8>) -> ExplainReferralRequest {
    let wish = referral_to(NYBRO, Vec::new());
    ExplainReferralRequest {
        recipient: NYBRO.to_owned(),
        subject: wish.subject,
        service_type: wish.service_type,
        data_categories: vec![DataCategory::Identity.into(), DataCategory::HousingNeed.into()],
        disclosure_ground: DisclosureGround::Consent122.into(),
        gdpr_basis: GdprBasis::PublicTask61E.into(),
        consent_id,
        ..ExplainReferralRequest::default()
    }
}

async fn explained(staff: &Staff, asked: ExplainReferralRequest) -> ExplainReferralResponse {
    staff.agreements().explain_referral(asked).await.expect("an answer").into_inner()
}

/// The reasons that stand in the way under the only agreement.
fn obstacles(said: &ExplainReferralResponse) -> Vec<&str> {
    assert_eq!(said.agreements.len(), 1);
    said.agreements[0].obstacles.iter().map(|one| one.reason.as_str()).collect()
}

/// Verified: the answer is the gate's own, before and after the consent is withdrawn and after the agreement's
/// end; all that stands in the way is named at once; and nothing was sent by asking.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_sent_is_explained_by_the_gate_itself() {
    let neighbours = Neighbours::agreed().await;
    let (kalmar, nybro) = (&neighbours.kalmar, &neighbours.nybro);
    let consent = neighbours.consent(30).await;
    let said = explained(kalmar, question(consent.clone())).await;
    assert!(said.permitted && said.rule_id == "remiss-1" && said.reason.is_empty());
    assert!(obstacles(&said).is_empty());

    let withdraw = WithdrawConsentRequest { consent_id: consent.clone() };
    kalmar.consents().withdraw_consent(withdraw).await.expect("never refused");
    let said = explained(kalmar, question(consent.clone())).await;
    assert!(!said.permitted);
    assert_eq!(obstacles(&said), ["SEND_CONSENT_WITHDRAWN"]);
    let refused = request(kalmar, referral_to(NYBRO, consent.clone())).await.expect_err("as said");
    assert_eq!(reason_of(&refused).as_str(), said.reason);

    let manager = neighbours.region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let agreement_id = said.agreements[0].agreement_id.clone();
    let end = TerminateAgreementRequest { agreement_id, ..TerminateAgreementRequest::default() };
    manager.agreements().terminate_agreement(end).await.expect("ended");
    let other = SubjectArea::BudgetAdvice.into();
    let said = explained(kalmar, ExplainReferralRequest { subject: other, ..question(consent) });
    let expected = ["SEND_AGREEMENT_TERMINATED", "SEND_AGREEMENT_SCOPE", "SEND_CONSENT_WITHDRAWN"];
    assert_eq!(obstacles(&said.await), expected, "agreement and consent, both named");
    assert!(listed(nybro).await.is_empty(), "to ask is not to send");
}

/// Verified: who writes the rules asks with a consent taken for granted, learns which operand of the rule
/// stands in the way, and can name no consent.
#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_manager_learns_which_operand_misses_and_sees_no_consent() {
    let neighbours = Neighbours::agreed().await;
    let manager = neighbours.region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let assumed = |asked| ExplainReferralRequest { assume_consent: true, ..asked };
    assert!(explained(&manager, assumed(question(Vec::new()))).await.permitted);

    let consent = neighbours.consent(30).await;
    let refused = manager.agreements().explain_referral(question(consent.clone())).await;
    assert_eq!(reason_of(&refused.expect_err("hidden")), Reason::NotFound);
    let both = manager.agreements().explain_referral(assumed(question(consent))).await;
    assert_eq!(reason_of(&both.expect_err("one or the other")), Reason::InvalidField);

    let stranger =
        ExplainReferralRequest { recipient: "kommun:0834".to_owned(), ..question(Vec::new()) };
    let refused = manager.agreements().explain_referral(stranger).await;
    assert_eq!(reason_of(&refused.expect_err("no member")), Reason::NotFound);
}

fn rule(rule_id: &str, effect: Effect) -> Rule {
    Rule {
        rule_id: rule_id.to_owned(),
        effect: effect.into(),
        action: Action::ReferralSend.into(),
        ..Rule::default()
    }
}

/// A rule for identity only, one that says the same again, and one that a prohibition takes back.
fn flawed(region: &Region) -> AgreementTerms {
    let parties = [Place::KALMAR.organisation, Place::NYBRO.organisation];
    let (kind, subject) = (AgreementKind::RegionalCooperation, SubjectArea::Homelessness);
    let identity = vec![DataCategory::Identity.into()];
    let support = vec!["SUPPORT".to_owned()];
    AgreementTerms {
        rules: vec![
            Rule { data_categories: identity.clone(), ..rule("remiss-1", Effect::Permit) },
            Rule {
                data_categories: identity,
                to: vec![NYBRO.to_owned()],
                ..rule("remiss-2", Effect::Permit)
            },
            Rule { service_types: support.clone(), ..rule("stod-1", Effect::Permit) },
            Rule { service_types: support, ..rule("inget-stod", Effect::Prohibit) },
        ],
        ..agreement_terms(&parties, kind, subject, region.clock("kalmar").now())
    }
}

/// Verified: dead rules are named with their places before anybody signs, proposer and signer are refused
/// until they say that the rules are meant, and then the agreement comes into force.
#[tokio::test(flavor = "multi_thread")]
async fn rules_that_can_never_decide_are_named_before_anybody_signs() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let manager = region.staff("kalmar", "AGREEMENT_MANAGER", None);
    let terms = flawed(&region);
    let asked = LintAgreementRequest { terms: Some(terms.clone()), ..Default::default() };
    let found = manager.agreements().lint_agreement(asked).await.expect("an answer").into_inner();
    let found: Vec<_> = found
        .findings
        .iter()
        .map(|one| (one.position, one.rule_id.as_str(), one.flaw(), one.other_rule_id.as_str()))
        .collect();
    let expected = [
        (1, "remiss-2", RuleFlaw::Shadowed, "remiss-1"),
        (2, "stod-1", RuleFlaw::Contradicted, "inget-stod"),
    ];
    assert_eq!(found, expected);

    let propose = |accept_findings| ProposeAgreementRequest {
        terms: Some(terms.clone()),
        accept_findings,
        ..Default::default()
    };
    let refused = manager.agreements().propose_agreement(propose(false)).await;
    assert_eq!(reason_of(&refused.expect_err("not accepted")), Reason::PolicyFindings);
    let proposed = manager.agreements().propose_agreement(propose(true)).await.expect("meant");
    let agreement = proposed.into_inner().agreement.expect("an agreement");
    let agreement_id = agreement.terms.expect("terms").agreement_id;

    let nybro = region.staff("nybro", "AGREEMENT_MANAGER", None);
    let sign = |accept_findings| SignAgreementRequest {
        agreement_id: agreement_id.clone(),
        version: 1,
        accept_findings,
    };
    eventually("Nybro refuses to sign what may be a mistake", || async {
        let refused = nybro.agreements().sign_agreement(sign(false)).await.err()?;
        (reason_of(&refused) == Reason::PolicyFindings).then_some(())
    })
    .await;
    nybro.agreements().sign_agreement(sign(true)).await.expect("meant");

    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let asked = ExplainReferralRequest { assume_consent: true, ..question(Vec::new()) };
    let said = eventually("the agreement is in force", || async {
        let said = explained(&kalmar, asked.clone()).await;
        (said.reason == "SEND_POLICY_DENIED").then_some(said)
    })
    .await;
    let near = &said.agreements[0].near_misses;
    let operands: Vec<_> = near.iter().map(|miss| miss.operands().collect::<Vec<_>>()).collect();
    let data = PolicyOperand::DataCategory;
    assert_eq!(operands, [vec![data], vec![data], vec![PolicyOperand::ServiceType]]);
}

/// From the program, in Swedish: a permitted question, the agreement that carries it, and its lint.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_explains_and_lints_an_agreement_that_is_held() {
    let neighbours = Neighbours::agreed().await;
    let run = |words: &[&str]| {
        let words = [words, &["--language", "sv"]].concat();
        tokio::task::block_in_place(|| neighbours.region.run("kalmar", &words))
    };
    let asked = ["agreement", "explain", "--to", NYBRO, "--service", "LONG_TERM_HELP"];
    let asked = [&asked[..], &["--category", "IDENTITY", "--ground", "CONSENT_12_2"]].concat();
    let said = run(&asked);
    assert!(said.contains("Får skickas enligt avtal") && said.contains("remiss-1"), "{said}");
    let found = explained(&neighbours.kalmar, question(neighbours.consent(30).await)).await;
    let id = hex::encode(&found.agreement_id);
    assert!(run(&["agreement", "lint", &id]).contains("Inga anmärkningar"));
}
