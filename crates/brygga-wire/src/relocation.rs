//! Protected relocation: the record that a case's officers keep, and the codes of its contract.

mod access;
mod need;
mod record;

pub use access::AccessLine;
pub(crate) use need::{need_from_proto, need_to_proto};
pub use record::{record_from_bytes, record_to_bytes};
