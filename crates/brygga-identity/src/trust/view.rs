//! Look-ups in the registry at one instant. Every answer is a default deny.

use std::sync::Arc;

use brygga_crypto::{KeyId, SealingPublicKey, VerifyingKey};
use brygga_domain::capacity::AttestedPermit;
use brygga_domain::{MemberKind, OrgId, Reason, Refusal, Timestamp, UnitId};

use super::{GRACE, Held};
use crate::registry::{
    Audience, ContactPoint, Endpoint, Member, MemberSealingKey, MemberSigningKey, Registry,
    Validity,
};
use crate::tls::{KnownPeer, SpkiPin};

/// What is believed at one instant.
#[derive(Clone, Debug)]
pub struct TrustView {
    held: Option<Arc<Held>>,
    now: Timestamp,
}

/// How fresh the registry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none: the node has not joined.
    Absent,
    /// In force until the instant, that instant included.
    Current {
        /// Its expiry.
        until: Timestamp,
    },
    /// Expired; exchange goes on until the instant, that instant included.
    Grace {
        /// Expiry and [`GRACE`].
        until: Timestamp,
    },
    /// Past the grace: nothing is trusted.
    Lapsed,
}

/// Why something is not trusted. For the audit and the operator; a peer is told less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// There is no registry.
    #[error("there is no registry")]
    NoRegistry,
    /// The member has no key, or no unit with a key, of the kind that is asked for.
    #[error("the member lists no such key")]
    NoSuchKey,
    /// The key is not valid yet, or no longer.
    #[error("the key is outside its validity")]
    OutsideValidity,
    /// The registry is past its grace.
    #[error("the registry has lapsed")]
    RegistryLapsed,
    /// The member was excluded.
    #[error("the member is excluded")]
    Revoked,
    /// No member of that name, or no member with that pin.
    #[error("not a member")]
    Unknown,
}

impl TrustView {
    pub(super) const fn new(held: Option<Arc<Held>>, now: Timestamp) -> Self {
        Self { held, now }
    }

    /// How fresh the registry is.
    pub fn standing(&self) -> Standing {
        let Some(held) = &self.held else { return Standing::Absent };
        let expiry = held.verified.registry().expires_at;
        let lapse = expiry.plus(GRACE);
        if self.now <= expiry {
            Standing::Current { until: expiry }
        } else if self.now <= lapse {
            Standing::Grace { until: lapse }
        } else {
            Standing::Lapsed
        }
    }

    fn held(&self) -> Result<&Held, Distrust> {
        match self.standing() {
            Standing::Lapsed => Err(Distrust::RegistryLapsed),
            _ => self.held.as_deref().ok_or(Distrust::NoRegistry),
        }
    }

    fn registry(&self) -> Result<&Registry, Distrust> {
        self.held().map(|held| held.verified.registry())
    }

    /// A member that is not excluded.
    ///
    /// # Errors
    /// [`Distrust`] says why there is none.
    pub fn member(&self, organisation: &OrgId) -> Result<&Member, Distrust> {
        let member = self.registry()?.members.get(organisation).ok_or(Distrust::Unknown)?;
        if member.revoked_at.is_some() { Err(Distrust::Revoked) } else { Ok(member) }
    }

    /// All members that are not excluded, by their identifier; none where nothing is trusted.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        let registry = self.registry().ok();
        let members = registry.into_iter().flat_map(|registry| registry.members.values());
        members.filter(|member| member.revoked_at.is_none())
    }

    /// What kind of body a member is.
    ///
    /// # Errors
    /// As [`TrustView::member`].
    pub fn kind(&self, organisation: &OrgId) -> Result<MemberKind, Distrust> {
        self.member(organisation).map(|member| member.kind)
    }

    /// The permits that the operators attest now, of an organisation that is trusted.
    pub fn permits(&self, organisation: &OrgId) -> Vec<AttestedPermit> {
        let counts = |until: Option<Timestamp>| until.is_none_or(|until| self.now < until);
        let marks = self.member(organisation).map_or(&[][..], |member| &member.trust_marks);
        let in_time = marks.iter().filter(|one| counts(one.valid_until));
        in_time.filter_map(|one| AttestedPermit::read(&one.mark, &one.reference)).collect()
    }

    /// Whether the operators attest the fact now, with this reference where one is asked for.
    pub fn has_trust_mark(
        &self,
        organisation: &OrgId,
        mark: &str,
        reference: Option<&str>,
    ) -> bool {
        let counts = |until: Option<Timestamp>| until.is_none_or(|until| self.now < until);
        self.member(organisation).is_ok_and(|member| {
            let mut named = member.trust_marks.iter().filter(|one| one.mark == mark);
            named.any(|one| {
                counts(one.valid_until) && reference.is_none_or(|wanted| one.reference == wanted)
            })
        })
    }

    /// The holder of a TLS key.
    ///
    /// # Errors
    /// [`Distrust`] says why the key opens nothing.
    pub fn peer_by_pin(&self, pin: &SpkiPin) -> Result<KnownPeer, Distrust> {
        let holder = self.held()?.pins.holder(pin).ok_or(Distrust::Unknown)?;
        let member = self.member(holder)?;
        let key = member.node_keys.iter().find(|key| key.pin == *pin).ok_or(Distrust::NoSuchKey)?;
        if !self.holds(key.validity, self.now) {
            return Err(Distrust::OutsideValidity);
        }
        Ok(KnownPeer { org: member.organisation.clone(), spiffe_id: key.spiffe_id.clone() })
    }

    /// A key that begins after the registry's expiry would be new trust, so it never begins.
    fn holds(&self, validity: Validity, at: Timestamp) -> bool {
        let expiry = self.registry().map_or(at, |registry| registry.expires_at);
        validity.contains(at) && validity.from.is_none_or(|from| from <= expiry)
    }

    /// The key that verifies a message which arrives now and was made at `made_at`.
    ///
    /// A key past its end still vouches for what was made before. An excluded member's keys
    /// vouch for nothing that arrives now, whenever it says it was made.
    ///
    /// # Errors
    /// [`Distrust`] says why there is none.
    pub fn verifying_key(
        &self,
        organisation: &OrgId,
        key_id: KeyId,
        made_at: Timestamp,
    ) -> Result<VerifyingKey, Distrust> {
        let entry = signing_key(self.member(organisation)?, key_id)?;
        if self.holds(entry.validity, made_at) {
            Ok(entry.key)
        } else {
            Err(Distrust::OutsideValidity)
        }
    }

    /// The key that verifies a message stored long ago, for audit and disputes.
    ///
    /// It asks neither whether the registry is fresh nor whether the member still belongs,
    /// only whether the key was good when the message was made: before any exclusion.
    ///
    /// # Errors
    /// [`Distrust`] says why there is none.
    pub fn verifying_key_of_history(
        &self,
        organisation: &OrgId,
        key_id: KeyId,
        made_at: Timestamp,
    ) -> Result<VerifyingKey, Distrust> {
        let held = self.held.as_deref().ok_or(Distrust::NoRegistry)?;
        let registry = held.verified.registry();
        let member = registry.members.get(organisation).ok_or(Distrust::Unknown)?;
        if member.revoked_at.is_some_and(|at| at <= made_at) {
            return Err(Distrust::Revoked);
        }
        let entry = signing_key(member, key_id)?;
        if entry.validity.contains(made_at) {
            Ok(entry.key)
        } else {
            Err(Distrust::OutsideValidity)
        }
    }

    /// The key to seal to: the unit's own, or the intake's where no unit is named.
    ///
    /// A unit without a key is never answered with the intake's, whose staff may not be the
    /// ones that the sender meant. Of several valid keys it is the one that lasts longest,
    /// the last listed among equals: during a rotation, the new one.
    ///
    /// # Errors
    /// [`Distrust`] says why there is none.
    pub fn sealing_key(
        &self,
        organisation: &OrgId,
        unit: Option<&UnitId>,
    ) -> Result<SealingPublicKey, Distrust> {
        let lasts = |key: &MemberSealingKey| (key.valid_until.is_none(), key.valid_until);
        let mut keys = self
            .member(organisation)?
            .sealing_keys
            .iter()
            .filter(|key| key.unit.as_ref() == unit)
            .peekable();
        keys.peek().ok_or(Distrust::NoSuchKey)?;
        keys.filter(|key| key.valid_until.is_none_or(|until| self.now < until))
            .max_by_key(|key| lasts(key))
            .map(|key| key.key)
            .ok_or(Distrust::OutsideValidity)
    }

    /// Where a member's node listens, to be tried in order.
    ///
    /// # Errors
    /// As [`TrustView::member`].
    pub fn endpoints(&self, organisation: &OrgId) -> Result<&[Endpoint], Distrust> {
        self.member(organisation).map(|member| member.endpoints.as_slice())
    }

    /// The one way in to a member for an audience (GBG-07, NAT-12).
    ///
    /// # Errors
    /// [`Reason::ContactPointNotUnique`] where there is none or more than one in use,
    /// [`Reason::NotFound`] for an organisation that is no member,
    /// [`Reason::RecipientUnavailable`] where there is no registry to ask.
    pub fn contact_point(
        &self,
        organisation: &OrgId,
        audience: Audience,
    ) -> Result<&ContactPoint, Refusal> {
        let member = self.member(organisation).map_err(|distrust| match distrust {
            Distrust::NoRegistry | Distrust::RegistryLapsed => {
                Refusal::new(Reason::RecipientUnavailable)
            }
            _ => Refusal::at(Reason::NotFound, "organisation"),
        })?;
        let mut active =
            member.contact_points.iter().filter(|point| point.active && point.audience == audience);
        match (active.next(), active.next()) {
            (Some(point), None) => Ok(point),
            _ => Err(Refusal::at(Reason::ContactPointNotUnique, "audience")),
        }
    }

    /// The audiences for whom a member has no single way in and should have one, for its health check.
    pub fn audiences_without_contact_point(&self, organisation: &OrgId) -> Vec<Audience> {
        let fails = |audience: &Audience| self.contact_point(organisation, *audience).is_err();
        Audience::ALWAYS.into_iter().filter(fails).collect()
    }
}

fn signing_key(member: &Member, key_id: KeyId) -> Result<&MemberSigningKey, Distrust> {
    let mut keys = member.signing_keys.iter();
    keys.find(|entry| entry.key.key_id() == key_id).ok_or(Distrust::NoSuchKey)
}
