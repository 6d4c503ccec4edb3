//! Capacity and holds, as the organisation's own staff and systems ask and see.

use brygga_crypto::{Digest, sha256};
use brygga_domain::capacity::{
    Freshness, Hold, HoldAct, HoldEnd, HoldItem, HoldState, PublicationDraft, Statement,
};
use brygga_domain::{AgreementId, HoldId, OrgId, Refusal, Seconds, ServiceId, Timestamp};
use brygga_proto::local::v1 as proto;
use prost::Message;

use crate::capacity::{
    check_place, hold_items_from_proto, hold_items_to_proto, publication_from_proto,
    reentry_of_from_proto, statement_to_proto,
};
use crate::code;
use crate::field::{from_bytes, from_text, invalid, required, text};
use crate::time;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/hold-wish\0";
/// Longest name of an area, in characters.
const MAX_AREA_CHARS: usize = 64;
/// Longest that anybody waits for an answer.
const MAX_WAIT_SECONDS: u32 = 20;

/// A hold as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRequest {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of everything that is asked.
    pub digest: Digest,
    /// Who gives the places.
    pub publisher: OrgId,
    /// What.
    pub items: Vec<HoldItem>,
    /// For how long; none for what the agreement says.
    pub ttl: Option<Seconds>,
    /// Whether a child comes along.
    pub with_child: bool,
    /// The hold whose place is to be had again; none for no re-entry.
    pub reentry_of: Option<HoldId>,
    /// Seconds to wait for the answer.
    pub wait_seconds: u32,
}

/// A publication as somebody makes it at an instant, and the area that it is checked for.
///
/// # Errors
/// The field at fault; `SEND_CONTENT_FORBIDDEN` for a text that tells where the service is.
pub fn publication(
    request: proto::PublishCapacityRequest,
    now: Timestamp,
) -> Result<(PublicationDraft, Option<String>), Refusal> {
    let area = text(request.area, MAX_AREA_CHARS, "area")?;
    let draft = publication_from_proto(required(request.publication, "publication")?, now)?;
    check_place(&draft.service)?;
    Ok((draft, Some(area).filter(|area| !area.is_empty())))
}

/// Reads the identifier in a request about one service.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `service_id`.
pub fn service_id(bytes: &[u8]) -> Result<ServiceId, Refusal> {
    from_bytes(bytes, "service_id")
}

/// Reads the identifier in a request about one hold.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `hold_id`.
pub fn hold_id(bytes: &[u8]) -> Result<HoldId, Refusal> {
    from_bytes(bytes, "hold_id")
}

/// An own service as it is shown.
pub fn published_to_proto(
    statement: &Statement,
    seen_by: &[OrgId],
    (shown_until, freshness): (Timestamp, Freshness),
) -> proto::PublishedService {
    proto::PublishedService {
        statement: Some(statement_to_proto(statement)),
        seen_by: seen_by.iter().map(OrgId::to_string).collect(),
        is_stale: freshness == Freshness::Stale,
        is_due: freshness > Freshness::Fresh,
        shown_until: Some(time::to_proto(shown_until)),
    }
}

/// Another's service as it is shown.
pub fn known_to_proto(
    statement: &Statement,
    as_of: Timestamp,
    is_stale: bool,
    agreement: AgreementId,
) -> proto::KnownService {
    proto::KnownService {
        statement: Some(statement_to_proto(statement)),
        as_of: Some(time::to_proto(as_of)),
        is_stale,
        agreement_id: agreement.as_bytes().to_vec(),
    }
}

/// Reads what somebody wants held.
///
/// # Errors
/// The field at fault.
pub fn hold_request(request: &proto::PlaceHoldRequest) -> Result<HoldRequest, Refusal> {
    let mut asked = request.clone();
    // How long somebody waits is no part of what is asked.
    asked.wait_seconds = 0;
    let digest = sha256(&[DIGEST_CONTEXT, &asked.encode_to_vec()]);
    let key: [u8; 16] = from_bytes(&request.idempotency_key, "idempotency_key")?;
    let ttl = Some(request.ttl_seconds).filter(|seconds| *seconds > 0);
    if ttl.is_some_and(|seconds| seconds < 60) {
        return Err(invalid("ttl_seconds"));
    }
    Ok(HoldRequest {
        idempotency_key: key,
        digest,
        publisher: from_text(&request.publisher, "publisher")?,
        items: hold_items_from_proto(&request.items)?,
        ttl: ttl.map(|seconds| Seconds(i64::from(seconds))),
        with_child: request.with_child,
        reentry_of: reentry_of_from_proto(&request.reentry_of, "reentry_of")?,
        wait_seconds: hold_wait(request.wait_seconds)?,
    })
}

/// Reads for how long somebody waits for an answer.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `wait_seconds` beyond 20.
pub fn hold_wait(seconds: u32) -> Result<u32, Refusal> {
    if seconds <= MAX_WAIT_SECONDS { Ok(seconds) } else { Err(invalid("wait_seconds")) }
}

/// Reads what whoever holds does.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `act`.
pub fn hold_act(act: i32) -> Result<HoldAct, Refusal> {
    code::read(act, "act")
}

/// Reads how a publisher ends a hold.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `end`.
pub fn hold_end(end: i32) -> Result<HoldEnd, Refusal> {
    code::read(end, "end")
}

/// A hold as it is shown at an instant.
pub fn hold_to_proto(hold: &Hold, now: Timestamp) -> proto::Hold {
    use proto::HoldState as State;
    let state_now = hold.state_at(now);
    let (state, expires_at, reason) = match state_now {
        HoldState::Requested => (State::Requested, None, ""),
        HoldState::Waiting { .. } => (State::Waiting, None, ""),
        HoldState::Held { expires_at } => (State::Held, Some(expires_at), ""),
        HoldState::Confirmed => (State::Confirmed, None, ""),
        HoldState::Refused(reason) => (State::Refused, None, reason.as_str()),
        HoldState::Cancelled => (State::Cancelled, None, ""),
        HoldState::Expired => (State::Expired, None, ""),
        HoldState::Departed => (State::Departed, None, ""),
        HoldState::TakenBack => (State::TakenBack, None, ""),
    };
    proto::Hold {
        hold_id: hold.id.as_bytes().to_vec(),
        publisher: hold.publisher.to_string(),
        holder: hold.holder.to_string(),
        items: hold_items_to_proto(&hold.items),
        state: state.into(),
        expires_at: expires_at.map(time::to_proto),
        reason: reason.to_owned(),
        extensions: hold.extensions,
        agreement_id: hold.agreement_id.as_bytes().to_vec(),
        requested_at: Some(time::to_proto(hold.requested_at)),
        pending: code::number_or_unset(hold.pending),
        reentry_of: hold.reentry_of.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        position: match state_now {
            HoldState::Waiting { position } => position,
            _ => 0,
        },
    }
}
