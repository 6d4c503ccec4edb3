//! Protected relocation: the record that a case's officers keep, and the codes of its contract.

mod access;
mod enquiry;
mod letter;
mod need;
mod officer;
mod pair;
mod record;
mod sealed;
mod signed;
#[cfg(test)]
mod tests;

pub use access::AccessLine;
pub use enquiry::BlindEnquiry;
pub use letter::{Disclosure, OfferLetter, Said};
pub(crate) use need::{need_from_proto, need_to_proto};
pub use record::{record_from_bytes, record_to_bytes};
pub use sealed::{
    SealedLetter, disclosure_place, open_reply, open_step, shared_from_bytes, shared_to_bytes,
};
pub use signed::{SignedLetter, Signer, Way};
