//! One bed that goes round among twenty real nodes while its publisher and some of them are killed and frozen.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use brygga_domain::Reason;
use brygga_identity::clock::Clock;
use brygga_proto::capacity::v1::HoldAct;
use brygga_proto::local::v1::{
    Hold, HoldState, ListHoldsRequest, PlaceHoldRequest, ShowNodeRequest,
};
use brygga_testkit::{Place, Region, Running, Staff, eventually, reason_of};
use futures_util::future::join_all;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::time::sleep;
use tonic::{Code, Status};

use crate::claims::shelter_and_claimants;
use crate::evening::{
    MISSION, SHELTER, beds, capacity_terms, change, night_shelter, own_counts, place, publish,
    random_bytes, sees_available,
};
use crate::setting::agree_all;

const NODES: usize = 20;
/// Of these so many are processes that are killed and frozen, as the publisher is.
const PROCESSES: usize = 3;
/// How often something is done to one of them.
const BLOWS: u32 = 12;
/// Claims that are made at least.
const CLAIMS: usize = 1_000;

/// Claims, and when somebody certainly had the bed: from hearing so until beginning to give it back.
#[derive(Default)]
struct History {
    claims: AtomicUsize,
    had: Mutex<Vec<(Instant, Instant)>>,
    is_over: AtomicBool,
}

/// Whoever gets the bed gives it back, so that it goes round. Verified: nobody has it while another does, which for one
/// bed is that the history is linearisable; every claim is answered in the end; and the bed is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_bed_that_goes_round_through_kills_and_silence_is_never_held_twice() {
    let seed = std::env::var("BRYGGA_CRASH_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("replay with BRYGGA_CRASH_SEED={seed}");
    let places = shelter_and_claimants(NODES);
    let mut region = Region::found(&places);
    let mut processes: Vec<_> =
        places[..=PROCESSES].iter().map(|it| Some(up(&region, it))).collect();
    for place in &places[PROCESSES + 1..] {
        region.start_node(place.name).await;
    }
    let (mission, staff) = agreed(&region, &places).await;
    let history = Arc::new(History::default());
    let claiming = staff.iter().map(|one| claim_and_give_back(one, &history));
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let blows = async {
        for _ in 0..BLOWS {
            sleep(Duration::from_millis(200 + dice.next_u64() % 800)).await;
            // The publisher every other time.
            let which = [0, 1 + dice.next_u64() as usize % PROCESSES][dice.next_u64() as usize % 2];
            let is_killed = dice.next_u64() % 2 == 0;
            strike(&region, &places[which], &mut processes[which], is_killed).await;
        }
        while history.claims.load(Ordering::SeqCst) < CLAIMS {
            sleep(Duration::from_millis(100)).await;
        }
        history.is_over.store(true, Ordering::SeqCst);
    };
    tokio::join!(join_all(claiming), blows);
    check(&mut history.had.lock().expect("nobody panicked"));
    for one in &staff {
        eventually("nothing is asked for or held any more", || async {
            let listed = one.holds().list_holds(ListHoldsRequest {}).await.ok()?.into_inner();
            listed.holds.is_empty().then_some(())
        })
        .await;
    }
    let left = own_counts(&mission, SHELTER).await;
    assert_eq!((left.available, left.held, left.occupied), (1, 0, 0), "the bed is there");
}

/// Nobody has it while another does.
fn check(had: &mut [(Instant, Instant)]) {
    had.sort();
    eprintln!("the bed went round {} times", had.len());
    assert!(had.len() > 20, "it went round {} times only", had.len());
    for pair in had.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "two had it at the same time: {pair:?}");
    }
}

fn up(region: &Region, place: &Place) -> Running {
    Running::start(region.program(), &region.path(place.name))
}

/// Everybody agrees, and knows of one bed.
async fn agreed(region: &Region, places: &[Place]) -> (Staff, Vec<Staff>) {
    for place in places {
        is_up(region, place).await;
    }
    let organisations: Vec<&str> = places.iter().map(|place| place.organisation).collect();
    let names: Vec<&str> = places.iter().map(|place| place.name).collect();
    agree_all(region, &names, capacity_terms(&organisations, region)).await;
    let mission = region.staff(names[0], "SHELTER_STAFF", None);
    let now = region.clock(names[0]).now();
    publish(&mission, night_shelter(now, 1, 0)).await.expect(MISSION);
    let staff: Vec<Staff> =
        names[1..].iter().map(|name| region.staff(name, "SHELTER_STAFF", None)).collect();
    for one in &staff {
        sees_available(one, SHELTER, 1).await;
    }
    (mission, staff)
}

async fn is_up(region: &Region, place: &Place) {
    let operator = region.staff(place.name, "OPERATOR", None);
    eventually("the node answers", || async {
        operator.node().show_node(ShowNodeRequest {}).await.ok()
    })
    .await;
}

/// Ends a process as a power cut would, or makes it silent for a while.
async fn strike(region: &Region, place: &Place, process: &mut Option<Running>, is_killed: bool) {
    let running = process.take().expect("it runs");
    if is_killed {
        running.kill();
        *process = Some(up(region, place));
        is_up(region, place).await;
    } else {
        running.freeze();
        sleep(Duration::from_millis(700)).await;
        running.thaw();
        *process = Some(running);
    }
}

async fn claim_and_give_back(staff: &Staff, history: &History) {
    while !history.is_over.load(Ordering::SeqCst) {
        history.claims.fetch_add(1, Ordering::SeqCst);
        let Some(hold) = claim(staff).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let from = Instant::now();
        sleep(Duration::from_millis(5)).await;
        let until = Instant::now();
        history.had.lock().expect("nobody panicked").push((from, until));
        again(async || {
            let held = change(staff, &hold, HoldAct::Cancel).await?;
            Ok((held.state() == HoldState::Cancelled).then_some(()))
        })
        .await
        .expect("it is given back");
    }
}

/// Asks for the bed until it is answered, under one key; none where it is refused.
async fn claim(staff: &Staff) -> Option<Hold> {
    let request = PlaceHoldRequest {
        idempotency_key: random_bytes(),
        publisher: MISSION.to_owned(),
        items: vec![beds(SHELTER, 1)],
        wait_seconds: 10,
        ..PlaceHoldRequest::default()
    };
    let answered = again(async || {
        let hold = place(staff, request.clone()).await?;
        Ok((hold.state() != HoldState::Requested).then_some(hold))
    });
    match answered.await {
        Ok(hold) => (hold.state() == HoldState::Held).then_some(hold),
        // The replica knows that another has it.
        Err(status) => {
            assert_eq!(reason_of(&status), Reason::CapacityExhausted, "{status:?}");
            None
        }
    }
}

/// Asks again as long as there is no answer or the node is away.
async fn again<T>(ask: impl AsyncFn() -> Result<Option<T>, Status>) -> Result<T, Status> {
    let is_away =
        |code| matches!(code, Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal);
    loop {
        match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => {}
            Err(status) if is_away(status.code()) => {}
            Err(status) => return Err(status),
        }
        sleep(Duration::from_millis(10)).await;
    }
}
