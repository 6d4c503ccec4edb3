//! New keys in the middle of a conversation.

use std::time::Duration;

use brygga_domain::Seconds;
use brygga_identity::clock::Clock;
use brygga_proto::local::v1::act_on_referral_request::Action;
use brygga_proto::referral::v1::{Accepted, Completed, OutcomeResult, ReferralStatus, Started};
use brygga_testkit::{eventually, referral_to};
use tokio::time::timeout;

use crate::setting::{Neighbours, act, delivered, has_status, request};

/// Nybro changes its TLS and signing keys between two events of one referral.
///
/// Verified: with overlapping pins the old certificate and the new one are both let in, and the
/// referral goes on in its thread; what the old key signed still verifies as history, also
/// Nybro's exported audit; after the overlap the old certificate is refused, a connection that it
/// holds is cut, and the new one still works.
#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_in_the_middle_of_a_conversation() {
    let mut neighbours = Neighbours::agreed().await;
    let id = request(&neighbours.kalmar, referral_to("kommun:0881", neighbours.consent(30).await));
    let id = id.await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;
    act(&neighbours.nybro, &id, Action::Accept(Accepted {})).await.expect("accepted");
    let accepted = has_status(&neighbours.kalmar, &id, ReferralStatus::Accepted).await;

    let region = &mut neighbours.region;
    let (kalmar, nybro) = (region.organisation("kalmar"), region.organisation("nybro"));
    let old = region.visitor("nybro", "nybro");
    let bundle = region.path("nybro").join("before.jsonl");
    let bundle = bundle.to_str().expect("a plain name").to_owned();
    region.node("nybro").app().audit_checkpoint().await.expect("a signed checkpoint");
    region.run("nybro", &["audit", "export", "--out", &bundle]);
    rotate(region);
    region.stop_node("nybro").await;
    region.start_node("nybro").await;
    let new = region.visitor("nybro", "nybro");
    assert_ne!(old.signing_key().public(), new.signing_key().public(), "nothing was rotated");
    let held = old.enter(&kalmar).await.expect("pins overlap");
    eventually("Kalmar knows the new pin", || new.enter(&kalmar)).await;

    let staff = region.staff("nybro", "CASE_WORKER", None);
    act(&staff, &id, Action::Start(Started {})).await.expect("started");
    has_status(&neighbours.kalmar, &id, ReferralStatus::InProgress).await;
    let trust = neighbours.region.node("kalmar").app().trust();
    let then =
        brygga_wire::time::from_proto(accepted.changed_at, "changed_at").expect("an instant");
    let old_key = old.signing_key().public().key_id();
    trust.verifying_key_of_history(&nybro, old_key, then).expect("history verifies");
    neighbours.region.run("kalmar", &["audit", "verify", &bundle, "--org", "kommun:0881"]);

    for name in ["kalmar", "nybro"] {
        neighbours.region.clock(name).turn(Seconds::days(2));
    }
    timeout(Duration::from_secs(5), held.ended()).await.expect("the old certificate is cut off");
    assert!(old.enter(&kalmar).await.is_none(), "the overlap is over");
    let trust = neighbours.region.node("kalmar").app().trust();
    let now = neighbours.region.clock("kalmar").now();
    trust.verifying_key(&nybro, old_key, now).expect_err("an old key signs nothing new");
    trust.verifying_key_of_history(&nybro, old_key, then).expect("history verifies for ever");
    let housed = Completed { result: OutcomeResult::Housed.into(), place_type: None };
    act(&staff, &id, Action::Complete(housed)).await.expect("completed");
    has_status(&neighbours.kalmar, &id, ReferralStatus::Completed).await;
}

/// Nybro asks, Kalmar's operator lists, Nybro takes the new keys into use at its next start.
fn rotate(region: &brygga_testkit::Region) {
    let wanted = region.path("nybro").join("rotation-request");
    let wanted = wanted.to_str().expect("a plain name");
    region.run("nybro", &["registry", "request-rotation", "--tls", "--signing", "--out", wanted]);
    region.run("kalmar", &["registry", "rotate", "--request", wanted, "--overlap-days", "1"]);
    let newest = region.registry_file("kalmar");
    let newest = newest.to_str().expect("a plain name");
    region.run("nybro", &["registry", "install", "--file", newest]);
    region.run("nybro", &["registry", "activate-rotation"]);
}
