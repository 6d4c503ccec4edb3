//! Who is at the other end: certificates, pins and the wall clock they are judged by.

pub mod clock;
pub mod tls;
