//! `brygga access`: who inside the organisation may see a referral, and who has seen it.

mod extract;
mod review;
mod rights;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::access_service_client::AccessServiceClient;
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel};
use crate::failure::Failure;
use crate::output::Answer;

/// The service, with the token of whoever asks.
type Service = AccessServiceClient<LocalChannel>;

/// Give colleagues access to a referral, and review who had access
#[derive(Args)]
pub(crate) struct AccessArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Assign(rights::AssignArgs),
    Disclose(rights::DiscloseArgs),
    Revoke(rights::RevokeArgs),
    BreakGlass(rights::BreakGlassArgs),
    Approve(rights::ApproveArgs),
    Sample(review::SampleArgs),
    Review(review::ReviewArgs),
    List(review::ListArgs),
    Extract(extract::ExtractArgs),
}

impl AccessArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let role = match &self.action {
            Action::Assign(_) | Action::Disclose(_) | Action::Revoke(_) | Action::BreakGlass(_) => {
                Role::CaseWorker
            }
            Action::Approve(_) => Role::ResponsibleCaseWorker,
            Action::Sample(_) | Action::Review(_) | Action::List(_) | Action::Extract(_) => {
                Role::LogReviewer
            }
        };
        let service = AccessServiceClient::new(self.client.connect(at, role).await?);
        match &self.action {
            Action::Assign(args) => args.run(service, at.language).await,
            Action::Disclose(args) => args.run(service, at.language).await,
            Action::Revoke(args) => args.run(service, at.language).await,
            Action::BreakGlass(args) => args.run(service, at.language).await,
            Action::Approve(args) => args.run(service, at.language).await,
            Action::Sample(args) => args.run(service, at.language).await,
            Action::Review(args) => args.run(service, at.language).await,
            Action::List(args) => args.run(service, at.language).await,
            Action::Extract(args) => args.run(service, at).await,
        }
    }
}
