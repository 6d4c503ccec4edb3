//! A notice of an eviction at the municipality, and its confirmation at Kronofogden.

use brygga_domain::lateness::Lateness;
use brygga_domain::notice::{EvictionNotice, NoticeSide, Said};
use brygga_domain::{Reason, Refusal};
use brygga_policy::{
    Citation, LawQuestion, Permit, TRANSFER_BASIS, TRANSFER_GROUND, decide_notice,
};
use brygga_wire::envelope::{Header, SealedInfo, VerifiedEnvelope};
use brygga_wire::notice::{Notified, decode_confirmed, decode_notified};

use super::referral::is_on_its_way;
use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::notice::{ChangedNotice, NewNotice, NoticePart, StoredNoticePart, check_way};
use crate::records::ContentAtRest;
use crate::{Local, WriteSet};

/// Kronofogden tells: of a new case this organisation's own agreement must permit it too; in a thread it must follow.
pub(super) fn notified(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let notified = decode_notified(envelope.payload(), header)?;
    check_way(notified.protected, header.recipient_unit.as_ref(), held.protected_unit.as_ref())
        .map_err(|refusal| Refusal::at(refusal.reason, "header.recipient_unit"))?;
    if let Some(sealed) = &header.sealed {
        check_law(sealed)?;
    }
    match held.notice.clone().filter(|notice| notice.sender == header.sender) {
        None => begun(local, receiver, header, &notified, held, content),
        Some(notice) => followed(local, header, &notified, notice, held, content),
    }
}

fn begun(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    header: &Header,
    notified: &Notified,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let cited = header.agreement.ok_or(Refusal::at(Reason::InvalidField, "header.agreement_id"))?;
    let permit = permit(local, receiver, header, notified, cited).map_err(|refusal| {
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    // After the gate, since it may be another's, of which who is no party learns nothing.
    if held.notice.is_some() || held.signal.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.notice_id").into());
    }
    if !notified.kind.begins() {
        return Err(Refusal::new(Reason::NotFound).into());
    }
    let mut writes = WriteSet::default();
    let notice = arrived(local, header, notified, &permit);
    writes.notices.parts.push(their_part(&notice, header, NoticePart::Eviction, content));
    writes.notices.new.push(NewNotice { notice, idempotency: None });
    Ok(Effect {
        writes,
        rule_id: permit.rule_id().to_owned(),
        verdict: Verdict::permitted(&permit),
        chain: held.chain,
    })
}

fn permit(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    header: &Header,
    notified: &Notified,
    cited: (brygga_domain::AgreementId, u32),
) -> Result<Permit, Refusal> {
    let categories =
        header.sealed.as_ref().map(|sealed| sealed.data_categories.as_slice()).unwrap_or_default();
    decide_notice(&LawQuestion {
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: notified.sender_unit.as_ref(),
        recipient_unit: header.recipient_unit.as_ref(),
        categories,
        child: false,
        agreements: receiver.agreements,
        citation: Citation::Version(cited.0, cited.1),
        now: local.now,
    })
}

fn arrived(
    local: &Local<'_>,
    header: &Header,
    notified: &Notified,
    permit: &Permit,
) -> EvictionNotice {
    EvictionNotice {
        id: notified.id,
        side: NoticeSide::Recipient,
        sender: header.sender.clone(),
        recipient: local.organisation.clone(),
        sender_unit: notified.sender_unit.clone(),
        recipient_unit: header.recipient_unit.clone(),
        protected: notified.protected,
        case_number: notified.case_number.clone(),
        with_children: notified.with_children,
        kind: notified.kind,
        until: notified.until,
        message_id: header.message_id,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        sent_at: header.created_at,
        // The receipt tells the same instant, so that both ends count from it.
        arrived_at: Some(local.now),
        not_taken: None,
        confirmed_at: None,
        lateness: Lateness::default(),
        changed_at: local.now,
        revision: 1,
    }
    .timed()
}

/// The next thing in a thread: of the same case, the same way, to the same function.
fn followed(
    local: &Local<'_>,
    header: &Header,
    notified: &Notified,
    mut notice: EvictionNotice,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let same = [
        (notice.side == NoticeSide::Recipient, "payload.notice_id"),
        (notice.case_number == notified.case_number, "payload.case_number"),
        (notice.protected == notified.protected, "payload.protected"),
        (notice.sender_unit == notified.sender_unit, "payload.sender_unit"),
        (notice.recipient_unit == header.recipient_unit, "header.recipient_unit"),
    ];
    if let Some((_, field)) = same.iter().find(|(is_same, _)| !is_same) {
        return Err(Refusal::at(Reason::InvalidField, field).into());
    }
    let before = notice.revision;
    let said = Said {
        message_id: header.message_id,
        sent_at: header.created_at,
        arrived_at: Some(local.now),
        with_children: notified.kind.has_content().then_some(notified.with_children),
        until: notified.until,
    };
    notice.follow(notified.kind, said, local.now)?;
    let mut writes = WriteSet::default();
    if notified.kind.has_content() {
        writes.notices.parts.push(their_part(&notice, header, NoticePart::Eviction, content));
    }
    writes.notices.changed.push(ChangedNotice { notice, before, idempotency: None });
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

/// The municipality confirms: only a notice between the two, and only to Kronofogden.
pub(super) fn confirmed(
    local: &Local<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, message_id) = decode_confirmed(envelope.payload(), header)?;
    let is_it = |notice: &EvictionNotice| notice.id == id && *notice.peer() == header.sender;
    let mut notice = held.notice.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    if let Some(sealed) = &header.sealed {
        check_law(sealed)?;
    }
    let before = notice.revision;
    let mut writes = WriteSet::default();
    if notice.observe_confirmed(message_id, header.created_at, local.now)? {
        writes.notices.parts.push(their_part(&notice, header, NoticePart::Confirmation, content));
        writes.notices.changed.push(ChangedNotice { notice, before, idempotency: None });
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

fn check_law(sealed: &SealedInfo) -> Result<(), Refusal> {
    let is_law = sealed.ground == TRANSFER_GROUND && sealed.gdpr_basis == TRANSFER_BASIS;
    if is_law {
        Ok(())
    } else {
        Err(Refusal::at(Reason::GroundNotAllowed, "header.disclosure_ground"))
    }
}

fn their_part(
    notice: &EvictionNotice,
    header: &Header,
    part: NoticePart,
    content: Option<ContentAtRest>,
) -> StoredNoticePart {
    StoredNoticePart { id: header.message_id, notice_id: notice.id, part, is_own: false, content }
}
