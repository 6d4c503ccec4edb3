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
    sealed: Vec<u8>,
    key_id: String,
    signature: Signature,
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
        let signature = key.sign(CONTEXT, &signed_bytes(&header_bytes, &sealed));
        let key_id = key.public().key_id().to_string();
        Self { header, header_bytes, payload, sealed, key_id, signature }
    }

    /// Reads an envelope and checks everything but the signature.
    ///
    /// # Errors
    /// The field at fault: over its limit, malformed, or not what the header says of it.
    pub fn from_proto(envelope: proto::Envelope) -> Result<Self, Refusal> {
        let proto::Envelope { header: header_bytes, payload, sealed, key_id, signature } = envelope;
        within(&header_bytes, MAX_HEADER_BYTES, "header")?;
        within(&payload, MAX_PAYLOAD_BYTES, "payload")?;
        within(&sealed, MAX_SEALED_BYTES, "sealed")?;
        let header = proto::EnvelopeHeader::decode(&header_bytes[..])
            .map_err(|_| invalid("header"))
            .and_then(|header| Header::from_proto(header, !sealed.is_empty()))?;
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
        proto::Envelope {
            header: self.header_bytes.clone(),
            payload: self.payload.clone(),
            sealed: self.sealed.clone(),
            key_id: self.key_id.clone(),
            signature: self.signature.as_bytes().to_vec(),
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

    /// The sealed content; empty for none.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
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
fn signed_bytes(header: &[u8], sealed: &[u8]) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(sha256(&[header]).as_bytes());
    bytes[32..].copy_from_slice(sha256(&[sealed]).as_bytes());
    bytes
}
