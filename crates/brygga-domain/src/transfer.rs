//! A case that moves from one municipality to another (SoL 2025:400, 29:9-12; domain guide 7.2): asked for in writing,
//! answered, decided by IVO where the two do not agree or one is silent, and handed over.
//!
//! Both ends keep the same facts, and where a case stands follows from them and the clock. The one that asks tells what
//! became of the request with IVO, the one that is asked answers, and whoever is responsible hands over. What crosses
//! on its way ends alike at both: see [`Transfer::observe`]. Nothing here is about who the person is.

mod times;
mod wishes;

pub use times::{Due, Times};
pub use wishes::{Person, PersonsWish, WishOf, check_wishes};

use jiff::civil::Date;

use crate::legal::coded_enum;
use crate::swedish_day::swedish_day;
use crate::{
    AgreementId, ConversationId, OrgId, Reason, Refusal, Timestamp, TransferId, UnitId, calendar,
};

coded_enum!(
    /// Which way the one that asks wants the case to go.
    TransferDirection {
        /// It hands the case over to the other (29:10).
        HandOver = "HAND_OVER",
        /// It takes the case over from the other.
        TakeOver = "TAKE_OVER",
    }
);

coded_enum!(
    /// The own end.
    TransferSide {
        /// This organisation asked.
        Requester = "REQUESTER",
        /// This organisation was asked.
        Asked = "ASKED",
    }
);

coded_enum!(
    /// What the other answers.
    Position {
        /// The case moves.
        Agree = "AGREE",
        /// The case does not move.
        Disagree = "DISAGREE",
    }
);

coded_enum!(
    /// What IVO, or in the end a court, decides.
    Outcome {
        /// The case moves.
        Moves = "MOVES",
        /// The case stays.
        Stays = "STAYS",
    }
);

coded_enum!(
    /// Where a case stands.
    TransferStatus {
        /// Asked for, and not answered.
        Requested = "REQUESTED",
        /// Agreed; the old municipality is responsible until it hands over.
        Agreed = "AGREED",
        /// Not agreed; whoever asked may apply to IVO.
        Disagreed = "DISAGREED",
        /// Not answered within a month; whoever asked may apply to IVO.
        NoReply = "NO_REPLY",
        /// Applied to IVO.
        IvoApplied = "IVO_APPLIED",
        /// IVO has decided; the decision can be appealed.
        IvoDecided = "IVO_DECIDED",
        /// The decision is appealed.
        Appealed = "APPEALED",
        /// The decision has laga kraft.
        Final = "FINAL",
        /// Handed over.
        HandedOver = "HANDED_OVER",
        /// Whoever asked took it back.
        Withdrawn = "WITHDRAWN",
        /// The other's node did not take the request, or it did not arrive.
        NotTaken = "NOT_TAKEN",
    }
);

/// What one of the two does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferAct {
    /// The one that was asked takes a position.
    Answer(Position),
    /// The one that asked takes the request back.
    Withdraw,
    /// The one that asked has applied to IVO.
    Apply {
        /// On which day.
        on: Date,
    },
    /// The one that asked tells what IVO decided.
    Decide {
        /// The day of the decision.
        on: Date,
        /// What.
        outcome: Outcome,
    },
    /// Either has appealed.
    Appeal {
        /// On which day.
        on: Date,
    },
    /// The one that asked has verified that the decision has laga kraft; IVO tells nobody.
    Finalise {
        /// Since which day.
        on: Date,
        /// What holds.
        outcome: Outcome,
        /// Whether it is a court's decision after an appeal; otherwise IVO's, which nobody has appealed.
        after_appeal: bool,
    },
    /// Whoever is responsible hands over.
    HandOver,
}

impl TransferAct {
    /// The stable code.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answer",
            Self::Withdraw => "withdraw",
            Self::Apply { .. } => "apply",
            Self::Decide { .. } => "decide",
            Self::Appeal { .. } => "appeal",
            Self::Finalise { .. } => "finalise",
            Self::HandOver => "hand_over",
        }
    }
}

/// A decision that has laga kraft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finality {
    /// Since which day.
    pub on: Date,
    /// What holds.
    pub outcome: Outcome,
    /// Whether a court decided after an appeal.
    pub after_appeal: bool,
}

/// A transfer at one of its ends, without personal data. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The same at both ends.
    pub id: TransferId,
    /// The own end.
    pub side: TransferSide,
    /// Who asks.
    pub requester: OrgId,
    /// Who is asked.
    pub asked: OrgId,
    /// The function that asks; none for its intake.
    pub requester_unit: Option<UnitId>,
    /// The function that is asked; none for its intake.
    pub asked_unit: Option<UnitId>,
    /// Which way the case is to go.
    pub direction: TransferDirection,
    /// Whether it is about somebody under 18.
    pub about_child: bool,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version.
    pub agreement_version: u32,
    /// Rule that permits it.
    pub rule_id: String,
    /// Working days in which a position is expected, as agreed.
    pub position_days: u32,
    /// When it was asked for, on the requester's clock.
    pub requested_at: Timestamp,
    /// When the request reached the other, on its clock; none while the requester does not know.
    pub arrived_at: Option<Timestamp>,
    /// Why the other's node did not take the request.
    pub not_taken: Option<Reason>,
    /// The answer, and when it was given, on the clock of who gave it.
    pub answer: Option<(Position, Timestamp)>,
    /// The day of the application to IVO.
    pub applied_on: Option<Date>,
    /// The day of IVO's decision, and what it is.
    pub decided: Option<(Date, Outcome)>,
    /// The day of the appeal, and whose it is.
    pub appealed: Option<(Date, OrgId)>,
    /// The decision that has laga kraft.
    pub finalised: Option<Finality>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// When it was handed over.
    pub handed_over_at: Option<Timestamp>,
    /// When anything changed last, on the own clock.
    pub changed_at: Timestamp,
    /// Grows by one with each change.
    pub revision: u32,
}

impl Transfer {
    /// The thread: the transfer's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// The own organisation.
    pub const fn own(&self) -> &OrgId {
        match self.side {
            TransferSide::Requester => &self.requester,
            TransferSide::Asked => &self.asked,
        }
    }

    /// The other end.
    pub const fn peer(&self) -> &OrgId {
        match self.side {
            TransferSide::Requester => &self.asked,
            TransferSide::Asked => &self.requester,
        }
    }

    /// The function at this node that works with it; none is the intake.
    pub const fn own_unit(&self) -> Option<&UnitId> {
        match self.side {
            TransferSide::Requester => self.requester_unit.as_ref(),
            TransferSide::Asked => self.asked_unit.as_ref(),
        }
    }

    /// The function at the other end; none is its intake.
    pub const fn peer_unit(&self) -> Option<&UnitId> {
        match self.side {
            TransferSide::Requester => self.asked_unit.as_ref(),
            TransferSide::Asked => self.requester_unit.as_ref(),
        }
    }

    /// The municipality that has the case when it is asked for.
    pub const fn old(&self) -> &OrgId {
        match self.direction {
            TransferDirection::HandOver => &self.requester,
            TransferDirection::TakeOver => &self.asked,
        }
    }

    /// The municipality that is to have it.
    pub const fn new_one(&self) -> &OrgId {
        match self.direction {
            TransferDirection::HandOver => &self.asked,
            TransferDirection::TakeOver => &self.requester,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        self.finalised.map(|finality| finality.outcome)
    }

    /// Who is responsible: the old municipality until it has handed over or a decision that moves the case has laga
    /// kraft.
    pub fn responsible(&self) -> &OrgId {
        let moved = self.outcome() == Some(Outcome::Moves);
        if moved || self.handed_over_at.is_some() { self.new_one() } else { self.old() }
    }

    /// Where it stands.
    pub fn status(&self, now: Timestamp) -> TransferStatus {
        if self.handed_over_at.is_some() {
            return TransferStatus::HandedOver;
        }
        if self.withdrawn_at.is_some() {
            return TransferStatus::Withdrawn;
        }
        if self.finalised.is_some() {
            return TransferStatus::Final;
        }
        if self.appealed.is_some() {
            return TransferStatus::Appealed;
        }
        if self.decided.is_some() {
            return TransferStatus::IvoDecided;
        }
        if self.applied_on.is_some() {
            return TransferStatus::IvoApplied;
        }
        match self.answer {
            Some((Position::Agree, _)) => TransferStatus::Agreed,
            Some((Position::Disagree, _)) => TransferStatus::Disagreed,
            None if self.not_taken.is_some() => TransferStatus::NotTaken,
            None if self.times().month_over.is_some_and(|over| over <= now) => {
                TransferStatus::NoReply
            }
            None => TransferStatus::Requested,
        }
    }

    /// Whether nothing happens any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        match self.status(now) {
            TransferStatus::HandedOver | TransferStatus::Withdrawn | TransferStatus::NotTaken => {
                true
            }
            TransferStatus::Final => self.outcome() == Some(Outcome::Stays),
            _ => false,
        }
    }

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

    /// The other's node has stored the request, or will not. Returns whether anything changed.
    pub fn settle_request(&mut self, answer: Result<Timestamp, Reason>, now: Timestamp) -> bool {
        if self.arrived_at.is_some() || self.not_taken.is_some() {
            return false;
        }
        match answer {
            Ok(at) => self.arrived_at = Some(at),
            Err(reason) => self.not_taken = Some(reason),
        }
        self.changed(now);
        true
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

    fn changed(&mut self, at: Timestamp) {
        self.changed_at = at;
        self.revision += 1;
    }

    /// What is to be done until when.
    pub fn times(&self) -> Times {
        Times::of(self)
    }
}

/// A day that is possible, and not in the future.
fn check_day(is_possible: bool, on: Date, now: Timestamp) -> Result<(), Refusal> {
    // Clocks of two nodes differ; a day is a day where it has begun anywhere in between.
    let tolerated = now.plus(crate::Seconds(300));
    if is_possible && on <= swedish_day(tolerated) {
        Ok(())
    } else {
        Err(Refusal::at(Reason::InvalidField, "on"))
    }
}

/// How many working days a position takes where an agreement says nothing: "genast" (29:10).
pub const POSITION_DAYS: u32 = 3;

/// Last day and end of the month in which a request is to be answered (29:11).
pub fn month_after(arrived: Timestamp) -> (Date, Timestamp) {
    let last = calendar::months_after(swedish_day(arrived), 1);
    (last, calendar::end_of_swedish_day(last))
}

#[cfg(test)]
mod tests;
