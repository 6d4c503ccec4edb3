//! The messages of a hold. The thread has its id.

use std::collections::BTreeSet;

use brygga_domain::capacity::{Hold, HoldAct, HoldEnd, HoldItem, Turn};
use brygga_domain::{HoldId, Refusal, Seconds, Timestamp};
use brygga_proto::capacity::v1 as proto;
use prost::Message;

use super::line::key_from_proto;
use crate::code;
use crate::envelope::Header;
use crate::field::{counted, from_bytes, invalid};
use crate::time;

/// Shortest and longest hold that can be asked for, in seconds; the agreement may allow less.
pub(super) const TTL: std::ops::RangeInclusive<u32> = 60..=604_800;

/// What whoever asks says of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldAsked {
    /// Which.
    pub id: HoldId,
    /// What is to be held.
    pub items: Vec<HoldItem>,
    /// For how long.
    pub ttl: Seconds,
    /// Whether a child comes along.
    pub with_child: bool,
    /// Until when somebody waits for the answer.
    pub answer_by: Timestamp,
    /// The hold whose place is to be had again; then there is one item.
    pub reentry_of: Option<HoldId>,
}

/// The payload of `capacity.hold_requested`.
pub fn encode_hold_requested(hold: &Hold, answer_by: Timestamp) -> Vec<u8> {
    hold_requested_to_proto(hold, answer_by).encode_to_vec()
}

pub(crate) fn hold_requested_to_proto(hold: &Hold, answer_by: Timestamp) -> proto::HoldRequested {
    proto::HoldRequested {
        hold_id: hold.id.as_bytes().to_vec(),
        items: hold_items_to_proto(&hold.items),
        // At most a week, as it was checked.
        ttl_seconds: u32::try_from(hold.ttl.0).unwrap_or(u32::MAX),
        with_child: hold.with_child,
        answer_by: Some(time::to_proto(answer_by)),
        reentry_of: hold.reentry_of.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
    }
}

/// Reads the payload of `capacity.hold_requested`.
///
/// # Errors
/// The field at fault.
pub fn decode_hold_requested(payload: &[u8], header: &Header) -> Result<HoldAsked, Refusal> {
    let asked = proto::HoldRequested::decode(payload).map_err(|_| invalid("payload"))?;
    hold_asked(&asked, header)
}

/// What is asked for in the thread of a header.
pub(crate) fn hold_asked(
    asked: &proto::HoldRequested,
    header: &Header,
) -> Result<HoldAsked, Refusal> {
    if !TTL.contains(&asked.ttl_seconds) {
        return Err(invalid("payload.ttl_seconds"));
    }
    Ok(HoldAsked {
        id: thread(&asked.hold_id, header)?,
        items: hold_items_from_proto(&asked.items)?,
        ttl: Seconds(i64::from(asked.ttl_seconds)),
        with_child: asked.with_child,
        answer_by: time::from_proto(asked.answer_by, "payload.answer_by")?,
        reentry_of: reentry_of_from_proto(&asked.reentry_of, "payload.reentry_of")?,
    })
}

/// The payload of `capacity.hold_changed`.
pub fn encode_hold_changed(id: HoldId, act: HoldAct) -> Vec<u8> {
    let act = code::number_or_unset(Some(act));
    proto::HoldChanged { hold_id: id.as_bytes().to_vec(), act }.encode_to_vec()
}

/// Reads the payload of `capacity.hold_changed`.
///
/// # Errors
/// The field at fault.
pub fn decode_hold_changed(payload: &[u8], header: &Header) -> Result<(HoldId, HoldAct), Refusal> {
    let changed = proto::HoldChanged::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((thread(&changed.hold_id, header)?, code::read(changed.act, "payload.act")?))
}

/// The payload of `capacity.hold_ended`.
pub fn encode_hold_ended(id: HoldId, end: HoldEnd) -> Vec<u8> {
    let end = code::number_or_unset(Some(end));
    proto::HoldEnded { hold_id: id.as_bytes().to_vec(), end }.encode_to_vec()
}

/// Reads the payload of `capacity.hold_ended`.
///
/// # Errors
/// The field at fault.
pub fn decode_hold_ended(payload: &[u8], header: &Header) -> Result<(HoldId, HoldEnd), Refusal> {
    let ended = proto::HoldEnded::decode(payload).map_err(|_| invalid("payload"))?;
    Ok((thread(&ended.hold_id, header)?, code::read(ended.end, "payload.end")?))
}

/// The payload of `capacity.hold_moved`.
pub fn encode_hold_moved(id: HoldId, turn: Turn) -> Vec<u8> {
    let (position, held_until) = match turn {
        Turn::At(position) => (position, None),
        Turn::Until(instant) => (0, Some(time::to_proto(instant))),
    };
    proto::HoldMoved { hold_id: id.as_bytes().to_vec(), position, held_until }.encode_to_vec()
}

/// Reads the payload of `capacity.hold_moved`.
///
/// # Errors
/// The field at fault; `payload.position` where neither or both are set.
pub fn decode_hold_moved(payload: &[u8], header: &Header) -> Result<(HoldId, Turn), Refusal> {
    let moved = proto::HoldMoved::decode(payload).map_err(|_| invalid("payload"))?;
    let turn = match (moved.position, moved.held_until) {
        (0, Some(until)) => Turn::Until(time::from_proto(Some(until), "payload.held_until")?),
        (position, None) if position > 0 => Turn::At(position),
        _ => return Err(invalid("payload.position")),
    };
    Ok((thread(&moved.hold_id, header)?, turn))
}

/// Reads which hold's place is to be had again; none where nothing is said.
///
/// # Errors
/// `field` where it is no identifier.
pub fn reentry_of_from_proto(id: &[u8], field: &'static str) -> Result<Option<HoldId>, Refusal> {
    if id.is_empty() { Ok(None) } else { from_bytes(id, field).map(Some) }
}

/// The items as they travel.
pub fn hold_items_to_proto(items: &[HoldItem]) -> Vec<proto::HoldItem> {
    let item = |item: &HoldItem| proto::HoldItem {
        service_id: item.service.as_bytes().to_vec(),
        place_for: code::number_or_unset(Some(item.line.place_for)),
        period: code::number_or_unset(Some(item.line.period)),
        places: item.places,
    };
    items.iter().map(item).collect()
}

/// Reads items: 1 to 8, no line twice.
///
/// # Errors
/// The field at fault.
pub fn hold_items_from_proto(items: &[proto::HoldItem]) -> Result<Vec<HoldItem>, Refusal> {
    counted(items, 1..=Hold::ITEMS_MAX, "items")?;
    let item = |item: &proto::HoldItem| {
        if !(1..=Hold::PLACES_MAX).contains(&item.places) {
            return Err(invalid("items.places"));
        }
        Ok(HoldItem {
            service: from_bytes(&item.service_id, "items.service_id")?,
            line: key_from_proto(item.place_for, item.period)?,
            places: item.places,
        })
    };
    let items = items.iter().map(item).collect::<Result<Vec<_>, Refusal>>()?;
    let lines: BTreeSet<_> = items.iter().map(|item| (item.service, item.line)).collect();
    if lines.len() == items.len() { Ok(items) } else { Err(invalid("items")) }
}

fn thread(id: &[u8], header: &Header) -> Result<HoldId, Refusal> {
    let id: HoldId = from_bytes(id, "payload.hold_id")?;
    let is_thread = header.conversation.as_bytes() == id.as_bytes();
    if is_thread { Ok(id) } else { Err(invalid("header.conversation_id")) }
}
