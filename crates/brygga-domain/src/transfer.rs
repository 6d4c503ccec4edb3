//! A case that moves from one municipality to another (SoL 2025:400, 29:9-12; domain guide 7.2): asked for in writing,
//! answered, decided by IVO where the two do not agree or one is silent, and handed over.
//!
//! Both ends keep the same facts, and where a case stands follows from them and the clock. The one that asks tells what
//! became of the request with IVO, the one that is asked answers, and whoever is responsible hands over. What crosses
//! on its way ends alike at both: see [`Transfer::observe`]. Nothing here is about who the person is.

mod acts;
mod times;
mod wishes;

pub use times::{Due, Times};
pub use wishes::{NeedDuration, OpenInquiry, Person, PersonsWish, WishOf, check_wishes};

use jiff::civil::Date;

use crate::legal::coded_enum;
use crate::swedish_day::swedish_day;
use crate::{AgreementId, ConversationId, OrgId, Reason, Timestamp, TransferId, UnitId, calendar};

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

    /// The other's node has stored the request, or will not. Returns whether anything changed.
    pub fn settle_request(&mut self, answer: Result<Timestamp, Reason>, now: Timestamp) -> bool {
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
    }

    /// What is to be done until when.
    pub fn times(&self) -> Times {
        Times::of(self)
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
