//! One rule of the terms.

use brygga_domain::agreement::Rule;
use brygga_domain::{OrgId, Refusal};
use brygga_proto::agreement::v1 as proto;

use super::{word, words};
use crate::code;
use crate::field::{counted, from_text};

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
    }
}

pub(super) fn rule_from_proto(rule: proto::Rule) -> Result<Rule, Refusal> {
    counted(&rule.service_types, 0..=MAX_ENTRIES, "terms.rules.service_types")?;
    counted(&rule.subjects, 0..=MAX_ENTRIES, "terms.rules.subjects")?;
    counted(&rule.grounds, 0..=MAX_ENTRIES, "terms.rules.grounds")?;
    counted(&rule.data_categories, 0..=MAX_ENTRIES, "terms.rules.data_categories")?;
    Ok(Rule {
        rule_id: rule.rule_id,
        effect: word(rule.effect, "terms.rules.effect")?,
        action: word(rule.action, "terms.rules.action")?,
        from: organisations(&rule.from, "terms.rules.from")?,
        to: organisations(&rule.to, "terms.rules.to")?,
        subjects: words(&rule.subjects, "terms.rules.subjects")?,
        service_types: rule.service_types,
        grounds: words(&rule.grounds, "terms.rules.grounds")?,
        data_categories: words(&rule.data_categories, "terms.rules.data_categories")?,
    })
}

fn organisations(texts: &[String], field: &'static str) -> Result<Vec<OrgId>, Refusal> {
    counted(texts, 0..=MAX_ENTRIES, field)?;
    texts.iter().map(|text| from_text(text, field)).collect()
}
