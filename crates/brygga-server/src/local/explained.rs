//! What the gate says of a referral, and what is wrong with rules, as they travel.

use brygga_app::ExplainedPublication;
use brygga_domain::Refusal;
use brygga_domain::agreement::AgreementTerms;
use brygga_policy::{Explained, Explanation, Finding, Flaw, NearMiss, Operand};
use brygga_proto::local::v1 as proto;
use brygga_wire::local::agreement_state_to_proto;

/// The gate's answer as it travels.
pub(super) fn explanation_to_proto(explanation: &Explanation) -> proto::ExplainReferralResponse {
    let permit = explanation.decision.as_ref().ok();
    let refusal = explanation.decision.as_ref().err();
    let agreements = explanation.agreements.iter();
    proto::ExplainReferralResponse {
        permitted: permit.is_some(),
        agreement_id: permit
            .map(|permit| permit.agreement_id().as_bytes().to_vec())
            .unwrap_or_default(),
        agreement_version: permit.map_or(0, |permit| permit.version()),
        rule_id: permit.map(|permit| permit.rule_id().to_owned()).unwrap_or_default(),
        reason: refusal.map(|refusal| refusal.reason.as_str().to_owned()).unwrap_or_default(),
        agreements: agreements.map(agreement).collect(),
    }
}

fn agreement(explained: &Explained) -> proto::ExplainedAgreement {
    let terms = explained.agreement.terms();
    let obstacle = |refusal: &Refusal| proto::Obstacle {
        reason: refusal.reason.as_str().to_owned(),
        field: refusal.field.to_owned(),
        rule_id: refusal.rule_id.clone(),
    };
    let near_miss = |miss: &NearMiss| proto::NearMiss {
        rule_id: miss.rule_id.clone(),
        operands: miss.operands.iter().map(|operand| operand_to_proto(*operand).into()).collect(),
    };
    proto::ExplainedAgreement {
        agreement_id: terms.agreement_id.as_bytes().to_vec(),
        version: terms.version,
        title: terms.title.clone(),
        state: agreement_state_to_proto(&explained.state).into(),
        obstacles: explained.obstacles.iter().map(obstacle).collect(),
        near_misses: explained.near_misses.iter().map(near_miss).collect(),
    }
}

const fn operand_to_proto(operand: Operand) -> proto::PolicyOperand {
    match operand {
        Operand::Sender => proto::PolicyOperand::Sender,
        Operand::Recipient => proto::PolicyOperand::Recipient,
        Operand::Subject => proto::PolicyOperand::Subject,
        Operand::ServiceType => proto::PolicyOperand::ServiceType,
        Operand::DisclosureGround => proto::PolicyOperand::DisclosureGround,
        Operand::DataCategory => proto::PolicyOperand::DataCategory,
        Operand::Population => proto::PolicyOperand::Population,
        Operand::SenderUnit => proto::PolicyOperand::SenderUnit,
        Operand::RecipientUnit => proto::PolicyOperand::RecipientUnit,
        Operand::Time => proto::PolicyOperand::Time,
    }
}

/// What the agreements say of a publication, as it travels.
pub(super) fn publications_to_proto(
    said: &[ExplainedPublication],
) -> proto::ExplainPublicationResponse {
    let one = |(agreement, said): &ExplainedPublication| {
        let (permitted, refusal) = (said.as_ref().ok(), said.as_ref().err());
        let terms = agreement.terms();
        proto::ExplainedPublication {
            agreement_id: terms.agreement_id.as_bytes().to_vec(),
            version: terms.version,
            title: terms.title.clone(),
            rule_id: permitted
                .map(|publication| publication.rule_id.clone())
                .or_else(|| refusal.map(|refusal| refusal.rule_id.clone()))
                .unwrap_or_default(),
            reason: refusal.map(|refusal| refusal.reason.as_str().to_owned()).unwrap_or_default(),
            recipients: permitted
                .map(|one| one.recipients.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
        }
    };
    let permitted = said.iter().any(|(_, said)| said.is_ok());
    proto::ExplainPublicationResponse { permitted, agreements: said.iter().map(one).collect() }
}

/// What was found in rules, as it travels.
pub(super) fn lint_to_proto(
    findings: &[Finding],
    terms: &AgreementTerms,
) -> proto::LintAgreementResponse {
    let finding = |finding: &Finding| proto::RuleFinding {
        // Terms have 64 rules at most.
        position: u32::try_from(finding.rule).unwrap_or(u32::MAX),
        rule_id: finding.rule_id.clone(),
        flaw: flaw_to_proto(finding.flaw).into(),
        other_rule_id: finding
            .flaw
            .by()
            .and_then(|place| terms.rules.get(place))
            .map(|rule| rule.rule_id.clone())
            .unwrap_or_default(),
    };
    proto::LintAgreementResponse { findings: findings.iter().map(finding).collect() }
}

const fn flaw_to_proto(flaw: Flaw) -> proto::RuleFlaw {
    match flaw {
        Flaw::Nobody => proto::RuleFlaw::Nobody,
        Flaw::NoLawfulGround => proto::RuleFlaw::NoLawfulGround,
        Flaw::Contradicted { .. } => proto::RuleFlaw::Contradicted,
        Flaw::Shadowed { .. } => proto::RuleFlaw::Shadowed,
        Flaw::Unreachable => proto::RuleFlaw::Unreachable,
        Flaw::ZeroQuota => proto::RuleFlaw::ZeroQuota,
    }
}
