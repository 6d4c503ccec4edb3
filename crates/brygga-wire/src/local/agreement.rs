//! Agreements as the organisation's own staff see and change them.

use brygga_domain::agreement::{
    AgreementRecord, AgreementState, AgreementTerms, Negotiation, Suspension, SuspensionReason,
};
use brygga_domain::{AgreementId, OrgId, Refusal, Timestamp};
use brygga_proto::agreement::v1 as agreement;
use brygga_proto::local::v1 as proto;

use crate::agreement::{signature_to_proto, terms_from_proto, terms_to_proto};
use crate::code;
use crate::field::{from_bytes, required};
use crate::time;

/// An agreement as it stands `now` among its versions.
pub fn agreement_to_proto(
    record: &AgreementRecord,
    state: &AgreementState,
    suspensions: &[Suspension],
    now: Timestamp,
) -> proto::Agreement {
    let suspension = |held: &Suspension| proto::Suspension {
        organisation: held.organisation.to_string(),
        reason: code::number_or_unset(Some(held.reason)),
        since: Some(time::to_proto(held.since)),
    };
    proto::Agreement {
        terms: Some(terms_to_proto(record.terms())),
        terms_sha256: record.terms_digest().to_vec(),
        signatures: record.signatures().iter().map(signature_to_proto).collect(),
        state: agreement_state_to_proto(state).into(),
        terminated_at: record.terminated_at().map(time::to_proto),
        suspensions: suspensions.iter().map(suspension).collect(),
        evaluation_is_due: record.evaluation_is_due(state, now),
        // Only whoever holds all versions knows.
        negotiation: proto::NegotiationState::Unspecified.into(),
        verified_by: record.verified_by().iter().map(OrgId::to_string).collect(),
    }
}

/// Where an agreement stands now.
pub const fn agreement_state_to_proto(state: &AgreementState) -> proto::AgreementState {
    match state {
        AgreementState::Proposed { .. } => proto::AgreementState::Proposed,
        AgreementState::Signed => proto::AgreementState::Signed,
        AgreementState::Active => proto::AgreementState::Active,
        AgreementState::Suspended => proto::AgreementState::Suspended,
        AgreementState::Superseded => proto::AgreementState::Superseded,
        AgreementState::Expired => proto::AgreementState::Expired,
        AgreementState::Terminated => proto::AgreementState::Terminated,
    }
}

/// How far the parties have come.
pub const fn negotiation_to_proto(negotiation: Negotiation) -> proto::NegotiationState {
    match negotiation {
        Negotiation::Requested => proto::NegotiationState::Requested,
        Negotiation::Offered => proto::NegotiationState::Offered,
        Negotiation::Accepted => proto::NegotiationState::Accepted,
        Negotiation::Agreed => proto::NegotiationState::Agreed,
        Negotiation::Verified => proto::NegotiationState::Verified,
        Negotiation::Finalized => proto::NegotiationState::Finalized,
        Negotiation::Terminated => proto::NegotiationState::Terminated,
    }
}

/// Reads the terms of a proposal; `fresh` names the agreement where the caller names none, and
/// version 0 becomes 1.
///
/// # Errors
/// As [`terms_from_proto`].
pub fn proposed_terms(
    terms: Option<agreement::AgreementTerms>,
    fresh: AgreementId,
) -> Result<AgreementTerms, Refusal> {
    let mut terms = required(terms, "terms")?;
    if terms.agreement_id.is_empty() {
        terms.agreement_id = fresh.as_bytes().to_vec();
    }
    terms.version = terms.version.max(1);
    terms_from_proto(terms)
}

/// Reads which agreement is to be suspended, and why.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `agreement_id` or `reason`.
pub fn suspension(
    request: &proto::SuspendAgreementRequest,
) -> Result<(AgreementId, Option<u32>, SuspensionReason), Refusal> {
    let (id, version) = agreement_key(&request.agreement_id, request.version)?;
    Ok((id, version, code::read(request.reason, "reason")?))
}

/// Reads which agreement a request is about, and which version; none for the newest.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `agreement_id`.
pub fn agreement_key(
    agreement_id: &[u8],
    version: u32,
) -> Result<(AgreementId, Option<u32>), Refusal> {
    let id = from_bytes(agreement_id, "agreement_id")?;
    Ok((id, Some(version).filter(|version| *version != 0)))
}

/// Reads which agreement is to end, as [`agreement_key`], and from when: `now` where the caller
/// does not say.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn termination(
    request: &proto::TerminateAgreementRequest,
    now: Timestamp,
) -> Result<(AgreementId, Option<u32>, Timestamp), Refusal> {
    let (id, version) = agreement_key(&request.agreement_id, request.version)?;
    let at = time::from_proto_or_none(request.effective_at, "effective_at")?.unwrap_or(now);
    Ok((id, version, at))
}
