//! Peers that lose, refuse, lie or say nothing.

use std::sync::Arc;
use std::time::Duration;

use brygga_domain::{Reason, Seconds};
use brygga_exchange::records::{OutboxEntry, OutboxState};
use brygga_exchange::retry::RetryPolicy;
use brygga_peer::limits::Limits;
use tokio::net::TcpListener;

use crate::delivering::{introduce, pair};
use crate::fake_peer::{FakePeer, Mood, org};
use crate::federation::{Federation, Party};
use crate::node::{Node, limits};
use crate::raw_peer::RawPeer;

/// Waits that double.
const GROWING: RetryPolicy = RetryPolicy { first: Seconds(1), max: Seconds(900) };

#[tokio::test]
async fn a_lost_reply_costs_a_repetition_of_the_same_bytes_with_the_same_receipt() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::LoseReply);
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::RecipientUnavailable));
    let receipt = peer.receipt_of(&owed[0].envelope);
    federation.clock.advance(Seconds(1));
    let delivered = node.delivered(&owed[0]).await;
    let batches = peer.batches(2).await;
    assert_eq!(batches[0], batches[1]);
    assert_eq!(delivered.state, OutboxState::Delivered { receipt, refusal: None });
    assert_eq!(delivered.attempts, 2);
}

#[tokio::test]
async fn an_answer_of_another_length_settles_nothing() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::Surplus);
    let owed = node.owe(org(&peer), 2).await;
    let _running = node.start(limits());
    for message in &owed {
        assert_eq!(node.failed(message).await, Some(Reason::RecipientInternal));
    }
    federation.clock.advance(Seconds(1));
    for message in &owed {
        node.delivered(message).await;
    }
}

#[tokio::test]
async fn a_receipt_that_somebody_else_signed_fails_its_message_only() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::Forge);
    let owed = node.owe(org(&peer), 2).await;
    let _running = node.start(limits());
    node.delivered(&owed[1]).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::BadSignature));
    federation.clock.advance(Seconds(1));
    node.delivered(&owed[0]).await;
}

#[tokio::test]
async fn a_message_that_may_come_again_does_so_when_its_time_has_come_and_not_before() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::Fail(true));
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    assert_eq!(node.failed(&owed[0]).await, Some(Reason::ChainBroken));
    // Several sweeps pass while the clock stands still.
    tokio::time::sleep(limits().sweep_interval * 5).await;
    assert_eq!(peer.batch_count(), 1);
    federation.clock.advance(Seconds(1));
    assert_eq!(node.delivered(&owed[0]).await.attempts, 2);
}

#[tokio::test]
async fn a_message_that_can_never_succeed_is_laid_out_for_a_human() {
    let (_federation, node, peer) = pair().await;
    peer.next(Mood::Fail(false));
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    let dead = node.until(&owed[0], |entry| matches!(entry.state, OutboxState::Dead { .. })).await;
    assert_eq!(dead.state, OutboxState::Dead { reason: Reason::ChainBroken });
}

#[tokio::test]
async fn a_message_spoilt_on_disk_is_laid_out_for_a_human_and_the_next_ones_go() {
    let (_federation, node, peer) = pair().await;
    let spoilt = node.owe_spoilt(org(&peer)).await;
    let owed = node.owe(org(&peer), 1).await;
    let _running = node.start(limits());
    node.delivered(&owed[0]).await;
    let alone = node.owe_spoilt(org(&peer)).await;
    for message in [spoilt, alone] {
        let dead = |entry: &OutboxEntry| matches!(entry.state, OutboxState::Dead { .. });
        node.until(&message, dead).await;
    }
    assert_eq!(peer.batch_count(), 1);
}

#[tokio::test]
async fn a_peer_that_never_reads_holds_up_nobody_else() {
    let (federation, node, peer) = pair().await;
    let silent = Party::new("kommun:0882");
    let mut silent = RawPeer::start(&federation, silent, Arc::clone(&node.trust)).await;
    let members =
        [&node.entry, &peer.party.at(&[peer.address]), &silent.party.at(&[silent.address])];
    federation.install(&node.trust, &members);
    let _running = node.start(Limits { call_deadline: Duration::from_secs(3600), ..limits() });
    let stuck = node.owe(&silent.party.org, 64).await;
    let _unread = silent.accepted.recv().await.unwrap();
    for _ in 0..10 {
        let owed = node.owe(org(&peer), 1).await;
        node.delivered(&owed[0]).await;
    }
    assert_eq!(node.stored(stuck[0].message_id).await.attempts, 0);
}

#[tokio::test]
async fn after_a_failure_one_message_finds_out_whether_the_peer_is_back() {
    let (federation, node, peer) = pair().await;
    peer.next(Mood::Surplus);
    peer.next(Mood::Surplus);
    let owed = node.owe(org(&peer), 10).await;
    let _running = node.start(limits());
    node.failed(&owed[9]).await;
    federation.clock.advance(Seconds(1));
    node.until(&owed[0], |entry| entry.attempts == 2).await;
    federation.clock.advance(Seconds(1));
    for message in &owed {
        node.delivered(message).await;
    }
    let lengths: Vec<_> = peer.batches(3).await.iter().map(Vec::len).collect();
    assert_eq!(lengths[..3], [10, 1, 1], "{lengths:?}");
    assert_eq!(node.stored(owed[9].message_id).await.attempts, 2);
}

#[tokio::test]
async fn a_peer_that_is_seen_again_is_not_kept_waiting() {
    let federation = Federation::new();
    let pause = Seconds::hours(1);
    let node = Node::with_retry(&federation, RetryPolicy { first: pause, max: pause }).await;
    let party = Party::new("kommun:0881");
    let reserved = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    federation.install(&node.trust, &[&node.entry, &party.at(&[address])]);
    let running = node.start(Limits { longest_pause: pause, ..limits() });
    let owed = node.owe(&party.org, 2).await;
    assert_eq!(node.failed(&owed[1]).await, Some(Reason::RecipientUnavailable));
    let peer = FakePeer::listen(&federation, party, TcpListener::bind(address).await.unwrap());
    introduce(&federation, &node, &peer);
    federation.clock.advance(pause);
    tokio::time::sleep(limits().sweep_interval * 5).await;
    assert_eq!(peer.batch_count(), 0, "it does not pause");
    running.deliverer.peer_seen(org(&peer));
    for message in &owed {
        node.delivered(message).await;
    }
}

#[tokio::test]
async fn what_waited_for_a_peer_that_was_away_for_long_goes_as_soon_as_it_is_back() {
    let federation = Federation::new();
    let node = Node::with_retry(&federation, GROWING).await;
    let party = Party::new("kommun:0881");
    let reserved = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    federation.install(&node.trust, &[&node.entry, &party.at(&[address])]);
    let _running = node.start(limits());
    let owed = node.owe(&party.org, 10).await;
    for attempts in 1..=12 {
        node.until(&owed[0], |entry| entry.attempts >= attempts).await;
        federation.clock.advance(Seconds(1));
    }
    let peer = FakePeer::listen(&federation, party, TcpListener::bind(address).await.unwrap());
    introduce(&federation, &node, &peer);
    // An attempt that was still on its way when it came back fails once more, and waits for the clock: seconds, and not the
    // minutes that the failures before would make it.
    for _ in 0..10 {
        federation.clock.advance(Seconds(1));
        tokio::time::sleep(limits().sweep_interval * 5).await;
    }
    for message in &owed {
        node.delivered(message).await;
    }
}

#[tokio::test]
async fn a_message_that_fails_by_itself_waits_longer_each_time() {
    let federation = Federation::new();
    let node = Node::with_retry(&federation, GROWING).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = FakePeer::listen(&federation, Party::new("kommun:0881"), listener);
    introduce(&federation, &node, &peer);
    peer.next(Mood::LoseReply);
    peer.next(Mood::Fail(true));
    peer.next(Mood::Surplus);
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    for (attempts, wait) in [(1, 1_000), (2, 2_000), (3, 4_000)] {
        let failed = node.until(&owed[0], |entry| entry.attempts == attempts).await;
        let OutboxState::Queued { next_attempt_at, .. } = failed.state else {
            panic!("it goes again")
        };
        let waits = next_attempt_at.as_millis() - node.app.now().as_millis();
        assert!((wait / 2..=wait).contains(&waits), "failure {attempts} waits {waits} ms");
        federation.clock.advance(Seconds(wait / 1_000));
    }
    node.delivered(&owed[0]).await;
}
