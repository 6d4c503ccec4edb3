//! A small federation for tests: three operators, two of whom must sign, and members made to order.

use brygga_crypto::{SealingPrivateKey, SigningKey};
use brygga_domain::{MemberKind, OrgId, Seconds, SocialServicesStatus, Timestamp, UnitId};

use super::{
    Audience, ContactPoint, Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey,
    Registry, SignedRegistry, TrustAnchor, Validity, VerifiedRegistry,
};
use crate::tls::{SpkiPin, spiffe_id};

pub(crate) const FEDERATION: &str = "kalmar.example";
pub(crate) const ISSUED: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const EXPIRES: Timestamp = ISSUED.plus(Seconds::days(30));
pub(crate) const KALMAR: &str = "kommun:0880";
pub(crate) const NYBRO: &str = "kommun:0881";

pub(crate) fn org(text: &str) -> OrgId {
    text.parse().unwrap()
}

pub(crate) fn unit(text: &str) -> UnitId {
    text.parse().unwrap()
}

/// The operators have the seeds 201, 202 and 203.
pub(crate) fn operators() -> [SigningKey; 3] {
    [201, 202, 203].map(signing_key)
}

pub(crate) fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) fn pin(seed: u8) -> SpkiPin {
    SpkiPin::from_bytes([seed; 32])
}

pub(crate) fn anchor() -> TrustAnchor {
    TrustAnchor::new(FEDERATION, &operators().map(|key| key.public()), 2).unwrap()
}

pub(crate) fn node_key(organisation: &str, seed: u8, validity: Validity) -> NodeKey {
    let spiffe_id = spiffe_id(FEDERATION, &org(organisation), 1);
    NodeKey { pin: pin(seed), spiffe_id, validity }
}

pub(crate) fn verifying(seed: u8, validity: Validity) -> MemberSigningKey {
    MemberSigningKey { key: signing_key(seed).public(), validity }
}

pub(crate) fn sealing(
    seed: u8,
    unit_name: Option<&str>,
    until: Option<Timestamp>,
) -> MemberSealingKey {
    let key = SealingPrivateKey::from_bytes(&[seed; 32]).public();
    MemberSealingKey { key, unit: unit_name.map(unit), valid_until: until }
}

pub(crate) fn contact_point(audience: Audience, active: bool) -> ContactPoint {
    ContactPoint {
        audience,
        unit: unit("bostadssamordning"),
        phone: "+46 480 45 00 00".to_owned(),
        hours: "vardagar 8-16".to_owned(),
        out_of_hours_phone: None,
        deputy_unit: Some(unit("socialjouren")),
        active,
    }
}

/// A municipality whose every key comes from `seed`.
pub(crate) fn member(organisation: &str, seed: u8) -> Member {
    Member {
        organisation: org(organisation),
        name: "Kommun på prov".to_owned(),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: vec![node_key(organisation, seed, Validity::default())],
        signing_keys: vec![verifying(seed, Validity::default())],
        sealing_keys: vec![sealing(seed, None, None)],
        endpoints: vec![Endpoint::parse("https://brygga.kalmar.example:8443").unwrap()],
        contact_points: vec![contact_point(Audience::Landlords, true)],
        trust_marks: Vec::new(),
        revoked_at: None,
    }
}

pub(crate) fn registry(sequence: u64, members: impl IntoIterator<Item = Member>) -> Registry {
    let members = members.into_iter().map(|member| (member.organisation.clone(), member));
    Registry {
        federation: FEDERATION.to_owned(),
        sequence,
        issued_at: ISSUED,
        expires_at: EXPIRES,
        members: members.collect(),
    }
}

/// Signed by the first two operators.
pub(crate) fn signed(registry: &Registry) -> SignedRegistry {
    let [first, second, _] = operators();
    let unsigned = SignedRegistry::unsigned(registry.encode()).unwrap();
    unsigned.sign(&first).unwrap().sign(&second).unwrap()
}

pub(crate) fn verified(registry: &Registry) -> VerifiedRegistry {
    signed(registry).verify(&anchor()).unwrap()
}
