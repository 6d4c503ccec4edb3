//! `brygga signal`: what landlords, Kriminalvården and regions tell a municipality about somebody's home, and what follows.

mod chain;
mod content;
mod send;
mod shown;
mod step;
mod told;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::signal_service_client::SignalServiceClient;
use brygga_proto::local::v1::{
    CountLateSignalsRequest, ListSignalsRequest, ShowSignalRequest, Signal,
};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;

/// Signals in a page, as many as the node gives.
const PAGE: u32 = 500;

/// The node's signals, asked in the caller's name.
type Service = SignalServiceClient<LocalChannel>;

/// Tell a municipality of unpaid rent, disturbances or a release, and work with what it is told
///
/// A landlord hears that somebody works with it and whether the municipality pays, and nothing about anybody.
/// Roles of senders: LANDLORD_ADMIN, RENT_COLLECTOR, INCIDENT_REPORTER and RELEASE_OFFICER (--as-role).
#[derive(Args)]
pub(crate) struct SignalArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Send(Box<send::SendArgs>),
    Step(step::StepArgs),
    /// List signals that are open, and those of the last 30 days, without content
    #[command(after_help = "Example:\n  brygga signal list")]
    List,
    /// Show a signal with its content, what followed, and what is late
    #[command(after_help = "Example:\n  brygga signal show 0f8e2c61")]
    Show {
        /// The signal, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// Count the signals that are open, late and unhandled; no signal is shown
    #[command(after_help = "Example:\n  brygga signal count")]
    Count,
}

impl SignalArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let role = match &self.action {
            Action::Send(_) => Role::LandlordAdmin,
            Action::Step(_) | Action::List | Action::Show { .. } => Role::CaseWorker,
            Action::Count => Role::RegionalCoordinator,
        };
        let mut service = SignalServiceClient::new(self.client.connect(at, role).await?);
        match &self.action {
            Action::Send(args) => args.run(&mut service, at).await,
            Action::Step(args) => args.run(&mut service, at).await,
            Action::List => Ok(shown::list(&list(&mut service).await?, at.language)),
            Action::Show { id } => {
                let signal_id = find(&mut service, id).await?;
                let found = service.show_signal(ShowSignalRequest { signal_id }).await;
                let found = found.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::one(&found, at.language))
            }
            Action::Count => {
                let counted = service.count_late_signals(CountLateSignalsRequest {}).await;
                let counted = counted.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::counted(&counted, at.language))
            }
        }
    }
}

/// All of them, page after page.
async fn list(service: &mut Service) -> Result<Vec<Signal>, Failure> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListSignalsRequest { page_size: PAGE, page_token };
        let response = service.list_signals(request).await;
        let page = response.map_err(|status| refused(&status))?.into_inner();
        all.extend(page.signals);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// The id of the signal that is meant; an ending is looked for among those that are listed.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let ids: Vec<_> = list(service).await?.into_iter().map(|signal| signal.signal_id).collect();
    only_match(ending, &ids)
}
