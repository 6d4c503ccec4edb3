//! `brygga agreement`: the agreements that permit every exchange.

mod shown;

use std::path::PathBuf;

use brygga_domain::{OrgId, Timestamp};
use brygga_identity::roles::Role;
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{
    Agreement, ListAgreementsRequest, ProposeAgreementRequest, ShowAgreementRequest,
    SignAgreementRequest, TerminateAgreementRequest,
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::agreement_file::{self, Additions, Template};
use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::text::Text;
use crate::when;

/// Propose, sign, show and terminate agreements (avtal)
#[derive(Args)]
pub(crate) struct AgreementArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Propose(ProposeArgs),
    /// Sign a proposed agreement for this organisation
    #[command(after_help = "Example:\n  brygga agreement sign AGREEMENT-ID")]
    Sign(OneArgs),
    /// Terminate an agreement for all parties
    #[command(after_help = "Example:\n  brygga agreement terminate AGREEMENT-ID --from 2026-12-31")]
    Terminate {
        #[command(flatten)]
        one: OneArgs,
        /// From when: a date or an instant; now when left out
        #[arg(long, value_name = "WHEN", value_parser = when::parse)]
        from: Option<Timestamp>,
    },
    /// Show an agreement with its rules and signatures
    #[command(after_help = "Example:\n  brygga agreement show AGREEMENT-ID")]
    Show(OneArgs),
    /// List all agreements, newest first
    #[command(after_help = "Example:\n  brygga agreement list")]
    List,
    /// Print a ready agreement as a file to change and propose
    #[command(after_help = "Example:\n  brygga agreement template iop > avtal.toml")]
    Template {
        /// The template
        #[arg(value_enum)]
        template: Template,
    },
}

/// Propose an agreement: sign it for this organisation and ask the others to sign
///
/// The terms come from a file or from a ready template; `brygga agreement template` prints a file
/// that explains every key. This organisation and those named by --with are participants.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga agreement propose --template regional-cooperation \\\n      \
    --with kommun:0881"
)]
struct ProposeArgs {
    /// Terms in TOML; - for standard input
    #[arg(long, value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// A ready agreement
    #[arg(long, value_enum, conflicts_with = "file")]
    template: Option<Template>,
    /// Another participant; may be repeated
    #[arg(long = "with", value_name = "ORG")]
    participants: Vec<OrgId>,
    /// Title instead of the file's
    #[arg(long)]
    title: Option<String>,
    /// End instead of the file's: a date or an instant
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    valid_until: Option<Timestamp>,
}

/// One agreement.
#[derive(Args)]
struct OneArgs {
    /// The agreement
    id: Identifier,
    /// Its version; the newest when left out
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    version: u32,
}

impl AgreementArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        if let Action::Template { template } = &self.action {
            let text = template.text().trim_end();
            return Ok(Answer::new(json!({"template": text})).line(text));
        }
        let channel = self.client.connect(at, Role::AgreementManager).await?;
        let mut service = AgreementServiceClient::new(channel);
        let failed = |status| refused(&status);
        let (agreement, said) = match &self.action {
            Action::Propose(args) => {
                (args.run(&mut service, at).await?, Some(Text::AgreementProposed))
            }
            Action::Sign(one) => {
                let request =
                    SignAgreementRequest { agreement_id: one.id.to_bytes(), version: one.version };
                let response = service.sign_agreement(request).await.map_err(failed)?;
                (response.into_inner().agreement, Some(Text::AgreementSigned))
            }
            Action::Terminate { one, from } => {
                let request = TerminateAgreementRequest {
                    agreement_id: one.id.to_bytes(),
                    version: one.version,
                    effective_at: from.map(when::to_proto),
                };
                let response = service.terminate_agreement(request).await.map_err(failed)?;
                (response.into_inner().agreement, Some(Text::AgreementTerminated))
            }
            Action::Show(one) => {
                let request =
                    ShowAgreementRequest { agreement_id: one.id.to_bytes(), version: one.version };
                let response = service.show_agreement(request).await.map_err(failed)?;
                (response.into_inner().agreement, None)
            }
            Action::List | Action::Template { .. } => {
                let response = service.list_agreements(ListAgreementsRequest {}).await;
                let agreements = response.map_err(failed)?.into_inner().agreements;
                return Ok(shown::list(&agreements, at.language));
            }
        };
        Ok(shown::one(&agreement.unwrap_or_default(), at.language, said))
    }
}

impl ProposeArgs {
    async fn run(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
        at: &Invocation,
    ) -> Result<Option<Agreement>, Failure> {
        let text = match (&self.file, self.template) {
            (Some(path), _) => read_text(path)?,
            (None, template) => template.map_or("", Template::text).to_owned(),
        };
        let own = at.node.settings()?.node.organisation;
        let additions = Additions {
            participants: std::iter::once(own).chain(self.participants.iter().cloned()).collect(),
            title: self.title.clone(),
            valid_until: self.valid_until,
        };
        let terms = agreement_file::read(&text, &additions, at.now)?;
        let response = service.propose_agreement(ProposeAgreementRequest { terms: Some(terms) });
        let response = response.await.map_err(|status| refused(&status))?;
        Ok(response.into_inner().agreement)
    }
}
