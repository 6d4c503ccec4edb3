//! Open referrals between nodes: what is offered, claimed and closed. No payload here has a field for
//! personal data, and the thread is always the offer's.

use brygga_domain::code::SERVICE_TYPE;
use brygga_domain::offer::{OfferEnd, OpenRequest};
use brygga_domain::{OfferId, Refusal, UnitId};
use brygga_proto::referral::v1 as proto;
use prost::Message;

use crate::code;
use crate::envelope::Header;
use crate::field::{counted, from_bytes, from_text, from_text_or_none, invalid, text_or_empty};
use crate::referral::municipality;
use crate::time;

/// Functions of one party that may claim; as many as a consent names recipients.
const MAX_UNITS: usize = 16;

/// An offer as it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The offer.
    pub id: OfferId,
    /// What is asked for.
    pub asked: OpenRequest,
    /// Functions of the recipient that may claim it; empty for any.
    pub units: Vec<UnitId>,
}

/// The payload of `referral.offered`.
pub fn encode_offered(id: OfferId, asked: &OpenRequest, units: &[UnitId]) -> Vec<u8> {
    offered_to_proto(id, asked, units).encode_to_vec()
}

pub(crate) fn offered_to_proto(
    id: OfferId,
    asked: &OpenRequest,
    units: &[UnitId],
) -> proto::ReferralOffered {
    proto::ReferralOffered {
        offer_id: id.as_bytes().to_vec(),
        priority: code::number_or_unset(Some(asked.priority)),
        subject: code::number_or_unset(Some(asked.subject)),
        service_type: Some(code::term_to_proto(&asked.service_type)),
        host_municipality: text_or_empty(asked.host_municipality.as_ref()),
        home_municipality: text_or_empty(asked.home_municipality.as_ref()),
        acute_duty: asked.acute_duty,
        source_unit: text_or_empty(asked.source_unit.as_ref()),
        about_child: asked.about_child,
        claim_by: Some(time::to_proto(asked.claim_by)),
        units: units.iter().map(UnitId::to_string).collect(),
    }
}

/// Reads the payload of `referral.offered`.
///
/// # Errors
/// The field at fault.
pub fn decode_offered(payload: &[u8], header: &Header) -> Result<Offered, Refusal> {
    let payload = proto::ReferralOffered::decode(payload).map_err(|_| invalid("payload"))?;
    counted(&payload.units, 0..=MAX_UNITS, "payload.units")?;
    let units = payload.units.iter().map(|unit| from_text(unit, "payload.units"));
    Ok(Offered {
        id: own_thread(&payload.offer_id, header)?,
        units: units.collect::<Result<_, _>>()?,
        asked: OpenRequest {
            priority: code::read(payload.priority, "payload.priority")?,
            subject: code::read(payload.subject, "payload.subject")?,
            service_type: code::term_of(
                SERVICE_TYPE,
                payload.service_type,
                "payload.service_type",
            )?,
            host_municipality: municipality(
                &payload.host_municipality,
                "payload.host_municipality",
            )?,
            home_municipality: municipality(
                &payload.home_municipality,
                "payload.home_municipality",
            )?,
            acute_duty: payload.acute_duty,
            source_unit: from_text_or_none(&payload.source_unit, "payload.source_unit")?,
            about_child: payload.about_child,
            claim_by: time::from_proto(payload.claim_by, "payload.claim_by")?,
        },
    })
}

/// The payload of `referral.claimed`.
pub fn encode_claimed(id: OfferId, unit: Option<&UnitId>) -> Vec<u8> {
    let unit = text_or_empty(unit);
    proto::ReferralClaimed { offer_id: id.as_bytes().to_vec(), unit }.encode_to_vec()
}

/// Reads the payload of `referral.claimed`: the offer, and the function that takes the person on.
///
/// # Errors
/// The field at fault.
pub fn decode_claimed(
    payload: &[u8],
    header: &Header,
) -> Result<(OfferId, Option<UnitId>), Refusal> {
    let payload = proto::ReferralClaimed::decode(payload).map_err(|_| invalid("payload"))?;
    let unit = from_text_or_none(&payload.unit, "payload.unit")?;
    Ok((own_thread(&payload.offer_id, header)?, unit))
}

/// The payload of `referral.offer_closed`.
pub fn encode_offer_closed(id: OfferId, end: OfferEnd) -> Vec<u8> {
    let reason = code::number_or_unset(Some(end));
    proto::ReferralOfferClosed { offer_id: id.as_bytes().to_vec(), reason }.encode_to_vec()
}

/// Reads the payload of `referral.offer_closed`.
///
/// # Errors
/// The field at fault.
pub fn decode_offer_closed(
    payload: &[u8],
    header: &Header,
) -> Result<(OfferId, OfferEnd), Refusal> {
    let payload = proto::ReferralOfferClosed::decode(payload).map_err(|_| invalid("payload"))?;
    let end = code::read(payload.reason, "payload.reason")?;
    Ok((own_thread(&payload.offer_id, header)?, end))
}

/// The offer that a request answers; none where it answers none or cannot be read.
pub fn offer_answered(payload: &[u8]) -> Option<OfferId> {
    let payload = proto::ReferralRequested::decode(payload).ok()?;
    OfferId::try_from(payload.offer_id.as_slice()).ok()
}

/// An offer's identifier, which must be the thread's.
fn own_thread(bytes: &[u8], header: &Header) -> Result<OfferId, Refusal> {
    let id: OfferId = from_bytes(bytes, "payload.offer_id")?;
    if header.conversation.as_bytes() == id.as_bytes() {
        Ok(id)
    } else {
        Err(invalid("header.conversation_id"))
    }
}

#[cfg(test)]
mod tests {
    use brygga_domain::ConversationId;
    use brygga_domain::Reason::InvalidField;
    use brygga_domain::agreement::{Priority, SubjectArea};
    use brygga_domain::code::CodedTerm;

    use super::*;
    use crate::samples::{assert_refused, header, kalmar, later, nybro, referral, unit};

    const ID: OfferId = OfferId::from_bytes([6; 16]);

    fn in_thread() -> Header {
        Header { conversation: ConversationId::from_bytes([6; 16]), ..header() }
    }

    fn asked() -> OpenRequest {
        OpenRequest {
            priority: Priority::Urgent,
            subject: SubjectArea::Homelessness,
            service_type: CodedTerm::known(SERVICE_TYPE, "NIGHT_SHELTER").unwrap(),
            host_municipality: Some(kalmar()),
            home_municipality: Some(nybro()),
            acute_duty: true,
            source_unit: Some(unit()),
            about_child: true,
            claim_by: later(1),
        }
    }

    #[test]
    fn an_offer_comes_back_with_and_without_what_may_be_left_out() {
        let bare = OpenRequest {
            host_municipality: None,
            home_municipality: None,
            acute_duty: false,
            source_unit: None,
            about_child: false,
            ..asked()
        };
        for (asked, units) in [(asked(), vec![unit()]), (bare, Vec::new())] {
            let read = decode_offered(&encode_offered(ID, &asked, &units), &in_thread());
            assert_eq!(read, Ok(Offered { id: ID, asked, units }));
        }
    }

    #[test]
    fn an_offer_is_refused_by_its_bad_field() {
        let read = |offered: proto::ReferralOffered| {
            decode_offered(&offered.encode_to_vec(), &in_thread())
        };
        let sound = offered_to_proto(ID, &asked(), &[]);
        assert_refused(
            &sound,
            read,
            &[
                ("no offer", |it| it.offer_id.clear(), InvalidField, "payload.offer_id"),
                ("another thread", |it| it.offer_id[0] = 9, InvalidField, "header.conversation_id"),
                ("no priority", |it| it.priority = 0, InvalidField, "payload.priority"),
                ("no service", |it| it.service_type = None, InvalidField, "payload.service_type"),
                ("no end", |it| it.claim_by = None, InvalidField, "payload.claim_by"),
                (
                    "no municipality",
                    |it| it.host_municipality = "org:5560360793".to_owned(),
                    InvalidField,
                    "payload.host_municipality",
                ),
                (
                    "a person",
                    |it| it.units = vec!["Anna B".to_owned()],
                    InvalidField,
                    "payload.units",
                ),
                (
                    "too many units",
                    |it| it.units = vec!["u".to_owned(); 17],
                    InvalidField,
                    "payload.units",
                ),
            ],
        );
    }

    #[test]
    fn a_claim_and_every_end_come_back() {
        for unit in [Some(unit()), None] {
            let read = decode_claimed(&encode_claimed(ID, unit.as_ref()), &in_thread());
            assert_eq!(read, Ok((ID, unit)));
        }
        for end in OfferEnd::ALL {
            let read = decode_offer_closed(&encode_offer_closed(ID, *end), &in_thread());
            assert_eq!(read, Ok((ID, *end)));
        }
        let elsewhere = invalid("header.conversation_id");
        assert_eq!(decode_claimed(&encode_claimed(ID, None), &header()), Err(elsewhere.clone()));
        let closed = encode_offer_closed(ID, OfferEnd::Expired);
        assert_eq!(decode_offer_closed(&closed, &header()), Err(elsewhere));
        let endless = proto::ReferralOfferClosed { offer_id: vec![6; 16], reason: 0 };
        let read = decode_offer_closed(&endless.encode_to_vec(), &in_thread());
        assert_eq!(read, Err(invalid("payload.reason")));
    }

    #[test]
    fn a_request_tells_which_offer_it_answers() {
        let mut referral = referral();
        for offer in [Some(ID), None] {
            referral.request.offer = offer;
            assert_eq!(offer_answered(&crate::referral::encode_requested(&referral)), offer);
        }
        assert_eq!(offer_answered(b"\xff"), None);
    }
}
