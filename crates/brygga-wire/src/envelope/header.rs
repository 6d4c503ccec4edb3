//! The header: who, to whom, when, under which agreement, and on which secrecy rule.

use brygga_crypto::Digest;
use brygga_domain::{
    AgreementId, ConversationId, DataCategory, DisclosureGround, GdprBasis, MessageId, OrgId,
    Reason, Refusal, Timestamp, UnitId,
};
use brygga_proto::federation::v1 as proto;

use super::MessageType;
use crate::code;
use crate::field::{
    counted, filled_text, from_bytes, from_bytes_or_none, from_text, from_text_or_none, invalid,
    key_id_text, text_or_empty, version,
};
use crate::time;

/// Kinds of data that one header can name.
pub const MAX_DATA_CATEGORIES: usize = 16;
/// Extensions that one header can name.
pub const MAX_CRITICAL: usize = 8;
const MAX_EXTENSION_NAME_CHARS: usize = 64;

/// What sender and recipient must agree about; holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The message, for ever.
    pub message_id: MessageId,
    /// What the payload is.
    pub message_type: MessageType,
    /// Version of the payload type; 1 is the first.
    pub schema_version: u32,
    /// Who signs.
    pub sender: OrgId,
    /// Whom it is for.
    pub recipient: OrgId,
    /// Function inside the recipient; none for its intake.
    pub recipient_unit: Option<UnitId>,
    /// The thread.
    pub conversation: ConversationId,
    /// When the sender made it, on its clock.
    pub created_at: Timestamp,
    /// When the sender gives up.
    pub expires_at: Timestamp,
    /// Agreement and version that authorise it; none only for agreement negotiation.
    pub agreement: Option<(AgreementId, u32)>,
    /// SHA-256 of the sender's previous header in the thread; none in its first message.
    pub previous_hash: Option<Digest>,
    /// SHA-256 of the payload; filled in by [`super::SignedEnvelope::sign`].
    pub payload_digest: Digest,
    /// What is said of the sealed content; none where nothing is sealed.
    pub sealed: Option<SealedInfo>,
    /// Extensions that the recipient must understand or refuse.
    pub critical: Vec<String>,
}

/// What a header says of a sealed content without telling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedInfo {
    /// Salted SHA-256 of the clear content (see [`crate::content::commitment`]).
    pub content_commitment: Digest,
    /// Key that it is sealed to.
    pub sealing_key_id: String,
    /// Secrecy rule lifted or broken.
    pub ground: DisclosureGround,
    /// GDPR basis of the sender.
    pub gdpr_basis: GdprBasis,
    /// Kinds of data inside; at least one.
    pub data_categories: Vec<DataCategory>,
}

impl Header {
    /// Whether these kinds of data are among those that it says of its sealed content.
    pub(crate) fn declares(&self, categories: &[DataCategory]) -> bool {
        let declared = self.sealed.as_ref().map(|sealed| sealed.data_categories.as_slice());
        categories.iter().all(|one| declared.unwrap_or_default().contains(one))
    }

    pub(super) fn to_proto(&self) -> proto::EnvelopeHeader {
        let sealed = self.sealed.as_ref();
        proto::EnvelopeHeader {
            message_id: self.message_id.as_bytes().to_vec(),
            message_type: self.message_type.to_string(),
            schema_version: self.schema_version,
            sender: self.sender.to_string(),
            recipient: self.recipient.to_string(),
            recipient_unit: text_or_empty(self.recipient_unit.as_ref()),
            conversation_id: self.conversation.as_bytes().to_vec(),
            created_at: Some(time::to_proto(self.created_at)),
            expires_at: Some(time::to_proto(self.expires_at)),
            agreement_id: self.agreement.map(|(id, _)| id.as_bytes().to_vec()).unwrap_or_default(),
            agreement_version: self.agreement.map(|(_, version)| version).unwrap_or_default(),
            previous_hash: self.previous_hash.map(|d| d.as_bytes().to_vec()).unwrap_or_default(),
            payload_digest: self.payload_digest.as_bytes().to_vec(),
            content_commitment: sealed
                .map(|info| info.content_commitment.as_bytes().to_vec())
                .unwrap_or_default(),
            sealing_key_id: sealed.map(|info| info.sealing_key_id.clone()).unwrap_or_default(),
            disclosure_ground: code::number_or_unset(sealed.map(|info| info.ground)),
            gdpr_basis: code::number_or_unset(sealed.map(|info| info.gdpr_basis)),
            data_categories: sealed
                .map(|info| code::numbers(&info.data_categories))
                .unwrap_or_default(),
            critical: self.critical.clone(),
        }
    }

    /// `sealed` says whether the envelope carries a sealed content.
    pub(super) fn from_proto(header: proto::EnvelopeHeader, sealed: bool) -> Result<Self, Refusal> {
        let info = if sealed { Some(SealedInfo::from_proto(&header)?) } else { None };
        if !sealed {
            nothing_said_of_sealed(&header)?;
        }
        counted(&header.critical, 0..=MAX_CRITICAL, "header.critical")?;
        let critical = header.critical.into_iter();
        Ok(Self {
            message_id: from_bytes(&header.message_id, "header.message_id")?,
            message_type: MessageType::parse(header.message_type, "header.message_type")?,
            schema_version: version(header.schema_version, "header.schema_version")?,
            sender: from_text(&header.sender, "header.sender")?,
            recipient: from_text(&header.recipient, "header.recipient")?,
            recipient_unit: from_text_or_none(&header.recipient_unit, "header.recipient_unit")?,
            conversation: from_bytes(&header.conversation_id, "header.conversation_id")?,
            created_at: time::from_proto(header.created_at, "header.created_at")?,
            expires_at: time::from_proto(header.expires_at, "header.expires_at")?,
            agreement: agreement(&header.agreement_id, header.agreement_version)?,
            previous_hash: from_bytes_or_none(&header.previous_hash, "header.previous_hash")?,
            payload_digest: from_bytes(&header.payload_digest, "header.payload_digest")?,
            sealed: info,
            critical: critical
                .map(|name| filled_text(name, MAX_EXTENSION_NAME_CHARS, "header.critical"))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl SealedInfo {
    /// The two legal fields come first: without them nobody may even look at the rest.
    fn from_proto(header: &proto::EnvelopeHeader) -> Result<Self, Refusal> {
        let ground = code::read_or_unset(header.disclosure_ground, "header.disclosure_ground")?
            .ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
        let gdpr_basis = code::read_or_unset(header.gdpr_basis, "header.gdpr_basis")?
            .ok_or(Refusal::at(Reason::GdprBasisNotAllowed, "header.gdpr_basis"))?;
        counted(&header.data_categories, 1..=MAX_DATA_CATEGORIES, "header.data_categories")?;
        Ok(Self {
            content_commitment: from_bytes(
                &header.content_commitment,
                "header.content_commitment",
            )?,
            sealing_key_id: key_id_text(header.sealing_key_id.clone(), "header.sealing_key_id")?,
            ground,
            gdpr_basis,
            data_categories: code::read_all(&header.data_categories, "header.data_categories")?,
        })
    }
}

fn nothing_said_of_sealed(header: &proto::EnvelopeHeader) -> Result<(), Refusal> {
    for (is_empty, field) in [
        (header.content_commitment.is_empty(), "header.content_commitment"),
        (header.sealing_key_id.is_empty(), "header.sealing_key_id"),
        (header.disclosure_ground == 0, "header.disclosure_ground"),
        (header.gdpr_basis == 0, "header.gdpr_basis"),
        (header.data_categories.is_empty(), "header.data_categories"),
    ] {
        if !is_empty {
            return Err(invalid(field));
        }
    }
    Ok(())
}

fn agreement(id: &[u8], number: u32) -> Result<Option<(AgreementId, u32)>, Refusal> {
    match from_bytes_or_none(id, "header.agreement_id")? {
        Some(id) => Ok(Some((id, version(number, "header.agreement_version")?))),
        None if number == 0 => Ok(None),
        None => Err(invalid("header.agreement_version")),
    }
}
