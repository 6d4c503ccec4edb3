//! `brygga hold`: places that another organisation keeps for a while, and what others hold here.

mod place;
mod reenter;
mod shown;

pub(crate) use place::Wanted;

use brygga_domain::Reason;
use brygga_identity::roles::Role;
use brygga_proto::capacity::v1::{HoldAct, HoldEnd};
use brygga_proto::local::v1::hold_service_client::HoldServiceClient;
use brygga_proto::local::v1::{
    ChangeHoldRequest, EndHoldRequest, Hold, HoldState, ListHoldsRequest, ShowHoldRequest,
};
use clap::{Args, Subcommand};

use crate::cli::Invocation;
use crate::client::{ClientArgs, LocalChannel, refused};
use crate::failure::Failure;
use crate::identifier::{IdentifierOrEnding, only_match};
use crate::output::Answer;
use crate::span::Span;
use crate::text::Text;

/// The node's holds, asked in the caller's name.
type Service = HoldServiceClient<LocalChannel>;

/// Hold a bed or a home at another organisation, and end what others hold here
#[derive(Args)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Place(place::PlaceArgs),
    Reenter(reenter::ReenterArgs),
    /// Hold for as long again, from now; as often as the agreement allows
    #[command(after_help = "Example:\n  brygga hold extend 0f8e2c61")]
    Extend(ChangeArgs),
    /// Take the places: somebody comes, and they count as occupied
    #[command(after_help = "Example:\n  brygga hold confirm 0f8e2c61")]
    Confirm(ChangeArgs),
    /// Give the places back
    #[command(after_help = "Example:\n  brygga hold cancel 0f8e2c61")]
    Cancel(ChangeArgs),
    /// Show a hold, over or not
    #[command(after_help = "Example:\n  brygga hold show 0f8e2c61")]
    Show {
        /// The hold, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// List holds that are not over, own and others' here; those that end first stand first
    #[command(after_help = "Example:\n  brygga hold list")]
    List,
    /// At whoever has the place: whoever was there has left, and it is free again
    #[command(after_help = "Example:\n  brygga hold departed 0f8e2c61")]
    Departed {
        /// The hold, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
    /// At whoever has the place: it cannot be given
    #[command(after_help = "Example:\n  brygga hold take-back 0f8e2c61")]
    TakeBack {
        /// The hold, or the last 8 digits of its id
        id: IdentifierOrEnding,
    },
}

/// Which hold is changed.
#[derive(Args)]
struct ChangeArgs {
    /// The hold, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// For how long to wait for the answer, at most 20s
    #[arg(long, value_name = "TIME", default_value = "10s")]
    wait: Span,
}

impl HoldArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let role = match &self.action {
            Action::Departed { .. } | Action::TakeBack { .. } => Role::ShelterStaff,
            _ => Role::CaseWorker,
        };
        let channel = self.client.connect(at, role).await?;
        let mut service = HoldServiceClient::new(channel.clone());
        match &self.action {
            Action::Place(args) => args.run(channel, at).await,
            Action::Reenter(args) => args.run(&mut service, at).await,
            Action::Extend(args) => args.run(&mut service, HoldAct::Extend, at).await,
            Action::Confirm(args) => args.run(&mut service, HoldAct::Confirm, at).await,
            Action::Cancel(args) => args.run(&mut service, HoldAct::Cancel, at).await,
            Action::Show { id } => {
                let hold = by_id(&mut service, id).await?;
                Ok(shown::one(&hold, at.language))
            }
            Action::List => {
                let response = service.list_holds(ListHoldsRequest {}).await;
                let found = response.map_err(|status| refused(&status))?.into_inner();
                Ok(shown::list(&found.holds, at.language))
            }
            Action::Departed { id } => end(&mut service, id, HoldEnd::Departed, at).await,
            Action::TakeBack { id } => end(&mut service, id, HoldEnd::TakenBack, at).await,
        }
    }
}

impl ChangeArgs {
    async fn run(
        &self,
        service: &mut Service,
        act: HoldAct,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let before = by_id(service, &self.id).await?;
        let hold_id = before.hold_id.clone();
        let wait_seconds = seconds(self.wait);
        let request = ChangeHoldRequest { hold_id, act: act.into(), wait_seconds };
        let response = service.change_hold(request).await;
        let hold = response.map_err(|status| refused(&status))?.into_inner().hold;
        let hold = hold.unwrap_or_default();
        let is_expired = hold.state() == HoldState::Expired && act != HoldAct::Cancel;
        if is_expired {
            return Err(Failure::refused(Reason::HoldExpired.as_str(), ""));
        }
        let is_done = match act {
            HoldAct::Extend => hold.extensions > before.extensions,
            HoldAct::Confirm => hold.state() == HoldState::Confirmed,
            HoldAct::Cancel | HoldAct::Unspecified => {
                !matches!(hold.state(), HoldState::Held | HoldState::Waiting)
            }
        };
        let is_refused = !is_done && hold.pending() == HoldAct::Unspecified;
        let answer = shown::one(&hold, at.language).lines(shown::next(&hold, at.language));
        let said = is_refused.then(|| Text::HoldNotConfirmed.of(at.language));
        Ok(answer.lines(said).failed_if(is_refused))
    }
}

async fn end(
    service: &mut Service,
    id: &IdentifierOrEnding,
    how: HoldEnd,
    at: &Invocation,
) -> Result<Answer, Failure> {
    let hold_id = find(service, id).await?;
    let response = service.end_hold(EndHoldRequest { hold_id, end: how.into() }).await;
    let hold = response.map_err(|status| refused(&status))?.into_inner().hold.unwrap_or_default();
    Ok(shown::one(&hold, at.language).line(Text::HoldEndedHere.of(at.language)))
}

async fn by_id(service: &mut Service, id: &IdentifierOrEnding) -> Result<Hold, Failure> {
    let hold_id = find(service, id).await?;
    let response = service.show_hold(ShowHoldRequest { hold_id }).await;
    Ok(response.map_err(|status| refused(&status))?.into_inner().hold.unwrap_or_default())
}

/// The id of the hold that is meant; an ending is looked for among those that are not over.
async fn find(service: &mut Service, id: &IdentifierOrEnding) -> Result<Vec<u8>, Failure> {
    let ending = match id {
        IdentifierOrEnding::Whole(id) => return Ok(id.to_bytes()),
        IdentifierOrEnding::Ending(ending) => ending,
    };
    let response = service.list_holds(ListHoldsRequest {}).await;
    let found = response.map_err(|status| refused(&status))?.into_inner();
    let candidates: Vec<_> = found.holds.into_iter().map(|hold| hold.hold_id).collect();
    only_match(ending, &candidates)
}

/// A wait in whole seconds; the node refuses too long a one.
fn seconds(wait: Span) -> u32 {
    u32::try_from(wait.0.0).unwrap_or(u32::MAX)
}
