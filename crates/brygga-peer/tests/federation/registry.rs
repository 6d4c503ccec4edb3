//! The registry comes from peers, and only what the operators signed is believed.

use std::time::Duration;

use brygga_peer::limits::Limits;

use crate::delivering::pair;
use crate::fake_peer::{FakePeer, org};
use crate::federation::{Federation, Party};
use crate::node::{Node, SOON, limits};

async fn installed(node: &Node, sequence: u64) {
    let mut revision = node.trust.subscribe();
    let reached = revision.wait_for(|held| *held >= sequence);
    tokio::time::timeout(SOON, reached).await.expect("the registry does not come").unwrap();
}

/// A registry with all of them, newer than any before, and its sequence.
fn newer(
    federation: &Federation,
    node: &Node,
    peer: &FakePeer,
) -> (brygga_identity::registry::SignedRegistry, u64) {
    let newcomer = Party::new("kommun:0883");
    let members = [&node.entry, &peer.party.at(&[peer.address]), &newcomer.at(&[])];
    let signed = federation.registry(&members);
    let sequence = signed.registry().unwrap().sequence;
    (signed, sequence)
}

#[tokio::test]
async fn a_newer_registry_is_fetched_as_soon_as_a_peer_mentions_it() {
    let (federation, node, peer) = pair().await;
    let (signed, sequence) = newer(&federation, &node, &peer);
    peer.hand_out(signed, sequence);
    let _running = node.start(limits());
    let owed = node.owe(org(&peer), 1).await;
    node.delivered(&owed[0]).await;
    installed(&node, sequence).await;
}

#[tokio::test]
async fn peers_are_asked_now_and_then_without_being_prompted() {
    let (federation, node, peer) = pair().await;
    let (signed, sequence) = newer(&federation, &node, &peer);
    peer.hand_out(signed, 0);
    let moment = Duration::from_millis(20);
    let _running = node.start(Limits { first_sync: moment, sync_interval: moment, ..limits() });
    installed(&node, sequence).await;
}

#[tokio::test]
async fn a_registry_of_other_operators_is_refused_and_the_next_true_one_taken() {
    let (federation, node, peer) = pair().await;
    let (forged, _) = newer(&Federation::new(), &node, &peer);
    peer.hand_out(forged, u64::MAX);
    let moment = Duration::from_millis(20);
    let _running = node.start(Limits { first_sync: moment, sync_interval: moment, ..limits() });
    let owed = node.owe(org(&peer), 1).await;
    node.delivered(&owed[0]).await;
    let before = *node.trust.subscribe().borrow();
    peer.asked(3).await;
    assert_eq!(*node.trust.subscribe().borrow(), before);
    let (signed, sequence) = newer(&federation, &node, &peer);
    peer.hand_out(signed, sequence);
    installed(&node, sequence).await;
}

#[tokio::test]
async fn a_peer_that_claims_to_know_more_does_not_keep_others_from_being_asked() {
    let (federation, node, liar) = pair().await;
    let honest = FakePeer::start(&federation, Party::new("kommun:0882")).await;
    let members =
        [&node.entry, &liar.party.at(&[liar.address]), &honest.party.at(&[honest.address])];
    for trust in [&node.trust, liar.trust(), honest.trust()] {
        federation.install(trust, &members);
    }
    liar.hand_out(federation.registry(&members), u64::MAX);
    let moment = Duration::from_millis(500);
    let _running = node.start(Limits { first_sync: moment, sync_interval: moment, ..limits() });
    let claiming = async {
        loop {
            let owed = node.owe(org(&liar), 1).await;
            node.delivered(&owed[0]).await;
        }
    };
    let asking_others = async {
        liar.asked(3).await;
        let (signed, sequence) = newer(&federation, &node, &honest);
        honest.hand_out(signed, 0);
        installed(&node, sequence).await;
    };
    tokio::select! {
        () = asking_others => {}
        () = claiming => {}
    }
}
