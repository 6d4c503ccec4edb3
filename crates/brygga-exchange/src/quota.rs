//! Quotas as they are counted: one rule, one giver, one period; and what the giver tells of them.

use brygga_domain::agreement::{Action, AgreementRecord, QUOTA_MAX, QuotaAmount, Rule};
use brygga_domain::{AgreementId, OrgId, Reason, Refusal, Timestamp};
use brygga_wire::agreement::{QuotaDeclared, encode_quota_declared};
use brygga_wire::envelope::MessageType;

use crate::agreement::{Threads, tell};
use crate::audit::{Actor, Verdict, leaf, refused};
use crate::{Decided, Local, WriteSet};

/// One quota of one giver in one period; the versions of an agreement count together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaSpan {
    /// The agreement.
    pub agreement_id: AgreementId,
    /// The permission that counts.
    pub rule_id: String,
    /// Who gives the places.
    pub giver: OrgId,
    /// When the period began; 1970 where it is the whole agreement.
    pub began: Timestamp,
}

/// What a giver tells of its quota. Used in stored state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaDeclaration {
    /// Of which quota.
    pub span: QuotaSpan,
    /// Of how many it is a share. 0 to 1,000,000; none where it is none or nothing is said.
    pub base: Option<u32>,
    /// How many it has provided so far in the period. 0 to 1,000,000; 0 where it publishes nothing.
    pub provided: u32,
    /// When, on the giver's clock; of two the later one stays.
    pub declared_at: Timestamp,
}

/// What of a declaration is new; the rest stays as it was declared last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaNews {
    /// The permission that counts.
    pub rule_id: String,
    /// Of how many it is a share.
    pub base: Option<u32>,
    /// How many have been provided.
    pub provided: Option<u32>,
}

/// The quota of a giver under a rule, in the period that an instant falls in.
///
/// # Errors
/// [`Reason::NotFound`] at `rule_id` where there is none.
pub fn span(
    record: &AgreementRecord,
    rule_id: &str,
    giver: &OrgId,
    at: Timestamp,
) -> Result<QuotaSpan, Refusal> {
    let quota = rule(record, rule_id).and_then(|rule| {
        let gives = rule.givers().is_empty() || rule.givers().contains(giver);
        rule.quota.filter(|_| gives && record.has_participant(giver))
    });
    let quota = quota.ok_or(Refusal::at(Reason::NotFound, "rule_id"))?;
    let (agreement_id, rule_id) = (record.terms().agreement_id, rule_id.to_owned());
    Ok(QuotaSpan { agreement_id, rule_id, giver: giver.clone(), began: quota.period.began(at) })
}

/// Checks that a declaration suits its rule.
///
/// # Errors
/// [`Reason::InvalidField`] at `base` where the quota is no share, at `provided` where nothing is published under it,
/// and at either beyond 1,000,000.
pub(crate) fn check(
    record: &AgreementRecord,
    rule_id: &str,
    (base, provided): (Option<u32>, u32),
) -> Result<(), Refusal> {
    let publishes =
        rule(record, rule_id).is_some_and(|rule| rule.action == Action::CapacityPublish);
    let quota = rule(record, rule_id).and_then(|rule| rule.quota);
    let is_share = quota.is_some_and(|quota| matches!(quota.amount, QuotaAmount::Percent(_)));
    if base.is_some_and(|base| !is_share || base > QUOTA_MAX) {
        return Err(Refusal::at(Reason::InvalidField, "base"));
    }
    if provided > if publishes { QUOTA_MAX } else { 0 } {
        return Err(Refusal::at(Reason::InvalidField, "provided"));
    }
    Ok(())
}

fn rule<'a>(record: &'a AgreementRecord, rule_id: &str) -> Option<&'a Rule> {
    record.terms().rules.iter().find(|rule| rule.rule_id == rule_id)
}

/// Declares what is new of an own quota in the period that runs now, and tells the other parties. `before` is what was
/// declared last.
///
/// Refused as [`span`] and as `base` and `provided` have to suit the rule.
pub fn declare(
    local: &mut Local<'_>,
    actor: &Actor,
    record: &AgreementRecord,
    news: &QuotaNews,
    before: Option<QuotaDeclaration>,
    threads: Threads,
) -> Decided<QuotaDeclaration> {
    let terms = record.terms();
    let subject = format!("{}/{}/{}", terms.agreement_id, terms.version, news.rule_id);
    let action = "agreement.declare_quota";
    let base = news.base.or(before.as_ref().and_then(|before| before.base));
    let provided = news.provided.or(before.map(|before| before.provided)).unwrap_or_default();
    let found = span(record, &news.rule_id, local.organisation, local.now)
        .and_then(|span| check(record, &news.rule_id, (base, provided)).map(|()| span));
    let span = match found {
        Ok(span) => span,
        Err(refusal) => return refused(local, actor, action, &subject, refusal),
    };
    let payload = encode_quota_declared(&QuotaDeclared {
        agreement_id: terms.agreement_id,
        version: terms.version,
        rule_id: news.rule_id.clone(),
        period_began: span.began,
        base,
        provided,
    });
    let message_type = MessageType::AgreementQuotaDeclared;
    let mut writes = WriteSet::default();
    for (party, chain) in threads {
        writes.merge(tell(local, record, party, chain, message_type.clone(), payload.clone()));
    }
    let declared = QuotaDeclaration { span, base, provided, declared_at: local.now };
    writes.quotas.push(declared.clone());
    writes.audit.push(leaf(local, actor, action, &subject, &Verdict::Done));
    Decided { writes, answer: Ok(declared) }
}
