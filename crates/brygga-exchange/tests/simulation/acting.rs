//! People and the clock move referrals on, in the right place and in the wrong one.

use brygga_domain::ReferralId;
use brygga_domain::referral::{Referral, Side};

use crate::deeds::command;
use crate::edges::{OF_TARGET, leads};
use crate::node::Crashed;
use crate::plan::{Crash, Deed, End, Expected, Whose};
use crate::world::{Acknowledged, World, picked};

impl World {
    pub(crate) fn pick_referral(
        &mut self,
        at: End,
        pick: u32,
        deed: Deed,
        whose: Whose,
    ) -> Option<ReferralId> {
        let side = if deed.is_of_source() { Side::Source } else { Side::Target };
        let suits = |referral: &&Referral| match whose {
            Whose::Open => {
                referral.side == side && referral.status.is_final() == deed.is_afterwards()
            }
            Whose::Any => referral.side == side,
            Whose::Wrong => referral.side != side,
        };
        let referrals = self.node(at).store.referrals.values().map(|kept| &kept.referral);
        let ids: Vec<ReferralId> = referrals.filter(suits).map(|referral| referral.id).collect();
        picked(&ids, pick).copied()
    }

    pub(crate) fn act(
        &mut self,
        at: End,
        id: ReferralId,
        deed: Deed,
        expected: Expected,
        crash: Option<Crash>,
    ) {
        let now = self.now;
        let node = self.node(at);
        let held = node.store.referral(id).expect("picked");
        let version = held.version;
        let expected_version = match expected {
            Expected::Any => None,
            Expected::Right => Some(version),
            Expected::Stale => Some(version + 1),
        };
        let answer = match command(deed, node.clock(now)) {
            Ok(command) => node.act(id, expected_version, command, now, crash),
            Err(refusal) => Ok(Err(refusal)),
        };
        match answer {
            Err(Crashed) => self.crash(at),
            Ok(Err(refusal)) => self.coverage.refused("act", refusal.reason),
            Ok(Ok(referral)) => {
                assert!(expected != Expected::Stale, "a stale version was overlooked");
                self.coverage.saw(format!("done: {deed:?}"));
                if referral.side == Side::Target {
                    assert_eq!(referral.version, version + 1, "one deed is one version");
                    let version = referral.version;
                    self.acknowledged.push(Acknowledged { at, id, version, deed });
                }
            }
        }
    }

    /// Whatever the guide does not permit in a status is refused there and changes nothing.
    pub(crate) fn nonsense(&mut self, at: End, pick: u32) {
        let targets = self.node(at).store.referrals.values().map(|kept| &kept.referral);
        let targets = targets.filter(|referral| referral.side == Side::Target);
        let held: Vec<Referral> = targets.cloned().collect();
        let Some(referral) = picked(&held, pick) else { return };
        let (now, from) = (self.now, referral.status.as_str());
        for deed in Deed::ALL {
            let node = self.node(at);
            let Ok(command) = command(*deed, node.clock(now)) else { continue };
            let is_reroute = *deed == Deed::DeclineElsewhere;
            let by = if is_reroute { "reroute" } else { command.name() };
            if !OF_TARGET.contains(&by) || leads(from, by).is_some() {
                continue;
            }
            let answer = node.act(referral.id, None, command, now, None);
            let refused = answer.expect("no crash was asked for").expect_err("not in the guide");
            assert_eq!(node.store.referral(referral.id), Some(referral), "a refusal changed it");
            self.coverage.refused_by_log(from, by, refused.reason);
        }
    }

    /// The clock's round.
    pub(crate) fn tick(&mut self, at: End, crash: Option<Crash>) {
        let now = self.now;
        let node = self.node(at);
        let laid = node.escalate_due(now, crash);
        let ended = if laid.is_ok() { node.expire_due(now, crash) } else { Ok(Vec::new()) };
        for (outcome, deed) in [(laid, Deed::Escalate), (ended, Deed::Expire)] {
            match outcome {
                Err(Crashed) => self.crash(at),
                Ok(changed) => self.acknowledged.extend(changed.into_iter().map(|referral| {
                    let Referral { id, version, .. } = referral;
                    Acknowledged { at, id, version, deed }
                })),
            }
        }
    }
}
