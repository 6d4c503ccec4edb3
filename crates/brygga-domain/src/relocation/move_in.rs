//! From the answer to the end: what is handed over, that the person has moved, and that all is over.

use crate::legal::coded_enum;
use crate::{Refusal, Timestamp};

use super::{Letter, Relocation, Side, Stage};

coded_enum!(
    /// What is handed over (the checklist of the exchange networks).
    HandoverItem {
        /// Överlämnande: the meeting of both.
        Meeting = "MEETING",
        /// Behovsinventering.
        NeedsInventory = "NEEDS_INVENTORY",
        /// Säkerhetsplan.
        SafetyPlan = "SAFETY_PLAN",
        /// Ongoing measures and decisions.
        OngoingMeasures = "ONGOING_MEASURES",
        /// The children's plans.
        Children = "CHILDREN",
        /// The last mile, by voice between named persons: that it took place, never what was said.
        WarmHandoff = "WARM_HANDOFF",
    }
);

/// One thing handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandoverEntry {
    /// What.
    pub item: HandoverItem,
    /// When it was handed over.
    pub given_at: Timestamp,
    /// When the destination said that it has it.
    pub received_at: Option<Timestamp>,
}

impl Relocation {
    /// The origin hands something over; again it changes nothing.
    ///
    /// # Errors
    /// [`crate::Reason::InvalidTransition`].
    pub fn hand_over(&mut self, item: HandoverItem, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Origin, &[Stage::Accepted, Stage::HandingOver])?;
        self.note_item(item, now);
        Ok(self.says(Letter::HandedOver { item, at: now }))
    }

    pub(super) fn note_item(&mut self, item: HandoverItem, at: Timestamp) {
        self.stage = Stage::HandingOver;
        if !self.handover.iter().any(|held| held.item == item) {
            self.handover.push(HandoverEntry { item, given_at: at, received_at: None });
        }
    }

    /// The destination says that it has what was handed over.
    ///
    /// # Errors
    /// [`crate::Reason::NotFound`] for what was not; [`crate::Reason::InvalidTransition`].
    pub fn receive(&mut self, item: HandoverItem, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::HandingOver, Stage::Moved, Stage::FollowedUp])?;
        let held = self.handover.iter_mut().find(|held| held.item == item);
        held.ok_or(Refusal::at(crate::Reason::NotFound, "item"))?.received_at.get_or_insert(now);
        Ok(self.says(Letter::Received { item, at: now }))
    }

    /// The person has come.
    ///
    /// # Errors
    /// [`crate::Reason::InvalidTransition`] before it was accepted.
    pub fn moved(&mut self, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Accepted, Stage::HandingOver])?;
        self.stage = Stage::Moved;
        Ok(self.says(Letter::Moved { at: now }))
    }

    /// Both have followed up how it went.
    ///
    /// # Errors
    /// [`crate::Reason::InvalidTransition`].
    pub fn followed_up(&mut self, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Moved])?;
        self.stage = Stage::FollowedUp;
        Ok(self.says(Letter::FollowedUp { at: now }))
    }

    /// The destination closes it at both ends.
    ///
    /// # Errors
    /// [`crate::Reason::InvalidTransition`].
    pub fn close(&mut self, now: Timestamp) -> Result<Letter, Refusal> {
        self.must(Side::Destination, &[Stage::Moved, Stage::FollowedUp])?;
        self.stage = Stage::Closed;
        self.ended_at = Some(now);
        Ok(self.says(Letter::Closed { at: now }))
    }
}
