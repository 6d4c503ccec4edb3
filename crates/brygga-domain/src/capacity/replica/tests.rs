//! Only what is newer replaces what is known, a snapshot replaces everything.

use super::*;
use crate::capacity::Statement;
use crate::capacity::tests::draft;
use crate::{AgreementId, Seconds};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn org(name: &str) -> OrgId {
    OrgId::parse(&format!("demo:{name}")).unwrap()
}

fn known(publisher: &OrgId, number: u8, revision: u32) -> Known {
    let service = crate::capacity::ServiceDraft {
        id: ServiceId::from_bytes([number; 16]),
        ..draft("NIGHT_SHELTER")
    };
    let relied_on_until = NOW.plus(Seconds::hours(1));
    let statement = Statement {
        publisher: publisher.clone(),
        service: service.check().unwrap(),
        lines: Vec::new(),
        sequence: 1,
        revision,
        published_at: NOW,
        valid_until: relied_on_until,
        made_at: NOW,
    };
    Known {
        statement,
        as_of: NOW,
        agreement_id: AgreementId::from_bytes([1; 16]),
        agreement_version: 1,
        relied_on_until,
    }
}

fn revision(replica: &Replica, publisher: &OrgId, number: u8) -> Option<u32> {
    let known = replica.get(publisher, ServiceId::from_bytes([number; 16]));
    known.map(|known| known.statement.revision)
}

#[test]
fn only_a_higher_revision_replaces_what_is_known() {
    let (mut replica, house) = (Replica::new(), org("harbarget"));
    assert!(replica.apply(known(&house, 1, 2)));
    assert!(!replica.apply(known(&house, 1, 2)), "the same is nothing new");
    assert!(!replica.apply(known(&house, 1, 1)), "what comes late is past");
    assert_eq!(revision(&replica, &house, 1), Some(2));
    assert!(replica.apply(known(&house, 1, 3)));
    assert_eq!(revision(&replica, &house, 1), Some(3));
    assert!(replica.apply(known(&org("annan"), 1, 1)), "another's service of the same number");
    assert_eq!(replica.iter().count(), 2);
}

#[test]
fn a_snapshot_replaces_everything_of_its_publisher_and_nothing_else() {
    let (mut replica, house, other) = (Replica::new(), org("harbarget"), org("annan"));
    for (publisher, number) in [(&house, 1), (&house, 2), (&other, 3)] {
        replica.apply(known(publisher, number, 5));
    }
    replica.replace(&house, vec![known(&house, 2, 4), known(&other, 4, 1)]);
    assert_eq!(revision(&replica, &house, 1), None);
    assert_eq!(revision(&replica, &house, 2), Some(4), "also where it had been higher");
    assert_eq!(revision(&replica, &other, 3), Some(5));
    assert_eq!(revision(&replica, &other, 4), None);
    assert!(replica.remove(&other, ServiceId::from_bytes([3; 16])));
    assert!(!replica.remove(&other, ServiceId::from_bytes([3; 16])));
    assert_eq!(replica.iter().count(), 1);
}

#[test]
fn what_is_heard_of_a_publisher_holds_for_its_services_and_never_goes_back() {
    let (mut replica, house, other) = (Replica::new(), org("harbarget"), org("annan"));
    replica.apply(known(&house, 1, 1));
    replica.apply(known(&other, 1, 1));
    let later = NOW.plus(Seconds(5));
    replica.heard(&house, later);
    replica.heard(&house, NOW);
    let as_of = |publisher| replica.get(publisher, ServiceId::from_bytes([1; 16])).unwrap().as_of;
    assert_eq!((as_of(&house), as_of(&other)), (later, NOW));
}

#[test]
fn numbers_are_stale_at_their_time() {
    let known = known(&org("harbarget"), 1, 1);
    assert!(!known.is_stale(known.relied_on_until.minus(Seconds(1))));
    assert!(known.is_stale(known.relied_on_until));
}
