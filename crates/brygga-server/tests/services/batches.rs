//! Batches of messages between two nodes: how many, in what order, and what one bad item does.

use brygga_domain::Reason;
use brygga_identity::roles::Role;
use brygga_proto::federation::v1::deliver_result::Result as DeliverResult;
use brygga_proto::federation::v1::{DeliverFailure, DeliverResult as Item, Envelope};
use brygga_proto::referral::v1::ReferralStatus;
use brygga_wire::{Receipt, from_status};
use prost::Message;
use tonic::Code;

use crate::federation::{Federation, MOBILE_TEAM, SEQUENCE, unit};
use crate::node::envelope;
use crate::requests::{list, record_consent, sign_agreement, wish, withdraw};

/// Kalmar owes Nybro this many referrals.
async fn with_referrals(count: u8) -> (Federation, Vec<Envelope>) {
    let federation = Federation::start().await;
    sign_agreement(&federation).await;
    record_consent(&federation).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    for key in 1..=count {
        worker.referrals().request_referral(wish(key)).await.unwrap();
    }
    let owed = federation.kalmar.owed_to(&federation.nybro).await;
    assert_eq!(owed.len(), usize::from(count));
    let envelopes = owed.iter().map(envelope).collect();
    (federation, envelopes)
}

fn failure(item: &Item) -> &DeliverFailure {
    match &item.result {
        Some(DeliverResult::Failure(failure)) => failure,
        other => panic!("no failure but {other:?}"),
    }
}

fn receipt_bytes(item: &Item) -> Vec<u8> {
    match &item.result {
        Some(DeliverResult::Receipt(receipt)) => receipt.encode_to_vec(),
        other => panic!("no receipt but {other:?}"),
    }
}

#[tokio::test]
async fn one_bad_envelope_fails_alone() {
    let (federation, mut envelopes) = with_referrals(3).await;
    envelopes[1].signature[0] ^= 1;
    let mut malformed = envelopes[2].clone();
    malformed.payload.push(0);
    envelopes.push(malformed);
    let response = federation.kalmar.deliver(&federation.nybro, envelopes).await.unwrap();
    assert_eq!(response.registry_sequence, SEQUENCE);
    let [first, forged, third, malformed] = &response.results[..] else {
        panic!("{} results", response.results.len());
    };
    for good in [first, third] {
        Receipt::decode(&receipt_bytes(good)).unwrap();
    }
    assert_eq!(failure(forged).reason, Reason::BadSignature.as_str());
    assert!(!failure(forged).retryable);
    assert_eq!(failure(malformed).reason, Reason::InvalidField.as_str());
    assert_eq!(failure(malformed).field, "header.payload_digest");
    assert!(!failure(malformed).retryable);
}

#[tokio::test]
async fn an_empty_batch_is_refused() {
    let federation = Federation::start().await;
    let status = federation.kalmar.deliver(&federation.nybro, Vec::new()).await.unwrap_err();
    assert_eq!((status.code(), from_status(&status)), invalid());
}

#[tokio::test]
async fn a_batch_of_64_is_taken_and_one_of_65_is_not() {
    let federation = Federation::start().await;
    let batch = |size| vec![Envelope::default(); size];
    let response = federation.kalmar.deliver(&federation.nybro, batch(64)).await.unwrap();
    assert_eq!(response.results.len(), 64);
    let status = federation.kalmar.deliver(&federation.nybro, batch(65)).await.unwrap_err();
    assert_eq!((status.code(), from_status(&status)), invalid());
}

#[tokio::test]
async fn a_batch_over_four_mebibytes_is_refused_unread() {
    let federation = Federation::start().await;
    let huge = Envelope { sealed: vec![0; 4 * 1024 * 1024], ..Envelope::default() };
    let status = federation.kalmar.deliver(&federation.nybro, vec![huge]).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
}

#[tokio::test]
async fn a_batch_of_countless_empty_envelopes_is_refused_unread() {
    let federation = Federation::start().await;
    let countless = vec![Envelope::default(); brygga_proto::MAX_FIELDS + 1];
    let status = federation.kalmar.deliver(&federation.nybro, countless).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
}

#[tokio::test]
async fn a_repeat_gets_the_very_same_receipt_bytes() {
    let (federation, envelopes) = with_referrals(2).await;
    let first = federation.kalmar.deliver(&federation.nybro, envelopes.clone()).await.unwrap();
    let again = federation.kalmar.deliver(&federation.nybro, envelopes.clone()).await.unwrap();
    let bytes = |items: &[Item]| items.iter().map(receipt_bytes).collect::<Vec<_>>();
    assert_eq!(bytes(&first.results), bytes(&again.results));
    // Twice in one batch is a repeat as well.
    let twin = vec![envelopes[0].clone(), envelopes[0].clone()];
    let twice = federation.kalmar.deliver(&federation.nybro, twin).await.unwrap();
    assert_eq!(receipt_bytes(&twice.results[0]), receipt_bytes(&twice.results[1]));
}

#[tokio::test]
async fn messages_of_each_thread_take_effect_in_the_order_of_the_batch() {
    let (federation, _) = with_referrals(20).await;
    let worker = federation.kalmar.local.person(&[Role::CaseWorker]);
    for referral in list(&worker).await {
        withdraw(&worker, &referral.referral_id).await;
    }
    // Each withdrawal follows its request in the thread; ahead of it, it would get no receipt.
    let owed = federation.kalmar.owed_to(&federation.nybro).await;
    let mut backwards: Vec<_> = owed.iter().map(envelope).collect();
    backwards.reverse();
    backwards.truncate(20);
    let response = federation.kalmar.deliver(&federation.nybro, backwards).await.unwrap();
    assert!(response.results.iter().all(|item| failure(item).retryable));
    assert_eq!(federation.kalmar.deliver_all(&federation.nybro).await, 40);
    let team = federation.nybro.local.person_of(&[Role::CaseWorker], &[unit(MOBILE_TEAM)]);
    let received = list(&team).await;
    assert_eq!(received.len(), 20);
    assert!(received.iter().all(|referral| referral.status() == ReferralStatus::Cancelled));
}

#[tokio::test]
async fn nobody_can_deliver_what_another_organisation_signed() {
    let (federation, envelopes) = with_referrals(1).await;
    let response = federation.nybro.deliver(&federation.kalmar, envelopes).await.unwrap();
    assert_eq!(failure(&response.results[0]).reason, Reason::Unauthenticated.as_str());
    assert_eq!(failure(&response.results[0]).field, "header.sender");
}

fn invalid() -> (Code, Option<Reason>) {
    (Code::InvalidArgument, Some(Reason::InvalidField))
}
