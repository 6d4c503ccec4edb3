//! Agreements from the own side: proposed, signed, ended, and the other parties told.

use std::collections::BTreeSet;

use brygga_domain::agreement::{
    AgreementRecord, AgreementSignature, AgreementState, AgreementTerms, Party, PartyRole,
    Suspension, SuspensionReason, affected,
};
use brygga_domain::{AgreementId, ConversationId, OrgId, Reason, Refusal, Timestamp};
use brygga_wire::agreement::{
    encode_proposed, encode_resumed, encode_signed, encode_suspended, encode_terminated,
    encode_terms, signing_input,
};
use brygga_wire::envelope::MessageType;

use crate::audit::{Actor, Verdict, leaf};
use crate::compose::{Draft, compose};
use crate::records::Chain;
use crate::write_set::SuspensionStep;
use crate::{Decided, Local, WriteSet};

/// Context of the signature on terms.
pub const SIGNATURE_CONTEXT: &str = "agreement";

/// The threads with the other parties, as they are stored now.
pub type Threads = Vec<(OrgId, Option<Chain>)>;

/// The thread of an agreement: its own id, one with each party.
pub fn conversation(id: AgreementId) -> ConversationId {
    ConversationId::from_bytes(*id.as_bytes())
}

/// The parties that have to be told.
pub fn others(terms: &AgreementTerms, me: &OrgId) -> Vec<OrgId> {
    terms.addressees().filter(|party| *party != me).cloned().collect()
}

/// For whom a version changes something, whether against the one that counts at `now` or against any that is signed
/// and waits for its day; what waits for signatures has not been agreed on.
///
/// `below` are the versions that are held below it.
pub fn affected_by(
    terms: &AgreementTerms,
    below: &[&AgreementRecord],
    now: Timestamp,
) -> BTreeSet<OrgId> {
    let begun = below.iter().rposition(|record| record.has_begun(now)).unwrap_or(0);
    let agreed = below.iter().skip(begun).filter(|record| record.is_signed());
    agreed.flat_map(|record| affected(record.terms(), terms)).collect()
}

/// Checks who signs a version. It changes nothing for anybody whose signature it does without; and where not all
/// sign, it takes over from one that is in force and ended by nobody, and lets nobody leave before the notice has
/// passed.
///
/// `below` are the versions that are held below it. Who holds none joins, and signs itself.
///
/// # Errors
/// [`Reason::InvalidField`] at `terms.required_signatures` or `terms.valid_from`.
pub fn check_amendment(
    me: &OrgId,
    below: &[&AgreementRecord],
    terms: &AgreementTerms,
    proposed_at: Timestamp,
) -> Result<(), Refusal> {
    let signs = |one: &OrgId| terms.signatories().any(|signatory| signatory == one);
    if terms.is_unilateral()
        || below.iter().any(|before| before.is_signed() && before.terms().is_unilateral())
    {
        return check_unilateral(below, terms);
    }
    let refused = |field| Err(Refusal::at(Reason::InvalidField, field));
    let has_begun = |record: &&&AgreementRecord| record.has_begun(proposed_at);
    let Some(before) = below.iter().rfind(has_begun) else {
        let is_first = terms.required_signatures.is_empty();
        let joins = below.is_empty() && signs(me);
        return if is_first || joins { Ok(()) } else { refused("terms.required_signatures") };
    };
    let is_over = before.terminated_at().is_some() || proposed_at >= before.terms().valid_until;
    if is_over {
        // Nobody is bound to what has ended, and only all of them together begin anew.
        let all_sign = terms.required_signatures.is_empty();
        return if all_sign { Ok(()) } else { refused("terms.required_signatures") };
    }
    let takes_over = terms.signatories().any(|one| before.has_participant(one));
    if !takes_over || !affected_by(terms, below, proposed_at).iter().all(signs) {
        return refused("terms.required_signatures");
    }
    let stays = |one: &OrgId| terms.role(one) == Some(PartyRole::Participant);
    let leaves = terms.signatories().any(|one| before.has_participant(one) && !stays(one));
    if leaves && terms.valid_from < proposed_at.plus(before.terms().notice()) {
        return refused("terms.valid_from");
    }
    Ok(())
}

/// What its owners give alone stays theirs: they change it alone, none of them is left out, nobody else proposes, and
/// whom it is for is released by its end and not by a version that nobody tells it of.
fn check_unilateral(below: &[&AgreementRecord], terms: &AgreementTerms) -> Result<(), Refusal> {
    let gives = |owner: &OrgId| terms.required_signatures.contains(owner);
    let stays = |party: &Party| terms.role(&party.organisation).is_some();
    let is_theirs = |before: &&AgreementRecord| {
        let before = before.terms();
        before.is_unilateral()
            && before.required_signatures.iter().all(gives)
            && before.parties.iter().all(stays)
    };
    let mut agreed = below.iter().copied().filter(|before| before.is_signed());
    if terms.is_unilateral() && agreed.all(|before| is_theirs(&before)) {
        return Ok(());
    }
    Err(Refusal::at(Reason::InvalidField, "terms.required_signatures"))
}

/// Proposes terms: signs them for this organisation and asks the others.
/// `held` is what is stored under the same id and version.
pub fn propose(
    local: &mut Local<'_>,
    actor: &Actor,
    terms: AgreementTerms,
    held: Option<AgreementRecord>,
    threads: Threads,
) -> Decided<AgreementRecord> {
    let bytes = encode_terms(&terms);
    let digest = *brygga_crypto::sha256(&[&bytes]).as_bytes();
    let is_new = held.is_none();
    let record = held.unwrap_or_else(|| AgreementRecord::proposed(terms, bytes, digest));
    finish(local, actor, "agreement.propose", record, threads, |local, record| {
        if *record.terms_digest() != digest {
            return Err(Refusal::at(Reason::IdempotencyMismatch, "terms.agreement_id"));
        }
        if !is_new {
            return Ok(None);
        }
        add_own_signature(local, record)?;
        tells_all(local, record);
        Ok(Some((MessageType::AgreementProposed, encode_proposed(record))))
    })
}

/// Signs a proposed agreement for this organisation and tells the others.
pub fn sign(
    local: &mut Local<'_>,
    actor: &Actor,
    record: AgreementRecord,
    threads: Threads,
) -> Decided<AgreementRecord> {
    finish(local, actor, "agreement.sign", record, threads, |local, record| {
        refuse_ended(record, local.now)?;
        let new = add_own_signature(local, record)?;
        tells_all(local, record);
        Ok(new.then(|| (MessageType::AgreementSigned, encode_signed(record))))
    })
}

/// Tells the other parties that this organisation holds every signature that a version needs, by sending them all.
/// Whoever missed one has it then.
pub fn verify(
    local: &mut Local<'_>,
    actor: &Actor,
    record: AgreementRecord,
    threads: Threads,
) -> Decided<AgreementRecord> {
    finish(local, actor, "agreement.verify", record, threads, |local, record| {
        let is_news = tells_all(local, record);
        Ok(is_news.then(|| (MessageType::AgreementSigned, encode_signed(record))))
    })
}

/// A message with every signature tells that they are all held here.
fn tells_all(local: &Local<'_>, record: &mut AgreementRecord) -> bool {
    record.is_signed() && record.verify(local.organisation)
}

/// Ends an agreement from an instant on and tells the others.
pub fn terminate(
    local: &mut Local<'_>,
    actor: &Actor,
    record: AgreementRecord,
    effective_at: Timestamp,
    threads: Threads,
) -> Decided<AgreementRecord> {
    finish(local, actor, "agreement.terminate", record, threads, |local, record| {
        if !record.terms().may_be_ended_by(local.organisation) {
            return Err(Refusal::new(Reason::RoleDenied));
        }
        if record.state(local.now) == AgreementState::Expired {
            return Err(Refusal::new(Reason::AgreementExpired));
        }
        let changed =
            record.terminate(ends_at(record, local.organisation, effective_at, local.now));
        Ok(changed.then(|| (MessageType::AgreementTerminated, encode_terminated(record))))
    })
}

/// Declines a version that this organisation has not signed, and tells the others.
pub fn decline(
    local: &mut Local<'_>,
    actor: &Actor,
    record: AgreementRecord,
    threads: Threads,
) -> Decided<AgreementRecord> {
    finish(local, actor, "agreement.decline", record, threads, |local, record| {
        check_open(record, local.organisation)?;
        let changed = record.decline(local.now);
        Ok(changed.then(|| (MessageType::AgreementTerminated, encode_terminated(record))))
    })
}

/// Checks that a version waits for an organisation, which takes part in it, and that not all have signed.
///
/// # Errors
/// [`Reason::RoleDenied`] for who may not end it; [`Reason::InvalidTransition`].
pub fn check_open(record: &AgreementRecord, party: &OrgId) -> Result<(), Refusal> {
    if !record.terms().may_be_ended_by(party) {
        return Err(Refusal::at(Reason::RoleDenied, "counters"));
    }
    if record.is_signed() || record.is_signed_by(party) {
        return Err(Refusal::at(Reason::InvalidTransition, "counters"));
    }
    Ok(())
}

/// When an end counts that a party tells of at an instant: after its notice, and at once where its signature is needed
/// and missing, so that it declines.
pub(crate) fn ends_at(
    record: &AgreementRecord,
    party: &OrgId,
    effective_at: Timestamp,
    said_at: Timestamp,
) -> Timestamp {
    let is_needed = record.terms().signatories().any(|one| one == party);
    if is_needed && !record.is_signed_by(party) {
        return record.declined_at(said_at);
    }
    effective_at.max(said_at.plus(record.terms().notice()))
}

/// Turns this organisation's own switch and tells the others: suspended for a reason, or resumed.
pub fn switch(
    local: &mut Local<'_>,
    actor: &Actor,
    record: AgreementRecord,
    reason: Option<SuspensionReason>,
    threads: Threads,
) -> Decided<AgreementRecord> {
    let action = if reason.is_some() { "agreement.suspend" } else { "agreement.resume" };
    let (now, me) = (local.now, local.organisation.clone());
    let mut decided = finish(local, actor, action, record, threads, |_, record| {
        let Some(reason) = reason else {
            let payload = encode_resumed(record.terms());
            return Ok(record.resume(&me).then_some((MessageType::AgreementResumed, payload)));
        };
        refuse_ended(record, now)?;
        if record.suspensions().iter().any(|held| held.organisation == me) {
            return Ok(None);
        }
        record.suspend(Suspension { organisation: me.clone(), reason, since: now })?;
        let payload = encode_suspended(record.terms(), reason);
        Ok(Some((MessageType::AgreementSuspended, payload)))
    });
    // Only the own switch is written: another one may have been turned meanwhile.
    let steps = decided.writes.agreements.drain(..).map(|record| SuspensionStep {
        agreement_id: record.terms().agreement_id,
        version: record.terms().version,
        organisation: local.organisation.clone(),
        suspended: reason.map(|reason| (reason, now)),
    });
    decided.writes.suspensions = steps.collect();
    decided
}

/// What the other parties are told: a payload type and its bytes; nothing where nothing changed.
type News = Option<(MessageType, Vec<u8>)>;

fn finish(
    local: &mut Local<'_>,
    actor: &Actor,
    action: &str,
    mut record: AgreementRecord,
    threads: Threads,
    change: impl FnOnce(&Local<'_>, &mut AgreementRecord) -> Result<News, Refusal>,
) -> Decided<AgreementRecord> {
    let subject = format!("{}/{}", record.terms().agreement_id, record.terms().version);
    let mut writes = WriteSet::default();
    let (verdict, answer) = match change(local, &mut record) {
        Ok(None) => return Decided { writes, answer: Ok(record) },
        Ok(Some((message_type, payload))) => {
            for (party, chain) in threads {
                writes.merge(tell(
                    local,
                    &record,
                    party,
                    chain,
                    message_type.clone(),
                    payload.clone(),
                ));
            }
            writes.agreements.push(record.clone());
            (Verdict::Done, Ok(record))
        }
        Err(refusal) => (Verdict::Refused(refusal.clone()), Err(refusal)),
    };
    writes.audit.push(leaf(local, actor, action, &subject, &verdict));
    Decided { writes, answer }
}

/// A message about an agreement in its thread with a party.
pub(crate) fn tell(
    local: &mut Local<'_>,
    record: &AgreementRecord,
    recipient: OrgId,
    chain: Option<Chain>,
    message_type: MessageType,
    payload: Vec<u8>,
) -> WriteSet {
    // Whoever has not heard of a change goes on as before until the agreement ends by itself.
    let expires_at = local.message_end().max(record.terms().valid_until);
    let draft = Draft {
        message_id: local.message_id(),
        message_type,
        recipient,
        recipient_unit: None,
        conversation: conversation(record.terms().agreement_id),
        agreement: Some((record.terms().agreement_id, record.terms().version)),
        expires_at,
        payload,
        sealed: None,
    };
    compose(local, draft, chain).writes()
}

fn add_own_signature(local: &Local<'_>, record: &mut AgreementRecord) -> Result<bool, Refusal> {
    if !record.terms().concerns(local.organisation) {
        return Err(Refusal::at(Reason::InvalidField, "terms.parties"));
    }
    let input = signing_input(record.terms_digest(), local.now);
    let signature = AgreementSignature {
        organisation: local.organisation.clone(),
        key_id: local.signing_key.public().key_id().to_string(),
        signed_at: local.now,
        signature: *local.signing_key.sign(SIGNATURE_CONTEXT, &input).as_bytes(),
    };
    record.add_signature(signature)
}

fn refuse_ended(record: &AgreementRecord, now: Timestamp) -> Result<(), Refusal> {
    match record.state(now) {
        AgreementState::Expired => Err(Refusal::new(Reason::AgreementExpired)),
        AgreementState::Terminated => Err(Refusal::new(Reason::AgreementTerminated)),
        AgreementState::Proposed { .. }
        | AgreementState::Signed
        | AgreementState::Active
        | AgreementState::Suspended
        | AgreementState::Superseded => Ok(()),
    }
}
