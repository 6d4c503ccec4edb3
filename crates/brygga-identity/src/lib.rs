//! Who is at the other end: certificates, pins and the wall clock they are judged by.

pub mod caller;
pub mod clock;
pub mod join;
pub mod keys;
pub mod registry;
pub mod roles;
pub mod tls;
pub mod token;
pub mod trust;
