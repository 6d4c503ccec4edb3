//! `brygga agreement explain-publication`.

use brygga_domain::code::CodedTerm;
use brygga_domain::{Reason, UnitId};
use brygga_proto::agreement::v1::SubjectArea;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{
    ExplainPublicationRequest, ExplainPublicationResponse, ExplainedPublication,
};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Invocation, Language};
use crate::client::{LocalChannel, refused};
use crate::commands::referral::service;
use crate::content_file::term_to_proto;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::Answer;
use crate::text::Text;
use crate::text::reason::explain;
use crate::wire_code::parser;

/// Say under which agreements this organisation may publish beds, homes or support
#[derive(Args)]
#[command(after_help = "Example:\n  brygga agreement explain-publication --service NIGHT_SHELTER")]
pub(super) struct PublicationArgs {
    /// What would be published: a code of the list of services
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: CodedTerm,
    /// Subject under the agreement
    #[arg(long, default_value = "HOMELESSNESS", value_parser = parser::<SubjectArea>())]
    subject: SubjectArea,
    /// Function that would publish
    #[arg(long, value_name = "UNIT")]
    unit: Option<UnitId>,
    /// Agreement to look at; all when left out
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
}

impl PublicationArgs {
    pub(super) async fn run(
        &self,
        channel: LocalChannel,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let request = ExplainPublicationRequest {
            subject: self.subject.into(),
            service_type: Some(term_to_proto(&self.service)),
            unit: self.unit.as_ref().map_or_else(String::new, UnitId::to_string),
            agreement_id: self.agreement.map_or_else(Vec::new, Identifier::to_bytes),
        };
        let response = AgreementServiceClient::new(channel).explain_publication(request).await;
        let said = response.map_err(|status| refused(&status))?.into_inner();
        let lines = lines(&said, at.language);
        Ok(Answer::new(entry(&said)).lines(lines).failed_if(!said.permitted))
    }
}

fn lines(said: &ExplainPublicationResponse, language: Language) -> Vec<String> {
    if said.agreements.is_empty() {
        return vec![Text::None.of(language).to_owned()];
    }
    said.agreements.iter().map(|one| line(one, language)).collect()
}

fn line(one: &ExplainedPublication, language: Language) -> String {
    let head = format!("{}, version {} ({})", show(&one.agreement_id), one.version, one.title);
    let rule = if one.rule_id.is_empty() { String::new() } else { format!(" [{}]", one.rule_id) };
    match Reason::parse(&one.reason) {
        None if one.reason.is_empty() => {
            let permits = Text::PublicationPermitted.of(language);
            format!("{head}: {permits} {}{rule}", one.recipients.join(", "))
        }
        None => format!("{head}: {}{rule}", one.reason),
        Some(reason) => format!("{head}: {}{rule}", explain(reason, language).what),
    }
}

fn entry(said: &ExplainPublicationResponse) -> Value {
    let one = |one: &ExplainedPublication| {
        json!({
            "agreement_id": show(&one.agreement_id),
            "version": one.version,
            "title": one.title,
            "rule_id": one.rule_id,
            "reason": one.reason,
            "recipients": one.recipients,
        })
    };
    json!({
        "permitted": said.permitted,
        "agreements": said.agreements.iter().map(one).collect::<Vec<_>>(),
    })
}
