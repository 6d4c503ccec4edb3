//! The terms of an agreement as a TOML file that a lawyer and an operator can read together.
//!
//! The ready templates are files of the same form. An empty list in a rule means any of that kind,
//! and a key that is not known is refused: a misspelt prohibition would prohibit nothing.

use brygga_domain::{OrgId, Seconds, Timestamp};
use brygga_proto::agreement::v1 as proto;
use clap::ValueEnum;
use serde::Deserialize;

use crate::failure::Failure;
use crate::when;
use crate::wire_code::{self, WireCode};

mod condition;
mod group;

use condition::ConditionEntry;
use group::GroupEntry;

/// An agreement that is ready but for its parties: at least one of each kind.
///
/// Where no law carries a referral between the kinds of body that an agreement is between, as towards landlords, its
/// one rule says so in words. Filled in for the municipalities of the seeds they lie in `docs/examples/agreements`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// Samarbetsavtal kring hemlöshet mellan kommuner
    RegionalCooperation,
    /// Idéburet offentligt partnerskap
    Iop,
    /// Samarbetsavtal med fastighetsägare
    LandlordQuota,
    /// Ägardirektiv till kommunens bostadsbolag
    OwnerDirective,
    /// Markanvisning eller exploateringsavtal
    LandDevelopment,
    /// Bostad först-partnerskap
    HousingFirstPartnership,
    /// Villkor för boplaner (trepartsavtal)
    TripartitePlan,
    /// Nätverk för byte av bostadsort
    ExchangeNetwork,
    /// Ramavtal för en förening eller ett nätverk
    FrameworkOfAssociation,
    /// Lokal samverkan med Kronofogden mot vräkning
    KfmCooperation,
    /// Överenskommelse mellan kommun och region
    RegionAgreement,
    /// Enstaka bostad utan stående avtal
    OneOff,
    /// Enstaka remiss utan stående avtal
    OneOffReferral,
}

impl Template {
    /// The file.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::RegionalCooperation => include_str!("agreement_file/regional_cooperation.toml"),
            Self::Iop => include_str!("agreement_file/iop.toml"),
            Self::LandlordQuota => include_str!("agreement_file/landlord_quota.toml"),
            Self::OwnerDirective => include_str!("agreement_file/owner_directive.toml"),
            Self::LandDevelopment => include_str!("agreement_file/land_development.toml"),
            Self::HousingFirstPartnership => {
                include_str!("agreement_file/housing_first_partnership.toml")
            }
            Self::TripartitePlan => include_str!("agreement_file/tripartite_plan.toml"),
            Self::ExchangeNetwork => include_str!("agreement_file/exchange_network.toml"),
            Self::FrameworkOfAssociation => {
                include_str!("agreement_file/framework_of_association.toml")
            }
            Self::KfmCooperation => include_str!("agreement_file/kfm_cooperation.toml"),
            Self::RegionAgreement => include_str!("agreement_file/region_agreement.toml"),
            Self::OneOff => include_str!("agreement_file/one_off.toml"),
            Self::OneOffReferral => include_str!("agreement_file/one_off_referral.toml"),
        }
    }
}

/// What the command line adds to a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Additions {
    /// Participants beside those in the file.
    pub(crate) participants: Vec<OrgId>,
    /// Title instead of the file's.
    pub(crate) title: Option<String>,
    /// End instead of the file's.
    pub(crate) valid_until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreementFile {
    kind: String,
    title: String,
    #[serde(default)]
    parties: Vec<PartyEntry>,
    subjects: Vec<String>,
    rules: Vec<RuleEntry>,
    response_times: ResponseTimes,
    consent_max_days: u32,
    valid_from: Option<String>,
    valid_until: Option<String>,
    valid_days: Option<u16>,
    #[serde(default)]
    document_sha256: String,
    #[serde(default)]
    legal_references: Vec<String>,
    #[serde(default)]
    criteria: Vec<CriterionEntry>,
    evaluation_due: Option<String>,
    #[serde(default)]
    notice_days: u32,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    open_to_accession: bool,
    #[serde(default)]
    groups: Vec<GroupEntry>,
    #[serde(default)]
    conditions: Vec<ConditionEntry>,
    holds: Option<HoldsEntry>,
    #[serde(default)]
    position_days: u32,
    network: Option<NetworkEntry>,
    signals: Option<SignalsEntry>,
}

/// `[signals]` with `grace_days = 0`, `contact_days = 3`, `on_site_hours = 48`, `take_on_days = 5` and
/// `priority = ["CHILDREN", "UNDER_25", "OVER_65", "ILL_HEALTH"]`; what is not said is so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalsEntry {
    #[serde(default)]
    grace_days: u32,
    #[serde(default)]
    contact_days: u32,
    #[serde(default)]
    on_site_hours: u32,
    #[serde(default)]
    take_on_days: u32,
    #[serde(default)]
    priority: Vec<MarkEntry>,
}

#[derive(Deserialize)]
struct MarkEntry(#[serde(deserialize_with = "wire_code::deserialize")] Option<proto::PriorityMark>);

/// `[network]` with `slot_seconds = 300`, `cells_per_slot = 2` and `least_candidates = 5`; what is
/// not said is so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkEntry {
    #[serde(default)]
    slot_seconds: u32,
    #[serde(default)]
    cells_per_slot: u32,
    #[serde(default)]
    least_candidates: u32,
}

/// `[holds]` with `fresh_minutes = 60`, `hold_minutes = 90`, `extensions = 2` and `reentry_days = 365`; only the
/// extensions have to be said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldsEntry {
    #[serde(default)]
    fresh_minutes: u32,
    #[serde(default)]
    hold_minutes: u32,
    extensions: u32,
    #[serde(default)]
    reentry_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionEntry {
    criterion_id: String,
    text: String,
    #[serde(default)]
    dated: bool,
    #[serde(default)]
    justifiable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyEntry {
    organisation: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseTimes {
    urgent_hours: u32,
    routine_hours: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    rule_id: String,
    effect: String,
    action: String,
    #[serde(default)]
    from: Vec<String>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    subjects: Vec<String>,
    #[serde(default)]
    service_types: Vec<String>,
    #[serde(default)]
    grounds: Vec<String>,
    #[serde(default)]
    data_categories: Vec<String>,
    #[serde(default)]
    criteria: Vec<String>,
    #[serde(default)]
    populations: Vec<String>,
    #[serde(default)]
    from_units: Vec<String>,
    #[serde(default)]
    to_units: Vec<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    quota: Option<QuotaEntry>,
}

/// `quota = { count = 400, period = "YEAR" }` or `quota = { percent = 10, period = "YEAR" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaEntry {
    #[serde(default)]
    count: u32,
    #[serde(default)]
    percent: u32,
    period: String,
    #[serde(default)]
    per_sender: bool,
}

/// Reads a file and adds what the command line says. The node checks the terms as a whole.
pub(crate) fn read(
    text: &str,
    additions: &Additions,
    now: Timestamp,
) -> Result<proto::AgreementTerms, Failure> {
    let file: AgreementFile = toml::from_str(text).map_err(|error| syntax(text, &error))?;
    let valid_from = file.valid_from.as_deref().map(|text| date(text, "valid_from")).transpose()?;
    let valid_from = valid_from.unwrap_or(now);
    let valid_until = match (additions.valid_until, &file.valid_until, file.valid_days) {
        (Some(until), _, _) => until,
        (None, Some(text), None) => date(text, "valid_until")?,
        (None, None, Some(days)) => valid_from.plus(Seconds::days(i64::from(days))),
        (None, Some(_), Some(_)) | (None, None, None) => {
            return Err(wrong("valid_until", "expected valid_until or valid_days, not both"));
        }
    };
    let document = hex::decode(&file.document_sha256)
        .map_err(|_| wrong("document_sha256", "expected 64 hexadecimal digits"))?;
    let parties = parties(file.parties, &additions.participants)?;
    Ok(proto::AgreementTerms {
        agreement_id: Vec::new(),
        version: 0,
        kind: code::<proto::AgreementKind>(&file.kind, "kind")?,
        title: additions.title.clone().unwrap_or(file.title),
        subjects: codes::<proto::SubjectArea>(&file.subjects, "subjects")?,
        rules: file.rules.into_iter().map(RuleEntry::into_proto).collect::<Result<_, _>>()?,
        response_times: file.response_times.to_proto()?,
        consent_max_days: file.consent_max_days,
        valid_from: Some(when::to_proto(valid_from)),
        valid_until: Some(when::to_proto(valid_until)),
        document_sha256: document,
        legal_references: file.legal_references,
        criteria: file.criteria.into_iter().map(CriterionEntry::into_proto).collect(),
        evaluation_due: instant(file.evaluation_due.as_deref(), "evaluation_due")?,
        notice_days: file.notice_days,
        tags: file.tags,
        open_to_accession: file.open_to_accession,
        required_signatures: Vec::new(),
        groups: file.groups.into_iter().map(|group| group.into_proto(&parties)).collect(),
        parties,
        conditions: file
            .conditions
            .into_iter()
            .map(ConditionEntry::into_proto)
            .collect::<Result<_, _>>()?,
        holds: file.holds.map(HoldsEntry::into_proto),
        position_days: file.position_days,
        network: file.network.map(NetworkEntry::into_proto),
        signals: file.signals.map(SignalsEntry::into_proto),
    })
}

impl ResponseTimes {
    fn to_proto(&self) -> Result<Vec<proto::ResponseTime>, Failure> {
        let entry = |priority: proto::Priority, hours: u32| -> Result<_, Failure> {
            let seconds = hours.checked_mul(3600);
            Ok(proto::ResponseTime {
                priority: priority.into(),
                respond_within_seconds: seconds
                    .ok_or_else(|| wrong("response_times", "more hours than a year has"))?,
                take_on_within_seconds: 0,
            })
        };
        Ok(vec![
            entry(proto::Priority::Urgent, self.urgent_hours)?,
            entry(proto::Priority::Routine, self.routine_hours)?,
        ])
    }
}

impl RuleEntry {
    fn into_proto(self) -> Result<proto::Rule, Failure> {
        Ok(proto::Rule {
            effect: code::<proto::Effect>(&self.effect, "rules.effect")?,
            action: code::<proto::Action>(&self.action, "rules.action")?,
            subjects: codes::<proto::SubjectArea>(&self.subjects, "rules.subjects")?,
            grounds: codes::<brygga_proto::types::v1::DisclosureGround>(
                &self.grounds,
                "rules.grounds",
            )?,
            data_categories: codes::<brygga_proto::types::v1::DataCategory>(
                &self.data_categories,
                "rules.data_categories",
            )?,
            rule_id: self.rule_id,
            from: self.from,
            to: self.to,
            service_types: self.service_types,
            criteria: self.criteria,
            populations: codes::<proto::Population>(&self.populations, "rules.populations")?,
            from_units: self.from_units,
            to_units: self.to_units,
            valid_from: instant(self.valid_from.as_deref(), "rules.valid_from")?,
            valid_until: instant(self.valid_until.as_deref(), "rules.valid_until")?,
            quota: self.quota.map(QuotaEntry::into_proto).transpose()?,
        })
    }
}

impl QuotaEntry {
    fn into_proto(self) -> Result<proto::Quota, Failure> {
        let Self { count, percent, per_sender, .. } = self;
        let period = code::<proto::QuotaPeriod>(&self.period, "rules.quota.period")?;
        Ok(proto::Quota { count, percent, period, per_sender })
    }
}

impl HoldsEntry {
    fn into_proto(self) -> proto::HoldTerms {
        let seconds = |minutes: u32| minutes.saturating_mul(60);
        proto::HoldTerms {
            fresh_seconds: seconds(self.fresh_minutes),
            hold_seconds: seconds(self.hold_minutes),
            extensions_max: self.extensions,
            reentry_days: self.reentry_days,
        }
    }
}

impl SignalsEntry {
    fn into_proto(self) -> proto::SignalTerms {
        let Self { grace_days, contact_days, on_site_hours, take_on_days, priority } = self;
        let priority = priority.into_iter().map(|mark| mark.0.unwrap_or_default().into()).collect();
        proto::SignalTerms { grace_days, contact_days, on_site_hours, take_on_days, priority }
    }
}

impl NetworkEntry {
    fn into_proto(self) -> proto::NetworkTerms {
        let Self { slot_seconds, cells_per_slot, least_candidates } = self;
        proto::NetworkTerms { slot_seconds, cells_per_slot, least_candidates }
    }
}

impl CriterionEntry {
    fn into_proto(self) -> proto::Criterion {
        let Self { criterion_id, text, dated, justifiable } = self;
        proto::Criterion { criterion_id, text, dated, justifiable }
    }
}

fn instant(text: Option<&str>, field: &str) -> Result<Option<prost_types::Timestamp>, Failure> {
    text.map(|text| date(text, field).map(when::to_proto)).transpose()
}

fn parties(entries: Vec<PartyEntry>, participants: &[OrgId]) -> Result<Vec<proto::Party>, Failure> {
    let mut parties = Vec::new();
    for PartyEntry { organisation, role } in entries {
        OrgId::parse(&organisation)
            .map_err(|error| wrong("parties.organisation", &error.to_string()))?;
        let role = code::<proto::PartyRole>(&role, "parties.role")?;
        parties.push(proto::Party { organisation, role });
    }
    for organisation in participants {
        if !parties.iter().any(|party| party.organisation == organisation.as_str()) {
            let role = proto::PartyRole::Participant.into();
            parties.push(proto::Party { organisation: organisation.to_string(), role });
        }
    }
    Ok(parties)
}

fn code<T: WireCode + Into<i32>>(text: &str, field: &str) -> Result<i32, Failure> {
    let known = || wire_code::all::<T>().iter().map(|(code, _)| *code).collect::<Vec<_>>();
    wire_code::parse::<T>(text)
        .map(Into::into)
        .ok_or_else(|| wrong(field, &format!("expected one of {}", known().join(", "))))
}

fn codes<T: WireCode + Into<i32>>(texts: &[String], field: &str) -> Result<Vec<i32>, Failure> {
    texts.iter().map(|text| code::<T>(text, field)).collect()
}

fn date(text: &str, field: &str) -> Result<Timestamp, Failure> {
    when::parse(text).map_err(|problem| wrong(field, &problem.to_string()))
}

fn wrong(field: &str, problem: &str) -> Failure {
    Failure::usage("AGREEMENT_FILE", problem).at(field)
}

fn syntax(text: &str, error: &toml::de::Error) -> Failure {
    let end = error.span().map_or(0, |span| span.start);
    let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
    Failure::usage("AGREEMENT_FILE", error.message().replace('\n', ", ")).at(format!("line {line}"))
}

#[cfg(test)]
mod tests;
