//! One organisation as the registry describes it.

use brygga_crypto::{SealingPublicKey, VerifyingKey};
use brygga_domain::{MemberKind, OrgId, SocialServicesStatus, Timestamp, UnitId};

use super::Endpoint;
use crate::tls::SpkiPin;

/// A member: what it is, the keys it answers to, and how people and nodes reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The identifier.
    pub organisation: OrgId,
    /// The name as people know it, at most 200 characters.
    pub name: String,
    /// What kind of body it is.
    pub kind: MemberKind,
    /// Which law carries its processing of social-services data.
    pub social_services_status: SocialServicesStatus,
    /// TLS keys of its nodes; two overlap while one is rotated. At most 8.
    pub node_keys: Vec<NodeKey>,
    /// Keys that sign its messages, past ones included. At most 8.
    pub signing_keys: Vec<MemberSigningKey>,
    /// Keys that content for it is sealed to. At most 64.
    pub sealing_keys: Vec<MemberSealingKey>,
    /// Where its node listens, tried in order. At most 4.
    pub endpoints: Vec<Endpoint>,
    /// How people reach it. At most 16.
    pub contact_points: Vec<ContactPoint>,
    /// Facts that the operators attest. At most 16.
    pub trust_marks: Vec<TrustMark>,
    /// Set when it is excluded, from which moment on nothing new of it is trusted.
    pub revoked_at: Option<Timestamp>,
}

/// From when until when something holds: `from` belongs to it, `until` does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// `None` means from the start.
    pub from: Option<Timestamp>,
    /// `None` means without end.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether the instant lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// The TLS key of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKey {
    /// SHA-256 of the certificate's SubjectPublicKeyInfo.
    pub pin: SpkiPin,
    /// The one URI name in the certificate.
    pub spiffe_id: String,
    /// When handshakes with it are accepted.
    pub validity: Validity,
}

/// A key that signs messages and receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSigningKey {
    /// The public key.
    pub key: VerifyingKey,
    /// When a message must have been made for the key to vouch for it.
    pub validity: Validity,
}

/// A key that content is sealed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSealingKey {
    /// The public key.
    pub key: SealingPublicKey,
    /// The function that holds the private key; `None` is the organisation's own intake.
    pub unit: Option<UnitId>,
    /// From this instant on nothing is sealed to it; `None` means without end.
    pub valid_until: Option<Timestamp>,
}

/// How people reach a function: "en väg in".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPoint {
    /// Whom it is for.
    pub audience: Audience,
    /// The function that answers, never a person.
    pub unit: UnitId,
    /// Telephone number.
    pub phone: String,
    /// Opening hours as people read them.
    pub hours: String,
    /// Number outside those hours.
    pub out_of_hours_phone: Option<String>,
    /// The function that answers when the first does not, so that the way in outlives a person.
    pub deputy_unit: Option<UnitId>,
    /// Whether it is in use.
    pub active: bool,
}

/// Whom a contact point is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The public.
    Citizens,
    /// Property owners and landlords.
    Landlords,
    /// Other organisations.
    Organisations,
    /// Whoever sends what is about a protected person: the function that receives protected post.
    Protected,
}

impl Audience {
    /// Every audience.
    pub const ALL: [Self; 4] =
        [Self::Citizens, Self::Landlords, Self::Organisations, Self::Protected];

    /// Those for whom every municipality has a way in. Not everyone receives protected post.
    pub const ALWAYS: [Self; 3] = [Self::Citizens, Self::Landlords, Self::Organisations];
}

/// A fact about a member that the operators attest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustMark {
    /// What is attested, for example `ivo-permit-protected-housing`.
    pub mark: String,
    /// Reference of the attestation; of a permit its number and the most persons, as in `2024-1234/12`.
    pub reference: String,
    /// From this instant on it counts no more; `None` means until it is withdrawn.
    pub valid_until: Option<Timestamp>,
}
