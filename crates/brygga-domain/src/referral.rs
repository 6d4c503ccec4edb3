//! The referral: one organisation asks another to help a person.
//!
//! Three axes, never one: how far the request has come on its way ([`Delivery`]), where the
//! work stands ([`Status`]), and what people call it meanwhile ([`BusinessStatus`], without guards).
//! From delivery on, the target's log orders the referral; the source mirrors it (exchange guide 1.2).

mod advice;
mod decision;
mod event;
mod receipt;
mod request;
mod status;
#[cfg(test)]
mod tests;
mod words;

pub use advice::{AdviceChannel, AdviceMeans};
pub use decision::Command;
pub use event::{Decline, Escalation, Event, Outcome, TakenOn};
pub use request::{ContactPolicy, Grant, Request, RequestParts};
pub use status::{Delivery, Status};
pub use words::{
    BusinessStatus, DeclineParty, NextStep, OutcomeResult, ReviewGround, ReviewResult, StatusReason,
};

use crate::stop::StopReason;
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
    /// When the target's log lays it before others if nobody has taken it on; moved by a late arrival
    /// as `answer_due` is.
    pub take_on_due: Timestamp,
    /// Before whom it was laid last; none where it never was.
    pub escalation: Option<Escalation>,
    /// What people call it meanwhile.
    pub business_status: Option<BusinessStatus>,
    /// When the source acknowledged how it ended.
    pub loop_closed_at: Option<Timestamp>,
    /// The second look at a decline; none where nobody asked for one.
    pub review: Option<Review>,
    /// Whether its ground was taken away: nobody works on it or reads its content in everyday work.
    pub is_stopped: bool,
    /// Function of this node that made it on behalf of the one that it belongs to; never sent. None where that made it.
    pub shared_unit: Option<UnitId>,
}

/// How far a second look at a decline has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// It was asked for.
    Requested,
    /// This came of it.
    Done(ReviewResult),
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
        let (answer_due, take_on_due) = (request.respond_by, request.take_on_by);
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
            take_on_due,
            escalation: None,
            business_status: None,
            loop_closed_at: None,
            review: None,
            is_stopped: false,
            shared_unit: None,
        }
    }

    /// At the target, on arrival: gives people a whole response time from now on.
    pub fn arrived(&mut self, now: Timestamp) {
        let late = now.millis_since(self.requested_at).max(0);
        let moved = |due: Timestamp| Timestamp::from_millis(due.as_millis().saturating_add(late));
        self.answer_due = moved(self.request.respond_by);
        self.take_on_due = moved(self.request.take_on_by);
    }

    /// At the source, when the target's node refused the request: nothing was begun there.
    pub fn refused_by_node(&mut self, now: Timestamp) {
        self.status = Status::Rejected(Decline::by_system());
        self.changed_at = now;
    }

    /// At the source, when the target answers a stop with having nothing: nothing was begun there.
    pub fn stopped_unseen(&mut self, reason: StopReason, now: Timestamp) {
        self.status = match reason {
            StopReason::EnteredInError => Status::EnteredInError,
            StopReason::ConsentWithdrawn | StopReason::ConsentNarrowed => {
                Status::Cancelled { reason: reason.status_reason() }
            }
        };
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
                | Status::OnHold { .. }
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

    /// The municipality that is responsible, whatever a partner accepts: exercise of public authority
    /// never passes to a private body (SoL 4:3, rule R14). None where no municipality is concerned.
    pub fn responsible_municipality(&self) -> Option<&OrgId> {
        self.request.home_municipality.as_ref().or(self.request.host_municipality.as_ref())
    }

    /// Whether the source still has to follow up: the work is over and nobody here has acknowledged how (NAT-01).
    pub fn needs_follow_up(&self) -> bool {
        self.side == Side::Source
            && self.status.is_final()
            && !matches!(self.status, Status::EnteredInError)
            && self.loop_closed_at.is_none()
    }

    /// Whether an event may follow what is there.
    ///
    /// # Errors
    /// [`Reason::Terminal`] where the work is over, otherwise [`Reason::InvalidTransition`].
    fn permits(&self, event: &Event) -> Result<(), Refusal> {
        let is_over = self.status.is_final() && !matches!(self.status, Status::EnteredInError);
        let is_rejected = matches!(self.status, Status::Rejected(_));
        let fits = match event {
            Event::LoopClosed => is_over && self.loop_closed_at.is_none(),
            Event::ReviewRequested { .. } => is_rejected && self.review.is_none(),
            Event::Reviewed { .. } => is_rejected && self.review == Some(Review::Requested),
            Event::Escalated(escalation) => {
                let level = self.escalation.as_ref().map_or(0, |laid| laid.level);
                self.status.permits(event)?;
                self.taken_on.is_none()
                    && (level + 1..=Escalation::LAST).contains(&escalation.level)
            }
            _ => return self.status.permits(event),
        };
        if fits { Ok(()) } else { Err(Refusal::new(Reason::InvalidTransition)) }
    }

    /// Applies an event of the target's own log. Cannot fail: [`Self::decide`] made it.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        self.version += 1;
        self.changed_at = at;
        match event {
            Event::TakenOn(taken_on) => self.taken_on = Some(taken_on.clone()),
            Event::Escalated(escalation) => self.escalation = Some(escalation.clone()),
            Event::BusinessStatusSet(word) => self.business_status = Some(*word),
            Event::LoopClosed => self.loop_closed_at = Some(at),
            Event::ReviewRequested { .. } => self.review = Some(Review::Requested),
            Event::Reviewed { result } => self.review = Some(Review::Done(*result)),
            _ => {}
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
        // A source that has stopped closes the loop by itself, maybe while its word is on its way.
        let closes_again = matches!(event, Event::LoopClosed) && self.loop_closed_at.is_some();
        if !closes_again {
            self.permits(event)?;
        }
        self.apply(event, at);
        Ok(true)
    }
}
