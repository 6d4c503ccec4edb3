//! What an officer does in a case.

use brygga_domain::relocation::{
    ASSISTANCE_BYTES_MAX, Act, CONTENT_BYTES_MAX, Content, Position, SPOKE_WITH_CHARS_MAX,
};
use brygga_domain::transfer::Outcome;
use brygga_domain::{Refusal, Sensitive};
use brygga_proto::local::v1 as proto;
use brygga_proto::relocation::v1::RelocationPosition;

use crate::code::{Coded, read, read_or_unset};
use crate::field::{filled_text, invalid, multiline_text, required, within};
use crate::time;

/// Reads what an officer does.
///
/// # Errors
/// The field at fault; `act` where none is set.
pub fn relocation_act_from_proto(
    act: Option<proto::act_on_relocation_request::Act>,
) -> Result<Act, Refusal> {
    use proto::act_on_relocation_request::Act as Asked;
    Ok(match required(act, "act")? {
        Asked::Raise(level) => Act::Raise(read(level, "raise")?),
        Asked::Examine(basis) => Act::Examine(read(basis, "examine")?),
        Asked::Enquire(asked) => {
            Act::Enquire { until: time::from_proto(asked.until, "enquire.until")? }
        }
        Asked::Select(place) => Act::Select { place: index(place, "select")? },
        Asked::CallBack(call) => {
            let field = "call_back.spoke_with";
            let spoke_with = filled_text(call.spoke_with, SPOKE_WITH_CHARS_MAX, field)?;
            Act::CallBack { spoke_with: Sensitive::new(spoke_with) }
        }
        Asked::Prepare(told) => {
            let content = letter(told.content, CONTENT_BYTES_MAX, "prepare.content")?;
            Act::Prepare { content: Content::new(content.into_bytes()) }
        }
        Asked::Release(proto::ReleaseDisclosure {}) => Act::Release,
        Asked::Open(proto::OpenDisclosure {}) => Act::Open,
        Asked::TakePosition(taken) => Act::TakePosition(position_from_proto(&taken)?),
        Asked::Assist(note) => {
            Act::Assist(Sensitive::new(letter(note.text, ASSISTANCE_BYTES_MAX, "assist.text")?))
        }
        Asked::HandOver(item) => Act::HandOver(read(item, "hand_over")?),
        Asked::Receive(item) => Act::Receive(read(item, "receive")?),
        Asked::Move(proto::RecordMove {}) => Act::Move,
        Asked::FollowUp(proto::RecordFollowUp {}) => Act::FollowUp,
        Asked::Close(proto::CloseRelocation {}) => Act::Close,
        Asked::Escalate(proto::EscalateRelocation {}) => Act::Escalate,
        Asked::ReceiveDecision(come) => {
            Act::ReceiveDecision { at: time::from_proto(come.at, "receive_decision.at")? }
        }
        Asked::NoteDecision(outcome) => {
            let takes_over = read::<Outcome>(outcome, "note_decision")? == Outcome::Moves;
            Act::NoteDecision { takes_over }
        }
        Asked::ReviewWithheld(review) => Act::ReviewWithheld {
            place: index(review.place, "review_withheld.place")?,
            goes_on: goes_on(review.review)?,
        },
        Asked::End(kind) => Act::End(read(kind, "end")?),
    })
}

/// The numbers of a position: which, and why.
pub(super) fn position_to_proto(position: Position) -> (i32, i32) {
    match position {
        Position::Accepted => (RelocationPosition::Accepted.into(), 0),
        Position::Refused(code) => (RelocationPosition::Refused.into(), code.number()),
    }
}

fn position_from_proto(taken: &proto::TakePosition) -> Result<Position, Refusal> {
    let refusal = read_or_unset(taken.refusal, "take_position.refusal")?;
    match (RelocationPosition::try_from(taken.position), refusal) {
        (Ok(RelocationPosition::Accepted), None) => Ok(Position::Accepted),
        (Ok(RelocationPosition::Refused), Some(code)) => Ok(Position::Refused(code)),
        (Ok(RelocationPosition::Accepted | RelocationPosition::Refused), _) => {
            Err(invalid("take_position.refusal"))
        }
        (Ok(RelocationPosition::Unspecified) | Err(_), _) => Err(invalid("take_position.position")),
    }
}

/// Whether insight is withheld on; what is not said is not guessed.
fn goes_on(review: i32) -> Result<bool, Refusal> {
    match proto::WithheldReview::try_from(review) {
        Ok(proto::WithheldReview::GoesOn) => Ok(true),
        Ok(proto::WithheldReview::Lifted) => Ok(false),
        Ok(proto::WithheldReview::Unspecified) | Err(_) => Err(invalid("review_withheld.review")),
    }
}

/// A text of one or more lines, limited in bytes, as it is sealed.
fn letter(text: String, max_bytes: usize, field: &'static str) -> Result<String, Refusal> {
    within(text.as_bytes(), max_bytes, field)?;
    if text.trim().is_empty() {
        Err(invalid(field))
    } else {
        multiline_text(text, max_bytes, field)
    }
}

fn index(place: u32, field: &'static str) -> Result<usize, Refusal> {
    usize::try_from(place).map_err(|_| invalid(field))
}
