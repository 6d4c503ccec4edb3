//! The relay of an exchange network: who may speak over it, and what it can see.

use brygga_crypto::{CELL_BYTES, Cell, SystemRandom};
use brygga_domain::{OrgId, Reason, Seconds};
use brygga_exchange::relay::SlotClock;
use brygga_identity::clock::Clock;
use brygga_peer::CallError;
use brygga_proto::relocation::v1::TakeCellsResponse;
use brygga_testkit::{Place, eventually, reason_of};
use brygga_wire::relay::{CellsPut, CellsWanted};

use crate::network::{CELLS, Exchange, HANINGE, NYNASHAMN, PLACES};

const RELAY: Place = Place::LANSSTYRELSEN;

/// The slot that is now.
fn slot(exchange: &Exchange) -> u64 {
    SlotClock::new(1).slot(exchange.region.clock(RELAY.name).now())
}

fn relay() -> OrgId {
    OrgId::parse(RELAY.organisation).expect("an organisation")
}

fn refused<T>(answer: Result<T, CallError>) -> Reason {
    match answer.map(drop) {
        Err(CallError::Status(status)) => reason_of(&status),
        other => panic!("not refused: {other:?}"),
    }
}

async fn take(exchange: &Exchange, who: &str, slot: u64) -> Result<TakeCellsResponse, CallError> {
    let wanted = CellsWanted { agreement: exchange.agreement_id(), slot };
    exchange.region.visitor(who, who).channels().take_cells(&relay(), wanted).await
}

async fn put(exchange: &Exchange, who: &str, slot: u64, cells: usize) -> Result<(), CallError> {
    let cells = (0..cells).map(|_| Cell::cover(&mut SystemRandom)).collect();
    let put = CellsPut { agreement: exchange.agreement_id(), slot, cells };
    exchange.region.visitor(who, who).channels().put_cells(&relay(), put).await
}

/// The cells of the slot before, where there are so many.
async fn spoken(exchange: &Exchange, cells: usize) -> Option<TakeCellsResponse> {
    let taken = take(exchange, NYNASHAMN.name, slot(exchange) - 1).await.ok();
    taken.filter(|taken| taken.cells.len() == cells)
}

/// Leak L12: whoever counts cells, sees their sizes or asks the relay learns nothing.
///
/// Verified: with nothing to say every member hands over as many cells of the same size in every slot; a member that is
/// away is seen to be away, and nothing else; when it is back it speaks again.
#[tokio::test(flavor = "multi_thread")]
async fn leak_12_every_member_says_as_much_as_every_other() {
    let mut exchange = Exchange::begin().await;
    let members = PLACES.len() - 1;
    let taken = eventually("all speak", || spoken(&exchange, members * CELLS)).await;
    assert!(taken.cells.iter().all(|cell| cell.len() == CELL_BYTES));
    let mut different = taken.cells.clone();
    different.dedup();
    assert_eq!(different.len(), members * CELLS, "no cell is sent twice");
    assert!(taken.cells.is_sorted(), "their order is that of their bytes");

    exchange.region.stop_node(HANINGE.name).await;
    eventually("one is away", || spoken(&exchange, (members - 1) * CELLS)).await;
    exchange.region.start_node(HANINGE.name).await;
    eventually("it is back", || spoken(&exchange, members * CELLS)).await;
}

/// Verified: a member whose clock is wrong is not heard, which changes nothing for the others, and speaks again once its
/// clock is right, whichever way it was wrong.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_a_wrong_clock_is_not_heard_until_it_is_right() {
    let exchange = Exchange::begin().await;
    let members = PLACES.len() - 1;
    eventually("all speak", || spoken(&exchange, members * CELLS)).await;
    for wrong in [3_600, -3_600] {
        exchange.region.clock(HANINGE.name).turn(Seconds(wrong));
        eventually("one is not heard", || spoken(&exchange, (members - 1) * CELLS)).await;
        exchange.region.clock(HANINGE.name).turn(Seconds(-wrong));
        eventually("it is heard again", || spoken(&exchange, members * CELLS)).await;
    }
}

/// Verified: whoever takes no part, the relay's own organisation too, and whoever names another agreement gets the same
/// refusal; another number of cells and another slot are refused; a slot that is not over is not read.
#[tokio::test(flavor = "multi_thread")]
async fn only_members_speak_over_a_relay() {
    let mut exchange = Exchange::begin_with(&[Place::STADSMISSIONEN]).await;
    for who in [Place::STADSMISSIONEN.name, RELAY.name] {
        let now = slot(&exchange);
        assert_eq!(refused(put(&exchange, who, now, CELLS).await), Reason::NotFound, "{who}");
        assert_eq!(refused(take(&exchange, who, now - 1).await), Reason::NotFound, "{who}");
    }
    let member = NYNASHAMN.name;
    let now = slot(&exchange);
    assert_eq!(refused(put(&exchange, member, now, CELLS + 1).await), Reason::InvalidField);
    assert_eq!(refused(put(&exchange, member, now + 60, CELLS).await), Reason::InvalidTransition);
    assert_eq!(refused(take(&exchange, member, now + 60).await), Reason::InvalidTransition);
    let old = take(&exchange, member, now - 1_000).await.expect("an old slot");
    assert!(old.cells.is_empty(), "nothing is kept for long");
    let agreement = std::mem::replace(&mut exchange.agreement, vec![7; 16]);
    assert_eq!(refused(take(&exchange, member, now - 1).await), Reason::NotFound);
    exchange.agreement = agreement;

    // A member that is not the relay serves nobody, whoever asks.
    let wanted = CellsWanted { agreement: exchange.agreement_id(), slot: now - 1 };
    let haninge = OrgId::parse(HANINGE.organisation).expect("an organisation");
    let asked = exchange.region.visitor(member, member).channels();
    assert_eq!(refused(asked.take_cells(&haninge, wanted).await), Reason::NotFound);
}
