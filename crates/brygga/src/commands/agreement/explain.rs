//! `brygga agreement explain`.

use brygga_domain::code::CodedTerm;
use brygga_domain::{Reason, UnitId};
use brygga_identity::roles::Role;
use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{
    AgreementState, ExplainReferralRequest, ExplainReferralResponse, ExplainedAgreement, NearMiss,
    Obstacle, PolicyOperand,
};
use brygga_proto::types::v1::{DataCategory, DisclosureGround, GdprBasis};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{LocalChannel, refused};
use crate::commands::affirmation::AffirmationArgs;
use crate::commands::consent::Recipient;
use crate::commands::referral::service;
use crate::content_file::term_to_proto;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::reason::explain;
use crate::text::vocabulary::word;
use crate::wire_code::{self, parser};

/// Say whether a referral may be sent to somebody now, and if not what would have to change
///
/// The node asks the very gate that decides about a referral; nothing is sent. Without a consent
/// it is taken for granted that one covers it.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga agreement explain --to kommun:0881/mobila-teamet \\\n      \
    --service LONG_TERM_HELP --category IDENTITY --ground CONSENT_12_2"
)]
pub(super) struct ExplainArgs {
    /// Whom to ask; without a unit its intake
    #[arg(long, value_name = "ORG[/UNIT]")]
    to: Recipient,
    /// What is asked for: a code of the list of services
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: CodedTerm,
    /// Kind of data that would be sent; may be repeated
    #[arg(long = "category", value_name = "CATEGORY", required = true)]
    #[arg(value_parser = parser::<DataCategory>())]
    categories: Vec<DataCategory>,
    /// Secrecy rule that is lifted or broken
    #[arg(long, value_parser = parser::<DisclosureGround>())]
    ground: Option<DisclosureGround>,
    /// GDPR basis of the sender
    #[arg(long, default_value = "PUBLIC_TASK_6_1_E", value_parser = parser::<GdprBasis>())]
    gdpr_basis: GdprBasis,
    /// Subject under the agreement
    #[arg(long, default_value = "HOMELESSNESS", value_parser = parser::<SubjectArea>())]
    subject: SubjectArea,
    /// It is about somebody under 18
    #[arg(long)]
    child: bool,
    /// Consent that it would rest on; for case workers
    #[arg(long, value_name = "CONSENT-ID")]
    consent: Option<Identifier>,
    /// Agreement to look at; all when left out
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// Function of this organisation that would ask
    #[arg(long, value_name = "UNIT")]
    from_unit: Option<UnitId>,
    #[command(flatten)]
    affirmations: AffirmationArgs,
}

impl ExplainArgs {
    /// Who asks: a consent is for case workers only.
    pub(super) const fn role(&self) -> Role {
        if self.consent.is_some() { Role::CaseWorker } else { Role::AgreementManager }
    }

    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let id = |id: Option<Identifier>| id.map_or_else(Vec::new, Identifier::to_bytes);
        let request = ExplainReferralRequest {
            recipient: self.to.organisation.to_string(),
            recipient_unit: self.to.unit_text(),
            agreement_id: id(self.agreement),
            subject: self.subject.into(),
            service_type: Some(term_to_proto(&self.service)),
            data_categories: self.categories.iter().map(|kind| (*kind).into()).collect(),
            disclosure_ground: self.ground.map_or(0, Into::into),
            gdpr_basis: self.gdpr_basis.into(),
            about_child: self.child,
            consent_id: id(self.consent),
            assume_consent: self.consent.is_none(),
            affirmations: self.affirmations.to_proto(),
            source_unit: self.from_unit.as_ref().map_or_else(String::new, UnitId::to_string),
        };
        let response = AgreementServiceClient::new(channel).explain_referral(request).await;
        let said = response.map_err(|status| refused(&status))?.into_inner();
        let answer = Answer::new(entry(&said)).lines(lines(&said, at.language));
        Ok(answer.failed_if(!said.permitted))
    }
}

fn lines(said: &ExplainReferralResponse, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if said.permitted {
        let permitted = Text::ExplainPermitted.of(language);
        let id = show(&said.agreement_id);
        lines.push(format!(
            "{permitted} {id}, version {}: {}",
            said.agreement_version, said.rule_id
        ));
    } else {
        lines.push(format!(
            "{} {}",
            Text::ExplainRefused.of(language),
            in_words(&said.reason, language)
        ));
    }
    if said.agreements.is_empty() {
        lines.push(Text::ExplainNoAgreement.of(language).to_owned());
    }
    for agreement in &said.agreements {
        let state = word::<AgreementState>(agreement.state, language);
        let id = show(&agreement.agreement_id);
        lines.push(format!("{id}  {} ({state})", agreement.title));
        let obstacles = agreement.obstacles.iter();
        lines
            .extend(obstacles.map(|obstacle| format!("  - {}", obstacle_line(obstacle, language))));
        lines.extend(agreement.near_misses.iter().map(|miss| near_line(miss, language)));
    }
    lines
}

/// What is wrong, and what would have to change.
fn in_words(reason: &str, language: Language) -> String {
    Reason::parse(reason).map_or_else(
        || reason.to_owned(),
        |known| {
            let words = explain(known, language);
            format!("{} {} ({reason})", words.what, words.fix).replace("  ", " ")
        },
    )
}

fn obstacle_line(obstacle: &Obstacle, language: Language) -> String {
    let words = in_words(&obstacle.reason, language);
    match (obstacle.rule_id.as_str(), obstacle.field.as_str()) {
        ("", "") => words,
        ("", field) => format!("{words} [{field}]"),
        (rule, _) => format!("{words} [{rule}]"),
    }
}

fn near_line(miss: &NearMiss, language: Language) -> String {
    let operands: Vec<_> =
        miss.operands.iter().map(|operand| word::<PolicyOperand>(*operand, language)).collect();
    let outside = Text::ExplainOutside.of(language);
    format!("    {} {outside} {}", miss.rule_id, operands.join(", "))
}

fn entry(said: &ExplainReferralResponse) -> Value {
    json!({
        "permitted": said.permitted,
        "agreement_id": show(&said.agreement_id),
        "agreement_version": said.agreement_version,
        "rule_id": said.rule_id,
        "reason": said.reason,
        "agreements": said.agreements.iter().map(agreement).collect::<Vec<_>>(),
    })
}

fn agreement(one: &ExplainedAgreement) -> Value {
    let obstacle = |found: &Obstacle| json!({"reason": found.reason, "field": found.field, "rule_id": found.rule_id});
    let near = |miss: &NearMiss| {
        let operands = miss.operands.iter();
        let operands: Vec<_> =
            operands.map(|operand| wire_code::show::<PolicyOperand>(*operand)).collect();
        json!({"rule_id": miss.rule_id, "operands": operands})
    };
    json!({
        "agreement_id": show(&one.agreement_id),
        "version": one.version,
        "title": one.title,
        "state": wire_code::show::<AgreementState>(one.state),
        "obstacles": one.obstacles.iter().map(obstacle).collect::<Vec<_>>(),
        "near_misses": one.near_misses.iter().map(near).collect::<Vec<_>>(),
    })
}
