//! One decision about a referral, by a person.

use brygga_domain::referral::Command;
use brygga_domain::{ReferralId, Refusal};
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as referral;

use crate::code;
use crate::field::{invalid, required};
use crate::referral::{EventFields, decline, outcome, reason, taken_on};

const FIELDS: EventFields = EventFields {
    taken_on_unit: "take_on.unit",
    taken_on_act_by: "take_on.act_by",
    declined_party: "decline.party",
    declined_reason: "decline.reason",
    declined_next_step: "decline.next_step",
    declined_rerouted_to: "decline.rerouted_to",
    declined_advice: "decline.advice",
    completed_result: "complete.result",
    completed_place_type: "complete.place_type",
};

/// Reads a decision: about which referral, made on which version (none for whatever is there), and what.
///
/// # Errors
/// The field at fault; `SEND_NEXT_STEP_MISSING`, `SEND_ADVICE_MISSING` and `SEND_OUTCOME_MISSING` as for the same event on the wire.
pub fn act_on_referral(
    request: proto::ActOnReferralRequest,
) -> Result<(ReferralId, Option<u32>, Command), Refusal> {
    let id = super::referral_id(&request.referral_id)?;
    let version = Some(request.expected_version).filter(|version| *version != 0);
    let command = match required(request.action, "action")? {
        Action::TakeOn(value) => Command::TakeOn(taken_on(&value, &FIELDS)?),
        Action::Accept(referral::Accepted {}) => Command::Accept,
        Action::Decline(value) => Command::Decline(decline(&value, &FIELDS)?),
        Action::Start(referral::Started {}) => Command::Start,
        Action::Complete(value) => Command::Complete(outcome(value, &FIELDS)?),
        Action::Withdraw(value) => {
            if !value.referral_id.is_empty() && value.referral_id != request.referral_id {
                return Err(invalid("withdraw.referral_id"));
            }
            Command::Withdraw { reason: reason(value.reason, "withdraw.reason")? }
        }
        Action::ConfirmCancellation(value) => Command::ConfirmCancellation {
            reason: reason(value.reason, "confirm_cancellation.reason")?,
        },
        Action::PutOnHold(value) => {
            Command::PutOnHold { reason: reason(value.reason, "put_on_hold.reason")? }
        }
        Action::Resume(referral::Resumed {}) => Command::Resume,
        Action::Fail(value) => Command::Fail { reason: reason(value.reason, "fail.reason")? },
        Action::SetBusinessStatus(value) => Command::SetBusinessStatus(code::read(
            value.business_status,
            "set_business_status.business_status",
        )?),
        Action::Acknowledge(referral::LoopClosed {}) => Command::Acknowledge,
        Action::RequestReview(value) => {
            Command::RequestReview { ground: code::read(value.ground, "request_review.ground")? }
        }
        Action::Review(value) => {
            Command::Review { result: code::read(value.result, "review.result")? }
        }
    };
    Ok((id, version, command))
}
