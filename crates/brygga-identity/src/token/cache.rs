//! Tokens that were found good a moment ago.
//!
//! A system that calls a hundred times with one token pays for one signature. Only tokens
//! that passed come in, so nobody without a good token can fill it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use brygga_crypto::Digest;
use brygga_domain::Timestamp;

use crate::caller::Caller;

/// Tokens of one organisation that are in use within five minutes.
pub(super) const CAPACITY: usize = 4_096;

/// Digest of the whole token, signature included, to what it proved.
#[derive(Default)]
pub(super) struct TokenCache(Mutex<HashMap<Digest, Caller>>);

impl TokenCache {
    /// The caller, while the token has not expired.
    pub(super) fn find(&self, token: &Digest, now: Timestamp) -> Option<Caller> {
        let callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        callers.get(token).filter(|caller| now < caller.expires_at()).cloned()
    }

    /// Remembers the caller; where there is no room even without the expired, it does not.
    pub(super) fn insert(&self, token: Digest, caller: &Caller, now: Timestamp) {
        if caller.expires_at() <= now {
            return;
        }
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CAPACITY {
            callers.retain(|_, caller| now < caller.expires_at());
        }
        if callers.len() < CAPACITY {
            callers.insert(token, caller.clone());
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
