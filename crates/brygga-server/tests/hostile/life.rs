//! How a connection ends: by age, by shutdown, by silence, by lost trust.

use std::time::Duration;

use brygga_domain::Seconds;
use brygga_server::limits::Limits;
use tokio::time::{Instant, timeout};

use crate::rig::{Rig, SOON};
use crate::wire::{GOAWAY, HEADERS, PING, Wire, call, grpc_status, honest, post, whoami};

const SHORT: Duration = Duration::from_millis(300);
const NO_ERROR: u32 = 0;

/// The project's own bar for a revoked peer's live connection.
const REVOCATION_BAR: Duration = Duration::from_secs(5);

#[tokio::test]
async fn an_old_connection_sees_goaway_and_is_cut_after_the_grace_if_it_ignores_it() {
    let limits = Limits { connection_age: SHORT, close_grace: SHORT, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let start = Instant::now();
    let mut wire = Wire::open(rig.connect(&rig.member("kommun:0881")).await, &[]).await;
    wire.send(&call(1, "/hang")).await;
    assert_eq!(wire.next_of(GOAWAY).await.code(), NO_ERROR);
    let asked = start.elapsed();
    assert!((SHORT * 4 / 5..SOON).contains(&asked), "{asked:?}");
    rig.service.reaches(1).await;
    assert!(wire.closed_within(SOON).await);
    let cut = start.elapsed() - asked;
    assert!((SHORT * 4 / 5..SOON).contains(&cut), "{cut:?}");
    rig.service.reaches(0).await;
}

#[tokio::test]
async fn a_call_under_way_at_goaway_is_finished() {
    let limits = Limits { connection_age: SHORT, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let mut wire = Wire::open(rig.connect(&rig.member("kommun:0881")).await, &[]).await;
    wire.send(&call(1, "/gate")).await;
    rig.service.reaches(1).await;
    wire.next_of(GOAWAY).await;
    rig.service.open();
    assert_eq!(wire.next_of(HEADERS).await.stream, 1);
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_closed() {
    let limits =
        Limits { keepalive_interval: SHORT, keepalive_timeout: SHORT, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let start = Instant::now();
    let mut wire = Wire::open(rig.connect(&rig.member("kommun:0881")).await, &[]).await;
    wire.next_of(PING).await;
    assert!(wire.closed_within(SOON).await);
    assert!(start.elapsed() >= SHORT * 2, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_revoked_peers_live_connection_is_cut_with_its_calls_at_once() {
    let rig = Rig::start(Limits::default()).await;
    let (nybro, monsteras) = (rig.member("kommun:0881"), rig.member("kommun:0861"));
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    wire.send(&call(1, "/hang")).await;
    rig.service.reaches(1).await;
    let mut spared = honest(rig.connect(&monsteras).await).await;
    whoami(&mut spared).await;
    let start = Instant::now();
    rig.revoke(&nybro);
    assert!(wire.closed_within(REVOCATION_BAR).await);
    let cut = start.elapsed();
    eprintln!("a revoked peer's live connection was cut after {cut:?}");
    rig.service.reaches(0).await;
    assert!(cut < Duration::from_secs(1), "the announcement cuts, not the re-check: {cut:?}");
    whoami(&mut spared).await;
}

#[tokio::test]
async fn a_revoked_peers_new_handshake_is_refused() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member("kommun:0881");
    whoami(&mut honest(rig.connect(&nybro).await).await).await;
    rig.revoke(&nybro);
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    assert!(wire.next().await.is_none());
}

/// Somebody forgot to announce the change; the re-check finds it all the same.
#[tokio::test]
async fn a_peer_struck_off_in_silence_is_cut_by_the_recheck() {
    let limits = Limits { trust_recheck_interval: SHORT, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let nybro = rig.member("kommun:0881");
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    wire.next().await.unwrap();
    rig.directory.remove(&nybro.slot.identity().pin());
    assert!(wire.closed_within(REVOCATION_BAR).await);
}

#[tokio::test]
async fn a_certificate_that_expires_on_a_live_connection_cuts_it() {
    let rig = Rig::start(Limits::default()).await;
    let mut wire = Wire::open(rig.connect(&rig.member("kommun:0881")).await, &[]).await;
    wire.next().await.unwrap();
    rig.clock.advance(Seconds::days(2));
    let start = Instant::now();
    assert!(wire.closed_within(REVOCATION_BAR).await);
    eprintln!("an expired peer's live connection was cut after {:?}", start.elapsed());
}

#[tokio::test]
async fn a_registry_that_moves_a_key_to_another_organisation_cuts_it() {
    let rig = Rig::start(Limits::default()).await;
    let nybro = rig.member("kommun:0881");
    let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
    wire.next().await.unwrap();
    let identity = nybro.slot.identity();
    let moved = brygga_identity::tls::KnownPeer {
        org: "kommun:0861".parse().unwrap(),
        spiffe_id: identity.leaf().uri().unwrap().to_owned(),
    };
    rig.directory.insert(identity.pin(), moved);
    rig.revision.send_modify(|revision| *revision += 1);
    assert!(wire.closed_within(Duration::from_secs(1)).await);
}

/// A closed watch is ready at once, for ever: taken for a change, it would starve calls.
#[tokio::test]
async fn losing_the_announcer_cuts_and_starves_nobody() {
    let mut rig = Rig::start(Limits::default()).await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    rig.revision = tokio::sync::watch::channel(0).0;
    whoami(&mut calls).await;
    whoami(&mut honest(rig.connect(&rig.member("kommun:0861")).await).await).await;
}

#[tokio::test]
async fn shutdown_finishes_calls_under_way_refuses_new_sockets_and_returns() {
    let mut rig = Rig::start(Limits::default()).await;
    // Accepted in order: once the call below runs, this one is waiting for its handshake.
    let silent = rig.tcp().await;
    let mut calls = honest(rig.connect(&rig.member("kommun:0881")).await).await;
    let waiting = tokio::spawn(calls.send_request(post("/gate")));
    rig.service.reaches(1).await;
    rig.stop.take().unwrap().send(()).unwrap();
    let listener_gone = async {
        while tokio::net::TcpStream::connect(rig.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, listener_gone).await.unwrap();
    rig.service.open();
    let reply = timeout(SOON, waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(grpc_status(&reply), None);
    let returned = timeout(Duration::from_secs(2), rig.serving).await;
    returned.expect("serve waits for calls and not for silent sockets").unwrap();
    drop(silent);
}

#[tokio::test]
async fn shutdown_cuts_a_call_that_outlives_the_grace() {
    let mut rig = Rig::start(Limits { close_grace: SHORT, ..Limits::default() }).await;
    let mut wire = Wire::open(rig.connect(&rig.member("kommun:0881")).await, &[]).await;
    wire.send(&call(1, "/hang")).await;
    rig.service.reaches(1).await;
    let start = Instant::now();
    rig.stop.take().unwrap().send(()).unwrap();
    wire.next_of(GOAWAY).await;
    timeout(SOON, &mut rig.serving).await.unwrap().unwrap();
    assert!((SHORT * 4 / 5..SOON).contains(&start.elapsed()), "{:?}", start.elapsed());
    rig.service.reaches(0).await;
}
