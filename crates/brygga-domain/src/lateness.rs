//! What of a thing has been raised as late, and when it is looked at next. It is stored with the thing, so that a clock that
//! was stopped goes on where it was.

use crate::Timestamp;

/// An instant, and what is late from then on; none for an instant that only reminds.
pub type Due<A> = (Timestamp, Option<A>);

/// What has been raised, and when to look again. Used in stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness<A> {
    /// The alarm that was raised last, and still holds.
    pub raised: Option<A>,
    /// When it is looked at next; none where nothing more becomes late.
    pub due_at: Option<Timestamp>,
}

impl<A> Default for Lateness<A> {
    fn default() -> Self {
        Self { raised: None, due_at: None }
    }
}

impl<A: Copy + PartialEq> Lateness<A> {
    /// What is late at an instant: of several what became so last. `due` is in the order of time, as everywhere here.
    pub fn alarm(due: &[Due<A>], now: Timestamp) -> Option<A> {
        let past = due.iter().take_while(|(at, _)| *at <= now);
        past.filter_map(|(_, alarm)| *alarm).last()
    }

    /// When something more becomes late, or is reminded of.
    pub fn next(due: &[Due<A>], now: Timestamp) -> Option<Timestamp> {
        due.iter().map(|(at, _)| *at).find(|at| *at > now)
    }

    /// The thing has changed: what does not hold any more is forgotten, and what is late and was not raised is looked at next.
    pub fn changed(&mut self, due: &[Due<A>], at: Timestamp) {
        let alarm = Self::alarm(due, at);
        self.raised = self.raised.filter(|raised| Some(*raised) == alarm);
        self.due_at = if alarm == self.raised { Self::next(due, at) } else { Some(at) };
    }

    /// Raises what has become late since. Returns it; none where nothing has.
    pub fn raise(&mut self, due: &[Due<A>], now: Timestamp) -> Option<A> {
        let alarm = Self::alarm(due, now);
        let is_new = alarm != self.raised;
        *self = Self { raised: alarm, due_at: Self::next(due, now) };
        alarm.filter(|_| is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    const DUE: [Due<char>; 3] = [(at(10), Some('w')), (at(20), None), (at(30), Some('b'))];

    #[test]
    fn each_alarm_is_raised_once_and_a_reminder_raises_nothing() {
        let mut lateness = Lateness::default();
        lateness.changed(&DUE, at(0));
        assert_eq!(lateness, Lateness { raised: None, due_at: Some(at(10)) });
        assert_eq!(lateness.raise(&DUE, at(11)), Some('w'));
        assert_eq!(lateness.due_at, Some(at(20)));
        assert_eq!(lateness.raise(&DUE, at(20)), None);
        assert_eq!(lateness, Lateness { raised: Some('w'), due_at: Some(at(30)) });
        assert_eq!(lateness.raise(&DUE, at(99)), Some('b'));
        assert_eq!(lateness, Lateness { raised: Some('b'), due_at: None });
    }

    #[test]
    fn a_change_forgets_what_holds_no_more_and_looks_again_at_what_was_not_raised() {
        let mut lateness = Lateness { raised: Some('w'), due_at: Some(at(20)) };
        lateness.changed(&[], at(12));
        assert_eq!(lateness, Lateness::default());
        lateness.changed(&DUE, at(31));
        assert_eq!(lateness, Lateness { raised: None, due_at: Some(at(31)) });
        assert_eq!(lateness.raise(&DUE, at(31)), Some('b'));
    }
}
