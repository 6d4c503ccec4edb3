//! `brygga aggregate`: numbers of referrals, as the parties of agreements tell them.

mod shown;

use brygga_domain::aggregate::Quarter;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::aggregate_scope::Agreements;
use brygga_proto::local::v1::aggregate_service_client::AggregateServiceClient;
use brygga_proto::local::v1::{AggregateScope, AskAggregatesRequest, ShowAggregatesRequest};
use clap::{ArgGroup, Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, refused};
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::text::Text;
use crate::text::complaint::Complaint;

/// Ask parties how many referrals they received, and show what they told (sammanställningar)
#[derive(Args)]
pub(crate) struct AggregateArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Ask every party that the agreement lets this organisation ask, for one quarter
    ///
    /// Their nodes answer by themselves. A party that has told is not asked again. Numbers below five are hidden, and
    /// others with them where such a number could be computed.
    #[command(
        after_help = "Example:\n  brygga aggregate ask --tag national_strategy_2022 --quarter 2026-Q3"
    )]
    Ask(ScopeArgs),
    /// Show what the parties have told, and who has not
    #[command(
        after_help = "Example:\n  brygga aggregate show --tag national_strategy_2022 --quarter 2026-Q3"
    )]
    Show(ScopeArgs),
}

/// What is asked about.
#[derive(Args)]
#[command(group(ArgGroup::new("scope").args(["agreement", "tag"]).required(true)))]
struct ScopeArgs {
    /// One agreement
    #[arg(long, value_name = "AGREEMENT-ID")]
    agreement: Option<Identifier>,
    /// All agreements that carry this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Calendar quarter that is over, such as 2026-Q3
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    quarter: Quarter,
}

impl ScopeArgs {
    fn scope(&self) -> Option<AggregateScope> {
        let agreement = self.agreement.map(|id| Agreements::AgreementId(id.to_bytes()));
        let agreements = agreement.or_else(|| self.tag.clone().map(Agreements::Tag));
        Some(AggregateScope { agreements, quarter: self.quarter.to_string() })
    }
}

impl AggregateArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::RegionalCoordinator).await?;
        let mut service = AggregateServiceClient::new(channel);
        match &self.action {
            Action::Ask(args) => {
                let response =
                    service.ask_aggregates(AskAggregatesRequest { scope: args.scope() }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                let answer = shown::all(&found.aggregates.unwrap_or_default(), at.language);
                Ok(answer.line(Text::AggregatesAsked.of(at.language)))
            }
            Action::Show(args) => {
                let response =
                    service.show_aggregates(ShowAggregatesRequest { scope: args.scope() }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::all(&found.aggregates.unwrap_or_default(), at.language))
            }
        }
    }
}

fn quarter(text: &str) -> Result<Quarter, Complaint> {
    Quarter::parse(text).ok_or(Complaint::NotAQuarter)
}
