//! Places of re-entry that a member asks for or tells of although it may not.

use brygga_domain::capacity::{Departed, Hold, HoldState, Promised, Turn};
use brygga_domain::{HoldId, Reason, Seconds};
use brygga_exchange::WriteSet;
use brygga_exchange::capacity::ServiceHeld;
use brygga_exchange::receive::{Answer, Held};
use brygga_exchange::records::Chain;
use brygga_wire::capacity::{encode_hold_moved, encode_hold_requested};
use brygga_wire::envelope::{Header, MessageType};

use crate::places::{ENOUGH, HOLD, about, beds, hold, receipt, sharing};
use crate::rig::*;

/// The hold whose place somebody wants again.
const LEFT: HoldId = HoldId::from_bytes([5; 16]);
const OTHER: HoldId = HoldId::from_bytes([6; 16]);

fn waiting(publisher: &str, holder: &str, position: u32) -> Hold {
    let state = HoldState::Waiting { position };
    Hold { reentry_of: Some(LEFT), ..hold(publisher, holder, state) }
}

/// Two beds, with somebody else who waits for three.
fn queued() -> ServiceHeld {
    let mut first = Hold { id: OTHER, ..waiting(ME, COMPANY, 1) };
    first.items[0].places = 3;
    let held = beds();
    let promised = Promised::of(held.stored.id(), [&first]);
    ServiceHeld { promised, waiting: vec![first], ..held }
}

/// Asks for a bed as the neighbour.
fn ask(reentry_of: Option<HoldId>, departed: Option<Departed>) -> (WriteSet, Answer) {
    let asked = Hold { reentry_of, ..hold(ME, NEIGHBOUR, HoldState::Requested) };
    let held = Held { services: vec![queued()], departed, ..Held::default() };
    let payload = encode_hold_requested(&asked, NOW.plus(Seconds(60)));
    let header = about(NEIGHBOUR, MessageType::CapacityHoldRequested);
    arrive(&[sharing(AGREEMENT, &[ME, NEIGHBOUR, COMPANY])], held, header, payload)
}

fn left(holder: &str) -> Departed {
    let hold = Hold { id: LEFT, ..hold(ME, holder, HoldState::Departed) };
    Departed { hold, is_used: false }
}

#[test]
fn nobody_overtakes_those_who_wait() {
    let (writes, answer) = ask(None, None);
    assert_eq!(
        refusal(&answer),
        Some(Reason::CapacityExhausted),
        "two are free, and somebody waits"
    );
    assert_eq!(writes.capacity, Default::default());
    let (writes, answer) = ask(Some(LEFT), Some(left(NEIGHBOUR)));
    assert_eq!(refusal(&answer), None);
    let [new] = &writes.capacity.new_holds[..] else { panic!("one hold: {writes:?}") };
    assert_eq!(new.hold.state, HoldState::Waiting { position: 2 });
    assert_eq!(writes.capacity.changed_holds, [], "whoever stood first stands there");
    assert_eq!(writes.outbox.len(), 1, "its holder is told where it stands");
}

#[test]
fn a_departure_of_anothers_is_not_told_from_one_that_never_was() {
    let (writes, theirs) = ask(Some(LEFT), Some(left(COMPANY)));
    assert_eq!(refusal(&theirs), Some(Reason::NotFound));
    assert_eq!(writes.capacity, Default::default());
    assert_eq!(receipt(&theirs), receipt(&ask(Some(LEFT), None).1));
    // Another's departure is no own right, whatever it is called.
    assert_eq!(refusal(&ask(Some(OTHER), Some(left(NEIGHBOUR))).1), Some(Reason::NotFound));
    let used = Departed { is_used: true, ..left(NEIGHBOUR) };
    assert_eq!(refusal(&ask(Some(LEFT), Some(used)).1), Some(Reason::InvalidTransition));
}

/// What a node with this hold answers to who tells it where it stands.
fn tell(sender: &str, known: Hold, turn: Turn) -> (WriteSet, Answer) {
    let previous = brygga_crypto::sha256(&[b"the message before"]);
    let chain = Some(Chain { received_head: Some(previous), ..Chain::default() });
    let held = Held { hold: Some(known), chain, ..Held::default() };
    let header = about(sender, MessageType::CapacityHoldMoved);
    let header = Header { previous_hash: Some(previous), ..header };
    let payload = encode_hold_moved(HOLD, turn);
    arrive(&[sharing(AGREEMENT, &[ME, NEIGHBOUR, COMPANY])], held, header, payload)
}

#[test]
fn nobody_but_its_publisher_tells_where_a_hold_stands() {
    let until = Turn::Until(NOW.plus(ENOUGH));
    let (writes, answer) = tell(COMPANY, waiting(COMPANY, ME, 2), until);
    assert_eq!(refusal(&answer), None);
    let [(told, before)] = &writes.capacity.changed_holds[..] else { panic!("{writes:?}") };
    assert_eq!((told.state, *before), (HoldState::Held { expires_at: NOW.plus(ENOUGH) }, 1));
    for (sender, known) in [
        (NEIGHBOUR, waiting(COMPANY, ME, 2)),
        // Whoever waits here cannot grant itself what it waits for.
        (NEIGHBOUR, waiting(ME, NEIGHBOUR, 2)),
        // A hold that never waited and came with no referral is granted by its receipt and by nothing else.
        (COMPANY, hold(COMPANY, ME, HoldState::Requested)),
    ] {
        let (writes, answer) = tell(sender, known, until);
        assert_eq!(refusal(&answer), Some(Reason::NotFound));
        assert_eq!(writes.capacity, Default::default());
    }
    for over in [HoldState::Confirmed, HoldState::Cancelled, HoldState::TakenBack] {
        let known = Hold { state: over, ..waiting(COMPANY, ME, 1) };
        assert_eq!(tell(COMPANY, known, until).0.capacity, Default::default(), "{over:?}");
    }
    assert_eq!(
        refusal(&tell(COMPANY, waiting(COMPANY, ME, 1), Turn::At(0)).1),
        Some(Reason::InvalidField)
    );
}
