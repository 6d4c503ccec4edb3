//! One row for each access, samples that anybody can draw again, and reviews that can be checked.

use brygga_crypto::{SigningKey, sha256};
use brygga_domain::access::{AccessGround, AccessObject, BreakGlassReason, ReviewFinding, Sampled};
use brygga_domain::{BreakGlassId, OrgId, Reason, ReferralId, Seconds, Timestamp};
use rand_core::SeedableRng as _;

use super::*;
use crate::Local;

/// Noon on a Monday.
const NOON: Timestamp = Timestamp::from_millis(1_780_308_000_000);
const CASE: ReferralId = ReferralId::from_bytes([1; 16]);

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn locally<T>(now: Timestamp, decide: impl FnOnce(&mut Local<'_>) -> T) -> T {
    let organisation = OrgId::parse("kommun:0880").unwrap();
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(5);
    decide(&mut Local {
        organisation: &organisation,
        signing_key: &key(),
        now,
        message_lifetime: Seconds::days(7),
        rng: &mut rng,
    })
}

fn access(subject: &str, ground: AccessGround) -> Access {
    let by = Accessor {
        subject: subject.to_owned(),
        roles: "CASE_WORKER".to_owned(),
        unit: None,
        on_behalf_of: None,
    };
    let object = AccessObject::Referral(CASE);
    let action = "referral.show".to_owned();
    Access { by, action, object, data_categories: Vec::new(), ground }
}

fn entry(number: u8, at: Timestamp, ground: AccessGround) -> AccessEntry {
    AccessEntry { at, access: access("anna", ground), leaf: sha256(&[&[number]]) }
}

#[test]
fn a_read_leaves_one_leaf_and_the_row_that_names_it() {
    let writes = locally(NOON, |local| note(local, access("anna", AccessGround::Handler)));
    assert_eq!((writes.audit.len(), writes.access.entries.len()), (1, 1));
    assert_eq!(writes.access.entries[0].leaf, writes.audit[0].commitment);
}

#[test]
fn a_refused_access_leaves_a_leaf_and_no_row() {
    let decided = locally(NOON, |local| {
        let access = access("anna", AccessGround::OwnUnit);
        open(local, access, CASE, BreakGlassReason::LifeOrHealth, String::new())
    });
    assert_eq!(decided.answer.unwrap_err().reason, Reason::InvalidField);
    assert_eq!((decided.writes.audit.len(), decided.writes.access.entries.len()), (1, 0));
}

#[test]
fn the_same_seed_draws_the_same_sample_and_another_one_another() {
    let drawn = |seed| {
        let wish = SampleWish { from: NOON, until: NOON.plus(Seconds(1000)), size: 5, seed };
        let mut sampler = Sampler::new(wish);
        for number in 0..200_u8 {
            let at = NOON.plus(Seconds(i64::from(number)));
            sampler.look(i64::from(number), &entry(number, at, AccessGround::OwnUnit));
        }
        assert_eq!(sampler.seen(), 200);
        sampler.places()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert_eq!(drawn(1).len(), 5);
    assert!(drawn(1).values().all(|why| *why == [Sampled::Random].into()));
}

#[test]
fn every_broken_glass_and_what_happens_at_night_is_in_the_sample() {
    let wish = SampleWish { from: NOON, until: NOON.plus(Seconds::days(1)), size: 1, seed: 3 };
    let mut sampler = Sampler::new(wish);
    let glass = AccessGround::BreakGlass(BreakGlassId::from_bytes([2; 16]));
    for number in 0..50_u8 {
        let ground = if number % 10 == 0 { glass } else { AccessGround::Handler };
        sampler.look(i64::from(number), &entry(number, NOON, ground));
    }
    let night = NOON.plus(Seconds::hours(12));
    sampler.look(50, &entry(50, night, AccessGround::Handler));
    let places = sampler.places();
    let of = |wanted| -> Vec<i64> {
        let found = places.iter().filter(|(_, why)| why.contains(&wanted));
        found.map(|(place, _)| *place).collect()
    };
    assert_eq!(of(Sampled::BreakGlass), [0, 10, 20, 30, 40]);
    assert_eq!(of(Sampled::OutsideHours), [50]);
    assert_eq!(of(Sampled::Random).len(), 1);
}

#[test]
fn the_digest_of_a_sample_tells_an_entry_that_was_exchanged() {
    let drawn = |number| DrawnEntry {
        place: 1,
        entry: entry(number, NOON, AccessGround::Handler),
        why: [Sampled::Random].into(),
    };
    assert_eq!(Sample::of(vec![drawn(1)], 9).digest, Sample::of(vec![drawn(1)], 9).digest);
    assert_ne!(Sample::of(vec![drawn(1)], 9).digest, Sample::of(vec![drawn(2)], 9).digest);
}

#[test]
fn a_review_is_signed_over_what_it_says() {
    let sample = Sample::of(Vec::new(), 0);
    let wish = SampleWish { from: NOON, until: NOON.plus(Seconds(1)), size: 1, seed: 3 };
    let reviewed = Reviewed {
        what: ReviewedWhat::Sample(wish, 0, sample.digest),
        findings: vec![ReviewFinding::NoRemark],
        glass: None,
    };
    let access = access("lova", AccessGround::LogReview);
    let review = locally(NOON, |local| sign(local, access, reviewed)).answer.unwrap();
    assert!(review.is_signed_by(&key().public()));
    let said = review.statement.replace("NO_REMARK", "RIGHTS_TOO_WIDE");
    assert_ne!(said, review.statement);
    assert!(!AccessReview { statement: said, ..review }.is_signed_by(&key().public()));
}

#[test]
fn a_glass_is_reviewed_once_and_by_neither_of_the_two() {
    let ask = access("anna", AccessGround::OwnUnit);
    let why = "larm från jouren".to_owned();
    let reason = BreakGlassReason::LifeOrHealth;
    let glass = locally(NOON, |local| open(local, ask, CASE, reason, why)).answer.unwrap();
    let by_anna = access("anna", AccessGround::BreakGlass(glass.id));
    let refused = locally(NOON, |local| approve(local, by_anna, glass.clone())).answer;
    assert_eq!(refused.unwrap_err().reason, Reason::WrongActor);
    let by_bertil = access("bertil", AccessGround::BreakGlass(glass.id));
    let glass = locally(NOON, |local| approve(local, by_bertil, glass)).answer.unwrap();
    let review = |subject: &str, glass: &BreakGlass| {
        let access = access(subject, AccessGround::LogReview);
        let reviewed = Reviewed {
            what: ReviewedWhat::BreakGlass(glass.id),
            findings: vec![ReviewFinding::NoRemark],
            glass: Some(glass.clone()),
        };
        locally(NOON, |local| sign(local, access, reviewed))
    };
    assert_eq!(review("bertil", &glass).answer.unwrap_err().reason, Reason::WrongActor);
    let signed = review("lova", &glass);
    let marked = &signed.writes.access.glasses[0];
    assert_eq!(marked.review, Some(signed.answer.unwrap().id));
    assert_eq!((signed.writes.audit.len(), signed.writes.access.entries.len()), (1, 1));
    assert_eq!(review("lova", marked).answer.unwrap_err().reason, Reason::InvalidTransition);
}
