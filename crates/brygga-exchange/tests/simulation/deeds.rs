//! What each deed is called where it is decided, and in the log.

use brygga_domain::referral::{
    BusinessStatus, Command, Decline, DeclineParty, Escalation, NextStep, Outcome, OutcomeResult,
    ReviewGround, ReviewResult, StatusReason, TakenOn,
};
use brygga_domain::{OrgId, Refusal, Seconds, Timestamp};

use crate::plan::Deed;

/// The command of a deed; a decline that leaves the person with nothing cannot even be said.
pub(crate) fn command(deed: Deed, now: Timestamp) -> Result<Command, Refusal> {
    let reason = StatusReason::NoLongerNeeded;
    Ok(match deed {
        Deed::TakeOn => {
            Command::TakeOn(TakenOn { unit: None, act_by: now.plus(Seconds::hours(4)) })
        }
        Deed::Accept => Command::Accept,
        Deed::Decline => declined(DeclineParty::Provider, Some(NextStep::TemporaryBed))?,
        Deed::DeclineWithNothing => declined(DeclineParty::Provider, None)?,
        Deed::DeclineByPerson => declined(DeclineParty::Client, None)?,
        Deed::DeclineElsewhere => elsewhere()?,
        Deed::Start => Command::Start,
        Deed::Complete => {
            Command::Complete(Outcome { result: OutcomeResult::Housed, place_type: None })
        }
        Deed::ConfirmCancellation => Command::ConfirmCancellation { reason },
        Deed::Withdraw => Command::Withdraw { reason },
        Deed::Expire => Command::Expire,
        Deed::Hold => Command::PutOnHold { reason: StatusReason::MissingInformation },
        Deed::Resume => Command::Resume,
        Deed::Fail => Command::Fail { reason: StatusReason::CouldNotContact },
        Deed::Label => Command::SetBusinessStatus(BusinessStatus::Scheduled),
        Deed::Review => Command::Review { result: ReviewResult::Overturned },
        Deed::Acknowledge => Command::Acknowledge,
        Deed::RequestReview => Command::RequestReview { ground: ReviewGround::Danger },
        Deed::Escalate => Command::Escalate(Escalation { level: 1, unit: None }),
    })
}

fn declined(party: DeclineParty, next_step: Option<NextStep>) -> Result<Command, Refusal> {
    Ok(Command::Decline(Decline::new(party, StatusReason::NoCapacity, next_step)?))
}

/// Declined with the proposal to ask a third municipality.
fn elsewhere() -> Result<Command, Refusal> {
    let next_step = Some(NextStep::OtherRecipient);
    let decline = Decline::new(DeclineParty::Provider, StatusReason::OutOfArea, next_step)?;
    let third = OrgId::parse("kommun:0882").expect("a municipality");
    Ok(Command::Decline(decline.rerouted_to(third)?))
}

/// What the target's log calls what came of it.
pub(crate) const fn event(deed: Deed) -> &'static str {
    match deed {
        Deed::TakeOn => "taken_on",
        Deed::Accept => "accepted",
        Deed::Decline
        | Deed::DeclineByPerson
        | Deed::DeclineWithNothing
        | Deed::DeclineElsewhere => "declined",
        Deed::Start => "started",
        Deed::Complete => "completed",
        Deed::ConfirmCancellation => "cancelled",
        Deed::Withdraw => "cancellation_requested",
        Deed::Expire => "expired",
        Deed::Hold => "put_on_hold",
        Deed::Resume => "resumed",
        Deed::Fail => "failed",
        Deed::Label => "business_status_set",
        Deed::Review => "reviewed",
        Deed::Acknowledge => "loop_closed",
        Deed::RequestReview => "review_requested",
        Deed::Escalate => "escalated",
    }
}
