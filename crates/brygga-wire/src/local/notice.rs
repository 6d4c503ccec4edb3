//! Notices of evictions, as the organisation's own staff send and see them.

use brygga_crypto::{Digest, sha256};
use brygga_domain::notice::{CaseNumber, EvictionNotice, NoticeKind, NoticeSide, tasks};
use brygga_domain::{AgreementId, NoticeId, OrgId, Reason, Refusal, Timestamp, UnitId, deadlines};
use brygga_proto::local::v1 as proto;
use jiff::civil::Date;
use prost::Message;
use zeroize::Zeroizing;

use crate::code;
use crate::field::{
    from_bytes, from_bytes_or_none, from_text, from_text_or_none, invalid, required, text_or_empty,
};
use crate::notice::{
    EvictionContent, Responsible, eviction_from_proto, eviction_to_proto, respite_until,
    responsible,
};
use crate::time;

/// In front of the digested request, so that the digest is good for nothing else.
const DIGEST_CONTEXT: &[u8] = b"brygga/v1/notice-wish\0";

/// A notice as somebody sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeWish {
    /// Chosen by the caller.
    pub idempotency_key: [u8; 16],
    /// Of everything that is said.
    pub digest: Digest,
    /// What is told.
    pub kind: NoticeKind,
    /// The last day of a respite.
    pub until: Option<Date>,
    /// Where it goes.
    pub thread: NoticeThread,
    /// Who is to be evicted; none with a kind that has no content.
    pub content: Option<EvictionContent>,
}

/// The thread that a notice begins or goes on in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeThread {
    /// It goes on.
    Held(NoticeId),
    /// It begins.
    New(NewThread),
}

/// A thread to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewThread {
    /// Whether the person is protected.
    pub protected: bool,
    /// The municipality where the dwelling is.
    pub target: OrgId,
    /// Kronofogden's case.
    pub case_number: CaseNumber,
    /// Function there, as far as one is named.
    pub target_unit: Option<UnitId>,
    /// Own function that sends; none for the intake.
    pub source_unit: Option<UnitId>,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
}

/// Reads a notice that somebody sends.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] and [`Reason::ContentForbidden`] at `content`.
pub fn notice_wish(request: proto::SendNoticeRequest) -> Result<NoticeWish, Refusal> {
    let encoded = Zeroizing::new(request.encode_to_vec());
    let digest = sha256(&[DIGEST_CONTEXT, &encoded]);
    let idempotency_key = from_bytes(&request.idempotency_key, "idempotency_key")?;
    let kind: NoticeKind = code::read(request.kind, "kind")?;
    let thread = thread(&request, kind)?;
    let content = match (request.content, kind.has_content()) {
        (None, false) => None,
        (Some(_), false) => return Err(Refusal::at(Reason::ContentForbidden, "content")),
        (content, true) => Some(eviction_from_proto(required(content, "content")?)?),
    };
    let until = respite_until(&request.until, kind, "until")?;
    Ok(NoticeWish { idempotency_key, digest, kind, until, thread, content })
}

fn thread(request: &proto::SendNoticeRequest, kind: NoticeKind) -> Result<NoticeThread, Refusal> {
    if let Some(held) = from_bytes_or_none(&request.notice_id, "notice_id")? {
        let unset = [
            (request.protection == 0, "protection"),
            (request.municipality.is_empty(), "municipality"),
            (request.case_number.is_empty(), "case_number"),
            (request.target_unit.is_empty(), "target_unit"),
            (request.source_unit.is_empty(), "source_unit"),
            (request.agreement_id.is_empty(), "agreement_id"),
        ];
        return match unset.iter().find(|(is_unset, _)| !is_unset) {
            Some((_, field)) => Err(invalid(field)),
            None => Ok(NoticeThread::Held(held)),
        };
    }
    if !kind.begins() {
        return Err(invalid("notice_id"));
    }
    let protected = match request.protection() {
        proto::Protection::None => false,
        proto::Protection::Protected => true,
        proto::Protection::Unspecified => return Err(invalid("protection")),
    };
    Ok(NoticeThread::New(NewThread {
        protected,
        target: municipality(&request.municipality)?,
        case_number: from_text(&request.case_number, "case_number")?,
        target_unit: from_text_or_none(&request.target_unit, "target_unit")?,
        source_unit: from_text_or_none(&request.source_unit, "source_unit")?,
        agreement_id: from_bytes_or_none(&request.agreement_id, "agreement_id")?,
    }))
}

/// The municipality of a code of four digits: where a notice goes follows from where the dwelling is.
pub(super) fn municipality(code: &str) -> Result<OrgId, Refusal> {
    let is_code = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit());
    let found = OrgId::parse(&format!("kommun:{code}")).ok().filter(|_| is_code);
    found.ok_or(invalid("municipality"))
}

/// Reads a confirmation: the notice, and who works with it.
///
/// # Errors
/// The field at fault.
pub fn notice_confirmation(
    request: proto::ConfirmNoticeRequest,
) -> Result<(NoticeId, Responsible), Refusal> {
    Ok((notice_id(&request.notice_id)?, responsible(request.case_worker, request.phone)?))
}

/// Reads the identifier in a request about one notice.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `notice_id`.
pub fn notice_id(bytes: &[u8]) -> Result<NoticeId, Refusal> {
    from_bytes(bytes, "notice_id")
}

/// A notice as it is listed for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedNotice {
    /// All but its content.
    Whole(Box<EvictionNotice>),
    /// Of a protected person, for whoever may not show it: the case number and nothing more.
    NumberOnly(CaseNumber),
}

/// A notice as it is listed at an instant.
pub fn listed_notice(listed: &ListedNotice, now: Timestamp) -> proto::Notice {
    match listed {
        ListedNotice::Whole(notice) => notice_to_proto(notice, now),
        ListedNotice::NumberOnly(case_number) => proto::Notice {
            case_number: case_number.to_string(),
            protected: true,
            ..proto::Notice::default()
        },
    }
}

/// A notice as it is shown at an instant to whoever may show it.
pub fn notice_to_proto(notice: &EvictionNotice, now: Timestamp) -> proto::Notice {
    let due = notice.due();
    let instant = |at: Option<Timestamp>| at.map(time::to_proto);
    proto::Notice {
        case_number: notice.case_number.to_string(),
        protected: notice.protected,
        notice_id: notice.id.as_bytes().to_vec(),
        kind: code::number_or_unset(Some(notice.kind)),
        sender: notice.sender.to_string(),
        recipient: notice.recipient.to_string(),
        recipient_unit: text_or_empty(notice.recipient_unit.as_ref()),
        sent_at: instant(Some(notice.sent_at)),
        arrived_at: instant(notice.arrived_at),
        confirmed_at: instant(notice.confirmed_at),
        warning_at: instant(due.map(|due| due.warning_at)),
        escalation_at: instant(due.map(|due| due.escalation_at)),
        breach_at: instant(due.map(|due| due.breach_at)),
        alarm: code::number_or_unset(notice.alarm(now)),
        reason: notice.not_taken.map_or("", Reason::as_str).to_owned(),
        with_children: notice.with_children,
        until: day(notice.until),
    }
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// What of a notice is about people, as far as this node can open it.
#[derive(Clone, Debug, Default)]
pub struct NoticeSecrets {
    /// Who is to be evicted, as it was told last.
    pub content: Option<EvictionContent>,
    /// Who works with it, as it was confirmed last.
    pub responsible: Option<Responsible>,
}

/// A notice with its content.
pub fn notice_details(
    notice: &EvictionNotice,
    secrets: &NoticeSecrets,
    now: Timestamp,
) -> proto::ShowNoticeResponse {
    let named = secrets.responsible.as_ref();
    let is_received = notice.side == NoticeSide::Recipient;
    let content = secrets.content.as_ref().filter(|_| is_received);
    let planned =
        content.and_then(|content| content.planned_at).filter(|_| notice.kind.tells_a_time());
    let outreach_by = planned.map(|planned| deadlines::outreach_check(planned.date()));
    let tasks = content
        .map(|content| tasks(notice.kind, content.children, content.other_occupants))
        .unwrap_or_default();
    proto::ShowNoticeResponse {
        notice: Some(notice_to_proto(notice, now)),
        content: secrets.content.as_ref().map(eviction_to_proto),
        case_worker: named.map(|one| one.case_worker.expose().clone()).unwrap_or_default(),
        phone: named.map(|one| one.phone.expose().clone()).unwrap_or_default(),
        tasks: tasks.into_iter().map(|task| code::number_or_unset(Some(task))).collect(),
        outreach_by: day(outreach_by),
        follow_up_by: day(notice.follow_up_by().filter(|_| is_received)),
        lapses_after: day(notice.lapses_after()),
    }
}
