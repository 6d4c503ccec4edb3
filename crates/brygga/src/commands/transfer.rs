//! `brygga transfer`: cases that move from one municipality to another (SoL 29:9-12).

mod act;
mod package;
mod request;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::transfer_service_client::TransferServiceClient;
use brygga_proto::local::v1::{
    ListTransfersRequest, ShowTransferRequest, ShowTransferResponse, Transfer,
};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;

/// The node's transfers, asked in the caller's name.
type Service = TransferServiceClient<LocalChannel>;

/// Ask for a case to move to or from another municipality, answer, and take it to IVO
#[derive(Args)]
pub(crate) struct TransferArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Request(Box<request::RequestArgs>),
    /// List transfers that are not over, and those of the last 30 days
    #[command(after_help = "Example:\n  brygga transfer list")]
    List,
    /// Show a transfer with its content, who is responsible and what is due when
    #[command(after_help = "Example:\n  brygga transfer show 0f8e2c61")]
    Show {
        /// The transfer, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    Answer(act::AnswerArgs),
    /// Take an own request back
    #[command(after_help = "Example:\n  brygga transfer withdraw 0f8e2c61")]
    Withdraw {
        /// The transfer, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    Ivo(act::DayArgs),
    Decided(act::OutcomeArgs),
    Appeal(act::AppealArgs),
    Final(act::FinalArgs),
    Handover(act::HandoverArgs),
    Package(package::PackageArgs),
}

impl TransferArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let channel = self.client.connect(at, Role::CaseWorker).await?;
        let mut service = TransferServiceClient::new(channel);
        match &self.action {
            Action::Request(args) => args.run(&mut service, at).await,
            Action::List => {
                let found = list(&mut service).await?;
                Ok(shown::list(&found, at.language))
            }
            Action::Show { id } => {
                let found = by_id(&mut service, id).await?;
                Ok(shown::one(&found, at.language))
            }
            Action::Answer(args) => args.run(&mut service, at).await,
            Action::Withdraw { id } => act::withdraw(&mut service, id, at).await,
            Action::Ivo(args) => args.run(&mut service, at).await,
            Action::Decided(args) => args.run(&mut service, at).await,
            Action::Appeal(args) => args.run(&mut service, at).await,
            Action::Final(args) => args.run(&mut service, at).await,
            Action::Handover(args) => args.run(&mut service, at).await,
            Action::Package(args) => args.run(&mut service, at).await,
        }
    }
}

async fn list(service: &mut Service) -> Result<Vec<Transfer>, Failure> {
    let response = service.list_transfers(ListTransfersRequest {}).await;
    Ok(response.map_err(|status| refused(&status))?.into_inner().transfers)
}

async fn by_id(
    service: &mut Service,
    id: &IdentifierOrEnding,
) -> Result<ShowTransferResponse, Failure> {
    let transfer_id = find(service, id).await?;
    let response = service.show_transfer(ShowTransferRequest { transfer_id }).await;
    Ok(response.map_err(|status| refused(&status))?.into_inner())
}

/// The id of the transfer that is meant; an ending is looked for among those that are listed.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let candidates: Vec<_> =
        list(service).await?.into_iter().map(|transfer| transfer.transfer_id).collect();
    only_match(ending, &candidates)
}
