//! What each side tells the other once somebody is disclosed, in an order that nothing overtakes but an end.

use crate::{Reason, Refusal, Timestamp};

use super::{AssistanceNote, EndKind, HandoverItem, Position, Relocation, Side, Stage};

/// One letter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the instant of each is when it happened")]
pub enum Letter {
    /// The destination has opened the disclosure; the clocks have begun.
    Opened { at: Timestamp },
    /// The destination's position.
    Position { position: Position, at: Timestamp },
    /// A note for the investigation.
    Assistance { text: AssistanceNote },
    /// The origin handed something over.
    HandedOver { item: HandoverItem, at: Timestamp },
    /// The destination has it.
    Received { item: HandoverItem, at: Timestamp },
    /// The person has come.
    Moved { at: Timestamp },
    /// Both have followed up.
    FollowedUp { at: Timestamp },
    /// It is closed.
    Closed { at: Timestamp },
    /// It has ended before its time.
    Ended { kind: EndKind, at: Timestamp },
}

/// What became of a letter that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It has changed the case.
    Applied,
    /// It had come before, or the case is over.
    Known,
    /// One before it is still missing.
    Early,
}

impl Relocation {
    /// Counts a letter of this side.
    pub(super) fn says(&mut self, letter: Letter) -> Letter {
        self.sent += 1;
        letter
    }

    /// Takes letter number `number` of the other side, the first being 1. An end counts at once, whatever is missing.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] or [`Reason::WrongActor`] for what the other side may not say now; it changes nothing.
    pub fn take(&mut self, number: u32, letter: &Letter) -> Result<Taken, Refusal> {
        if self.stage.is_over() || number <= self.received {
            return Ok(Taken::Known);
        }
        if let Letter::Ended { kind, at } = letter {
            self.ended(*kind, *at);
            return Ok(Taken::Applied);
        }
        if number > self.received + 1 {
            return Ok(Taken::Early);
        }
        // What the other side may not say is left aside, or nothing after it would ever be heard.
        self.received = number;
        match self.side {
            Side::Origin => self.take_from_destination(letter)?,
            Side::Destination => self.take_from_origin(letter)?,
        }
        Ok(Taken::Applied)
    }

    fn take_from_destination(&mut self, letter: &Letter) -> Result<(), Refusal> {
        match letter {
            Letter::Opened { at } => {
                self.must_be(&[Stage::Disclosed])?;
                self.opened_at = Some(*at);
            }
            Letter::Position { position, at } => {
                // IVO has been asked meanwhile: an acceptance makes that needless.
                self.must_be(&[Stage::Disclosed, Stage::Escalated])?;
                self.set_position(*position, *at);
            }
            Letter::Assistance { text } => self.note_assistance(text)?,
            Letter::Received { item, at } => {
                let held = self.handover.iter_mut().find(|held| held.item == *item);
                held.ok_or(Refusal::at(Reason::NotFound, "item"))?.received_at.get_or_insert(*at);
            }
            Letter::Moved { .. } => {
                self.must_be(&[Stage::Accepted, Stage::HandingOver])?;
                self.stage = Stage::Moved;
            }
            Letter::FollowedUp { .. } => {
                self.must_be(&[Stage::Moved])?;
                self.stage = Stage::FollowedUp;
            }
            Letter::Closed { at } => {
                self.must_be(&[Stage::Moved, Stage::FollowedUp])?;
                self.stage = Stage::Closed;
                self.ended_at = Some(*at);
            }
            Letter::HandedOver { .. } | Letter::Ended { .. } => return Err(wrong_actor()),
        }
        Ok(())
    }

    fn take_from_origin(&mut self, letter: &Letter) -> Result<(), Refusal> {
        match letter {
            Letter::Assistance { text } => self.note_assistance(text)?,
            Letter::HandedOver { item, at } => {
                let stage = self.stage;
                self.must_be(&[
                    Stage::Accepted,
                    Stage::HandingOver,
                    Stage::Moved,
                    Stage::FollowedUp,
                ])?;
                self.note_item(*item, *at);
                // The person may have come before the papers.
                if matches!(stage, Stage::Moved | Stage::FollowedUp) {
                    self.stage = stage;
                }
            }
            _ => return Err(wrong_actor()),
        }
        Ok(())
    }
}

const fn wrong_actor() -> Refusal {
    Refusal::new(Reason::WrongActor)
}
