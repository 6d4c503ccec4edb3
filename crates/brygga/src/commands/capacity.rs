//! `brygga capacity`: what this organisation has for people without a home, and what others let it see.

mod csv;
mod own;
mod publish;
mod push;
mod search;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::{ListCapacityRequest, WithdrawServiceRequest};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::output::Answer;
use crate::text::Text;

pub(super) use shown::only;

/// The node's capacity, asked in the caller's name.
pub(super) type Service = CapacityServiceClient<LocalChannel>;

/// Publish beds and homes, and see what others publish
#[derive(Args)]
pub(crate) struct CapacityArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Publish(Box<publish::PublishArgs>),
    Csv(csv::CsvArgs),
    Push(push::PushArgs),
    /// List this organisation's own services as they stand
    #[command(after_help = "Example:\n  brygga capacity services")]
    Services,
    /// List what others publish, as this node knows it
    #[command(after_help = "Example:\n  brygga capacity list --type EMERGENCY_ACCOMMODATION")]
    List {
        /// What it is: a code of the list in "brygga referral request --help", which covers what is under it
        #[arg(long = "type", value_name = "SERVICE", value_parser = super::referral::service)]
        service_type: Option<brygga_domain::code::CodedTerm>,
        /// Only those whose numbers are too old: a coordinator asks their publishers to count again
        #[arg(long)]
        stale: bool,
    },
    Search(Box<search::SearchArgs>),
    Unmet(search::UnmetArgs),
    /// Take a service back for good; its number is never used again
    #[command(after_help = "Example:\n  brygga capacity withdraw natt")]
    Withdraw {
        /// The service: a part of its name, its id, or the last 8 digits of that
        service: String,
    },
}

impl CapacityArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        match &self.action {
            Action::Push(args) => return args.run(&self.client, at).await,
            Action::Search(args) => {
                let mut service = connect(&self.client, at, Role::CaseWorker).await?;
                return args.run(&mut service, at.language).await;
            }
            Action::Unmet(args) => {
                let mut service = connect(&self.client, at, Role::RegionalCoordinator).await?;
                return args.run(&mut service, at.language).await;
            }
            Action::List { service_type, stale } => {
                let code = service_type.as_ref().map_or("", |term| term.code()).to_owned();
                let role = if *stale { Role::RegionalCoordinator } else { Role::CaseWorker };
                let mut service = connect(&self.client, at, role).await?;
                let request = ListCapacityRequest { service_type: code, stale_only: *stale };
                let response = service.list_capacity(request).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                return Ok(shown::known(&found.services, at.language));
            }
            _ => {}
        }
        let mut service = connect(&self.client, at, Role::ShelterStaff).await?;
        match &self.action {
            Action::Publish(args) => args.run(&mut service, at).await,
            Action::Csv(args) => args.run(&mut service, at).await,
            Action::Withdraw { service: wanted } => {
                let own = own::services(&mut service).await?;
                let found = own::find(&own, wanted)?;
                let request = WithdrawServiceRequest { service_id: own::id(found) };
                let response = service.withdraw_service(request).await;
                response.map_err(|status| refused(&status))?;
                let json =
                    serde_json::json!({"withdrawn": crate::identifier::show(&own::id(found))});
                Ok(Answer::new(json).line(Text::CapacityWithdrawn.of(at.language)))
            }
            Action::Services
            | Action::List { .. }
            | Action::Push(_)
            | Action::Search(_)
            | Action::Unmet(_) => Ok(shown::own(&own::services(&mut service).await?, at.language)),
        }
    }
}

async fn connect(client: &ClientArgs, at: &Invocation, role: Role) -> Result<Service, Failure> {
    Ok(CapacityServiceClient::new(client.connect(at, role).await?))
}
