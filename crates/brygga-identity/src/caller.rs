//! Evidence that a token was checked: who of the own organisation asks.

use std::collections::BTreeSet;
use std::fmt;

use brygga_domain::access::Behalf;
use brygga_domain::{OrgId, Timestamp, UnitId};

use crate::roles::Role;
use crate::tls::CertificateThumbprint;

/// A person or system of the node's own organisation.
///
/// Nothing outside this crate can make one: holding it means that a token of the
/// organisation's own identity provider was found good. It says who asks and in which
/// roles, not what they may do; that is the policy's part.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    organisation: OrgId,
    subject: String,
    token_id: String,
    roles: BTreeSet<Role>,
    unknown_roles: usize,
    units: BTreeSet<UnitId>,
    behalves: BTreeSet<Behalf>,
    expires_at: Timestamp,
    bound_to: Option<CertificateThumbprint>,
}

/// The parts of a [`Caller`], once the token check has vouched for all of them.
pub(crate) struct ProvedClaims {
    pub(crate) organisation: OrgId,
    pub(crate) subject: String,
    pub(crate) token_id: String,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) unknown_roles: usize,
    pub(crate) units: BTreeSet<UnitId>,
    pub(crate) behalves: BTreeSet<Behalf>,
    pub(crate) expires_at: Timestamp,
    pub(crate) bound_to: Option<CertificateThumbprint>,
}

impl Caller {
    pub(crate) fn proved(claims: ProvedClaims) -> Self {
        let ProvedClaims {
            organisation,
            subject,
            token_id,
            roles,
            unknown_roles,
            units,
            behalves,
            expires_at,
            bound_to,
        } = claims;
        Self {
            organisation,
            subject,
            token_id,
            roles,
            unknown_roles,
            units,
            behalves,
            expires_at,
            bound_to,
        }
    }

    /// The same caller with the roles that `counts` lets stand; nobody gets more rights by it.
    #[must_use]
    pub fn limited_to(mut self, counts: impl Fn(Role) -> bool) -> Self {
        self.roles.retain(|role| counts(*role));
        self
    }

    /// The organisation; always the node's own.
    pub const fn organisation(&self) -> &OrgId {
        &self.organisation
    }

    /// The identity provider's name for the caller: opaque, stable, for the audit.
    ///
    /// It identifies an employee and belongs in no log line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The token's own id, by which the provider can trace it.
    pub fn token_id(&self) -> &str {
        &self.token_id
    }

    /// Whether the caller has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The roles, without those that this version does not know.
    pub const fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// How many roles the token names that this version does not know. They grant nothing;
    /// a number that stays above zero is a misspelled role at the provider.
    pub const fn unknown_roles(&self) -> usize {
        self.unknown_roles
    }

    /// The units that the caller works in; empty where the token names none.
    pub const fn units(&self) -> &BTreeSet<UnitId> {
        &self.units
    }

    /// For whom the caller may act beside the own units: what the node's settings say of these.
    pub const fn behalves(&self) -> &BTreeSet<Behalf> {
        &self.behalves
    }

    /// The token's `exp`: a stream that lasts longer asks for a new token.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The certificate whose key the caller proved to hold, where the token is bound to one
    /// (RFC 8705); `None` for a bearer token.
    pub const fn bound_to(&self) -> Option<&CertificateThumbprint> {
        self.bound_to.as_ref()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("organisation", &self.organisation)
            .field("subject", &"[redacted]")
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
