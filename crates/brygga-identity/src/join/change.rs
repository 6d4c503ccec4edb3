//! The changes that operators make, each from one registry to the next draft.

use std::collections::BTreeMap;

use brygga_domain::{OrgId, Timestamp};

use super::{AcceptedJoin, ChangeError, Draft, Issuance};
use crate::registry::{
    ContactPoint, Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey, Registry,
    TrustMark,
};

/// New keys of a member, and until when the old ones overlap with them.
///
/// Publish the new keys well before they are used: nodes learn them when they fetch the
/// registry. A list that is empty leaves the old keys of its kind alone.
#[derive(Clone, Debug)]
pub struct KeyRotation {
    /// New TLS keys.
    pub node_keys: Vec<NodeKey>,
    /// New signing keys.
    pub signing_keys: Vec<MemberSigningKey>,
    /// New sealing keys; they replace those of the same unit.
    pub sealing_keys: Vec<MemberSealingKey>,
    /// From this instant on the old keys are refused.
    pub overlap_until: Timestamp,
}

/// The first registry of a federation: sequence 1, no members.
///
/// # Errors
/// [`ChangeError::Invalid`] for a name that no federation can have, or an expiry in the past.
pub fn found(federation: &str, issuance: Issuance) -> Result<Draft, ChangeError> {
    Draft::of(&Registry {
        federation: federation.to_owned(),
        sequence: 1,
        issued_at: issuance.issued_at,
        expires_at: issuance.expires_at,
        members: BTreeMap::new(),
    })
}

/// The same members with a later expiry.
///
/// # Errors
/// [`ChangeError`].
pub fn renew(registry: &Registry, issuance: Issuance) -> Result<Draft, ChangeError> {
    next(registry, issuance, |_| Ok(()))
}

/// Takes a newcomer in, with the facts that the operators attest about it.
///
/// # Errors
/// [`ChangeError::AlreadyMember`], also for one that was excluded: it would inherit a history.
/// [`ChangeError::Invalid`] when it claims a key that another member has.
pub fn admit(
    registry: &Registry,
    accepted: AcceptedJoin,
    attested: Vec<TrustMark>,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    next(registry, issuance, |members| {
        let member = Member { trust_marks: attested, ..accepted.member };
        if members.contains_key(&member.organisation) {
            return Err(ChangeError::AlreadyMember);
        }
        members.insert(member.organisation.clone(), member);
        Ok(())
    })
}

/// Replaces the facts that the operators attest about a member.
///
/// # Errors
/// [`ChangeError`].
pub fn attest(
    registry: &Registry,
    organisation: &OrgId,
    trust_marks: Vec<TrustMark>,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    amend(registry, organisation, issuance, |member| member.trust_marks = trust_marks)
}

/// Adds new keys and sets an end to the old ones.
///
/// Node and sealing keys that have ended leave the registry; signing keys stay, since old
/// messages must verify for as long as somebody may dispute them.
///
/// # Errors
/// [`ChangeError`], among others when a list would be over its limit.
pub fn rotate_keys(
    registry: &Registry,
    organisation: &OrgId,
    rotation: KeyRotation,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    let end = |until: &mut Option<Timestamp>| {
        *until = Some(until.map_or(rotation.overlap_until, |old| old.min(rotation.overlap_until)));
    };
    let lasts = |until: Option<Timestamp>| until.is_none_or(|until| issuance.issued_at < until);
    amend(registry, organisation, issuance, |member| {
        if !rotation.node_keys.is_empty() {
            member.node_keys.iter_mut().for_each(|key| end(&mut key.validity.until));
        }
        if !rotation.signing_keys.is_empty() {
            member.signing_keys.iter_mut().for_each(|key| end(&mut key.validity.until));
        }
        for old in &mut member.sealing_keys {
            if rotation.sealing_keys.iter().any(|new| new.unit == old.unit) {
                end(&mut old.valid_until);
            }
        }
        member.node_keys.retain(|key| lasts(key.validity.until));
        member.sealing_keys.retain(|key| lasts(key.valid_until));
        member.node_keys.extend(rotation.node_keys);
        member.signing_keys.extend(rotation.signing_keys);
        member.sealing_keys.extend(rotation.sealing_keys);
    })
}

/// Excludes a member as of `at`. What it signed before still verifies as history.
///
/// # Errors
/// [`ChangeError::ExclusionAhead`] when `at` is later than the document.
pub fn revoke(
    registry: &Registry,
    organisation: &OrgId,
    at: Timestamp,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    if at > issuance.issued_at {
        return Err(ChangeError::ExclusionAhead);
    }
    amend(registry, organisation, issuance, |member| member.revoked_at = Some(at))
}

/// Replaces the ways in to a member, for people.
///
/// # Errors
/// [`ChangeError`].
pub fn update_contact_points(
    registry: &Registry,
    organisation: &OrgId,
    contact_points: Vec<ContactPoint>,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    amend(registry, organisation, issuance, |member| member.contact_points = contact_points)
}

/// Replaces the addresses of a member's node.
///
/// # Errors
/// [`ChangeError`].
pub fn set_endpoints(
    registry: &Registry,
    organisation: &OrgId,
    endpoints: Vec<Endpoint>,
    issuance: Issuance,
) -> Result<Draft, ChangeError> {
    amend(registry, organisation, issuance, |member| member.endpoints = endpoints)
}

/// Changes one member that is not excluded.
fn amend(
    registry: &Registry,
    organisation: &OrgId,
    issuance: Issuance,
    change: impl FnOnce(&mut Member),
) -> Result<Draft, ChangeError> {
    next(registry, issuance, |members| {
        let member = members.get_mut(organisation).ok_or(ChangeError::NotMember)?;
        if member.revoked_at.is_some() {
            return Err(ChangeError::Excluded);
        }
        change(member);
        Ok(())
    })
}

fn next(
    registry: &Registry,
    issuance: Issuance,
    change: impl FnOnce(&mut BTreeMap<OrgId, Member>) -> Result<(), ChangeError>,
) -> Result<Draft, ChangeError> {
    let mut next = Registry {
        sequence: registry.sequence.checked_add(1).ok_or(ChangeError::SequenceExhausted)?,
        issued_at: issuance.issued_at,
        expires_at: issuance.expires_at,
        ..registry.clone()
    };
    change(&mut next.members)?;
    Draft::of(&next)
}
