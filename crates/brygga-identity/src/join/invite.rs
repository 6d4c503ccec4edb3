//! What an operator hands to an organisation that is to join.

use std::fmt;

use brygga_crypto::{Digest, sha256};
use brygga_domain::{OrgId, Timestamp};
use brygga_proto::registry::v1 as proto;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{JoinError, armour};
use crate::registry::{
    FieldError, Problem, SignedRegistry, TrustAnchor, VerifiedRegistry, required_time,
    to_proto_time,
};

const LABEL: &str = "brygga-invite-1";

/// An invite: whom to trust, whom to ask, and the right to ask once.
///
/// It travels outside Brygga, and whoever holds it can ask to join as that organisation:
/// the operator looks at the entry before signing. The newcomer compares the anchor's
/// fingerprint with the operator by telephone.
#[derive(Clone, Debug)]
pub struct Invite {
    anchor: TrustAnchor,
    registry: VerifiedRegistry,
    organisation: OrgId,
    code: InviteCode,
    expires_at: Timestamp,
}

/// The 16 secret bytes by which the operator recognises an invite.
#[derive(Clone)]
pub struct InviteCode(Zeroizing<[u8; 16]>);

impl InviteCode {
    /// What the operator keeps instead of the code.
    pub(super) fn digest(&self) -> Digest {
        sha256(&[b"brygga/v1/invite-code\0", &*self.0])
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Result<Self, JoinError> {
        let bytes = bytes.try_into().map_err(|_| {
            JoinError::Field(FieldError::new("code", Problem::Malformed("16 bytes")))
        })?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    pub(super) fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteCode([redacted])")
    }
}

impl Invite {
    /// Makes an invite for one organisation with a fresh code.
    pub fn new(
        anchor: TrustAnchor,
        registry: VerifiedRegistry,
        organisation: OrgId,
        expires_at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut code = Zeroizing::new([0; 16]);
        rng.fill_bytes(&mut *code);
        Self { anchor, registry, organisation, code: InviteCode(code), expires_at }
    }

    /// The one line that is handed over: `brygga-invite-1:...`. It is a secret until it is used.
    pub fn to_text(&self) -> Zeroizing<String> {
        let invite = proto::Invite {
            anchor: Some(self.anchor.to_proto()),
            registry: Some(self.registry.signed().to_proto()),
            organisation: self.organisation.to_string(),
            code: self.code.expose().to_vec(),
            expires_at: Some(to_proto_time(self.expires_at)),
        };
        Zeroizing::new(armour::wrap(LABEL, &invite))
    }

    /// Reads that line; line breaks and spaces inside it do no harm.
    ///
    /// # Errors
    /// [`JoinError`] when it is not whole, has expired, or carries a registry that its own
    /// anchor's operators did not sign.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, JoinError> {
        let missing = |path| JoinError::Field(FieldError::new(path, Problem::Missing));
        let invite: proto::Invite = armour::unwrap(LABEL, text)?;
        let expires_at =
            required_time("expires_at", invite.expires_at).map_err(JoinError::Field)?;
        if expires_at <= now {
            return Err(JoinError::InviteExpired);
        }
        let anchor = invite.anchor.ok_or_else(|| missing("anchor"))?;
        let anchor = TrustAnchor::from_proto(&anchor).map_err(JoinError::Anchor)?;
        let registry = invite.registry.ok_or_else(|| missing("registry"))?;
        let registry = SignedRegistry::from_proto(registry)
            .and_then(|signed| signed.verify(&anchor))
            .map_err(JoinError::Registry)?;
        let organisation = OrgId::parse(&invite.organisation).map_err(|_| {
            let expected = "an organisation's identifier";
            JoinError::Field(FieldError::new("organisation", Problem::Malformed(expected)))
        })?;
        let code = InviteCode::from_slice(&invite.code)?;
        Ok(Self { anchor, registry, organisation, code, expires_at })
    }

    /// Who may change the registry; the newcomer keeps it in a file of its own.
    pub const fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The registry at the time of the invitation.
    pub const fn registry(&self) -> &VerifiedRegistry {
        &self.registry
    }

    /// Who is invited.
    pub const fn organisation(&self) -> &OrgId {
        &self.organisation
    }

    /// From this instant on the operator refuses it.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(super) const fn code(&self) -> &InviteCode {
        &self.code
    }
}
