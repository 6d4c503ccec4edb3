//! A checkpoint is taken in one form, from one log, under one key.

use brygga_crypto::sha256;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;
use crate::merkle::{consistency_proof, root_of};

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn origin() -> KeyName {
    KeyName::parse("ljungby.example/brygga").unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: origin(),
        size: 42,
        root: sha256(&[b"root"]),
        time: Timestamp::from_millis(1_767_225_600_000),
    }
}

/// A note over any text, signed as the log would.
fn signed(text: &str) -> String {
    let key_id = origin().key_id(Algorithm::Ed25519, &key(1).public());
    let signature = key(1).sign_raw(text.as_bytes());
    format!("{text}\n{}", origin().signature_line(key_id, signature.as_bytes()))
}

#[test]
fn text_is_that_of_the_standard() {
    assert_eq!(
        checkpoint().text(),
        "ljungby.example/brygga\n42\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\ntime 1767225600000\n"
    );
    assert_eq!(checkpoint().sign(&key(1)), signed(&checkpoint().text()));
}

#[test]
fn signed_checkpoint_is_read_back() {
    let note = checkpoint().sign(&key(1));
    let read = Checkpoint::parse_and_verify(&note, &origin(), &key(1).public());
    assert_eq!(read, Ok(checkpoint()));
}

#[test]
fn own_note_is_read_without_a_key_and_other_text_is_not() {
    assert_eq!(Checkpoint::parse_own(&checkpoint().sign(&key(2))), Some(checkpoint()));
    assert_eq!(Checkpoint::parse_own(&checkpoint().text()), None);
}

#[test]
fn other_key_and_other_log_are_refused() {
    let note = checkpoint().sign(&key(1));
    let other = KeyName::parse("nybro.example/brygga").unwrap();
    let read = |origin: &KeyName, key: SigningKey| {
        Checkpoint::parse_and_verify(&note, origin, &key.public())
    };
    assert_eq!(read(&origin(), key(2)), Err(CheckpointError::BadSignature));
    assert_eq!(read(&other, key(1)), Err(CheckpointError::OtherLog));
}

#[test]
fn changed_text_is_refused() {
    let note = checkpoint().sign(&key(1));
    let read = |note: &str| Checkpoint::parse_and_verify(note, &origin(), &key(1).public());
    assert_eq!(read(&note.replace("\n42\n", "\n43\n")), Err(CheckpointError::BadSignature));
    assert_eq!(read(&note.replace("time 1", "time 2")), Err(CheckpointError::BadSignature));
    let unsigned = format!("{}\n— other.example AAAAAA==\n", checkpoint().text());
    assert_eq!(read(&unsigned), Err(CheckpointError::BadSignature));
}

#[test]
fn one_false_signature_beside_a_true_one_is_refused() {
    let note = checkpoint().sign(&key(1));
    let key_id = origin().key_id(Algorithm::Ed25519, &key(1).public());
    let note = note + &origin().signature_line(key_id, &[7; 64]);
    let read = Checkpoint::parse_and_verify(&note, &origin(), &key(1).public());
    assert_eq!(read, Err(CheckpointError::BadSignature));
}

#[test]
fn truly_signed_text_in_another_form_is_malformed() {
    let text = checkpoint().text();
    for wrong in [
        text.replace("\n42\n", "\n042\n"),
        text.replace("\n42\n", "\n+42\n"),
        text.replace("time ", "Time "),
        text.replace("=\n", "\n"),
        text.clone() + "more\n",
        text.lines().take(3).map(|line| format!("{line}\n")).collect(),
    ] {
        let read = Checkpoint::parse_and_verify(&signed(&wrong), &origin(), &key(1).public());
        assert_eq!(read, Err(CheckpointError::Malformed), "{wrong}");
    }
}

#[test]
fn later_checkpoint_extends_the_earlier_one_and_no_other() {
    let leaves: Vec<Digest> = (0..9_u8).map(|leaf| sha256(&[&[leaf]])).collect();
    let at = |size: usize, millis| Checkpoint {
        origin: origin(),
        size: size as u64,
        root: root_of(&leaves[..size]),
        time: Timestamp::from_millis(millis),
    };
    let ranges =
        |range: std::ops::Range<u64>| root_of(&leaves[range.start as usize..range.end as usize]);
    let proof = consistency_proof(5, 9, &ranges).unwrap();
    assert_eq!(at(9, 2).extends(&at(5, 1), &proof), Ok(()));
    assert_eq!(at(9, 1).extends(&at(5, 2), &proof), Err(ProofError));
    assert_eq!(at(5, 2).extends(&at(9, 1), &proof), Err(ProofError));
    let other = Checkpoint { origin: KeyName::parse("other").unwrap(), ..at(5, 1) };
    assert_eq!(at(9, 2).extends(&other, &proof), Err(ProofError));
    let forked = Checkpoint { root: sha256(&[b"fork"]), ..at(5, 1) };
    assert_eq!(at(9, 2).extends(&forked, &proof), Err(ProofError));
}
