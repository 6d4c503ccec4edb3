//! Two post offices over a network that loses, doubles and delays: everything comes once, and in the end nothing waits.

use std::collections::BTreeMap;

use super::*;

const RUNS: u64 = 60;
const PARCELS: u8 = 24;

#[test]
fn whatever_is_lost_or_doubled_each_parcel_comes_once_and_nothing_waits_in_the_end() {
    for seed in 0..RUNS {
        eprintln!("seed {seed}");
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut ends = [PostOffice::default(), PostOffice::default()];
        let mut came: [BTreeMap<ParcelId, u32>; 2] = Default::default();
        let mut late: Vec<(u64, usize, Load)> = Vec::new();
        for slot in 0..2_000 {
            for end in [0, 1] {
                if slot < 48 && slot % 4 == u64::try_from(end).unwrap() {
                    let number = u8::try_from(slot / 4).unwrap() * 2 + u8::try_from(end).unwrap();
                    assert!(number < PARCELS);
                    ends[end].post(between(end, number, &mut rng), slot).unwrap();
                }
                let loads = ends[end].loads(slot, NOW, CELLS, &mut rng);
                assert_eq!(loads.len(), CELLS);
                match rng.next_u64() % 10 {
                    0 => continue, // The relay is not reached.
                    1 => {}        // It is, and its answer is lost.
                    _ => ends[end].sent(slot, &loads),
                }
                late.extend(fate(slot, 1 - end, loads, &mut rng));
            }
            for (_, end, load) in late.extract_if(.., |(at, ..)| *at <= slot) {
                deliver(&mut ends[end], end, &load, &mut came[end]);
            }
        }
        for end in [0, 1] {
            assert_eq!(ends[end].waiting(), 0, "seed {seed}");
            assert_eq!(came[end].len(), usize::from(PARCELS) / 2, "seed {seed}");
            assert!(came[end].values().all(|count| *count == 1), "seed {seed}");
        }
    }
}

fn mailbox(end: usize) -> SealingPublicKey {
    [OWN, THEIRS][end]
}

fn between(end: usize, number: u8, rng: &mut ChaCha8Rng) -> Outgoing {
    let parcel = Parcel { answer_to: Some(mailbox(end)), ..parcel(number) };
    let is_abort = rng.next_u64().is_multiple_of(8);
    Outgoing { to: Address::Mailbox(mailbox(1 - end)), parcel, is_abort }
}

/// Lost, late or twice.
fn fate(slot: u64, end: usize, loads: Vec<Load>, rng: &mut ChaCha8Rng) -> Vec<(u64, usize, Load)> {
    let mut coming = Vec::new();
    for load in loads {
        for _ in 0..[0, 0, 1, 1, 2][usize::try_from(rng.next_u64() % 5).unwrap()] {
            coming.push((slot + 1 + rng.next_u64() % 24, end, load.clone()));
        }
    }
    coming
}

fn deliver(office: &mut PostOffice, end: usize, load: &Load, came: &mut BTreeMap<ParcelId, u32>) {
    let Load::Parcel { to, parcel } = load else { return };
    assert_eq!(*to, Address::Mailbox(mailbox(end)));
    if take(office, OpenedAs::Mailbox(mailbox(end)), parcel).coming == Coming::New {
        *came.entry(parcel.id).or_default() += 1;
    }
}
