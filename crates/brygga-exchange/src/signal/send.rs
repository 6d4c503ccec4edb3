//! Somebody gives a municipality a signal: an agreement must permit it, and the law or the person gives the ground.

use std::collections::BTreeSet;

use brygga_domain::agreement::SignalTerms;
use brygga_domain::lateness::Lateness;
use brygga_domain::notice::NoticeSide;
use brygga_domain::signal::{PriorityMark, Signal, SignalSubject};
use brygga_domain::{
    AgreementId, DisclosureGround, MessageId, NoticeId, OrgId, Reason, Refusal, UnitId,
};
use brygga_policy::{
    AboutHome, AgreementBook, Citation, LawQuestion, Permit, Principal, SignalPermit, decide_signal,
};
use brygga_wire::envelope::MessageType;
use brygga_wire::signal::{Given, encode_given};
use jiff::civil::Date;

use super::{ChangedSignal, NewSignal, own_part, sealed_on};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::compose::{Draft, compose};
use crate::records::IdempotencyKey;
use crate::referral::PreparedContent;
use crate::{Decided, Local};

/// A signal that begins, with the identifiers that were chosen before the content was sealed.
#[derive(Clone, Debug)]
pub struct SendingSignal {
    /// The signal to be.
    pub id: NoticeId,
    /// The message to be.
    pub message_id: MessageId,
    /// The caller's key and the digest of its request.
    pub idempotency: IdempotencyKey,
    /// What it is about.
    pub subject: SignalSubject,
    /// Its day.
    pub on: Option<Date>,
    /// Of arrears: how many days late the rent is.
    pub days_late: u32,
    /// Whom the content puts first.
    pub priority: BTreeSet<PriorityMark>,
    /// An earlier signal that it goes on from.
    pub replaces: Option<NoticeId>,
    /// The ground that is chosen; none for the one of the law.
    pub ground: Option<DisclosureGround>,
    /// The municipality.
    pub target: OrgId,
    /// Function there.
    pub target_unit: Option<UnitId>,
    /// Own function that sends.
    pub source_unit: Option<UnitId>,
    /// Agreement; none for the only one that permits it.
    pub agreement_id: Option<AgreementId>,
}

/// Begins a signal. Whoever calls this has looked for its idempotency key and found nothing.
///
/// Refused as [`decide_signal`], and with [`Reason::NotFound`] at `replaces` where `replaced` is not an own signal to the same
/// municipality about the same subject.
pub fn send_signal(
    local: &mut Local<'_>,
    actor: &Actor,
    sending: &SendingSignal,
    content: &PreparedContent,
    (source, target): (&Principal, &Principal),
    agreements: &AgreementBook,
    replaced: Option<Signal>,
) -> Decided<Signal> {
    let subject = sending.id.to_string();
    let about = AboutHome {
        subject: sending.subject,
        ground: sending.ground,
        days_late: sending.days_late,
    };
    let question = LawQuestion {
        sender: source,
        recipient: target,
        sender_unit: sending.source_unit.as_ref(),
        recipient_unit: sending.target_unit.as_ref(),
        categories: &content.categories,
        child: false,
        agreements,
        citation: sending.agreement_id.map_or(Citation::Unnamed, Citation::Current),
        now: local.now,
    };
    let permitted =
        check_replaced(sending, replaced.as_ref()).and_then(|()| decide_signal(&question, about));
    let SignalPermit { permit, terms } = match permitted {
        Ok(permitted) => permitted,
        Err(refusal) => return refused(local, actor, "signal.send", &subject, refusal),
    };
    let signal = begun(local, sending, &permit, &terms);
    let draft = draft(local, &signal, sending.days_late, (content, permit.gdpr_basis()));
    let mut writes = compose(local, draft, None).writes();
    let verdict = Verdict::permitted(&permit);
    writes.audit.push(leaf(local, actor, "signal.send", &subject, &verdict));
    writes.signals.changed.extend(superseded(replaced, &signal, local));
    writes.notices.parts.push(own_part(&signal, signal.message_id, content));
    let idempotency = Some(sending.idempotency.clone());
    writes.signals.new.push(NewSignal { signal: signal.clone(), idempotency });
    Decided { writes, answer: Ok(signal) }
}

fn begun(
    local: &Local<'_>,
    sending: &SendingSignal,
    permit: &Permit,
    terms: &SignalTerms,
) -> Signal {
    Signal {
        id: sending.id,
        side: NoticeSide::Sender,
        sender: local.organisation.clone(),
        recipient: sending.target.clone(),
        sender_unit: sending.source_unit.clone(),
        recipient_unit: sending.target_unit.clone(),
        subject: sending.subject,
        replaces: sending.replaces,
        on: sending.on,
        priority: sending.priority.clone(),
        rank: terms.rank(&sending.priority),
        times: terms.times,
        ground: permit.ground(),
        message_id: sending.message_id,
        agreement_id: permit.agreement_id(),
        agreement_version: permit.version(),
        rule_id: permit.rule_id().to_owned(),
        sent_at: local.now,
        arrived_at: None,
        not_taken: None,
        steps: Vec::new(),
        outcome: None,
        lateness: Lateness::default(),
        changed_at: local.now,
        revision: 1,
    }
    .timed()
}

fn check_replaced(sending: &SendingSignal, replaced: Option<&Signal>) -> Result<(), Refusal> {
    let is_its = |one: &Signal| {
        one.side == NoticeSide::Sender
            && one.recipient == sending.target
            && one.sender_unit == sending.source_unit
    };
    match (sending.replaces, replaced) {
        (None, _) => Ok(()),
        (Some(_), Some(one)) if is_its(one) => Ok(()),
        (Some(_), _) => Err(Refusal::at(Reason::NotFound, "replaces")),
    }
}

/// Of two rent notices the later takes the place of the earlier (EVI-02).
pub(crate) fn superseded(
    replaced: Option<Signal>,
    signal: &Signal,
    local: &Local<'_>,
) -> Option<ChangedSignal> {
    let mut old = replaced.filter(|_| signal.subject == SignalSubject::RentNotice)?;
    let (before, known) = (old.revision, old.steps.len());
    let is_changed = old.supersede(signal.message_id, local.now);
    is_changed.then_some(ChangedSignal { signal: old, before, known })
}

fn draft(
    local: &Local<'_>,
    signal: &Signal,
    days_late: u32,
    (content, basis): (&PreparedContent, brygga_domain::GdprBasis),
) -> Draft {
    let given = Given {
        id: signal.id,
        subject: signal.subject,
        replaces: signal.replaces,
        on: signal.on,
        days_late,
        priority: signal.priority.clone(),
        sender_unit: signal.sender_unit.clone(),
    };
    Draft {
        message_id: signal.message_id,
        message_type: MessageType::SignalGiven,
        recipient: signal.recipient.clone(),
        recipient_unit: signal.recipient_unit.clone(),
        conversation: signal.conversation(),
        agreement: Some((signal.agreement_id, signal.agreement_version)),
        expires_at: local.message_end(),
        payload: encode_given(&given),
        sealed: Some((sealed_on(content, signal.ground, basis), content.sealed.clone())),
    }
}
