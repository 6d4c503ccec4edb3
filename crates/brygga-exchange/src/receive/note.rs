//! A note in between, as it arrives: the writer needs a ground of its own, and this end checks it too.

use brygga_domain::agreement::Action;
use brygga_domain::referral::Referral;
use brygga_domain::{Reason, Refusal};
use brygga_policy::{
    Citation, ConsentEvidence, EligibilityEvidence, Permit, ReferralQuestion, decide_note,
};
use brygga_wire::envelope::{Header, VerifiedEnvelope};
use brygga_wire::referral::{Noted, decode_noted};

use super::referral::{held_referral, is_on_its_way};
use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::records::{ContentAtRest, StoredNote};
use crate::referral::addressed_unit;
use crate::{Local, WriteSet};

/// Either side receives a note. It is kept also where the referral is final by now, since it was
/// written before the writer knew; nothing is kept of one that was stopped. Of one whose content the
/// writer took back there is nothing to keep or to permit: the thread goes on.
pub(super) fn noted(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let noted = decode_noted(envelope.payload(), header)?;
    let side = held.referral.as_ref().map(|referral| referral.side);
    let side = side.ok_or(Refusal::new(Reason::NotFound))?;
    let referral = held_referral(held.referral, side, envelope, noted.referral_id)?;
    if envelope.is_cover() {
        return Ok(Effect {
            writes: WriteSet::default(),
            rule_id: String::new(),
            verdict: Verdict::Done,
            chain: held.chain,
        });
    }
    if referral.is_stopped {
        return Err(Refusal::new(Reason::Terminal).into());
    }
    let permit = permit(local, receiver, header, &noted, &referral)?;
    let note = StoredNote {
        id: header.message_id,
        referral_id: referral.id,
        is_own: false,
        author_unit: noted.author_unit,
        written_at: header.created_at,
        consent_id: None,
        content,
    };
    Ok(Effect {
        writes: WriteSet { notes: vec![note], ..WriteSet::default() },
        rule_id: permit.rule_id().to_owned(),
        verdict: Verdict::permitted(&permit),
        chain: held.chain,
    })
}

/// This end asks the same question as the writer did.
fn permit(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    header: &Header,
    noted: &Noted,
    referral: &Referral,
) -> Result<Permit, NoEffect> {
    let sealed = header.sealed.as_ref();
    let sealed = sealed.ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
    let consent = noted.consent.map_or(ConsentEvidence::None, |(_, valid_until)| {
        ConsentEvidence::Statement { valid_until }
    });
    let grant = &referral.grant;
    let question = ReferralQuestion {
        action: Action::ReferralSend,
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: addressed_unit(referral),
        recipient_unit: header.recipient_unit.as_ref(),
        subject: referral.request.subject,
        service_type: &referral.request.service_type,
        categories: &sealed.data_categories,
        third_persons: &[],
        ground: Some(sealed.ground),
        gdpr: Some(sealed.gdpr_basis),
        child: referral.request.about_child,
        agreements: receiver.agreements,
        citation: Citation::Version(grant.agreement_id, grant.agreement_version),
        consent,
        eligibility: EligibilityEvidence::NotAsked,
        quota_use: None,
        now: local.now,
    };
    decide_note(&question, &grant.rule_id).map_err(|refusal| {
        let cited = (grant.agreement_id, grant.agreement_version);
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })
}
