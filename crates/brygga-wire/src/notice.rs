//! Notices of evictions as they travel. Who is to be evicted stands in the sealed content, and nowhere else.

mod content;
#[cfg(test)]
mod tests;

use brygga_domain::notice::{CaseNumber, NoticeKind};
use brygga_domain::{MessageId, NoticeId, Reason, Refusal, UnitId};
use brygga_proto::notice::v1 as proto;
use jiff::civil::Date;
use prost::Message;

pub use content::{
    EvictionContent, Responsible, decode_eviction, decode_responsible, eviction_from_proto,
    eviction_to_proto, responsible,
};

use crate::code;
use crate::envelope::Header;
use crate::field::{from_bytes, from_text, from_text_or_none, invalid, text_or_empty};
use crate::signal::day_or_none;

/// What a notice says besides its sealed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// The notice.
    pub id: NoticeId,
    /// Kronofogden's case.
    pub case_number: CaseNumber,
    /// What is told.
    pub kind: NoticeKind,
    /// Whether the person is protected.
    pub protected: bool,
    /// Function that sends; none for the intake.
    pub sender_unit: Option<UnitId>,
    /// Whether the content says that children live there.
    pub with_children: bool,
    /// The last day of a respite; none where no day is set, and with every other kind.
    pub until: Option<Date>,
}

/// The payload of `notice.eviction`.
pub fn encode_notified(notified: &Notified) -> Vec<u8> {
    proto::EvictionNotified {
        notice_id: notified.id.as_bytes().to_vec(),
        case_number: notified.case_number.to_string(),
        kind: code::number_or_unset(Some(notified.kind)),
        protected: notified.protected,
        sender_unit: text_or_empty(notified.sender_unit.as_ref()),
        with_children: notified.with_children,
        until: notified.until.map(|day| day.to_string()).unwrap_or_default(),
    }
    .encode_to_vec()
}

/// Reads the payload of `notice.eviction`.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where something has to be sealed and is not, and
/// [`Reason::ContentForbidden`] where nothing has to be and is.
pub fn decode_notified(payload: &[u8], header: &Header) -> Result<Notified, Refusal> {
    let payload = proto::EvictionNotified::decode(payload).map_err(|_| invalid("payload"))?;
    let kind: NoticeKind = code::read(payload.kind, "payload.kind")?;
    match (kind.has_content(), header.sealed.is_some()) {
        (true, false) => {
            return Err(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"));
        }
        (false, true) => return Err(Refusal::at(Reason::ContentForbidden, "header.sealed")),
        (true, true) | (false, false) => {}
    }
    if kind.has_content() && !header.declares(&EvictionContent::CATEGORIES) {
        return Err(invalid("header.data_categories"));
    }
    if payload.with_children && (payload.protected || !kind.has_content()) {
        return Err(invalid("payload.with_children"));
    }
    Ok(Notified {
        id: thread(&payload.notice_id, header)?,
        case_number: from_text(&payload.case_number, "payload.case_number")?,
        kind,
        protected: payload.protected,
        sender_unit: from_text_or_none(&payload.sender_unit, "payload.sender_unit")?,
        with_children: payload.with_children,
        until: respite_until(&payload.until, kind, "payload.until")?,
    })
}

/// Reads the last day of a respite, which no other kind has.
pub(crate) fn respite_until(
    text: &str,
    kind: NoticeKind,
    field: &'static str,
) -> Result<Option<Date>, Refusal> {
    let until = day_or_none(text, field)?;
    let is_told = until.is_none() || kind == NoticeKind::Respite;
    if is_told { Ok(until) } else { Err(invalid(field)) }
}

/// The payload of `notice.confirmed`.
pub fn encode_confirmed(id: NoticeId, message_id: MessageId) -> Vec<u8> {
    let (notice_id, message_id) = (id.as_bytes().to_vec(), message_id.as_bytes().to_vec());
    proto::NoticeConfirmed { notice_id, message_id }.encode_to_vec()
}

/// Reads the payload of `notice.confirmed`: the notice, and the message that is confirmed.
///
/// # Errors
/// The field at fault; [`Reason::GroundMissing`] where nothing is sealed.
pub fn decode_confirmed(payload: &[u8], header: &Header) -> Result<(NoticeId, MessageId), Refusal> {
    let payload = proto::NoticeConfirmed::decode(payload).map_err(|_| invalid("payload"))?;
    if header.sealed.is_none() {
        return Err(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"));
    }
    let message_id = from_bytes(&payload.message_id, "payload.message_id")?;
    Ok((thread(&payload.notice_id, header)?, message_id))
}

fn thread(id: &[u8], header: &Header) -> Result<NoticeId, Refusal> {
    let id: NoticeId = from_bytes(id, "payload.notice_id")?;
    let is_thread = header.conversation.as_bytes() == id.as_bytes();
    if is_thread { Ok(id) } else { Err(invalid("header.conversation_id")) }
}
