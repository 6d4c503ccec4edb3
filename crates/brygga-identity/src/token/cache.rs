//! Tokens that were found good a moment ago.
//!
//! A system that calls a hundred times with one token pays for one signature, and one id is one
//! token. Only tokens that passed come in, so nobody without a good token can fill it. It is not
//! kept over a restart: it makes no token good and ends none, since what passes is checked whole.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use brygga_crypto::Digest;
use brygga_domain::Timestamp;

use super::{LEEWAY, TokenError};
use crate::caller::Caller;

/// Tokens of one organisation that are in use within five minutes.
pub(super) const CAPACITY: usize = 4_096;

/// The tokens in use, by what they are and by what they are called.
#[derive(Default)]
pub(super) struct TokenCache(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Digest of the whole token, signature included, to what it proved.
    callers: HashMap<Digest, Caller>,
    /// `jti` to the one token that has it.
    ids: HashMap<String, Digest>,
}

impl TokenCache {
    /// The caller, while the token has not expired.
    pub(super) fn find(&self, token: &Digest, now: Timestamp) -> Option<Caller> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.callers.get(token).filter(|caller| now < caller.expires_at()).cloned()
    }

    /// Remembers the caller; where there is no room even without the expired, it does not.
    ///
    /// # Errors
    /// [`TokenError::Reused`] when another token with the same id is remembered.
    pub(super) fn admit(
        &self,
        token: Digest,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), TokenError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.ids.get(caller.token_id()) {
            Some(first) if *first != token => return Err(TokenError::Reused),
            Some(_) => return Ok(()),
            None => {}
        }
        if known.callers.len() >= CAPACITY {
            known.forget_expired(now);
        }
        if known.callers.len() < CAPACITY {
            known.ids.insert(caller.token_id().to_owned(), token);
            known.callers.insert(token, caller.clone());
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).callers.len()
    }
}

impl Known {
    fn forget_expired(&mut self, now: Timestamp) {
        self.callers.retain(|_, caller| now < caller.expires_at().plus(LEEWAY));
        self.ids.retain(|_, token| self.callers.contains_key(token));
    }
}
