//! Connections: one for each peer, for as long as the registry says what it was opened with.

use std::time::Duration;

use brygga_domain::{Reason, Seconds};
use brygga_peer::limits::Limits;
use tokio::net::TcpListener;

use crate::delivering::{introduce, pair};
use crate::fake_peer::{FakePeer, Mood, org};
use crate::federation::{Federation, Party};
use crate::node::{Node, limits};

#[tokio::test]
async fn deliveries_share_one_connection() {
    let (_federation, node, peer) = pair().await;
    let _running = node.start(limits());
    for _ in 0..5 {
        let owed = node.owe(org(&peer), 1).await;
        node.delivered(&owed[0]).await;
    }
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_the_peer_has_closed_meanwhile_costs_no_attempt() {
    let (_federation, node, peer) = pair().await;
    let _running = node.start(limits());
    for _ in 0..3 {
        let owed = node.owe(org(&peer), 1).await;
        assert_eq!(node.delivered(&owed[0]).await.attempts, 1);
        peer.cut();
    }
    assert_eq!(peer.connections(), 3);
}

#[tokio::test]
async fn an_excluded_peer_gets_nothing_more() {
    let (federation, node, peer) = pair().await;
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    node.delivered(&owed[0]).await;
    federation.install(&node.trust, &[&node.entry]);
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
    assert_eq!((peer.connections(), peer.batch_count()), (1, 1));
}

#[tokio::test]
async fn a_call_under_way_is_cut_when_its_peer_is_excluded() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::AtTheGate);
    let _running = node.start(Limits {
        call_deadline: Duration::from_secs(3600),
        trust_recheck_interval: Duration::from_secs(3600),
        ..limits()
    });
    let owed = node.owe(org(&peer), 1).await;
    peer.batches(1).await;
    federation.install(&node.trust, &[&node.entry]);
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
}

#[tokio::test]
async fn a_certificate_that_expires_ends_its_connection() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::AtTheGate);
    let _running = node.start(Limits { call_deadline: Duration::from_secs(3600), ..limits() });
    let owed = node.owe(org(&peer), 1).await;
    peer.batches(1).await;
    federation.clock.advance(Seconds::days(2));
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
}

#[tokio::test]
async fn a_peer_that_moved_is_called_at_its_new_place() {
    let (federation, node, old) = pair().await;
    let _running = node.start(limits());
    let owed = node.owe(org(&old), 1).await;
    node.delivered(&owed[0]).await;
    let new = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    introduce(&federation, &node, &new);
    let owed = node.owe(org(&old), 1).await;
    node.delivered(&owed[0]).await;
    assert_eq!((old.batch_count(), new.batch_count()), (1, 1));
}

#[tokio::test]
async fn the_next_endpoint_is_tried_where_nobody_answers_at_the_first() {
    let federation = Federation::new();
    let node = Node::new(&federation).await;
    let peer = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = nobody.local_addr().unwrap();
    drop(nobody);
    let members = [&node.entry, &peer.party.at(&[dead, peer.address])];
    federation.install(&node.trust, &members);
    federation.install(peer.trust(), &members);
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.delivered(&owed[0]).await.attempts, 1);
}

#[tokio::test]
async fn another_member_at_the_endpoint_gets_nothing() {
    let federation = Federation::new();
    let node = Node::new(&federation).await;
    let impostor = FakePeer::start(&federation, Party::new("kommun:0881")).await;
    let victim = Party::new("kommun:0882");
    let members =
        [&node.entry, &impostor.party.at(&[impostor.address]), &victim.at(&[impostor.address])];
    federation.install(&node.trust, &members);
    federation.install(impostor.trust(), &members);
    let _running = node.start(limits());
    let owed = node.owe(&victim.org, 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
    assert_eq!(impostor.batch_count(), 0);
}
