//! Aggregates: what is asked about, and what is shown.

use brygga_domain::aggregate::{
    AggregateOutcome, Count, Quarter, Sum, Sums, Table, TellerAggregate, TellerState,
};
use brygga_domain::agreement::AgreementTerms;
use brygga_domain::code::CodedTerm;
use brygga_domain::{AgreementId, Refusal};
use brygga_proto::local::v1 as proto;
use brygga_proto::local::v1::aggregate_scope::Agreements;

use crate::aggregate::{outcomes_to_proto, services_to_proto};
use crate::code;
use crate::field::{from_bytes, from_text, invalid, required};
use crate::time;

/// Longest tag that is looked for, in bytes.
const TAG_MAX: usize = 64;

/// Which agreements are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AggregateScope {
    /// One.
    Agreement(AgreementId),
    /// All that carry a tag.
    Tag(String),
}

/// Reads what is asked about.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `scope`, `agreement_id`, `tag` or `quarter`.
pub fn aggregate_scope(
    scope: Option<proto::AggregateScope>,
) -> Result<(AggregateScope, Quarter), Refusal> {
    let scope = required(scope, "scope")?;
    let quarter = from_text(&scope.quarter, "quarter")?;
    let meant = match required(scope.agreements, "scope")? {
        Agreements::AgreementId(id) => AggregateScope::Agreement(from_bytes(&id, "agreement_id")?),
        Agreements::Tag(tag) if (1..=TAG_MAX).contains(&tag.len()) => AggregateScope::Tag(tag),
        Agreements::Tag(_) => return Err(invalid("tag")),
    };
    Ok((meant, quarter))
}

/// What the parties of some agreements have told.
pub fn aggregates_to_proto<'a>(
    quarter: Quarter,
    agreements: impl Iterator<Item = (&'a AgreementTerms, &'a [TellerAggregate])> + Clone,
) -> proto::Aggregates {
    let tellers = || agreements.clone().flat_map(|(_, tellers)| tellers);
    let tables = || tellers().filter_map(|teller| teller.state.table());
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let sums = Sums::of(tables());
    proto::Aggregates {
        quarter: quarter.to_string(),
        agreements: agreements.clone().map(|(terms, told)| agreement(terms, told)).collect(),
        sums: Some(proto::AggregateSums {
            tables: number(tellers().count()),
            told: number(tables().count()),
            total: Some(sum(&sums.total)),
            services: sums.services.iter().map(service_sum).collect(),
            outcomes: sums.outcomes.iter().map(outcome_sum).collect(),
        }),
    }
}

fn agreement(terms: &AgreementTerms, tellers: &[TellerAggregate]) -> proto::AgreementAggregates {
    proto::AgreementAggregates {
        agreement_id: terms.agreement_id.as_bytes().to_vec(),
        title: terms.title.clone(),
        tellers: tellers.iter().map(teller).collect(),
    }
}

fn teller(teller: &TellerAggregate) -> proto::TellerAggregate {
    let (state, reason) = match &teller.state {
        TellerState::NotAsked => (proto::TellerState::NotAsked, String::new()),
        TellerState::Waiting => (proto::TellerState::Waiting, String::new()),
        TellerState::Told(_) => (proto::TellerState::Told, String::new()),
        TellerState::Refused(reason) => (proto::TellerState::Refused, reason.as_str().to_owned()),
    };
    proto::TellerAggregate {
        organisation: teller.organisation.to_string(),
        state: state.into(),
        asked_at: teller.asked_at.map(time::to_proto),
        reason,
        table: teller.state.table().map(table),
    }
}

fn table(table: &Table) -> proto::AggregateTable {
    proto::AggregateTable {
        total: table.total().map_or(0, Count::referrals),
        services: services_to_proto(table),
        outcomes: outcomes_to_proto(table),
    }
}

const fn sum(sum: &Sum) -> proto::AggregateSum {
    proto::AggregateSum { referrals: sum.referrals, told: sum.told }
}

fn service_sum((term, told): &(CodedTerm, Sum)) -> proto::ServiceSum {
    proto::ServiceSum { service_type: Some(code::term_to_proto(term)), sum: Some(sum(told)) }
}

fn outcome_sum((outcome, told): &(AggregateOutcome, Sum)) -> proto::OutcomeSum {
    proto::OutcomeSum { outcome: code::number_or_unset(Some(*outcome)), sum: Some(sum(told)) }
}
