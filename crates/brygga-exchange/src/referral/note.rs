//! Either side tells the other something in between, sealed to its function.

use brygga_domain::agreement::Action;
use brygga_domain::consent::Consent;
use brygga_domain::referral::{Referral, Side};
use brygga_domain::{ConsentId, DisclosureGround, GdprBasis, MessageId, Reason, Refusal, UnitId};
use brygga_policy::{
    AgreementBook, Citation, ConsentEvidence, EligibilityEvidence, Permit, Principal,
    ReferralQuestion, decide_note,
};
use brygga_wire::envelope::{MessageType, SealedInfo};
use brygga_wire::referral::{Noted, encode_noted};

use super::request::PreparedContent;
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::{Chain, StoredNote};
use crate::{Decided, Local};

/// On what the writer discloses. At the source the referral's own where nothing is named.
#[derive(Clone, Copy, Debug)]
pub struct NoteGround {
    /// Secrecy rule.
    pub ground: Option<DisclosureGround>,
    /// GDPR basis.
    pub gdpr_basis: Option<GdprBasis>,
}

impl NoteGround {
    /// Fills in what the source's own referral says.
    #[must_use]
    pub fn or_of(self, referral: &Referral) -> Self {
        match referral.side {
            Side::Source => Self {
                ground: self.ground.or(Some(referral.grant.ground)),
                gdpr_basis: self.gdpr_basis.or(Some(referral.grant.gdpr_basis)),
            },
            Side::Target => self,
        }
    }
}

/// The consent that a note rests on where its writer names none.
pub fn consent_of_note(named: Option<ConsentId>, referral: &Referral) -> Option<ConsentId> {
    let own = referral.grant.consent.map(|(id, _)| id);
    named.or_else(|| own.filter(|_| referral.side == Side::Source))
}

/// The function that a note is for.
pub fn addressed_unit(referral: &Referral) -> Option<&UnitId> {
    match referral.side {
        Side::Source => referral.target_unit.as_ref(),
        Side::Target => referral.request.source_unit.as_ref(),
    }
}

/// The function here that works with a referral.
fn own_unit(referral: &Referral) -> Option<&UnitId> {
    match referral.side {
        Side::Source => referral.request.source_unit.as_ref(),
        Side::Target => referral.target_unit.as_ref(),
    }
}

/// What a note is decided against.
#[derive(Clone, Copy)]
pub struct NoteContext<'a> {
    /// The own organisation.
    pub writer: &'a Principal,
    /// The organisation at the other end.
    pub reader: &'a Principal,
    /// Agreements that this node holds.
    pub agreements: &'a AgreementBook,
    /// The consent that it rests on, where this node holds it.
    pub consent: Option<&'a Consent>,
}

/// A note before it is decided.
#[derive(Clone, Copy, Debug)]
pub struct NoteDraft<'a> {
    /// Its message, chosen by the caller.
    pub id: MessageId,
    /// On what it is disclosed.
    pub ground: NoteGround,
    /// The text, sealed and encrypted.
    pub content: &'a PreparedContent,
}

/// Decides a note; the caller has looked for a repeat of its message.
///
/// Refused with [`Reason::Terminal`] once the referral is final or stopped, with [`Reason::ConsentScope`] where
/// the source names another consent than its referral's (what another consent permits is another
/// referral, or its withdrawal could not be lived), otherwise as the gate says.
pub fn note(
    local: &mut Local<'_>,
    actor: &Actor,
    referral: &Referral,
    chain: Option<Chain>,
    note: NoteDraft<'_>,
    context: NoteContext<'_>,
) -> Decided<StoredNote> {
    let NoteDraft { id, ground, content } = note;
    let subject = referral.id.to_string();
    let permit = match permit(local, referral, ground, content, context) {
        Ok(permit) => permit,
        Err(refusal) => return refused(local, actor, "referral.note", &subject, refusal),
    };
    let author_unit = match referral.side {
        Side::Source => referral.request.source_unit.clone(),
        Side::Target => referral.target_unit.clone(),
    };
    let consent = context.consent.filter(|_| permit.ground().rests_on_consent());
    let consent = consent
        .map(|consent| (consent.consent_id, consent.usable_until(permit.consent_max_days())));
    let end = local.message_end();
    let noted = Noted { referral_id: referral.id, author_unit: author_unit.clone(), consent };
    let sealed = SealedInfo {
        content_commitment: content.commitment,
        sealing_key_id: content.sealing_key_id.clone(),
        ground: permit.ground(),
        gdpr_basis: permit.gdpr_basis(),
        data_categories: content.categories.clone(),
    };
    let draft = Draft {
        message_id: id,
        message_type: MessageType::ReferralNoted,
        recipient: referral.peer().clone(),
        recipient_unit: addressed_unit(referral).cloned(),
        conversation: referral.conversation(),
        agreement: Some((permit.agreement_id(), permit.version())),
        expires_at: consent.map_or(end, |(_, usable_until)| usable_until.min(end)),
        payload: encode_noted(&noted),
        sealed: Some((sealed, content.sealed.clone())),
    };
    let stored = StoredNote {
        id,
        referral_id: referral.id,
        is_own: true,
        author_unit,
        written_at: local.now,
        consent_id: consent.map(|(id, _)| id),
        content: Some(content.at_rest.clone()),
    };
    let mut writes = compose(local, draft, chain).writes();
    writes.notes.push(stored.clone());
    let clause = Verdict::permitted(&permit);
    writes.audit.push(leaf(local, actor, "referral.note", &subject, &clause));
    Decided { writes, answer: Ok(stored) }
}

fn permit(
    local: &Local<'_>,
    referral: &Referral,
    ground: NoteGround,
    content: &PreparedContent,
    context: NoteContext<'_>,
) -> Result<Permit, Refusal> {
    if referral.is_stopped || referral.status.is_final() {
        return Err(Refusal::new(Reason::Terminal));
    }
    let NoteGround { ground, gdpr_basis } = ground.or_of(referral);
    let grant = &referral.grant;
    let of_referral = grant.consent.map(|(id, _)| id);
    let is_another = |consent: &Consent| of_referral != Some(consent.consent_id);
    if referral.side == Side::Source && context.consent.is_some_and(is_another) {
        return Err(Refusal::at(Reason::ConsentScope, "consent_id"));
    }
    let question = ReferralQuestion {
        action: Action::ReferralSend,
        sender: context.writer,
        recipient: context.reader,
        sender_unit: own_unit(referral),
        recipient_unit: addressed_unit(referral),
        subject: referral.request.subject,
        service_type: &referral.request.service_type,
        categories: &content.categories,
        third_persons: &content.third_persons,
        ground,
        gdpr: gdpr_basis,
        child: referral.request.about_child,
        agreements: context.agreements,
        citation: Citation::Version(grant.agreement_id, grant.agreement_version),
        consent: context.consent.map_or(ConsentEvidence::None, ConsentEvidence::Record),
        eligibility: EligibilityEvidence::NotAsked,
        quota_use: None,
        now: local.now,
    };
    decide_note(&question, &grant.rule_id)
}
