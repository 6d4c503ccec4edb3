//! `brygga notice`: evictions, told by Kronofogden and confirmed by the municipality where the dwelling is.

mod confirm;
mod copy;
mod feed;
mod send;
mod shown;

use brygga_identity::roles::Role;
use brygga_proto::local::v1::notice_service_client::NoticeServiceClient;
use brygga_proto::local::v1::{ListNoticesRequest, Notice, ShowNoticeRequest};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;

/// Notices in a page, as many as the node gives.
const PAGE: u32 = 500;

/// The node's notices, asked in the caller's name.
type Service = NoticeServiceClient<LocalChannel>;

/// Tell a municipality of an eviction, and confirm on the same day who works with it
///
/// A notice about a protected person goes only to the function that receives protected post, and is shown only to its
/// protected officers (--as-role PROTECTED_OFFICER).
#[derive(Args)]
pub(crate) struct NoticeArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Send(Box<send::SendArgs>),
    Follow(send::FollowArgs),
    Feed(feed::FeedArgs),
    Confirm(confirm::ConfirmArgs),
    Copy(copy::CopyArgs),
    /// List notices that are not over, and those of the last 30 days, without content
    #[command(after_help = "Example:\n  brygga notice list")]
    List,
    /// Show a notice with its content, and when it is to be confirmed
    #[command(after_help = "Example:\n  brygga notice show 0f8e2c61")]
    Show {
        /// The notice, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
}

impl NoticeArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let role = match &self.action {
            Action::Send(_) | Action::Follow(_) | Action::Feed(_) => Role::KfmOfficer,
            Action::Confirm(_) | Action::Copy(_) | Action::List | Action::Show { .. } => {
                Role::CaseWorker
            }
        };
        let mut service = NoticeServiceClient::new(self.client.connect(at, role).await?);
        match &self.action {
            Action::Send(args) => args.run(&mut service, at).await,
            Action::Follow(args) => args.run(&mut service, at).await,
            Action::Feed(args) => args.run(&service, at).await,
            Action::Confirm(args) => args.run(&mut service, at).await,
            Action::Copy(args) => args.run(&mut service, at).await,
            Action::List => Ok(shown::list(&list(&mut service).await?, at.language)),
            Action::Show { id } => {
                let notice_id = find(&mut service, id).await?;
                let found = service.show_notice(ShowNoticeRequest { notice_id }).await;
                let found = found.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::one(&found, at.language))
            }
        }
    }
}

/// All of them, page after page.
async fn list(service: &mut Service) -> Result<Vec<Notice>, Failure> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListNoticesRequest { page_size: PAGE, page_token };
        let response = service.list_notices(request).await;
        let page = response.map_err(|status| refused(&status))?.into_inner();
        all.extend(page.notices);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// The id of the notice that is meant; an ending is looked for among those that are listed.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    // One that is shown by its number only has no id.
    let ids = list(service).await?.into_iter().map(|notice| notice.notice_id);
    let candidates: Vec<_> = ids.filter(|id| !id.is_empty()).collect();
    only_match(ending, &candidates)
}
