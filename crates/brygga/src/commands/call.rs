//! `brygga call`: places that all parties of an agreement are asked for, and others' calls that are answered here.

mod answer;
mod place;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::call_service_client::CallServiceClient;
use brygga_proto::local::v1::{Call, CallOffRequest, ListCallsRequest, ShowCallRequest};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;
use crate::text::Text;

/// The node's calls, asked in the caller's name.
type Service = CallServiceClient<LocalChannel>;

/// Ask all parties of an agreement for places, and answer others who ask; the first answer wins
#[derive(Args)]
pub(crate) struct CallArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Place(place::PlaceArgs),
    Answer(answer::AnswerArgs),
    /// Look no more; whoever was asked is told, and places that wait are free again
    #[command(after_help = "Example:\n  brygga call off 0f8e2c61")]
    Off {
        /// The call, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// Show a call, over or not
    #[command(after_help = "Example:\n  brygga call show 0f8e2c61")]
    Show {
        /// The call, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// List calls of the last day, own and others'; all that are open are among them
    #[command(after_help = "Example:\n  brygga call list")]
    List,
}

impl CallArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let role = match &self.action {
            Action::Answer(_) => Role::ShelterStaff,
            _ => Role::CaseWorker,
        };
        let channel = self.client.connect(at, role).await?;
        let mut service = CallServiceClient::new(channel.clone());
        match &self.action {
            Action::Place(args) => args.run(&mut service, at).await,
            Action::Answer(args) => args.run(channel, at).await,
            Action::Off { id } => {
                let call_id = find(&mut service, id).await?;
                let response = service.call_off(CallOffRequest { call_id }).await;
                let call = response.map_err(|status| refused(&status))?.into_inner().call;
                let answer = shown::one(&call.unwrap_or_default(), at.language);
                Ok(answer.line(Text::CallOffDone.of(at.language)))
            }
            Action::Show { id } => {
                let call = by_id(&mut service, id).await?;
                Ok(shown::one(&call, at.language).lines(shown::next(&call, at.language)))
            }
            Action::List => {
                let response = service.list_calls(ListCallsRequest {}).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::list(&found.calls, at.language))
            }
        }
    }
}

async fn by_id(service: &mut Service, id: &IdentifierOrEnding) -> Result<Call, Failure> {
    let call_id = find(service, id).await?;
    let response = service.show_call(ShowCallRequest { call_id }).await;
    Ok(response.map_err(|status| refused(&status))?.into_inner().call.unwrap_or_default())
}

/// The id of the call that is meant; an ending is looked for among those of the last day.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let response = service.list_calls(ListCallsRequest {}).await;
    let found = response.map_err(|status| refused(&status))?.into_inner();
    let candidates: Vec<_> = found.calls.into_iter().map(|call| call.call_id).collect();
    only_match(ending, &candidates)
}
