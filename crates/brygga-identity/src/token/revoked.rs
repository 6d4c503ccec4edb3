//! Tokens that were taken back before their time.

use std::collections::BTreeSet;

/// The ids of tokens that open nothing any more. By default none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevokedTokens(BTreeSet<String>);

impl RevokedTokens {
    /// Reads a list with one `jti` a line; empty lines and those that begin with `#` are for
    /// people. An id that no token has does no harm, so nothing is refused.
    pub fn parse(text: &str) -> Self {
        let ids = text.lines().map(str::trim);
        Self(ids.filter(|id| !id.is_empty() && !id.starts_with('#')).map(str::to_owned).collect())
    }

    pub(super) fn contains(&self, token_id: &str) -> bool {
        self.0.contains(token_id)
    }
}
