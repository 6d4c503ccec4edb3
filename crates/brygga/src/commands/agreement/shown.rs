//! An agreement as a case worker and a program read it.

use brygga_proto::agreement::v1 as proto;
use brygga_proto::local::v1::{Agreement, AgreementState, NegotiationState, Suspension};
use brygga_proto::types::v1::{DataCategory, DisclosureGround};
use serde_json::{Value, json};

use super::{condition, group, hold, network, signal};
use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::when;
use crate::wire_code::{self, WireCode};

/// One agreement in full.
pub(super) fn one(agreement: &Agreement, language: Language, said: Option<Text>) -> Answer {
    let none = proto::AgreementTerms::default();
    let terms = agreement.terms.as_ref().unwrap_or(&none);
    let label = |text: Text| format!("{:<16}", text.of(language));
    let parties: Vec<_> = terms.parties.iter().map(|party| party.organisation.as_str()).collect();
    let signed: Vec<_> = agreement.signatures.iter().map(|s| s.organisation.as_str()).collect();
    let state = state(agreement, language);
    let id = show(&terms.agreement_id);
    let mut lines = vec![
        format!("{}{id}, version {}", label(Text::Agreement), terms.version),
        format!("{}{}", label(Text::Title), terms.title),
        format!("{}{}", label(Text::Kind), word::<proto::AgreementKind>(terms.kind, language)),
        format!("{}{}", label(Text::Parties), parties.join(", ")),
        format!("{}{}", label(Text::Valid), valid(terms)),
        format!("{}{state}", label(Text::State)),
        format!(
            "{}{}",
            label(Text::Negotiation),
            word::<NegotiationState>(agreement.negotiation, language)
        ),
        format!("{}{}", label(Text::SignedBy), signed.join(", ")),
    ];
    if agreement.terminated_at.is_some() {
        lines.push(format!("{}{}", label(Text::Terminated), time(agreement.terminated_at)));
    }
    lines.extend(agreement.suspensions.iter().map(|held| {
        let reason = word::<proto::SuspensionReason>(held.reason, language);
        let (who, since) = (&held.organisation, time(held.since));
        format!("{}{who} ({reason}), {since}", label(Text::SuspendedBy))
    }));
    for (index, rule) in terms.rules.iter().enumerate() {
        let label = if index == 0 { label(Text::Rules) } else { " ".repeat(16) };
        lines.push(format!("{label}{}", rule_line(rule, language)));
    }
    for (index, criterion) in terms.criteria.iter().enumerate() {
        let label = if index == 0 { label(Text::Criteria) } else { " ".repeat(16) };
        lines.push(format!("{label}{}", criterion_line(criterion, language)));
    }
    for (index, one) in terms.groups.iter().enumerate() {
        let label = if index == 0 { label(Text::Groups) } else { " ".repeat(16) };
        lines.push(format!("{label}{}", group::line(one, language)));
    }
    for (index, one) in terms.conditions.iter().enumerate() {
        let label = if index == 0 { label(Text::HouseRules) } else { " ".repeat(16) };
        lines.push(format!("{label}{}", condition::line(one, language)));
    }
    lines.extend(aside(terms, language).map(|(text, value)| format!("{}{value}", label(text))));
    lines.extend(said.map(|text| text.of(language).to_owned()));
    Answer::new(entry(agreement)).lines(lines)
}

/// All agreements, one in a row.
pub(super) fn list(agreements: &[Agreement], language: Language) -> Answer {
    let value = json!({"agreements": agreements.iter().map(entry).collect::<Vec<_>>()});
    if agreements.is_empty() {
        return Answer::new(value).line(Text::None.of(language));
    }
    let heading = [Text::Agreement, Text::Title, Text::Parties, Text::Valid, Text::State];
    let mut rows = vec![heading.map(|text| text.of(language).to_owned()).to_vec()];
    for agreement in agreements {
        let Some(terms) = &agreement.terms else { continue };
        let parties: Vec<_> = terms.parties.iter().map(|p| p.organisation.as_str()).collect();
        rows.push(vec![
            show(&terms.agreement_id),
            terms.title.clone(),
            parties.join(" "),
            valid(terms),
            state(agreement, language),
        ]);
    }
    Answer::new(value).lines(table(&rows))
}

/// Where it stands, and whether it is to be evaluated.
fn state(agreement: &Agreement, language: Language) -> String {
    let state = word::<AgreementState>(agreement.state, language);
    match agreement.evaluation_is_due {
        true => format!("{state}, {}", Text::EvaluationIsDue.of(language)),
        false => state,
    }
}

fn rule_line(rule: &proto::Rule, language: Language) -> String {
    let effect = word::<proto::Effect>(rule.effect, language);
    let action = word::<proto::Action>(rule.action, language);
    let mut line = format!("{}: {effect} {action}", rule.rule_id);
    let grounds = rule.grounds.iter().map(|ground| word::<DisclosureGround>(*ground, language));
    let populations = rule.populations.iter().map(|one| word::<proto::Population>(*one, language));
    let units = rule.from_units.iter().map(|unit| format!("{unit} →"));
    let units = units.chain(rule.to_units.iter().map(|unit| format!("→ {unit}")));
    for list in [
        rule.service_types.join(" "),
        grounds.collect::<Vec<_>>().join(", "),
        populations.collect::<Vec<_>>().join(", "),
        units.collect::<Vec<_>>().join(", "),
        rule.criteria.join(", "),
        rule.quota.as_ref().map_or_else(String::new, |quota| quota_text(quota, language)),
    ] {
        if !list.is_empty() {
            line = format!("{line}; {list}");
        }
    }
    line
}

fn quota_text(quota: &proto::Quota, language: Language) -> String {
    let amount = match quota.percent {
        0 => quota.count.to_string(),
        percent => format!("{percent} %"),
    };
    let period = word::<proto::QuotaPeriod>(quota.period, language);
    let whose = if quota.per_sender { Text::QuotaPerSender } else { Text::QuotaShared };
    format!("{} {amount} {period}, {}", Text::AtMost.of(language), whose.of(language))
}

fn criterion_line(criterion: &proto::Criterion, language: Language) -> String {
    let mut line = format!("{}: {}", criterion.criterion_id, criterion.text);
    let marks = [
        (criterion.dated, Text::CriterionDated),
        (criterion.justifiable, Text::CriterionJustifiable),
    ];
    for (_, mark) in marks.iter().filter(|(holds, _)| *holds) {
        line = format!("{line}; {}", mark.of(language));
    }
    line
}

/// What the parties have agreed on besides, where they have.
fn aside(
    terms: &proto::AgreementTerms,
    language: Language,
) -> impl Iterator<Item = (Text, String)> {
    let notice = format!("{} {}", terms.notice_days, Text::Days.of(language));
    let pairs = [
        (terms.evaluation_due.is_some(), Text::EvaluationDue, time(terms.evaluation_due)),
        (terms.notice_days > 0, Text::NoticeDays, notice),
        (!terms.tags.is_empty(), Text::Tags, terms.tags.join(", ")),
        (terms.holds.is_some(), Text::HoldTerms, hold::line(terms, language)),
        (terms.network.is_some(), Text::NetworkTerms, network::line(terms, language)),
        (terms.signals.is_some(), Text::SignalTerms, signal::line(terms, language)),
    ];
    pairs.into_iter().filter(|(holds, ..)| *holds).map(|(_, text, value)| (text, value))
}

fn valid(terms: &proto::AgreementTerms) -> String {
    format!("{} – {}", time(terms.valid_from), time(terms.valid_until))
}

fn time(at: Option<prost_types::Timestamp>) -> String {
    when::from_proto(at).map_or_else(|| "–".to_owned(), when::swedish)
}

fn codes<T: WireCode>(numbers: &[i32]) -> Vec<String> {
    numbers.iter().map(|number| wire_code::show::<T>(*number)).collect()
}

fn entry(agreement: &Agreement) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let signature = |signature: &proto::AgreementSignature| {
        json!({
            "organisation": signature.organisation,
            "key_id": signature.key_id,
            "signed_at": instant(signature.signed_at),
        })
    };
    json!({
        "terms": agreement.terms.as_ref().map(terms),
        "terms_sha256": hex::encode(&agreement.terms_sha256),
        "signatures": agreement.signatures.iter().map(signature).collect::<Vec<_>>(),
        "state": wire_code::show::<AgreementState>(agreement.state),
        "terminated_at": instant(agreement.terminated_at),
        "suspensions": agreement.suspensions.iter().map(suspension).collect::<Vec<_>>(),
        "evaluation_is_due": agreement.evaluation_is_due,
        "negotiation": wire_code::show::<NegotiationState>(agreement.negotiation),
        "verified_by": agreement.verified_by,
    })
}

fn terms(terms: &proto::AgreementTerms) -> Value {
    let instant = |at| when::from_proto(at).map(when::rfc3339);
    let party = |party: &proto::Party| {
        let role = wire_code::show::<proto::PartyRole>(party.role);
        json!({"organisation": party.organisation, "role": role})
    };
    let response_time = |time: &proto::ResponseTime| {
        json!({
            "priority": wire_code::show::<proto::Priority>(time.priority),
            "respond_within_seconds": time.respond_within_seconds,
        })
    };
    json!({
        "agreement_id": show(&terms.agreement_id),
        "version": terms.version,
        "kind": wire_code::show::<proto::AgreementKind>(terms.kind),
        "title": terms.title,
        "parties": terms.parties.iter().map(party).collect::<Vec<_>>(),
        "subjects": codes::<proto::SubjectArea>(&terms.subjects),
        "rules": terms.rules.iter().map(rule).collect::<Vec<_>>(),
        "response_times": terms.response_times.iter().map(response_time).collect::<Vec<_>>(),
        "consent_max_days": terms.consent_max_days,
        "valid_from": instant(terms.valid_from),
        "valid_until": instant(terms.valid_until),
        "document_sha256": hex::encode(&terms.document_sha256),
        "legal_references": terms.legal_references,
        "criteria": terms.criteria.iter().map(criterion).collect::<Vec<_>>(),
        "evaluation_due": instant(terms.evaluation_due),
        "notice_days": terms.notice_days,
        "tags": terms.tags,
        "open_to_accession": terms.open_to_accession,
        "required_signatures": terms.required_signatures,
        "groups": terms.groups.iter().map(group::value).collect::<Vec<_>>(),
        "conditions": terms.conditions.iter().map(condition::value).collect::<Vec<_>>(),
        "holds": hold::entry(terms),
        "network": network::entry(terms),
        "signals": signal::entry(terms),
    })
}

fn rule(rule: &proto::Rule) -> Value {
    json!({
        "rule_id": rule.rule_id,
        "effect": wire_code::show::<proto::Effect>(rule.effect),
        "action": wire_code::show::<proto::Action>(rule.action),
        "from": rule.from,
        "to": rule.to,
        "subjects": codes::<proto::SubjectArea>(&rule.subjects),
        "service_types": rule.service_types,
        "grounds": codes::<DisclosureGround>(&rule.grounds),
        "data_categories": codes::<DataCategory>(&rule.data_categories),
        "criteria": rule.criteria,
        "populations": codes::<proto::Population>(&rule.populations),
        "from_units": rule.from_units,
        "to_units": rule.to_units,
        "valid_from": when::from_proto(rule.valid_from).map(when::rfc3339),
        "valid_until": when::from_proto(rule.valid_until).map(when::rfc3339),
        "quota": rule.quota.as_ref().map(quota),
    })
}

fn quota(quota: &proto::Quota) -> Value {
    json!({
        "count": quota.count,
        "percent": quota.percent,
        "period": wire_code::show::<proto::QuotaPeriod>(quota.period),
        "per_sender": quota.per_sender,
    })
}

fn suspension(held: &Suspension) -> Value {
    json!({
        "organisation": held.organisation,
        "reason": wire_code::show::<proto::SuspensionReason>(held.reason),
        "since": when::from_proto(held.since).map(when::rfc3339),
    })
}

fn criterion(criterion: &proto::Criterion) -> Value {
    json!({
        "criterion_id": criterion.criterion_id,
        "text": criterion.text,
        "dated": criterion.dated,
        "justifiable": criterion.justifiable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement() -> Agreement {
        let party = |organisation: &str| proto::Party {
            organisation: organisation.to_owned(),
            role: proto::PartyRole::Participant.into(),
        };
        let terms = proto::AgreementTerms {
            agreement_id: b"0123456789abcdef".to_vec(),
            version: 1,
            title: "Samarbetsavtal".to_owned(),
            kind: proto::AgreementKind::RegionalCooperation.into(),
            parties: vec![party("kommun:0880"), party("kommun:0881")],
            ..proto::AgreementTerms::default()
        };
        let state = AgreementState::Active.into();
        Agreement { terms: Some(terms), state, ..Agreement::default() }
    }

    #[test]
    fn a_case_worker_reads_swedish_unless_asked_otherwise() {
        let text = one(&agreement(), Language::Sv, None).text();
        assert!(text.contains("läge            i kraft"), "{text}");
        assert!(text.contains("30313233-3435-3637-3839-616263646566, version 1"), "{text}");
        assert!(one(&agreement(), Language::En, None).text().contains("in force"));
    }

    #[test]
    fn an_agreement_to_evaluate_says_so_in_list_and_in_full() {
        let quiet = agreement();
        let due = Agreement { evaluation_is_due: true, ..agreement() };
        for (language, text) in [
            (Language::Sv, "i kraft, ska utvärderas nu"),
            (Language::En, "in force, to be evaluated now"),
        ] {
            for shown in [one(&due, language, None), list(std::slice::from_ref(&due), language)] {
                assert!(shown.text().contains(text), "{}", shown.text());
            }
            assert!(!one(&quiet, language, None).text().contains(text));
        }
        assert_eq!(one(&due, Language::Sv, None).json()["evaluation_is_due"], true);
        assert_eq!(one(&quiet, Language::Sv, None).json()["evaluation_is_due"], false);
    }

    #[test]
    fn json_holds_codes_whatever_the_language() {
        let answer = one(&agreement(), Language::Sv, None);
        assert_eq!(answer.json()["state"], "ACTIVE");
        assert_eq!(answer.json()["terms"]["kind"], "REGIONAL_COOPERATION");
    }

    #[test]
    fn an_empty_list_says_so() {
        assert_eq!(list(&[], Language::Sv).text(), "Inget att visa.");
    }
}
