//! What is stored is read back in its own place by its own key, and nowhere else.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::*;

const PLACE: AssociatedData<'static> =
    AssociatedData { table: "referral", row: b"1", column: "summary" };

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn data_key(seed: u64) -> DataKey {
    DataKey::generate(&mut rng(seed))
}

fn kek(seed: u64) -> KeyEncryptionKey {
    KeyEncryptionKey::generate(&mut rng(seed))
}

#[test]
fn value_is_read_back_in_its_place() {
    let stored = data_key(1).encrypt(&mut rng(2), &PLACE, "Ljungby".as_bytes()).unwrap();
    assert_eq!(stored.len(), 1 + 12 + 7 + 16);
    assert_eq!(&data_key(1).decrypt(&PLACE, &stored).unwrap()[..], b"Ljungby");
    assert!(!stored.windows(4).any(|window| window == b"Ljun"));
}

#[test]
fn another_key_or_another_place_does_not_read_it() {
    let stored = data_key(1).encrypt(&mut rng(2), &PLACE, b"hej").unwrap();
    assert_eq!(data_key(3).decrypt(&PLACE, &stored), Err(AtRestError::Decrypt));
    for place in [
        AssociatedData { table: "notice", ..PLACE },
        AssociatedData { row: b"2", ..PLACE },
        AssociatedData { column: "reply", ..PLACE },
    ] {
        assert_eq!(data_key(1).decrypt(&place, &stored), Err(AtRestError::Decrypt));
    }
}

#[test]
fn every_truncation_and_every_flipped_bit_on_disk_is_noticed() {
    let stored = data_key(1).encrypt(&mut rng(2), &PLACE, b"hej").unwrap();
    for length in 0..stored.len() {
        assert_eq!(data_key(1).decrypt(&PLACE, &stored[..length]), Err(AtRestError::Decrypt));
    }
    for bit in 0..stored.len() * 8 {
        let mut flipped = stored.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(data_key(1).decrypt(&PLACE, &flipped), Err(AtRestError::Decrypt));
    }
}

#[test]
fn encrypting_twice_draws_two_nonces() {
    let mut rng = rng(2);
    let mut once = || data_key(1).encrypt(&mut rng, &PLACE, b"hej").unwrap();
    assert_ne!(once()[1..13], once()[1..13]);
}

#[test]
fn places_with_moved_borders_have_different_bytes() {
    let first = AssociatedData { table: "ab", row: b"c", column: "d" };
    let second = AssociatedData { table: "a", row: b"bc", column: "d" };
    let third = AssociatedData { table: "ab", row: b"", column: "cd" };
    assert_ne!(first.to_bytes(), second.to_bytes());
    assert_ne!(first.to_bytes(), third.to_bytes());
}

#[test]
fn wrapped_key_reads_what_the_original_wrote() {
    let stored = data_key(1).encrypt(&mut rng(2), &PLACE, b"hej").unwrap();
    let wrapped = kek(4).wrap(&mut rng(5), &data_key(1), &PLACE).unwrap();
    let key = KeyEncryptionKey::from_bytes(&kek(4).to_bytes()).unwrap(&wrapped, &PLACE).unwrap();
    assert_eq!(&key.decrypt(&PLACE, &stored).unwrap()[..], b"hej");
}

#[test]
fn every_change_of_a_wrapped_key_is_noticed() {
    let wrapped = kek(4).wrap(&mut rng(5), &data_key(1), &PLACE).unwrap();
    let elsewhere = AssociatedData { row: b"2", ..PLACE };
    assert!(matches!(kek(4).unwrap(&wrapped, &elsewhere), Err(AtRestError::Decrypt)));
    for length in 0..wrapped.len() {
        assert!(kek(4).unwrap(&wrapped[..length], &PLACE).is_err());
    }
    for index in 0..wrapped.len() {
        let mut flipped = wrapped.clone();
        flipped[index] ^= 1;
        assert!(kek(4).unwrap(&flipped, &PLACE).is_err(), "{index}");
    }
}

#[test]
fn value_cannot_be_read_as_a_wrapped_key_nor_the_other_way() {
    let key = kek(4);
    let as_data_key = DataKey(Secret::from_bytes(&key.to_bytes()));
    let wrapped = key.wrap(&mut rng(5), &data_key(1), &PLACE).unwrap();
    assert_eq!(as_data_key.decrypt(&PLACE, &wrapped), Err(AtRestError::Decrypt));
    let stored = as_data_key.encrypt(&mut rng(5), &PLACE, &[7; 32]).unwrap();
    assert!(key.unwrap(&stored, &PLACE).is_err());
}

#[test]
fn ring_wraps_with_the_first_key_and_unwraps_with_all() {
    let before = KeyRing::new(kek(1), vec![]);
    let after = KeyRing::new(kek(2), vec![kek(1)]);
    let old = before.wrap(&mut rng(5), &data_key(9), &PLACE).unwrap();
    let new = after.wrap(&mut rng(5), &data_key(9), &PLACE).unwrap();

    assert!(after.unwrap(&old, &PLACE).is_ok());
    assert!(after.unwrap(&new, &PLACE).is_ok());
    assert!(after.is_outdated(&old));
    assert!(!after.is_outdated(&new));
    let unknown = AtRestError::UnknownKey(kek(2).key_id());
    assert_eq!(before.unwrap(&new, &PLACE).err(), Some(unknown));
}

#[test]
fn debug_of_every_key_is_redacted() {
    assert_eq!(format!("{:?}", data_key(1)), "DataKey([redacted])");
    assert_eq!(format!("{:?}", kek(1)), "KeyEncryptionKey([redacted])");
    let ring = format!("{:?}", KeyRing::new(kek(1), vec![kek(2)]));
    assert_eq!(ring.matches("[redacted]").count(), 2);
}
