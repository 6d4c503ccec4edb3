//! What is said in between, and what is taken back: consents, mistakes, and the orders to stop that follow.

use brygga_domain::consent::{Consent, ConsentRecipient, Narrowing};
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{ConsentId, DataCategory, ReferralId, Seconds, Timestamp, UnitId};

use crate::node::Crashed;
use crate::plan::{Crash, End, Narrow};
use crate::world::{World, picked};

impl World {
    pub(crate) fn note(&mut self, at: End, pick: u32, crash: Option<Crash>) {
        let (now, token) = (self.now, self.random_bytes());
        let reader = self.nodes[at.other() as usize].principal.clone();
        let node = self.node(at);
        let ids: Vec<ReferralId> = node.store.referrals.keys().copied().collect();
        let Some(id) = picked(&ids, pick) else { return };
        let side = node.store.referral(*id).expect("picked").side;
        match node.note(*id, token, &reader, now, crash) {
            Err(Crashed) => self.crash(at),
            Ok(Err(refusal)) => self.coverage.refused("note", refusal.reason),
            Ok(Ok(message)) => {
                self.coverage.saw(match side {
                    Side::Source => "note of the source",
                    Side::Target => "note of the target",
                });
                self.notes.push((at, message));
            }
        }
    }

    pub(crate) fn withdraw_consent(&mut self, at: End, pick: u32, crash: Option<Crash>) {
        let now = self.now;
        let node = self.node(at);
        let ids: Vec<ConsentId> = node.store.consents.keys().copied().collect();
        let Some(id) = picked(&ids, pick) else { return };
        let (orders, stood) =
            (node.store.stops.len(), node.store.consents[id].withdrawn_at.is_none());
        match node.withdraw_consent(*id, now, crash) {
            Err(Crashed) => self.crash(at),
            Ok(dropped) => {
                let is_told = node.store.stops.len() > orders;
                assert!(
                    stood || (dropped == 0 && !is_told),
                    "a withdrawal that stopped more again"
                );
                self.coverage.saw(if stood {
                    "consent withdrawn"
                } else {
                    "consent withdrawn again"
                });
                if dropped > 0 {
                    self.coverage.saw("consent stopped a message");
                }
            }
        }
    }

    pub(crate) fn narrow_consent(&mut self, at: End, pick: u32, how: Narrow) {
        let now = self.now;
        let node = self.node(at);
        let ids: Vec<ConsentId> = node.store.consents.keys().copied().collect();
        let Some(id) = picked(&ids, pick) else { return };
        let clock = node.clock(now);
        let left = narrowed(&node.store.consents[id], how, clock);
        match node.narrow_consent(*id, left, now) {
            Ok((_, dropped)) => {
                self.coverage.saw(format!("consent narrowed: {how:?}"));
                if dropped > 0 {
                    self.coverage.saw("narrowed consent stopped a message");
                }
            }
            Err(refusal) => self.coverage.refused("narrow", refusal.reason),
        }
    }

    pub(crate) fn pick_mistake(&mut self, at: End, pick: u32, crash: Option<Crash>) {
        let referrals = self.node(at).store.referrals.values().map(|kept| &kept.referral);
        let is_likely =
            |referral: &&Referral| referral.side == Side::Source || pick.is_multiple_of(16);
        let ids: Vec<ReferralId> =
            referrals.filter(is_likely).map(|referral| referral.id).collect();
        if let Some(id) = picked(&ids, pick) {
            self.mark_in_error(at, *id, crash);
        }
    }

    pub(crate) fn mark_in_error(&mut self, at: End, id: ReferralId, crash: Option<Crash>) {
        let now = self.now;
        self.mistakes.insert((at, id));
        match self.node(at).mark_in_error(id, now, crash) {
            Err(Crashed) => self.crash(at),
            Ok(answer) => {
                self.mistakes.remove(&(at, id));
                match answer {
                    Ok(()) => self.coverage.saw("marked in error"),
                    Err(refusal) => self.coverage.refused("mark", refusal.reason),
                }
            }
        }
    }

    pub(crate) fn answer_stops(&mut self, at: End, crash: Option<Crash>) {
        let now = self.now;
        match self.node(at).answer_stops(now, crash) {
            Err(Crashed) => {
                self.coverage.saw("crash while stopping");
                self.crash(at);
            }
            Ok(0) => {}
            Ok(_) => self.coverage.saw("order to stop answered"),
        }
    }
}

/// What is left of a consent.
fn narrowed(consent: &Consent, how: Narrow, clock: Timestamp) -> Narrowing {
    let mut left = Narrowing {
        recipients: consent.recipients.clone(),
        data_categories: consent.data_categories.clone(),
        valid_until: None,
    };
    match how {
        Narrow::Recipient => {
            let unit = UnitId::parse("mottagning").expect("a function");
            let organisation = consent.recipients[0].organisation.clone();
            left.recipients = vec![ConsentRecipient { organisation, unit: Some(unit) }];
        }
        Narrow::Data => left.data_categories = vec![DataCategory::Identity],
        Narrow::Time => left.valid_until = Some(clock.plus(Seconds(1))),
        Narrow::Nothing => {}
        Narrow::More => left.data_categories = vec![DataCategory::FreeText],
    }
    left
}
