//! Sockets that say nothing, too little, or are too many.

use std::time::Duration;

use brygga_server::limits::{Limits, MAX_CONNECTIONS_PER_PEER};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::rig::{Rig, SOON};
use crate::wire::{PREFACE, Wire, honest, whoami};

const SHORT: Duration = Duration::from_millis(300);

/// Room for a busy machine, and still less than the real deadlines.
const SHORT_ENOUGH: std::ops::Range<Duration> = Duration::from_millis(150)..Duration::from_secs(4);

async fn time_until_closed(mut io: impl tokio::io::AsyncRead + Unpin) -> Duration {
    let start = Instant::now();
    let mut bytes = Vec::new();
    let _ = timeout(SOON, io.read_to_end(&mut bytes)).await.expect("the socket stayed open");
    assert!(bytes.is_empty(), "nothing is said to a caller who says nothing");
    start.elapsed()
}

fn short_deadlines() -> Limits {
    Limits { tls_handshake_deadline: SHORT, preface_deadline: SHORT, ..Limits::default() }
}

#[tokio::test]
async fn a_silent_socket_is_closed_at_the_handshake_deadline() {
    let rig = Rig::start(short_deadlines()).await;
    let closed = time_until_closed(rig.tcp().await).await;
    assert!(SHORT_ENOUGH.contains(&closed), "{closed:?}");
}

#[tokio::test]
async fn half_a_client_hello_is_closed_at_the_handshake_deadline() {
    let rig = Rig::start(short_deadlines()).await;
    let mut tcp = rig.tcp().await;
    tcp.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]).await.unwrap();
    let closed = time_until_closed(tcp).await;
    assert!(SHORT_ENOUGH.contains(&closed), "{closed:?}");
}

#[tokio::test]
async fn tls_without_a_preface_is_closed_at_the_preface_deadline() {
    let rig = Rig::start(short_deadlines()).await;
    let member = rig.member("kommun:0881");
    let closed = time_until_closed(rig.connect(&member).await).await;
    assert!(SHORT_ENOUGH.contains(&closed), "{closed:?}");
}

#[tokio::test]
async fn a_preface_without_settings_is_closed_at_the_preface_deadline() {
    let rig = Rig::start(short_deadlines()).await;
    let mut stream = rig.connect(&rig.member("kommun:0881")).await;
    stream.write_all(PREFACE).await.unwrap();
    stream.write_all(&[0, 0, 6, 4, 0]).await.unwrap();
    let closed = time_until_closed(stream).await;
    assert!(SHORT_ENOUGH.contains(&closed), "{closed:?}");
}

#[tokio::test]
async fn http1_inside_tls_is_closed_at_once() {
    let rig = Rig::start(Limits::default()).await;
    let mut stream = rig.connect(&rig.member("kommun:0881")).await;
    stream.write_all(b"POST /whoami HTTP/1.1\r\nhost: kalmar\r\n\r\n").await.unwrap();
    assert!(time_until_closed(stream).await < Duration::from_secs(2));
}

#[tokio::test]
async fn the_33rd_connection_of_one_peer_is_refused_while_another_peer_gets_in() {
    let rig = Rig::start(Limits::default()).await;
    let (nybro, monsteras) = (rig.member("kommun:0881"), rig.member("kommun:0861"));
    let mut open = Vec::new();
    for _ in 0..MAX_CONNECTIONS_PER_PEER {
        let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
        wire.next().await.expect("within the quota");
        open.push(wire);
    }
    let mut one_more = Wire::open(rig.connect(&nybro).await, &[]).await;
    assert!(one_more.next().await.is_none());
    whoami(&mut honest(rig.connect(&monsteras).await).await).await;
    drop(open);
    gets_in_soon(&rig, &nybro).await;
}

/// A second node of an organisation shares the quota of the first.
#[tokio::test]
async fn two_keys_of_one_organisation_share_one_quota() {
    let rig = Rig::start(Limits { max_connections_per_peer: 1, ..Limits::default() }).await;
    let (first, second) = (rig.member("kommun:0881"), rig.member("kommun:0881"));
    let mut open = Wire::open(rig.connect(&first).await, &[]).await;
    open.next().await.unwrap();
    let mut refused = Wire::open(rig.connect(&second).await, &[]).await;
    assert!(refused.next().await.is_none());
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let rig = Rig::start(Limits { max_connections: 2, ..Limits::default() }).await;
    let nybro = rig.member("kommun:0881");
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::open(rig.connect(&nybro).await, &[]).await;
        wire.next().await.unwrap();
        open.push(wire);
    }
    assert!(time_until_closed(rig.tcp().await).await < Duration::from_secs(2));
    drop(open);
    gets_in_soon(&rig, &nybro).await;
}

#[tokio::test]
async fn silent_sockets_of_one_address_do_not_keep_a_member_out() {
    let limits = Limits { max_unidentified_per_address: 4, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let nybro = rig.member("kommun:0881");
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(rig.tcp_from([127, 0, 0, 2]).await);
    }
    assert!(time_until_closed(silent.pop().unwrap()).await < Duration::from_secs(2));
    whoami(&mut honest(rig.connect(&nybro).await).await).await;
}

#[tokio::test]
async fn a_full_lobby_closes_the_next_socket_at_once() {
    let limits = Limits { max_unidentified: 3, ..Limits::default() };
    let rig = Rig::start(limits).await;
    let silent: Vec<TcpStream> =
        [rig.tcp().await, rig.tcp().await, rig.tcp_from([127, 0, 0, 2]).await].into();
    let refused = rig.tcp_from([127, 0, 0, 3]).await;
    assert!(time_until_closed(refused).await < Duration::from_secs(2));
    drop(silent);
}

/// The node learns of a closed connection when its own read returns.
async fn gets_in_soon(rig: &Rig, member: &crate::rig::Member) {
    let start = Instant::now();
    loop {
        let tcp = rig.tcp().await;
        let connector = rig.connector(member);
        if let Ok((stream, _)) = connector.connect(tcp, "127.0.0.1", &rig.node.org).await {
            let mut wire = Wire::open(stream, &[]).await;
            if wire.next().await.is_some() {
                return;
            }
        }
        assert!(start.elapsed() < SOON, "the quota was not given back");
    }
}
