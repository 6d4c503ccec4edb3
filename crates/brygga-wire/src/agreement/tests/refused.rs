use brygga_domain::Reason::{InvalidField, PolicyUnknownTerm};

use super::*;
use crate::samples::{Case, assert_refused, later};

fn rule(terms: &mut proto::AgreementTerms) -> &mut proto::Rule {
    &mut terms.rules[0]
}

#[test]
fn each_broken_field_of_the_terms_is_named() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        ("no id", |t| t.agreement_id.clear(), InvalidField, "terms.agreement_id"),
        ("15-byte id", |t| t.agreement_id.truncate(15), InvalidField, "terms.agreement_id"),
        ("version 0", |t| t.version = 0, InvalidField, "terms.version"),
        ("no kind", |t| t.kind = 0, InvalidField, "terms.kind"),
        ("no title", |t| t.title.clear(), InvalidField, "terms.title"),
        ("long title", |t| t.title = "å".repeat(201), InvalidField, "terms.title"),
        ("one party", |t| t.parties.truncate(1), InvalidField, "terms.parties"),
        (
            "65 parties",
            |t| t.parties = vec![t.parties[0].clone(); 65],
            InvalidField,
            "terms.parties",
        ),
        (
            "a party twice",
            |t| t.parties[1] = t.parties[0].clone(),
            InvalidField,
            "terms.parties.organisation",
        ),
        (
            "nameless party",
            |t| t.parties[0].organisation.clear(),
            InvalidField,
            "terms.parties.organisation",
        ),
        ("party without part", |t| t.parties[0].role = 0, InvalidField, "terms.parties.role"),
        ("no subject", |t| t.subjects.clear(), InvalidField, "terms.subjects"),
        ("17 subjects", |t| t.subjects = vec![1; 17], InvalidField, "terms.subjects"),
        ("unset subject", |t| t.subjects.push(0), InvalidField, "terms.subjects"),
        ("no rule", |t| t.rules.clear(), InvalidField, "terms.rules"),
        ("65 rules", |t| t.rules = vec![t.rules[0].clone(); 65], InvalidField, "terms.rules"),
        ("no response time", |t| t.response_times.clear(), InvalidField, "terms.response_times"),
        ("one priority", |t| t.response_times.truncate(1), InvalidField, "terms.response_times"),
        (
            "59 seconds",
            |t| t.response_times[0].respond_within_seconds = 59,
            InvalidField,
            "terms.response_times",
        ),
        (
            "unset priority",
            |t| t.response_times[0].priority = 0,
            InvalidField,
            "terms.response_times.priority",
        ),
        ("0 days", |t| t.consent_max_days = 0, InvalidField, "terms.consent_max_days"),
        ("366 days", |t| t.consent_max_days = 366, InvalidField, "terms.consent_max_days"),
        ("no beginning", |t| t.valid_from = None, InvalidField, "terms.valid_from"),
        ("no end", |t| t.valid_until = None, InvalidField, "terms.valid_until"),
        ("end first", |t| t.valid_until = t.valid_from, InvalidField, "terms.valid_until"),
        (
            "31-byte paper",
            |t| t.document_sha256.truncate(31),
            InvalidField,
            "terms.document_sha256",
        ),
        (
            "17 sections",
            |t| t.legal_references = vec!["KL 9:37".to_owned(); 17],
            InvalidField,
            "terms.legal_references",
        ),
    ];
    assert_refused(&sound(), decode, cases);
}

#[test]
fn each_broken_condition_is_named() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        (
            "criterion twice",
            |t| t.criteria.push(t.criteria[0].clone()),
            InvalidField,
            "terms.criteria.criterion_id",
        ),
        (
            "unused criterion",
            |t| rule(t).criteria.clear(),
            InvalidField,
            "terms.criteria.criterion_id",
        ),
        (
            "criterion without words",
            |t| t.criteria[0].text.clear(),
            InvalidField,
            "terms.criteria.text",
        ),
        (
            "unknown criterion",
            |t| rule(t).criteria.push("x".into()),
            InvalidField,
            "terms.rules.criteria",
        ),
        (
            "17 criteria",
            |t| t.criteria = vec![t.criteria[0].clone(); 17],
            InvalidField,
            "terms.criteria",
        ),
        (
            "criterion of a prohibition",
            |t| rule(t).effect = 2,
            InvalidField,
            "terms.rules.criteria",
        ),
        ("data in a publication", |t| rule(t).action = 2, InvalidField, "terms.rules.action"),
        (
            "bad function",
            |t| rule(t).from_units.push("X Y".into()),
            InvalidField,
            "terms.rules.from_units",
        ),
        (
            "rule after the end",
            |t| rule(t).valid_until = Some(crate::time::to_proto(later(366))),
            InvalidField,
            "terms.rules.valid_until",
        ),
        (
            "rule ends first",
            |t| rule(t).valid_until = t.rules[0].valid_from,
            InvalidField,
            "terms.rules.valid_until",
        ),
        (
            "evaluation after the end",
            |t| t.evaluation_due = Some(crate::time::to_proto(later(366))),
            InvalidField,
            "terms.evaluation_due",
        ),
        ("731 days", |t| t.notice_days = 731, InvalidField, "terms.notice_days"),
        ("tag with a space", |t| t.tags[0].push(' '), InvalidField, "terms.tags"),
        ("9 tags", |t| t.tags = vec!["a".into(); 9], InvalidField, "terms.tags"),
        (
            "signatory twice",
            |t| t.required_signatures.push("kommun:0880".into()),
            InvalidField,
            "terms.required_signatures",
        ),
        ("first version", |t| t.version = 1, InvalidField, "terms.required_signatures"),
    ];
    assert_refused(&sound(), decode, cases);
}

#[test]
fn each_broken_field_of_a_rule_is_named() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        ("no name", |t| rule(t).rule_id.clear(), InvalidField, "terms.rules.rule_id"),
        ("no effect", |t| rule(t).effect = 0, InvalidField, "terms.rules.effect"),
        ("no action", |t| rule(t).action = 0, InvalidField, "terms.rules.action"),
        ("bad sender", |t| rule(t).from.push("x".into()), InvalidField, "terms.rules.from"),
        (
            "65 senders",
            |t| rule(t).from = vec!["kommun:0880".into(); 65],
            InvalidField,
            "terms.rules.from",
        ),
        ("stranger", |t| rule(t).to.push("kommun:0834".into()), InvalidField, "terms.rules.to"),
        ("unset ground", |t| rule(t).grounds.push(0), InvalidField, "terms.rules.grounds"),
        (
            "65 categories",
            |t| rule(t).data_categories = vec![1; 65],
            InvalidField,
            "terms.rules.data_categories",
        ),
        (
            "a quota without a period",
            |t| rule(t).quota = Some(proto::Quota { count: 1, ..proto::Quota::default() }),
            InvalidField,
            "terms.rules.quota.period",
        ),
        (
            "a number and a share",
            |t| rule(t).quota = Some(proto::Quota { count: 1, percent: 1, ..yearly() }),
            InvalidField,
            "terms.rules.quota.percent",
        ),
        (
            "101 percent",
            |t| rule(t).quota = Some(proto::Quota { percent: 101, ..yearly() }),
            InvalidField,
            "terms.rules.quota.percent",
        ),
        (
            "more than a million",
            |t| rule(t).quota = Some(proto::Quota { count: 1_000_001, ..yearly() }),
            InvalidField,
            "terms.rules.quota.count",
        ),
        (
            "a prohibition that counts",
            |t| {
                rule(t).effect = 2;
                rule(t).criteria.clear();
                t.criteria.clear();
                rule(t).quota = Some(yearly());
            },
            InvalidField,
            "terms.rules.quota",
        ),
    ];
    assert_refused(&sound(), decode, cases);
}

fn yearly() -> proto::Quota {
    proto::Quota { period: proto::QuotaPeriod::Year.into(), ..proto::Quota::default() }
}

#[test]
fn each_unknown_word_is_a_refusal_of_its_own() {
    let cases: &[Case<proto::AgreementTerms>] = &[
        ("kind", |t| t.kind = 13, PolicyUnknownTerm, "terms.kind"),
        ("role", |t| t.parties[0].role = 4, PolicyUnknownTerm, "terms.parties.role"),
        ("subject", |t| t.subjects.push(7), PolicyUnknownTerm, "terms.subjects"),
        (
            "priority",
            |t| t.response_times[0].priority = 3,
            PolicyUnknownTerm,
            "terms.response_times.priority",
        ),
        ("effect", |t| rule(t).effect = 3, PolicyUnknownTerm, "terms.rules.effect"),
        (
            "quota's period",
            |t| rule(t).quota = Some(proto::Quota { period: 4, ..proto::Quota::default() }),
            PolicyUnknownTerm,
            "terms.rules.quota.period",
        ),
        ("action", |t| rule(t).action = 99, PolicyUnknownTerm, "terms.rules.action"),
        ("rule's subject", |t| rule(t).subjects.push(9), PolicyUnknownTerm, "terms.rules.subjects"),
        ("ground", |t| rule(t).grounds.push(15), PolicyUnknownTerm, "terms.rules.grounds"),
        (
            "category",
            |t| rule(t).data_categories.push(9),
            PolicyUnknownTerm,
            "terms.rules.data_categories",
        ),
        (
            "population",
            |t| rule(t).populations.push(3),
            PolicyUnknownTerm,
            "terms.rules.populations",
        ),
        (
            "service",
            |t| rule(t).service_types.push("WARM_BUS".to_owned()),
            PolicyUnknownTerm,
            "terms.rules.service_types",
        ),
    ];
    assert_refused(&sound(), decode, cases);
}

#[test]
fn terms_over_their_size_are_refused_before_they_are_read() {
    assert_eq!(decode_terms(&vec![0; MAX_TERMS_BYTES + 1]), Err(invalid("terms")));
    let mut large = sound();
    let many = vec!["EMERGENCY_ACCOMMODATION".to_owned(); 64];
    large.rules = (0..12)
        .map(|n| proto::Rule {
            rule_id: format!("rule-{n}"),
            service_types: many.clone(),
            ..large.rules[0].clone()
        })
        .collect();
    assert_eq!(terms_from_proto(large), Err(invalid("terms")));
}

#[test]
fn each_broken_field_of_a_signature_is_named() {
    let cases: &[Case<proto::AgreementSignature>] = &[
        ("no signer", |s| s.organisation.clear(), InvalidField, "signatures.organisation"),
        ("no key", |s| s.key_id.clear(), InvalidField, "signatures.key_id"),
        ("long key", |s| s.key_id.push('0'), InvalidField, "signatures.key_id"),
        ("no time", |s| s.signed_at = None, InvalidField, "signatures.signed_at"),
        ("63 bytes", |s| s.signature.truncate(63), InvalidField, "signatures.signature"),
    ];
    assert_refused(&signature_to_proto(&signature()), |s| signature_from_proto(&s), cases);
}

#[test]
fn each_broken_field_of_the_messages_is_named() {
    let proposed = proto::AgreementProposed::decode(&encode_proposed(&record())[..]).unwrap();
    let cases: &[Case<proto::AgreementProposed>] = &[
        ("no terms", |p| p.terms.clear(), InvalidField, "terms.parties"),
        ("unsigned", |p| p.signatures.clear(), InvalidField, "payload.signatures"),
        (
            "65 signatures",
            |p| p.signatures = vec![p.signatures[0].clone(); 65],
            InvalidField,
            "payload.signatures",
        ),
    ];
    assert_refused(&proposed, |p| decode_proposed(&p.encode_to_vec()), cases);

    let signed = proto::AgreementSigned::decode(&encode_signed(&record())[..]).unwrap();
    let cases: &[Case<proto::AgreementSigned>] = &[
        ("no id", |s| s.agreement_id.clear(), InvalidField, "payload.agreement_id"),
        ("version 0", |s| s.version = 0, InvalidField, "payload.version"),
        ("no digest", |s| s.terms_sha256.clear(), InvalidField, "payload.terms_sha256"),
        ("unsigned", |s| s.signatures.clear(), InvalidField, "payload.signatures"),
    ];
    assert_refused(&signed, |s| decode_signed(&s.encode_to_vec()), cases);

    let mut ended = record();
    ended.terminate(NOW);
    let ended = proto::AgreementTerminated::decode(&encode_terminated(&ended)[..]).unwrap();
    let cases: &[Case<proto::AgreementTerminated>] = &[
        ("17-byte id", |t| t.agreement_id.push(0), InvalidField, "payload.agreement_id"),
        ("version 0", |t| t.version = 0, InvalidField, "payload.version"),
        ("no end", |t| t.effective_at = None, InvalidField, "payload.effective_at"),
    ];
    assert_refused(&ended, |t| decode_terminated(&t.encode_to_vec()), cases);
}
