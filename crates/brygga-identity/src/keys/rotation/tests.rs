use std::collections::BTreeMap;

use brygga_domain::{MemberKind, OrgId, SocialServicesStatus};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::registry::{MemberSigningKey, Validity};

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn key(seed: u8) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::from_seed([seed; 32]))
}

fn entry(signing: &SigningKey) -> Member {
    Member {
        organisation: OrgId::parse("kommun:0881").unwrap(),
        name: "Nybro kommun".to_owned(),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: Vec::new(),
        signing_keys: vec![MemberSigningKey {
            key: signing.public(),
            validity: Validity::default(),
        }],
        sealing_keys: Vec::new(),
        endpoints: Vec::new(),
        contact_points: Vec::new(),
        trust_marks: Vec::new(),
        revoked_at: None,
    }
}

fn registry(member: Member) -> Registry {
    Registry {
        federation: "kalmar.example".to_owned(),
        sequence: 1,
        issued_at: NOW,
        expires_at: NOW.plus(Seconds::days(30)),
        members: BTreeMap::from([(member.organisation.clone(), member)]),
    }
}

fn request(by: &SigningKey) -> RotationRequest {
    RotationRequest::parse(&RotationRequest::new(&entry(&key(2)), by, NOW).to_text()).unwrap()
}

#[test]
fn a_request_by_the_listed_key_brings_the_new_one() {
    let proved = request(&key(1)).prove(&registry(entry(&key(1))), NOW).unwrap();
    assert_eq!(proved.signing_keys[0].key, key(2).public());
}

#[test]
fn a_request_by_another_key_is_refused() {
    let error = request(&key(3)).prove(&registry(entry(&key(1))), NOW).unwrap_err();
    assert_eq!(error.code(), "ROTATION_UNSIGNED");
}

#[test]
fn a_request_by_a_key_that_has_ended_is_refused() {
    let mut member = entry(&key(1));
    member.signing_keys[0].validity.until = Some(NOW);
    let error = request(&key(1)).prove(&registry(member), NOW).unwrap_err();
    assert_eq!(error.code(), "ROTATION_UNSIGNED");
}

#[test]
fn a_request_of_an_excluded_member_is_refused() {
    let mut member = entry(&key(1));
    member.revoked_at = Some(NOW);
    let error = request(&key(1)).prove(&registry(member), NOW).unwrap_err();
    assert_eq!(error.code(), "REGISTRY_NOT_MEMBER");
}

#[test]
fn a_request_ends_after_seven_days() {
    let members = registry(entry(&key(1)));
    let last = NOW.plus(Seconds(LIFETIME.0 - 1));
    assert!(request(&key(1)).prove(&members, last).is_ok());
    let error = request(&key(1)).prove(&members, NOW.plus(LIFETIME)).unwrap_err();
    assert_eq!(error.code(), "ROTATION_EXPIRED");
}

#[test]
fn a_changed_or_cut_request_is_refused() {
    let text = RotationRequest::new(&entry(&key(2)), &key(1), NOW).to_text();
    for wrong in ["", "brygga-rotation-1:", "brygga-join-1:AAAA", &text[1..]] {
        assert_eq!(RotationRequest::parse(wrong).unwrap_err().code(), "TEXT_GARBLED", "{wrong}");
    }
    let mut changed = RotationRequest::new(&entry(&key(2)), &key(1), NOW);
    changed.statement[7] ^= 1;
    let error = changed.prove(&registry(entry(&key(1))), NOW).unwrap_err();
    assert_eq!(error.code(), "ROTATION_UNSIGNED");
}
