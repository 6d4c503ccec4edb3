//! Who has something to say to whom, and when.

use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

use super::{FLOW_DAYS, FLOW_HOURS, FLOWS, MEMBERS, Traffic};

pub(super) const HOUR_MILLIS: i64 = 3_600_000;

/// What two members have to say to each other.
pub(super) struct Flow {
    pub(super) ends: [usize; 2],
    pub(super) first_hour: usize,
    pub(super) acts: Vec<Act>,
}

/// One thing to say.
#[derive(Clone, Copy)]
pub(super) struct Act {
    pub(super) at_millis: i64,
    /// Which end says it.
    pub(super) from: usize,
    pub(super) bytes: usize,
}

/// Two members at a time, of whom nobody knows whether they have a flow.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) ends: [usize; 2],
    pub(super) first_hour: usize,
}

pub(super) fn below(rng: &mut ChaCha8Rng, limit: usize) -> usize {
    let limit = u64::try_from(limit).expect("fits");
    usize::try_from(rng.next_u64() % limit).expect("below a size")
}

fn two_members(rng: &mut ChaCha8Rng) -> [usize; 2] {
    let one = below(rng, MEMBERS);
    [one, (one + 1 + below(rng, MEMBERS - 1)) % MEMBERS]
}

pub(super) fn draw(rng: &mut ChaCha8Rng) -> Vec<Flow> {
    (0..FLOWS).map(|_| draw_one(rng)).collect()
}

/// A few hours in which both write, as people do.
fn draw_one(rng: &mut ChaCha8Rng) -> Flow {
    let first_hour = below(rng, FLOW_DAYS * 24 - FLOW_HOURS);
    let mut acts = Vec::new();
    for _ in 0..3 {
        let hour = first_hour + below(rng, FLOW_HOURS);
        for act in 0..2 + below(rng, 4) {
            let within = i64::try_from(below(rng, 3_600_000)).expect("fits");
            let at_millis = i64::try_from(hour).expect("fits") * HOUR_MILLIS + within;
            acts.push(Act { at_millis, from: act % 2, bytes: 600 + below(rng, 9_000) });
        }
    }
    Flow { ends: two_members(rng), first_hour, acts }
}

/// For each flow two members who have none at that time.
pub(super) fn draw_pairs_without_flow(flows: &[Flow], rng: &mut ChaCha8Rng) -> Vec<Pair> {
    let mut at_hour = vec![Vec::new(); FLOW_DAYS * 24];
    for flow in flows {
        for pairs in at_hour.iter_mut().skip(flow.first_hour).take(FLOW_HOURS) {
            pairs.push(flow.ends);
        }
    }
    let mut draw = |flow: &Flow| loop {
        let [one, other] = two_members(rng);
        let mut hours = flow.first_hour..flow.first_hour + FLOW_HOURS;
        let has_flow = hours.any(|hour| {
            at_hour[hour].contains(&[one, other]) || at_hour[hour].contains(&[other, one])
        });
        if !has_flow {
            return Pair { ends: [one, other], first_hour: flow.first_hour };
        }
    };
    flows.iter().map(&mut draw).collect()
}

/// Each thing said at once, with its own size, from who says it to whom it is for.
pub(super) fn bare_traffic(flows: &[Flow]) -> Traffic {
    let mut traffic = Traffic::new();
    for flow in flows {
        for act in &flow.acts {
            let hour = usize::try_from(act.at_millis / HOUR_MILLIS).expect("after the beginning");
            traffic.sends(flow.ends[act.from], hour, 1, act.bytes);
            traffic.receives(flow.ends[1 - act.from], hour, 1, act.bytes);
        }
    }
    traffic
}
