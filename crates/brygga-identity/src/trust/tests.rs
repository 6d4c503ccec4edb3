use brygga_domain::capacity::AttestedPermit;
use brygga_domain::{MemberKind, Reason, Seconds, Timestamp};

use super::*;
use crate::registry::sample::*;
use crate::registry::{Audience, ContactPoint, Member, Registry, TrustMark, Validity};
use crate::tls::PeerDirectory;

const MILLI: i64 = 1;

fn shifted(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis() + millis)
}

fn store(registry: &Registry) -> TrustStore {
    let store = TrustStore::in_memory(anchor());
    store.install(verified(registry), ISSUED).unwrap();
    store
}

fn store_of(member: Member) -> TrustStore {
    store(&registry(1, [member]))
}

fn refusal(store: &TrustStore, offered: &Registry, now: Timestamp) -> &'static str {
    store.install(verified(offered), now).unwrap_err().code()
}

#[test]
fn a_newer_registry_replaces_the_held_one_and_subscribers_are_told() {
    let store = store_of(member(KALMAR, 1));
    let mut revision = store.subscribe();
    assert_eq!(*revision.borrow_and_update(), 1);
    let installed = store.install(verified(&registry(2, [member(NYBRO, 2)])), ISSUED).unwrap();
    assert_eq!(installed, Installed::Replaced { sequence: 2 });
    assert!(revision.has_changed().unwrap());
    assert_eq!(store.at(ISSUED).member(&org(KALMAR)), Err(Distrust::Unknown));
    assert!(store.at(ISSUED).member(&org(NYBRO)).is_ok());
}

#[test]
fn the_same_registry_again_changes_nothing() {
    let store = store_of(member(KALMAR, 1));
    let mut revision = store.subscribe();
    revision.borrow_and_update();
    let same = verified(&registry(1, [member(KALMAR, 1)]));
    // Even when it has expired in the meantime: nothing new is trusted.
    let installed = store.install(same, EXPIRES.plus(Seconds(1))).unwrap();
    assert_eq!(installed, Installed::Unchanged { sequence: 1 });
    assert!(!revision.has_changed().unwrap());
}

#[test]
fn an_older_registry_is_a_rollback() {
    let store = store(&registry(5, [member(KALMAR, 1)]));
    assert_eq!(refusal(&store, &registry(4, []), ISSUED), "REGISTRY_ROLLBACK");
    assert!(store.at(ISSUED).member(&org(KALMAR)).is_ok());
}

#[test]
fn other_content_under_the_same_sequence_is_a_split_view() {
    let store = store(&registry(5, [member(KALMAR, 1)]));
    assert_eq!(refusal(&store, &registry(5, []), ISSUED), "REGISTRY_SPLIT_VIEW");
    assert!(store.at(ISSUED).member(&org(KALMAR)).is_ok());
}

#[test]
fn a_registry_of_another_federation_is_refused_even_when_verified_elsewhere() {
    let [first, ..] = operators().map(|key| key.public());
    let other = TrustAnchor::new("vaxjo.example", &[first], 1).unwrap();
    let store = TrustStore::in_memory(other);
    assert_eq!(refusal(&store, &registry(1, []), ISSUED), "REGISTRY_OTHER_FEDERATION");
}

#[test]
fn an_expired_registry_is_not_installed() {
    let store = TrustStore::in_memory(anchor());
    assert_eq!(refusal(&store, &registry(1, []), shifted(EXPIRES, MILLI)), "REGISTRY_EXPIRED");
    assert!(store.install(verified(&registry(1, [])), EXPIRES).is_ok());
}

#[test]
fn a_registry_may_be_two_minutes_ahead_and_no_more() {
    let store = TrustStore::in_memory(anchor());
    let edge = ISSUED.minus(MAX_CLOCK_LEAD);
    assert_eq!(
        refusal(&store, &registry(1, []), shifted(edge, -MILLI)),
        "REGISTRY_ISSUED_IN_FUTURE"
    );
    assert!(store.install(verified(&registry(1, [])), edge).is_ok());
}

#[test]
fn grace_ends_after_exactly_seven_days() {
    let store = store_of(member(KALMAR, 1));
    let lapse = EXPIRES.plus(Seconds::days(7));
    for (now, standing, trusted) in [
        (EXPIRES, Standing::Current { until: EXPIRES }, true),
        (shifted(EXPIRES, MILLI), Standing::Grace { until: lapse }, true),
        (lapse, Standing::Grace { until: lapse }, true),
        (shifted(lapse, MILLI), Standing::Lapsed, false),
    ] {
        let view = store.at(now);
        assert_eq!(view.standing(), standing);
        assert_eq!(view.member(&org(KALMAR)).is_ok(), trusted);
        assert_eq!(view.members().count(), usize::from(trusted));
        assert_eq!(store.peer_by_pin(&pin(1), now).is_some(), trusted);
        assert_eq!(view.sealing_key(&org(KALMAR), None).is_ok(), trusted);
        assert_eq!(view.contact_point(&org(KALMAR), Audience::Landlords).is_ok(), trusted);
        let id = signing_key(1).public().key_id();
        assert_eq!(view.verifying_key(&org(KALMAR), id, ISSUED).is_ok(), trusted);
        // History outlives the registry.
        assert!(view.verifying_key_of_history(&org(KALMAR), id, ISSUED).is_ok());
    }
}

#[test]
fn nobody_is_known_without_a_registry() {
    let store = TrustStore::in_memory(anchor());
    assert_eq!(store.at(ISSUED).standing(), Standing::Absent);
    assert_eq!(store.at(ISSUED).member(&org(KALMAR)), Err(Distrust::NoRegistry));
    assert_eq!(store.peer_by_pin(&pin(1), ISSUED), None);
    assert!(store.verified().is_none());
}

#[test]
fn a_pin_names_its_holder_and_the_uri_it_must_carry() {
    let store = store(&registry(1, [member(KALMAR, 1), member(NYBRO, 2)]));
    let peer = store.peer_by_pin(&pin(2), ISSUED).unwrap();
    assert_eq!(peer.org, org(NYBRO));
    assert_eq!(peer.spiffe_id, "spiffe://kalmar.example/org/kommun/0881/node/1");
    assert_eq!(store.peer_by_pin(&pin(3), ISSUED), None);
}

#[test]
fn old_and_new_pin_overlap_and_then_only_the_new_one_holds() {
    let start = ISSUED.plus(Seconds::hours(1));
    let end = ISSUED.plus(Seconds::hours(2));
    let mut rotating = member(KALMAR, 1);
    rotating.node_keys = vec![
        node_key(KALMAR, 1, Validity { from: None, until: Some(end) }),
        node_key(KALMAR, 2, Validity { from: Some(start), until: None }),
    ];
    let store = store_of(rotating);
    for (now, old, new) in [
        (shifted(start, -MILLI), true, false),
        (start, true, true),
        (shifted(end, -MILLI), true, true),
        (end, false, true),
    ] {
        assert_eq!(store.peer_by_pin(&pin(1), now).is_some(), old, "old at {now:?}");
        assert_eq!(store.peer_by_pin(&pin(2), now).is_some(), new, "new at {now:?}");
    }
}

#[test]
fn a_key_that_begins_after_the_expiry_never_begins() {
    let late = |from| Validity { from: Some(from), until: None };
    let mut rotating = member(KALMAR, 1);
    rotating.node_keys = vec![
        node_key(KALMAR, 1, late(EXPIRES)),
        node_key(KALMAR, 2, late(shifted(EXPIRES, MILLI))),
    ];
    rotating.signing_keys.push(verifying(2, late(shifted(EXPIRES, MILLI))));
    let store = store_of(rotating);
    let in_grace = EXPIRES.plus(Seconds::days(1));
    assert!(store.peer_by_pin(&pin(1), in_grace).is_some());
    assert_eq!(store.peer_by_pin(&pin(2), in_grace), None);
    let id = signing_key(2).public().key_id();
    let key = store.at(in_grace).verifying_key(&org(KALMAR), id, in_grace);
    assert_eq!(key, Err(Distrust::OutsideValidity));
}

#[test]
fn a_past_signing_key_vouches_for_what_was_made_before_its_end() {
    let end = ISSUED.plus(Seconds::hours(1));
    let mut rotated = member(KALMAR, 1);
    rotated.signing_keys = vec![
        verifying(1, Validity { from: Some(ISSUED), until: Some(end) }),
        verifying(2, Validity { from: Some(ISSUED), until: None }),
    ];
    let store = store_of(rotated);
    let view = store.at(EXPIRES);
    let key =
        |seed: u8, at| view.verifying_key(&org(KALMAR), signing_key(seed).public().key_id(), at);
    assert_eq!(key(1, shifted(end, -MILLI)), Ok(signing_key(1).public()));
    assert_eq!(key(1, end), Err(Distrust::OutsideValidity));
    assert_eq!(key(1, shifted(ISSUED, -MILLI)), Err(Distrust::OutsideValidity));
    assert_eq!(key(2, end), Ok(signing_key(2).public()));
    assert_eq!(key(3, end), Err(Distrust::NoSuchKey));
}

#[test]
fn an_excluded_member_is_refused_at_once_and_its_history_still_verifies() {
    let excluded = Member { revoked_at: Some(ISSUED), ..member(KALMAR, 1) };
    let store = store_of(excluded);
    let view = store.at(ISSUED);
    let id = signing_key(1).public().key_id();
    let before = shifted(ISSUED, -MILLI);
    assert_eq!(store.peer_by_pin(&pin(1), ISSUED), None);
    assert_eq!(view.member(&org(KALMAR)), Err(Distrust::Revoked));
    assert_eq!(view.kind(&org(KALMAR)), Err(Distrust::Revoked));
    assert_eq!(view.endpoints(&org(KALMAR)), Err(Distrust::Revoked));
    assert_eq!(view.sealing_key(&org(KALMAR), None), Err(Distrust::Revoked));
    assert_eq!(view.members().count(), 0);
    // A message that arrives now and says that it is old is refused all the same.
    assert_eq!(view.verifying_key(&org(KALMAR), id, before), Err(Distrust::Revoked));
    let history = |at| view.verifying_key_of_history(&org(KALMAR), id, at);
    assert_eq!(history(before), Ok(signing_key(1).public()));
    assert_eq!(history(ISSUED), Err(Distrust::Revoked));
}

#[test]
fn content_is_sealed_to_the_unit_that_is_named_or_not_at_all() {
    let mut sealed = member(KALMAR, 1);
    sealed.sealing_keys =
        vec![sealing(1, None, None), sealing(2, Some("mobila-teamet"), Some(EXPIRES))];
    let store = store_of(sealed);
    let key = |unit_name: Option<&str>, now| {
        store.at(now).sealing_key(&org(KALMAR), unit_name.map(unit).as_ref())
    };
    assert_eq!(key(None, ISSUED), Ok(sealing(1, None, None).key));
    assert_eq!(key(Some("mobila-teamet"), ISSUED), Ok(sealing(2, None, None).key));
    assert_eq!(key(Some("mobila-teamet"), EXPIRES), Err(Distrust::OutsideValidity));
    assert_eq!(key(Some("socialjouren"), ISSUED), Err(Distrust::NoSuchKey));
}

#[test]
fn during_a_rotation_content_is_sealed_to_the_new_key() {
    let soon = ISSUED.plus(Seconds::hours(1));
    let mut rotating = member(KALMAR, 1);
    rotating.sealing_keys =
        vec![sealing(1, None, Some(EXPIRES)), sealing(2, None, None), sealing(3, None, Some(soon))];
    let store = store_of(rotating);
    let key = store.at(ISSUED).sealing_key(&org(KALMAR), None);
    assert_eq!(key, Ok(sealing(2, None, None).key));
}

#[test]
fn a_trust_mark_counts_until_its_end() {
    let mut marked = member(KALMAR, 1);
    marked.trust_marks = vec![TrustMark {
        mark: "iop-signed".to_owned(),
        reference: "prov-1".to_owned(),
        valid_until: Some(EXPIRES),
    }];
    let store = store_of(marked);
    assert!(store.at(ISSUED).has_trust_mark(&org(KALMAR), "iop-signed", None));
    assert!(!store.at(EXPIRES).has_trust_mark(&org(KALMAR), "iop-signed", None));
    assert!(!store.at(ISSUED).has_trust_mark(&org(KALMAR), "ivo-permit", None));
    let attests =
        |reference| store.at(ISSUED).has_trust_mark(&org(KALMAR), "iop-signed", Some(reference));
    assert!(attests("prov-1") && !attests("prov-2"));
    assert_eq!(store.at(ISSUED).kind(&org(KALMAR)), Ok(MemberKind::Municipality));
}

#[test]
fn a_permit_is_attested_until_its_end_and_with_a_number() {
    let mut marked = member(KALMAR, 1);
    let mark = |mark: &str, reference: &str| TrustMark {
        mark: mark.to_owned(),
        reference: reference.to_owned(),
        valid_until: Some(EXPIRES),
    };
    marked.trust_marks = vec![
        mark("ivo-permit-hvb", "2024-1234/12"),
        mark("ivo-permit-protected-housing", "2024-5678"),
        mark("owned-by", "kommun:0880/1"),
    ];
    let store = store_of(marked);
    let permits = store.at(ISSUED).permits(&org(KALMAR));
    assert_eq!(permits, [AttestedPermit::read("ivo-permit-hvb", "2024-1234/12").unwrap()]);
    assert_eq!(store.at(EXPIRES).permits(&org(KALMAR)), []);
    assert_eq!(store.at(ISSUED).permits(&org("kommun:0999")), []);
}

/// Kalmar with these ways in, asked for landlords.
fn way_in(points: Vec<ContactPoint>) -> Result<ContactPoint, Reason> {
    let store = store_of(Member { contact_points: points, ..member(KALMAR, 1) });
    let view = store.at(ISSUED);
    let point = view.contact_point(&org(KALMAR), Audience::Landlords);
    let at_fault = view.audiences_without_contact_point(&org(KALMAR));
    assert_eq!(point.is_err(), at_fault.contains(&Audience::Landlords));
    point.cloned().map_err(|refusal| refusal.reason)
}

#[test]
fn there_is_exactly_one_way_in_or_an_error() {
    let active = contact_point(Audience::Landlords, true);
    let idle = contact_point(Audience::Landlords, false);
    let for_citizens = contact_point(Audience::Citizens, true);
    assert_eq!(way_in(vec![]), Err(Reason::ContactPointNotUnique));
    assert_eq!(
        way_in(vec![idle.clone(), for_citizens.clone()]),
        Err(Reason::ContactPointNotUnique)
    );
    assert_eq!(way_in(vec![active.clone(), active.clone()]), Err(Reason::ContactPointNotUnique));
    assert_eq!(way_in(vec![idle, for_citizens, active.clone()]), Ok(active));
}

#[test]
fn the_deputy_of_a_contact_point_is_visible() {
    let found = way_in(vec![contact_point(Audience::Landlords, true)]).unwrap();
    assert_eq!(found.deputy_unit, Some(unit("socialjouren")));
}

#[test]
fn the_way_in_to_a_stranger_is_not_found() {
    let store = store_of(member(KALMAR, 1));
    let refusal =
        |now| store.at(now).contact_point(&org(NYBRO), Audience::Landlords).unwrap_err().reason;
    assert_eq!(refusal(ISSUED), Reason::NotFound);
    assert_eq!(refusal(EXPIRES.plus(Seconds::days(8))), Reason::RecipientUnavailable);
}
