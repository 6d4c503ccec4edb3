//! The terms themselves.

use brygga_crypto::Digest;
use brygga_domain::agreement::{
    AgreementDraft, AgreementTerms, Criterion, HoldTerms, Party, Priority, ResponseTime,
    ResponseTimes,
};
use brygga_domain::{OrgId, Reason, Refusal, Seconds};
use brygga_proto::agreement::v1 as proto;
use prost::Message;

use super::condition::{condition_to_proto, conditions_from_proto};
use super::group::{group_to_proto, groups_from_proto};
use super::network::{network_from_proto, network_to_proto};
use super::rule::{rule_from_proto, rule_to_proto};
use super::signal::{signals_from_proto, signals_to_proto};
use super::{word, words};
use crate::code;
use crate::field::{counted, from_bytes, from_bytes_or_none, from_text, invalid, within};
use crate::time;

/// Largest terms, so that they fit in a payload together with signatures.
pub const MAX_TERMS_BYTES: usize = 12 * 1024;
const MAX_PARTIES: usize = 64;
const MAX_SUBJECTS: usize = 16;
const MAX_RULES: usize = 64;
const MAX_LEGAL_REFERENCES: usize = 16;
const MAX_CRITERIA: usize = 16;
const MAX_TAGS: usize = 8;

/// The bytes that the parties sign. Made once by the proposer; everybody else keeps them.
pub fn encode_terms(terms: &AgreementTerms) -> Vec<u8> {
    terms_to_proto(terms).encode_to_vec()
}

/// Reads the bytes that the parties sign.
///
/// # Errors
/// The field at fault under `terms.`. [`Reason::PolicyUnknownTerm`] for an enum value that this
/// version does not know, and at `terms` for a field that it does not know: bytes that do not
/// come back the same when encoded again hold something that was not understood.
pub fn decode_terms(bytes: &[u8]) -> Result<AgreementTerms, Refusal> {
    within(bytes, MAX_TERMS_BYTES, "terms")?;
    let terms = proto::AgreementTerms::decode(bytes).map_err(|_| invalid("terms"))?;
    if terms.encode_to_vec() != bytes {
        return Err(Refusal::at(Reason::PolicyUnknownTerm, "terms"));
    }
    terms_from_proto(terms)
}

/// The terms as a message, for people and systems to read.
pub fn terms_to_proto(terms: &AgreementTerms) -> proto::AgreementTerms {
    proto::AgreementTerms {
        agreement_id: terms.agreement_id.as_bytes().to_vec(),
        version: terms.version,
        kind: code::number_or_unset(Some(terms.kind)),
        title: terms.title.clone(),
        parties: terms.parties.iter().map(party_to_proto).collect(),
        subjects: code::numbers(&terms.subjects),
        rules: terms.rules.iter().map(rule_to_proto).collect(),
        response_times: response_times_to_proto(&terms.response_times),
        consent_max_days: terms.consent_max_days,
        valid_from: Some(time::to_proto(terms.valid_from)),
        valid_until: Some(time::to_proto(terms.valid_until)),
        document_sha256: terms.document_sha256.map(Vec::from).unwrap_or_default(),
        legal_references: terms.legal_references.clone(),
        criteria: terms.criteria.iter().map(criterion_to_proto).collect(),
        evaluation_due: terms.evaluation_due.map(time::to_proto),
        notice_days: terms.notice_days,
        tags: terms.tags.clone(),
        open_to_accession: terms.open_to_accession,
        required_signatures: terms.required_signatures.iter().map(OrgId::to_string).collect(),
        groups: terms.groups.iter().map(group_to_proto).collect(),
        conditions: terms.conditions.iter().map(condition_to_proto).collect(),
        holds: terms.holds.map(holds_to_proto),
        position_days: terms.position_days.unwrap_or_default(),
        network: terms.network.map(network_to_proto),
        signals: terms.signals.as_ref().map(signals_to_proto),
    }
}

/// Reads terms that somebody at this node has written.
///
/// # Errors
/// As [`decode_terms`]; unknown fields have been dropped before, by the protobuf library.
pub fn terms_from_proto(terms: proto::AgreementTerms) -> Result<AgreementTerms, Refusal> {
    counted(&terms.parties, 2..=MAX_PARTIES, "terms.parties")?;
    counted(&terms.subjects, 1..=MAX_SUBJECTS, "terms.subjects")?;
    counted(&terms.rules, 1..=MAX_RULES, "terms.rules")?;
    counted(&terms.legal_references, 0..=MAX_LEGAL_REFERENCES, "terms.legal_references")?;
    counted(&terms.criteria, 0..=MAX_CRITERIA, "terms.criteria")?;
    counted(&terms.tags, 0..=MAX_TAGS, "terms.tags")?;
    let document: Option<Digest> =
        from_bytes_or_none(&terms.document_sha256, "terms.document_sha256")?;
    let checked = AgreementDraft {
        agreement_id: from_bytes(&terms.agreement_id, "terms.agreement_id")?,
        version: terms.version,
        kind: word(terms.kind, "terms.kind")?,
        title: terms.title,
        parties: terms.parties.iter().map(party_from_proto).collect::<Result<_, _>>()?,
        subjects: words(&terms.subjects, "terms.subjects")?,
        rules: terms.rules.into_iter().map(rule_from_proto).collect::<Result<_, _>>()?,
        response_times: response_times_from_proto(&terms.response_times)?,
        consent_max_days: terms.consent_max_days,
        valid_from: time::from_proto(terms.valid_from, "terms.valid_from")?,
        valid_until: time::from_proto(terms.valid_until, "terms.valid_until")?,
        document_sha256: document.map(|digest| *digest.as_bytes()),
        legal_references: terms.legal_references,
        criteria: terms.criteria.into_iter().map(criterion_from_proto).collect(),
        evaluation_due: time::from_proto_or_none(terms.evaluation_due, "terms.evaluation_due")?,
        notice_days: terms.notice_days,
        tags: terms.tags,
        open_to_accession: terms.open_to_accession,
        required_signatures: signatories(&terms.required_signatures)?,
        groups: groups_from_proto(terms.groups)?,
        conditions: conditions_from_proto(terms.conditions)?,
        holds: terms.holds.map(holds_from_proto),
        position_days: Some(terms.position_days).filter(|days| *days > 0),
        network: terms.network.map(network_from_proto),
        signals: terms.signals.as_ref().map(signals_from_proto).transpose()?,
    }
    .check()?;
    within(&encode_terms(&checked), MAX_TERMS_BYTES, "terms")?;
    Ok(checked)
}

fn party_to_proto(party: &Party) -> proto::Party {
    proto::Party {
        organisation: party.organisation.to_string(),
        role: code::number_or_unset(Some(party.role)),
    }
}

fn party_from_proto(party: &proto::Party) -> Result<Party, Refusal> {
    Ok(Party {
        organisation: from_text(&party.organisation, "terms.parties.organisation")?,
        role: word(party.role, "terms.parties.role")?,
    })
}

fn holds_to_proto(holds: HoldTerms) -> proto::HoldTerms {
    // Within its bounds by the domain's own check.
    let seconds = |span: Seconds| u32::try_from(span.0).unwrap_or(u32::MAX);
    proto::HoldTerms {
        fresh_seconds: holds.fresh.map_or(0, seconds),
        hold_seconds: seconds(holds.hold),
        extensions_max: holds.extensions_max,
        reentry_days: holds.reentry_days,
    }
}

fn holds_from_proto(holds: proto::HoldTerms) -> HoldTerms {
    let seconds = |span: u32| Some(Seconds(i64::from(span))).filter(|span| span.0 > 0);
    HoldTerms {
        fresh: seconds(holds.fresh_seconds),
        hold: seconds(holds.hold_seconds).unwrap_or(HoldTerms::default().hold),
        extensions_max: holds.extensions_max,
        reentry_days: holds.reentry_days,
    }
}

fn signatories(named: &[String]) -> Result<Vec<OrgId>, Refusal> {
    counted(named, 0..=MAX_PARTIES, "terms.required_signatures")?;
    named.iter().map(|one| from_text(one, "terms.required_signatures")).collect()
}

fn criterion_to_proto(criterion: &Criterion) -> proto::Criterion {
    proto::Criterion {
        criterion_id: criterion.criterion_id.clone(),
        text: criterion.text.clone(),
        dated: criterion.is_dated,
        justifiable: criterion.is_justifiable,
    }
}

fn criterion_from_proto(criterion: proto::Criterion) -> Criterion {
    Criterion {
        criterion_id: criterion.criterion_id,
        text: criterion.text,
        is_dated: criterion.dated,
        is_justifiable: criterion.justifiable,
    }
}

fn response_times_to_proto(times: &ResponseTimes) -> Vec<proto::ResponseTime> {
    Priority::ALL
        .iter()
        .map(|priority| {
            let time = times.of(*priority);
            // At most 31,536,000 by the domain's own check.
            let seconds = |span: Seconds| u32::try_from(span.0).unwrap_or(u32::MAX);
            proto::ResponseTime {
                priority: code::number_or_unset(Some(*priority)),
                respond_within_seconds: seconds(time.respond_within),
                take_on_within_seconds: time.take_on_within.map_or(0, seconds),
            }
        })
        .collect()
}

fn response_times_from_proto(times: &[proto::ResponseTime]) -> Result<ResponseTimes, Refusal> {
    counted(times, 1..=Priority::ALL.len(), "terms.response_times")?;
    let times = times
        .iter()
        .map(|time| {
            let priority = word(time.priority, "terms.response_times.priority")?;
            Ok((
                priority,
                ResponseTime::new(time.respond_within_seconds, time.take_on_within_seconds),
            ))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    ResponseTimes::parse(&times)
}
