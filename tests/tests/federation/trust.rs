//! Who gets a connection, and what a member without an agreement gets on one.

use std::time::{Duration, Instant};

use brygga_domain::{AgreementId, Reason};
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::DeliveryStatus;
use brygga_testkit::{Place, Region, Visitor, consent_for, holds_for, reason_of, referral_to};
use tokio::time::timeout;

use crate::setting::{Neighbours, delivered, listed, look, record, request};
use crate::uninvited::Uninvited;

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
    let mut verdicts = Vec::new();
    for cited in [of_others, AgreementId::from_bytes([9; 16])] {
        let message = Uninvited::civil_society(cited);
        verdicts.push(message.deliver(region, "stadsmissionen", "kalmar").await);
    }
    assert_eq!(verdicts[0].reason(), Some(Reason::NotFound), "{verdicts:?}");
    assert_eq!(verdicts[0], verdicts[1]);
    assert!(listed(&neighbours.kalmar).await.is_empty(), "nothing was taken in");
}
