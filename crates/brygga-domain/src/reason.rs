//! The closed set of reasons for which Brygga refuses something.
//!
//! The prefix says who has to act: `SEND_` the caller, `REC_` the receiver, none the parties
//! to an agreement or a consent. A reason is public, stable and never carries content.

/// Who is at fault, which decides the gRPC status and whose pager rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller could not be identified.
    Unauthenticated,
    /// Absent, or hidden from this caller: the two must look the same.
    NotFound,
    /// The caller is known and may not.
    Denied,
    /// The request can never be right as it stands.
    Invalid,
    /// The request does not fit the present state.
    Precondition,
    /// Somebody else was faster; read again and repeat.
    Conflict,
    /// The same key was used for something else.
    AlreadyExists,
    /// Not now; the same request can succeed later.
    Unavailable,
    /// Too much, too fast.
    Exhausted,
    /// What was agreed on is used up; waiting a moment does not help.
    UsedUp,
    /// The receiver does not know how.
    Unimplemented,
    /// A defect or a broken disk at the receiver.
    Internal,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $fault:ident;)*) => {
        /// Why something was refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code, as it stands in receipts, statuses and stored rows.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Who is at fault.
            pub const fn fault(self) -> Fault {
                match self { $(Self::$variant => Fault::$fault,)* }
            }

            /// Reads a stable code; `None` for one that this version does not know.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

reasons! {
    /// Certificate, token or signature proves nobody.
    Unauthenticated = "SEND_UNAUTHENTICATED", Unauthenticated;
    /// Absent, or not for this caller.
    NotFound = "SEND_NOT_FOUND", NotFound;
    /// The role of the caller does not allow it.
    RoleDenied = "SEND_ROLE_DENIED", Denied;
    /// No rule of the agreement permits it, or one prohibits it.
    PolicyDenied = "SEND_POLICY_DENIED", Denied;
    /// A field is missing, malformed or over its limit.
    InvalidField = "SEND_INVALID_FIELD", Invalid;
    /// Content stands where none may stand.
    ContentForbidden = "SEND_CONTENT_FORBIDDEN", Invalid;
    /// A text looks as if it told the result of a drug or alcohol test, and nobody says to have read it again.
    ContentWarning = "SEND_CONTENT_WARNING", Precondition;
    /// The envelope's signature does not verify.
    BadSignature = "SEND_BAD_SIGNATURE", Unauthenticated;
    /// The envelope is for somebody else.
    WrongRecipient = "SEND_WRONG_RECIPIENT", Unauthenticated;
    /// The envelope is past its time, or from the future.
    OutsideValidity = "SEND_OUTSIDE_VALIDITY", Precondition;
    /// The envelope does not follow the sender's previous one in the conversation.
    ChainBroken = "SEND_CHAIN_BROKEN", Precondition;
    /// The transition does not exist from the present state.
    InvalidTransition = "SEND_INVALID_TRANSITION", Precondition;
    /// This side may not do that.
    WrongActor = "SEND_WRONG_ACTOR", Precondition;
    /// The referral is final.
    Terminal = "SEND_TERMINAL", Precondition;
    /// The expected version is not the present one.
    VersionConflict = "SEND_VERSION_CONFLICT", Conflict;
    /// The same key or id came with other content.
    IdempotencyMismatch = "SEND_IDEMPOTENCY_MISMATCH", AlreadyExists;
    /// Too many requests at once or in a short time.
    TooManyRequests = "SEND_TOO_MANY_REQUESTS", Exhausted;
    /// No disclosure ground is named.
    GroundMissing = "SEND_GROUND_MISSING", Invalid;
    /// The ground cannot carry this message between these kinds of organisation.
    GroundNotAllowed = "SEND_GROUND_NOT_ALLOWED", Precondition;
    /// The GDPR basis is missing or not open to this sender.
    GdprBasisNotAllowed = "SEND_GDPR_BASIS_NOT_ALLOWED", Invalid;
    /// The ground needs a consent and none is named or known.
    ConsentMissing = "SEND_CONSENT_MISSING", Precondition;
    /// The consent is past its time or has not begun.
    ConsentExpired = "SEND_CONSENT_EXPIRED", Precondition;
    /// The consent was withdrawn.
    ConsentWithdrawn = "SEND_CONSENT_WITHDRAWN", Precondition;
    /// The consent does not cover this recipient or these data.
    ConsentScope = "SEND_CONSENT_SCOPE", Precondition;
    /// The agreement is not signed by all, or its time has not come.
    AgreementNotInForce = "SEND_AGREEMENT_NOT_IN_FORCE", Precondition;
    /// The agreement's time is over.
    AgreementExpired = "SEND_AGREEMENT_EXPIRED", Precondition;
    /// A party ended the agreement.
    AgreementTerminated = "SEND_AGREEMENT_TERMINATED", Precondition;
    /// A party has suspended the agreement; it can resume it.
    AgreementSuspended = "SEND_AGREEMENT_SUSPENDED", Precondition;
    /// What the agreement's permission carries for this period is used up.
    AgreementQuota = "SEND_AGREEMENT_QUOTA", UsedUp;
    /// The agreement is about another subject.
    AgreementScope = "SEND_AGREEMENT_SCOPE", Precondition;
    /// Two parties proposed other terms under one version; neither is agreed on.
    NegotiationDiverged = "SEND_NEGOTIATION_DIVERGED", Conflict;
    /// The signed terms are not the terms held here.
    AgreementTermsMismatch = "SEND_AGREEMENT_TERMS_MISMATCH", Precondition;
    /// The terms hold a word that this version does not know.
    PolicyUnknownTerm = "SEND_POLICY_UNKNOWN_TERM", Invalid;
    /// The sender does not affirm what the agreement asks of the person.
    EligibilityMissing = "SEND_ELIGIBILITY_MISSING", Precondition;
    /// The person is outside the agreement's target group, and the sender does not justify it.
    TargetGroupMismatch = "SEND_TARGET_GROUP_MISMATCH", Precondition;
    /// A rule of the terms can never decide anything, and nobody says that it is meant.
    PolicyFindings = "SEND_POLICY_FINDINGS", Precondition;
    /// A decline by the provider without a next step for the person.
    NextStepMissing = "SEND_NEXT_STEP_MISSING", Invalid;
    /// A decline for want of a right to a dwelling, without saying where the person can get advice.
    AdviceMissing = "SEND_ADVICE_MISSING", Invalid;
    /// A completion without an outcome.
    OutcomeMissing = "SEND_OUTCOME_MISSING", Invalid;
    /// Numbers of places that cannot be.
    CapacityInvariant = "SEND_CAPACITY_INVARIANT", Invalid;
    /// Fewer places than are held or taken.
    CapacityBelowCommitted = "SEND_CAPACITY_BELOW_COMMITTED", Precondition;
    /// The sequence of a publication is used for something else, or past.
    CapacitySequenceConflict = "SEND_CAPACITY_SEQUENCE_CONFLICT", AlreadyExists;
    /// No permit is attested for what is published, or it allows fewer persons.
    LicenceRequired = "SEND_LICENCE_REQUIRED", Precondition;
    /// The hold is past its time, and is not made anew.
    HoldExpired = "SEND_HOLD_EXPIRED", Precondition;
    /// Another party's answer to the call was first.
    CallTaken = "SEND_CALL_TAKEN", Precondition;
    /// A child cannot live where a stay ends within a day.
    ChildSafety = "SEND_CHILD_SAFETY_RULE", Precondition;
    /// Too few members of an exchange network could be asked; each could guess who asks.
    AnonymitySetTooSmall = "SEND_ANONYMITY_SET_TOO_SMALL", Precondition;
    /// A disclosure without call-back, secrecy basis or second officer.
    ReleaseMissing = "SEND_RELEASE_MISSING", Precondition;
    /// The person is protected: the case moves by the protected way only.
    ProtectedWay = "SEND_PROTECTED_WAY", Precondition;
    /// The rent is not so late yet that the agreement lets it be told.
    WithinGrace = "SEND_WITHIN_GRACE", Precondition;
    /// There is no active contact point, or more than one.
    ContactPointNotUnique = "CONTACT_POINT_NOT_UNIQUE", Precondition;
    /// A witness cosigned another size last.
    WitnessStale = "WITNESS_STALE", Conflict;
    /// The consistency proof does not hold.
    WitnessBadProof = "WITNESS_BAD_PROOF", Invalid;
    /// The receiver does not know the type, version or extension.
    NotImplemented = "REC_NOT_IMPLEMENTED", Unimplemented;
    /// The numbers are too old to rely on.
    Stale = "REC_STALE", Precondition;
    /// Too few places are left.
    CapacityExhausted = "REC_CAPACITY_EXHAUSTED", Precondition;
    /// The receiver cannot store now.
    RecipientUnavailable = "REC_UNAVAILABLE", Unavailable;
    /// A defect or a broken disk at the receiver.
    RecipientInternal = "REC_INTERNAL", Internal;
    /// The message could not be delivered before it expired.
    Undeliverable = "REC_UNDELIVERABLE", Unavailable;
}

/// A refusal: the reason and where the fault lies, never the content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} ({field})", reason.as_str())]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Where, as a path such as `payload.priority`; empty where the whole is at fault.
    pub field: &'static str,
    /// Agreement rule that refused it; empty where none did.
    pub rule_id: String,
}

impl Refusal {
    /// A refusal of the whole.
    pub const fn new(reason: Reason) -> Self {
        Self::at(reason, "")
    }

    /// A refusal for one field.
    pub const fn at(reason: Reason, field: &'static str) -> Self {
        Self { reason, field, rule_id: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_reads_back_what_it_prints() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
    }

    #[test]
    fn an_unknown_code_is_not_a_reason() {
        assert_eq!(Reason::parse("SEND_SOMETHING"), None);
    }
}
