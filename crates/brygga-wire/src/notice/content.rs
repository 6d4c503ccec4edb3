//! The sealed parts: who is to be evicted and from where, and who works with it.

use std::fmt;

use brygga_domain::notice::{
    Children, ChildrenCount, EvictionGround, LandlordKind, LivingForm, NoticeKind, Occupants,
};
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{DataCategory, Refusal};
use brygga_proto::notice::v1 as proto;
use jiff::civil::DateTime;
use prost::Message;
use zeroize::Zeroizing;

use crate::code;
use crate::content::{MAX_NAME_CHARS, PersonalIdentityNumber, SALT_BYTES};
use crate::field::{filled_text, from_bytes, invalid, text};

/// Longest address, in characters.
const MAX_ADDRESS_CHARS: usize = 200;
/// Longest telephone number, in characters.
const MAX_PHONE_CHARS: usize = 32;
/// How a planned time is written.
const PLANNED_FORM: &str = "%Y-%m-%dT%H:%M";

/// Who is to be evicted, and from where (domain guide 8.2).
#[derive(Clone, PartialEq, Eq)]
pub struct EvictionContent {
    /// The tenant.
    pub tenant_name: Sensitive<String>,
    /// Personnummer or samordningsnummer.
    pub tenant_number: Option<Sensitive<PersonalIdentityNumber>>,
    /// The dwelling; none for a protected person whose address does not pass the gateway.
    pub address: Option<Sensitive<String>>,
    /// When, in Europe/Stockholm.
    pub planned_at: Option<DateTime>,
    /// Why.
    pub ground: EvictionGround,
    /// Who lets the dwelling.
    pub landlord: LandlordKind,
    /// Whether children live there.
    pub children: Children,
    /// How many, as far as it is known.
    pub children_count: Option<ChildrenCount>,
    /// How they live there, as far as it is known.
    pub living_form: Option<LivingForm>,
    /// Whether others live there.
    pub other_occupants: Occupants,
    /// Telephone of the function at Kronofogden.
    pub contact: String,
}

impl EvictionContent {
    /// The kinds of data in every one, in the order of the vocabulary: whether children live there is always said.
    pub const CATEGORIES: [DataCategory; 3] =
        [DataCategory::Identity, DataCategory::Household, DataCategory::HousingSituation];

    /// The kinds of data in it.
    pub fn categories(&self) -> Vec<DataCategory> {
        Self::CATEGORIES.to_vec()
    }

    /// Whether it suits a kind of notice, and the way that it goes.
    ///
    /// # Errors
    /// `SEND_INVALID_FIELD` at `content.planned_at` or `content.address`.
    pub fn check(&self, kind: NoticeKind, protected: bool) -> Result<(), Refusal> {
        if self.planned_at.is_some() != kind.tells_a_time() {
            return Err(invalid("content.planned_at"));
        }
        let is_located = self.address.is_some() || protected;
        if is_located { Ok(()) } else { Err(invalid("content.address")) }
    }

    /// The bytes to commit to and to seal, which clear themselves when dropped.
    pub fn encode(&self, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let message = proto::EvictionContent { salt: salt.to_vec(), ..eviction_to_proto(self) };
        Zeroizing::new(message.encode_to_vec())
    }
}

impl fmt::Debug for EvictionContent {
    /// The kinds of data, which the header tells anyway.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvictionContent")
            .field("categories", &self.categories())
            .finish_non_exhaustive()
    }
}

/// Reads what [`EvictionContent::encode`] made, after it has been opened.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field under `content.`, never with what it holds.
pub fn decode_eviction(encoded: &[u8]) -> Result<EvictionContent, Refusal> {
    let content = proto::EvictionContent::decode(encoded).map_err(|_| invalid("content"))?;
    let _: [u8; SALT_BYTES] = from_bytes(&content.salt, "content.salt")?;
    eviction_from_proto(content)
}

/// The content without a salt, for somebody who may read it.
pub fn eviction_to_proto(content: &EvictionContent) -> proto::EvictionContent {
    let number = content.tenant_number.as_ref();
    let address = content.address.as_ref();
    proto::EvictionContent {
        salt: Vec::new(),
        tenant_name: content.tenant_name.expose().clone(),
        tenant_number: number.map(|one| one.expose().as_str().to_owned()).unwrap_or_default(),
        address: address.map(|address| address.expose().clone()).unwrap_or_default(),
        planned_at: content
            .planned_at
            .map(|at| at.strftime(PLANNED_FORM).to_string())
            .unwrap_or_default(),
        ground: code::number_or_unset(Some(content.ground)),
        landlord: code::number_or_unset(Some(content.landlord)),
        children: code::number_or_unset(Some(content.children)),
        children_count: code::number_or_unset(content.children_count),
        living_form: code::number_or_unset(content.living_form),
        other_occupants: code::number_or_unset(Some(content.other_occupants)),
        contact: content.contact.clone(),
    }
}

/// Reads the content.
///
/// # Errors
/// The field at fault.
pub fn eviction_from_proto(content: proto::EvictionContent) -> Result<EvictionContent, Refusal> {
    let children = code::read(content.children, "content.children")?;
    let known = children == Children::Yes;
    let children_count = code::read_or_unset(content.children_count, "content.children_count")?;
    let living_form = code::read_or_unset(content.living_form, "content.living_form")?;
    if children_count.is_some() && !known {
        return Err(invalid("content.children_count"));
    }
    if living_form.is_some() && !known {
        return Err(invalid("content.living_form"));
    }
    let name = filled_text(content.tenant_name, MAX_NAME_CHARS, "content.tenant_name")?;
    let address = text(content.address, MAX_ADDRESS_CHARS, "content.address")?;
    let address = Some(address).filter(|address| !address.trim().is_empty());
    Ok(EvictionContent {
        tenant_name: Sensitive::new(name),
        tenant_number: number(content.tenant_number)?,
        address: address.map(Sensitive::new),
        planned_at: planned(&content.planned_at)?,
        ground: code::read(content.ground, "content.ground")?,
        landlord: code::read(content.landlord, "content.landlord")?,
        children,
        children_count,
        living_form,
        other_occupants: code::read(content.other_occupants, "content.other_occupants")?,
        contact: filled_text(content.contact, MAX_PHONE_CHARS, "content.contact")?,
    })
}

fn number(number: String) -> Result<Option<Sensitive<PersonalIdentityNumber>>, Refusal> {
    if number.is_empty() {
        return Ok(None);
    }
    let field = "content.tenant_number";
    let number = PersonalIdentityNumber::parse(number).ok_or(invalid(field))?;
    Ok(Some(Sensitive::new(number)))
}

fn planned(text: &str) -> Result<Option<DateTime>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let field = "content.planned_at";
    let at = DateTime::strptime(PLANNED_FORM, text).map_err(|_| invalid(field))?;
    let is_plain =
        (2000..=2200).contains(&at.year()) && at.strftime(PLANNED_FORM).to_string() == text;
    if is_plain { Ok(Some(at)) } else { Err(invalid(field)) }
}

/// The responsible case worker, whom a confirmation names (rule R16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// Name.
    pub case_worker: Sensitive<String>,
    /// Telephone.
    pub phone: Sensitive<String>,
}

impl Responsible {
    /// The bytes to commit to and to seal.
    pub fn encode(&self, salt: [u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let message = proto::ConfirmationContent {
            salt: salt.to_vec(),
            case_worker: self.case_worker.expose().clone(),
            phone: self.phone.expose().clone(),
        };
        Zeroizing::new(message.encode_to_vec())
    }
}

/// A case worker as somebody names one.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `case_worker` or `phone`.
pub fn responsible(case_worker: String, phone: String) -> Result<Responsible, Refusal> {
    Ok(Responsible {
        case_worker: Sensitive::new(filled_text(case_worker, MAX_NAME_CHARS, "case_worker")?),
        phone: Sensitive::new(filled_text(phone, MAX_PHONE_CHARS, "phone")?),
    })
}

/// Reads what [`Responsible::encode`] made, after it has been opened.
///
/// # Errors
/// `SEND_INVALID_FIELD`.
pub fn decode_responsible(encoded: &[u8]) -> Result<Responsible, Refusal> {
    let content = proto::ConfirmationContent::decode(encoded).map_err(|_| invalid("content"))?;
    let _: [u8; SALT_BYTES] = from_bytes(&content.salt, "content.salt")?;
    responsible(content.case_worker, content.phone)
}
