//! Notices of evictions (domain guide 8): Kronofogden tells the municipality where the dwelling is, which confirms on the
//! same day who works with it (socialtjänstförordningen 11:3, rule R16).
//!
//! Both ends keep the same facts, and what is due follows from them and the clock. Nothing here is about who the person
//! is: that stands in the sealed content. The rules are in `docs/NOTICES.md`.

mod case_number;
mod tasks;
mod words;

pub use case_number::CaseNumber;
pub use tasks::{NoticeTask, tasks};
pub use words::{
    Children, ChildrenCount, EvictionGround, LandlordKind, LivingForm, NoticeKind, NoticeSide,
    Occupants,
};

use jiff::civil::{Date, time};

use crate::lateness::{Due, Lateness};
use crate::legal::coded_enum;
use crate::swedish_day::{swedish_day, swedish_instant};
use crate::{
    AgreementId, ConversationId, MessageId, NoticeId, OrgId, Reason, Refusal, Timestamp, UnitId,
    calendar, deadlines,
};

coded_enum!(
    /// What is late.
    NoticeAlarm {
        /// Not confirmed at 14:00.
        Warning = "WARNING",
        /// Not confirmed at 16:00.
        Escalated = "ESCALATED",
        /// Not confirmed on the same day: the municipality breaches its duty.
        Breached = "BREACHED",
        /// A respite is over, and nothing more is told.
        RespiteOver = "RESPITE_OVER",
        /// An application has lapsed after six months in which nothing was told, and that is not told either.
        LapseDue = "LAPSE_DUE",
    }
);

/// A notice at one of its ends, without personal data. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvictionNotice {
    /// The same at both ends.
    pub id: NoticeId,
    /// The own end.
    pub side: NoticeSide,
    /// Kronofogden.
    pub sender: OrgId,
    /// The municipality where the dwelling is.
    pub recipient: OrgId,
    /// The function that sends; none for its intake.
    pub sender_unit: Option<UnitId>,
    /// The function that receives; none for its intake. Of a protected person always the one for protected post.
    pub recipient_unit: Option<UnitId>,
    /// Whether it goes the protected way.
    pub protected: bool,
    /// Kronofogden's case.
    pub case_number: CaseNumber,
    /// Whether children live there, as far as it is said; of a protected person it is not said here.
    pub with_children: bool,
    /// What was told last.
    pub kind: NoticeKind,
    /// The last day of a respite; none where no day is set, and otherwise.
    pub until: Option<Date>,
    /// The message that told it.
    pub message_id: MessageId,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version.
    pub agreement_version: u32,
    /// Rule that permits it.
    pub rule_id: String,
    /// When the last message was sent, on the sender's clock.
    pub sent_at: Timestamp,
    /// When it reached the other, on its clock; none while the sender does not know.
    pub arrived_at: Option<Timestamp>,
    /// Why the other's node did not take it.
    pub not_taken: Option<Reason>,
    /// When the last message was confirmed, on the recipient's clock.
    pub confirmed_at: Option<Timestamp>,
    /// What has been raised as late, and when it is looked at next, on the own clock.
    pub lateness: Lateness<NoticeAlarm>,
    /// When anything changed last, on the own clock.
    pub changed_at: Timestamp,
    /// Grows by one with each change.
    pub revision: u32,
}

/// The times of the day on which a notice is to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmationTimes {
    /// 14:00: whoever works with it is warned.
    pub warning_at: Timestamp,
    /// 16:00: it is laid before more people.
    pub escalation_at: Timestamp,
    /// The first instant of the next day: the duty is breached.
    pub breach_at: Timestamp,
}

impl ConfirmationTimes {
    /// The times of the day in Europe/Stockholm on which a notice arrived.
    pub fn of(arrived_at: Timestamp) -> Self {
        let day = swedish_day(arrived_at);
        Self {
            warning_at: swedish_instant(day.to_datetime(time(14, 0, 0, 0))),
            escalation_at: swedish_instant(day.to_datetime(time(16, 0, 0, 0))),
            breach_at: deadlines::confirmation_too_late(day),
        }
    }
}

impl EvictionNotice {
    /// The thread: the notice's own id.
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

    /// When it is to be confirmed; none where nothing is to be confirmed, or it is already.
    pub fn due(&self) -> Option<ConfirmationTimes> {
        let waits =
            self.kind.tells_a_time() && self.confirmed_at.is_none() && self.not_taken.is_none();
        waits.then(|| ConfirmationTimes::of(self.arrived_at.unwrap_or(self.sent_at)))
    }

    /// Whether it comes before others: somebody has to confirm it, and children live there (ORE-05).
    pub fn comes_first(&self) -> bool {
        self.with_children && self.due().is_some()
    }

    /// What is late at an instant.
    pub fn alarm(&self, now: Timestamp) -> Option<NoticeAlarm> {
        Lateness::alarm(&self.steps(), now)
    }

    /// T8: the last day before an application lapses on which nothing more is told.
    pub fn lapses_after(&self) -> Option<Date> {
        let is_application = self.kind == NoticeKind::Application;
        is_application.then(|| deadlines::lapses_after(swedish_day(self.sent_at)))
    }

    /// T6: the last day on which the municipality follows up whoever was evicted.
    pub fn follow_up_by(&self) -> Option<Date> {
        let is_executed = self.kind == NoticeKind::Executed;
        is_executed.then(|| deadlines::follow_up(swedish_day(self.sent_at)))
    }

    fn steps(&self) -> Vec<Due<NoticeAlarm>> {
        let steps = |due: ConfirmationTimes| {
            [
                (due.warning_at, Some(NoticeAlarm::Warning)),
                (due.escalation_at, Some(NoticeAlarm::Escalated)),
                (due.breach_at, Some(NoticeAlarm::Breached)),
            ]
        };
        let mut steps: Vec<_> = self.due().map(steps).into_iter().flatten().collect();
        if self.not_taken.is_none() {
            let respite = self.until.map(deadlines::respite_over);
            steps.extend(respite.map(|over| (over, Some(NoticeAlarm::RespiteOver))));
            let lapse = self.lapses_after().map(calendar::end_of_swedish_day);
            steps.extend(lapse.map(|over| (over, Some(NoticeAlarm::LapseDue))));
        }
        steps
    }

    /// Begins the clock of a notice that is new here.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.lateness.changed(&self.steps(), self.changed_at);
        self
    }

    /// Raises what has become late since it was looked at last. Returns it; none where nothing has.
    pub fn raise(&mut self, now: Timestamp) -> Option<NoticeAlarm> {
        self.revision += 1;
        self.lateness.raise(&self.steps(), now)
    }

    /// Takes the next message of the thread, which `said` tells: of a kind, sent at an instant, arrived at another. What has
    /// no content says nothing of children.
    ///
    /// # Errors
    /// [`Reason::Terminal`] once it is over, [`Reason::InvalidTransition`] for a kind that does not follow.
    pub fn follow(&mut self, kind: NoticeKind, said: Said, now: Timestamp) -> Result<(), Refusal> {
        if self.not_taken.is_some() {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        self.kind.check_next(kind)?;
        (self.kind, self.message_id, self.until) = (kind, said.message_id, said.until);
        (self.sent_at, self.arrived_at) = (said.sent_at, said.arrived_at);
        self.confirmed_at = None;
        self.with_children = said.with_children.unwrap_or(self.with_children);
        self.changed(now);
        Ok(())
    }

    /// The municipality confirms. Returns whether anything changed: a second time nothing does.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at Kronofogden's end, [`Reason::InvalidTransition`] where nothing is to be confirmed.
    pub fn confirm(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        if self.side != NoticeSide::Recipient {
            return Err(Refusal::new(Reason::WrongActor));
        }
        if !self.kind.tells_a_time() {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        if self.confirmed_at.is_some() {
            return Ok(false);
        }
        self.confirmed_at = Some(now);
        self.changed(now);
        Ok(true)
    }

    /// Kronofogden hears that a message was confirmed at an instant. Returns whether anything changed: what confirms a
    /// message that another one has followed changes nothing.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] at the municipality's end.
    pub fn observe_confirmed(
        &mut self,
        message_id: MessageId,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        if self.side != NoticeSide::Sender {
            return Err(Refusal::new(Reason::WrongActor));
        }
        let is_last = self.message_id == message_id && self.kind.tells_a_time();
        if !is_last || self.confirmed_at.is_some() {
            return Ok(false);
        }
        self.confirmed_at = Some(at);
        self.changed(now);
        Ok(true)
    }

    /// The other's node has stored a message, or will not. Returns whether anything changed.
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
            // Also one that was given up and sent once more.
            Ok(at) => (self.arrived_at, self.not_taken) = (Some(at), None),
            Err(reason) if self.not_taken.is_none() => self.not_taken = Some(reason),
            Err(_) => return false,
        }
        self.changed(now);
        true
    }

    fn changed(&mut self, at: Timestamp) {
        self.changed_at = at;
        self.revision += 1;
        self.lateness.changed(&self.steps(), at);
    }
}

/// The message that tells something of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The message.
    pub message_id: MessageId,
    /// When it was sent, on the sender's clock.
    pub sent_at: Timestamp,
    /// When it arrived, on the recipient's clock; none at the sender.
    pub arrived_at: Option<Timestamp>,
    /// Whether it says that children live there; none where it has no content.
    pub with_children: Option<bool>,
    /// The last day of a respite.
    pub until: Option<Date>,
}

#[cfg(test)]
mod tests;
