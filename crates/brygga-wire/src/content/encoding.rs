//! The content as bytes: what is committed to, sealed and opened.

use brygga_crypto::{Digest, sha256};
use brygga_domain::Refusal;
use brygga_domain::code::{CodedTerm, HOUSING_NEED, SUPPORT_NEED};
use brygga_domain::sensitive::Sensitive;
use brygga_proto::referral::v1 as proto;
use brygga_proto::types::v1::Code;
use prost::Message;
use zeroize::Zeroizing;

use super::{
    HomelessnessSituation, Household, MAX_CONTACT_CHARS, MAX_NAME_CHARS, MAX_NEEDS, MAX_NOTE_CHARS,
    PersonalIdentityNumber, ReferralContent, third_person,
};
use crate::code;
use crate::field::{counted, from_bytes, invalid, multiline_text, text};

/// Length of the salt of a commitment.
pub const SALT_BYTES: usize = 32;

/// In front of the committed bytes, so that the digest is good for nothing else.
const COMMITMENT_CONTEXT: &[u8] = b"brygga/v1/content\0";

/// The commitment that the header carries: SHA-256 over a context and the encoded content.
///
/// The random salt inside hides what few possibilities would otherwise betray.
pub fn commitment(encoded: &[u8]) -> Digest {
    sha256(&[COMMITMENT_CONTEXT, encoded])
}

impl ReferralContent {
    /// The bytes to commit to and to seal, which clear themselves when dropped.
    pub fn encode(&self, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let message = proto::ReferralContent { salt: salt.to_vec(), ..content_to_proto(self) };
        Zeroizing::new(message.encode_to_vec())
    }

    /// Reads what [`Self::encode`] made, after it has been opened.
    ///
    /// # Errors
    /// `SEND_INVALID_FIELD` with the field under `content.`, never with what it holds.
    pub fn decode(encoded: &[u8]) -> Result<([u8; SALT_BYTES], Self), Refusal> {
        let content = proto::ReferralContent::decode(encoded).map_err(|_| invalid("content"))?;
        let salt = from_bytes(&content.salt, "content.salt")?;
        Ok((salt, content_from_proto(content)?))
    }
}

/// The content without a salt, for somebody who may read it.
pub fn content_to_proto(content: &ReferralContent) -> proto::ReferralContent {
    proto::ReferralContent {
        salt: Vec::new(),
        name: exposed(content.name.as_ref()),
        personal_identity_number: content
            .personal_identity_number
            .as_ref()
            .map(|number| number.expose().as_str().to_owned())
            .unwrap_or_default(),
        contact: exposed(content.contact.as_ref()),
        household: content.household.as_ref().map(|household| household.expose().to_proto()),
        homelessness_situation: content
            .homelessness_situation
            .as_ref()
            .map(|situation| situation.expose().number())
            .unwrap_or_default(),
        housing_needs: needs_to_proto(&content.housing_needs),
        support_needs: needs_to_proto(&content.support_needs),
        note: exposed(content.note.as_ref()),
        third_persons: third_person::to_proto(&content.third_persons),
        cause_level: code::number_or_unset(
            content.cause_level.as_ref().map(|level| *level.expose()),
        ),
    }
}

/// Reads the content; what the salt must be is the caller's matter.
pub(crate) fn content_from_proto(
    content: proto::ReferralContent,
) -> Result<ReferralContent, Refusal> {
    let number = content.personal_identity_number;
    let read = ReferralContent {
        name: sensitive(text(content.name, MAX_NAME_CHARS, "content.name")?),
        personal_identity_number: if number.is_empty() {
            None
        } else {
            let number = PersonalIdentityNumber::parse(number)
                .ok_or(invalid("content.personal_identity_number"))?;
            Some(Sensitive::new(number))
        },
        contact: sensitive(multiline_text(content.contact, MAX_CONTACT_CHARS, "content.contact")?),
        household: content.household.map(Household::from_proto).transpose()?.map(Sensitive::new),
        homelessness_situation: match content.homelessness_situation {
            0 => None,
            number => Some(
                HomelessnessSituation::from_number(number)
                    .map(Sensitive::new)
                    .ok_or(invalid("content.homelessness_situation"))?,
            ),
        },
        housing_needs: needs(HOUSING_NEED, content.housing_needs, "content.housing_needs")?,
        support_needs: needs(SUPPORT_NEED, content.support_needs, "content.support_needs")?,
        note: sensitive(multiline_text(content.note, MAX_NOTE_CHARS, "content.note")?),
        third_persons: third_person::from_proto(content.third_persons)?,
        cause_level: code::read_or_unset(content.cause_level, "content.cause_level")?
            .map(Sensitive::new),
    };
    // A content that tells nothing has no category, and without one nothing may be disclosed.
    if read.categories().is_empty() { Err(invalid("content")) } else { Ok(read) }
}

fn exposed(value: Option<&Sensitive<String>>) -> String {
    value.map(|value| value.expose().clone()).unwrap_or_default()
}

fn sensitive(text: String) -> Option<Sensitive<String>> {
    if text.is_empty() { None } else { Some(Sensitive::new(text)) }
}

fn needs_to_proto(needs: &[Sensitive<CodedTerm>]) -> Vec<Code> {
    needs.iter().map(|need| code::term_to_proto(need.expose())).collect()
}

fn needs(
    list: &str,
    codes: Vec<Code>,
    field: &'static str,
) -> Result<Vec<Sensitive<CodedTerm>>, Refusal> {
    counted(&codes, 0..=MAX_NEEDS, field)?;
    let terms = codes.into_iter().map(|code| code::term_of(list, Some(code), field));
    terms.map(|term| term.map(Sensitive::new)).collect()
}
