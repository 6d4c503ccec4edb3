//! The signed list of members: what is taken up, from whom, and for how long it counts.

use std::path::PathBuf;
use std::time::Duration;

use brygga_crypto::{SigningKey, SystemRandom};
use brygga_domain::Seconds;
use brygga_identity::registry::SignedRegistry;
use brygga_proto::local::v1::{DeliveryStatus, ShowNodeRequest};
use brygga_testkit::{Place, Region, Staff, StartError, eventually, holds_for, referral_to};

use crate::setting::{Neighbours, delivered, listed, look, request};

async fn sequence(staff: &Staff) -> u64 {
    let node = staff.node().show_node(ShowNodeRequest {}).await.expect("shown");
    node.into_inner().registry_sequence
}

async fn reaches(staff: &Staff, wanted: u64) {
    eventually("the registry is in use", || async {
        (sequence(staff).await == wanted).then_some(())
    })
    .await;
}

/// Puts three bad registries where Nybro looks: an older one in place of its own copy, and two
/// mirrors with the next one, unsigned and signed by somebody who is no operator.
fn spread_bad_registries(region: &Region, older: &[u8], next: &[u8], mirrors: &[PathBuf]) {
    let signed = SignedRegistry::from_json(next).expect("a registry");
    let document = signed.to_proto().document;
    let unsigned = SignedRegistry::unsigned(document).expect("a document");
    let impostor = SigningKey::generate(&mut SystemRandom);
    let forged = unsigned.clone().sign(&impostor).expect("anybody can sign");
    std::fs::write(&mirrors[0], unsigned.to_json()).expect("written");
    std::fs::write(&mirrors[1], forged.to_json()).expect("written");
    std::fs::write(region.registry_file("nybro"), older).expect("written");
}

/// Verified: neither a roll-back nor an unsigned nor a wrongly signed registry replaces the one in
/// use; the same document with the operator's signature does, so the node was looking.
#[tokio::test(flavor = "multi_thread")]
async fn bad_registry_leaves_the_last_good_one_in_place() {
    let mut region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    let mirrors = ["unsigned.json", "forged.json"].map(|name| region.path("nybro").join(name));
    region.set("nybro", "mirrors", r#"["unsigned.json", "forged.json"]"#);
    region.start_node("nybro").await;
    let staff = region.staff("nybro", "OPERATOR", None);
    let older = std::fs::read(region.registry_file("kalmar")).expect("a registry");
    region.run("kalmar", &["registry", "renew"]);
    let newest = std::fs::read(region.registry_file("kalmar")).expect("a registry");
    std::fs::write(region.registry_file("nybro"), &newest).expect("written");
    let held = sequence(&staff).await + 1;
    reaches(&staff, held).await;

    region.run("kalmar", &["registry", "renew"]);
    let next = std::fs::read(region.registry_file("kalmar")).expect("a registry");
    spread_bad_registries(&region, &older, &next, &mirrors);
    // More than two looks at the files, which come once a second.
    holds_for("the last good one", Duration::from_millis(2300), || async {
        sequence(&staff).await == held
    })
    .await;
    std::fs::write(&mirrors[0], &next).expect("written");
    reaches(&staff, held + 1).await;
    region.stop_node("nybro").await;
    region.start_node("nybro").await;
    assert_eq!(sequence(&staff).await, held + 1, "the node's own copy is whole again");
}

/// While Nybro's node stands still somebody puts its registry file back to an older one, which the
/// operators did sign.
///
/// Verified: the node does not start under it, nor without any, and does under the newest.
#[tokio::test(flavor = "multi_thread")]
async fn node_does_not_start_under_an_older_registry_than_it_has_believed() {
    let mut region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    region.start_node("nybro").await;
    let staff = region.staff("nybro", "OPERATOR", None);
    let file = region.registry_file("nybro");
    let older = std::fs::read(&file).expect("a registry");
    region.run("kalmar", &["registry", "renew"]);
    let newest = std::fs::read(region.registry_file("kalmar")).expect("a registry");
    std::fs::write(&file, &newest).expect("written");
    let held = sequence(&staff).await + 1;
    reaches(&staff, held).await;
    region.stop_node("nybro").await;

    std::fs::write(&file, &older).expect("written");
    let refused = region.try_start_node("nybro").await.expect_err("rolled back");
    assert!(
        matches!(refused, StartError::RegistryRolledBack { held: older, believed } if older + 1 == held && believed == held),
        "{refused}"
    );
    std::fs::remove_file(&file).expect("removed");
    let refused = region.try_start_node("nybro").await.expect_err("no registry");
    assert!(matches!(refused, StartError::RegistryRolledBack { held: 0, .. }), "{refused}");
    std::fs::write(&file, &newest).expect("written");
    region.start_node("nybro").await;
    assert_eq!(sequence(&staff).await, held);
}

/// Nybro's copy is older than Kalmar's and nobody gives it a file.
#[tokio::test(flavor = "multi_thread")]
async fn node_that_is_behind_learns_the_newest_registry_from_its_neighbour() {
    let neighbours = Neighbours::agreed().await;
    let region = &neighbours.region;
    let operator = region.staff("nybro", "OPERATOR", None);
    region.run("kalmar", &["registry", "renew"]);
    let newest = sequence(&operator).await + 1;
    reaches(&region.staff("kalmar", "OPERATOR", None), newest).await;
    let now = brygga_identity::clock::Clock::now(&*region.clock("nybro"));
    let consent = brygga_testkit::consent_for(&["kommun:0880"], 30, now);
    let consent = crate::setting::record(&neighbours.nybro, consent).await;
    // Kalmar's answer to any delivery says how new its registry is.
    request(&neighbours.nybro, referral_to("kommun:0880", consent)).await.expect("permitted");
    reaches(&operator, newest).await;
    let held = std::fs::read(region.registry_file("nybro")).expect("on disk");
    assert_eq!(held, std::fs::read(region.registry_file("kalmar")).expect("on disk"));
}

/// The operators are away: the registry expires after a day.
///
/// Verified: on day 3 referrals pass; on day 9, past the seven days of grace, nothing does, and what
/// was queued is neither lost nor given up: a renewed registry lets it through.
#[tokio::test(flavor = "multi_thread")]
async fn expired_registry_serves_seven_more_days_and_then_nothing_passes() {
    let region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    region.run("kalmar", &["registry", "renew", "--valid-days", "1"]);
    std::fs::copy(region.registry_file("kalmar"), region.registry_file("nybro")).expect("copied");
    region.set("kalmar", "retry_first_seconds", "1");
    let mut region = region;
    for name in ["kalmar", "nybro"] {
        region.start_node(name).await;
    }
    let mut neighbours = Neighbours::agreed_in(region).await;
    let consent = neighbours.consent(30).await;
    let wish = || referral_to("kommun:0881", consent.clone());
    let clocks = ["kalmar", "nybro"].map(|name| neighbours.region.clock(name));
    clocks.iter().for_each(|clock| clock.turn(Seconds::days(3)));
    let id = request(&neighbours.kalmar, wish()).await.expect("in the grace").referral_id;
    delivered(&neighbours.kalmar, &id).await;

    neighbours.region.stop_node("nybro").await;
    let waits = request(&neighbours.kalmar, wish()).await.expect("in the grace").referral_id;
    clocks.iter().for_each(|clock| clock.turn(Seconds::days(6)));
    neighbours.region.start_node("nybro").await;
    let nybro = neighbours.region.staff("nybro", "CASE_WORKER", None);
    request(&neighbours.kalmar, wish()).await.expect_err("nobody is trusted any more");
    holds_for("nothing passes", Duration::from_millis(700), || async {
        let queued = look(&neighbours.kalmar, &waits).await.expect("kept");
        queued.delivery_status() == DeliveryStatus::Queued && listed(&nybro).await.len() == 1
    })
    .await;

    neighbours.region.run("kalmar", &["registry", "renew"]);
    let newest = neighbours.region.registry_file("kalmar");
    std::fs::copy(newest, neighbours.region.registry_file("nybro")).expect("copied");
    delivered(&neighbours.kalmar, &waits).await;
    assert_eq!(listed(&nybro).await.len(), 2);
}
