//! `brygga referral`: ask another organisation for help for a person, and answer such requests.

mod act;
mod advice;
mod find;
mod places;
mod request;
mod reroute;
mod shown;
mod tell;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::capacity_service_client::CapacityServiceClient;
use brygga_proto::local::v1::referral_service_client::ReferralServiceClient;
use brygga_proto::local::v1::{
    ListReferralsRequest, MarkReferralInErrorRequest, ShowReferralRequest, Side,
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::commands::consent::stop;
use crate::failure::Failure;
use crate::identifier::IdentifierOrEnding;
use crate::output::Answer;
use crate::text::Text;
use crate::wire_code::parser;

pub(crate) use request::service;

/// The node's referral service, asked in the caller's name.
type Service = ReferralServiceClient<LocalChannel>;

/// Request, show and answer referrals (remisser)
#[derive(Args)]
pub(crate) struct ReferralArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Request(Box<request::RequestArgs>),
    Reroute(reroute::RerouteArgs),
    Note(tell::NoteArgs),
    /// Take back a referral that was made by mistake: the recipient stops and erases; at the sender
    #[command(after_help = "Example:\n  brygga referral mark-in-error 0f8e2c61")]
    MarkInError {
        /// The referral, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// List referrals without their content, newest first
    #[command(after_help = "Example:\n  brygga referral list --side target --open")]
    List {
        /// Only those that this organisation sent (SOURCE) or received (TARGET)
        #[arg(long, value_parser = parser::<Side>())]
        side: Option<Side>,
        /// Leave out what is final
        #[arg(long)]
        open: bool,
        /// At most this many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
    },
    /// Show a referral with its events, and its content where this node can open it; logged
    #[command(after_help = "Example:\n  brygga referral show 0f8e2c61")]
    Show {
        /// The referral, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    #[command(flatten)]
    Act(act::ActAction),
}

impl ReferralArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::CaseWorker).await?;
        let mut capacity = CapacityServiceClient::new(channel.clone());
        let mut service = ReferralServiceClient::new(channel);
        match &self.action {
            Action::Request(args) => args.run((&mut service, &mut capacity), at).await,
            Action::Reroute(args) => args.run(&mut service, at).await,
            Action::Note(args) => args.run(&mut service, at).await,
            Action::MarkInError { id } => {
                let referral_id = find::referral(&mut service, id).await?;
                let request = MarkReferralInErrorRequest { referral_id };
                let response = service.mark_referral_in_error(request).await;
                let stop = response.map_err(|status| refused(&status))?.into_inner().stop;
                let stops: Vec<_> = stop.into_iter().collect();
                let value = json!({"stops": stops.iter().map(stop::entry).collect::<Vec<_>>()});
                let lines = stops.iter().map(|one| stop::line(one, at.language));
                Ok(Answer::new(value).line(Text::MarkedInError.of(at.language)).lines(lines))
            }
            Action::List { side, open, limit } => {
                let request = ListReferralsRequest {
                    side: side.map_or(0, i32::from),
                    open_only: *open,
                    page_size: *limit,
                    page_token: String::new(),
                };
                let response = service.list_referrals(request).await;
                let page = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::list(&page, at.language))
            }
            Action::Show { id } => {
                let referral_id = find::referral(&mut service, id).await?;
                let response = service.show_referral(ShowReferralRequest { referral_id }).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::in_full(&found, at.language))
            }
            Action::Act(action) => action.run(&mut service, at).await,
        }
    }
}
