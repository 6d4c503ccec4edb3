//! Protobuf to registry, with every limit of the contract.
//!
//! Parsed once, at the edge: whoever holds a [`Registry`] need not ask again whether a pin
//! has 32 bytes or whether two organisations claim the same key.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use brygga_crypto::{SealingPublicKey, VerifyingKey};
use brygga_domain::{MemberKind, OrgId, SocialServicesStatus, UnitId};
use brygga_proto::registry::v1 as proto;
use prost::Message;

use super::field::{bytes32, list, optional_text, optional_time, required_time, text};
use super::{
    Audience, ContactPoint, Endpoint, FieldError, MAX_MEMBERS, Member, MemberSealingKey,
    MemberSigningKey, NodeKey, Problem, Registry, TrustMark, Validity, is_federation_name,
};
use crate::tls::SpkiPin;

const MAX_NAME_CHARS: usize = 200;
const MAX_PHONE_CHARS: usize = 40;
const MAX_NODE_KEYS: usize = 8;
const MAX_SIGNING_KEYS: usize = 8;
const MAX_SEALING_KEYS: usize = 64;
const MAX_ENDPOINTS: usize = 4;
const MAX_CONTACT_POINTS: usize = 16;
const MAX_TRUST_MARKS: usize = 16;

impl Registry {
    /// Reads a serialised document.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that breaks the contract.
    pub fn decode(document: &[u8]) -> Result<Self, FieldError> {
        let document = proto::RegistryDocument::decode(document).map_err(|_| {
            FieldError::new("document", Problem::Malformed("a serialised RegistryDocument"))
        })?;
        if !is_federation_name(&document.federation) {
            return Err(FieldError::new("federation", Problem::Malformed("a federation's name")));
        }
        if document.sequence == 0 {
            return Err(FieldError::new("sequence", Problem::Missing));
        }
        let issued_at = required_time("issued_at", document.issued_at)?;
        let expires_at = required_time("expires_at", document.expires_at)?;
        if expires_at <= issued_at {
            return Err(FieldError::new("expires_at", Problem::Malformed("more than issued_at")));
        }
        let federation = document.federation;
        let mut once = Once::default();
        let members = list("members", document.members, MAX_MEMBERS, |member| {
            let member = Member::from_proto(member, &federation)?;
            once.check(&member)?;
            Ok((member.organisation.clone(), member))
        })?;
        let members = BTreeMap::from_iter(members);
        Ok(Self { federation, sequence: document.sequence, issued_at, expires_at, members })
    }
}

/// What may occur only once in a whole registry: one identity for each key.
#[derive(Default)]
struct Once {
    organisations: HashSet<OrgId>,
    pins: HashSet<SpkiPin>,
    signing_keys: HashSet<VerifyingKey>,
}

impl Once {
    fn check(&mut self, member: &Member) -> Result<(), FieldError> {
        unique("organisation", [member.organisation.clone()], &mut self.organisations)?;
        unique("node_keys", member.node_keys.iter().map(|key| key.pin), &mut self.pins)?;
        let keys = member.signing_keys.iter().map(|key| key.key);
        unique("signing_keys", keys, &mut self.signing_keys)
    }
}

fn unique<T: Eq + Hash>(
    path: &str,
    items: impl IntoIterator<Item = T>,
    seen: &mut HashSet<T>,
) -> Result<(), FieldError> {
    if items.into_iter().all(|item| seen.insert(item)) {
        Ok(())
    } else {
        Err(FieldError::new(path, Problem::Duplicate))
    }
}

impl Member {
    /// Reads one member of `federation`.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that breaks the contract.
    pub fn from_proto(member: proto::Member, federation: &str) -> Result<Self, FieldError> {
        let organisation = OrgId::parse(&member.organisation).map_err(|_| {
            FieldError::new("organisation", Problem::Malformed("an organisation's identifier"))
        })?;
        let node_keys = list("node_keys", member.node_keys, MAX_NODE_KEYS, |key| {
            node_key(key, federation, &organisation)
        })?;
        let signing_keys =
            list("signing_keys", member.signing_keys, MAX_SIGNING_KEYS, signing_key)?;
        let sealing_keys =
            list("sealing_keys", member.sealing_keys, MAX_SEALING_KEYS, sealing_key)?;
        let ids = signing_keys.iter().map(|key| key.key.key_id());
        unique("signing_keys", ids, &mut HashSet::new())?;
        let pairs = sealing_keys.iter().map(|key| (key.unit.as_ref(), key.key.as_bytes()));
        unique("sealing_keys", pairs, &mut HashSet::new())?;
        Ok(Self {
            name: text("name", member.name, MAX_NAME_CHARS)?,
            kind: kind(member.kind)?,
            social_services_status: social_services_status(member.social_services_status)?,
            node_keys,
            signing_keys,
            sealing_keys,
            endpoints: list("endpoints", member.endpoints, MAX_ENDPOINTS, |e| endpoint(&e))?,
            contact_points: list(
                "contact_points",
                member.contact_points,
                MAX_CONTACT_POINTS,
                contact_point,
            )?,
            trust_marks: list("trust_marks", member.trust_marks, MAX_TRUST_MARKS, trust_mark)?,
            revoked_at: optional_time("revoked_at", member.revoked_at)?,
            organisation,
        })
    }
}

/// The names of the contract and of the domain differ in their prefix only.
fn kind(number: i32) -> Result<MemberKind, FieldError> {
    let name = proto::MemberKind::try_from(number).map_or("", |kind| kind.as_str_name());
    name.strip_prefix("MEMBER_KIND_")
        .and_then(MemberKind::parse)
        .ok_or_else(|| FieldError::new("kind", Problem::Unknown))
}

fn social_services_status(number: i32) -> Result<SocialServicesStatus, FieldError> {
    use proto::SocialServicesStatus as P;
    match P::try_from(number) {
        Ok(P::Unspecified | P::None) => Ok(SocialServicesStatus::None),
        Ok(P::Authority) => Ok(SocialServicesStatus::Authority),
        Ok(P::Contracted) => Ok(SocialServicesStatus::Contracted),
        Ok(P::Permit) => Ok(SocialServicesStatus::Permit),
        Err(_) => Err(FieldError::new("social_services_status", Problem::Unknown)),
    }
}

fn node_key(
    key: proto::NodeKey,
    federation: &str,
    organisation: &OrgId,
) -> Result<NodeKey, FieldError> {
    let prefix =
        format!("spiffe://{federation}/org/{}/node/", organisation.as_str().replacen(':', "/", 1));
    let number = key.spiffe_id.strip_prefix(&prefix).unwrap_or_default();
    let is_number = number.parse::<u32>().is_ok_and(|n| n > 0 && n.to_string() == number);
    if !is_number {
        let expected = "spiffe://<federation>/org/<scheme>/<value>/node/<n> of this member";
        return Err(FieldError::new("spiffe_id", Problem::Malformed(expected)));
    }
    Ok(NodeKey {
        pin: SpkiPin::from_bytes(bytes32("spki_sha256", &key.spki_sha256)?),
        spiffe_id: key.spiffe_id,
        validity: validity(key.valid_from, key.valid_until)?,
    })
}

fn signing_key(key: proto::SigningKey) -> Result<MemberSigningKey, FieldError> {
    Ok(MemberSigningKey {
        key: VerifyingKey::from_bytes(bytes32("public_key", &key.public_key)?),
        validity: validity(key.valid_from, key.valid_until)?,
    })
}

fn sealing_key(key: proto::SealingKey) -> Result<MemberSealingKey, FieldError> {
    Ok(MemberSealingKey {
        key: SealingPublicKey::from_bytes(bytes32("public_key", &key.public_key)?),
        unit: optional_unit("unit", &key.unit)?,
        valid_until: optional_time("valid_until", key.valid_until)?,
    })
}

fn validity(
    from: Option<prost_types::Timestamp>,
    until: Option<prost_types::Timestamp>,
) -> Result<Validity, FieldError> {
    Ok(Validity {
        from: optional_time("valid_from", from)?,
        until: optional_time("valid_until", until)?,
    })
}

fn endpoint(text: &str) -> Result<Endpoint, FieldError> {
    let malformed = |_| FieldError::new("url", Problem::Malformed("https://host:port"));
    Endpoint::parse(text).map_err(malformed)
}

fn contact_point(point: proto::ContactPoint) -> Result<ContactPoint, FieldError> {
    use proto::Audience as P;
    let audience = match P::try_from(point.audience) {
        Ok(P::Citizens) => Audience::Citizens,
        Ok(P::Landlords) => Audience::Landlords,
        Ok(P::Organisations) => Audience::Organisations,
        Ok(P::Protected) => Audience::Protected,
        Ok(P::Unspecified) | Err(_) => return Err(FieldError::new("audience", Problem::Unknown)),
    };
    Ok(ContactPoint {
        audience,
        unit: optional_unit("unit", &point.unit)?
            .ok_or_else(|| FieldError::new("unit", Problem::Missing))?,
        phone: text("phone", point.phone, MAX_PHONE_CHARS)?,
        hours: text("hours", point.hours, MAX_NAME_CHARS)?,
        out_of_hours_phone: optional_text(
            "out_of_hours_phone",
            point.out_of_hours_phone,
            MAX_PHONE_CHARS,
        )?,
        deputy_unit: optional_unit("deputy_unit", &point.deputy_unit)?,
        active: point.active,
    })
}

fn trust_mark(mark: proto::TrustMark) -> Result<TrustMark, FieldError> {
    Ok(TrustMark {
        mark: text("type", mark.r#type, MAX_NAME_CHARS)?,
        reference: text("reference", mark.reference, MAX_NAME_CHARS)?,
        valid_until: optional_time("valid_until", mark.valid_until)?,
    })
}

fn optional_unit(path: &str, text: &str) -> Result<Option<UnitId>, FieldError> {
    if text.is_empty() {
        return Ok(None);
    }
    let malformed = |_| FieldError::new(path, Problem::Malformed("1 to 64 of a-z, 0-9 and hyphen"));
    UnitId::parse(text).map(Some).map_err(malformed)
}
