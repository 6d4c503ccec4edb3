//! Whoever waits to come back (återinflyttning): a queue for each line of a service. What is free goes to those who
//! stand first, and to nobody else while somebody waits.

use std::collections::BTreeSet;

use super::{Hold, HoldState, Ledger, LineKey, Promised, Publication};
use crate::{Reason, Refusal, Seconds, ServiceId, Timestamp};

#[cfg(test)]
mod tests;

/// A hold whose place somebody wants to have again, as its publisher or its holder has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
    /// The hold.
    pub hold: Hold,
    /// Whether another hold rests on it that was neither refused nor given back.
    pub is_used: bool,
}

impl Departed {
    /// Checks that a hold may take its place, where re-entry can be asked for so many days after a departure.
    ///
    /// # Errors
    /// At `reentry_of`: [`Reason::NotFound`] where it is no hold of theirs that ended by departure and was of the same
    /// line, [`Reason::AgreementScope`] where no re-entry is agreed, [`Reason::OutsideValidity`] where the departure was
    /// longer ago, [`Reason::InvalidTransition`] where the right is used, [`Reason::InvalidField`] for other than one
    /// line.
    pub fn check(&self, asked: &Hold, reentry_days: u32, now: Timestamp) -> Result<(), Refusal> {
        let [wanted] = &asked.items[..] else {
            return Err(Refusal::at(Reason::InvalidField, "reentry_of"));
        };
        let before = &self.hold;
        let had = before.items.iter().any(|item| {
            (item.service, item.line) == (wanted.service, wanted.line)
                && wanted.places <= item.places
        });
        let ends = (&before.holder, &before.publisher) == (&asked.holder, &asked.publisher);
        let end = before.changed_at.plus(Seconds::days(i64::from(reentry_days)));
        let sound = [
            (had && ends && before.state == HoldState::Departed, Reason::NotFound),
            (reentry_days > 0, Reason::AgreementScope),
            (now < end, Reason::OutsideValidity),
            (!self.is_used, Reason::InvalidTransition),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, reason)) => Err(Refusal::at(*reason, "reentry_of")),
            None => Ok(()),
        }
    }
}

/// What a publisher tells of a hold that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It waits at a position, from 1.
    At(u32),
    /// Its turn has come: it is held until then.
    Until(Timestamp),
}

impl Hold {
    /// It waits, behind all others until [`advance`] says where: because it was asked for, or was not confirmed in time.
    pub fn wait(&mut self, now: Timestamp) {
        self.change(HoldState::Waiting { position: u32::MAX }, now);
        self.extensions = 0;
    }

    /// Whether it waits for its turn.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, HoldState::Waiting { .. })
    }

    /// What its holder is told of its turn; none where it neither waits nor is held.
    pub const fn turn(&self) -> Option<Turn> {
        match self.state {
            HoldState::Waiting { position } => Some(Turn::At(position)),
            HoldState::Held { expires_at } => Some(Turn::Until(expires_at)),
            _ => None,
        }
    }

    /// Whoever holds hears of its turn, or that what was asked for with a referral is held. Whether anything changed: what is
    /// taken or over stays so, and what this node's clock has ended is as its publisher says.
    pub fn turned(&mut self, turn: Turn, at: Timestamp) -> bool {
        let waited = matches!(
            self.state,
            HoldState::Requested
                | HoldState::Waiting { .. }
                | HoldState::Held { .. }
                | HoldState::Expired
        );
        let is_first = self.state == HoldState::Requested && matches!(turn, Turn::Until(_));
        if !waited || (self.reentry_of.is_none() && !is_first) {
            return false;
        }
        let state = match turn {
            Turn::At(position) => HoldState::Waiting { position },
            Turn::Until(expires_at) => HoldState::Held { expires_at },
        };
        self.extensions = 0;
        self.change(state, at);
        true
    }

    /// Where it stands in the queue of a line; none where it does not wait for that.
    fn position_in(&self, service: ServiceId, line: LineKey) -> Option<u32> {
        let HoldState::Waiting { position } = self.state else { return None };
        let waits = self.items.iter().any(|item| (item.service, item.line) == (service, line));
        waits.then_some(position)
    }
}

/// Gives what is free of a service to those who wait for it, in their order, and closes up behind them. Returns whose turn
/// or position is another now. Nothing is given by a publication that is past its time or out of season, nor to a
/// household with a child what is not safe for it.
pub fn advance(
    publication: &Publication,
    promised: &mut Promised,
    waiting: &mut [Hold],
    now: Timestamp,
) -> BTreeSet<usize> {
    let service = publication.service.id;
    let gives = now < publication.valid_until && publication.service.is_in_season(now);
    let mut changed = BTreeSet::new();
    for line in promised.awaited().collect::<Vec<_>>() {
        let free = Ledger::new(publication, promised).free(line).unwrap_or(0);
        let mut free = if gives { free } else { 0 };
        let in_line = waiting.iter().enumerate();
        let mut queue: Vec<_> = in_line
            .filter_map(|(index, hold)| Some((hold.position_in(service, line)?, index)))
            .collect();
        queue.sort_unstable();
        let (mut position, mut is_over) = (0, false);
        for (was, index) in queue {
            let Some(hold) = waiting.get_mut(index) else { continue };
            let places = hold.places();
            let may_have = !hold.with_child || publication.service.is_child_safe();
            is_over = is_over || (may_have && places > free);
            if may_have && !is_over {
                free -= places;
                promised.discount(service, hold);
                hold.change(HoldState::Held { expires_at: now.plus(hold.ttl) }, now);
                promised.count(service, hold);
                changed.insert(index);
                continue;
            }
            position += 1;
            if was != position {
                hold.change(HoldState::Waiting { position }, now);
                changed.insert(index);
            }
        }
    }
    changed
}
