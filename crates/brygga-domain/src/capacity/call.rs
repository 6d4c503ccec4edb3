//! A call for places: all parties of one agreement are asked at once, and the first valid answer wins (exchange guide
//! rule C10).
//!
//! The caller's log decides who was first; each publisher decides about its own places, and holds them before it
//! answers, so that whoever wins has nothing left to be asked.

mod received;
#[cfg(test)]
mod tests;

pub use received::{ReceivedCall, ReceivedCallState};

use crate::code::{CodeLists, CodedTerm};
use crate::legal::coded_enum;
use crate::{
    AgreementId, CallId, ConversationId, HoldId, OrgId, Reason, Refusal, Seconds, Timestamp,
};

use super::{HoldItem, LineKey, Period, PlaceFor};

coded_enum!(
    /// Why a call is over for whoever has not won. Who has is nobody else's matter.
    CallEnd {
        /// Another party was first.
        Taken = "TAKEN",
        /// The caller looks no more.
        CalledOff = "CALLED_OFF",
        /// Nobody answered in time.
        Lapsed = "LAPSED",
    }
);

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPlaces {
    /// The service; a narrower one fits.
    pub service_type: CodedTerm,
    /// For whom and when; places for anybody and around the clock fit.
    pub line: LineKey,
    /// How many. 1 to 100.
    pub places: u32,
    /// Whether a child comes along.
    pub with_child: bool,
    /// For how long they are to be held.
    pub ttl: Seconds,
    /// Until when answers are taken, on the caller's clock.
    pub answer_by: Timestamp,
}

impl WantedPlaces {
    /// How long answers are waited for where nobody says.
    pub const ANSWER_WITHIN: Seconds = Seconds(1_800);
    /// Longest that answers are waited for; also how long a call stays on the list after it has changed.
    pub const ANSWER_WITHIN_MAX: Seconds = Seconds::days(1);

    /// Checks that an answer has just the places that are looked for.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at the item's field that is at fault.
    pub fn check_items(&self, items: &[HoldItem]) -> Result<(), Refusal> {
        let invalid = |field| Err(Refusal::at(Reason::InvalidField, field));
        if !items.iter().all(|item| self.is_for(item.line.place_for)) {
            return invalid("payload.items.place_for");
        }
        if !items.iter().all(|item| self.is_then(item.line.period)) {
            return invalid("payload.items.period");
        }
        let places = items.iter().fold(0_u32, |sum, item| sum.saturating_add(item.places));
        if places == self.places { Ok(()) } else { invalid("payload.items.places") }
    }

    /// Whether a service of this type is looked for.
    pub fn is_of(&self, service_type: &CodedTerm) -> bool {
        let wanted = &self.service_type;
        let (parent, code) = (wanted.effective(), service_type.effective());
        wanted.list() == service_type.list()
            && CodeLists::current().covers(wanted.list(), parent, code)
    }

    fn is_for(&self, place_for: PlaceFor) -> bool {
        place_for == self.line.place_for || place_for == PlaceFor::Anybody
    }

    fn is_then(&self, period: Period) -> bool {
        period == self.line.period || period == Period::RoundTheClock
    }
}

/// How a call stands at its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallState {
    /// Answers are waited for.
    Open,
    /// This answer was first. Final.
    Taken {
        /// Whose.
        by: OrgId,
        /// What it holds.
        hold: HoldId,
    },
    /// The caller looks no more. Final.
    CalledOff,
    /// Nobody answered in time. Final.
    Lapsed,
}

impl CallState {
    /// The stable code.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Taken { .. } => CallEnd::Taken.as_str(),
            Self::CalledOff => CallEnd::CalledOff.as_str(),
            Self::Lapsed => CallEnd::Lapsed.as_str(),
        }
    }
}

/// A call at its caller. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The same at the caller and at every party; also the thread with each.
    pub id: CallId,
    /// What is looked for.
    pub wanted: WantedPlaces,
    /// Agreement whose parties are asked.
    pub agreement_id: AgreementId,
    /// Its version when the call was placed.
    pub agreement_version: u32,
    /// Who was asked.
    pub parties: Vec<OrgId>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How it stands.
    pub state: CallState,
    /// When it came to stand so.
    pub changed_at: Timestamp,
    /// 1 at first, one more with each change.
    pub revision: u32,
}

impl Call {
    /// The thread with each party: the call's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// Whether an answer would win now.
    ///
    /// # Errors
    /// [`Reason::NotFound`] for whoever was not asked, as where there is no call; [`Reason::CallTaken`] where another was
    /// first, [`Reason::Terminal`] once it is called off, [`Reason::OutsideValidity`] after its time.
    pub fn check_answer(&self, by: &OrgId, now: Timestamp) -> Result<(), Refusal> {
        if !self.parties.contains(by) {
            return Err(Refusal::new(Reason::NotFound));
        }
        match self.state {
            CallState::Open if now < self.wanted.answer_by => Ok(()),
            CallState::Open | CallState::Lapsed => Err(Refusal::new(Reason::OutsideValidity)),
            CallState::Taken { .. } => Err(Refusal::new(Reason::CallTaken)),
            CallState::CalledOff => Err(Refusal::new(Reason::Terminal)),
        }
    }

    /// Takes the first answer, which [`Self::check_answer`] and the gate have let through.
    pub fn take(&mut self, by: OrgId, hold: HoldId, now: Timestamp) {
        self.change(CallState::Taken { by, hold }, now);
    }

    /// The caller looks no more. Whether anything changed.
    ///
    /// # Errors
    /// [`Reason::Terminal`] once somebody was first or its time is over.
    pub fn call_off(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        match self.state {
            CallState::CalledOff => Ok(false),
            CallState::Open => {
                self.change(CallState::CalledOff, now);
                Ok(true)
            }
            CallState::Taken { .. } | CallState::Lapsed => Err(Refusal::new(Reason::Terminal)),
        }
    }

    /// Its time is over. Whether anything changed.
    pub fn lapse(&mut self, now: Timestamp) -> bool {
        let is_past = self.state == CallState::Open && self.wanted.answer_by <= now;
        if is_past {
            self.change(CallState::Lapsed, now);
        }
        is_past
    }

    /// What a party is to be told of the end; none while it is open, and for whoever has won, whom its receipt tells.
    pub fn end_for(&self, party: &OrgId) -> Option<CallEnd> {
        match &self.state {
            CallState::Open => None,
            CallState::Taken { by, .. } if by == party => None,
            CallState::Taken { .. } => Some(CallEnd::Taken),
            CallState::CalledOff => Some(CallEnd::CalledOff),
            CallState::Lapsed => Some(CallEnd::Lapsed),
        }
    }

    fn change(&mut self, state: CallState, at: Timestamp) {
        (self.state, self.changed_at) = (state, at);
        self.revision += 1;
    }
}
