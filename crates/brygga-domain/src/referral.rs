//! The referral: one organisation asks another to help a person.
//!
//! Three axes, never one: how far the request has come on its way ([`Delivery`]), where the
//! work stands ([`Status`]), and what people call it meanwhile (a later addition without guards).
//! From delivery on, the target's log orders the referral; the source mirrors it (exchange guide 1.2).

mod decision;
mod event;
mod request;
mod status;
#[cfg(test)]
mod tests;

pub use decision::Command;
pub use event::{
    Decline, DeclineParty, Event, NextStep, Outcome, OutcomeResult, StatusReason, TakenOn,
};
pub use request::{ContactPolicy, Grant, Request, RequestParts};
pub use status::{Delivery, Status};

use crate::{ConversationId, OrgId, Reason, ReferralId, Refusal, Seconds, Timestamp, UnitId};

/// How long an acute request may wait for the recipient's node before people take the telephone.
pub const CALL_DUTY_PHONE_AFTER: Seconds = Seconds::hours(1);

/// Which end of a referral a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It asked.
    Source,
    /// It was asked.
    Target,
}

/// A referral as one of its two nodes holds it, without personal data. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The same at both ends.
    pub id: ReferralId,
    /// Which end this is.
    pub side: Side,
    /// Who asks.
    pub source: OrgId,
    /// Who is asked.
    pub target: OrgId,
    /// Function that is asked; none for the target's intake.
    pub target_unit: Option<UnitId>,
    /// What is asked for.
    pub request: Request,
    /// What permits it.
    pub grant: Grant,
    /// When it was requested, on the source's clock.
    pub requested_at: Timestamp,
    /// Version of the target's log; the request is 1.
    pub version: u32,
    /// Where the work stands.
    pub status: Status,
    /// Function that took it on, and its promise: the human receipt.
    pub taken_on: Option<TakenOn>,
    /// When the last event happened.
    pub changed_at: Timestamp,
    /// When the target's log ends it if nobody has answered. At the source the promised time; at the
    /// target never sooner than a whole response time after arrival, so that a referral which waited
    /// for a node that was down is not dead when it arrives (SYS-01).
    pub answer_due: Timestamp,
}

impl Referral {
    /// A new referral, as both ends see it at version 1.
    pub fn requested(
        id: ReferralId,
        side: Side,
        parts: RequestParts,
        requested_at: Timestamp,
    ) -> Self {
        let RequestParts { source, target, target_unit, request, grant } = parts;
        let answer_due = request.respond_by;
        Self {
            id,
            side,
            source,
            target,
            target_unit,
            request,
            grant,
            requested_at,
            version: 1,
            status: Status::Requested,
            taken_on: None,
            changed_at: requested_at,
            answer_due,
        }
    }

    /// At the target, on arrival: gives people a whole response time from now on.
    pub fn arrived(&mut self, now: Timestamp) {
        let response_millis = self.request.respond_by.millis_since(self.requested_at);
        let from_arrival = Timestamp::from_millis(now.as_millis().saturating_add(response_millis));
        self.answer_due = self.request.respond_by.max(from_arrival);
    }

    /// At the source, when the target's node refused the request: nothing was begun there.
    pub fn refused_by_node(&mut self, now: Timestamp) {
        self.status = Status::Rejected(Decline::by_system());
        self.changed_at = now;
    }

    /// The thread of the referral's messages: its own id, so that both ends agree without asking.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// The organisation at the other end.
    pub const fn peer(&self) -> &OrgId {
        match self.side {
            Side::Source => &self.target,
            Side::Target => &self.source,
        }
    }

    /// The municipality that has the acute duty now: the host until the home accepts, then the home (KAL-01).
    /// Nobody but the home municipality takes it over: a shelter that accepts gives a bed and has no duty.
    pub fn acute_duty_holder(&self) -> Option<&OrgId> {
        if !self.request.acute_duty {
            return None;
        }
        let is_accepted = matches!(
            self.status,
            Status::Accepted
                | Status::InProgress
                | Status::CancellationRequested { .. }
                | Status::Completed(_)
        );
        let home = self.request.home_municipality.as_ref().filter(|home| **home == self.target);
        home.filter(|_| is_accepted).or(self.request.host_municipality.as_ref())
    }

    /// Whether the answer is overdue by this node's clock.
    /// At the source it is a presumption until the target's event arrives.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        matches!(self.status, Status::Requested) && now >= self.request.respond_by
    }

    /// Whether the same-day duty is to be taken by telephone, because the target's node has not been reached.
    pub fn must_call_duty_phone(&self, delivery: &Delivery, now: Timestamp) -> bool {
        let waited = now.millis_since(self.requested_at) >= CALL_DUTY_PHONE_AFTER.0 * 1000;
        let undelivered = matches!(delivery, Delivery::Queued | Delivery::Undeliverable);
        self.side == Side::Source
            && (self.request.acute_duty
                || self.request.priority == crate::agreement::Priority::Urgent)
            && matches!(self.status, Status::Requested)
            && undelivered
            && (waited || self.is_overdue(now))
    }

    /// Applies an event of the target's own log. Cannot fail: [`Self::decide`] made it.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        self.version += 1;
        self.changed_at = at;
        if let Event::TakenOn(taken_on) = event {
            self.taken_on = Some(taken_on.clone());
        }
        if let Some(status) = event.resulting_status() {
            self.status = status;
        }
    }

    /// Applies an event that the target reported, at the source.
    ///
    /// Returns whether it was new; an event that is held already changes nothing.
    ///
    /// # Errors
    /// [`Reason::ChainBroken`] when an event is missing between, [`Reason::Terminal`] when the
    /// referral is final here, [`Reason::InvalidTransition`] when the event does not fit.
    pub fn observe(&mut self, version: u32, event: &Event, at: Timestamp) -> Result<bool, Refusal> {
        if version <= self.version {
            return Ok(false);
        }
        if version != self.version + 1 {
            return Err(Refusal::at(Reason::ChainBroken, "payload.version"));
        }
        self.status.permits(event)?;
        self.apply(event, at);
        Ok(true)
    }
}
