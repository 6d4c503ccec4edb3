//! All members over a relay, slot by slot.

use std::collections::VecDeque;

use brygga_crypto::{CELL_BYTES, SealingPublicKey};
use brygga_domain::{ParcelId, Seconds, Timestamp};
use brygga_exchange::relay::{
    Address, Coming, Load, OpenedAs, Outgoing, PostOffice, RELAY_SLOTS_KEPT,
};
use brygga_wire::relay::{Parcel, ParcelContent};
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

use super::flows::{Act, Flow, below};
use super::{CELLS_PER_SLOT, CLOCK, HOURS, MEMBERS, SLOTS_PER_HOUR, Traffic};

/// What came of it.
pub(super) struct Run {
    /// What an observer notes.
    pub(super) relay: Traffic,
    /// The same if nodes sent only what they have to say.
    pub(super) without_cover: Traffic,
    /// Parcels that came for the first time.
    pub(super) came: usize,
    /// Cells with something in them.
    pub(super) used: usize,
    /// All cells.
    pub(super) cells: usize,
}

struct Member {
    place: usize,
    office: PostOffice,
    /// Last first: flow, act, number.
    to_say: Vec<(usize, Act, usize)>,
    is_up: bool,
    fetched: Option<u64>,
}

/// The cells of one slot.
struct Slot {
    number: u64,
    cells: usize,
    /// What is in those that are no cover.
    loads: Vec<(SealingPublicKey, Parcel)>,
}

pub(super) fn run(flows: &[Flow], rng: &mut ChaCha8Rng) -> Run {
    let mut run =
        Run { relay: Traffic::new(), without_cover: Traffic::new(), came: 0, used: 0, cells: 0 };
    let mut members = members(flows);
    let mut kept: VecDeque<Slot> = VecDeque::new();
    for number in 0..HOURS * SLOTS_PER_HOUR {
        let hour = number / SLOTS_PER_HOUR;
        let mut slot =
            Slot { number: u64::try_from(number).expect("fits"), cells: 0, loads: Vec::new() };
        for member in &mut members {
            member.is_up = stays_up(member.is_up, rng);
            if !member.is_up {
                continue;
            }
            let now = CLOCK.turn(slot.number, rng);
            member.speak(hour, now, &mut slot, &mut run, rng);
            member.listen(hour, now, &slot, &kept, flows, &mut run);
        }
        kept.push_back(slot);
        if kept.len() > usize::try_from(RELAY_SLOTS_KEPT).expect("fits") {
            kept.pop_front();
        }
    }
    run
}

/// Up for two days and a half, away for two hours and a half, on average.
fn stays_up(is_up: bool, rng: &mut ChaCha8Rng) -> bool {
    if is_up { below(rng, 720) != 0 } else { below(rng, 30) == 0 }
}

fn members(flows: &[Flow]) -> Vec<Member> {
    let mut number = 0;
    let mut to_say = vec![Vec::new(); MEMBERS];
    for (place, flow) in flows.iter().enumerate() {
        for act in &flow.acts {
            number += 1;
            to_say[flow.ends[act.from]].push((place, *act, number));
        }
    }
    let member = |(place, mut to_say): (usize, Vec<(usize, Act, usize)>)| {
        to_say.sort_by_key(|(_, act, number)| std::cmp::Reverse((act.at_millis, *number)));
        Member { place, office: PostOffice::default(), to_say, is_up: true, fetched: None }
    };
    to_say.into_iter().enumerate().map(member).collect()
}

/// A flow's mailbox at one of its ends.
fn mailbox(flow: usize, end: usize) -> SealingPublicKey {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&flow.to_le_bytes());
    key[8] = u8::try_from(end).expect("0 or 1");
    SealingPublicKey::from_bytes(key)
}

/// Whose mailbox it is.
fn owner(key: &SealingPublicKey, flows: &[Flow]) -> usize {
    let (flow, rest) = key.as_bytes().split_first_chunk().expect("8 bytes of 32");
    flows[usize::from_le_bytes(*flow)].ends[usize::from(rest[0])]
}

impl Member {
    fn speak(
        &mut self,
        hour: usize,
        now: Timestamp,
        slot: &mut Slot,
        run: &mut Run,
        rng: &mut dyn Rng,
    ) {
        while self.to_say.last().is_some_and(|(_, act, _)| act.at_millis <= now.as_millis()) {
            let (flow, act, number) = self.to_say.pop().expect("there is one");
            self.office.post(letter(flow, act, number), slot.number).expect("there is room");
        }
        let loads = self.office.loads(slot.number, now, CELLS_PER_SLOT, rng);
        self.office.sent(slot.number, &loads);
        slot.cells += loads.len();
        run.cells += loads.len();
        run.relay.sends(self.place, hour, loads.len(), loads.len() * CELL_BYTES);
        let parcels = loads.into_iter().filter_map(|load| match load {
            Load::Parcel { to: Address::Mailbox(to), parcel } => Some((to, parcel)),
            _ => None,
        });
        let before = slot.loads.len();
        slot.loads.extend(parcels);
        let used = slot.loads.len() - before;
        run.used += used;
        run.without_cover.sends(self.place, hour, used, used * CELL_BYTES);
    }

    fn listen(
        &mut self,
        hour: usize,
        now: Timestamp,
        slot: &Slot,
        kept: &VecDeque<Slot>,
        flows: &[Flow],
        run: &mut Run,
    ) {
        let wanted = CLOCK.to_fetch(self.fetched, slot.number);
        for past in kept.iter().filter(|past| wanted.contains(&past.number)) {
            run.relay.receives(self.place, hour, past.cells, past.cells * CELL_BYTES);
            let all = past.loads.len();
            run.without_cover.receives(self.place, hour, all, all * CELL_BYTES);
            for (to, parcel) in past.loads.iter().filter(|(to, _)| owner(to, flows) == self.place) {
                let arrival = self.office.judge(OpenedAs::Mailbox(*to), parcel, now);
                self.office.took(parcel, &arrival);
                run.came += usize::from(arrival.coming == Coming::New);
            }
        }
        self.fetched = slot.number.checked_sub(1);
        if slot.number.is_multiple_of(64) {
            self.office.forget(now);
        }
    }
}

fn letter(flow: usize, act: Act, number: usize) -> Outgoing {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    let parcel = Parcel {
        id: ParcelId::from_bytes(id),
        answer_to: Some(mailbox(flow, act.from)),
        acknowledged: Vec::new(),
        expires_at: Timestamp::from_millis(act.at_millis).plus(Seconds::days(20)),
        content: ParcelContent::Sealed(vec![1]),
    };
    Outgoing { to: Address::Mailbox(mailbox(flow, 1 - act.from)), parcel, is_abort: false }
}
