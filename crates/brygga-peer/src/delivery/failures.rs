//! Which messages fail by themselves, apart from those whose recipient is away.

use std::collections::HashMap;

use brygga_domain::MessageId;
use brygga_exchange::settle::Again;

use crate::limits::MAX_FAILING_MESSAGES;

/// How often each message for one recipient has failed by itself since this process began: the recipient
/// said so, or it was alone in a call that was not answered.
///
/// Only such a message waits longer each time. A call with several tells nothing about each of them, and
/// one that reached nobody nothing at all; when the recipient is back they go at once.
#[derive(Debug, Default)]
pub(super) struct Failures(HashMap<MessageId, u32>);

impl Failures {
    /// The message has failed by itself.
    pub(super) fn failed(&mut self, message: MessageId) -> Again {
        if self.0.len() >= MAX_FAILING_MESSAGES && !self.0.contains_key(&message) {
            return Again::After(1);
        }
        let times = self.0.entry(message).or_default();
        *times = times.saturating_add(1);
        Again::After(*times)
    }

    /// The message is done with.
    pub(super) fn forget(&mut self, message: MessageId) {
        self.0.remove(&message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u32) -> MessageId {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        MessageId::from_bytes(bytes)
    }

    #[test]
    fn each_message_counts_for_itself_until_it_is_done_with() {
        let mut failures = Failures::default();
        assert_eq!(failures.failed(message(1)), Again::After(1));
        assert_eq!(failures.failed(message(1)), Again::After(2));
        assert_eq!(failures.failed(message(2)), Again::After(1));
        failures.forget(message(1));
        assert_eq!(failures.failed(message(1)), Again::After(1));
    }

    #[test]
    fn what_is_remembered_has_a_limit_and_the_rest_still_goes_again() {
        let mut failures = Failures::default();
        for number in 0..=4_096 {
            assert_eq!(failures.failed(message(number)), Again::After(1));
        }
        assert_eq!(failures.failed(message(4_096)), Again::After(1));
        assert_eq!(failures.failed(message(4_095)), Again::After(2));
    }
}
