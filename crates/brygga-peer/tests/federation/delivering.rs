//! What happens when all is well.

use std::time::Duration;

use brygga_exchange::records::OutboxState;
use brygga_peer::limits::Limits;
use prost::Message;

use crate::fake_peer::{FakePeer, Mood, org};
use crate::federation::{Federation, Party};
use crate::node::{Node, limits};

/// A node and a peer that know each other.
pub(crate) async fn pair() -> (Federation, Node, FakePeer) {
    let federation = Federation::new();
    let node = Node::new(&federation).await;
    let peer = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    introduce(&federation, &node, &peer);
    (federation, node, peer)
}

/// A registry with both, in the trust of both.
pub(crate) fn introduce(federation: &Federation, node: &Node, peer: &FakePeer) {
    let members = [&node.entry, &peer.party.at(&[peer.address])];
    federation.install(&node.trust, &members);
    federation.install(peer.trust(), &members);
}

#[tokio::test]
async fn a_message_is_delivered_and_its_receipt_kept_byte_for_byte() {
    let (_federation, node, peer) = pair().await;
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    let delivered = node.delivered(&owed[0]).await;
    let receipt = peer.receipt_of(&owed[0].envelope);
    assert_eq!(delivered.state, OutboxState::Delivered { receipt, refusal: None });
    assert_eq!(peer.batches(1).await[0][0].encode_to_vec(), owed[0].envelope);
}

#[tokio::test]
async fn a_new_message_is_sent_without_waiting_for_a_sweep() {
    let (_federation, node, peer) = pair().await;
    let _running = node.start(Limits { sweep_interval: Duration::from_secs(3600), ..limits() });
    for _ in 0..3 {
        let owed = node.owe(org(&peer), 1).await;
        node.delivered(&owed[0]).await;
    }
}

#[tokio::test]
async fn a_message_from_before_a_crash_is_found() {
    let (_federation, node, peer) = pair().await;
    let owed = node.owe(org(&peer), 1).await;
    let _running = node.start(limits());
    node.delivered(&owed[0]).await;
}

#[tokio::test]
async fn messages_that_wait_travel_together_in_their_order() {
    let (_federation, node, peer) = pair().await;
    peer.next(Mood::AtTheGate);
    let _running = node.start(limits());
    let mut owed = node.owe(org(&peer), 1).await;
    peer.batches(1).await;
    for count in [60, 40] {
        owed.extend(node.owe(org(&peer), count).await);
    }
    peer.open_gate();
    node.delivered(&owed[100]).await;
    let batches = peer.batches(3).await;
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 64, 36]);
    let arrived: Vec<_> = batches.iter().flatten().map(Message::encode_to_vec).collect();
    assert!(arrived.iter().eq(owed.iter().map(|entry| &entry.envelope)));
    for message in &owed {
        node.delivered(message).await;
    }
}

#[tokio::test]
async fn a_refusal_of_the_application_is_a_receipt_too() {
    let (_federation, node, peer) = pair().await;
    peer.next(Mood::Refuse);
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    let delivered = node.delivered(&owed[0]).await;
    let OutboxState::Delivered { refusal, .. } = delivered.state else { unreachable!() };
    assert_eq!(refusal, Some(brygga_domain::Reason::PolicyDenied));
}

#[tokio::test]
async fn the_batch_under_way_is_finished_at_shutdown_and_the_rest_stays_queued() {
    let (_federation, node, peer) = pair().await;
    peer.next(Mood::AtTheGate);
    let running = node.start(limits());
    let first = node.owe(org(&peer), 1).await;
    peer.batches(1).await;
    let second = node.owe(org(&peer), 1).await;
    running.stop();
    peer.open_gate();
    running.ended().await;
    let first = node.stored(first[0].message_id).await;
    assert!(matches!(first.state, OutboxState::Delivered { .. }));
    let second = node.stored(second[0].message_id).await;
    assert!(matches!(second.state, OutboxState::Queued { last_failure: None, .. }));
    assert_eq!(peer.batch_count(), 1);
}
