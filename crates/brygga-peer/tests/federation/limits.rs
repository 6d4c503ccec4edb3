//! Each limit of what a peer may answer is crossed by one; the node goes on and tries again.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::{Reason, Seconds};
use brygga_peer::CallError;
use brygga_peer::limits::{
    CALL_BURST, CALLS_PER_SECOND, CONNECTION_WINDOW_BYTES, Limits, MAX_BATCH_BYTES,
    MAX_FRAME_BYTES, MAX_HEADER_LIST_BYTES, MAX_REGISTRY_RESPONSE_BYTES, STREAM_WINDOW_BYTES,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tonic::Code;

use crate::delivering::pair;
use crate::fake_peer::{FakePeer, Mood, org};
use crate::federation::{Federation, Party};
use crate::node::{Node, limits};
use crate::raw_peer::RawPeer;

// The two crates cannot see each other, but what one sends the other has to take.
const _: () = {
    assert!(CALLS_PER_SECOND < brygga_server::limits::PEER_CALLS_PER_SECOND);
    assert!(CALL_BURST < brygga_server::limits::PEER_CALL_BURST);
    assert!(MAX_BATCH_BYTES < brygga_server::limits::MAX_BATCH_MESSAGE_BYTES);
};

/// No test lasts so long: what ends earlier was ended by something else.
const NEVER: Duration = Duration::from_secs(3600);

/// Fails the first attempt by `mood` and delivers with the second.
async fn overcome(mood: Mood, limits: Limits) -> FakePeer {
    let (federation, node, peer) = pair().await;
    peer.next(mood);
    let _running = node.start(limits);
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
    federation.clock.advance(Seconds(1));
    node.delivered(&owed[0]).await;
    peer
}

/// A node and a peer that shakes hands and says nothing more.
async fn with_raw_peer() -> (Federation, Node, RawPeer) {
    let federation = Federation::new();
    let node = Node::new(&federation).await;
    let party = Party::new("kommun:0881");
    let peer = RawPeer::start(&federation, party, Arc::clone(&node.trust)).await;
    federation.install(&node.trust, &[&node.entry, &peer.party.at(&[peer.address])]);
    (federation, node, peer)
}

#[tokio::test]
async fn an_answer_over_its_limit_is_not_read_to_the_end() {
    overcome(Mood::Flood, limits()).await;
}

#[tokio::test]
async fn a_registry_over_its_limit_is_not_read_to_the_end_and_one_within_is() {
    let (_federation, node, peer) = pair().await;
    let channels = node.channels(Limits { call_deadline: NEVER, ..limits() });
    peer.hand_out_bytes(MAX_REGISTRY_RESPONSE_BYTES);
    assert!(channels.fetch_registry(org(&peer), 0).await.unwrap().is_some());
    peer.hand_out_bytes(MAX_REGISTRY_RESPONSE_BYTES + 1);
    let refused = channels.fetch_registry(org(&peer), 0).await;
    assert!(matches!(refused, Err(CallError::Status(status)) if status.code() == Code::OutOfRange));
}

#[tokio::test]
async fn headers_over_their_limit_are_no_answer() {
    overcome(Mood::Headers, limits()).await;
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up_at_the_deadline_and_gets_a_new_connection() {
    let limits = Limits { call_deadline: Duration::from_millis(300), ..limits() };
    let peer = overcome(Mood::Silence, limits).await;
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_given_up() {
    let (_federation, node, peer) = with_raw_peer().await;
    let moment = Duration::from_millis(100);
    let _running = node.start(Limits {
        keepalive_interval: moment,
        keepalive_timeout: moment,
        call_deadline: NEVER,
        ..limits()
    });
    let owed = node.owe(&peer.party.org, 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
}

#[tokio::test]
async fn an_endpoint_that_does_not_shake_hands_is_passed_over_at_the_deadline() {
    let federation = Federation::new();
    let node = Node::new(&federation).await;
    let peer = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let members = [&node.entry, &peer.party.at(&[mute.local_addr().unwrap(), peer.address])];
    federation.install(&node.trust, &members);
    federation.install(peer.trust(), &members);
    let _running = node.start(Limits {
        connect_deadline: Duration::from_millis(500),
        call_deadline: NEVER,
        ..limits()
    });
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.delivered(&owed[0]).await.attempts, 1);
}

#[tokio::test]
async fn the_settings_on_the_wire_carry_the_limits() {
    let (_federation, node, mut peer) = with_raw_peer().await;
    let _running = node.start(limits());
    node.owe(&peer.party.org, 1).await;
    let mut stream = peer.accepted.recv().await.unwrap();
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.unwrap();
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 0x4, "SETTINGS come first");
    let mut settings = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
    stream.read_exact(&mut settings).await.unwrap();
    let value = |id: u16| {
        let mut entries = settings.chunks(6);
        let entry = entries.find(|entry| entry[..2] == id.to_be_bytes())?;
        Some(u32::from_be_bytes(entry[2..].try_into().unwrap()))
    };
    assert_eq!(value(0x2), Some(0), "no pushed streams");
    assert_eq!(value(0x4), Some(STREAM_WINDOW_BYTES));
    assert_eq!(value(0x5), Some(MAX_FRAME_BYTES));
    assert_eq!(value(0x6), Some(MAX_HEADER_LIST_BYTES));
    let mut update = [0; 13];
    stream.read_exact(&mut update).await.unwrap();
    assert_eq!(update[3], 0x8, "WINDOW_UPDATE comes next");
    let added = u32::from_be_bytes(update[9..].try_into().unwrap());
    // 65,535 bytes are the window that the protocol begins with.
    assert_eq!(65_535 + added, CONNECTION_WINDOW_BYTES);
}

#[tokio::test]
async fn a_batch_holds_no_more_bytes_than_it_may() {
    let (_federation, node, peer) = pair().await;
    let sealed = 190 * 1024;
    let owed = node.owe_sealed(org(&peer), 12, sealed).await;
    let _running = node.start(limits());
    for message in &owed {
        node.delivered(message).await;
    }
    let most = MAX_BATCH_BYTES / sealed;
    let lengths: Vec<_> = peer.batches(2).await.iter().map(Vec::len).collect();
    assert_eq!(lengths, [most, owed.len() - most]);
}
