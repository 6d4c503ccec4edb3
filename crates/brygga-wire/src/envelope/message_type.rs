//! What a payload is, by the name that travels.

use std::fmt;

use brygga_domain::Refusal;

use crate::field::invalid;

const MAX_NAME_BYTES: usize = 64;

/// The type of a payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// A party asks the others to sign.
    AgreementProposed,
    /// A party tells the others that it signed.
    AgreementSigned,
    /// A participant suspends an agreement.
    AgreementSuspended,
    /// A participant takes its suspension back.
    AgreementResumed,
    /// A recipient tells of how many its quota is a share.
    AgreementQuotaDeclared,
    /// A party ends an agreement.
    AgreementTerminated,
    /// A reader asks a party for its numbers of a quarter.
    AggregateRequested,
    /// A party tells its numbers.
    AggregateReported,
    /// Whoever looks for places asks all parties of an agreement.
    CapacityCalled,
    /// A party holds places for whoever called.
    CapacityCallAnswered,
    /// A call is over for a party.
    CapacityCallClosed,
    /// Whoever looks for a place asks a publisher to hold it.
    CapacityHoldRequested,
    /// Whoever holds a place extends, confirms or gives back.
    CapacityHoldChanged,
    /// The publisher ends a hold.
    CapacityHoldEnded,
    /// Where a hold that waits stands, or that its turn has come.
    CapacityHoldMoved,
    /// A referral begins.
    ReferralRequested,
    /// The source takes it back.
    ReferralWithdrawn,
    /// The target's log has a new event.
    ReferralProgressed,
    /// Either side tells the other something in between.
    ReferralNoted,
    /// The source has read how it ended.
    ReferralAcknowledged,
    /// The source asks for a second look at a decline.
    ReferralReviewRequested,
    /// The source offers an open referral to a party.
    ReferralOffered,
    /// A party claims an open referral.
    ReferralClaimed,
    /// An open referral is open to a party no more.
    ReferralOfferClosed,
    /// The source takes the ground of a referral away.
    ProcessingStopRequested,
    /// The target has stopped, and says what it still holds.
    ProcessingStopped,
    /// Kronofogden tells of an eviction.
    NoticeEviction,
    /// The municipality confirms that it has received it.
    NoticeConfirmed,
    /// Somebody tells a municipality something about a home.
    SignalGiven,
    /// Either end tells what follows.
    SignalStep,
    /// A municipality asks another to take over a case, or to give one up.
    TransferRequested,
    /// Whoever was asked takes a position.
    TransferAnswered,
    /// Whoever asked takes it back.
    TransferWithdrawn,
    /// What has happened with IVO.
    TransferEscalated,
    /// The case is handed over.
    TransferHandedOver,
    /// A type that this version does not know; it is answered with `REC_NOT_IMPLEMENTED`.
    Other(String),
}

impl MessageType {
    /// The name that travels.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AgreementProposed => "agreement.proposed",
            Self::AgreementSigned => "agreement.signed",
            Self::AgreementSuspended => "agreement.suspended",
            Self::AgreementResumed => "agreement.resumed",
            Self::AgreementQuotaDeclared => "agreement.quota_declared",
            Self::AgreementTerminated => "agreement.terminated",
            Self::AggregateRequested => "aggregate.requested",
            Self::AggregateReported => "aggregate.reported",
            Self::CapacityCalled => "capacity.called",
            Self::CapacityCallAnswered => "capacity.call_answered",
            Self::CapacityCallClosed => "capacity.call_closed",
            Self::CapacityHoldRequested => "capacity.hold_requested",
            Self::CapacityHoldChanged => "capacity.hold_changed",
            Self::CapacityHoldEnded => "capacity.hold_ended",
            Self::CapacityHoldMoved => "capacity.hold_moved",
            Self::ReferralRequested => "referral.requested",
            Self::ReferralWithdrawn => "referral.withdrawn",
            Self::ReferralProgressed => "referral.progressed",
            Self::ReferralNoted => "referral.noted",
            Self::ReferralAcknowledged => "referral.acknowledged",
            Self::ReferralReviewRequested => "referral.review_requested",
            Self::ReferralOffered => "referral.offered",
            Self::ReferralClaimed => "referral.claimed",
            Self::ReferralOfferClosed => "referral.offer_closed",
            Self::ProcessingStopRequested => "processing.stop_requested",
            Self::ProcessingStopped => "processing.stopped",
            Self::NoticeEviction => "notice.eviction",
            Self::NoticeConfirmed => "notice.confirmed",
            Self::SignalGiven => "signal.given",
            Self::SignalStep => "signal.step",
            Self::TransferRequested => "transfer.requested",
            Self::TransferAnswered => "transfer.answered",
            Self::TransferWithdrawn => "transfer.withdrawn",
            Self::TransferEscalated => "transfer.escalated",
            Self::TransferHandedOver => "transfer.handed_over",
            Self::Other(name) => name,
        }
    }

    /// Whether its content can be taken back while it waits: the thread goes on without it. A request is
    /// nothing without its content.
    pub(super) const fn has_covers(&self) -> bool {
        matches!(self, Self::ReferralNoted)
    }

    /// Reads a name: 1 to 64 of `a-z`, `0-9`, `_` and `.`, so that it can stand in a log line.
    pub(super) fn parse(name: String, field: &'static str) -> Result<Self, Refusal> {
        Ok(match name.as_str() {
            "agreement.proposed" => Self::AgreementProposed,
            "agreement.signed" => Self::AgreementSigned,
            "agreement.suspended" => Self::AgreementSuspended,
            "agreement.resumed" => Self::AgreementResumed,
            "agreement.quota_declared" => Self::AgreementQuotaDeclared,
            "agreement.terminated" => Self::AgreementTerminated,
            "aggregate.requested" => Self::AggregateRequested,
            "aggregate.reported" => Self::AggregateReported,
            "capacity.called" => Self::CapacityCalled,
            "capacity.call_answered" => Self::CapacityCallAnswered,
            "capacity.call_closed" => Self::CapacityCallClosed,
            "capacity.hold_requested" => Self::CapacityHoldRequested,
            "capacity.hold_changed" => Self::CapacityHoldChanged,
            "capacity.hold_ended" => Self::CapacityHoldEnded,
            "capacity.hold_moved" => Self::CapacityHoldMoved,
            "referral.requested" => Self::ReferralRequested,
            "referral.withdrawn" => Self::ReferralWithdrawn,
            "referral.progressed" => Self::ReferralProgressed,
            "referral.noted" => Self::ReferralNoted,
            "referral.acknowledged" => Self::ReferralAcknowledged,
            "referral.review_requested" => Self::ReferralReviewRequested,
            "referral.offered" => Self::ReferralOffered,
            "referral.claimed" => Self::ReferralClaimed,
            "referral.offer_closed" => Self::ReferralOfferClosed,
            "processing.stop_requested" => Self::ProcessingStopRequested,
            "processing.stopped" => Self::ProcessingStopped,
            "notice.eviction" => Self::NoticeEviction,
            "notice.confirmed" => Self::NoticeConfirmed,
            "signal.given" => Self::SignalGiven,
            "signal.step" => Self::SignalStep,
            "transfer.requested" => Self::TransferRequested,
            "transfer.answered" => Self::TransferAnswered,
            "transfer.withdrawn" => Self::TransferWithdrawn,
            "transfer.escalated" => Self::TransferEscalated,
            "transfer.handed_over" => Self::TransferHandedOver,
            other if is_name(other) => Self::Other(name),
            _ => return Err(invalid(field)),
        })
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.');
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(is_part)
}
