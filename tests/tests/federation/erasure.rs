//! Erasure is real: whoever has the disk and every ordinary backup opens nothing of an erased person.

mod attacker;
mod canary;

use std::path::{Path, PathBuf};

use brygga_app::App;
use brygga_domain::{ConsentId, ReferralId, Timestamp};
use brygga_exchange::audit::Actor;
use brygga_exchange::erase::{ErasureCause, Subject};
use brygga_identity::clock::Clock;
use brygga_proto::consent::v1::ConsentRecord;
use brygga_proto::local::v1::{ShowConsentRequest, ShowReferralRequest};
use brygga_proto::referral::v1::ReferralContent;
use brygga_proto::types::v1::DataCategory;
use brygga_storage::Erasing;
use brygga_testkit::{Region, Staff, consent_for, eventually, referral_to};

use crate::setting::{Neighbours, delivered, record, request};
use attacker::Loot;

const NAMES: [&str; 2] = ["kalmar", "nybro"];
/// What an attacker who has every key opens: the source's own copy, what it sent, the words of the
/// consent, and the target's copy.
const EVERYTHING: [&str; 4] =
    ["kalmar content", "kalmar envelope", "kalmar consent", "nybro content"];

/// A person whose every field is a canary is referred from Kalmar to Nybro; backups are taken; the
/// case is erased at both.
///
/// Verified: before, an attacker with the backups and a copy of the vaults opens all of it, so that
/// the attack works. Afterwards no file of either node holds a canary in any form, nothing opens in
/// the live databases or in the backups with all keys that are left on both disks, the case worker
/// sees a case without content, and both audit logs verify.
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_in_no_file_and_opens_from_no_backup() {
    let mut neighbours = Neighbours::agreed().await;
    let id = refer(&neighbours).await;
    let region = &neighbours.region;
    let backups = NAMES.map(|name| backup(region, name));
    let vaults = NAMES.map(|name| copy_of_vault(region, name));
    assert_eq!(loot(region, &backups, &vaults).opened(id).await, EVERYTHING, "the attack works");

    for name in NAMES {
        assert!(content(&neighbours, name, id).await.is_some());
        let erased_at = erase(region.node(name).app(), id).await;
        assert_eq!(erase(region.node(name).app(), id).await, erased_at, "again it is the same");
        assert_eq!(content(&neighbours, name, id).await, None);
    }
    let consent = consent_of(region, id).await;
    let shown = words(&neighbours, consent).await;
    assert_eq!(shown.person_reference, canary::REFERENCE);
    let (app, actor) = (region.node("kalmar").app(), Actor::User("gallrare-1".to_owned()));
    let erased = app.consent_erase(&actor, consent, ErasureCause::Requested).await;
    erased.expect("it is erased");
    let shown = words(&neighbours, consent).await;
    assert_eq!((shown.purpose.as_str(), shown.evidence_reference.as_str()), ("-", "-"));
    for vault in &vaults {
        std::fs::remove_file(vault).expect("copies of a vault live shortly");
    }
    let live = NAMES.map(|name| region.path(name).join("data"));
    assert_eq!(loot(region, &live, &[]).opened(id).await, [""; 0], "live");
    assert_eq!(loot(region, &backups, &[]).opened(id).await, [""; 0], "backup");
    let running: Vec<_> = NAMES.iter().flat_map(|name| files(&region.path(name))).collect();
    let mut logs = Vec::new();
    for name in NAMES {
        let app = neighbours.region.node(name).app();
        app.audit_checkpoint().await.expect("a checkpoint is made");
        logs.push((name, hex::encode(app.parts().keys.verifying().as_bytes())));
        neighbours.region.stop_node(name).await;
    }

    let region = &neighbours.region;
    let stopped: Vec<_> = NAMES.iter().flat_map(|name| files(&region.path(name))).collect();
    for (file, bytes) in running.iter().chain(&stopped) {
        assert_eq!(canary::found(bytes), None, "in {}", file.display());
    }
    assert_eq!(loot(region, &live, &[]).opened(id).await, [""; 0], "live, after the end");
    for (name, key) in logs {
        let bundle = region.path(name).join("audit.bundle");
        let bundle = bundle.to_str().expect("a plain path");
        region.run(name, &["audit", "export", "--out", bundle]);
        region.program().succeed(&["audit", "verify", bundle, "--key", &key]);
    }
}

/// Kalmar's key of the case is destroyed, and the process ends before its database has followed.
///
/// Verified: the case worker sees no content at once; after the next start the database follows by
/// itself; and the other cases open as before.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_a_crash_cut_in_two_is_finished_at_the_next_start() {
    let mut neighbours = Neighbours::agreed().await;
    let (id, other) = (refer(&neighbours).await, refer(&neighbours).await);
    let app = neighbours.region.node("kalmar").app().clone();
    let store = app.parts().store.clone();
    let held = store.read(move |reader| Box::pin(reader.case_slots(id))).await;
    let slot = held.expect("it can be read").expect("the case is held").slots[0];
    let cause = ErasureCause::ConsentWithdrawn;
    let erasing = Erasing { slot, subject: Subject::Referral(id), cause };
    app.parts().case_keys.vault().slot_destroy(erasing).await.expect("the vault is there");
    assert_eq!(content(&neighbours, "kalmar", id).await, None, "nothing opens it");
    drop((app, store));

    neighbours.region.stop_node("kalmar").await;
    neighbours.region.start_node("kalmar").await;
    neighbours.kalmar = neighbours.region.staff("kalmar", "CASE_WORKER", None);
    let app = neighbours.region.node("kalmar").app();
    eventually("the database follows", || async {
        let held = app.parts().store.read(move |reader| Box::pin(reader.case_slots(id))).await;
        held.ok()??.erased_at
    })
    .await;
    eventually("the vault forgets its reminder", || async {
        let unfinished = app.parts().case_keys.vault().erasures_unfinished(1).await.ok()?;
        unfinished.is_empty().then_some(())
    })
    .await;
    assert_eq!(content(&neighbours, "kalmar", id).await, None);
    assert!(content(&neighbours, "kalmar", other).await.is_some(), "the other case opens");
}

/// Kalmar gets a new wrapping key, restarts and wraps everything anew.
///
/// Verified: the case opens as before, and a copy of the vault from before opens nothing any more
/// with the keys that are left.
#[tokio::test(flavor = "multi_thread")]
async fn wrapping_keys_anew_ends_every_earlier_copy_of_the_vault() {
    let mut neighbours = Neighbours::agreed().await;
    let id = refer(&neighbours).await;
    let region = &mut neighbours.region;
    let backups = NAMES.map(|name| backup(region, name));
    let vaults = [copy_of_vault(region, "kalmar")];
    region.run("kalmar", &["keys", "rotate"]);
    region.stop_node("kalmar").await;
    region.start_node("kalmar").await;
    let before = loot(region, &backups, &vaults).opened(id).await;
    assert_eq!(before, EVERYTHING, "the live vaults are on both disks");
    region.run("kalmar", &["keys", "rewrap"]);
    neighbours.kalmar = neighbours.region.staff("kalmar", "CASE_WORKER", None);
    assert!(content(&neighbours, "kalmar", id).await.is_some(), "it opens as before");
    erase(neighbours.region.node("kalmar").app(), id).await;
    let after = loot(&neighbours.region, &backups, &vaults).opened(id).await;
    assert_eq!(
        after,
        ["kalmar consent", "nybro content"],
        "the copy of Kalmar's vault is of no use"
    );
}

/// Kalmar's vault is lost, and a new one is made in its place.
///
/// Verified: the node does not start with it; with the right one it does.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_start_with_another_vault() {
    let mut neighbours = Neighbours::agreed().await;
    let id = refer(&neighbours).await;
    let region = &mut neighbours.region;
    let right = copy_of_vault(region, "kalmar");
    region.stop_node("kalmar").await;
    let vault = region.path("kalmar").join("keys/vault.db");
    std::fs::remove_file(&vault).expect("it is there");
    region.run("kalmar", &["migrate"]);
    let refused = region.try_start_node("kalmar").await.expect_err("another vault");
    assert!(refused.to_string().contains("vault"), "{refused}");
    std::fs::copy(&right, &vault).expect("it can be put back");
    region.start_node("kalmar").await;
    neighbours.kalmar = neighbours.region.staff("kalmar", "CASE_WORKER", None);
    assert!(content(&neighbours, "kalmar", id).await.is_some());
}

/// Copied databases, both disks as they are now, and copies of vaults.
fn loot(region: &Region, databases: &[PathBuf; 2], vaults: &[PathBuf]) -> Loot {
    let nodes = NAMES.map(|name| region.path(name));
    Loot::new(databases.clone(), nodes, vaults)
}

/// Refers the canary from Kalmar to Nybro and waits for the receipt.
async fn refer(neighbours: &Neighbours) -> ReferralId {
    let now = neighbours.region.clock("kalmar").now();
    let mut consent = consent_for(&["kommun:0881"], 30, now);
    consent.data_categories.push(DataCategory::Contact.into());
    canary::REFERENCE.clone_into(&mut consent.person_reference);
    canary::PURPOSE.clone_into(&mut consent.purpose);
    canary::EVIDENCE.clone_into(&mut consent.evidence_reference);
    let consent = record(&neighbours.kalmar, consent).await;
    let mut wish = referral_to("kommun:0881", consent);
    wish.content = Some(ReferralContent {
        name: canary::NAME.to_owned(),
        personal_identity_number: canary::NUMBER.to_owned(),
        contact: canary::CONTACT.to_owned(),
        note: canary::NOTE.to_owned(),
        ..ReferralContent::default()
    });
    let referral = request(&neighbours.kalmar, wish).await.expect("it is permitted");
    delivered(&neighbours.kalmar, &referral.referral_id).await;
    ReferralId::try_from(referral.referral_id.as_slice()).expect("an identifier")
}

/// The consent that a referral rests on.
async fn consent_of(region: &Region, id: ReferralId) -> ConsentId {
    let store = &region.node("kalmar").app().parts().store;
    let held = store.glance(move |reader| Box::pin(reader.referral_by_id(id))).await;
    let grant = held.expect("it can be read").expect("the case is there").grant;
    grant.consent.expect("it rests on a consent").0
}

/// A consent as a case worker sees it.
async fn words(neighbours: &Neighbours, id: ConsentId) -> ConsentRecord {
    let wanted = ShowConsentRequest { consent_id: id.as_bytes().to_vec() };
    let shown = neighbours.kalmar.consents().show_consent(wanted).await;
    shown.expect("the consent is there").into_inner().consent.expect("a consent")
}

async fn erase(app: &App, id: ReferralId) -> Timestamp {
    let actor = Actor::User("gallrare-1".to_owned());
    app.case_erase(&actor, id, ErasureCause::Requested).await.expect("it is erased")
}

/// What a case worker of one side sees of the person.
async fn content(neighbours: &Neighbours, name: &str, id: ReferralId) -> Option<ReferralContent> {
    let staff: &Staff = if name == "kalmar" { &neighbours.kalmar } else { &neighbours.nybro };
    let wanted = ShowReferralRequest { referral_id: id.as_bytes().to_vec() };
    let shown = staff.referrals().show_referral(wanted).await.expect("the case is there");
    shown.into_inner().content
}

/// An ordinary backup of a running node: the program's, and its raw files beside it. Returns the
/// directory of the raw ones, whose newest rows are in the write-ahead log.
fn backup(region: &Region, name: &str) -> PathBuf {
    let out = region.path(&format!("backup-{name}"));
    region.run(name, &["backup", "--out", out.to_str().expect("a plain path")]);
    let raw = out.join("raw");
    std::fs::create_dir(&raw).expect("it is new");
    for file in std::fs::read_dir(region.path(name).join("data")).expect("a directory") {
        let file = file.expect("an entry");
        std::fs::copy(file.path(), raw.join(file.file_name())).expect("a file can be copied");
    }
    raw
}

fn copy_of_vault(region: &Region, name: &str) -> PathBuf {
    let (backup, vault) = (format!("backup-of-{name}"), format!("vault-of-{name}.db"));
    let (out, vault) = (region.path(&backup), region.path(&vault));
    let arguments = [&out, &vault].map(|path| path.to_str().expect("a plain path").to_owned());
    region.run(name, &["backup", "--out", &arguments[0], "--with-vault", &arguments[1]]);
    vault
}

/// Every file below a directory, with its bytes.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            // A journal may be gone again.
            found.push((path, bytes));
        }
    }
    found
}
