//! A transfer at the receiving end: the request, and what the other tells of it.

use brygga_domain::transfer::{Transfer, TransferSide};
use brygga_domain::{Reason, Refusal};
use brygga_policy::{
    Citation, LawQuestion, Permit, TRANSFER_BASIS, TRANSFER_GROUND, check_ground, decide_transfer,
};
use brygga_wire::envelope::{Header, SealedInfo, VerifiedEnvelope};
use brygga_wire::transfer::{Requested, decode_act, decode_requested};

use super::referral::is_on_its_way;
use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::records::ContentAtRest;
use crate::transfer::{NewTransfer, StoredPart, TransferPart, part_of};
use crate::{Local, WriteSet};

/// A municipality asks: this organisation's own agreement must permit it too.
pub(super) fn requested(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let requested = decode_requested(envelope.payload(), header)?;
    let cited = header.agreement.ok_or(Refusal::at(Reason::InvalidField, "header.agreement_id"))?;
    let permit = permit(local, receiver, header, &requested).map_err(|refusal| {
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    // After the gate, since it may be others', of which who is no party learns nothing.
    if held.transfer.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.transfer_id").into());
    }
    let mut writes = WriteSet::default();
    let transfer = arrived(local, header, requested, &permit);
    writes.transfers.parts.push(their_part(&transfer, header, TransferPart::Request, content));
    writes.transfers.new.push(NewTransfer { transfer, idempotency: None });
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
    requested: &Requested,
) -> Result<Permit, Refusal> {
    let cited = header.agreement.ok_or(Refusal::at(Reason::InvalidField, "header.agreement_id"))?;
    let sealed = header.sealed.as_ref().filter(|sealed| is_by_law(sealed));
    let sealed = sealed.ok_or(Refusal::at(Reason::GroundNotAllowed, "header.disclosure_ground"))?;
    decide_transfer(&LawQuestion {
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: requested.requester_unit.as_ref(),
        recipient_unit: header.recipient_unit.as_ref(),
        categories: &sealed.data_categories,
        child: requested.about_child,
        agreements: receiver.agreements,
        citation: Citation::Version(cited.0, cited.1),
        now: local.now,
    })
}

fn arrived(local: &Local<'_>, header: &Header, requested: Requested, permit: &Permit) -> Transfer {
    Transfer {
        id: requested.id,
        side: TransferSide::Asked,
        requester: header.sender.clone(),
        asked: local.organisation.clone(),
        requester_unit: requested.requester_unit,
        asked_unit: header.recipient_unit.clone(),
        direction: requested.direction,
        about_child: requested.about_child,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        position_days: permit.position_days(),
        requested_at: header.created_at,
        // The receipt tells the same instant, so that both ends count from it.
        arrived_at: Some(local.now),
        not_taken: None,
        answer: None,
        applied_on: None,
        decided: None,
        appealed: None,
        finalised: None,
        withdrawn_at: None,
        handed_over_at: None,
        changed_at: local.now,
        revision: 1,
    }
}

/// The other tells what it did: only of a transfer between the two, and only what is its to do and due.
pub(super) fn told(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (id, act) = decode_act(envelope.payload(), header)?;
    let is_it = |transfer: &Transfer| transfer.id == id && *transfer.peer() == header.sender;
    let mut transfer = held.transfer.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    let part = part_of(&act);
    if let Some(sealed) = &header.sealed {
        if part.is_none() {
            return Err(Refusal::at(Reason::ContentForbidden, "header.sealed").into());
        }
        if !is_by_law(sealed) {
            let refusal = Refusal::at(Reason::GroundNotAllowed, "header.disclosure_ground");
            return Err(refusal.into());
        }
        check_ground(receiver.sender, receiver.me)?;
    }
    let before = transfer.revision;
    let mut writes = WriteSet::default();
    if transfer.observe(&act, header.created_at, local.now)? {
        if let Some(part) = part {
            writes.transfers.parts.push(their_part(&transfer, header, part, content));
        }
        writes.transfers.changed.push((transfer, before));
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

fn is_by_law(sealed: &SealedInfo) -> bool {
    sealed.ground == TRANSFER_GROUND && sealed.gdpr_basis == TRANSFER_BASIS
}

fn their_part(
    transfer: &Transfer,
    header: &Header,
    part: TransferPart,
    content: Option<ContentAtRest>,
) -> StoredPart {
    StoredPart { id: header.message_id, transfer_id: transfer.id, part, is_own: false, content }
}
