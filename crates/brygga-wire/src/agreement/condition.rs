//! The rules of the house in the terms.

use brygga_domain::Refusal;
use brygga_domain::agreement::Condition;
use brygga_proto::agreement::v1 as proto;

use crate::code;
use crate::field::counted;

const MAX_CONDITIONS: usize = 16;

pub(super) fn condition_to_proto(condition: &Condition) -> proto::Condition {
    proto::Condition {
        code: Some(code::term_to_proto(&condition.code)),
        text: condition.text.clone().unwrap_or_default(),
    }
}

pub(super) fn conditions_from_proto(
    conditions: Vec<proto::Condition>,
) -> Result<Vec<Condition>, Refusal> {
    counted(&conditions, 0..=MAX_CONDITIONS, "terms.conditions")?;
    let one = |condition: proto::Condition| {
        let code = code::term_from_proto(condition.code, "terms.conditions.code")?;
        Ok(Condition { code, text: Some(condition.text).filter(|text| !text.is_empty()) })
    };
    conditions.into_iter().map(one).collect()
}
