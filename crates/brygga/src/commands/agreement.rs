//! `brygga agreement`: the agreements that permit every exchange.

mod amend;
mod condition;
mod explain;
mod group;
mod hold;
mod lint;
mod network;
mod publication;
mod quota;
mod shown;
mod signal;

use std::path::PathBuf;

use brygga_domain::{OrgId, Timestamp};
use brygga_identity::roles::Role;
use brygga_proto::agreement::v1::{AgreementTerms, SuspensionReason};
use brygga_proto::local::v1::agreement_service_client::AgreementServiceClient;
use brygga_proto::local::v1::{
    Agreement, ListAgreementsRequest, ProposeAgreementRequest, ResumeAgreementRequest,
    ShowAgreementRequest, SignAgreementRequest, SuspendAgreementRequest, TerminateAgreementRequest,
};
use clap::{ArgGroup, Args, Subcommand};
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
use crate::wire_code::parser;

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
    Sign {
        #[command(flatten)]
        one: OneArgs,
        /// Rules that can never decide anything are meant
        #[arg(long)]
        accept_findings: bool,
    },
    Admit(amend::AdmitArgs),
    Leave(amend::LeaveArgs),
    Explain(explain::ExplainArgs),
    ExplainPublication(publication::PublicationArgs),
    Lint(lint::LintArgs),
    Quota(quota::QuotaArgs),
    /// Terminate an agreement for all parties
    #[command(after_help = "Example:\n  brygga agreement terminate AGREEMENT-ID --from 2026-12-31")]
    Terminate {
        #[command(flatten)]
        one: OneArgs,
        /// From when: a date or an instant; now when left out
        #[arg(long, value_name = "WHEN", value_parser = when::parse)]
        from: Option<Timestamp>,
    },
    /// Let nothing new begin under an agreement for now
    ///
    /// What waits to be sent under it is taken back; what has begun is finished. `brygga agreement resume` ends it.
    #[command(after_help = "Example:\n  brygga agreement suspend AGREEMENT-ID --reason INCIDENT")]
    Suspend {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<SuspensionReason>())]
        reason: SuspensionReason,
    },
    /// Take this organisation's suspension of an agreement back
    #[command(after_help = "Example:\n  brygga agreement resume AGREEMENT-ID")]
    Resume(OneArgs),
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
    group(ArgGroup::new("source").args(["file", "template"]).required(true)),
    after_help = "Example:\n  brygga agreement propose --template regional-cooperation \\\n      \
    --with kommun:0881"
)]
struct ProposeArgs {
    #[command(flatten)]
    terms: TermsArgs,
    /// Agreement that the terms are the next version of; only those sign for whom something changes
    #[arg(long, value_name = "AGREEMENT-ID")]
    amends: Option<Identifier>,
    /// Agreement whose newest version waits for your signature and that the terms stand against; you decline it
    #[arg(long, value_name = "AGREEMENT-ID", conflicts_with = "amends")]
    counters: Option<Identifier>,
    /// Rules that can never decide anything are meant
    #[arg(long)]
    accept_findings: bool,
}

/// Terms from a file or a ready template.
#[derive(Args)]
struct TermsArgs {
    /// Terms in TOML; - for standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A ready agreement
    #[arg(long, value_enum)]
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

impl TermsArgs {
    fn read(&self, at: &Invocation) -> Result<AgreementTerms, Failure> {
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
        agreement_file::read(&text, &additions, at.now)
    }
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

impl OneArgs {
    async fn sign(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
        accept_findings: bool,
    ) -> Result<Option<Agreement>, Failure> {
        let request = SignAgreementRequest {
            agreement_id: self.id.to_bytes(),
            version: self.version,
            accept_findings,
        };
        let response = service.sign_agreement(request).await;
        Ok(response.map_err(|status| refused(&status))?.into_inner().agreement)
    }

    async fn show(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
    ) -> Result<Option<Agreement>, Failure> {
        let request =
            ShowAgreementRequest { agreement_id: self.id.to_bytes(), version: self.version };
        let response = service.show_agreement(request).await;
        Ok(response.map_err(|status| refused(&status))?.into_inner().agreement)
    }

    async fn terminate(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
        from: Option<Timestamp>,
    ) -> Result<Option<Agreement>, Failure> {
        let request = TerminateAgreementRequest {
            agreement_id: self.id.to_bytes(),
            version: self.version,
            effective_at: from.map(when::to_proto),
        };
        let response = service.terminate_agreement(request).await;
        Ok(response.map_err(|status| refused(&status))?.into_inner().agreement)
    }

    async fn suspend(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
        reason: SuspensionReason,
    ) -> Result<Option<Agreement>, Failure> {
        let request = SuspendAgreementRequest {
            agreement_id: self.id.to_bytes(),
            version: self.version,
            reason: reason.into(),
        };
        let response = service.suspend_agreement(request).await;
        Ok(response.map_err(|status| refused(&status))?.into_inner().agreement)
    }

    async fn resume(
        &self,
        service: &mut AgreementServiceClient<LocalChannel>,
    ) -> Result<Option<Agreement>, Failure> {
        let request =
            ResumeAgreementRequest { agreement_id: self.id.to_bytes(), version: self.version };
        let response = service.resume_agreement(request).await;
        Ok(response.map_err(|status| refused(&status))?.into_inner().agreement)
    }
}

impl AgreementArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        if let Action::Template { template } = &self.action {
            let text = template.text().trim_end();
            return Ok(Answer::new(json!({"template": text})).line(text));
        }
        if let Action::Explain(args) = &self.action {
            let role = args.role();
            return args.run(self.client.connect(at, role).await?, at).await;
        }
        let channel = self.client.connect(at, Role::AgreementManager).await?;
        match &self.action {
            Action::ExplainPublication(args) => return args.run(channel, at).await,
            Action::Lint(args) => return args.run(channel, at).await,
            Action::Quota(args) => return args.run(channel, at).await,
            _ => {}
        }
        let mut service = AgreementServiceClient::new(channel);
        let (agreement, said) = match &self.action {
            Action::Propose(args) => {
                (args.run(&mut service, at).await?, Some(Text::AgreementProposed))
            }
            Action::Admit(args) => {
                (args.run(&mut service, at).await?, Some(Text::AgreementProposed))
            }
            Action::Leave(args) => {
                (args.run(&mut service, at).await?, Some(Text::AgreementProposed))
            }
            Action::Sign { one, accept_findings } => {
                (one.sign(&mut service, *accept_findings).await?, Some(Text::AgreementSigned))
            }
            Action::Terminate { one, from } => {
                (one.terminate(&mut service, *from).await?, Some(Text::AgreementTerminated))
            }
            Action::Suspend { one, reason } => {
                (one.suspend(&mut service, *reason).await?, Some(Text::AgreementSuspended))
            }
            Action::Resume(one) => (one.resume(&mut service).await?, Some(Text::AgreementResumed)),
            Action::Show(one) => (one.show(&mut service).await?, None),
            Action::List
            | Action::Template { .. }
            | Action::Explain(_)
            | Action::ExplainPublication(_)
            | Action::Lint(_)
            | Action::Quota(_) => {
                let response = service.list_agreements(ListAgreementsRequest {}).await;
                let agreements =
                    response.map_err(|status| refused(&status))?.into_inner().agreements;
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
        let mut terms = self.terms.read(at)?;
        if let Some(id) = self.amends {
            let next = amend::next(service, id, at.now).await?;
            (terms.agreement_id, terms.version) = (next.agreement_id, next.version);
        }
        let mut counters = 0;
        if let Some(id) = self.counters {
            counters = amend::newest(service, id).await?;
            (terms.agreement_id, terms.version) = (id.to_bytes(), counters + 1);
        }
        let request = ProposeAgreementRequest {
            terms: Some(terms),
            accept_findings: self.accept_findings,
            only_affected: self.amends.is_some(),
            counters,
        };
        let response = service.propose_agreement(request).await;
        let response = response.map_err(|status| refused(&status))?;
        Ok(response.into_inner().agreement)
    }
}
