//! The ground of a referral is taken away: consents that end, mistakes, and what is still held.

use brygga_domain::consent::{Consent, Narrowing};
use brygga_domain::referral::{Event, Referral, Side};
use brygga_domain::stop::{ProcessingStop, StillHeld, StopReason};
use brygga_domain::{ConsentId, ConversationId, ReferralId, Refusal, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::consent::Carried;
use brygga_exchange::erase::ErasureCause;
use brygga_exchange::stop::{answer, mark_in_error};
use brygga_exchange::{consent, erase};
use brygga_policy::still_held;
use brygga_wire::referral::decode_progressed;

use crate::memory::is_queued;
use crate::node::{Crashed, Node};
use crate::people::actor;
use crate::plan::Crash;

impl Node {
    /// Ends a consent; returns how many messages that stopped.
    pub(crate) fn withdraw_consent(
        &mut self,
        id: ConsentId,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<u32, Crashed> {
        let held = self.store.consents[&id].clone();
        let carried = self.carried(id);
        let decided = self.locally(now, |local| consent::withdraw(local, &actor(), held, carried));
        let stopped = self.finish(decided, 1, crash)?;
        Ok(stopped.expect("a withdrawal is never refused"))
    }

    /// Narrows a consent; returns what is left and how many messages that stopped.
    pub(crate) fn narrow_consent(
        &mut self,
        id: ConsentId,
        left: Narrowing,
        now: Timestamp,
    ) -> Result<(Consent, u32), Refusal> {
        let held = self.store.consents[&id].clone();
        let carried = self.carried(id);
        let decided =
            self.locally(now, |local| consent::narrow(local, &actor(), held, left, carried));
        self.finish(decided, 1, None).expect("no crash was asked for")
    }

    /// What rests on a consent, as a node loads it.
    fn carried(&self, id: ConsentId) -> Carried {
        let rests_on_it = |referral: &&Referral| {
            referral.side == Side::Source
                && !referral.is_stopped
                && referral.grant.consent.is_some_and(|(consent, _)| consent == id)
        };
        let referrals = self.store.referrals.values().map(|kept| &kept.referral);
        Carried {
            queued: self.store.queued_by_consent(id),
            referrals: referrals.filter(rests_on_it).cloned().collect(),
            offers: Vec::new(),
        }
    }

    /// Takes back a referral that was made by mistake, and erases its content here. The process may die
    /// in between, and whoever repeats it finishes it.
    pub(crate) fn mark_in_error(
        &mut self,
        id: ReferralId,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<Result<(), Refusal>, Crashed> {
        let referral = self.store.referral(id).cloned().expect("picked from what is held");
        let is_marked = |stop: &&ProcessingStop| {
            (stop.side, stop.referral_id, stop.reason)
                == (Side::Source, id, StopReason::EnteredInError)
        };
        if referral.side != Side::Source || !self.store.orders().any(|stop| is_marked(&stop)) {
            let mut queued = self.store.thread(id);
            queued.retain(is_queued);
            let decided =
                self.locally(now, |local| mark_in_error(local, &actor(), referral, &queued));
            if let Err(refusal) = self.finish(decided, 1, crash)? {
                return Ok(Err(refusal));
            }
        }
        self.erase(id, ErasureCause::EnteredInError, now, None)?;
        Ok(Ok(()))
    }

    /// Answers orders that wait, each after its erasure; returns how many.
    pub(crate) fn answer_stops(
        &mut self,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<usize, Crashed> {
        let waits = |stop: &&ProcessingStop| stop.side == Side::Target && stop.answer.is_none();
        let waiting: Vec<ProcessingStop> = self.store.orders().filter(waits).cloned().collect();
        let count = waiting.len();
        for stop in waiting {
            let held = self.still_held(&stop);
            if held == StillHeld::Erased {
                self.erase(stop.referral_id, cause(stop.reason), now, crash)?;
            }
            let chain = self.store.chain(stop.conversation(), &stop.peer);
            let decided = self.locally(now, |local| answer(local, stop, held, chain));
            self.finish(decided, 1, crash)?.expect("an order is answered once");
        }
        Ok(count)
    }

    fn still_held(&self, stop: &ProcessingStop) -> StillHeld {
        let id = stop.referral_id;
        let mut events = self.store.events.range((id, 0)..=(id, u32::MAX));
        let is_accepted = events.any(|(_, bytes)| {
            decode_progressed(bytes).is_ok_and(|progressed| progressed.event == Event::Accepted)
        });
        still_held(&self.principal, is_accepted, stop.reason)
    }

    /// Erases a case, once.
    fn erase(
        &mut self,
        id: ReferralId,
        cause: ErasureCause,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<(), Crashed> {
        if !self.store.holds_content(id) {
            return Ok(());
        }
        let thread = self.store.thread(id);
        let writes =
            self.locally(now, |local| erase::case(local, &Actor::Clock, id, &thread, cause));
        self.commit(writes, 1, crash)
    }
}

const fn cause(reason: StopReason) -> ErasureCause {
    match reason {
        StopReason::ConsentWithdrawn | StopReason::ConsentNarrowed => {
            ErasureCause::ConsentWithdrawn
        }
        StopReason::EnteredInError => ErasureCause::EnteredInError,
    }
}

/// The thread of a referral.
pub(crate) const fn thread(id: ReferralId) -> ConversationId {
    ConversationId::from_bytes(*id.as_bytes())
}
