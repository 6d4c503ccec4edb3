use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::*;

/// 2^255 - 19, little-endian words.
const P: [u64; 4] = [u64::MAX - 18, u64::MAX, u64::MAX, u64::MAX >> 1];

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(11)
}

fn keys(rng: &mut ChaCha8Rng, count: usize) -> Vec<SealingPrivateKey> {
    (0..count).map(|_| SealingPrivateKey::generate(rng)).collect()
}

fn public(keys: &[SealingPrivateKey]) -> Vec<SealingPublicKey> {
    keys.iter().map(SealingPrivateKey::public).collect()
}

#[test]
fn sizes_are_those_of_the_design() {
    assert_eq!(WRAPS_BYTES, 5_120);
    assert_eq!(PADDED_BYTES, 11_248);
    assert_eq!(CELL_CONTENT_BYTES, 11_244);
    let mut rng = rng();
    let key = SealingPrivateKey::generate(&mut rng).public();
    for cell in [
        Cell::cover(&mut rng),
        Cell::to_mailbox(&mut rng, &key, b"").unwrap(),
        Cell::to_mailbox(&mut rng, &key, &[1; CELL_CONTENT_BYTES]).unwrap(),
        Cell::to_members(&mut rng, &[key; CELL_WRAPS], b"enquiry").unwrap(),
    ] {
        assert_eq!(cell.as_bytes().len(), CELL_BYTES);
        assert_eq!(Cell::from_bytes(cell.as_bytes()), Ok(cell));
    }
    assert_eq!(Cell::from_bytes(&[0; CELL_BYTES - 1]), Err(CellError::Size));
    assert_eq!(Cell::from_bytes(&[0; CELL_BYTES + 1]), Err(CellError::Size));
}

#[test]
fn a_mailbox_opens_its_cell_and_nobody_else_does() {
    let mut rng = rng();
    let [mailbox, other] = [(); 2].map(|()| SealingPrivateKey::generate(&mut rng));
    for content in [&b""[..], b"\0", b"a step", &[7; CELL_CONTENT_BYTES]] {
        let cell = Cell::to_mailbox(&mut rng, &mailbox.public(), content).unwrap();
        assert_eq!(cell.open_as_mailbox(&mailbox).unwrap().as_slice(), content);
        assert!(cell.open_as_mailbox(&other).is_none());
        assert!(cell.open_as_member(&other).is_none());
    }
}

#[test]
fn every_member_opens_a_cell_for_members_and_nobody_else_does() {
    let mut rng = rng();
    let members = keys(&mut rng, CELL_WRAPS);
    for count in [1, 5, CELL_WRAPS] {
        let cell = Cell::to_members(&mut rng, &public(&members[..count]), b"enquiry").unwrap();
        for (place, member) in members.iter().enumerate() {
            let opened = cell.open_as_member(member);
            assert_eq!(opened.is_some(), place < count, "member {place} of {count}");
            assert!(opened.is_none_or(|content| content.as_slice() == b"enquiry"));
        }
    }
}

#[test]
fn members_stand_anywhere() {
    let mut rng = rng();
    let member = SealingPrivateKey::generate(&mut rng);
    let mut seen = [false; CELL_WRAPS];
    for _ in 0..40 {
        let cell = Cell::to_members(&mut rng, &[member.public()], b"").unwrap();
        let place = (0..CELL_WRAPS).position(|place| cell.unwrap_at(place, &member).is_some());
        seen[place.unwrap()] = true;
    }
    // Of 64 places, 40 draws hit 30 on average; below 20 they do in less than one of a million.
    assert!(seen.iter().filter(|seen| **seen).count() >= 20);
    assert!(seen.iter().enumerate().any(|(place, seen)| *seen && place > CELL_WRAPS / 2));
}

#[test]
fn nobody_opens_a_cover_cell_and_no_two_have_anything_in_common() {
    let mut rng = rng();
    let keys = keys(&mut rng, 3);
    let covers = [Cell::cover(&mut rng), Cell::cover(&mut rng)];
    for key in &keys {
        assert!(covers.iter().all(|cell| cell.open_as_mailbox(key).is_none()));
        assert!(covers.iter().all(|cell| cell.open_as_member(key).is_none()));
    }
    let wraps = |cell: &Cell| -> Vec<Vec<u8>> {
        cell.as_bytes()[..WRAPS_BYTES].chunks(WRAP_BYTES).map(<[u8]>::to_vec).collect()
    };
    let mut all: Vec<_> = covers.iter().flat_map(wraps).collect();
    all.sort();
    all.dedup_by(|a, b| a[..32] == b[..32]);
    assert_eq!(all.len(), 2 * CELL_WRAPS);
    assert_ne!(covers[0].as_bytes()[WRAPS_BYTES..], covers[1].as_bytes()[WRAPS_BYTES..]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut rng = rng();
    let key = SealingPrivateKey::generate(&mut rng).public();
    let long = [0; CELL_CONTENT_BYTES + 1];
    assert_eq!(Cell::to_mailbox(&mut rng, &key, &long), Err(CellError::ContentTooLong));
    assert_eq!(Cell::to_members(&mut rng, &[key], &long), Err(CellError::ContentTooLong));
    assert_eq!(Cell::to_members(&mut rng, &[], b""), Err(CellError::Recipients));
    let many = [key; CELL_WRAPS + 1];
    assert_eq!(Cell::to_members(&mut rng, &many, b""), Err(CellError::Recipients));
    let point_of_small_order = SealingPublicKey::from_bytes([0; 32]);
    let refused = Cell::to_mailbox(&mut rng, &point_of_small_order, b"");
    assert_eq!(refused, Err(CellError::Seal(SealError)));
}

#[test]
fn a_changed_cell_opens_for_nobody() {
    let mut rng = rng();
    let mailbox = SealingPrivateKey::generate(&mut rng);
    let cell = Cell::to_mailbox(&mut rng, &mailbox.public(), b"a step").unwrap();
    // The wrap itself, somebody else's wrap, the body, the tag: each is bound to all others.
    for place in [0, 40, WRAP_BYTES, WRAPS_BYTES - 1, WRAPS_BYTES, CELL_BYTES - 1] {
        let mut bytes = cell.as_bytes().to_vec();
        bytes[place] ^= 1;
        let changed = Cell::from_bytes(&bytes).unwrap();
        assert!(changed.open_as_mailbox(&mailbox).is_none(), "byte {place}");
        assert!(changed.open_as_member(&mailbox).is_none(), "byte {place}");
    }
}

/// As far as it can be tested from outside: what stands in front of each wrap is the canonical coordinate of a point
/// of the curve. Of random bytes one in four are, and 128 of them never.
#[test]
fn wraps_for_nobody_begin_with_public_keys_as_wraps_for_somebody_do() {
    let mut rng = rng();
    let members = public(&keys(&mut rng, 5));
    let cells = [Cell::cover(&mut rng), Cell::to_members(&mut rng, &members, b"").unwrap()];
    for cell in &cells {
        for wrap in cell.as_bytes()[..WRAPS_BYTES].chunks(WRAP_BYTES) {
            assert!(is_on_the_curve(&words(&wrap[..32])));
        }
    }
    let mut random = [0; 32 * 400];
    rng.fill_bytes(&mut random);
    let count = random.chunks(32).filter(|bytes| is_on_the_curve(&words(bytes))).count();
    assert!((60..140).contains(&count), "{count} of 400, about a quarter was to be expected");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn padding_comes_off_again(content in prop::collection::vec(any::<u8>(), 0..=CELL_CONTENT_BYTES)) {
        let padded = pad(&content).unwrap();
        prop_assert_eq!(padded.len(), PADDED_BYTES);
        prop_assert_eq!(unpad(&padded), Some(content.as_slice()));
    }
}

#[test]
fn padding_that_we_do_not_write_is_not_read() {
    let mut padded = pad(b"abc").unwrap();
    padded[PADDED_BYTES - 1] = 1;
    assert_eq!(unpad(&padded), None);
    padded[..LENGTH_BYTES].copy_from_slice(&[0xff; LENGTH_BYTES]);
    assert_eq!(unpad(&padded), None);
    assert_eq!(unpad(&[]), None);
}

fn words(bytes: &[u8]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        *word = u64::from_le_bytes(chunk.try_into().unwrap());
    }
    words
}

/// Whether u < p and u³ + 486662u² + u is a square modulo p = 2^255 - 19 (RFC 7748).
fn is_on_the_curve(u: &[u64; 4]) -> bool {
    if !less(u, &P) {
        return false;
    }
    let square = times(u, u);
    let a = [486_662, 0, 0, 0];
    let v = plus(&plus(&times(&square, u), &times(&square, &a)), u);
    // Euler: v^((p - 1) / 2) is 1 for squares; (p - 1) / 2 = 2^254 - 10.
    let exponent = [u64::MAX - 9, u64::MAX, u64::MAX, u64::MAX >> 2];
    let mut power = [1, 0, 0, 0];
    for bit in (0..256).rev() {
        power = times(&power, &power);
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            power = times(&power, &v);
        }
    }
    power == [1, 0, 0, 0]
}

fn less(a: &[u64; 4], b: &[u64; 4]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Both below p.
fn plus(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut sum = [0; 4];
    let mut carry = 0;
    for place in 0..4 {
        let word = u128::from(a[place]) + u128::from(b[place]) + carry;
        sum[place] = low(word);
        carry = word >> 64;
    }
    if less(&sum, &P) { sum } else { minus(&sum, &P) }
}

fn minus(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut difference = [0; 4];
    let mut borrowed = false;
    for place in 0..4 {
        let (word, one) = a[place].overflowing_sub(b[place]);
        let (word, two) = word.overflowing_sub(u64::from(borrowed));
        difference[place] = word;
        borrowed = one || two;
    }
    difference
}

/// Word by word; 2^256 is 38 modulo p, which brings the upper half down.
fn times(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut product = [0_u64; 8];
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0;
        for (j, y) in b.iter().enumerate() {
            let word = u128::from(*x) * u128::from(*y) + u128::from(product[i + j]) + carry;
            product[i + j] = low(word);
            carry = word >> 64;
        }
        product[i + 4] = low(carry);
    }
    let mut folded = [0_u64; 4];
    let mut carry = 0;
    for place in 0..4 {
        let word = u128::from(product[place]) + 38 * u128::from(product[place + 4]) + carry;
        folded[place] = low(word);
        carry = word >> 64;
    }
    // What is left over is below 39; 38 times it may carry once more.
    let mut rest = [low(carry * 38), 0, 0, 0];
    while rest != [0; 4] {
        let mut carry = 0;
        for place in 0..4 {
            let word = u128::from(folded[place]) + u128::from(rest[place]) + carry;
            folded[place] = low(word);
            carry = word >> 64;
        }
        rest = [low(carry * 38), 0, 0, 0];
    }
    while !less(&folded, &P) {
        folded = minus(&folded, &P);
    }
    folded
}

fn low(word: u128) -> u64 {
    u64::try_from(word & u128::from(u64::MAX)).unwrap()
}
