//! Terms of shared code lists: open vocabularies, which degrade to a known parent.

use brygga_domain::Refusal;
use brygga_domain::code::CodedTerm;
use brygga_proto::types::v1 as proto;

use crate::field::{invalid, required};

/// The term as it travels.
pub(crate) fn term_to_proto(term: &CodedTerm) -> proto::Code {
    proto::Code {
        list: term.list().to_owned(),
        list_version: term.list_version(),
        code: term.code().to_owned(),
        broader: term.broader().to_vec(),
    }
}

/// Reads a term that has to be set; its code need not be known here.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `field`, whichever part of the term is wrong.
pub(crate) fn term_from_proto(
    code: Option<proto::Code>,
    field: &'static str,
) -> Result<CodedTerm, Refusal> {
    let proto::Code { list, list_version, code, broader } = required(code, field)?;
    CodedTerm::parse(list, list_version, code, broader).map_err(|_| invalid(field))
}

/// Reads a term of one list, which has to be set.
///
/// # Errors
/// As [`term_from_proto`], and when the term is from another list.
pub(crate) fn term_of(
    list: &str,
    code: Option<proto::Code>,
    field: &'static str,
) -> Result<CodedTerm, Refusal> {
    let term = term_from_proto(code, field)?;
    if term.list() == list { Ok(term) } else { Err(invalid(field)) }
}
