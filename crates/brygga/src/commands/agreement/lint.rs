//! `brygga agreement lint`.

use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{LintAgreementRequest, RuleFinding, RuleFlaw};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::TermsArgs;
use crate::cli::{Invocation, Language};
use crate::client::{LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::wire_code;

/// Look for rules that can never decide anything, before anybody signs
///
/// Of an agreement that is held, or of a file that is still to be proposed.
#[derive(Args)]
#[command(group(ArgGroup::new("source").args(["id", "file", "template"]).required(true)))]
#[command(after_help = "Example:\n  brygga agreement lint --file avtal.toml --with kommun:0881")]
pub(super) struct LintArgs {
    /// The agreement, where it is held already
    id: Option<Identifier>,
    /// Its version; the newest when left out
    #[arg(long, default_value_t = 0, hide_default_value = true, requires = "id")]
    version: u32,
    #[command(flatten)]
    terms: TermsArgs,
}

impl LintArgs {
    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let request = match self.id {
            Some(id) => LintAgreementRequest {
                terms: None,
                agreement_id: id.to_bytes(),
                version: self.version,
            },
            None => LintAgreementRequest {
                terms: Some(self.terms.read(at)?),
                ..LintAgreementRequest::default()
            },
        };
        let response = AgreementServiceClient::new(channel).lint_agreement(request).await;
        let findings = response.map_err(|status| refused(&status))?.into_inner().findings;
        let value = json!({"findings": findings.iter().map(entry).collect::<Vec<_>>()});
        if findings.is_empty() {
            return Ok(Answer::new(value).line(Text::AgreementLintClean.of(at.language)));
        }
        Ok(Answer::new(value)
            .lines(findings.iter().map(|one| line(one, at.language)))
            .failed_if(true))
    }
}

/// "2. remiss-1: ...", since people count from one.
fn line(finding: &RuleFinding, language: Language) -> String {
    let flaw = word::<RuleFlaw>(finding.flaw, language);
    let line = format!("{}. {}: {flaw}", finding.position + 1, finding.rule_id);
    if finding.other_rule_id.is_empty() {
        return line;
    }
    format!("{line} {}", finding.other_rule_id)
}

fn entry(finding: &RuleFinding) -> Value {
    json!({
        "position": finding.position,
        "rule_id": finding.rule_id,
        "flaw": wire_code::show::<RuleFlaw>(finding.flaw),
        "other_rule_id": finding.other_rule_id,
    })
}
