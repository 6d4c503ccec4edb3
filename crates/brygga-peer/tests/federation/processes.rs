//! Several processes of one node over one PostgreSQL share the work and never do it twice.

use brygga_peer::limits::LEASE_PATIENCE;
use brygga_storage::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::fake_peer::{FakePeer, org};
use crate::federation::{Federation, Party};
use crate::node::{AT_ONCE, Node, limits};

const SERVER: &str = "BRYGGA_TEST_POSTGRES_URL";

/// A new database on the server of the tests; none, said aloud, where no server is named.
async fn database() -> Option<String> {
    let Ok(server) = std::env::var(SERVER) else {
        assert!(std::env::var("CI").is_err(), "{SERVER} must be set in CI");
        eprintln!("PostgreSQL part skipped: {SERVER} is not set");
        return None;
    };
    let name = format!("brygga_peer_test_{}", std::process::id());
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&server).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    let (address, _) = server.rsplit_once('/').expect("the address names a database");
    Some(format!("{address}/{name}"))
}

#[tokio::test]
async fn two_processes_deliver_each_message_once_and_one_takes_over_from_the_other() {
    let Some(url) = database().await else { return };
    Store::migrate(&url).await.unwrap();
    let federation = Federation::new();
    let party = Party::new("kommun:0880");
    let peer = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    let first = Node::over(&federation, &party, &url, AT_ONCE).await;
    let second = Node::over(&federation, &party, &url, AT_ONCE).await;
    let members = [&first.entry, &peer.party.at(&[peer.address])];
    let registry = federation.registry(&members).verify(&federation.anchor()).unwrap();
    for trust in [&first.trust, &second.trust, peer.trust()] {
        trust
            .install(registry.clone(), brygga_identity::clock::Clock::now(&*federation.clock))
            .unwrap();
    }
    let working = [first.start(limits()), second.start(limits())];
    let mut owed = Vec::new();
    for _ in 0..20 {
        for process in [&first, &second] {
            owed.extend(process.owe(org(&peer), 3).await);
        }
    }
    for message in &owed {
        first.delivered(message).await;
    }
    let arrived: usize = peer.batches(1).await.iter().map(Vec::len).sum();
    assert_eq!(arrived, owed.len(), "something was sent twice");
    let [first_running, _second_running] = working;
    first_running.stop();
    first_running.ended().await;
    federation.clock.advance(LEASE_PATIENCE);
    let owed = second.owe(org(&peer), 1).await;
    second.delivered(&owed[0]).await;
}
