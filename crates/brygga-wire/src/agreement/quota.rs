//! The message in which a giver tells of how many its quota is a share, and how many it has provided.

use brygga_domain::{AgreementId, Refusal, Timestamp};
use brygga_proto::agreement::v1 as proto;
use prost::Message;

use crate::field::{from_bytes, invalid, version};
use crate::time;

/// The payload of `agreement.quota_declared`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaDeclared {
    /// Agreement that the quota stands in.
    pub agreement_id: AgreementId,
    /// Version that the sender holds.
    pub version: u32,
    /// Permission that counts.
    pub rule_id: String,
    /// When the period began.
    pub period_began: Timestamp,
    /// Of how many it is a share.
    pub base: Option<u32>,
    /// How many have been provided.
    pub provided: u32,
}

/// The payload of `agreement.quota_declared`.
pub fn encode_quota_declared(declared: &QuotaDeclared) -> Vec<u8> {
    proto::AgreementQuotaDeclared {
        agreement_id: declared.agreement_id.as_bytes().to_vec(),
        version: declared.version,
        rule_id: declared.rule_id.clone(),
        period_began: Some(time::to_proto(declared.period_began)),
        base: declared.base,
        provided: declared.provided,
    }
    .encode_to_vec()
}

/// Reads the payload of `agreement.quota_declared`.
///
/// # Errors
/// The field at fault.
pub fn decode_quota_declared(payload: &[u8]) -> Result<QuotaDeclared, Refusal> {
    let payload = proto::AgreementQuotaDeclared::decode(payload).map_err(|_| invalid("payload"))?;
    Ok(QuotaDeclared {
        agreement_id: from_bytes(&payload.agreement_id, "payload.agreement_id")?,
        version: version(payload.version, "payload.version")?,
        rule_id: payload.rule_id,
        period_began: time::from_proto(payload.period_began, "payload.period_began")?,
        base: payload.base,
        provided: payload.provided,
    })
}
