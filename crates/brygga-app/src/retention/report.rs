//! What a round of retention did, kept as a note so that people and `brygga doctor` can ask.

use brygga_domain::Timestamp;

/// What a round did. Counts only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// When.
    pub at: Timestamp,
    /// Cases that were erased.
    pub erased: u64,
    /// Cases past their time whose register entries are in no export yet.
    pub blocked: u64,
    /// Cases past their time that stay because the node only lists.
    pub due: u64,
    /// Cases about a child that a private performer has to hand over to the board.
    pub to_hand_over: u64,
    /// Consents whose words were erased.
    pub consents: u64,
    /// Sent messages that were deleted.
    pub outbox: u64,
    /// Received messages that were forgotten.
    pub inbox: u64,
}

impl RetentionReport {
    /// The name of the note.
    pub const NOTE: &'static str = "retention.last";

    /// The report as a note: eight numbers, parted by spaces.
    pub fn to_bytes(self) -> Vec<u8> {
        let Self { at, erased, blocked, due, to_hand_over, consents, outbox, inbox } = self;
        let at = at.as_millis();
        format!("{at} {erased} {blocked} {due} {to_hand_over} {consents} {outbox} {inbox}")
            .into_bytes()
    }

    /// Reads a note; none where it is of another version.
    pub fn from_bytes(note: &[u8]) -> Option<Self> {
        let mut numbers = std::str::from_utf8(note).ok()?.split(' ');
        let at = Timestamp::from_millis(numbers.next()?.parse().ok()?);
        let mut count = || numbers.next()?.parse::<u64>().ok();
        let report = Self {
            at,
            erased: count()?,
            blocked: count()?,
            due: count()?,
            to_hand_over: count()?,
            consents: count()?,
            outbox: count()?,
            inbox: count()?,
        };
        count().is_none().then_some(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let at = Timestamp::from_millis(1_767_225_600_000);
        let report = RetentionReport {
            at,
            erased: 1,
            blocked: 2,
            due: 3,
            to_hand_over: 4,
            consents: 5,
            outbox: 6,
            inbox: 7,
        };
        assert_eq!(RetentionReport::from_bytes(&report.to_bytes()), Some(report));
        assert_eq!(RetentionReport::from_bytes(b"1 2 3"), None);
        assert_eq!(RetentionReport::from_bytes(b""), None);
    }
}
