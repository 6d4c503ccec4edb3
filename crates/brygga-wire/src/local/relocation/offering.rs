//! What is asked of this organisation without saying by whom, and its answer.

use brygga_domain::relocation::{HalfYear, OfferDraft, Offering, OfficerCard, OpenEnquiry};
use brygga_domain::{AgreementId, Refusal, Sensitive};
use brygga_proto::local::v1 as proto;

use crate::code::read;
use crate::field::{from_bytes, invalid};
use crate::relocation::need_to_proto;
use crate::time;

/// Reads an answer to an enquiry. Who proves it is read before.
///
/// # Errors
/// The field at fault.
pub fn offering_from_proto(request: proto::OfferRelocationRequest) -> Result<Offering, Refusal> {
    let enquiry = from_bytes(&request.enquiry_id, "enquiry_id")?;
    let officers: [_; 2] = request.officers.try_into().map_err(|_| invalid("officers"))?;
    let [one, other] = officers;
    let officers = [card_from_proto(one)?, card_from_proto(other)?];
    if officers[0].id == officers[1].id {
        return Err(invalid("officers"));
    }
    let content = OfferDraft {
        housing: read(request.housing, "housing")?,
        support: read(request.support, "support")?,
        earliest: read(request.earliest, "earliest")?,
    };
    let until = time::from_proto(request.until, "until")?;
    Ok(Offering { enquiry, officers, content, until })
}

/// Reads the network that is asked about.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `agreement_id`.
pub fn network_id(bytes: &[u8]) -> Result<AgreementId, Refusal> {
    from_bytes(bytes, "agreement_id")
}

/// Who came less who went, for each half-year.
pub fn reciprocity_to_proto(counted: &[(HalfYear, i32)]) -> proto::ShowReciprocityResponse {
    let half_years = counted.iter().map(|(half_year, balance)| proto::ReciprocityBalance {
        half_year: half_year.to_string(),
        balance: *balance,
    });
    proto::ShowReciprocityResponse { half_years: half_years.collect() }
}

/// An enquiry that has come.
pub fn open_enquiry_to_proto(enquiry: &OpenEnquiry) -> proto::OpenEnquiry {
    proto::OpenEnquiry {
        enquiry_id: enquiry.id.as_bytes().to_vec(),
        agreement_id: enquiry.agreement_id.as_bytes().to_vec(),
        need: Some(need_to_proto(&enquiry.need)),
        until: Some(time::to_proto(enquiry.until)),
    }
}

fn card_from_proto(card: proto::OfficerCard) -> Result<OfficerCard, Refusal> {
    let card = OfficerCard {
        id: from_bytes(&card.officer_id, "officers.officer_id")?,
        name: Sensitive::new(card.name),
        phone: Sensitive::new(card.phone),
    };
    card.check().map(|()| card)
}
