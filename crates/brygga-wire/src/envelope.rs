//! The signed envelope: what every message between two nodes travels in.
//!
//! The header's bytes are made once by the sender and kept; digests and signatures are over
//! those bytes, so that no difference between two protobuf libraries can break a signature.

mod header;
mod message_type;
#[cfg(test)]
mod tests;

use std::ops::Deref;

use brygga_crypto::{Digest, Signature, SigningKey, VerifyingKey, sha256};
use brygga_domain::{Reason, Refusal};
use brygga_proto::federation::v1 as proto;
use prost::Message;

pub use header::{Header, MAX_CRITICAL, MAX_DATA_CATEGORIES, SealedInfo};
pub use message_type::MessageType;

use crate::field::{from_bytes, invalid, key_id_text, within};

/// Largest header.
pub const MAX_HEADER_BYTES: usize = 4 * 1024;
/// Largest payload.
pub const MAX_PAYLOAD_BYTES: usize = 16 * 1024;
/// Largest sealed content.
pub const MAX_SEALED_BYTES: usize = 192 * 1024;

/// What an envelope's signature is good for.
const CONTEXT: &str = "envelope";

/// A well-formed envelope whose signature nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedEnvelope {
    header: Header,
    header_bytes: Vec<u8>,
    payload: Vec<u8>,
    sealed: Sealed,
    key_id: String,
    signature: Signature,
}

/// The sealed part: there, or taken back by its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sealed {
    /// As it travels; empty where nothing is sealed.
    Here(Vec<u8>),
    /// Only its SHA-256 is left.
    Withheld(Digest),
}

impl Sealed {
    fn digest(&self) -> Digest {
        match self {
            Self::Here(bytes) => sha256(&[bytes]),
            Self::Withheld(digest) => *digest,
        }
    }
}

/// Evidence that a key signed the envelope; made only by [`SignedEnvelope::verify`].
///
/// Whether that key is the sender's, and was at that time, is the registry's matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEnvelope(SignedEnvelope);

impl SignedEnvelope {
    /// Signs a new message. The header's `payload_digest` is filled in here, whatever it held.
    ///
    /// `sealed` is empty exactly where `header.sealed` is none, and the parts keep within their
    /// limits; otherwise the recipient refuses the message.
    pub fn sign(mut header: Header, payload: Vec<u8>, sealed: Vec<u8>, key: &SigningKey) -> Self {
        debug_assert_eq!(header.sealed.is_none(), sealed.is_empty(), "sealed content and its info");
        header.payload_digest = sha256(&[&payload]);
        let header_bytes = header.to_proto().encode_to_vec();
        let sealed = Sealed::Here(sealed);
        let signature = key.sign(CONTEXT, &signed_bytes(&header_bytes, &sealed));
        let key_id = key.public().key_id().to_string();
        Self { header, header_bytes, payload, sealed, key_id, signature }
    }

    /// Reads an envelope and checks everything but the signature.
    ///
    /// # Errors
    /// The field at fault: over its limit, malformed, or not what the header says of it.
    pub fn from_proto(envelope: proto::Envelope) -> Result<Self, Refusal> {
        let proto::Envelope {
            header: header_bytes,
            payload,
            sealed,
            key_id,
            signature,
            withheld_digest,
        } = envelope;
        within(&header_bytes, MAX_HEADER_BYTES, "header")?;
        within(&payload, MAX_PAYLOAD_BYTES, "payload")?;
        within(&sealed, MAX_SEALED_BYTES, "sealed")?;
        let header = proto::EnvelopeHeader::decode(&header_bytes[..])
            .map_err(|_| invalid("header"))
            .and_then(|header| {
                Header::from_proto(header, !sealed.is_empty() || !withheld_digest.is_empty())
            })?;
        let sealed = if withheld_digest.is_empty() {
            Sealed::Here(sealed)
        } else if sealed.is_empty() && header.message_type.has_covers() {
            Sealed::Withheld(from_bytes(&withheld_digest, "withheld_digest")?)
        } else {
            return Err(invalid("withheld_digest"));
        };
        if header.payload_digest != sha256(&[&payload]) {
            return Err(invalid("header.payload_digest"));
        }
        Ok(Self {
            header,
            header_bytes,
            payload,
            sealed,
            key_id: key_id_text(key_id, "key_id")?,
            signature: from_bytes(&signature, "signature")?,
        })
    }

    /// Reads the bytes that [`Self::encode`] made.
    ///
    /// # Errors
    /// As [`Self::from_proto`]; the field is `envelope` when the bytes are no envelope at all.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        proto::Envelope::decode(bytes).map_err(|_| invalid("envelope")).and_then(Self::from_proto)
    }

    /// The envelope as it travels.
    pub fn to_proto(&self) -> proto::Envelope {
        let withheld_digest = match &self.sealed {
            Sealed::Here(_) => Vec::new(),
            Sealed::Withheld(digest) => digest.as_bytes().to_vec(),
        };
        proto::Envelope {
            header: self.header_bytes.clone(),
            payload: self.payload.clone(),
            sealed: self.sealed().to_vec(),
            key_id: self.key_id.clone(),
            signature: self.signature.as_bytes().to_vec(),
            withheld_digest,
        }
    }

    /// The bytes of `brygga.federation.v1.Envelope`, for the outbox.
    pub fn encode(&self) -> Vec<u8> {
        self.to_proto().encode_to_vec()
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`Reason::BadSignature`] when `key` did not sign this header and this sealed content.
    pub fn verify(&self, key: &VerifyingKey) -> Result<VerifiedEnvelope, Refusal> {
        key.verify(CONTEXT, &signed_bytes(&self.header_bytes, &self.sealed), &self.signature)
            .map(|()| VerifiedEnvelope(self.clone()))
            .map_err(|_| Refusal::at(Reason::BadSignature, "signature"))
    }

    /// What sender and recipient agree about.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The header byte for byte.
    pub fn header_bytes(&self) -> &[u8] {
        &self.header_bytes
    }

    /// The typed payload, without personal data.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The sealed content; empty for none, and in a cover.
    pub fn sealed(&self) -> &[u8] {
        match &self.sealed {
            Sealed::Here(bytes) => bytes,
            Sealed::Withheld(_) => &[],
        }
    }

    /// The same message without its content, for when that must not be sent any more and what follows in
    /// the thread must; none for a message that can have no cover.
    ///
    /// It has the same signature and the same [`Self::envelope_digest`]: whichever of the two comes first
    /// is the message, and the other is its repeat.
    pub fn cover(&self) -> Option<Self> {
        let has_cover = self.header.sealed.is_some() && self.header.message_type.has_covers();
        let sealed = Sealed::Withheld(self.sealed.digest());
        has_cover.then(|| Self { sealed, ..self.clone() })
    }

    /// Whether this is a cover: the content was taken back before it came.
    pub const fn is_cover(&self) -> bool {
        matches!(self.sealed, Sealed::Withheld(_))
    }

    /// The key that is said to have signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The signature.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// SHA-256 of the header: what the next message chains to and the receipt names.
    pub fn header_digest(&self) -> Digest {
        sha256(&[&self.header_bytes])
    }

    /// SHA-256 over the digests of header and sealed content: what makes it the same message.
    pub fn envelope_digest(&self) -> Digest {
        sha256(&[&signed_bytes(&self.header_bytes, &self.sealed)])
    }
}

impl VerifiedEnvelope {
    /// The envelope, for whoever stores it.
    pub fn into_inner(self) -> SignedEnvelope {
        self.0
    }
}

impl Deref for VerifiedEnvelope {
    type Target = SignedEnvelope;

    fn deref(&self) -> &SignedEnvelope {
        &self.0
    }
}

/// Two digests of fixed length, so that no byte can move from one part to the other.
fn signed_bytes(header: &[u8], sealed: &Sealed) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(sha256(&[header]).as_bytes());
    bytes[32..].copy_from_slice(sealed.digest().as_bytes());
    bytes
}
