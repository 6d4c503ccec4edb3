//! One rule of the terms.

use std::str::FromStr;

use brygga_domain::agreement::{Quota, QuotaAmount, Rule};
use brygga_domain::{OrgId, Refusal, UnitId};
use brygga_proto::agreement::v1 as proto;

use super::{word, words};
use crate::code;
use crate::field::{counted, from_text, invalid};
use crate::time;

/// Most entries in any list of a rule: as many as an agreement has parties.
const MAX_ENTRIES: usize = 64;

pub(super) fn rule_to_proto(rule: &Rule) -> proto::Rule {
    proto::Rule {
        rule_id: rule.rule_id.clone(),
        effect: code::number_or_unset(Some(rule.effect)),
        action: code::number_or_unset(Some(rule.action)),
        from: rule.from.iter().map(OrgId::to_string).collect(),
        to: rule.to.iter().map(OrgId::to_string).collect(),
        subjects: code::numbers(&rule.subjects),
        service_types: rule.service_types.clone(),
        grounds: code::numbers(&rule.grounds),
        data_categories: code::numbers(&rule.data_categories),
        criteria: rule.criteria.clone(),
        populations: code::numbers(&rule.populations),
        from_units: rule.from_units.iter().map(UnitId::to_string).collect(),
        to_units: rule.to_units.iter().map(UnitId::to_string).collect(),
        valid_from: rule.valid_from.map(time::to_proto),
        valid_until: rule.valid_until.map(time::to_proto),
        quota: rule.quota.map(quota_to_proto),
    }
}

pub(super) fn rule_from_proto(rule: proto::Rule) -> Result<Rule, Refusal> {
    counted(&rule.service_types, 0..=MAX_ENTRIES, "terms.rules.service_types")?;
    counted(&rule.subjects, 0..=MAX_ENTRIES, "terms.rules.subjects")?;
    counted(&rule.grounds, 0..=MAX_ENTRIES, "terms.rules.grounds")?;
    counted(&rule.criteria, 0..=MAX_ENTRIES, "terms.rules.criteria")?;
    counted(&rule.populations, 0..=MAX_ENTRIES, "terms.rules.populations")?;
    counted(&rule.data_categories, 0..=MAX_ENTRIES, "terms.rules.data_categories")?;
    Ok(Rule {
        rule_id: rule.rule_id,
        effect: word(rule.effect, "terms.rules.effect")?,
        action: word(rule.action, "terms.rules.action")?,
        from: texts(&rule.from, "terms.rules.from")?,
        to: texts(&rule.to, "terms.rules.to")?,
        subjects: words(&rule.subjects, "terms.rules.subjects")?,
        service_types: rule.service_types,
        grounds: words(&rule.grounds, "terms.rules.grounds")?,
        data_categories: words(&rule.data_categories, "terms.rules.data_categories")?,
        criteria: rule.criteria,
        populations: words(&rule.populations, "terms.rules.populations")?,
        from_units: texts(&rule.from_units, "terms.rules.from_units")?,
        to_units: texts(&rule.to_units, "terms.rules.to_units")?,
        valid_from: time::from_proto_or_none(rule.valid_from, "terms.rules.valid_from")?,
        valid_until: time::from_proto_or_none(rule.valid_until, "terms.rules.valid_until")?,
        quota: rule.quota.map(|quota| quota_from_proto(&quota)).transpose()?,
    })
}

fn quota_to_proto(quota: Quota) -> proto::Quota {
    let (count, percent) = match quota.amount {
        QuotaAmount::Count(count) => (count, 0),
        QuotaAmount::Percent(percent) => (0, percent),
    };
    let period = code::number_or_unset(Some(quota.period));
    proto::Quota { count, percent, period, per_sender: quota.per_sender }
}

fn quota_from_proto(quota: &proto::Quota) -> Result<Quota, Refusal> {
    let amount = match (quota.count, quota.percent) {
        (count, 0) => QuotaAmount::Count(count),
        (0, percent) => QuotaAmount::Percent(percent),
        _ => return Err(invalid("terms.rules.quota.percent")),
    };
    let period = word(quota.period, "terms.rules.quota.period")?;
    Ok(Quota { amount, period, per_sender: quota.per_sender })
}

fn texts<T: FromStr>(texts: &[String], field: &'static str) -> Result<Vec<T>, Refusal> {
    counted(texts, 0..=MAX_ENTRIES, field)?;
    texts.iter().map(|text| from_text(text, field)).collect()
}
