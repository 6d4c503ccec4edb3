//! The end before its time: by the person, or at once by whoever sees a danger.

use crate::Timestamp;

use super::{EndKind, Letter, Relocation, Side, Stage};

impl Relocation {
    /// Ends it, from every state. Returns what the other side is told, where it knows of the case or waits for it; where it
    /// has ended already nothing changes.
    pub fn end(&mut self, kind: EndKind, now: Timestamp) -> Option<Letter> {
        if self.stage.is_over() {
            return None;
        }
        let knows = match self.side {
            Side::Origin => self.disclosed_at.is_some(),
            // Whoever has refused closes its own case: the origin goes on with others.
            Side::Destination => self.stage != Stage::Refused,
        };
        self.ended(kind, now);
        knows.then(|| self.says(Letter::Ended { kind, at: now }))
    }

    pub(super) fn ended(&mut self, kind: EndKind, now: Timestamp) {
        self.stage = match kind {
            EndKind::Withdrawn => Stage::Withdrawn,
            EndKind::Aborted => Stage::Aborted,
        };
        self.ended_at = Some(now);
        // Nothing of what was about to be told is kept.
        (self.prepared, self.enquiry) = (None, None);
        if self.side == Side::Destination {
            (self.content, self.arrived, self.share) = (None, None, None);
        }
    }
}
