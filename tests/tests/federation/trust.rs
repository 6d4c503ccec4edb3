//! Who gets a connection, and what a member without an agreement gets on one.

use std::time::{Duration, Instant};

use brygga_domain::{
    AgreementId, ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId, OrgId,
    Reason, Seconds, Timestamp,
};
use brygga_identity::clock::Clock;
use brygga_proto::federation::v1::deliver_result::Result as Delivered;
use brygga_proto::local::v1::DeliveryStatus;
use brygga_testkit::{Place, Region, Visitor, consent_for, holds_for, reason_of, referral_to};
use brygga_wire::{Header, MessageType, Receipt, SealedInfo, SignedEnvelope};
use prost::Message;
use tokio::time::timeout;

use crate::setting::{Neighbours, delivered, listed, look, record, request};

/// The longest that a registry may take from a node's disk to its connections.
const CUT_WITHIN: Duration = Duration::from_secs(5);

/// Kalmar, the operator, excludes Nybro while Nybro holds a connection to Stadsmissionen and
/// Kalmar. Verified: both connections are cut and new ones refused within five seconds of the
/// registry reaching the node's disk; what Nybro sends stays in its queue and arrives nowhere;
/// Nybro is as unknown to Kalmar's case workers as somebody who never was a member.
#[tokio::test(flavor = "multi_thread")]
async fn revoked_member_is_cut_off_within_five_seconds() {
    let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
    let neighbours = Neighbours::agreed_in(Region::start(&places).await).await;
    let region = &neighbours.region;
    let consent = consent_for(&["kommun:0880"], 30, region.clock("nybro").now());
    let nybro_consent = record(&neighbours.nybro, consent).await;
    let wish = || referral_to("kommun:0880", nybro_consent.clone());
    let before = request(&neighbours.nybro, wish()).await.expect("still a member").referral_id;
    delivered(&neighbours.nybro, &before).await;
    let visitor = region.visitor("nybro", "nybro");
    let kalmar = visitor.enter(&region.organisation("kalmar")).await.expect("still a member");
    let stadsmissionen = region.organisation("stadsmissionen");
    let other = visitor.enter(&stadsmissionen).await.expect("still a member");

    // Read before the command, so that the command's own time counts against the node.
    let begun = Instant::now();
    region.run("kalmar", &["registry", "revoke", "--org", "kommun:0881"]);
    std::fs::copy(region.registry_file("kalmar"), region.registry_file("stadsmissionen"))
        .expect("a mirror can be copied");
    let both = async { tokio::join!(kalmar.ended(), other.ended()) };
    timeout(CUT_WITHIN, both).await.expect("live connections are cut");
    let cut = begun.elapsed();
    for name in ["kalmar", "stadsmissionen"] {
        assert!(visitor.enter(&region.organisation(name)).await.is_none(), "{name} lets it in");
    }
    let refused = begun.elapsed();
    eprintln!("revoked: connections cut after {cut:?}, new ones refused after {refused:?}");
    assert!(refused < CUT_WITHIN, "took {refused:?}");

    let late = request(&neighbours.nybro, wish()).await.expect("durable at Nybro").referral_id;
    holds_for("nothing arrives", Duration::from_millis(500), || async {
        let at_kalmar = listed(&neighbours.kalmar).await.len();
        let sent = look(&neighbours.nybro, &late).await.expect("kept at Nybro");
        at_kalmar == 1 && sent.delivery_status() == DeliveryStatus::Queued
    })
    .await;
    let towards = referral_to("kommun:0881", neighbours.consent(30).await);
    let unknown = request(&neighbours.kalmar, towards).await.expect_err("no member any more");
    let never = referral_to("kommun:0882", neighbours.consent(30).await);
    let never = request(&neighbours.kalmar, never).await.expect_err("never was one");
    assert_eq!(reason_of(&unknown), Reason::NotFound);
    assert_eq!((unknown.message(), unknown.details()), (never.message(), never.details()));
}

/// Somebody with a good certificate for the right name, from a federation of their own.
#[tokio::test(flavor = "multi_thread")]
async fn node_that_is_not_in_the_registry_gets_no_connection() {
    let region = Region::start(&[Place::KALMAR, Place::NYBRO]).await;
    let elsewhere = Region::found(&[Place::NYBRO]);
    let kalmar = region.organisation("kalmar");
    let stranger =
        Visitor::new(&elsewhere.path("nybro"), &region.path("nybro"), elsewhere.clock("nybro"));
    assert!(stranger.enter(&kalmar).await.is_none(), "a stranger is let in");
    assert!(region.visitor("nybro", "nybro").enter(&kalmar).await.is_some(), "a member is not");
}

/// Stadsmissionen is a member and has no agreement with Kalmar.
///
/// Verified: its own node refuses to send; a message that its node did not stop is refused by
/// Kalmar's as not found; and citing the agreement of Kalmar and Nybro gets the very same answer
/// as citing one that does not exist.
#[tokio::test(flavor = "multi_thread")]
async fn member_without_an_agreement_learns_nothing() {
    let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
    let neighbours = Neighbours::agreed_in(Region::start(&places).await).await;
    let region = &neighbours.region;
    let staff = region.staff("stadsmissionen", "SHELTER_STAFF", None);
    let refused = request(&staff, referral_to("kommun:0880", Vec::new())).await.expect_err("none");
    assert_eq!(reason_of(&refused), Reason::NotFound);

    let book = region.node("kalmar").app().parts().agreements.book();
    let of_others = book.records().next().expect("Kalmar has one").terms().agreement_id;
    let visitor = region.visitor("stadsmissionen", "stadsmissionen");
    let kalmar = region.organisation("kalmar");
    let keys = &region.node("kalmar").app().parts().keys;
    let sealed_to = keys.sealing_entries()[0].key.key_id().to_string();
    let mut verdicts = Vec::new();
    for cited in [of_others, AgreementId::from_bytes([9; 16])] {
        let now = region.clock("stadsmissionen").now();
        let envelope = uninvited(&visitor, &kalmar, (cited, &sealed_to), now);
        let answer = visitor.deliver(&kalmar, &[envelope]).await.results.remove(0);
        let Some(Delivered::Receipt(receipt)) = answer.result else {
            panic!("a refusal is signed for: {answer:?}");
        };
        let receipt = Receipt::from_proto(receipt).expect("a receipt");
        verdicts.push(receipt.verify(&keys.verifying()).expect("Kalmar signed").verdict);
    }
    assert_eq!(verdicts[0].reason(), Some(Reason::NotFound), "{verdicts:?}");
    assert_eq!(verdicts[0], verdicts[1]);
    assert!(listed(&neighbours.kalmar).await.is_empty(), "nothing was taken in");
}

/// A well-formed request that the sender's own node would not have let out.
fn uninvited(
    visitor: &Visitor,
    recipient: &OrgId,
    (cited, sealed_to): (AgreementId, &str),
    now: Timestamp,
) -> SignedEnvelope {
    let thread = *cited.as_bytes();
    let payload = brygga_proto::referral::v1::ReferralRequested {
        referral_id: thread.to_vec(),
        priority: 1,
        subject: 1,
        service_type: referral_to("kommun:0880", Vec::new()).service_type,
        respond_by: Some(brygga_wire::time::to_proto(now.plus(Seconds::days(30)))),
        consent: Some(brygga_proto::consent::v1::ConsentStatement {
            consent_id: vec![3; 16],
            valid_until: Some(brygga_wire::time::to_proto(now.plus(Seconds::days(1)))),
        }),
        ..Default::default()
    };
    let header = Header {
        message_id: MessageId::from_bytes(thread),
        message_type: MessageType::ReferralRequested,
        schema_version: 1,
        sender: visitor.organisation().clone(),
        recipient: recipient.clone(),
        recipient_unit: None,
        conversation: ConversationId::from_bytes(thread),
        created_at: now,
        expires_at: now.plus(Seconds::days(1)),
        agreement: Some((cited, 1)),
        previous_hash: None,
        payload_digest: brygga_crypto::sha256(&[]),
        sealed: Some(SealedInfo {
            content_commitment: brygga_crypto::sha256(&[]),
            sealing_key_id: sealed_to.to_owned(),
            ground: DisclosureGround::Private17_11Consent,
            gdpr_basis: GdprBasis::ExplicitConsent,
            data_categories: vec![DataCategory::Identity],
        }),
        critical: Vec::new(),
    };
    SignedEnvelope::sign(header, payload.encode_to_vec(), vec![1; 64], visitor.signing_key())
}
