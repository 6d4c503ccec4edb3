//! Whoever sees all traffic of an exchange network, how much and when, learns from it nothing about who has something
//! to say to whom.
//!
//! The post offices are the node's own, on a clock of ours; a cell counts by its constant size instead of being sealed.
//! The same classifier looks at three traffics of the same flows: over the relay, over the relay but without cover, and
//! straight from sender to recipient. It must see the last two, or its blindness for the first would prove nothing.
//! `BRYGGA_SIM_SEED=n` runs another seed.

mod classifier;
mod flows;
mod run;

use brygga_exchange::relay::SlotClock;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const MEMBERS: usize = 30;
const FLOWS: usize = 10_000;
/// One flow lasts so long.
const FLOW_HOURS: usize = 12;
/// In which all flows begin.
const FLOW_DAYS: usize = 300;
/// So many more for what was repeated.
const REST_DAYS: usize = 3;
const HOURS: usize = (FLOW_DAYS + REST_DAYS) * 24;
const CLOCK: SlotClock = SlotClock::new(300);
const SLOTS_PER_HOUR: usize = 12;
const CELLS_PER_SLOT: usize = 2;

/// What an observer notes of one member in one hour, in one direction.
#[derive(Clone, Copy, Default)]
struct Seen {
    count: u32,
    bytes: u32,
}

/// What an observer notes: for each member and hour, what it sent and what it got.
struct Traffic {
    sent: Vec<[Seen; HOURS]>,
    received: Vec<[Seen; HOURS]>,
}

impl Traffic {
    fn new() -> Self {
        let nothing = || vec![[Seen::default(); HOURS]; MEMBERS];
        Self { sent: nothing(), received: nothing() }
    }

    fn sends(&mut self, member: usize, hour: usize, count: usize, bytes: usize) {
        add(&mut self.sent[member], hour, count, bytes);
    }

    fn receives(&mut self, member: usize, hour: usize, count: usize, bytes: usize) {
        add(&mut self.received[member], hour, count, bytes);
    }
}

fn add(hours: &mut [Seen; HOURS], hour: usize, count: usize, bytes: usize) {
    if let Some(seen) = hours.get_mut(hour) {
        seen.count += u32::try_from(count).expect("few enough");
        seen.bytes += u32::try_from(bytes).expect("few enough");
    }
}

#[test]
fn a_classifier_that_sees_bare_traffic_sees_nothing_in_that_of_the_relay() {
    let seed = std::env::var("BRYGGA_SIM_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(29);
    eprintln!("seed {seed}");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let flows = flows::draw(&mut rng);
    let others = flows::draw_pairs_without_flow(&flows, &mut rng);
    let run = run::run(&flows, &mut rng);

    let wanted: usize = flows.iter().map(|flow| flow.acts.len()).sum();
    eprintln!("{wanted} parcels, {} came, {} cells of {}", run.came, run.used, run.cells);
    assert_eq!(run.came, wanted, "each parcel comes once");

    let relay = classifier::look(&run.relay, &flows, &others);
    let without_cover = classifier::look(&run.without_cover, &flows, &others);
    let bare = classifier::look(&flows::bare_traffic(&flows), &flows, &others);
    eprintln!("AUC over the relay      {relay}");
    eprintln!("AUC without its cover   {without_cover}");
    eprintln!("AUC straight            {bare}");
    assert!(bare.correlation > 0.8, "the classifier cannot see");
    assert!(without_cover.volume > 0.6, "the classifier cannot see volumes");
    assert!(relay.correlation <= 0.55 && relay.volume <= 0.55);
    // One that is always wrong would tell as much.
    assert!(relay.correlation >= 0.45 && relay.volume >= 0.45);
}
