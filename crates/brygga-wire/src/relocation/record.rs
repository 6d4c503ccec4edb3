//! The record of a case, as it is sealed to the case's officers.

use std::collections::BTreeSet;

use brygga_domain::relocation::{
    ProtectionLevel, Relocation, Route, SecrecyBasis, Side, Stage, Withheld,
};
use brygga_domain::{Refusal, RelocationId, Sensitive, Timestamp};
use brygga_proto::relocation::v1 as proto;
use prost::Message;
use zeroize::Zeroizing;

use crate::code::{Coded, read};
use crate::field::{from_bytes, from_text, invalid};
use crate::time;

use super::pair::{handover_from_proto, handover_to_proto, pair_from_proto, pair_to_proto};
use super::{need_from_proto, need_to_proto};

/// The record's bytes; they clear themselves.
pub fn record_to_bytes(case: &Relocation) -> Zeroizing<Vec<u8>> {
    let withheld = |one: &Withheld| proto::WithheldRecord {
        relation: one.relation.number(),
        decided_at: Some(time::to_proto(one.decided_at)),
        review_due: Some(time::to_proto(one.review_due)),
    };
    let at = |at: Option<Timestamp>| at.map(time::to_proto);
    let record = proto::RelocationRecord {
        relocation_id: case.id.as_bytes().to_vec(),
        side: case.side.as_str().to_owned(),
        stage: case.stage.as_str().to_owned(),
        agreement_id: case.agreement_id.as_bytes().to_vec(),
        officers: case.officers.iter().map(|officer| officer.as_bytes().to_vec()).collect(),
        route: case.route.map(Route::as_str).unwrap_or_default().to_owned(),
        level: case.level.as_str().to_owned(),
        secrecy_basis: case.secrecy_basis.map(SecrecyBasis::as_str).unwrap_or_default().to_owned(),
        exclusions: case.exclusions.expose().iter().map(ToString::to_string).collect(),
        withheld: case.withheld.iter().map(withheld).collect(),
        need: Some(need_to_proto(&case.need)),
        disclosed_at: at(case.disclosed_at),
        opened_at: at(case.opened_at),
        escalated_at: at(case.escalated_at),
        ended_at: at(case.ended_at),
        decided_at: at(case.decided_at),
        assistance: case.assistance.iter().map(|note| note.expose().clone()).collect(),
        handover: handover_to_proto(&case.handover),
        sent: case.sent,
        received: case.received,
        ..pair_to_proto(case)
    };
    Zeroizing::new(record.encode_to_vec())
}

/// Reads a record that an officer has opened.
///
/// # Errors
/// `SEND_INVALID_FIELD` at what no version of ours has written.
pub fn record_from_bytes(bytes: &[u8]) -> Result<Relocation, Refusal> {
    let record = proto::RelocationRecord::decode(bytes).map_err(|_| invalid("record"))?;
    let withheld = |one: &proto::WithheldRecord| {
        Ok(Withheld {
            relation: read(one.relation, "record.withheld")?,
            decided_at: time::from_proto(one.decided_at, "record.withheld")?,
            review_due: time::from_proto(one.review_due, "record.withheld")?,
        })
    };
    let id: RelocationId = from_bytes(&record.relocation_id, "record.relocation_id")?;
    let mut exclusions = BTreeSet::new();
    for excluded in &record.exclusions {
        exclusions.insert(from_text(excluded, "record.exclusions")?);
    }
    let agreement_id = from_bytes(&record.agreement_id, "record.agreement_id")?;
    let need = need_from_proto(record.need.clone())?;
    let side = Side::parse(&record.side).ok_or(invalid("record.side"))?;
    let mut case = Relocation::restored(id, side, agreement_id, need);
    case.stage = Stage::parse(&record.stage).ok_or(invalid("record.stage"))?;
    case.level = ProtectionLevel::parse(&record.level).ok_or(invalid("record.level"))?;
    case.route = coded(&record.route, Route::parse, "record.route")?;
    case.secrecy_basis = coded(&record.secrecy_basis, SecrecyBasis::parse, "record.secrecy_basis")?;
    for officer in &record.officers {
        case.officers.push(from_bytes(officer, "record.officers")?);
    }
    case.exclusions = Sensitive::new(exclusions);
    case.withheld = record.withheld.iter().map(withheld).collect::<Result<_, _>>()?;
    case.disclosed_at = time::from_proto_or_none(record.disclosed_at, "record.disclosed_at")?;
    case.opened_at = time::from_proto_or_none(record.opened_at, "record.opened_at")?;
    case.escalated_at = time::from_proto_or_none(record.escalated_at, "record.escalated_at")?;
    case.ended_at = time::from_proto_or_none(record.ended_at, "record.ended_at")?;
    case.decided_at = time::from_proto_or_none(record.decided_at, "record.decided_at")?;
    case.handover = handover_from_proto(&record.handover)?;
    (case.sent, case.received) = (record.sent, record.received);
    case.assistance = record.assistance.iter().cloned().map(Sensitive::new).collect();
    pair_from_proto(record, &mut case)?;
    Ok(case)
}

fn coded<T>(
    code: &str,
    parse: impl Fn(&str) -> Option<T>,
    field: &'static str,
) -> Result<Option<T>, Refusal> {
    if code.is_empty() { Ok(None) } else { parse(code).map(Some).ok_or(invalid(field)) }
}

#[cfg(test)]
mod tests;
