//! Everything that an officer can do in a case that is open, in one type: one call, one line of the access log.

use crate::{Sensitive, Timestamp};

use super::{
    AssistanceNote, Content, EndKind, HandoverItem, Position, ProtectionLevel, SecrecyBasis,
};

/// What an officer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The person is better protected now; a lower level changes nothing.
    Raise(ProtectionLevel),
    /// The rule of secrecy was examined.
    Examine(SecrecyBasis),
    /// Origin: the members of the network that are not excluded are asked, blindly.
    Enquire {
        /// When offers are taken no more.
        until: Timestamp,
    },
    /// Origin: the person chooses an offer.
    Select {
        /// Place in the list of offers, from 0.
        place: usize,
    },
    /// Origin: the chosen municipality was called back.
    CallBack {
        /// Who answered.
        spoke_with: Sensitive<String>,
    },
    /// Origin: what is to be told.
    Prepare {
        /// What.
        content: Content,
    },
    /// Origin: another officer than the one who prepared it tells it.
    Release,
    /// Destination: the first officer's act gives that officer's share, the second's opens what has arrived.
    Open,
    /// Destination: it takes its position.
    TakePosition(Position),
    /// Either: a note for the investigation, to the other side.
    Assist(AssistanceNote),
    /// Origin: it hands something over.
    HandOver(HandoverItem),
    /// Destination: it has what was handed over.
    Receive(HandoverItem),
    /// Destination: the person has come.
    Move,
    /// Destination: both have followed up.
    FollowUp,
    /// Destination: it closes the case at both ends.
    Close,
    /// Origin: it applies to IVO.
    Escalate,
    /// Origin: IVO's decision has come, and can be appealed for three weeks.
    ReceiveDecision {
        /// When it came.
        at: Timestamp,
    },
    /// Origin: IVO's decision is final.
    NoteDecision {
        /// Whether the destination takes over.
        takes_over: bool,
    },
    /// The withheld insight was reviewed, six months after the last time.
    ReviewWithheld {
        /// Place in the list, from 0.
        place: usize,
        /// Whether it goes on; otherwise it is taken away.
        goes_on: bool,
    },
    /// Either: it ends before its time.
    End(EndKind),
}

impl Act {
    /// The word of the sealed access log for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Raise(_) => "raise",
            Self::Examine(_) => "examine",
            Self::Enquire { .. } => "enquire",
            Self::Select { .. } => "select",
            Self::CallBack { .. } => "call_back",
            Self::Prepare { .. } => "prepare",
            Self::Release => "release",
            Self::Open => "open_disclosure",
            Self::TakePosition(_) => "take_position",
            Self::Assist(_) => "assist",
            Self::HandOver(_) => "hand_over",
            Self::Receive(_) => "receive",
            Self::Move => "move",
            Self::FollowUp => "follow_up",
            Self::Close => "close",
            Self::Escalate => "escalate",
            Self::ReceiveDecision { .. } => "receive_decision",
            Self::NoteDecision { .. } => "note_decision",
            Self::ReviewWithheld { .. } => "review_withheld",
            Self::End(_) => "end",
        }
    }
}
