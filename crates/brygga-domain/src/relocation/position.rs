//! The destination's answer, and the investigation that both do.

use crate::legal::coded_enum;
use crate::{Reason, Refusal, Sensitive, Timestamp};

use super::{Letter, Relocation, Route, Side, Stage};

coded_enum!(
    /// Why the destination refuses. That the need is met at the origin is no reason (SoL 29:8).
    RefusalCode {
        /// The person would not be safe there.
        NotSafeHere = "NOT_SAFE_HERE",
        /// There is no place in time.
        NoPlace = "NO_PLACE",
        /// The need does not give a right to it.
        NoRight = "NO_RIGHT",
    }
);

/// The destination's position (SoL 29:10) or decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The person is welcome.
    Accepted,
    /// Not there. The person can appeal (SoL 35:1 p. 8).
    Refused(RefusalCode),
}

/// Help with the investigation, asked for or given (SoL 29:8 3 st).
pub type AssistanceNote = Sensitive<String>;

/// Longest note, in bytes of UTF-8: it goes into one letter.
pub const ASSISTANCE_BYTES_MAX: usize = 2_000;
/// Most notes of the other side that a case keeps.
const ASSISTANCE_MAX: usize = 64;

impl Relocation {
    /// The destination takes its position.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`].
    pub fn take_position(&mut self, position: Position, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Opened])?;
        self.set_position(position, now);
        Ok(self.says(Letter::Position { position, at: now }))
    }

    pub(super) fn set_position(&mut self, position: Position, now: Timestamp) {
        self.position = Some((position, now));
        self.stage = match position {
            Position::Accepted => Stage::Accepted,
            Position::Refused(_) => Stage::Refused,
        };
    }

    /// A note for the investigation, to the other side.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] before the disclosure is opened and after the end; [`Reason::InvalidField`] at `text`
    /// for none or more than [`ASSISTANCE_BYTES_MAX`].
    pub fn assist(&mut self, text: AssistanceNote) -> Result<Letter, Refusal> {
        self.must_be_together()?;
        if !(1..=ASSISTANCE_BYTES_MAX).contains(&text.expose().len()) {
            return Err(Refusal::at(Reason::InvalidField, "text"));
        }
        Ok(self.says(Letter::Assistance { text }))
    }

    /// Keeps a note of the other side.
    pub(super) fn note_assistance(&mut self, text: &AssistanceNote) -> Result<(), Refusal> {
        if self.assistance.len() >= ASSISTANCE_MAX {
            return Err(Refusal::new(Reason::TooManyRequests));
        }
        self.assistance.push(text.clone());
        Ok(())
    }

    /// The origin applies to IVO: the destination refused a transfer, or has said nothing for a month (SoL 29:11).
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] otherwise, and by another route.
    pub fn escalate(&mut self, statutory_due: Timestamp, now: Timestamp) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Disclosed, Stage::Refused])?;
        let is_silent = self.stage == Stage::Disclosed;
        let is_transfer = self.route == Some(Route::Transfer);
        if !is_transfer || is_silent && now < statutory_due {
            return Err(Refusal::new(Reason::InvalidTransition));
        }
        self.stage = Stage::Escalated;
        self.escalated_at = Some(now);
        Ok(())
    }

    /// The destination is to take over, as IVO has decided and an officer has verified.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`] where it has accepted already, or was not told who the person is.
    pub fn take_over_decided(&mut self, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Opened, Stage::Refused])?;
        self.set_position(Position::Accepted, now);
        Ok(self.says(Letter::Position { position: Position::Accepted, at: now }))
    }

    /// IVO's decision is final, as an officer has verified; the destination takes over, or nobody does.
    ///
    /// # Errors
    /// [`Reason::InvalidTransition`].
    pub fn ivo_decided(&mut self, takes_over: bool) -> Result<(), Refusal> {
        self.must(Side::Origin, &[Stage::Escalated])?;
        self.stage = if takes_over { Stage::Accepted } else { Stage::Refused };
        Ok(())
    }
}
