use super::*;
use crate::join::{
    ChangeError, Draft, KeyRotation, admit, attest, found, renew, revoke, rotate_keys,
    set_endpoints, update_contact_points,
};
use crate::registry::{Audience, Endpoint, Validity};
use crate::tls::PeerDirectory;
use crate::trust::TrustStore;

fn changed(draft: Result<Draft, ChangeError>) -> Registry {
    draft.unwrap().registry().clone()
}

#[test]
fn a_federation_begins_with_nobody_at_sequence_one() {
    let first = changed(found(FEDERATION, NEXT));
    assert_eq!((first.sequence, first.members.len()), (1, 0));
    assert_eq!((first.issued_at, first.expires_at), (NEXT.issued_at, NEXT.expires_at));
    assert!(matches!(found("No such name", NEXT), Err(ChangeError::Invalid(_))));
    let backwards = Issuance { issued_at: NOW, expires_at: NOW };
    assert!(matches!(found(FEDERATION, backwards), Err(ChangeError::Invalid(_))));
}

#[test]
fn each_change_is_the_next_sequence_and_leaves_the_others_alone() {
    let kalmar = org(KALMAR);
    let endpoint = Endpoint::parse("https://192.0.2.1:8443").unwrap();
    let drafts = [
        renew(&founding(), NEXT),
        admit(&founding(), accepted(), Vec::new(), NEXT),
        attest(&founding(), &kalmar, Vec::new(), NEXT),
        revoke(&founding(), &kalmar, NOW, NEXT),
        update_contact_points(&founding(), &kalmar, Vec::new(), NEXT),
        set_endpoints(&founding(), &kalmar, vec![endpoint.clone()], NEXT),
    ];
    for draft in drafts {
        let next = changed(draft);
        assert_eq!((next.sequence, next.expires_at), (2, NEXT.expires_at));
        assert_eq!(next.members[&kalmar].node_keys, member(KALMAR, 1).node_keys);
    }
    let moved = changed(set_endpoints(&founding(), &kalmar, vec![endpoint.clone()], NEXT));
    assert_eq!(moved.members[&kalmar].endpoints, [endpoint]);
    let points = vec![contact_point(Audience::Citizens, true)];
    let reached = changed(update_contact_points(&founding(), &kalmar, points.clone(), NEXT));
    assert_eq!(reached.members[&kalmar].contact_points, points);
    assert_eq!(changed(renew(&founding(), NEXT)).members, founding().members);
}

#[test]
fn a_stranger_cannot_be_changed_and_a_member_cannot_be_admitted_twice() {
    let nybro = org(NYBRO);
    assert!(matches!(revoke(&founding(), &nybro, NOW, NEXT), Err(ChangeError::NotMember)));
    let with_nybro = changed(admit(&founding(), accepted(), Vec::new(), NEXT));
    let again = admit(&with_nybro, accepted(), Vec::new(), NEXT);
    assert!(matches!(again, Err(ChangeError::AlreadyMember)));
}

#[test]
fn a_newcomer_cannot_take_over_the_key_of_a_member() {
    let mut thief = newcomer();
    thief.node_keys = vec![node_key(NYBRO, 1, Validity::default())];
    let invite = invite(NYBRO, 1);
    let request = JoinRequest::new(&invite, &thief, &newcomer_key()).unwrap();
    let accepted = book_with(&[&invite]).redeem(&request, FEDERATION, NOW).unwrap();
    let Err(ChangeError::Invalid(error)) = admit(&founding(), accepted, Vec::new(), NEXT) else {
        panic!("the pin of Kalmar now opens the door for Nybro");
    };
    assert_eq!(error.to_string(), "members[1].node_keys: is listed twice");
}

#[test]
fn an_excluded_member_stays_excluded_and_stays_in_the_history() {
    let kalmar = org(KALMAR);
    let revoked = changed(revoke(&founding(), &kalmar, ISSUED, NEXT));
    assert_eq!(revoked.members[&kalmar].revoked_at, Some(ISSUED));
    assert_eq!(revoked.members[&kalmar].signing_keys, member(KALMAR, 1).signing_keys);
    let back = set_endpoints(&revoked, &kalmar, Vec::new(), NEXT);
    assert!(matches!(back, Err(ChangeError::Excluded)));
    let ahead = revoke(&founding(), &kalmar, NOW.plus(Seconds(1)), NEXT);
    assert!(matches!(ahead, Err(ChangeError::ExclusionAhead)));
}

fn rotation(overlap_until: Timestamp) -> KeyRotation {
    KeyRotation {
        node_keys: vec![node_key(KALMAR, 11, Validity::default())],
        signing_keys: vec![verifying(11, Validity::default())],
        sealing_keys: vec![sealing(11, None, None)],
        overlap_until,
    }
}

#[test]
fn a_rotation_overlaps_and_then_leaves_only_the_new_keys() {
    let end = NOW.plus(Seconds::days(2));
    let kalmar = org(KALMAR);
    let store = TrustStore::in_memory(anchor());
    let rotated = changed(rotate_keys(&founding(), &kalmar, rotation(end), NEXT));
    store.install(verified(&rotated), NOW).unwrap();
    let last = Timestamp::from_millis(end.as_millis() - 1);
    for (now, old) in [(NOW, true), (last, true), (end, false)] {
        assert_eq!(store.peer_by_pin(&pin(1), now).is_some(), old);
        assert!(store.peer_by_pin(&pin(11), now).is_some());
        let sealing_key = store.at(now).sealing_key(&kalmar, None);
        assert_eq!(sealing_key, Ok(sealing(11, None, None).key));
    }
    let old_id = signing_key(1).public().key_id();
    assert!(store.at(end).verifying_key(&kalmar, old_id, last).is_ok());
    assert!(store.at(end).verifying_key(&kalmar, old_id, end).is_err());
}

#[test]
fn ended_keys_leave_the_registry_except_those_that_signed() {
    let kalmar = org(KALMAR);
    // A stolen key ends at once.
    let rotated = changed(rotate_keys(&founding(), &kalmar, rotation(NOW), NEXT));
    let kalmar = &rotated.members[&kalmar];
    assert_eq!(kalmar.node_keys, [node_key(KALMAR, 11, Validity::default())]);
    assert_eq!(kalmar.sealing_keys, [sealing(11, None, None)]);
    let ended = Validity { from: None, until: Some(NOW) };
    assert_eq!(kalmar.signing_keys, [verifying(1, ended), verifying(11, Validity::default())]);
}

#[test]
fn a_rotation_never_prolongs_a_key_and_leaves_other_units_alone() {
    let mut kalmar = member(KALMAR, 1);
    let soon = NOW.plus(Seconds::hours(1));
    kalmar.node_keys[0].validity.until = Some(soon);
    kalmar.sealing_keys.push(sealing(5, Some("mobila-teamet"), None));
    let before = registry(1, [kalmar]);
    let end = NOW.plus(Seconds::days(2));
    let after = changed(rotate_keys(&before, &org(KALMAR), rotation(end), NEXT));
    let kalmar = &after.members[&org(KALMAR)];
    assert_eq!(kalmar.node_keys[0].validity.until, Some(soon));
    assert!(kalmar.sealing_keys.contains(&sealing(5, Some("mobila-teamet"), None)));
    assert!(kalmar.sealing_keys.contains(&sealing(1, None, Some(end))));
}

#[test]
fn a_ninth_signing_key_is_refused_before_anybody_signs() {
    let mut kalmar = member(KALMAR, 1);
    kalmar.signing_keys = (1..=8).map(|seed| verifying(seed, Validity::default())).collect();
    let draft = rotate_keys(&registry(1, [kalmar]), &org(KALMAR), rotation(NOW), NEXT);
    let Err(ChangeError::Invalid(error)) = draft else { panic!("nine keys") };
    assert_eq!(error.to_string(), "members[0].signing_keys: has more than 8 entries");
}
