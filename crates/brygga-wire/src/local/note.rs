//! Notes in between: written by somebody here, and shown to whoever may read the referral.

use brygga_domain::Timestamp;
use brygga_domain::sensitive::Sensitive;
use brygga_domain::{
    ConsentId, DisclosureGround, GdprBasis, MessageId, ReferralId, Refusal, UnitId,
};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::content::{MAX_NOTE_CHARS, ReferralContent};
use crate::field::{from_bytes, from_bytes_or_none, invalid, multiline_text, text_or_empty};
use crate::time;

/// A note that somebody wants to send.
#[derive(Clone, Debug)]
pub struct NoteWish {
    /// Names the note, and its message; the same again is a repeat.
    pub note_id: MessageId,
    /// Referral that it is about.
    pub referral_id: ReferralId,
    /// The text, as the sealed content that holds nothing else.
    pub content: ReferralContent,
    /// Secrecy rule; none to use the referral's own, at the source.
    pub ground: Option<DisclosureGround>,
    /// GDPR basis; none to use the referral's own, at the source.
    pub gdpr_basis: Option<GdprBasis>,
    /// Consent that it rests on; none to use the referral's own, at the source.
    pub consent_id: Option<ConsentId>,
}

/// A note as it is shown.
#[derive(Clone, Debug)]
pub struct NoteShown {
    /// The note.
    pub note_id: MessageId,
    /// Whether this node wrote it.
    pub is_own: bool,
    /// When it was written, on the writer's clock.
    pub written_at: Timestamp,
    /// Function that wrote it; none for the intake.
    pub author_unit: Option<UnitId>,
    /// The text; none where this node cannot open it or it is erased.
    pub text: Option<Sensitive<String>>,
}

/// Reads a note.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field; `SEND_CONTENT_FORBIDDEN` for an identity number in the text;
/// `SEND_CONTENT_WARNING` where it waits to be read again.
pub fn note_wish(request: proto::SendNoteRequest) -> Result<NoteWish, Refusal> {
    let is_empty = request.text.trim().is_empty();
    let content = ReferralContent::note(multiline_text(request.text, MAX_NOTE_CHARS, "text")?);
    if is_empty {
        return Err(invalid("text"));
    }
    let at_text = |refusal| Refusal { field: "text", ..refusal };
    content.check_texts().map_err(at_text)?;
    content.check_test_results(request.accept_content_warning).map_err(at_text)?;
    Ok(NoteWish {
        note_id: from_bytes(&request.note_id, "note_id")?,
        referral_id: super::referral_id(&request.referral_id)?,
        content,
        ground: code::read_or_unset(request.disclosure_ground, "disclosure_ground")?,
        gdpr_basis: code::read_or_unset(request.gdpr_basis, "gdpr_basis")?,
        consent_id: from_bytes_or_none(&request.consent_id, "consent_id")?,
    })
}

/// A note as the organisation's own staff see it.
pub fn note_to_proto(note: &NoteShown) -> proto::Note {
    proto::Note {
        note_id: note.note_id.as_bytes().to_vec(),
        is_own: note.is_own,
        written_at: Some(time::to_proto(note.written_at)),
        author_unit: text_or_empty(note.author_unit.as_ref()),
        text: note.text.as_ref().map(|text| text.expose().clone()).unwrap_or_default(),
    }
}
