//! A witness's word that a log only grew (C2SP `tlog-cosignature`, version 1).
//!
//! A neighbour that remembers the last checkpoint it cosigned, checks
//! [`crate::Checkpoint::extends`] and then adds a line of its own. A node that
//! shows different histories to different parties would need its neighbours' keys.
//! <https://c2sp.org/tlog-cosignature>

use brygga_crypto::{Signature, SigningKey, VerifyingKey};
use brygga_domain::Timestamp;

use crate::note::{Algorithm, KeyName, Note};

const TIME_BYTES: usize = 8;

/// Why a cosignature was not made or not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// The witness's line does not verify.
    #[error("the cosignature does not verify")]
    BadSignature,
    /// Not a signed note, or a time before 1970.
    #[error("the note cannot be cosigned or read")]
    Malformed,
    /// The witness has not cosigned.
    #[error("the witness has not cosigned")]
    Missing,
}

/// `note` with the witness's line added; `time` counts in whole seconds.
///
/// Check the log's signature and the consistency first: this function does not.
pub fn cosign(
    note: &str,
    witness: &KeyName,
    key: &SigningKey,
    time: Timestamp,
) -> Result<String, CosignatureError> {
    let text = Note::parse(note).ok_or(CosignatureError::Malformed)?.text;
    let seconds = u64::try_from(time.as_millis()).map_err(|_| CosignatureError::Malformed)? / 1000;
    let signature = key.sign_raw(signed_text(seconds, text).as_bytes());
    let key_id = witness.key_id(Algorithm::Cosignature, &key.public());
    let payload = [&seconds.to_be_bytes()[..], signature.as_bytes()].concat();
    Ok(format!("{note}{}", witness.signature_line(key_id, &payload)))
}

/// When `witness` cosigned this note; its last word if it did so several times.
pub fn verify_cosignature(
    note: &str,
    witness: &KeyName,
    key: &VerifyingKey,
) -> Result<Timestamp, CosignatureError> {
    let note = Note::parse(note).ok_or(CosignatureError::Malformed)?;
    let mut latest = None;
    for payload in note.signatures_by(witness, witness.key_id(Algorithm::Cosignature, key)) {
        let (seconds, signature) =
            payload.split_first_chunk::<TIME_BYTES>().ok_or(CosignatureError::BadSignature)?;
        let seconds = u64::from_be_bytes(*seconds);
        Signature::try_from(signature)
            .and_then(|signature| {
                key.verify_raw(signed_text(seconds, note.text).as_bytes(), &signature)
            })
            .map_err(|_| CosignatureError::BadSignature)?;
        latest = latest.max(Some(seconds));
    }
    let seconds = latest.ok_or(CosignatureError::Missing)?;
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1000))
        .map(Timestamp::from_millis)
        .ok_or(CosignatureError::Malformed)
}

fn signed_text(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

#[cfg(test)]
mod tests {
    use brygga_crypto::sha256;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::Checkpoint;

    fn key(seed: u64) -> SigningKey {
        SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    fn name(text: &str) -> KeyName {
        KeyName::parse(text).unwrap()
    }

    fn note() -> String {
        let root = sha256(&[b"root"]);
        let time = Timestamp::from_millis(5_000);
        Checkpoint { origin: name("log.example"), size: 3, root, time }.sign(&key(1))
    }

    fn cosigned() -> String {
        cosign(&note(), &name("witness.example"), &key(2), Timestamp::from_millis(7_999)).unwrap()
    }

    #[test]
    fn cosigned_note_verifies_for_log_and_witness() {
        let read =
            Checkpoint::parse_and_verify(&cosigned(), &name("log.example"), &key(1).public());
        assert!(read.is_ok());
        let time = verify_cosignature(&cosigned(), &name("witness.example"), &key(2).public());
        assert_eq!(time, Ok(Timestamp::from_millis(7_000)));
    }

    #[test]
    fn who_has_not_cosigned_is_missing() {
        let witness = name("witness.example");
        let read =
            |note: &str, name: &KeyName, seed| verify_cosignature(note, name, &key(seed).public());
        assert_eq!(read(&note(), &witness, 2), Err(CosignatureError::Missing));
        assert_eq!(read(&cosigned(), &witness, 3), Err(CosignatureError::Missing));
        assert_eq!(read(&cosigned(), &name("other"), 2), Err(CosignatureError::Missing));
        assert_eq!(read("text\n", &witness, 2), Err(CosignatureError::Malformed));
    }

    #[test]
    fn cosignature_of_another_text_or_time_is_refused() {
        let witness = name("witness.example");
        let key_id = witness.key_id(Algorithm::Cosignature, &key(2).public());
        let read = |note: &str| verify_cosignature(note, &witness, &key(2).public());
        let other_text = cosigned().replacen("\n3\n", "\n4\n", 1);
        assert_eq!(read(&other_text), Err(CosignatureError::BadSignature));

        let signature =
            key(2).sign_raw(signed_text(7, Note::parse(&note()).unwrap().text).as_bytes());
        let at = |seconds: u64| {
            let payload = [&seconds.to_be_bytes()[..], signature.as_bytes()].concat();
            note() + &witness.signature_line(key_id, &payload)
        };
        assert_eq!(read(&at(7)), Ok(Timestamp::from_millis(7_000)));
        assert_eq!(read(&at(8)), Err(CosignatureError::BadSignature));
        let short = note() + &witness.signature_line(key_id, &[0; 7]);
        assert_eq!(read(&short), Err(CosignatureError::BadSignature));
    }

    #[test]
    fn log_signature_is_no_cosignature() {
        let read = verify_cosignature(&note(), &name("log.example"), &key(1).public());
        assert_eq!(read, Err(CosignatureError::Missing));
    }
}
