//! What a member gives to the operator when it changes its keys, signed by the key it has now.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use brygga_crypto::{Signature, SigningKey, sha256};
use brygga_domain::{Seconds, Timestamp};
use brygga_proto::registry::v1 as proto;
use prost::Message;

use crate::registry::{FieldError, Member, Registry};

const LABEL: &str = "brygga-rotation-1:";
const CONTEXT: &str = "rotation";
/// So that an old request cannot bring back keys that have ended.
const LIFETIME: Seconds = Seconds::days(7);
const EXPIRY_BYTES: usize = 8;
const SIGNATURE_BYTES: usize = 64;

/// A request to list new keys. Nothing is proved yet: see [`RotationRequest::prove`].
#[derive(Clone, Debug)]
pub struct RotationRequest {
    /// When it expires (milliseconds, big-endian), then the entry with the new keys only.
    statement: Vec<u8>,
    signature: Signature,
}

/// Why a request for new keys is refused.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// It was made more than seven days ago, or in the future.
    #[error("the request is past its seven days")]
    Expired,
    /// A field of the entry breaks the contract.
    #[error("a field is invalid")]
    Field(#[source] FieldError),
    /// The text was cut, changed or is something else.
    #[error("not a whole rotation request, or one of another version")]
    Garbled,
    /// The organisation is no member, or is excluded.
    #[error("the organisation is not a member")]
    NotMember,
    /// No signing key that the registry lists now signed it.
    #[error("no signing key that the registry lists now signed the request")]
    Unsigned,
}

impl RotationError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "ROTATION_EXPIRED",
            Self::Field(_) => "FIELD_INVALID",
            Self::Garbled => "TEXT_GARBLED",
            Self::NotMember => "REGISTRY_NOT_MEMBER",
            Self::Unsigned => "ROTATION_UNSIGNED",
        }
    }
}

impl RotationRequest {
    /// Asks to list the keys of `entry`, which holds the new ones only, as `key` says now.
    pub fn new(entry: &Member, key: &SigningKey, now: Timestamp) -> Self {
        let mut statement = now.plus(LIFETIME).as_millis().to_be_bytes().to_vec();
        statement.extend(entry.to_proto().encode_to_vec());
        let signature = key.sign(CONTEXT, sha256(&[&statement]).as_bytes());
        Self { statement, signature }
    }

    /// Checks it against the registry and returns the entry with the new keys.
    ///
    /// # Errors
    /// [`RotationError`] names the rule that is broken.
    pub fn prove(&self, registry: &Registry, now: Timestamp) -> Result<Member, RotationError> {
        let (expiry, entry) =
            self.statement.split_first_chunk::<EXPIRY_BYTES>().ok_or(RotationError::Garbled)?;
        let expires_at = Timestamp::from_millis(i64::from_be_bytes(*expiry));
        let entry = proto::Member::decode(entry).map_err(|_| RotationError::Garbled)?;
        let entry =
            Member::from_proto(entry, &registry.federation).map_err(RotationError::Field)?;
        let member = registry.members.get(&entry.organisation);
        let member = member.filter(|m| m.revoked_at.is_none()).ok_or(RotationError::NotMember)?;
        let digest = sha256(&[&self.statement]);
        let mut keys = member.signing_keys.iter().filter(|key| key.validity.contains(now));
        if !keys.any(|k| k.key.verify(CONTEXT, digest.as_bytes(), &self.signature).is_ok()) {
            return Err(RotationError::Unsigned);
        }
        if expires_at <= now || now.plus(LIFETIME).plus(LIFETIME) < expires_at {
            return Err(RotationError::Expired);
        }
        Ok(entry)
    }

    /// The one line for the operator: `brygga-rotation-1:...`. It holds no secret.
    pub fn to_text(&self) -> String {
        let bytes = [self.signature.as_bytes(), self.statement.as_slice()].concat();
        format!("{LABEL}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads that line; white space inside it does no harm.
    ///
    /// # Errors
    /// [`RotationError::Garbled`] when it is not whole.
    pub fn parse(text: &str) -> Result<Self, RotationError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = text.strip_prefix(LABEL).and_then(|t| URL_SAFE_NO_PAD.decode(t).ok());
        let bytes = bytes.ok_or(RotationError::Garbled)?;
        let (signature, statement) =
            bytes.split_first_chunk::<SIGNATURE_BYTES>().ok_or(RotationError::Garbled)?;
        let signature = Signature::from_bytes(*signature);
        Ok(Self { statement: statement.to_vec(), signature })
    }
}

#[cfg(test)]
mod tests;
