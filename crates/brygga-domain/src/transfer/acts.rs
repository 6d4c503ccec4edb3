//! What the two may do when, and what the other tells of it.

use jiff::civil::Date;

use super::{Finality, Outcome, Position, Transfer, TransferAct, TransferStatus, times};
use crate::swedish_day::swedish_day;
use crate::{OrgId, Reason, Refusal, Seconds, Timestamp};

/// How far two nodes' clocks may be apart: a day is a day where it has begun at either.
const CLOCK_TOLERANCE: Seconds = Seconds(300);

impl Transfer {
    /// What the own side does. Doing the same again changes nothing; returns whether anything changed.
    ///
    /// # Errors
    /// [`Reason::WrongActor`] for what is the other's to do; [`Reason::InvalidTransition`] where it is too early, too
    /// late or out of order; [`Reason::Terminal`] once nothing happens any more; [`Reason::InvalidField`] at `on` for a
    /// day that cannot be.
    pub fn act(&mut self, act: &TransferAct, now: Timestamp) -> Result<bool, Refusal> {
        let by = self.own().clone();
        self.check_actor(&by, act)?;
        if self.holds_already(&by, act) {
            return Ok(false);
        }
        if self.is_over(now) {
            return Err(Refusal::new(Reason::Terminal));
        }
        self.check(act, now, false)?;
        self.write(&by, act, now);
        Ok(true)
    }

    /// What the other side did, as it tells. It may have done so before it knew what happened here, and both ends come
    /// to the same: an answer that meets an application to IVO is kept and changes nothing; one that agrees undoes a
    /// withdrawal that it crossed, which the other refuses; what was agreed on and handed over is handed over; and an
    /// appeal in time undoes a finality that nobody had appealed, with the hand-over that rested on it.
    ///
    /// # Errors
    /// As [`Self::act`].
    pub fn observe(
        &mut self,
        act: &TransferAct,
        told_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let by = self.peer().clone();
        self.check_actor(&by, act)?;
        if self.holds_already(&by, act) {
            return Ok(false);
        }
        // Whoever hands over may have done so before it knew; nobody takes that back by going on elsewhere.
        let mut before = self.clone();
        before.handed_over_at = None;
        before.check(act, now, true)?;
        match act {
            TransferAct::Answer(Position::Agree) if self.applied_on.is_none() => {
                self.withdrawn_at = None;
            }
            TransferAct::Appeal { .. } if self.finalised.is_some_and(|one| !one.after_appeal) => {
                self.finalised = None;
                if !self.is_agreed() {
                    self.handed_over_at = None;
                }
            }
            _ => {}
        }
        self.write(&by, act, told_at);
        self.changed_at = now;
        Ok(true)
    }

    fn is_agreed(&self) -> bool {
        matches!(self.answer, Some((Position::Agree, _)))
    }

    fn check_actor(&self, by: &OrgId, act: &TransferAct) -> Result<(), Refusal> {
        let may = match act {
            TransferAct::Answer(_) => *by == self.asked,
            TransferAct::Appeal { .. } => true,
            TransferAct::HandOver => by == self.old(),
            TransferAct::Withdraw
            | TransferAct::Apply { .. }
            | TransferAct::Decide { .. }
            | TransferAct::Finalise { .. } => *by == self.requester,
        };
        if may { Ok(()) } else { Err(Refusal::new(Reason::WrongActor)) }
    }

    fn holds_already(&self, by: &OrgId, act: &TransferAct) -> bool {
        match act {
            TransferAct::Answer(position) => self.answer.is_some_and(|(held, _)| held == *position),
            TransferAct::Withdraw => self.withdrawn_at.is_some(),
            TransferAct::Apply { on } => self.applied_on == Some(*on),
            TransferAct::Decide { on, outcome } => self.decided == Some((*on, *outcome)),
            TransferAct::Appeal { .. } => {
                self.appealed.as_ref().is_some_and(|(_, held)| held == by)
            }
            TransferAct::Finalise { on, outcome, after_appeal } => {
                let said = Finality { on: *on, outcome: *outcome, after_appeal: *after_appeal };
                self.finalised == Some(said)
            }
            TransferAct::HandOver => self.handed_over_at.is_some(),
        }
    }

    /// Whether an act is due. `crossing` is what the other did before it knew what happened here.
    fn check(&self, act: &TransferAct, now: Timestamp, crossing: bool) -> Result<(), Refusal> {
        let status = self.status(now);
        let is_due = match act {
            TransferAct::Answer(_) => self.takes_answer(status, crossing),
            TransferAct::Withdraw => matches!(
                status,
                TransferStatus::Requested
                    | TransferStatus::NoReply
                    | TransferStatus::Disagreed
                    | TransferStatus::IvoApplied
            ),
            TransferAct::Apply { on } => return self.check_application(status, *on, now, crossing),
            TransferAct::Decide { on, .. } => {
                return self.check_decision(status, *on, now);
            }
            TransferAct::Appeal { on } => return self.check_appeal(status, *on, now, crossing),
            TransferAct::Finalise { on, outcome, after_appeal } => {
                let said = Finality { on: *on, outcome: *outcome, after_appeal: *after_appeal };
                return self.check_final(status, said, now);
            }
            TransferAct::HandOver => match status {
                TransferStatus::Agreed => true,
                TransferStatus::Final if self.outcome() == Some(Outcome::Moves) => true,
                _ => crossing && self.is_agreed(),
            },
        };
        if is_due { Ok(()) } else { Err(Refusal::new(Reason::InvalidTransition)) }
    }

    fn takes_answer(&self, status: TransferStatus, crossing: bool) -> bool {
        match status {
            TransferStatus::Requested | TransferStatus::NoReply => true,
            // The request may have arrived after all.
            TransferStatus::NotTaken
            | TransferStatus::Withdrawn
            | TransferStatus::IvoApplied
            | TransferStatus::IvoDecided
            | TransferStatus::Appealed
            | TransferStatus::Final => crossing && self.answer.is_none(),
            TransferStatus::Agreed | TransferStatus::Disagreed | TransferStatus::HandedOver => {
                false
            }
        }
    }

    /// After a refusal, or after the month (29:11).
    fn check_application(
        &self,
        status: TransferStatus,
        on: Date,
        now: Timestamp,
        crossing: bool,
    ) -> Result<(), Refusal> {
        let is_due = match status {
            TransferStatus::Disagreed | TransferStatus::NoReply => true,
            TransferStatus::Agreed => crossing && self.is_after_the_month(on),
            _ => false,
        };
        if !is_due {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        let after_asking = swedish_day(self.requested_at) <= on;
        let is_possible = self.answer.is_some() || self.is_after_the_month(on);
        check_day(after_asking && is_possible, on, now)
    }

    fn is_after_the_month(&self, on: Date) -> bool {
        self.times().month_ends.is_some_and(|last| last < on)
    }

    fn check_decision(
        &self,
        status: TransferStatus,
        on: Date,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if status != TransferStatus::IvoApplied {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        check_day(self.applied_on.is_some_and(|applied| applied <= on), on, now)
    }

    /// Within three weeks from the day of the decision (FL 44 §). Both may appeal, each once.
    fn check_appeal(
        &self,
        status: TransferStatus,
        on: Date,
        now: Timestamp,
        crossing: bool,
    ) -> Result<(), Refusal> {
        // The other may have appealed before it knew of the own appeal, or of a finality.
        let is_due = match status {
            TransferStatus::IvoDecided => true,
            TransferStatus::Appealed | TransferStatus::Final => crossing,
            _ => false,
        };
        let Some((decided_on, _)) = self.decided.filter(|_| is_due) else {
            return Err(Refusal::new(Reason::InvalidTransition));
        };
        check_day(decided_on <= on && on <= times::appeal_ends(decided_on), on, now)
    }

    /// Unappealed, what IVO decided, after the three weeks; appealed, what the court did.
    fn check_final(
        &self,
        status: TransferStatus,
        said: Finality,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let invalid = Refusal::new(Reason::InvalidTransition);
        let (decided_on, decided) = self.decided.ok_or(invalid.clone())?;
        let is_possible = match status {
            TransferStatus::IvoDecided if !said.after_appeal => {
                if decided != said.outcome {
                    return Err(Refusal::at(Reason::InvalidField, "outcome"));
                }
                times::appeal_ends(decided_on) < said.on
            }
            TransferStatus::Appealed if said.after_appeal => {
                self.appealed.as_ref().is_some_and(|(appealed, _)| *appealed <= said.on)
            }
            _ => return Err(invalid),
        };
        check_day(is_possible, said.on, now)
    }

    fn write(&mut self, by: &OrgId, act: &TransferAct, at: Timestamp) {
        match act {
            TransferAct::Answer(position) => self.answer = Some((*position, at)),
            TransferAct::Withdraw => self.withdrawn_at = Some(at),
            TransferAct::Apply { on } => self.applied_on = Some(*on),
            TransferAct::Decide { on, outcome } => self.decided = Some((*on, *outcome)),
            // Of two that cross, the one that both ends choose alike.
            TransferAct::Appeal { on } => {
                let said = (*on, by.clone());
                self.appealed =
                    Some(self.appealed.take().map_or(said.clone(), |held| held.min(said)));
            }
            TransferAct::Finalise { on, outcome, after_appeal } => {
                let after_appeal = *after_appeal;
                self.finalised = Some(Finality { on: *on, outcome: *outcome, after_appeal });
            }
            TransferAct::HandOver => self.handed_over_at = Some(at),
        }
        self.changed(at);
    }
}

/// A day that is possible, and not in the future.
fn check_day(is_possible: bool, on: Date, now: Timestamp) -> Result<(), Refusal> {
    let tolerated = now.plus(CLOCK_TOLERANCE);
    if is_possible && on <= swedish_day(tolerated) {
        Ok(())
    } else {
        Err(Refusal::at(Reason::InvalidField, "on"))
    }
}
