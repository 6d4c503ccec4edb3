//! A bundle that another program made, verified offline.

use std::fs::{self, File};

use brygga_audit::{
    BundleHeader, BundleWriter, Checkpoint, Commitment, Frontier, KeyName, Opening, Salt,
};
use brygga_crypto::SigningKey;
use brygga_domain::Timestamp;

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
    writer.finish().unwrap();
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
    let cut: Vec<_> = text.lines().take(text.lines().count() - 1).collect();
    fs::write(&path, cut.join("\n") + "\n").unwrap();
    assert_eq!(region.refused(3, &verify), "AUDIT_TRUNCATED");
}
