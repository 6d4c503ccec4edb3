use brygga_domain::{MemberKind, SocialServicesStatus};
use brygga_proto::registry::v1 as proto;
use prost::Message;

use crate::registry::sample::*;
use crate::registry::*;

#[test]
fn a_full_registry_reads_back_what_it_encodes() {
    let mut full = member(KALMAR, 1);
    full.revoked_at = Some(ISSUED);
    full.sealing_keys.push(sealing(2, Some("mobila-teamet"), Some(EXPIRES)));
    full.node_keys.push(node_key(KALMAR, 3, Validity { from: Some(ISSUED), until: Some(EXPIRES) }));
    full.trust_marks.push(TrustMark {
        mark: "ivo-permit-protected-housing".to_owned(),
        reference: "prov-1".to_owned(),
        valid_until: Some(EXPIRES),
    });
    full.contact_points[0].out_of_hours_phone = Some("+46 480 45 00 01".to_owned());
    let registry = registry(7, [full, member(NYBRO, 4)]);
    assert_eq!(Registry::decode(&registry.encode()), Ok(registry));
}

#[test]
fn every_kind_and_status_has_its_own_number() {
    for kind in MemberKind::ALL {
        for status in SocialServicesStatus::ALL {
            let one = Member { kind: *kind, social_services_status: *status, ..member(KALMAR, 1) };
            assert_eq!(Member::from_proto(one.to_proto(), FEDERATION), Ok(one));
        }
    }
    for audience in Audience::ALL {
        let mut one = member(KALMAR, 1);
        one.contact_points = vec![contact_point(audience, false)];
        assert_eq!(Member::from_proto(one.to_proto(), FEDERATION), Ok(one));
    }
}

#[test]
fn an_unset_status_is_outside_the_social_services() {
    let unset = proto::Member { social_services_status: 0, ..member(KALMAR, 1).to_proto() };
    let read = Member::from_proto(unset, FEDERATION).unwrap();
    assert_eq!(read.social_services_status, SocialServicesStatus::None);
}

/// What the change makes of a good document, as `path: problem`.
fn refusal(change: impl FnOnce(&mut proto::RegistryDocument)) -> String {
    let good = registry(1, [member(KALMAR, 1), member(NYBRO, 2)]);
    let mut document = proto::RegistryDocument::decode(good.encode().as_slice()).unwrap();
    change(&mut document);
    Registry::decode(&document.encode_to_vec()).unwrap_err().to_string()
}

/// The same for the second member.
fn member_refusal(change: impl FnOnce(&mut proto::Member)) -> String {
    refusal(|document| change(&mut document.members[1]))
}

#[test]
fn the_document_itself_is_held_to_the_contract() {
    assert_eq!(refusal(|d| d.federation.clear()), "federation: expected a federation's name");
    assert_eq!(refusal(|d| d.sequence = 0), "sequence: is missing");
    assert_eq!(refusal(|d| d.issued_at = None), "issued_at: is missing");
    assert_eq!(refusal(|d| d.expires_at = d.issued_at), "expires_at: expected more than issued_at");
    let nonsense = prost_types::Timestamp { seconds: 0, nanos: -1 };
    assert_eq!(
        refusal(|d| d.expires_at = Some(nonsense)),
        "expires_at: expected an instant of the years 1 to 9999"
    );
    assert_eq!(
        refusal(|d| d.members = vec![d.members[0].clone(); MAX_MEMBERS + 1]),
        "members: has more than 5000 entries"
    );
}

#[test]
fn a_member_says_what_it_is_in_words_that_are_known() {
    assert_eq!(
        member_refusal(|m| m.organisation = "0881".to_owned()),
        "members[1].organisation: expected an organisation's identifier"
    );
    assert_eq!(member_refusal(|m| m.name.clear()), "members[1].name: is missing");
    assert_eq!(
        member_refusal(|m| m.name = "å".repeat(201)),
        "members[1].name: is longer than 200 characters"
    );
    let unknown = "has a value that this version does not know";
    assert_eq!(member_refusal(|m| m.kind = 0), format!("members[1].kind: {unknown}"));
    assert_eq!(member_refusal(|m| m.kind = 99), format!("members[1].kind: {unknown}"));
    assert_eq!(
        member_refusal(|m| m.social_services_status = 99),
        format!("members[1].social_services_status: {unknown}")
    );
    assert_eq!(
        member_refusal(|m| m.contact_points[0].audience = 0),
        format!("members[1].contact_points[0].audience: {unknown}")
    );
}

#[test]
fn a_member_has_at_most_so_many_of_each() {
    let refused = |name, limit| format!("members[1].{name}: has more than {limit} entries");
    let many = |change: fn(&mut proto::Member)| member_refusal(change);
    assert_eq!(many(|m| m.node_keys = vec![m.node_keys[0].clone(); 9]), refused("node_keys", 8));
    assert_eq!(
        many(|m| m.signing_keys = vec![m.signing_keys[0].clone(); 9]),
        refused("signing_keys", 8)
    );
    assert_eq!(
        many(|m| m.sealing_keys = vec![m.sealing_keys[0].clone(); 65]),
        refused("sealing_keys", 64)
    );
    assert_eq!(many(|m| m.endpoints = vec![m.endpoints[0].clone(); 5]), refused("endpoints", 4));
    assert_eq!(
        many(|m| m.contact_points = vec![m.contact_points[0].clone(); 17]),
        refused("contact_points", 16)
    );
    assert_eq!(
        many(|m| m.trust_marks = vec![proto::TrustMark::default(); 17]),
        refused("trust_marks", 16)
    );
}

#[test]
fn keys_and_addresses_have_their_exact_form() {
    let refused = |path, expected| format!("members[1].{path}: expected {expected}");
    assert_eq!(
        member_refusal(|m| m.node_keys[0].spki_sha256.truncate(31)),
        refused("node_keys[0].spki_sha256", "32 bytes")
    );
    assert_eq!(
        member_refusal(|m| m.signing_keys[0].public_key.push(0)),
        refused("signing_keys[0].public_key", "32 bytes")
    );
    assert_eq!(
        member_refusal(|m| m.sealing_keys[0].public_key.clear()),
        refused("sealing_keys[0].public_key", "32 bytes")
    );
    assert_eq!(
        member_refusal(|m| m.sealing_keys[0].unit = "Anna Andersson".to_owned()),
        refused("sealing_keys[0].unit", "1 to 64 of a-z, 0-9 and hyphen")
    );
    assert_eq!(
        member_refusal(|m| m.endpoints[0] = "http://kalmar.example:80".to_owned()),
        refused("endpoints[0].url", "https://host:port")
    );
    assert_eq!(
        member_refusal(|m| m.contact_points[0].unit.clear()),
        "members[1].contact_points[0].unit: is missing"
    );
    assert_eq!(
        member_refusal(|m| m.contact_points[0].hours = "a\nb".to_owned()),
        refused("contact_points[0].hours", "no control characters")
    );
}

#[test]
fn a_node_carries_the_name_of_its_own_organisation() {
    let own = "spiffe://kalmar.example/org/kommun/0881/node/";
    for (text, good) in [
        (format!("{own}1"), true),
        (format!("{own}27"), true),
        (format!("{own}0"), false),
        (format!("{own}01"), false),
        (format!("{own}+1"), false),
        (own.to_owned(), false),
        (format!("{own}1/x"), false),
        (own.replace("0881", "0880") + "1", false),
        (own.replace("kalmar", "vaxjo") + "1", false),
        (own.replace("spiffe", "https") + "1", false),
    ] {
        let mut one = member(NYBRO, 2).to_proto();
        one.node_keys[0].spiffe_id.clone_from(&text);
        assert_eq!(Member::from_proto(one, FEDERATION).is_ok(), good, "{text}");
    }
}

#[test]
fn one_key_is_one_identity_in_the_whole_registry() {
    let twice = |path: &str| format!("members[1].{path}: is listed twice");
    assert_eq!(refusal(|d| d.members[1] = d.members[0].clone()), twice("organisation"));
    assert_eq!(member_refusal(|m| m.node_keys[0].spki_sha256 = vec![1; 32]), twice("node_keys"));
    let of_first = signing_key(1).public().as_bytes().to_vec();
    assert_eq!(member_refusal(|m| m.signing_keys[0].public_key = of_first), twice("signing_keys"));
    assert_eq!(
        member_refusal(|m| m.sealing_keys.push(m.sealing_keys[0].clone())),
        twice("sealing_keys")
    );
}

#[test]
fn an_error_names_the_place_and_repeats_no_value() {
    let error = member_refusal(|m| m.sealing_keys[0].unit = "Anna Andersson".to_owned());
    assert!(!error.contains("Anna"));
}
