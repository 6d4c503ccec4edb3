//! Agreement messages at the receiving end. They need no agreement: they make one.

use brygga_crypto::Signature;
use brygga_domain::agreement::{AgreementRecord, AgreementSignature, PartyRole};
use brygga_domain::{Reason, Refusal};
use brygga_wire::agreement::{decode_proposed, decode_signed, decode_terminated, signing_input};
use brygga_wire::envelope::VerifiedEnvelope;

use super::{Effect, Held, NoEffect, Receiver};
use crate::WriteSet;
use crate::agreement::SIGNATURE_CONTEXT;
use crate::audit::Verdict;

/// A party asks this organisation to sign. A human decides later.
pub(super) fn proposed(
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
    if terms.role(&receiver.me.organisation).is_none() || terms.role(&header.sender).is_none() {
        return Err(Refusal::at(Reason::InvalidField, "payload.terms.parties").into());
    }
    terms
        .check_parties(|organisation| (receiver.members)(organisation).map(|member| member.kind))?;
    let digest = *brygga_crypto::sha256(&[&proposed.terms_bytes]).as_bytes();
    let record = match held.agreement {
        Some(record) if *record.terms_digest() != digest => {
            return Err(Refusal::at(Reason::AgreementTermsMismatch, "payload.terms").into());
        }
        Some(record) => record,
        None => AgreementRecord::proposed(terms, proposed.terms_bytes, digest),
    };
    Ok(with_signatures(receiver, record, proposed.signatures)?.into_effect(held.chain))
}

/// A party signed. An agreement that is not known yet is waited for: its proposer may be slower.
pub(super) fn signed(
    receiver: &Receiver<'_>,
    envelope: &VerifiedEnvelope,
    held: Held,
) -> Result<Effect, NoEffect> {
    let signed = decode_signed(envelope.payload())?;
    let unknown = || NoEffect::NotYet(Refusal::at(Reason::NotFound, "payload.agreement_id"));
    let record = held.agreement.ok_or_else(unknown)?;
    let same = (record.terms().agreement_id, record.terms().version)
        == (signed.agreement_id, signed.version);
    if !same || *record.terms_digest() != signed.terms_digest {
        return Err(Refusal::at(Reason::AgreementTermsMismatch, "payload.terms_sha256").into());
    }
    Ok(with_signatures(receiver, record, signed.signatures)?.into_effect(held.chain))
}

/// A party ended it for all.
pub(super) fn terminated(envelope: &VerifiedEnvelope, held: Held) -> Result<Effect, NoEffect> {
    let terminated = decode_terminated(envelope.payload())?;
    let mut record =
        held.agreement.ok_or_else(|| Refusal::at(Reason::NotFound, "payload.agreement_id"))?;
    let same = (record.terms().agreement_id, record.terms().version)
        == (terminated.agreement_id, terminated.version);
    let may_end = record.terms().role(&envelope.header().sender) == Some(PartyRole::Participant);
    if !same || !may_end {
        return Err(Refusal::at(Reason::NotFound, "payload.agreement_id").into());
    }
    let changed = record.terminate(terminated.effective_at);
    Ok(Changed { record, changed }.into_effect(held.chain))
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

/// Adds every signature that verifies; one that does not refuses the whole message.
fn with_signatures(
    receiver: &Receiver<'_>,
    mut record: AgreementRecord,
    signatures: Vec<AgreementSignature>,
) -> Result<Changed, Refusal> {
    let mut changed = record.signatures().is_empty();
    for signature in signatures {
        let input = signing_input(record.terms_digest(), signature.signed_at);
        let bad = || Refusal::at(Reason::BadSignature, "payload.signatures");
        let key = (receiver.keys)(&signature.organisation, &signature.key_id, signature.signed_at)
            .ok_or_else(bad)?;
        key.verify(SIGNATURE_CONTEXT, &input, &Signature::from_bytes(signature.signature))
            .map_err(|_| bad())?;
        changed |= record.add_signature(signature)?;
    }
    Ok(Changed { record, changed })
}
