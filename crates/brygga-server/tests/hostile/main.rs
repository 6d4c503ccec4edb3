//! Hostile peers against the federation port: real TCP, real TLS, one limit at a time.
//!
//! Each limit of `docs/LIMITS.md` is crossed by one and the answer is observed from
//! outside, as the peer sees it. Limits are shrunk where the real one would make
//! the suite wait; nothing else of the listener differs from the node's.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its attack must stop")]

mod calls;
mod certificates;
#[cfg(target_os = "linux")]
mod descriptors;
mod life;
mod local;
mod local_certificates;
mod rig;
mod service;
mod sockets;
mod streams;
mod tls_profile;
mod wire;
