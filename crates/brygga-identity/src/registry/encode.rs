//! Registry to protobuf: what operators sign and newcomers propose.

use brygga_domain::{MemberKind, SocialServicesStatus, Timestamp, UnitId};
use brygga_proto::registry::v1 as proto;
use prost::Message;

use super::{
    Audience, ContactPoint, Endpoint, Member, MemberSealingKey, MemberSigningKey, NodeKey,
    Registry, TrustMark,
};

impl Registry {
    /// The serialised document.
    ///
    /// Serialise once and sign those bytes: another program may order fields otherwise.
    pub fn encode(&self) -> Vec<u8> {
        proto::RegistryDocument {
            federation: self.federation.clone(),
            sequence: self.sequence,
            issued_at: Some(to_proto_time(self.issued_at)),
            expires_at: Some(to_proto_time(self.expires_at)),
            members: self.members.values().map(Member::to_proto).collect(),
        }
        .encode_to_vec()
    }
}

impl Member {
    /// The protobuf form.
    pub fn to_proto(&self) -> proto::Member {
        proto::Member {
            organisation: self.organisation.to_string(),
            name: self.name.clone(),
            kind: kind(self.kind),
            social_services_status: social_services_status(self.social_services_status).into(),
            node_keys: self.node_keys.iter().map(node_key).collect(),
            signing_keys: self.signing_keys.iter().map(signing_key).collect(),
            sealing_keys: self.sealing_keys.iter().map(sealing_key).collect(),
            endpoints: self.endpoints.iter().map(Endpoint::to_string).collect(),
            contact_points: self.contact_points.iter().map(ContactPoint::to_proto).collect(),
            trust_marks: self.trust_marks.iter().map(trust_mark).collect(),
            revoked_at: self.revoked_at.map(to_proto_time),
        }
    }
}

impl ContactPoint {
    /// The protobuf form, as the local face answers with it too.
    pub fn to_proto(&self) -> proto::ContactPoint {
        let text =
            |unit: &Option<UnitId>| unit.as_ref().map_or_else(String::new, UnitId::to_string);
        proto::ContactPoint {
            audience: match self.audience {
                Audience::Citizens => proto::Audience::Citizens,
                Audience::Landlords => proto::Audience::Landlords,
                Audience::Organisations => proto::Audience::Organisations,
                Audience::Protected => proto::Audience::Protected,
            }
            .into(),
            unit: self.unit.to_string(),
            phone: self.phone.clone(),
            hours: self.hours.clone(),
            out_of_hours_phone: self.out_of_hours_phone.clone().unwrap_or_default(),
            deputy_unit: text(&self.deputy_unit),
            active: self.active,
        }
    }
}

/// The names of the contract and of the domain differ in their prefix only, which a test
/// holds for every kind.
fn kind(kind: MemberKind) -> i32 {
    let name = format!("MEMBER_KIND_{}", kind.as_str());
    proto::MemberKind::from_str_name(&name).unwrap_or_default().into()
}

const fn social_services_status(status: SocialServicesStatus) -> proto::SocialServicesStatus {
    match status {
        SocialServicesStatus::Authority => proto::SocialServicesStatus::Authority,
        SocialServicesStatus::Contracted => proto::SocialServicesStatus::Contracted,
        SocialServicesStatus::Permit => proto::SocialServicesStatus::Permit,
        SocialServicesStatus::None => proto::SocialServicesStatus::None,
    }
}

fn node_key(key: &NodeKey) -> proto::NodeKey {
    proto::NodeKey {
        spki_sha256: key.pin.as_bytes().to_vec(),
        spiffe_id: key.spiffe_id.clone(),
        valid_from: key.validity.from.map(to_proto_time),
        valid_until: key.validity.until.map(to_proto_time),
    }
}

fn signing_key(key: &MemberSigningKey) -> proto::SigningKey {
    proto::SigningKey {
        public_key: key.key.as_bytes().to_vec(),
        valid_from: key.validity.from.map(to_proto_time),
        valid_until: key.validity.until.map(to_proto_time),
    }
}

fn sealing_key(key: &MemberSealingKey) -> proto::SealingKey {
    proto::SealingKey {
        public_key: key.key.as_bytes().to_vec(),
        unit: key.unit.as_ref().map_or_else(String::new, UnitId::to_string),
        valid_until: key.valid_until.map(to_proto_time),
    }
}

fn trust_mark(mark: &TrustMark) -> proto::TrustMark {
    proto::TrustMark {
        r#type: mark.mark.clone(),
        reference: mark.reference.clone(),
        valid_until: mark.valid_until.map(to_proto_time),
    }
}

pub(crate) fn to_proto_time(at: Timestamp) -> prost_types::Timestamp {
    let millis = at.as_millis();
    prost_types::Timestamp {
        seconds: millis.div_euclid(1000),
        // Below 1000 and not negative, so the product fits.
        nanos: i32::try_from(millis.rem_euclid(1000) * 1_000_000).unwrap_or_default(),
    }
}
