//! The public page: what anybody may read of this organisation's capacity (ORE-15), as data and as a small table.
//!
//! A port of its own, over plain HTTP/1.1 behind a proxy of the organisation's; nothing listens unless it is set. There
//! are two addresses and one method, no question has a parameter, and nothing that a reader sends is repeated or kept.

mod door;
mod hsds;
mod html;
#[cfg(test)]
mod tests;

pub use door::{PageSource, PublicPage};
