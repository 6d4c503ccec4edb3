//! The decisions about a referral, each with what it needs and no more.

use brygga_domain::{OrgId, Seconds, Timestamp, UnitId};
use brygga_proto::local::v1::ActOnReferralRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1 as proto;
use brygga_proto::referral::v1::{
    BusinessStatus, DeclineParty, NextStep, OutcomeResult, ReviewGround, ReviewResult, StatusReason,
};
use clap::{Args, Subcommand};

use super::advice::AdviceArgs;
use super::request::place;
use super::{Service, find, shown};
use crate::cli::Invocation;
use crate::client::refused;
use crate::content_file::term_to_proto;
use crate::failure::Failure;
use crate::identifier::IdentifierOrEnding;
use crate::output::Answer;
use crate::text::Text;
use crate::when;
use crate::wire_code::parser;

/// A decision about one referral.
#[derive(Subcommand)]
pub(super) enum ActAction {
    /// Take a referral on: the sender sees that a function has it; at the recipient
    #[command(after_help = "Example:\n  brygga referral take-on 0f8e2c61 --unit mobila-teamet")]
    TakeOn {
        #[command(flatten)]
        one: OneArgs,
        /// The function that takes it on
        #[arg(long)]
        unit: UnitId,
        /// When the function promises to have acted: a date or an instant; tomorrow when left out
        #[arg(long, value_name = "WHEN", value_parser = when::parse)]
        act_by: Option<Timestamp>,
    },
    /// Accept a referral, and with it any acute duty; at the recipient
    #[command(after_help = "Example:\n  brygga referral accept 0f8e2c61")]
    Accept(OneArgs),
    /// Decline a referral with a reason and a next step for the person; at the recipient
    #[command(after_help = "Example:\n  brygga referral decline 0f8e2c61 \\\n      \
        --reason NO_CAPACITY --next-step WAITLISTED")]
    Decline {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<StatusReason>())]
        reason: StatusReason,
        /// What happens next; mandatory unless the person declined
        #[arg(long, value_parser = parser::<NextStep>())]
        next_step: Option<NextStep>,
        /// Who declined
        #[arg(long, default_value = "PROVIDER", value_parser = parser::<DeclineParty>())]
        party: DeclineParty,
        /// Another organisation that could help, with the next step OTHER_RECIPIENT
        #[arg(long, value_name = "ORG")]
        propose: Option<OrgId>,
        #[command(flatten)]
        advice: AdviceArgs,
    },
    /// Say that work has begun; at the recipient
    #[command(after_help = "Example:\n  brygga referral start 0f8e2c61")]
    Start(OneArgs),
    /// Say what came of it; at the recipient
    #[command(after_help = "Example:\n  brygga referral complete 0f8e2c61 \\\n      \
        --result TEMPORARY_PLACE --place-type ACUTE_PLACE")]
    Complete {
        #[command(flatten)]
        one: OneArgs,
        /// What came of it
        #[arg(long, value_parser = parser::<OutcomeResult>())]
        result: OutcomeResult,
        /// Kind of place that the person got: a code of the list of services
        #[arg(long, value_name = "SERVICE")]
        place_type: Option<String>,
    },
    /// Let the work rest, with a reason; at the recipient
    #[command(after_help = "Example:\n  brygga referral hold 0f8e2c61 --reason COULD_NOT_CONTACT")]
    Hold {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<StatusReason>())]
        reason: StatusReason,
    },
    /// Go on with what rested; at the recipient
    #[command(after_help = "Example:\n  brygga referral resume 0f8e2c61")]
    Resume(OneArgs),
    /// Give it up: it could not be done; at the recipient
    #[command(after_help = "Example:\n  brygga referral fail 0f8e2c61 --reason SERVICE_CLOSED")]
    Fail {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<StatusReason>())]
        reason: StatusReason,
    },
    /// Say what people call it meanwhile, such as a time that is set; at the recipient
    #[command(after_help = "Example:\n  brygga referral meanwhile 0f8e2c61 --state SCHEDULED")]
    Meanwhile {
        #[command(flatten)]
        one: OneArgs,
        /// The word
        #[arg(long, value_parser = parser::<BusinessStatus>())]
        state: BusinessStatus,
    },
    /// Acknowledge how it ended, which closes the loop; at the sender
    #[command(after_help = "Example:\n  brygga referral acknowledge 0f8e2c61")]
    Acknowledge(OneArgs),
    /// Ask for a second look at a decline; at the sender
    #[command(after_help = "Example:\n  brygga referral request-review 0f8e2c61 --ground DANGER")]
    RequestReview {
        #[command(flatten)]
        one: OneArgs,
        /// Why the decline is thought wrong
        #[arg(long, value_parser = parser::<ReviewGround>())]
        ground: ReviewGround,
    },
    /// Say what came of a second look; at the recipient, never by whoever declined
    #[command(after_help = "Example:\n  brygga referral review 0f8e2c61 --result UPHELD")]
    Review {
        #[command(flatten)]
        one: OneArgs,
        /// What came of it
        #[arg(long, value_parser = parser::<ReviewResult>())]
        result: ReviewResult,
    },
    /// Take a referral back; at the sender
    #[command(after_help = "Example:\n  brygga referral withdraw 0f8e2c61 \\\n      \
        --reason NO_LONGER_NEEDED")]
    Withdraw {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<StatusReason>())]
        reason: StatusReason,
    },
    /// Confirm that an accepted referral is cancelled; at the recipient
    #[command(after_help = "Example:\n  brygga referral confirm-cancellation 0f8e2c61 \\\n      \
        --reason NO_LONGER_NEEDED")]
    ConfirmCancellation {
        #[command(flatten)]
        one: OneArgs,
        /// Why
        #[arg(long, value_parser = parser::<StatusReason>())]
        reason: StatusReason,
    },
}

/// Which referral, as it was when the decision was made.
#[derive(Args)]
pub(super) struct OneArgs {
    /// The referral, or the last 8 digits of its id
    id: IdentifierOrEnding,
    /// Version that the decision was made on; refused if it has changed since
    #[arg(long, value_name = "VERSION", default_value_t = 0, hide_default_value = true)]
    expected_version: u32,
}

impl ActAction {
    pub(super) async fn run(
        &self,
        service: &mut Service,
        at: &Invocation,
    ) -> Result<Answer, Failure> {
        let one = self.one();
        let referral_id = find::referral(service, &one.id).await?;
        let request = ActOnReferralRequest {
            action: Some(self.action(&referral_id)?),
            referral_id,
            expected_version: one.expected_version,
        };
        let response = service.act_on_referral(request).await;
        let response = response.map_err(|status| refused(&status))?.into_inner();
        let referral = response.referral.unwrap_or_default();
        Ok(shown::changed(&referral, at.language, Text::ReferralUpdated))
    }

    const fn one(&self) -> &OneArgs {
        match self {
            Self::Accept(one)
            | Self::Start(one)
            | Self::Resume(one)
            | Self::Acknowledge(one)
            | Self::Hold { one, .. }
            | Self::Fail { one, .. }
            | Self::Meanwhile { one, .. }
            | Self::RequestReview { one, .. }
            | Self::Review { one, .. }
            | Self::TakeOn { one, .. }
            | Self::Decline { one, .. }
            | Self::Complete { one, .. }
            | Self::Withdraw { one, .. }
            | Self::ConfirmCancellation { one, .. } => one,
        }
    }

    fn action(&self, referral_id: &[u8]) -> Result<Action, Failure> {
        Ok(match self {
            Self::TakeOn { unit, act_by, .. } => Action::TakeOn(proto::TakenOn {
                unit: unit.to_string(),
                act_by: Some(when::to_proto(
                    act_by.unwrap_or_else(|| when::now().plus(Seconds::days(1))),
                )),
            }),
            Self::Accept(_) => Action::Accept(proto::Accepted {}),
            Self::Decline { reason, next_step, party, propose, advice, .. } => {
                Action::Decline(proto::Declined {
                    party: (*party).into(),
                    reason: (*reason).into(),
                    next_step: next_step.map_or(0, i32::from),
                    rerouted_to: propose.as_ref().map_or_else(String::new, OrgId::to_string),
                    advice: advice.to_proto(),
                })
            }
            Self::Hold { reason, .. } => {
                Action::PutOnHold(proto::PutOnHold { reason: (*reason).into() })
            }
            Self::Resume(_) => Action::Resume(proto::Resumed {}),
            Self::Fail { reason, .. } => Action::Fail(proto::Failed { reason: (*reason).into() }),
            Self::Meanwhile { state, .. } => Action::SetBusinessStatus(proto::BusinessStatusSet {
                business_status: (*state).into(),
            }),
            Self::Acknowledge(_) => Action::Acknowledge(proto::LoopClosed {}),
            Self::RequestReview { ground, .. } => {
                Action::RequestReview(proto::ReviewBegun { ground: (*ground).into() })
            }
            Self::Review { result, .. } => {
                Action::Review(proto::Reviewed { result: (*result).into() })
            }
            Self::Start(_) => Action::Start(proto::Started {}),
            Self::Complete { result, place_type, .. } => Action::Complete(proto::Completed {
                result: (*result).into(),
                place_type: match place_type {
                    None => None,
                    Some(text) => Some(term_to_proto(&place(text).ok_or_else(|| {
                        Failure::usage("UNKNOWN_CODE", "not a code of the list of services")
                            .at("--place-type")
                    })?)),
                },
            }),
            Self::Withdraw { reason, .. } => Action::Withdraw(proto::ReferralWithdrawn {
                referral_id: referral_id.to_vec(),
                reason: (*reason).into(),
            }),
            Self::ConfirmCancellation { reason, .. } => {
                Action::ConfirmCancellation(proto::Cancelled { reason: (*reason).into() })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(subcommand)]
        action: ActAction,
    }

    fn action(line: &[&str]) -> Action {
        let only = Only::try_parse_from(["x"].iter().chain(line)).unwrap();
        only.action.action(b"0123456789abcdef").unwrap()
    }

    #[test]
    fn a_decline_names_reason_next_step_and_party() {
        let line =
            ["decline", "30313233", "--reason", "no-capacity", "--next-step", "temporary-bed"];
        let expected = proto::Declined {
            party: DeclineParty::Provider.into(),
            reason: StatusReason::NoCapacity.into(),
            next_step: NextStep::TemporaryBed.into(),
            rerouted_to: String::new(),
            advice: None,
        };
        assert_eq!(action(&line), Action::Decline(expected));
    }

    #[test]
    fn a_decline_names_where_to_get_advice() {
        let reason = ["decline", "30313233", "--reason", "no-right-to-housing"];
        let line = [&reason[..], &["--advice-unit", "rad", "--advice-phone", "0480-450 000"]];
        let Action::Decline(declined) = action(&line.concat()) else { panic!("a decline") };
        let advice = declined.advice.unwrap();
        assert_eq!((&*advice.unit, &*advice.address), ("rad", "0480-450 000"));
        assert_eq!(advice.means(), proto::AdviceMeans::Telephone);
        let alone = [&["x"], &reason[..], &["--advice-phone", "0480-450 000"]].concat();
        assert!(Only::try_parse_from(alone).is_err(), "of which function?");
    }

    #[test]
    fn a_withdrawal_names_the_referral() {
        let Action::Withdraw(withdrawn) =
            action(&["withdraw", "30313233", "--reason", "CLIENT_DECLINED"])
        else {
            panic!("a withdrawal")
        };
        assert_eq!(withdrawn.referral_id, b"0123456789abcdef");
    }

    #[test]
    fn a_completion_may_name_the_kind_of_place() {
        let line = ["complete", "30313233", "--result", "housed", "--place-type", "training-flat"];
        let Action::Complete(completed) = action(&line) else { panic!("a completion") };
        assert_eq!(completed.place_type.unwrap().code, "TRAINING_FLAT");
    }
}
