//! A signal at the municipality, and the steps that the other end tells.

use brygga_domain::lateness::Lateness;
use brygga_domain::notice::NoticeSide;
use brygga_domain::signal::{NextStep, Signal};
use brygga_domain::{Reason, Refusal};
use brygga_policy::{
    AboutHome, Citation, LawQuestion, SIGNAL_ANSWER_BASIS, SignalPermit, check_answer,
    decide_signal,
};
use brygga_wire::envelope::{Header, MessageType, VerifiedEnvelope};
use brygga_wire::signal::{Given, decode_given, decode_told};

use super::referral::is_on_its_way;
use super::{Effect, Held, NoEffect, Receiver};
use crate::audit::Verdict;
use crate::notice::{NoticePart, StoredNoticePart};
use crate::records::ContentAtRest;
use crate::signal::{ChangedSignal, NewSignal, superseded};
use crate::{Local, WriteSet};

/// A signal, or a step that follows one.
pub(super) fn received(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    match envelope.header().message_type {
        MessageType::SignalGiven => given(local, receiver, envelope, held, content),
        _ => told(local, receiver, envelope, held, content),
    }
}

/// Somebody gives a signal: this organisation's own agreement must permit it too.
fn given(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let given = decode_given(envelope.payload(), header)?;
    let cited = header.agreement.ok_or(Refusal::at(Reason::InvalidField, "header.agreement_id"))?;
    let permitted = permit(local, receiver, header, &given, cited).map_err(|refusal| {
        let is_early = refusal.reason == Reason::AgreementNotInForce
            && is_on_its_way(receiver, cited, local.now);
        if is_early { NoEffect::NotYet(refusal) } else { NoEffect::Refused(refusal) }
    })?;
    // After the gate, since it may be another's, of which who is no party learns nothing.
    if held.signal.is_some() || held.notice.is_some() {
        return Err(Refusal::at(Reason::IdempotencyMismatch, "payload.signal_id").into());
    }
    let replaced = held.replaced.filter(|one| one.sender == header.sender);
    let signal = arrived(local, header, &given, &permitted);
    let mut writes = WriteSet::default();
    writes.signals.changed.extend(superseded(replaced, &signal, local));
    writes.notices.parts.push(their_part(&signal, header, content));
    writes.signals.new.push(NewSignal { signal, idempotency: None });
    Ok(Effect {
        writes,
        rule_id: permitted.permit.rule_id().to_owned(),
        verdict: Verdict::permitted(&permitted.permit),
        chain: held.chain,
    })
}

fn permit(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    header: &Header,
    given: &Given,
    cited: (brygga_domain::AgreementId, u32),
) -> Result<SignalPermit, Refusal> {
    let sealed = header.sealed.as_ref();
    let sealed = sealed.ok_or(Refusal::at(Reason::GroundMissing, "header.disclosure_ground"))?;
    let question = LawQuestion {
        sender: receiver.sender,
        recipient: receiver.me,
        sender_unit: given.sender_unit.as_ref(),
        recipient_unit: header.recipient_unit.as_ref(),
        categories: &sealed.data_categories,
        child: false,
        agreements: receiver.agreements,
        citation: Citation::Version(cited.0, cited.1),
        now: local.now,
    };
    let ground = Some(sealed.ground);
    let about = AboutHome { subject: given.subject, ground, days_late: given.days_late };
    let permitted = decide_signal(&question, about)?;
    if permitted.permit.gdpr_basis() == sealed.gdpr_basis {
        Ok(permitted)
    } else {
        Err(Refusal::at(Reason::GdprBasisNotAllowed, "header.gdpr_basis"))
    }
}

fn arrived(local: &Local<'_>, header: &Header, given: &Given, permitted: &SignalPermit) -> Signal {
    let SignalPermit { permit, terms } = permitted;
    Signal {
        id: given.id,
        side: NoticeSide::Recipient,
        sender: header.sender.clone(),
        recipient: local.organisation.clone(),
        sender_unit: given.sender_unit.clone(),
        recipient_unit: header.recipient_unit.clone(),
        subject: given.subject,
        replaces: given.replaces,
        on: given.on,
        priority: given.priority.clone(),
        rank: terms.rank(&given.priority),
        times: terms.times,
        ground: permit.ground(),
        message_id: header.message_id,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        sent_at: header.created_at,
        // The receipt tells the same instant, so that both ends count from it.
        arrived_at: Some(local.now),
        not_taken: None,
        steps: Vec::new(),
        outcome: None,
        lateness: Lateness::default(),
        changed_at: local.now,
        revision: 1,
    }
    .timed()
}

/// The other end takes a step: only of a signal between the two, and only its own.
fn told(
    local: &Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
    content: Option<ContentAtRest>,
) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let told = decode_told(envelope.payload(), header)?;
    let is_it = |signal: &Signal| *signal.peer() == header.sender;
    let mut signal = held.signal.filter(is_it).ok_or(Refusal::new(Reason::NotFound))?;
    if let Some(sealed) = &header.sealed {
        check_answer(told.step, sealed.ground, receiver.sender, receiver.me)?;
        if sealed.gdpr_basis != SIGNAL_ANSWER_BASIS {
            return Err(Refusal::at(Reason::GdprBasisNotAllowed, "header.gdpr_basis").into());
        }
    }
    let (before, known) = (signal.revision, signal.steps.len());
    let by = match signal.side {
        NoticeSide::Sender => NoticeSide::Recipient,
        NoticeSide::Recipient => NoticeSide::Sender,
    };
    let next = NextStep {
        message_id: header.message_id,
        step: told.step,
        at: header.created_at,
        on: told.on,
        reason: None,
        notice: None,
    };
    let mut writes = WriteSet::default();
    if signal.take(by, next, local.now)? {
        if told.step.has_content() {
            writes.notices.parts.push(their_part(&signal, header, content));
        }
        writes.signals.changed.push(ChangedSignal { signal, before, known });
    }
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

fn their_part(
    signal: &Signal,
    header: &Header,
    content: Option<ContentAtRest>,
) -> StoredNoticePart {
    StoredNoticePart {
        id: header.message_id,
        notice_id: signal.id,
        part: NoticePart::Signal,
        is_own: false,
        content,
    }
}
