//! What happens to a referral: the events of the target's log and the words they use.

use super::Status;
use crate::code::CodedTerm;
use crate::legal::coded_enum;
use crate::{Reason, Refusal, Timestamp, UnitId};

/// One event of the target's log. Used in stored state and on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A function took it on: the human receipt. The status stays.
    TakenOn(TakenOn),
    /// Accepted.
    Accepted,
    /// Declined.
    Declined(Decline),
    /// Work began.
    Started,
    /// Done.
    Completed(Outcome),
    /// The source asked to cancel after acceptance.
    CancellationRequested {
        /// Why.
        reason: StatusReason,
    },
    /// Taken back.
    Cancelled {
        /// Why.
        reason: StatusReason,
    },
    /// Nobody answered in time.
    Expired,
}

impl Event {
    /// The event's noun, as it stands in the audit and in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TakenOn(_) => "taken_on",
            Self::Accepted => "accepted",
            Self::Declined(_) => "declined",
            Self::Started => "started",
            Self::Completed(_) => "completed",
            Self::CancellationRequested { .. } => "cancellation_requested",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The status after the event; none for the human receipt, which changes none.
    pub(super) fn resulting_status(&self) -> Option<Status> {
        Some(match self {
            Self::TakenOn(_) => return None,
            Self::Accepted => Status::Accepted,
            Self::Declined(decline) => Status::Rejected(decline.clone()),
            Self::Started => Status::InProgress,
            Self::Completed(outcome) => Status::Completed(outcome.clone()),
            Self::CancellationRequested { reason } => {
                Status::CancellationRequested { reason: *reason }
            }
            Self::Cancelled { reason } => Status::Cancelled { reason: *reason },
            Self::Expired => Status::Expired,
        })
    }
}

/// The human receipt: a function, never a person, has it in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOn {
    /// The function.
    pub unit: Option<UnitId>,
    /// When it promises to have acted.
    pub act_by: Timestamp,
}

/// A decline: who declined, why, and what the person can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    party: DeclineParty,
    reason: StatusReason,
    next_step: Option<NextStep>,
}

impl Decline {
    /// A decline; when the provider declines there must be a next step, so that nobody is
    /// sent away with nothing (KAL-02).
    ///
    /// # Errors
    /// [`Reason::NextStepMissing`] when the provider names no next step.
    pub fn new(
        party: DeclineParty,
        reason: StatusReason,
        next_step: Option<NextStep>,
    ) -> Result<Self, Refusal> {
        if party == DeclineParty::Provider && next_step.is_none() {
            return Err(Refusal::at(Reason::NextStepMissing, "next_step"));
        }
        Ok(Self { party, reason, next_step })
    }

    /// A decline by a rule in a node; the refusal's own reason stands in the receipt.
    pub const fn by_system() -> Self {
        Self { party: DeclineParty::System, reason: StatusReason::Other, next_step: None }
    }

    /// Who declined.
    pub const fn party(&self) -> DeclineParty {
        self.party
    }

    /// Why.
    pub const fn reason(&self) -> StatusReason {
        self.reason
    }

    /// What happens next.
    pub const fn next_step(&self) -> Option<NextStep> {
        self.next_step
    }
}

/// What came of a referral. There is no completion without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The result.
    pub result: OutcomeResult,
    /// Kind of place that the person got.
    pub place_type: Option<CodedTerm>,
}

coded_enum!(
    /// Who declined (HUD 4.20).
    DeclineParty {
        /// The organisation that was asked.
        Provider = "PROVIDER",
        /// The person.
        Client = "CLIENT",
        /// A rule in a node.
        System = "SYSTEM",
    }
);

coded_enum!(
    /// Why a referral changed.
    StatusReason {
        /// No place.
        NoCapacity = "NO_CAPACITY",
        /// Only a waiting list.
        WaitlistOnly = "WAITLIST_ONLY",
        /// Not in the target group.
        NotEligible = "NOT_ELIGIBLE",
        /// Not the organisation's area or resident.
        OutOfArea = "OUT_OF_AREA",
        /// The place is not safe for the person.
        LocationUnsafeForClient = "LOCATION_UNSAFE_FOR_CLIENT",
        /// The person declined.
        ClientDeclined = "CLIENT_DECLINED",
        /// The person could not be reached.
        CouldNotContact = "COULD_NOT_CONTACT",
        /// Not needed any more.
        NoLongerNeeded = "NO_LONGER_NEEDED",
        /// The person did not come.
        NoShow = "NO_SHOW",
        /// The service has closed.
        ServiceClosed = "SERVICE_CLOSED",
        /// Something is missing in the request.
        MissingInformation = "MISSING_INFORMATION",
        /// The support that is needed is not there.
        UnmetSupportNeed = "UNMET_SUPPORT_NEED",
        /// The person withdrew the consent.
        ConsentWithdrawn = "CONSENT_WITHDRAWN",
        /// The agreement ended.
        AgreementTerminated = "AGREEMENT_TERMINATED",
        /// Nobody answered in time.
        ResponseTimeExceeded = "RESPONSE_TIME_EXCEEDED",
        /// It exists already.
        Duplicate = "DUPLICATE",
        /// It was made by mistake.
        EnteredInError = "ENTERED_IN_ERROR",
        /// Something else.
        Other = "OTHER",
    }
);

coded_enum!(
    /// What happens after a decline.
    NextStep {
        /// A bed for now from the declining organisation.
        TemporaryBed = "TEMPORARY_BED",
        /// Passed on, with consent, to somebody who can help.
        OtherRecipient = "OTHER_RECIPIENT",
        /// A meeting with advice.
        AdviceMeeting = "ADVICE_MEETING",
        /// The source completes the request and sends it anew.
        Resubmit = "RESUBMIT",
        /// A place in the queue.
        Waitlisted = "WAITLISTED",
        /// The source keeps the acute duty and both review together.
        JointReview = "JOINT_REVIEW",
    }
);

coded_enum!(
    /// What came of a referral (HUD ReferralResult, refined).
    OutcomeResult {
        /// The person got what was asked for.
        Housed = "HOUSED",
        /// The person got a bed for a time.
        TemporaryPlace = "TEMPORARY_PLACE",
        /// The person got support.
        SupportGiven = "SUPPORT_GIVEN",
        /// The person moved on by own means.
        MovedOn = "MOVED_ON",
        /// The person returned to where it began.
        Returned = "RETURNED",
        /// Not known.
        Unknown = "UNKNOWN",
    }
);
