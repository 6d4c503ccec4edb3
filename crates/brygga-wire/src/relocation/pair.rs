//! What a record keeps of the pair: the enquiry, the offers, what is told and opened, and how far the letters are.

use brygga_domain::relocation::{
    CallBack, Counterpart, Enquiry, GivenShare, HandoverEntry, HandoverItem, Offer, OwnOffer,
    Prepared, Relocation,
};
use brygga_domain::{Refusal, Sensitive};
use brygga_proto::relocation::v1 as proto;

use crate::code::Coded;
use crate::field::{from_bytes, from_text, invalid};
use crate::time;

use super::officer::{
    offered_from_proto, officers_from_proto, officers_to_proto, position_code, position_from_code,
};

/// These fields of the record, and no other.
pub(super) fn pair_to_proto(case: &Relocation) -> proto::RelocationRecord {
    let bytes = |content: &Option<Sensitive<Vec<u8>>>| {
        content.as_ref().map(|content| content.expose().clone()).unwrap_or_default()
    };
    // A list of 64 at most.
    let selected = case.selected.and_then(|place| u32::try_from(place + 1).ok());
    proto::RelocationRecord {
        enquiry: case.enquiry.as_ref().map(enquiry_to_proto),
        offers: case.offers.iter().map(offer_to_proto).collect(),
        selected: selected.unwrap_or_default(),
        call_back: case.call_back.as_ref().map(call_back_to_proto),
        prepared: case.prepared.as_ref().map(|prepared| proto::PreparedRecord {
            content: prepared.content.expose().clone(),
            officer_id: prepared.by.as_bytes().to_vec(),
        }),
        own_offer: case.own_offer.as_ref().map(own_offer_to_proto),
        arrived: bytes(&case.arrived),
        share: case.share.as_ref().map(|given| proto::GivenShareRecord {
            officer_id: given.by.as_bytes().to_vec(),
            share: given.share.expose().to_vec(),
        }),
        origin: case.origin.as_ref().map(|origin| proto::CounterpartRecord {
            organisation: origin.organisation.expose().to_string(),
            officers: officers_to_proto(&origin.officers),
            mailbox: origin.mailbox.to_vec(),
        }),
        content: bytes(&case.content),
        position: case.position.map(|(position, at)| proto::PositionRecord {
            position: position_code(position),
            at: Some(time::to_proto(at)),
        }),
        ..proto::RelocationRecord::default()
    }
}

/// Reads them into the case.
pub(super) fn pair_from_proto(
    record: proto::RelocationRecord,
    case: &mut Relocation,
) -> Result<(), Refusal> {
    let bytes = |content: Vec<u8>| (!content.is_empty()).then(|| Sensitive::new(content));
    case.enquiry = record.enquiry.as_ref().map(enquiry_from_proto).transpose()?;
    case.offers = record.offers.into_iter().map(offer_from_proto).collect::<Result<_, _>>()?;
    case.selected = usize::try_from(record.selected).ok().and_then(|place| place.checked_sub(1));
    case.call_back = record.call_back.map(call_back_from_proto).transpose()?;
    case.own_offer = record.own_offer.as_ref().map(own_offer_from_proto).transpose()?;
    (case.arrived, case.content) = (bytes(record.arrived), bytes(record.content));
    if let Some(prepared) = record.prepared {
        let by = from_bytes(&prepared.officer_id, "record.prepared")?;
        case.prepared = Some(Prepared { content: Sensitive::new(prepared.content), by });
    }
    if let Some(given) = record.share {
        let share = Sensitive::new(from_bytes(&given.share, "record.share")?);
        case.share = Some(GivenShare { by: from_bytes(&given.officer_id, "record.share")?, share });
    }
    if let Some(origin) = record.origin {
        case.origin = Some(Counterpart {
            organisation: Sensitive::new(from_text(&origin.organisation, "record.origin")?),
            officers: officers_from_proto(origin.officers, "record.origin")?,
            mailbox: from_bytes(&origin.mailbox, "record.origin")?,
        });
    }
    if let Some(position) = record.position {
        let at = time::from_proto(position.at, "record.position")?;
        case.position = Some((position_from_code(&position.position, "record.position")?, at));
    }
    Ok(())
}

fn enquiry_to_proto(enquiry: &Enquiry) -> proto::EnquiryRecord {
    proto::EnquiryRecord {
        enquiry_id: enquiry.id.as_bytes().to_vec(),
        reply_key: enquiry.reply_key.expose().to_vec(),
        mailbox: enquiry.mailbox.to_vec(),
        until: Some(time::to_proto(enquiry.until)),
    }
}

fn enquiry_from_proto(enquiry: &proto::EnquiryRecord) -> Result<Enquiry, Refusal> {
    Ok(Enquiry {
        id: from_bytes(&enquiry.enquiry_id, "record.enquiry")?,
        reply_key: Sensitive::new(from_bytes(&enquiry.reply_key, "record.enquiry")?),
        mailbox: from_bytes(&enquiry.mailbox, "record.enquiry")?,
        until: time::from_proto(enquiry.until, "record.enquiry")?,
    })
}

fn offer_to_proto(offer: &Offer) -> proto::OfferRecord {
    proto::OfferRecord {
        organisation: offer.organisation.expose().to_string(),
        officers: officers_to_proto(&offer.officers),
        housing: offer.content.housing.number(),
        support: offer.content.support.number(),
        earliest: offer.content.earliest.number(),
        mailbox: offer.mailbox.to_vec(),
        until: Some(time::to_proto(offer.until)),
    }
}

fn offer_from_proto(offer: proto::OfferRecord) -> Result<Offer, Refusal> {
    Ok(Offer {
        organisation: Sensitive::new(from_text(&offer.organisation, "record.offers")?),
        officers: officers_from_proto(offer.officers, "record.offers")?,
        content: offered_from_proto(offer.housing, offer.support, offer.earliest)?,
        mailbox: from_bytes(&offer.mailbox, "record.offers")?,
        until: time::from_proto(offer.until, "record.offers")?,
    })
}

fn call_back_to_proto(call: &CallBack) -> proto::CallBackRecord {
    proto::CallBackRecord {
        officer_id: call.by.as_bytes().to_vec(),
        spoke_with: call.spoke_with.expose().clone(),
        at: Some(time::to_proto(call.at)),
    }
}

fn call_back_from_proto(call: proto::CallBackRecord) -> Result<CallBack, Refusal> {
    Ok(CallBack {
        by: from_bytes(&call.officer_id, "record.call_back")?,
        spoke_with: Sensitive::new(call.spoke_with),
        at: time::from_proto(call.at, "record.call_back")?,
    })
}

fn own_offer_to_proto(offer: &OwnOffer) -> proto::OwnOfferRecord {
    proto::OwnOfferRecord {
        enquiry_id: offer.enquiry.as_bytes().to_vec(),
        mailbox: offer.mailbox.to_vec(),
        until: Some(time::to_proto(offer.until)),
        reply_key: offer.reply_key.to_vec(),
        reply_to: offer.reply_to.to_vec(),
    }
}

fn own_offer_from_proto(offer: &proto::OwnOfferRecord) -> Result<OwnOffer, Refusal> {
    Ok(OwnOffer {
        enquiry: from_bytes(&offer.enquiry_id, "record.own_offer")?,
        mailbox: from_bytes(&offer.mailbox, "record.own_offer")?,
        until: time::from_proto(offer.until, "record.own_offer")?,
        reply_key: from_bytes(&offer.reply_key, "record.own_offer")?,
        reply_to: from_bytes(&offer.reply_to, "record.own_offer")?,
    })
}

pub(super) fn handover_to_proto(entries: &[HandoverEntry]) -> Vec<proto::HandoverRecord> {
    let entry = |entry: &HandoverEntry| proto::HandoverRecord {
        item: entry.item.as_str().to_owned(),
        given_at: Some(time::to_proto(entry.given_at)),
        received_at: entry.received_at.map(time::to_proto),
    };
    entries.iter().map(entry).collect()
}

pub(super) fn handover_from_proto(
    entries: &[proto::HandoverRecord],
) -> Result<Vec<HandoverEntry>, Refusal> {
    let entry = |entry: &proto::HandoverRecord| {
        Ok(HandoverEntry {
            item: HandoverItem::parse(&entry.item).ok_or(invalid("record.handover"))?,
            given_at: time::from_proto(entry.given_at, "record.handover")?,
            received_at: time::from_proto_or_none(entry.received_at, "record.handover")?,
        })
    };
    entries.iter().map(entry).collect()
}
