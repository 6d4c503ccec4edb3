//! The words that events and decisions use; each is a closed list with stable codes.

use crate::legal::coded_enum;

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
        /// The law gives no right to a dwelling; only in a decline with an advice channel.
        NoRightToHousing = "NO_RIGHT_TO_HOUSING",
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

coded_enum!(
    /// What people call a referral meanwhile; no rule hangs on it (FHIR Task.businessStatus).
    BusinessStatus {
        /// A meeting or a day of moving in is set.
        Scheduled = "SCHEDULED",
        /// The person did not come.
        NoShow = "NO_SHOW",
        /// The person stands in a queue.
        Waitlisted = "WAITLISTED",
        /// Something is awaited from the person.
        AwaitingClient = "AWAITING_CLIENT",
        /// Something is awaited from the source.
        AwaitingSource = "AWAITING_SOURCE",
    }
);

coded_enum!(
    /// Why a decline is thought wrong.
    ReviewGround {
        /// The request was misunderstood.
        Misunderstood = "MISUNDERSTOOD",
        /// Something has changed since.
        ChangedCircumstances = "CHANGED_CIRCUMSTANCES",
        /// The agreement says otherwise.
        Agreement = "AGREEMENT",
        /// The person is in danger.
        Danger = "DANGER",
    }
);

coded_enum!(
    /// What came of a second look at a decline.
    ReviewResult {
        /// The decline stands.
        Upheld = "UPHELD",
        /// The decline was wrong: a new request will be accepted.
        Overturned = "OVERTURNED",
    }
);
