//! The same stories where a node has outgrown one machine.
//!
//! `BRYGGA_TEST_POSTGRES_URL` names a server whose user may make databases. Without it these
//! tests say that they are skipped; in CI that is an error.

use brygga_crypto::SystemRandom;
use brygga_domain::Seconds;
use brygga_proto::local::v1::ShowNodeRequest;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{Accepted, Completed, OutcomeResult, ReferralStatus, Started};
use brygga_storage::scratch::ScratchDatabase;
use brygga_testkit::{Place, Region, Running, Staff, eventually, referral_to};
use rand_core::Rng;

use crate::setting::{Neighbours, act, delivered, has_status, listed, look, request};

const PLACES: [Place; 2] = [Place::KALMAR, Place::NYBRO];

/// Databases of one test, on a server that lends them.
struct Lent(Vec<ScratchDatabase>);

impl Lent {
    /// So many new databases; none where there is no server to test on.
    async fn borrow(count: usize) -> Option<Self> {
        let Ok(server) = std::env::var("BRYGGA_TEST_POSTGRES_URL") else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "CI tests PostgreSQL too");
            eprintln!("PostgreSQL part skipped: BRYGGA_TEST_POSTGRES_URL is not set");
            return None;
        };
        let mut databases = Vec::new();
        for _ in 0..count {
            let made = ScratchDatabase::create(&server, SystemRandom.next_u64()).await;
            databases.push(made.expect("the server lends databases"));
        }
        Some(Self(databases))
    }

    /// The region of Kalmar and Nybro, not yet started, with a database for those named.
    fn found(&self, names: &[&'static str]) -> Region {
        let urls = self.0.iter().map(ScratchDatabase::url);
        let pairs: Vec<(&str, &str)> = names.iter().copied().zip(urls).collect();
        Region::found_on(&PLACES, &pairs)
    }

    async fn give_back(self) {
        for database in self.0 {
            database.remove().await.expect("the server takes it back");
        }
    }
}

async fn engine(staff: &Staff) -> String {
    let node = staff.node().show_node(ShowNodeRequest {}).await.expect("shown");
    node.into_inner().storage_engine
}

/// The story of KAL-01, from the request to the outcome, between the engines named.
async fn play(mut region: Region, engines: [&str; 2]) {
    for place in PLACES {
        region.start_node(place.name).await;
    }
    let neighbours = Neighbours::agreed_in(region).await;
    let Neighbours { kalmar, nybro, .. } = &neighbours;
    assert_eq!([engine(kalmar).await.as_str(), engine(nybro).await.as_str()], engines);
    let mut wish = referral_to("kommun:0881", neighbours.consent(30).await);
    wish.host_municipality = "kommun:0880".to_owned();
    wish.home_municipality = "kommun:0881".to_owned();
    wish.acute_duty = true;
    let id = request(kalmar, wish).await.expect("permitted").referral_id;
    assert_eq!(delivered(kalmar, &id).await.acute_duty_holder, "kommun:0880");
    act(nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    let accepted = has_status(kalmar, &id, ReferralStatus::Accepted).await;
    assert_eq!(accepted.acute_duty_holder, "kommun:0881");
    act(nybro, &id, Action::Start(Started {})).await.expect("started");
    let housed = Completed { result: OutcomeResult::Housed.into(), place_type: None };
    let done = act(nybro, &id, Action::Complete(housed)).await.expect("completed");
    let mirrored = has_status(kalmar, &id, ReferralStatus::Completed).await;
    assert_eq!((mirrored.version, mirrored.last_event), (done.version, done.last_event));
    let Neighbours { mut region, .. } = neighbours;
    for place in PLACES {
        region.stop_node(place.name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn story_of_kal_01_holds_with_postgresql_at_both_ends() {
    let Some(lent) = Lent::borrow(2).await else { return };
    play(lent.found(&["kalmar", "nybro"]), ["postgresql", "postgresql"]).await;
    lent.give_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_at_the_source_and_sqlite_at_the_target_exchange() {
    let Some(lent) = Lent::borrow(1).await else { return };
    play(lent.found(&["kalmar"]), ["postgresql", "sqlite"]).await;
    lent.give_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_at_the_source_and_postgresql_at_the_target_exchange() {
    let Some(lent) = Lent::borrow(1).await else { return };
    play(lent.found(&["nybro"]), ["sqlite", "postgresql"]).await;
    lent.give_back().await;
}

/// Two processes of Kalmar on one database: the first a process that will be killed, the second
/// in this one, so that its clock can pass the lease of the dead.
///
/// Verified: both accept requests and see each other's; every referral is at Nybro once; after
/// kill -9 of the one that was delivering the other delivers what is left.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_database_deliver_each_referral_once() {
    let Some(lent) = Lent::borrow(1).await else { return };
    let mut region = lent.found(&["kalmar"]);
    region.twin("kalmar", "kalmar-2");
    let first = Running::start(region.program(), &region.path("kalmar"));
    region.start_node("nybro").await;
    let kalmar = region.staff("kalmar", "CASE_WORKER", None);
    let up = || async { kalmar.node().show_node(ShowNodeRequest {}).await.ok() };
    eventually("the first process answers", up).await;
    // The first delivers the agreement, and so holds the lease for Nybro.
    let neighbours = Neighbours::agreed_in(region).await;
    let consent = neighbours.consent(30).await;
    let Neighbours { mut region, kalmar, nybro } = neighbours;
    region.start_node("kalmar-2").await;
    let second = region.staff("kalmar-2", "CASE_WORKER", None);
    eventually("the second knows the agreement", || async {
        request(&second, referral_to("kommun:0881", consent.clone())).await.ok()
    })
    .await;
    let both = [&kalmar, &second];
    send(both, &consent, 9).await;
    arrives(&nybro, 10).await;

    region.stop_node("nybro").await;
    let left = send(both, &consent, 10).await;
    first.kill();
    region.start_node("nybro").await;
    // The lease and the pauses of what the dead process tried.
    region.clock("kalmar-2").turn(Seconds(90));
    let nybro = region.staff("nybro", "CASE_WORKER", None);
    arrives(&nybro, 20).await;
    for id in left {
        delivered(&second, &id).await;
        look(&nybro, &id).await.expect("it arrived");
    }
    region.stop_node("kalmar-2").await;
    region.stop_node("nybro").await;
    lent.give_back().await;
}

/// Sends so many referrals in turn through both; each sees what the other accepted.
async fn send(both: [&Staff; 2], consent: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut ids = Vec::new();
    for number in 0..count {
        let wish = referral_to("kommun:0881", consent.to_vec());
        let sent = request(both[number % 2], wish.clone()).await.expect("accepted").referral_id;
        let again = request(both[(number + 1) % 2], wish).await.expect("a repeat");
        assert_eq!(again.referral_id, sent, "the other process knows the request");
        ids.push(sent);
    }
    ids
}

/// Waits until so many referrals are there, each once.
async fn arrives(staff: &Staff, count: usize) {
    let found = eventually("all have arrived", || async {
        Some(listed(staff).await).filter(|listed| listed.len() >= count)
    })
    .await;
    let mut ids: Vec<_> = found.into_iter().map(|referral| referral.referral_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "each once");
}
