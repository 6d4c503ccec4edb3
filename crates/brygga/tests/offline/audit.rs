//! A bundle that another program made, verified offline, and one that the node exports.

use std::fs::{self, File};

use brygga_audit::{
    BundleHeader, BundleWriter, Checkpoint, Commitment, Frontier, KeyName, Opening, Salt,
};
use brygga_crypto::SigningKey;
use brygga_domain::Timestamp;
use brygga_exchange::WriteSet;
use brygga_exchange::records::AuditLeaf;
use brygga_identity::keys::NodeKeys;
use brygga_storage::{AuditCheckpoint, Decision, Store, StoreSettings};

use crate::region::Region;

/// A log of three entries, and the key that signs it.
fn bundle(region: &Region, entries: [&[u8]; 3]) -> String {
    let key = SigningKey::from_seed(&[7; 32]);
    let origin = KeyName::parse("kalmar.example/audit/kommun/0880").unwrap();
    let mut frontier = Frontier::default();
    let leaves = entries.map(|entry| {
        let salt = Salt::from_bytes([1; 32]);
        let commitment = Commitment::of(&salt, entry);
        frontier.push(commitment.leaf_hash());
        (commitment, Opening { salt, entry: entry.to_vec() })
    });
    let head = frontier.head();
    let time = Timestamp::from_millis(1_767_225_600_000);
    let checkpoint = Checkpoint { origin: origin.clone(), size: head.size, root: head.root, time };
    let note = checkpoint.sign(&key);
    fs::write(region.path("checkpoint.txt"), &note).unwrap();
    let header = BundleHeader { origin, public_key: key.public(), checkpoints: 1, size: 3 };
    let file = File::create(region.path("audit.bundle")).unwrap();
    let mut writer = BundleWriter::new(file, &header).unwrap();
    writer.checkpoint(&note).unwrap();
    for (commitment, opening) in &leaves {
        writer.leaf(commitment, Some(opening)).unwrap();
    }
    writer.finish(&key).unwrap();
    key.public().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_whole_bundle_verifies_without_a_node() {
    let region = Region::new();
    let key = bundle(&region, [b"one", b"two", b"three"]);
    let verified = region.json(&["audit", "verify", "audit.bundle", "--key", &key]);
    assert_eq!((&verified["size"], &verified["entries_opened"]), (&3.into(), &3.into()));
    let remembered = ["--at-least", "checkpoint.txt"];
    region.json(&[&["audit", "verify", "audit.bundle", "--key", &key][..], &remembered].concat());
}

#[test]
fn a_changed_bundle_another_key_and_a_rebuilt_log_are_refused() {
    let region = Region::new();
    let key = bundle(&region, [b"one", b"two", b"three"]);
    let verify = ["audit", "verify", "audit.bundle", "--key", &key];
    let other = "00".repeat(32);
    let by_other = ["audit", "verify", "audit.bundle", "--key", &other];
    assert_eq!(region.refused(3, &by_other), "AUDIT_OTHER_LOG");

    fs::rename(region.path("checkpoint.txt"), region.path("remembered.txt")).unwrap();
    bundle(&region, [b"one", b"TWO", b"three"]);
    region.json(&verify);
    let remembered = [&verify[..], &["--at-least", "remembered.txt"]].concat();
    assert_eq!(region.refused(3, &remembered), "AUDIT_REWRITTEN");

    let path = region.path("audit.bundle");
    let text = fs::read_to_string(&path).unwrap();
    let cut_by = |lines| {
        let left: Vec<_> = text.lines().take(text.lines().count() - lines).collect();
        fs::write(&path, left.join("\n") + "\n").unwrap();
    };
    cut_by(1);
    assert_eq!(region.refused(3, &verify), "AUDIT_UNSEALED");
    cut_by(2);
    assert_eq!(region.refused(3, &verify), "AUDIT_TRUNCATED");
}

/// A node's own log with a checkpoint after each entry: the first by an earlier key.
async fn log_of_a_node(region: &Region, entries: u64) {
    let init = ["init", "--dir", "node", "--org", "demo:stadsmissionen-kalmar", "--name", "S"];
    region.json(&[&init[..], &["--federation", "demo.example", "--development"]].concat());
    region.json(&["migrate", "--dir", "node"]);
    let url = format!("sqlite:{}", region.path("node/data/brygga.db").display());
    let store = Store::open(&StoreSettings { url, max_readers: 1 }).await.unwrap();
    let keys = NodeKeys::load(&region.path("node/keys")).unwrap();
    let origin = KeyName::parse("demo.example/audit/demo/stadsmissionen-kalmar").unwrap();
    let mut frontier = Frontier::default();
    for number in 0..entries {
        let (salt, entry) = ([1; 32], number.to_be_bytes().to_vec());
        let commitment = Commitment::of(&Salt::from_bytes(salt), &entry);
        frontier.push(commitment.leaf_hash());
        let leaf = AuditLeaf { commitment: commitment.digest(), salt, entry };
        let decided = store.decide("test.leaf", move |_| {
            let writes = WriteSet { audit: vec![leaf.clone()], ..WriteSet::default() };
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        decided.await.unwrap();
        store.audit_sequence(1).await.unwrap();
        let head = frontier.head();
        let time = Timestamp::from_millis(1_767_225_600_000);
        let origin = origin.clone();
        let checkpoint = Checkpoint { origin, size: head.size, root: head.root, time };
        let earlier = SigningKey::from_seed(&[7; 32]);
        let note = checkpoint.sign(if number == 0 { &earlier } else { keys.signing() });
        let put = AuditCheckpoint { size: head.size, note, frontier: frontier.to_bytes() };
        store.audit_checkpoint_put(put).await.unwrap();
    }
    store.close().await;
}

#[tokio::test]
async fn an_export_holds_every_checkpoint_of_the_present_key() {
    let region = Region::new();
    log_of_a_node(&region, 4).await;
    let exported = region.json(&["audit", "export", "--dir", "node", "--out", "all.bundle"]);
    assert_eq!((&exported["size"], &exported["checkpoints"]), (&4.into(), &3.into()));
    assert_eq!(exported["checkpoints_of_earlier_keys"], 1);
    let key = exported["key"].as_str().unwrap();
    let verify = ["audit", "verify", "all.bundle", "--key", key];
    let verified = region.json(&verify);
    assert_eq!((&verified["size"], &verified["checkpoints"]), (&4.into(), &3.into()));

    // A checkpoint in the middle is verified like the newest.
    let path = region.path("all.bundle");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert!(lines[2].contains("checkpoint"), "{}", lines[2]);
    lines[2] = lines[2].replace("time 1", "time 2");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    assert_eq!(region.refused(3, &verify), "AUDIT_BAD_SIGNATURE");
}
