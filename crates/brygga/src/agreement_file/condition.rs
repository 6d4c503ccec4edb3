//! The rules of the house in the file of an agreement.

use brygga_domain::code::{CodeLists, CodedTerm, HOUSE_RULE};
use brygga_proto::agreement::v1 as proto;
use serde::Deserialize;

use super::wrong;
use crate::content_file::term_to_proto;
use crate::failure::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    code: String,
    #[serde(default)]
    text: String,
}

impl ConditionEntry {
    pub(super) fn into_proto(self) -> Result<proto::Condition, Failure> {
        let terms = || CodeLists::current().list(HOUSE_RULE).map_or(&[][..], |list| list.terms);
        let known = || terms().iter().map(|term| term.code).collect::<Vec<_>>().join(", ");
        let term = CodedTerm::known(HOUSE_RULE, &self.code)
            .ok_or_else(|| wrong("conditions.code", &format!("expected one of {}", known())))?;
        Ok(proto::Condition { code: Some(term_to_proto(&term)), text: self.text })
    }
}
