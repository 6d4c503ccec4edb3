//! kill -9 of whoever calls or answers, while answers are under way.

use std::time::Duration;

use brygga_proto::local::v1::{
    Call, CallState, Hold, HoldState, ListHoldsRequest, ShowNodeRequest,
};
use brygga_testkit::{Place, Region, Running, Staff, eventually};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tonic::Code;

use crate::call::{answer, house, place, settled, stands, wish};
use crate::evening::{KALMAR, MISSION, NYBRO, beds, capacity_terms, own_counts, publish};
use crate::setting::agree_all;

const PLACES: [Place; 3] = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
/// Calls in one run, with a kill in each.
const CALLS: u32 = 8;
/// The service of each house.
const SERVICES: [[u8; 16]; 2] = [[5; 16], [7; 16]];

/// Three processes, all of them running.
struct County {
    region: Region,
    running: [Option<Running>; 3],
}

impl County {
    async fn starts() -> Self {
        let region = Region::found(&PLACES);
        let start = |place: Place| Some(Running::start(region.program(), &region.path(place.name)));
        let running = PLACES.map(start);
        let county = Self { region, running };
        for place in PLACES {
            county.is_up(place.name).await;
        }
        county
    }

    async fn is_up(&self, name: &str) {
        let staff = self.region.staff(name, "OPERATOR", None);
        eventually("the node answers", || async {
            staff.node().show_node(ShowNodeRequest {}).await.ok()
        })
        .await;
    }

    /// As a power cut would end it, and up again.
    async fn kill_and_restart(&mut self, which: usize) {
        let name = PLACES[which].name;
        self.running[which].take().expect("it runs").kill();
        let path = self.region.path(name);
        self.running[which] = Some(Running::start(self.region.program(), &path));
        self.is_up(name).await;
    }
}

/// Answers until the node has said yes, or that it is over.
async fn answered(staff: &Staff, call: &Call, service: [u8; 16]) {
    eventually("the house has answered", || async {
        match answer(staff, call, vec![beds(service, 1)]).await {
            Ok(_) => Some(()),
            Err(status) => (status.code() == Code::FailedPrecondition).then_some(()),
        }
    })
    .await;
}

/// What Kalmar holds.
async fn held(kalmar: &Staff) -> Vec<Hold> {
    let listed = kalmar.holds().list_holds(ListHoldsRequest {}).await.expect("a list");
    listed.into_inner().holds
}

/// Two houses answer each of Kalmar's calls while one of the three is killed.
///
/// Verified: of each call exactly one has won, Kalmar has one hold of each, and at the houses just those places are held
/// that have won.
#[tokio::test(flavor = "multi_thread")]
async fn kills_leave_no_call_won_twice_and_no_losers_place_held() {
    let seed = std::env::var("BRYGGA_CRASH_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("replay with BRYGGA_CRASH_SEED={seed}");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut county = County::starts().await;
    let names = PLACES.map(|place| place.name);
    let terms = capacity_terms(&[KALMAR, NYBRO, MISSION], &county.region);
    let agreement = agree_all(&county.region, &names, terms).await;
    let kalmar = county.region.staff("kalmar", "CASE_WORKER", None);
    let houses =
        ["nybro", "stadsmissionen"].map(|name| county.region.staff(name, "SHELTER_STAFF", None));
    for (staff, id) in houses.iter().zip(SERVICES) {
        let beds = house(id, &county.region, CALLS);
        publish(staff, beds).await.expect("a good publication");
    }

    let mut calls = Vec::new();
    for _ in 0..CALLS {
        let call = place(&kalmar, wish(agreement.clone())).await.expect("a call");
        for staff in &houses {
            stands(staff, &call, CallState::Open).await;
        }
        let pause = Duration::from_millis(dice.next_u64() % 60);
        let which = usize::try_from(dice.next_u64() % 3).expect("one of three");
        let killed = async {
            tokio::time::sleep(pause).await;
            county.kill_and_restart(which).await;
        };
        let [nybro, mission] = &houses;
        let answers = async {
            tokio::join!(answered(nybro, &call, SERVICES[0]), answered(mission, &call, SERVICES[1]),)
        };
        tokio::join!(killed, answers);
        calls.push(call);
    }

    let mut won = [0; 2];
    for call in &calls {
        let before: u32 = won.iter().sum();
        for (won, staff) in won.iter_mut().zip(&houses) {
            *won += u32::from(settled(staff, call).await == CallState::Won);
        }
        assert_eq!(won.iter().sum::<u32>(), before + 1, "one has won");
        stands(&kalmar, call, CallState::Taken).await;
    }
    for ((won, staff), id) in won.into_iter().zip(&houses).zip(SERVICES) {
        assert_eq!(own_counts(staff, id).await.held, won);
    }
    let held = held(&kalmar).await;
    assert!(held.iter().all(|hold| hold.state() == HoldState::Held));
    assert_eq!(held.len(), calls.len());
}
