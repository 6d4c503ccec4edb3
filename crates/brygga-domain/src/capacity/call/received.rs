//! A call as a party holds it: what is looked for, its own answer, and how it ended for this party.

use super::{CallEnd, WantedPlaces};
use crate::{AgreementId, CallId, ConversationId, HoldId, OrgId, Reason, Refusal, Timestamp};

/// How another's call stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceivedCallState {
    /// It can be answered.
    Open,
    /// These places are held for the caller, and nobody has heard whether they were first.
    Answered(HoldId),
    /// The answer was refused, and another may follow.
    Refused(Reason),
    /// The answer was first; the caller has this hold. Final.
    Won(HoldId),
    /// It is over, and this party has not won. Final.
    Ended(CallEnd),
}

impl ReceivedCallState {
    /// The stable code.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Answered(_) => "ANSWERED",
            Self::Refused(_) => "REFUSED",
            Self::Won(_) => "WON",
            Self::Ended(end) => end.as_str(),
        }
    }

    /// The hold of the answer that waits or has won.
    pub const fn hold(&self) -> Option<HoldId> {
        match self {
            Self::Answered(hold) | Self::Won(hold) => Some(*hold),
            Self::Open | Self::Refused(_) | Self::Ended(_) => None,
        }
    }
}

/// A call of another organisation. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedCall {
    /// The same everywhere; also the thread with the caller.
    pub id: CallId,
    /// Who looks for places.
    pub caller: OrgId,
    /// What is looked for.
    pub wanted: WantedPlaces,
    /// Agreement that it goes under.
    pub agreement_id: AgreementId,
    /// Its version.
    pub agreement_version: u32,
    /// When it arrived.
    pub received_at: Timestamp,
    /// How it stands.
    pub state: ReceivedCallState,
    /// When it came to stand so.
    pub changed_at: Timestamp,
    /// 1 at first, one more with each change.
    pub revision: u32,
}

impl ReceivedCall {
    /// The thread with the caller: the call's own id.
    pub const fn conversation(&self) -> ConversationId {
        ConversationId::from_bytes(*self.id.as_bytes())
    }

    /// Whether it can be answered now.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] where an answer waits already or has won, [`Reason::Terminal`] where it is over,
    /// [`Reason::OutsideValidity`] after its time.
    pub fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        let reason = match self.state {
            ReceivedCallState::Answered(_) | ReceivedCallState::Won(_) => Reason::InvalidTransition,
            ReceivedCallState::Ended(_) => Reason::Terminal,
            _ if self.wanted.answer_by <= now => Reason::OutsideValidity,
            ReceivedCallState::Open | ReceivedCallState::Refused(_) => return Ok(()),
        };
        Err(Refusal::at(reason, "call_id"))
    }

    /// Answers with places that are held, which [`Self::check_open`] has let through.
    pub fn answer(&mut self, hold: HoldId, now: Timestamp) {
        self.change(ReceivedCallState::Answered(hold), now);
    }

    /// The caller's answer to the own one, or that it never came. The hold that is to be taken back, where the own answer
    /// still waited and has not won.
    pub fn settled(&mut self, answer: Result<(), Reason>, now: Timestamp) -> Option<HoldId> {
        let ReceivedCallState::Answered(hold) = self.state else { return None };
        let state = match answer {
            Ok(()) => ReceivedCallState::Won(hold),
            Err(Reason::CallTaken) => ReceivedCallState::Ended(CallEnd::Taken),
            Err(Reason::Terminal) => ReceivedCallState::Ended(CallEnd::CalledOff),
            Err(Reason::OutsideValidity) => ReceivedCallState::Ended(CallEnd::Lapsed),
            Err(reason) => ReceivedCallState::Refused(reason),
        };
        self.change(state, now);
        answer.err().map(|_| hold)
    }

    /// The caller tells that it is over. The hold that is to be taken back, where an own answer waited: it has not won.
    /// What has ended before stays so.
    pub fn close(&mut self, end: CallEnd, now: Timestamp) -> Option<HoldId> {
        match self.state {
            ReceivedCallState::Won(_) | ReceivedCallState::Ended(_) => None,
            state => {
                self.change(ReceivedCallState::Ended(end), now);
                state.hold()
            }
        }
    }

    /// How it stands at an instant, whether or not the caller has told that its time is past.
    pub fn state_at(&self, now: Timestamp) -> ReceivedCallState {
        match self.state {
            ReceivedCallState::Open | ReceivedCallState::Refused(_)
                if self.wanted.answer_by <= now =>
            {
                ReceivedCallState::Ended(CallEnd::Lapsed)
            }
            state => state,
        }
    }

    fn change(&mut self, state: ReceivedCallState, at: Timestamp) {
        (self.state, self.changed_at) = (state, at);
        self.revision += 1;
    }
}
