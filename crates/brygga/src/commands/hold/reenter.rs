//! `brygga hold reenter`: återinflyttning.

use brygga_proto::local::v1::{HoldState, PlaceHoldRequest, ShowHoldRequest};
use clap::Args;

use super::{Service, seconds, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::Identifier;
use crate::output::Answer;
use crate::span::Span;

/// Ask to come back to a place that whoever was there has left
///
/// The place is not held yet: the request stands in a queue, and when its turn comes the place is held by itself and has to
/// be confirmed in time. Where the agreement gives a right of re-entry after notice.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga hold reenter 0f8e2c61-5b1d-7c3a-9e4f-2a6b8c0d1e3f --minutes 1440"
)]
pub(super) struct ReenterArgs {
    /// The hold that ended by departure, by its whole id
    id: Identifier,
    /// For how long the place is held when the turn comes; what the agreement says when left out
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u32>,
    /// A child comes along
    #[arg(long)]
    with_child: bool,
    /// For how long to wait for the answer, at most 20s
    #[arg(long, value_name = "TIME", default_value = "10s")]
    wait: Span,
    /// Key to repeat a request safely; a new one when left out
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<Identifier>,
}

impl ReenterArgs {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let hold_id = self.id.to_bytes();
        let response = service.show_hold(ShowHoldRequest { hold_id: hold_id.clone() }).await;
        let before = response.map_err(|status| refused(&status))?.into_inner().hold;
        let before = before.unwrap_or_default();
        let request = PlaceHoldRequest {
            idempotency_key: self.idempotency_key.unwrap_or_else(Identifier::fresh).to_bytes(),
            publisher: before.publisher,
            items: before.items,
            ttl_seconds: self.minutes.map_or(0, |minutes| minutes.saturating_mul(60)),
            with_child: self.with_child,
            wait_seconds: seconds(self.wait),
            reentry_of: hold_id,
        };
        let response = service.place_hold(request).await;
        let hold = response.map_err(|status| refused(&status))?.into_inner().hold;
        let hold = hold.unwrap_or_default();
        match hold.state() {
            HoldState::Refused => Err(Failure::refused(hold.reason, "")),
            _ => Ok(shown::one(&hold, at.language).lines(shown::next(&hold, at.language))),
        }
    }
}
