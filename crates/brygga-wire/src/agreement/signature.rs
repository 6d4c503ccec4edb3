//! What a party signs, and the signature as it travels.

use brygga_crypto::Signature;
use brygga_domain::agreement::AgreementSignature;
use brygga_domain::{Refusal, Timestamp};
use brygga_proto::agreement::v1 as proto;

use crate::field::{from_bytes, from_text, key_id_text};
use crate::time;

/// The bytes under a signature in the context `agreement`: the digest of the terms, and the instant in milliseconds since
/// 1970, eight bytes, big-endian.
pub fn signing_input(terms_digest: &[u8; 32], signed_at: Timestamp) -> Vec<u8> {
    [&terms_digest[..], &signed_at.as_millis().to_be_bytes()].concat()
}

/// The signature as it travels.
pub fn signature_to_proto(signature: &AgreementSignature) -> proto::AgreementSignature {
    proto::AgreementSignature {
        organisation: signature.organisation.to_string(),
        key_id: signature.key_id.clone(),
        signed_at: Some(time::to_proto(signature.signed_at)),
        signature: signature.signature.to_vec(),
    }
}

/// Reads a signature without checking it: that takes the signer's key, and [`signing_input`].
///
/// # Errors
/// The field at fault under `signatures.`.
pub fn signature_from_proto(
    signature: &proto::AgreementSignature,
) -> Result<AgreementSignature, Refusal> {
    Ok(AgreementSignature {
        organisation: from_text(&signature.organisation, "signatures.organisation")?,
        key_id: key_id_text(signature.key_id.clone(), "signatures.key_id")?,
        signed_at: time::from_proto(signature.signed_at, "signatures.signed_at")?,
        signature: *from_bytes::<Signature>(&signature.signature, "signatures.signature")?
            .as_bytes(),
    })
}
