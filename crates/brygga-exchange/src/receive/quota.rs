//! Whoever gives the places of a quota tells of how many it is a share, and how many it has provided.

use brygga_domain::agreement::AgreementRecord;
use brygga_domain::{Reason, Refusal};
use brygga_wire::agreement::decode_quota_declared;
use brygga_wire::envelope::VerifiedEnvelope;

use super::{Effect, Held, NoEffect};
use crate::WriteSet;
use crate::audit::Verdict;
use crate::quota::{QuotaDeclaration, check, span};

/// Taken of a participant's own quota, for the period in which it says so, so that there is one row for each.
pub(super) fn declared(envelope: &VerifiedEnvelope, held: Held) -> Result<Effect, NoEffect> {
    let header = envelope.header();
    let declared = decode_quota_declared(envelope.payload())?;
    let is_theirs = |record: &AgreementRecord| {
        (record.terms().agreement_id, record.terms().version)
            == (declared.agreement_id, declared.version)
            && record.has_participant(&header.sender)
    };
    // One that is not known yet is waited for; who is no party is told the same.
    let unknown = || NoEffect::NotYet(Refusal::at(Reason::NotFound, "payload.agreement_id"));
    let record = held.agreement.filter(is_theirs).ok_or_else(unknown)?;
    let span = span(&record, &declared.rule_id, &header.sender, header.created_at)?;
    check(&record, &declared.rule_id, (declared.base, declared.provided))?;
    if declared.period_began != span.began {
        return Err(Refusal::at(Reason::InvalidField, "payload.period_began").into());
    }
    let declaration = QuotaDeclaration {
        span,
        base: declared.base,
        provided: declared.provided,
        declared_at: header.created_at,
    };
    let writes = WriteSet { quotas: vec![declaration], ..WriteSet::default() };
    Ok(Effect { writes, rule_id: String::new(), verdict: Verdict::Done, chain: held.chain })
}
