//! Signals about somebody's home: a landlord, Kriminalvården or a region tells the municipality, which works with it and
//! tells no more than the law or the person lets it (rules R17, R18 and R20; `docs/SIGNALS.md`).
//!
//! Both ends keep the same facts, and what is late follows from them and the clock. Nothing here is about who the person
//! is: that stands in the sealed content.

mod late;
mod steps;
mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub use steps::StepRule;
pub use words::{
    AgeBand, DisturbanceKind, NeedCode, PriorityMark, SignalAlarm, SignalOutcome, SignalStep,
    SignalSubject, StepReason,
};

use crate::lateness::Lateness;
use crate::notice::NoticeSide;
use crate::swedish_day::swedish_day;
use crate::{
    AgreementId, ConversationId, DisclosureGround, MessageId, NoticeId, OrgId, Reason, Refusal,
    Timestamp, UnitId, deadlines,
};

/// How soon somebody acts, as it is agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalTimes {
    /// Days until somebody tries to reach a tenant (NKP-07). 1 to 30.
    pub contact_days: u32,
    /// Hours until somebody is at an incident (KSD-01). 1 to 168.
    pub on_site_hours: u32,
    /// Days until somebody takes a signal on (REL-01). 1 to 30.
    pub take_on_days: u32,
}

impl Default for SignalTimes {
    fn default() -> Self {
        Self { contact_days: 3, on_site_hours: 48, take_on_days: 5 }
    }
}

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenStep {
    /// The message that told it, or the one that it would have had.
    pub message_id: MessageId,
    /// What was done.
    pub step: SignalStep,
    /// When, on the clock of whoever did it.
    pub at: Timestamp,
    /// Whether it came after its time, and so without the effect that the law gives it.
    pub is_late: bool,
    /// Why it came out of its order.
    pub reason: Option<StepReason>,
    /// Kronofogden's notice, with [`SignalStep::EvictionNotice`].
    pub notice: Option<NoticeId>,
}

/// A step to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The message that tells it.
    pub message_id: MessageId,
    /// What is done.
    pub step: SignalStep,
    /// When, on the clock of whoever does it.
    pub at: Timestamp,
    /// The day, with [`SignalStep::TenantServed`].
    pub on: Option<Date>,
    /// Why a visit comes before any letter.
    pub reason: Option<StepReason>,
    /// Kronofogden's notice, with [`SignalStep::EvictionNotice`].
    pub notice: Option<NoticeId>,
}

/// A signal at one of its ends, without personal data. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The same at both ends.
    pub id: NoticeId,
    /// The own end.
    pub side: NoticeSide,
    /// Who told.
    pub sender: OrgId,
    /// The municipality.
    pub recipient: OrgId,
    /// The function that sends; none for its intake.
    pub sender_unit: Option<UnitId>,
    /// The function that receives; none for its intake.
    pub recipient_unit: Option<UnitId>,
    /// What it is about.
    pub subject: SignalSubject,
    /// An earlier signal of the same sender that it goes on from.
    pub replaces: Option<NoticeId>,
    /// Its day: when the tenant was served, the last day of a round, or the Monday of the planned week.
    pub on: Option<Date>,
    /// Whom the municipality deals with first.
    pub priority: BTreeSet<PriorityMark>,
    /// Place in the agreed order; the smaller the sooner.
    pub rank: u32,
    /// How soon somebody acts.
    pub times: SignalTimes,
    /// The ground of its content.
    pub ground: DisclosureGround,
    /// The message that gave it.
    pub message_id: MessageId,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version.
    pub agreement_version: u32,
    /// Rule that permits it.
    pub rule_id: String,
    /// When it was sent, on the sender's clock.
    pub sent_at: Timestamp,
    /// When it reached the municipality, on its clock; none while the sender does not know.
    pub arrived_at: Option<Timestamp>,
    /// Why the municipality's node did not take it.
    pub not_taken: Option<Reason>,
    /// What followed, in its order.
    pub steps: Vec<TakenStep>,
    /// How it ended.
    pub outcome: Option<SignalOutcome>,
    /// What has been raised as late, and when it is looked at next, on the own clock.
    pub lateness: Lateness<SignalAlarm>,
    /// When anything changed last, on the own clock.
    pub changed_at: Timestamp,
    /// Grows by one with each change.
    pub revision: u32,
}

impl Signal {
    /// The thread: the signal's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// The other end.
    pub const fn peer(&self) -> &OrgId {
        match self.side {
            NoticeSide::Sender => &self.recipient,
            NoticeSide::Recipient => &self.sender,
        }
    }

    /// The function at this node that works with it; none is the intake.
    pub const fn own_unit(&self) -> Option<&UnitId> {
        match self.side {
            NoticeSide::Sender => self.sender_unit.as_ref(),
            NoticeSide::Recipient => self.recipient_unit.as_ref(),
        }
    }

    /// The function at the other node; none is the intake.
    pub const fn peer_unit(&self) -> Option<&UnitId> {
        match self.side {
            NoticeSide::Sender => self.recipient_unit.as_ref(),
            NoticeSide::Recipient => self.sender_unit.as_ref(),
        }
    }

    /// Whether a step has been taken.
    pub fn has(&self, step: SignalStep) -> bool {
        self.steps.iter().any(|taken| taken.step == step)
    }

    /// Takes a step of one of the ends. Returns whether anything changed: what is taken once only changes nothing a second
    /// time.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] for the other end's step, [`Reason::Terminal`] once it is over,
    /// [`Reason::InvalidTransition`] for a step that is not taken about its subject,
    /// [`Reason::InvalidField`] for a visit before any letter without a reason (STJ-02), at `on` and at `notice_id`.
    pub fn take(
        &mut self,
        by: NoticeSide,
        next: NextStep,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let rule = next.step.rule(self.subject).ok_or(Refusal::new(Reason::InvalidTransition))?;
        if rule.by != by {
            return Err(Refusal::new(Reason::WrongActor));
        }
        if rule.is_once && self.has(next.step) {
            return Ok(false);
        }
        if self.outcome.is_some() || self.not_taken.is_some() {
            return Err(Refusal::new(Reason::Terminal));
        }
        self.check_next(&next)?;
        self.apply(&next, now);
        Ok(true)
    }

    fn check_next(&self, next: &NextStep) -> Result<(), Refusal> {
        let is_early_visit = next.step == SignalStep::Visit
            && self.subject.is_rent()
            && !self.has(SignalStep::Letter);
        if is_early_visit != next.reason.is_some() {
            return Err(Refusal::at(Reason::InvalidField, "reason"));
        }
        let is_service = next.step == SignalStep::TenantServed;
        if is_service != next.on.is_some() || (is_service && self.on.is_some()) {
            return Err(Refusal::at(Reason::InvalidField, "on"));
        }
        if (next.step == SignalStep::EvictionNotice) != next.notice.is_some() {
            return Err(Refusal::at(Reason::InvalidField, "notice_id"));
        }
        let waits_for_site = next.step == SignalStep::ActionPlan && !self.has(SignalStep::OnSite);
        if waits_for_site {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        Ok(())
    }

    fn apply(&mut self, next: &NextStep, now: Timestamp) {
        self.on = next.on.or(self.on);
        if next.step == SignalStep::MarkIllHealth {
            self.priority.insert(PriorityMark::IllHealth);
        }
        let is_late = next.step == SignalStep::Undertaking && self.is_too_late(next.at);
        let NextStep { message_id, step, at, reason, notice, .. } = *next;
        self.steps.push(TakenStep { message_id, step, at, is_late, reason, notice });
        self.outcome = self.ended_by(step, is_late);
        self.changed(now);
    }

    fn ended_by(&self, step: SignalStep, is_late: bool) -> Option<SignalOutcome> {
        match step {
            // In time it has the effect that the law gives it; afterwards it is a message and no more (EVI-04).
            SignalStep::Undertaking => (!is_late).then_some(SignalOutcome::Averted),
            SignalStep::LandlordDone | SignalStep::CaseWorkerDone | SignalStep::SupportDone => {
                let all = steps::ALL_THREE.iter().all(|one| self.has(*one));
                all.then_some(SignalOutcome::Resolved)
            }
            other => other.ends(self.subject),
        }
    }

    /// A later notice of the same sender takes its place (EVI-02). Returns whether anything changed.
    pub fn supersede(&mut self, message_id: MessageId, now: Timestamp) -> bool {
        if self.outcome.is_some() || self.subject != SignalSubject::RentNotice {
            return false;
        }
        let step = SignalStep::Superseded;
        let next = NextStep { message_id, step, at: now, on: None, reason: None, notice: None };
        self.apply(&next, now);
        true
    }

    /// A round ends when its last day is over. Returns whether it did.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let is_over = self.on.is_some_and(|last| last < swedish_day(now));
        if self.subject != SignalSubject::VisitRound || self.outcome.is_some() || !is_over {
            return false;
        }
        self.outcome = Some(SignalOutcome::Expired);
        self.changed(now);
        true
    }

    /// The other's node has stored the signal, or will not. Returns whether anything changed.
    pub fn settle(
        &mut self,
        message_id: MessageId,
        answer: Result<Timestamp, Reason>,
        now: Timestamp,
    ) -> bool {
        if self.side != NoticeSide::Sender || self.message_id != message_id {
            return false;
        }
        match answer {
            _ if self.arrived_at.is_some() => return false,
            Ok(at) => (self.arrived_at, self.not_taken) = (Some(at), None),
            Err(reason) if self.not_taken.is_none() => self.not_taken = Some(reason),
            Err(_) => return false,
        }
        self.changed(now);
        true
    }

    /// The last day to pay or to undertake it; none for other subjects, and while the tenant is not served (T1).
    pub fn redeem_by(&self) -> Option<Date> {
        let served = self.on.filter(|_| self.subject == SignalSubject::RentNotice)?;
        let told = swedish_day(self.arrived_at.unwrap_or(self.sent_at));
        Some(deadlines::redemption_end(served, told))
    }

    /// The first day on which an eviction may be decided (T2).
    pub fn earliest_decision(&self) -> Option<Date> {
        self.redeem_by().map(deadlines::earliest_decision)
    }

    fn is_too_late(&self, at: Timestamp) -> bool {
        let over = self.redeem_by().map(deadlines::undertaking_too_late);
        over.is_some_and(|over| over <= at)
    }

    fn changed(&mut self, at: Timestamp) {
        self.changed_at = at;
        self.revision += 1;
        self.lateness.changed(&self.due(), at);
    }
}

#[cfg(test)]
mod tests;
