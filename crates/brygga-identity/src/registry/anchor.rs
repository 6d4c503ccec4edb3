//! Who may change the registry: k of n operators.

use std::collections::BTreeMap;

use brygga_crypto::{Digest, KeyId, VerifyingKey, sha256};
use brygga_proto::registry::v1 as proto;
use serde::{Deserialize, Serialize};

use super::MAX_OPERATORS;

/// The operators of a federation and how many of them must sign.
///
/// Everything a node trusts follows from it, so it reaches a node outside Brygga (the
/// invite) and is changed by hand only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    federation: String,
    operators: BTreeMap<KeyId, VerifyingKey>,
    threshold: usize,
}

/// Why a trust anchor is refused.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The same operator stands there twice and would count for two.
    #[error("an operator key is listed twice")]
    DuplicateKey,
    /// Not a name of a federation.
    #[error("the federation is 1 to 64 of a-z, 0-9, hyphen and single dots")]
    Federation,
    /// The text is not the JSON of a trust anchor.
    #[error("not a trust anchor: federation, threshold and operator_keys")]
    Json(#[source] serde_json::Error),
    /// Not 32 bytes, in a file 64 hexadecimal digits.
    #[error("an operator key is 32 bytes, written as 64 hexadecimal digits")]
    Key,
    /// No operator, or too many.
    #[error("a trust anchor has 1 to {MAX_OPERATORS} operator keys")]
    KeyCount,
    /// Nobody has to sign, or more than there are.
    #[error("the threshold is at least 1 and at most the number of operators")]
    Threshold,
}

/// The anchor as it lies on disk.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnchorFile {
    federation: String,
    threshold: usize,
    operator_keys: Vec<String>,
}

impl TrustAnchor {
    /// An anchor of these operators, `threshold` of whom must sign.
    ///
    /// # Errors
    /// [`AnchorError`] names the rule that is broken.
    pub fn new(
        federation: &str,
        operator_keys: &[VerifyingKey],
        threshold: usize,
    ) -> Result<Self, AnchorError> {
        if !is_federation_name(federation) {
            return Err(AnchorError::Federation);
        }
        if !(1..=MAX_OPERATORS).contains(&operator_keys.len()) {
            return Err(AnchorError::KeyCount);
        }
        let operators: BTreeMap<_, _> =
            operator_keys.iter().map(|key| (key.key_id(), *key)).collect();
        if operators.len() != operator_keys.len() {
            return Err(AnchorError::DuplicateKey);
        }
        if !(1..=operators.len()).contains(&threshold) {
            return Err(AnchorError::Threshold);
        }
        Ok(Self { federation: federation.to_owned(), operators, threshold })
    }

    /// Reads the anchor file.
    ///
    /// # Errors
    /// [`AnchorError`] names the rule that is broken.
    pub fn from_json(text: &str) -> Result<Self, AnchorError> {
        let file: AnchorFile = serde_json::from_str(text).map_err(AnchorError::Json)?;
        let mut keys = Vec::new();
        for text in &file.operator_keys {
            let mut bytes = [0; 32];
            hex::decode_to_slice(text, &mut bytes).map_err(|_| AnchorError::Key)?;
            keys.push(VerifyingKey::from_bytes(bytes));
        }
        Self::new(&file.federation, &keys, file.threshold)
    }

    /// The text of the anchor file.
    pub fn to_json(&self) -> String {
        let keys = self.operators.values().map(|key| hex::encode(key.as_bytes())).collect();
        let file = AnchorFile {
            federation: self.federation.clone(),
            threshold: self.threshold,
            operator_keys: keys,
        };
        // Strings and a number have no way to fail.
        serde_json::to_string_pretty(&file).expect("an anchor is JSON") + "\n"
    }

    /// Reads the protobuf form.
    ///
    /// # Errors
    /// [`AnchorError`] names the rule that is broken.
    pub fn from_proto(anchor: &proto::TrustAnchor) -> Result<Self, AnchorError> {
        let mut keys = Vec::new();
        for bytes in anchor.operator_keys.iter().take(MAX_OPERATORS + 1) {
            let bytes = bytes.as_slice().try_into().map_err(|_| AnchorError::Key)?;
            keys.push(VerifyingKey::from_bytes(bytes));
        }
        let threshold = usize::try_from(anchor.threshold).map_err(|_| AnchorError::Threshold)?;
        Self::new(&anchor.federation, &keys, threshold)
    }

    /// The protobuf form.
    pub fn to_proto(&self) -> proto::TrustAnchor {
        proto::TrustAnchor {
            federation: self.federation.clone(),
            operator_keys: self.operators.values().map(|key| key.as_bytes().to_vec()).collect(),
            // At most MAX_OPERATORS.
            threshold: u32::try_from(self.threshold).unwrap_or(u32::MAX),
        }
    }

    /// The federation.
    pub fn federation(&self) -> &str {
        &self.federation
    }

    /// How many operators must sign.
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The operators' keys by their id.
    pub const fn operators(&self) -> &BTreeMap<KeyId, VerifyingKey> {
        &self.operators
    }

    /// What two people read to each other on the telephone to know that they hold the same anchor.
    pub fn fingerprint(&self) -> Digest {
        sha256(&[self.to_json().as_bytes()])
    }
}

/// Labels of `a-z`, `0-9` and hyphen with dots between them, at most 64 characters.
pub(crate) fn is_federation_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.len() <= 64 && text.split('.').all(is_label)
}
