//! Aggregates between nodes: which numbers are asked for, and the numbers. A count between 1 and 4 cannot be written
//! and is not read.

#[cfg(test)]
mod tests;

use brygga_domain::aggregate::{AggregateOutcome, Count, Quarter, Table};
use brygga_domain::code::{CodedTerm, SERVICE_TYPE};
use brygga_domain::{AgreementId, Refusal};
use brygga_proto::aggregate::v1 as proto;
use prost::Message;

use crate::code;
use crate::envelope::Header;
use crate::field::{counted, from_bytes, from_text, invalid};

/// The payload of `aggregate.requested`.
pub fn encode_aggregate_requested(agreement: AgreementId, quarter: Quarter) -> Vec<u8> {
    let agreement_id = agreement.as_bytes().to_vec();
    proto::AggregateRequested { agreement_id, quarter: quarter.to_string() }.encode_to_vec()
}

/// Reads the payload of `aggregate.requested`. Thread and header name the same agreement.
///
/// # Errors
/// The field at fault.
pub fn decode_aggregate_requested(
    payload: &[u8],
    header: &Header,
) -> Result<(AgreementId, Quarter), Refusal> {
    let payload = proto::AggregateRequested::decode(payload).map_err(|_| invalid("payload"))?;
    subject(&payload.agreement_id, &payload.quarter, header)
}

/// The payload of `aggregate.reported`.
pub fn encode_aggregate_reported(
    agreement: AgreementId,
    quarter: Quarter,
    table: &Table,
) -> Vec<u8> {
    proto::AggregateReported {
        agreement_id: agreement.as_bytes().to_vec(),
        quarter: quarter.to_string(),
        total: table.total().map_or(0, Count::referrals),
        services: services_to_proto(table),
        outcomes: outcomes_to_proto(table),
    }
    .encode_to_vec()
}

/// Reads the payload of `aggregate.reported`. Thread and header name the same agreement.
///
/// # Errors
/// The field at fault.
pub fn decode_aggregate_reported(
    payload: &[u8],
    header: &Header,
) -> Result<(AgreementId, Quarter, Table), Refusal> {
    let payload = proto::AggregateReported::decode(payload).map_err(|_| invalid("payload"))?;
    let (agreement, quarter) = subject(&payload.agreement_id, &payload.quarter, header)?;
    Ok((agreement, quarter, table(&payload)?))
}

/// Reads the table of a payload that was checked when it arrived.
///
/// # Errors
/// The field at fault.
pub fn reported_table(payload: &[u8]) -> Result<Table, Refusal> {
    let payload = proto::AggregateReported::decode(payload).map_err(|_| invalid("payload"))?;
    table(&payload)
}

fn subject(
    agreement: &[u8],
    quarter: &str,
    header: &Header,
) -> Result<(AgreementId, Quarter), Refusal> {
    let agreement: AgreementId = from_bytes(agreement, "payload.agreement_id")?;
    if header.conversation.as_bytes() != agreement.as_bytes() {
        return Err(invalid("header.conversation_id"));
    }
    if header.agreement.is_none_or(|(named, _)| named != agreement) {
        return Err(invalid("header.agreement_id"));
    }
    Ok((agreement, from_text(quarter, "payload.quarter")?))
}

fn table(payload: &proto::AggregateReported) -> Result<Table, Refusal> {
    let total = match payload.total {
        0 => None,
        number => Some(count(number, "payload.total")?),
    };
    counted(&payload.services, 0..=Table::SERVICES_MAX, "payload.services")?;
    counted(&payload.outcomes, 0..=AggregateOutcome::ALL.len(), "payload.outcomes")?;
    let service = |one: &proto::ServiceCount| {
        let field = "payload.services";
        let term = code::term_of(SERVICE_TYPE, one.service_type.clone(), field)?;
        Ok((term, count(one.referrals, field)?))
    };
    let outcome = |one: &proto::OutcomeCount| {
        let field = "payload.outcomes";
        Ok((code::read(one.outcome, field)?, count(one.referrals, field)?))
    };
    Table::told(
        total,
        payload.services.iter().map(service).collect::<Result<_, Refusal>>()?,
        payload.outcomes.iter().map(outcome).collect::<Result<_, Refusal>>()?,
    )
}

fn count(referrals: u32, field: &'static str) -> Result<Count, Refusal> {
    Count::of(referrals).ok_or(invalid(field))
}

pub(crate) fn services_to_proto(table: &Table) -> Vec<proto::ServiceCount> {
    let one = |(term, count): &(CodedTerm, Count)| proto::ServiceCount {
        service_type: Some(code::term_to_proto(term)),
        referrals: count.referrals(),
    };
    table.services().iter().map(one).collect()
}

pub(crate) fn outcomes_to_proto(table: &Table) -> Vec<proto::OutcomeCount> {
    let one = |(outcome, count): &(AggregateOutcome, Count)| proto::OutcomeCount {
        outcome: code::number_or_unset(Some(*outcome)),
        referrals: count.referrals(),
    };
    table.outcomes().iter().map(one).collect()
}
