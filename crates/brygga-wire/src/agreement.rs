//! Agreements on the wire: the terms, whose bytes are signed, and the messages that carry them.
//!
//! The terms are the policy, so they are read fail closed: a word that this version does not
//! know may be a restriction, and what is not understood whole is not signed and not applied.

mod condition;
mod group;
mod network;
mod payload;
mod quota;
mod rule;
mod signal;
mod signature;
mod terms;
#[cfg(test)]
mod tests;

pub use payload::{
    Proposed, Signed, Terminated, decode_proposed, decode_resumed, decode_signed, decode_suspended,
    decode_terminated, encode_proposed, encode_resumed, encode_signed, encode_suspended,
    encode_terminated,
};
pub use quota::{QuotaDeclared, decode_quota_declared, encode_quota_declared};
pub use signature::{signature_from_proto, signature_to_proto, signing_input};
pub use terms::{MAX_TERMS_BYTES, decode_terms, encode_terms, terms_from_proto, terms_to_proto};

use brygga_domain::{Reason, Refusal};

use crate::code::Coded;
use crate::field::invalid;

/// Reads a word of the terms that has to be set; one that is unknown here is a refusal of its own.
fn word<T: Coded>(number: i32, field: &'static str) -> Result<T, Refusal> {
    match T::from_number(number) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(invalid(field)),
        Err(_) => Err(Refusal::at(Reason::PolicyUnknownTerm, field)),
    }
}

fn words<T: Coded>(numbers: &[i32], field: &'static str) -> Result<Vec<T>, Refusal> {
    numbers.iter().map(|number| word(*number, field)).collect()
}
