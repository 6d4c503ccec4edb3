//! Each error of a bundle, caused on purpose and named exactly.

use brygga_crypto::{Digest, SigningKey};
use brygga_domain::Timestamp;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::{
    checkpoint::Checkpoint,
    leaf::{Commitment, Opening, Salt},
    merkle::root_of,
    note::KeyName,
};

/// The sizes at which the log of the tests signed.
pub(super) const SIGNED_AT: [u64; 4] = [5, 11, 16, 24];

/// A log, its key and what it signed.
pub(super) struct Log {
    pub(super) key: SigningKey,
    pub(super) openings: Vec<Opening>,
    pub(super) checkpoints: Vec<Checkpoint>,
}

pub(super) fn log(seed: u64, leaves: u64, signed_at: &[u64]) -> Log {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let openings: Vec<Opening> = (0..leaves)
        .map(|index| Opening {
            salt: Salt::generate(&mut rng),
            entry: format!("referral {index} accepted").into_bytes(),
        })
        .collect();
    let hashes: Vec<Digest> =
        openings.iter().map(|opening| commitment(opening).leaf_hash()).collect();
    let checkpoint = |size: &u64| Checkpoint {
        origin: KeyName::parse("ljungby.example/brygga").unwrap(),
        size: *size,
        root: root_of(&hashes[..*size as usize]),
        time: Timestamp::from_millis(*size as i64 * 60_000),
    };
    Log {
        key: SigningKey::from_seed(&[1; 32]),
        checkpoints: signed_at.iter().map(checkpoint).collect(),
        openings,
    }
}

fn commitment(opening: &Opening) -> Commitment {
    Commitment::of(&opening.salt, &opening.entry)
}

impl Log {
    /// The bundle as lines with their line feeds; every second leaf is opened.
    pub(super) fn lines(&self) -> Vec<String> {
        let header = BundleHeader {
            origin: KeyName::parse("ljungby.example/brygga").unwrap(),
            public_key: self.key.public(),
            checkpoints: self.checkpoints.len() as u64,
            size: self.openings.len() as u64,
        };
        let mut writer = BundleWriter::new(Vec::new(), &header).unwrap();
        for checkpoint in &self.checkpoints {
            writer.checkpoint(&checkpoint.sign(&self.key)).unwrap();
        }
        for (index, opening) in self.openings.iter().enumerate() {
            writer.leaf(&commitment(opening), (index % 2 == 0).then_some(opening)).unwrap();
        }
        let text = String::from_utf8(writer.finish(&self.key).unwrap()).unwrap();
        text.split_inclusive('\n').map(str::to_owned).collect()
    }

    pub(super) fn last(&self) -> &Checkpoint {
        self.checkpoints.last().unwrap()
    }

    fn verify(&self, lines: &[String]) -> Result<VerifiedBundle, BundleError> {
        verify(lines.concat().as_bytes(), &self.key.public(), None)
    }
}

fn honest() -> Log {
    log(1, 26, &SIGNED_AT)
}

/// The line on which leaf `index` stands in the bundle of [`honest`], counted from 0.
fn at(index: usize) -> usize {
    1 + SIGNED_AT.len() + index
}

#[test]
fn honest_bundle_verifies_and_reports_what_is_not_signed() {
    let log = honest();
    let verified = log.verify(&log.lines()).unwrap();
    assert_eq!((verified.size, verified.unsigned_leaves), (24, 2));
    assert_eq!(verified.openings_checked, 13);
    assert_eq!(verified.checkpoints, log.checkpoints);
}

#[test]
fn bundle_reads_as_documented() {
    let lines = honest().lines();
    assert!(lines[0].starts_with(
        r#"{"type":"header","format":"brygga-audit-bundle/1","origin":"ljungby.example/brygga","public_key":"8a88e3dd"#
    ));
    assert!(lines[1].starts_with(r#"{"type":"checkpoint","note":"ljungby.example/brygga\n5\n"#));
    assert!(lines[at(0)].starts_with(r#"{"type":"leaf","index":0,"commitment":""#));
    assert!(lines[at(0)].contains(r#""opening":{"salt":""#));
    assert!(!lines[at(1)].contains("opening"));
}

#[test]
fn empty_log_with_a_checkpoint_verifies() {
    let log = log(1, 0, &[0]);
    assert_eq!(log.verify(&log.lines()).unwrap().size, 0);
}

#[test]
fn edited_leaf_is_placed_between_two_checkpoints() {
    let log = honest();
    let mut lines = log.lines();
    let other = self::log(2, 26, &SIGNED_AT).lines();
    lines[at(7)] = other[at(7)].clone();
    assert_eq!(log.verify(&lines), Err(BundleError::Edited { from: 5, size: 11 }));
}

#[test]
fn removed_leaf_is_a_gap() {
    let log = honest();
    let mut lines = log.lines();
    lines.remove(at(7));
    assert_eq!(log.verify(&lines), Err(BundleError::Gap { expected: 7, found: 8 }));
}

#[test]
fn shortened_bundle_is_truncated() {
    let log = honest();
    let lines = log.lines();
    let expected = BundleError::Truncated { found: 20, expected: 26 };
    assert_eq!(log.verify(&lines[..at(20)]), Err(expected));

    // Even with a header that agrees, the newest checkpoint asks for more.
    let mut shorter = lines[..at(20)].to_vec();
    shorter[0] = shorter[0].replace(r#""size":26"#, r#""size":20"#);
    let expected = BundleError::Truncated { found: 20, expected: 24 };
    assert_eq!(log.verify(&shorter), Err(expected));
}

#[test]
fn checkpoint_of_another_key_is_a_bad_signature() {
    let log = honest();
    let mut lines = log.lines();
    let forger = Log { key: SigningKey::from_seed(&[2; 32]), ..honest() };
    lines[2] = forger.lines()[2].clone();
    assert_eq!(log.verify(&lines), Err(BundleError::BadSignature { line: 3 }));
    assert_eq!(log.verify(&forger.lines()), Err(BundleError::OtherLog));
}

#[test]
fn opening_with_another_entry_is_a_mismatch() {
    let mut log = honest();
    let commitments = log.lines();
    log.openings[4].entry = b"referral 4 refused".to_vec();
    let changed = log.lines();
    let start = |line: &str| line.split_once(r#","opening""#).unwrap().0.to_owned();
    let mut lines = commitments.clone();
    lines[at(4)] = changed[at(4)].replace(&start(&changed[at(4)]), &start(&commitments[at(4)]));
    assert_eq!(log.verify(&lines), Err(BundleError::OpeningMismatch { index: 4 }));
}

#[test]
fn checkpoints_out_of_order_or_back_in_time_are_refused() {
    let log = honest();
    let mut lines = log.lines();
    lines.swap(2, 3);
    assert_eq!(log.verify(&lines), Err(BundleError::CheckpointOrder { line: 4, size: 11 }));

    let mut log = honest();
    log.checkpoints[2].time = Timestamp::from_millis(0);
    assert_eq!(log.verify(&log.lines()), Err(BundleError::CheckpointOrder { line: 4, size: 16 }));

    let mut log = honest();
    log.checkpoints[2].size = 11;
    assert_eq!(log.verify(&log.lines()), Err(BundleError::CheckpointOrder { line: 4, size: 11 }));
}

#[test]
fn checkpoint_left_out_or_added_is_counted() {
    let log = honest();
    let mut lines = log.lines();
    lines.remove(2);
    let expected = BundleError::CheckpointCount { found: 3, expected: 4 };
    assert_eq!(log.verify(&lines), Err(expected));

    let mut more = log.lines();
    more[0] = more[0].replace(r#""checkpoints":4"#, r#""checkpoints":3"#);
    let expected = BundleError::CheckpointCount { found: 4, expected: 3 };
    assert_eq!(log.verify(&more), Err(expected));
}

/// What no checkpoint vouches for: each of these verified before bundles were sealed.
#[test]
fn change_that_agrees_with_itself_breaks_the_seal() {
    let log = honest();
    let replaced = |line: usize, from: &str, to: &str| {
        let mut lines = log.lines();
        assert!(lines[line].contains(from), "{from}");
        lines[line] = lines[line].replacen(from, to, 1);
        lines
    };
    let mut without_checkpoint = replaced(0, r#""checkpoints":4"#, r#""checkpoints":3"#);
    without_checkpoint.remove(2);
    let mut older = replaced(0, r#""checkpoints":4,"size":26"#, r#""checkpoints":3,"size":16"#);
    older.drain(at(16)..at(26));
    older.remove(4);
    let mut without_opening = log.lines();
    let leaf = without_opening[at(4)].split_once(r#","opening""#).unwrap().0.to_owned();
    without_opening[at(4)] = leaf + "}\n";
    let mut other_tail = log.lines();
    other_tail[at(25)] = self::log(2, 26, &SIGNED_AT).lines()[at(25)].clone();
    let more_signatures = replaced(2, r#"\n"}"#, r#"\n— a.example AAAAAA==\n"}"#);
    let changed = [without_checkpoint, older, without_opening, other_tail, more_signatures];
    for (number, lines) in changed.iter().enumerate() {
        assert_eq!(log.verify(lines), Err(BundleError::BadSeal), "change {number}");
    }
}

#[test]
fn seal_that_is_missing_forged_of_another_bundle_or_not_the_last_is_refused() {
    let log = honest();
    let with_seal = |seal: &[String]| [&log.lines()[..at(26)], seal].concat();
    assert_eq!(log.verify(&with_seal(&[])), Err(BundleError::Unsealed));

    let forger = Log { key: SigningKey::from_seed(&[2; 32]), ..honest() };
    let other = self::log(1, 26, &SIGNED_AT[1..]);
    for seal in [forger.lines().pop().unwrap(), other.lines().pop().unwrap()] {
        assert_eq!(log.verify(&with_seal(&[seal])), Err(BundleError::BadSeal));
    }
    let short = r#"{"type":"seal","signature":"AAAA"}"#.to_owned() + "\n";
    assert_eq!(log.verify(&with_seal(&[short])), Err(BundleError::BadSeal));

    let seal = log.lines().pop().unwrap();
    let line = at(26) as u64 + 2;
    let twice = log.verify(&with_seal(&[seal.clone(), seal]));
    assert_eq!(twice, Err(BundleError::Malformed { line }));
}

#[test]
fn another_spelling_is_malformed() {
    let log = honest();
    let lines = log.lines();
    for (line, from, to) in [
        (1, "{", "{ "),
        (1, "bundle/1", "bundle/2"),
        (2, r#"\n5\n"#, r#"\u000a5\n"#),
        (at(0) + 1, "leaf", "Leaf"),
        (at(0) + 1, r#""index":0"#, r#""index":0,"more":1"#),
        (at(1) + 1, "}", r#","opening":null}"#),
        (at(25) + 1, "\n", ""),
    ] {
        let mut lines = lines.clone();
        lines[line - 1] = lines[line - 1].replacen(from, to, 1);
        let expected = BundleError::Malformed { line: line as u64 };
        assert_eq!(log.verify(&lines), Err(expected), "{from}");
    }
    assert_eq!(log.verify(&[]), Err(BundleError::Malformed { line: 1 }));
}

#[test]
fn line_without_end_is_malformed_and_not_kept_in_memory() {
    let log = honest();
    let lines = [log.lines()[0].clone(), "x".repeat(3 * line::LINE_BYTES as usize)];
    assert_eq!(log.verify(&lines), Err(BundleError::Malformed { line: 2 }));
}

#[test]
fn bundle_without_checkpoint_proves_nothing() {
    let log = log(1, 3, &[]);
    assert_eq!(log.verify(&log.lines()), Err(BundleError::NoCheckpoint));
}

#[test]
fn log_rebuilt_under_its_own_key_is_caught_by_memory_only() {
    let (log, rebuilt) = (honest(), log(2, 26, &SIGNED_AT));
    let text = rebuilt.lines().concat();
    let check = |remembered| verify(text.as_bytes(), &log.key.public(), remembered);
    assert!(check(None).is_ok());
    let remembered = &log.checkpoints[1];
    assert_eq!(check(Some(remembered)), Err(BundleError::Rewritten { size: 11 }));
    assert!(check(Some(&rebuilt.checkpoints[1])).is_ok());
}

#[test]
fn bundle_that_stops_before_the_remembered_checkpoint_is_truncated() {
    let older = log(1, 26, &SIGNED_AT[..3]);
    let remembered = honest().last().clone();
    let text = older.lines().concat();
    let verified = verify(text.as_bytes(), &older.key.public(), Some(&remembered));
    assert_eq!(verified, Err(BundleError::Truncated { found: 16, expected: 24 }));
}

#[test]
fn remembered_checkpoint_of_another_log_is_refused() {
    let log = honest();
    let other = KeyName::parse("nybro.example/brygga").unwrap();
    let remembered = Checkpoint { origin: other, ..log.last().clone() };
    let text = log.lines().concat();
    let verified = verify(text.as_bytes(), &log.key.public(), Some(&remembered));
    assert_eq!(verified, Err(BundleError::OtherLog));
}

#[test]
fn entry_that_no_reader_would_take_is_not_written() {
    let mut log = honest();
    log.openings[0].entry = vec![0; line::LINE_BYTES as usize];
    let header = BundleHeader {
        origin: KeyName::parse("a").unwrap(),
        public_key: log.key.public(),
        checkpoints: 0,
        size: 1,
    };
    let mut writer = BundleWriter::new(Vec::new(), &header).unwrap();
    let written = writer.leaf(&commitment(&log.openings[0]), Some(&log.openings[0]));
    assert_eq!(written.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn writer_refuses_what_its_header_does_not_announce() {
    let log = honest();
    let note = log.last().sign(&log.key);
    let leaf = commitment(&log.openings[0]);
    let writer = || {
        let origin = KeyName::parse("a").unwrap();
        let public_key = log.key.public();
        let header = BundleHeader { origin, public_key, checkpoints: 1, size: 1 };
        BundleWriter::new(Vec::new(), &header).unwrap()
    };
    assert!(writer().leaf(&leaf, None).is_err());
    assert!(writer().finish(&log.key).is_err());

    let mut writer = writer();
    writer.checkpoint(&note).unwrap();
    assert!(writer.checkpoint(&note).is_err());
    writer.leaf(&leaf, None).unwrap();
    assert!(writer.leaf(&leaf, None).is_err());
    assert!(writer.finish(&log.key).is_ok());
}

#[test]
fn writer_seals_with_the_key_of_its_header_only() {
    let log = honest();
    let origin = KeyName::parse("a").unwrap();
    let public_key = log.key.public();
    let header = BundleHeader { origin, public_key, checkpoints: 0, size: 0 };
    let writer = BundleWriter::new(Vec::new(), &header).unwrap();
    assert!(writer.finish(&SigningKey::from_seed(&[2; 32])).is_err());
}
