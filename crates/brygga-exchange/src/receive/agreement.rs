//! Agreement messages at the receiving end. They need no agreement: they make one.
//!
//! What a newer registry could cure is waited for, since a proposal that is refused never comes again.

use std::sync::Arc;

use brygga_crypto::Signature;
use brygga_domain::agreement::{AgreementRecord, AgreementSignature, AgreementTerms};
use brygga_domain::{OrgId, Reason, Refusal, Seconds, Timestamp};
use brygga_wire::agreement::{
    decode_proposed, decode_resumed, decode_signed, decode_suspended, decode_terminated,
    encode_terminated, signing_input,
};
use brygga_wire::envelope::{Header, MessageType, VerifiedEnvelope};

use super::{Effect, Held, NoEffect, Receiver};
use crate::agreement::{SIGNATURE_CONTEXT, Threads, check_amendment, ends_at, tell};
use crate::audit::Verdict;
use crate::proposer::{check_proposer, is_next};
use crate::records::Chain;
use crate::write_set::SuspensionStep;
use crate::{Local, WriteSet};

/// Proposals of one organisation that may wait for this one's signature; each is kept for good.
pub const UNSIGNED_PROPOSALS_MAX: usize = 256;

/// A party has signed and asks this organisation to sign too. A human decides later.
pub(super) fn proposed(
    local: &mut Local<'_>,
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let proposed = decode_proposed(envelope.payload())?;
    let terms = proposed.terms;
    let header = envelope.header();
    if header.agreement != Some((terms.agreement_id, terms.version)) {
        return Err(Refusal::at(Reason::InvalidField, "header.agreement_id").into());
    }
    if header.conversation != crate::agreement::conversation(terms.agreement_id) {
        return Err(Refusal::at(Reason::InvalidField, "header.conversation_id").into());
    }
    check_parties(local.now, receiver, header, &terms)?;
    let digest = *brygga_crypto::sha256(&[&proposed.terms_bytes]).as_bytes();
    let record = match held.agreement {
        Some(record) if *record.terms_digest() != digest => {
            let other = AgreementRecord::proposed(terms, proposed.terms_bytes, digest);
            return diverged(local, header, record, other, (held.chain, held.agreement_threads));
        }
        Some(record) => record,
        None => {
            check_room(receiver, header)?;
            AgreementRecord::proposed(terms, proposed.terms_bytes, digest)
        }
    };
    let signed = with_signatures(receiver, record, &header.sender, proposed.signatures)?;
    if !signed.record.is_signed_by(&header.sender) {
        return Err(Refusal::at(Reason::BadSignature, "payload.signatures").into());
    }
    Ok(signed.into_effect(held.chain))
}

/// A sender whose proposals nobody here signs is made to wait, before they fill the node.
fn check_room(receiver: &Receiver<'_>, header: &Header) -> Result<(), NoEffect> {
    let waits = |record: &&Arc<AgreementRecord>| {
        record.is_signed_by(&header.sender)
            && !record.is_signed_by(&receiver.me.organisation)
            && record.terminated_at().is_none()
    };
    if receiver.agreements.records().filter(waits).count() < UNSIGNED_PROPOSALS_MAX {
        return Ok(());
    }
    Err(NoEffect::NotYet(Refusal::at(Reason::TooManyRequests, "payload.terms")))
}

/// Both ends must be parties, and the sender also of the version that counts now, so that nobody
/// takes over the agreement of others.
fn check_parties(
    now: Timestamp,
    receiver: &Receiver<'_>,
    header: &Header,
    terms: &AgreementTerms,
) -> Result<(), NoEffect> {
    let current = receiver.agreements.current(terms.agreement_id, now);
    let is_outsider = current.is_some_and(|held| held.terms().role(&header.sender).is_none());
    let take_part = terms.concerns(&receiver.me.organisation) && terms.concerns(&header.sender);
    if is_outsider || !take_part {
        return Err(Refusal::at(Reason::InvalidField, "payload.terms.parties").into());
    }
    let below: Vec<_> = receiver.agreements.below(terms.agreement_id, terms.version).collect();
    may_propose(header, &below, terms, header.created_at)?;
    // Who sets its clock back is judged by what counts now too.
    check_proposer(&header.sender, |_| true, &below, terms, now).map_err(NoEffect::NotYet)?;
    // What is held here may lag behind what its signatories hold, and a proposal never comes again.
    check_amendment(&receiver.me.organisation, &below, terms, header.created_at)
        .map_err(NoEffect::NotYet)?;
    if terms.addressees().any(|organisation| (receiver.members)(organisation).is_none()) {
        let stranger = Refusal::at(Reason::InvalidField, "payload.terms.parties.organisation");
        return Err(NoEffect::NotYet(stranger));
    }
    let kind_of = |organisation: &OrgId| (receiver.members)(organisation).map(|member| member.kind);
    terms.check_parties(kind_of)?;
    // The mark may come with a newer registry.
    terms.check_owners(kind_of, receiver.owns).map_err(NoEffect::NotYet)
}

/// Other terms under the same version, by somebody whose signature those that are held still need: neither is agreed
/// on. This end gives up those that it holds, declines the others, and says both. Whatever can still be signed by all
/// whom it needs stands.
fn diverged(
    local: &mut Local<'_>,
    header: &Header,
    mut record: AgreementRecord,
    mut other: AgreementRecord,
    (chain, threads): (Option<Chain>, Threads),
) -> Result<Effect, NoEffect> {
    let is_needed = record.terms().signatories().any(|one| *one == header.sender);
    if !is_needed || record.is_signed_by(&header.sender) {
        return Err(Refusal::at(Reason::AgreementTermsMismatch, "payload.terms").into());
    }
    // Its proposer holds the others under this version, and never those that are given up here.
    other.decline(local.now);
    let mut told = vec![(header.sender.clone(), chain, other)];
    if record.decline(local.now) {
        let others = threads.into_iter().filter(|(party, _)| *party != header.sender);
        told.extend(others.map(|(party, thread)| (party, thread, record.clone())));
    }
    let mut writes = WriteSet::default();
    for (party, thread, ended) in told {
        let payload = encode_terminated(&ended);
        let message_type = MessageType::AgreementTerminated;
        writes.merge(tell(local, &ended, party, thread, message_type, payload));
    }
    writes.agreements.push(record);
    let chain = writes.chains.first().map(|step| step.after);
    let refusal = Refusal::at(Reason::NegotiationDiverged, "payload.terms");
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Refused(refusal), chain })
}

/// Its node has asked for which of its functions the proposer acts. Where a version between is not held here or not
/// in force, that one may say otherwise.
fn may_propose(
    header: &Header,
    below: &[&AgreementRecord],
    terms: &AgreementTerms,
    proposed_at: Timestamp,
) -> Result<(), NoEffect> {
    let is_certain = is_next(below, terms, proposed_at);
    check_proposer(&header.sender, |_| true, below, terms, proposed_at).map_err(|refusal| {
        if is_certain { NoEffect::from(refusal) } else { NoEffect::NotYet(refusal) }
    })
}

/// A party signed. An agreement that is not known yet is waited for: its proposer may be slower.
/// Who is no party is told the same, and so never that there is one.
pub(super) fn signed(
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let signed = decode_signed(envelope.payload())?;
    let unknown = || NoEffect::NotYet(Refusal::at(Reason::NotFound, "payload.agreement_id"));
    let of_sender = held.agreement.filter(|held| held.terms().concerns(&envelope.header().sender));
    let record = of_sender.ok_or_else(unknown)?;
    let same = (record.terms().agreement_id, record.terms().version)
        == (signed.agreement_id, signed.version);
    if !same || *record.terms_digest() != signed.terms_digest {
        return Err(Refusal::at(Reason::AgreementTermsMismatch, "payload.terms_sha256").into());
    }
    let sender = &envelope.header().sender;
    Ok(with_signatures(receiver, record, sender, signed.signatures)?.into_effect(held.chain))
}

/// A participant turned its own switch. Its messages come in the order in which it turned it.
pub(super) fn switched(envelope: &VerifiedEnvelope, held: Held) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let (agreement_id, version, reason) = match header.message_type {
        MessageType::AgreementSuspended => {
            let (id, version, reason) = decode_suspended(envelope.payload())?;
            (id, version, Some(reason))
        }
        _ => {
            let (id, version) = decode_resumed(envelope.payload())?;
            (id, version, None)
        }
    };
    let is_theirs = |record: &AgreementRecord| {
        (record.terms().agreement_id, record.terms().version) == (agreement_id, version)
            && record.has_participant(&header.sender)
    };
    // One that is not known yet is waited for; who is no party is told the same.
    let unknown = || NoEffect::NotYet(Refusal::at(Reason::NotFound, "payload.agreement_id"));
    held.agreement.filter(is_theirs).ok_or_else(unknown)?;
    let step = SuspensionStep {
        agreement_id,
        version,
        organisation: header.sender.clone(),
        suspended: reason.map(|reason| (reason, header.created_at)),
    };
    let writes = WriteSet { suspensions: vec![step], ..WriteSet::default() };
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}

/// A party ended it for all.
pub(super) fn terminated(
    now: Timestamp,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let terminated = decode_terminated(envelope.payload())?;
    let is_theirs = |record: &AgreementRecord| {
        (record.terms().agreement_id, record.terms().version)
            == (terminated.agreement_id, terminated.version)
            && record.terms().may_be_ended_by(&envelope.header().sender)
    };
    // One that is not known yet is waited for; who may not end it is told the same.
    let unknown = || NoEffect::NotYet(Refusal::at(Reason::NotFound, "payload.agreement_id"));
    let mut record = held.agreement.filter(is_theirs).ok_or_else(unknown)?;
    if terminated.terms_digest.is_some_and(|digest| digest != *record.terms_digest()) {
        // Its own proposal under the same version, which is not held here.
        return Ok(Changed { record, changed: false }.into_effect(held.chain));
    }
    // By the sender's clock, as at its own end: else two ends would hold two days.
    let Header { sender, created_at, .. } = envelope.header();
    let at = ends_at(&record, sender, terminated.effective_at, *created_at);
    let changed = record.terminate(not_before_it_began(&record, at, now));
    Ok(Changed { record, changed }.into_effect(held.chain))
}

/// What has been in force here cannot be made never to have been: that would open the earlier
/// versions again, which are closed for good (KAL-04).
fn not_before_it_began(record: &AgreementRecord, at: Timestamp, now: Timestamp) -> Timestamp {
    let just_after = record.terms().valid_from.plus(Seconds(1));
    if record.has_begun(now) { at.max(just_after) } else { at }
}

struct Changed {
    record: AgreementRecord,
    changed: bool,
}

impl Changed {
    fn into_effect(self, chain: Option<crate::records::Chain>) -> Effect {
        let agreements = if self.changed { vec![self.record] } else { Vec::new() };
        let writes = WriteSet { agreements, ..WriteSet::default() };
        Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain }
    }
}

/// Adds every signature that is new and verifies, and notes where the sender holds all that are needed; one that does not refuses the whole message, and
/// one whose key is not known here yet is waited for.
fn with_signatures(
    receiver: &Receiver<'_>,
    mut record: AgreementRecord,
    sender: &OrgId,
    signatures: Vec<AgreementSignature>,
) -> Result<Changed, NoEffect> {
    let mut changed = record.signatures().is_empty();
    let told: Vec<_> = signatures.iter().map(|one| one.organisation.clone()).collect();
    for signature in signatures {
        if record.is_signed_by(&signature.organisation) {
            continue;
        }
        let input = signing_input(record.terms_digest(), signature.signed_at);
        let bad = || Refusal::at(Reason::BadSignature, "payload.signatures");
        let key = (receiver.keys)(&signature.organisation, &signature.key_id, signature.signed_at)
            .ok_or_else(|| NoEffect::NotYet(bad()))?;
        key.verify(SIGNATURE_CONTEXT, &input, &Signature::from_bytes(signature.signature))
            .map_err(|_| bad())?;
        changed |= record.add_signature(signature)?;
    }
    if record.terms().signatories().all(|one| told.contains(one)) {
        changed |= record.verify(sender);
    }
    Ok(Changed { record, changed })
}
