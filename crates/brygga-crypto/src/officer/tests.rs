use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::*;
use crate::SealingPrivateKey;
use crate::at_rest::AssociatedData;

const PLACE: AssociatedData<'_> = AssociatedData { table: "t", row: b"r", column: "c" };
const ELSEWHERE: AssociatedData<'_> = AssociatedData { table: "t", row: b"s", column: "c" };

fn officers() -> (ChaCha8Rng, [SealingPrivateKey; 3]) {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let keys = [(); 3].map(|()| SealingPrivateKey::generate(&mut rng));
    (rng, keys)
}

#[test]
fn a_key_opens_with_its_passphrase_and_no_other() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (locked, public) = LockedKey::generate(&mut rng, b"tolv gula kaniner").unwrap();
    let stored = LockedKey::from_stored(locked.as_stored().to_vec());
    assert_eq!(stored.unlock(b"tolv gula kaniner").unwrap().public(), public);
    assert_eq!(stored.unlock(b"tolv gula kanine").unwrap_err(), UnlockError);
    let mut damaged = locked.as_stored().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(
        LockedKey::from_stored(damaged).unlock(b"tolv gula kaniner").unwrap_err(),
        UnlockError
    );
    assert_eq!(LockedKey::from_stored(Vec::new()).unlock(b"").unwrap_err(), UnlockError);
}

#[test]
fn nobody_s_key_has_the_size_of_somebody_s_and_never_opens() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (locked, _) = LockedKey::generate(&mut rng, b"a passphrase").unwrap();
    let nobody = LockedKey::of_nobody([3; 16]);
    assert_eq!(nobody.as_stored().len(), locked.as_stored().len());
    assert_eq!(nobody.unlock(b"a passphrase").unwrap_err(), UnlockError);
}

#[test]
fn each_named_officer_opens_a_record_and_nobody_else() {
    let (mut rng, [anna, berit, cilla]) = officers();
    let to = [anna.public(), berit.public()];
    let sealed = seal_record(&mut rng, &to, &PLACE, b"Tolvan").unwrap();
    for officer in [&anna, &berit] {
        assert_eq!(open_record(officer, &PLACE, &sealed).unwrap().as_slice(), b"Tolvan");
        assert!(open_record(officer, &ELSEWHERE, &sealed).is_err());
    }
    assert!(open_record(&cilla, &PLACE, &sealed).is_err());
    assert!(!sealed.windows(6).any(|part| part == b"Tolvan"));
    assert!(seal_record(&mut rng, &[], &PLACE, b"").is_err());
}

#[test]
fn damaged_records_do_not_open_and_do_not_panic() {
    let (mut rng, [anna, ..]) = officers();
    let sealed = seal_record(&mut rng, &[anna.public()], &PLACE, b"Tolvan").unwrap();
    for place in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[place] ^= 1;
        assert!(open_record(&anna, &PLACE, &damaged).is_err(), "byte {place}");
        assert!(open_record(&anna, &PLACE, &sealed[..place]).is_err(), "cut at {place}");
    }
}

#[test]
fn two_officers_open_together_what_neither_opens_alone() {
    let (mut rng, [anna, berit, cilla]) = officers();
    let to = [&anna.public(), &berit.public()];
    let sealed = seal_shared(&mut rng, to, &PLACE, b"Tolvan").unwrap();
    let of_anna = open_share(&anna, &PLACE, &sealed.shares[0]).unwrap();
    let of_berit = open_share(&berit, &PLACE, &sealed.shares[1]).unwrap();
    assert_eq!(sealed.open(&of_anna, &of_berit, &PLACE).unwrap().as_slice(), b"Tolvan");
    assert_eq!(sealed.open(&of_berit, &of_anna, &PLACE).unwrap().as_slice(), b"Tolvan");
    assert!(sealed.open(&of_anna, &of_anna, &PLACE).is_err());
    assert!(sealed.open(&of_anna, &of_berit, &ELSEWHERE).is_err());
    assert!(open_share(&anna, &PLACE, &sealed.shares[1]).is_err());
    assert!(open_share(&cilla, &PLACE, &sealed.shares[0]).is_err());
}
