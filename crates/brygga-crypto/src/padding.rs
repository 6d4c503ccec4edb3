//! Padding of what is sealed, because the length of a ciphertext speaks.
//!
//! Without it, an operator on the path tells "no" from "yes, and here is why".
//! The size is rounded up with Padmé (Nikitin et al., "Reducing Metadata Leakage
//! from Encrypted Files and Communication with PURBs", PETS 2019): at most 12 %
//! is added, and only O(log log n) bits of the length remain visible. Below
//! [`FLOOR_BYTES`] every message has the same size.
//!
//! Layout: length of the data (u32, big-endian), the data, zeros.

use zeroize::Zeroizing;

/// The size of the shortest padded message.
pub const FLOOR_BYTES: usize = 256;

const PREFIX_BYTES: usize = 4;

/// The data is longer than the prefix can say: 4 GiB or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long to pad")]
pub struct TooLong;

/// The bytes are not what [`pad`] makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a padded message")]
pub struct BadPadding;

/// `data` with its length in front and zeros behind.
pub fn pad(data: &[u8]) -> Result<Zeroizing<Vec<u8>>, TooLong> {
    let length = u32::try_from(data.len()).map_err(|_| TooLong)?;
    let size = padded_size(data.len().checked_add(PREFIX_BYTES).ok_or(TooLong)?);
    // The final size is reserved first: a reallocation would leave a copy behind.
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(data);
    padded.resize(size, 0);
    Ok(padded)
}

/// The data inside `padded`.
///
/// Only the one padding that [`pad`] makes is taken: a wrong size or a byte other
/// than zero behind the data would be a channel that nobody reads.
pub fn unpad(padded: &[u8]) -> Result<&[u8], BadPadding> {
    let (prefix, rest) = padded.split_first_chunk::<PREFIX_BYTES>().ok_or(BadPadding)?;
    let length = usize::try_from(u32::from_be_bytes(*prefix)).map_err(|_| BadPadding)?;
    let (data, zeros) = rest.split_at_checked(length).ok_or(BadPadding)?;
    if padded.len() != padded_size(length + PREFIX_BYTES) || zeros.iter().any(|byte| *byte != 0) {
        return Err(BadPadding);
    }
    Ok(data)
}

/// The smallest allowed size that holds `length` bytes.
fn padded_size(length: usize) -> usize {
    if length <= FLOOR_BYTES {
        return FLOOR_BYTES;
    }
    let exponent = length.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept_bits)) - 1;
    length.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_messages_have_one_size() {
        assert_eq!(pad(b"").unwrap().len(), FLOOR_BYTES);
        assert_eq!(pad(b"ja").unwrap().len(), FLOOR_BYTES);
        assert_eq!(pad(&[1; FLOOR_BYTES - PREFIX_BYTES]).unwrap().len(), FLOOR_BYTES);
        assert!(pad(&[1; FLOOR_BYTES - PREFIX_BYTES + 1]).unwrap().len() > FLOOR_BYTES);
    }

    #[test]
    fn sizes_are_those_of_padme() {
        for (length, size) in [(257, 272), (1000, 1024), (1025, 1088), (100_000, 100_352)] {
            assert_eq!(padded_size(length), size, "{length}");
        }
    }

    #[test]
    fn what_pad_does_not_make_is_refused() {
        let padded = pad(b"hej").unwrap();
        let mut tail_set = padded.clone();
        tail_set[200] = 1;
        let mut longer = padded.clone();
        longer.push(0);
        let mut length_beyond = padded.clone();
        length_beyond[..4].copy_from_slice(&u32::MAX.to_be_bytes());
        for wrong in [&tail_set[..], &longer[..], &length_beyond[..], &padded[..255], b"", b"abc"] {
            assert_eq!(unpad(wrong), Err(BadPadding));
        }
        assert_eq!(unpad(&padded), Ok(&b"hej"[..]));
    }

    proptest! {
        #[test]
        fn padding_adds_at_most_twelve_percent_and_never_shrinks(length in FLOOR_BYTES..1 << 40) {
            let size = padded_size(length);
            prop_assert!(size >= length);
            prop_assert!((size - length) * 100 <= length * 12, "{length} became {size}");
            prop_assert!(padded_size(length + 1) >= size);
            prop_assert_eq!(padded_size(size), size);
        }

        #[test]
        fn padded_data_comes_back(data in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let padded = pad(&data).unwrap();
            prop_assert_eq!(unpad(&padded), Ok(&data[..]));
        }
    }
}
