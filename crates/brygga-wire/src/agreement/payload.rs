//! The three messages in which parties negotiate an agreement.

use brygga_crypto::Digest;
use brygga_domain::agreement::{
    AgreementRecord, AgreementSignature, AgreementTerms, SuspensionReason,
};
use brygga_domain::{AgreementId, Refusal, Timestamp};
use brygga_proto::agreement::v1 as proto;
use prost::Message;

use super::signature::{signature_from_proto, signature_to_proto};
use super::terms::decode_terms;
use crate::code;
use crate::field::{counted, from_bytes, from_bytes_or_none, invalid, version};
use crate::time;

/// As many as an agreement has parties.
const MAX_SIGNATURES: usize = 64;

/// A party asks the others to sign. Its signatures are not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The terms.
    pub terms: AgreementTerms,
    /// The terms byte for byte, to be kept.
    pub terms_bytes: Vec<u8>,
    /// Signatures that the sender holds; at least one.
    pub signatures: Vec<AgreementSignature>,
}

/// A party tells the others that it signed. Its signatures are not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// Its version.
    pub version: u32,
    /// SHA-256 of the terms that were signed.
    pub terms_digest: [u8; 32],
    /// Signatures that the sender holds; at least one.
    pub signatures: Vec<AgreementSignature>,
}

/// A party ends an agreement for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminated {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// Its version.
    pub version: u32,
    /// From when it authorises nothing more.
    pub effective_at: Timestamp,
    /// SHA-256 of the terms that end; none for whichever are held.
    pub terms_digest: Option<[u8; 32]>,
}

/// The payload of `agreement.proposed`, around the very bytes that are signed.
pub fn encode_proposed(record: &AgreementRecord) -> Vec<u8> {
    proto::AgreementProposed {
        terms: record.terms_bytes().to_vec(),
        signatures: record.signatures().iter().map(signature_to_proto).collect(),
    }
    .encode_to_vec()
}

/// Reads the payload of `agreement.proposed`.
///
/// # Errors
/// The field at fault; for the terms as [`decode_terms`].
pub fn decode_proposed(payload: &[u8]) -> Result<Proposed, Refusal> {
    let payload = proto::AgreementProposed::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(Proposed {
        terms: decode_terms(&payload.terms)?,
        signatures: signatures(&payload.signatures)?,
        terms_bytes: payload.terms,
    })
}

/// The payload of `agreement.signed`, with every signature that is held.
pub fn encode_signed(record: &AgreementRecord) -> Vec<u8> {
    proto::AgreementSigned {
        agreement_id: record.terms().agreement_id.as_bytes().to_vec(),
        version: record.terms().version,
        terms_sha256: record.terms_digest().to_vec(),
        signatures: record.signatures().iter().map(signature_to_proto).collect(),
    }
    .encode_to_vec()
}

/// Reads the payload of `agreement.signed`.
///
/// # Errors
/// The field at fault.
pub fn decode_signed(payload: &[u8]) -> Result<Signed, Refusal> {
    let payload = proto::AgreementSigned::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(Signed {
        agreement_id: from_bytes(&payload.agreement_id, "payload.agreement_id")?,
        version: version(payload.version, "payload.version")?,
        terms_digest: *from_bytes::<Digest>(&payload.terms_sha256, "payload.terms_sha256")?
            .as_bytes(),
        signatures: signatures(&payload.signatures)?,
    })
}

/// The payload of `agreement.terminated`. A record that nobody has ended makes a payload that the
/// recipient refuses.
pub fn encode_terminated(record: &AgreementRecord) -> Vec<u8> {
    proto::AgreementTerminated {
        agreement_id: record.terms().agreement_id.as_bytes().to_vec(),
        version: record.terms().version,
        effective_at: record.terminated_at().map(time::to_proto),
        terms_sha256: record.terms_digest().to_vec(),
    }
    .encode_to_vec()
}

/// Reads the payload of `agreement.terminated`.
///
/// # Errors
/// The field at fault.
pub fn decode_terminated(payload: &[u8]) -> Result<Terminated, Refusal> {
    let payload = proto::AgreementTerminated::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(Terminated {
        agreement_id: from_bytes(&payload.agreement_id, "payload.agreement_id")?,
        version: version(payload.version, "payload.version")?,
        effective_at: time::from_proto(payload.effective_at, "payload.effective_at")?,
        terms_digest: from_bytes_or_none::<Digest>(&payload.terms_sha256, "payload.terms_sha256")?
            .map(|digest| *digest.as_bytes()),
    })
}

/// The payload of `agreement.suspended`.
pub fn encode_suspended(terms: &AgreementTerms, reason: SuspensionReason) -> Vec<u8> {
    proto::AgreementSuspended {
        agreement_id: terms.agreement_id.as_bytes().to_vec(),
        version: terms.version,
        reason: code::number_or_unset(Some(reason)),
    }
    .encode_to_vec()
}

/// Reads the payload of `agreement.suspended`: agreement, version and reason.
///
/// # Errors
/// The field at fault.
pub fn decode_suspended(payload: &[u8]) -> Result<(AgreementId, u32, SuspensionReason), Refusal> {
    let payload = proto::AgreementSuspended::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((
        from_bytes(&payload.agreement_id, "payload.agreement_id")?,
        version(payload.version, "payload.version")?,
        code::read(payload.reason, "payload.reason")?,
    ))
}

/// The payload of `agreement.resumed`.
pub fn encode_resumed(terms: &AgreementTerms) -> Vec<u8> {
    let agreement_id = terms.agreement_id.as_bytes().to_vec();
    proto::AgreementResumed { agreement_id, version: terms.version }.encode_to_vec()
}

/// Reads the payload of `agreement.resumed`: agreement and version.
///
/// # Errors
/// The field at fault.
pub fn decode_resumed(payload: &[u8]) -> Result<(AgreementId, u32), Refusal> {
    let payload = proto::AgreementResumed::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((
        from_bytes(&payload.agreement_id, "payload.agreement_id")?,
        version(payload.version, "payload.version")?,
    ))
}

fn signatures(
    signatures: &[proto::AgreementSignature],
) -> Result<Vec<AgreementSignature>, Refusal> {
    counted(signatures, 1..=MAX_SIGNATURES, "payload.signatures")?;
    signatures.iter().map(signature_from_proto).collect()
}
