//! A record that each of several officers can open alone.
//!
//! Layout: version, number of officers (u8), for each the sealed key behind its length (u16, big-endian), ciphertext of
//! the padded content. All of it is bound to the place where it is kept or the letter that it is.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::at_rest::{AssociatedData, DataKey};
use crate::padding::{pad, unpad};
use crate::seal::{OpenError, SealError, SealingPrivateKey, SealingPublicKey, open, seal};
use crate::secret::Secret;

/// The version byte of the stored format; used in stored state.
const VERSION: u8 = 1;
const INFO: &[u8] = b"brygga officer record v1";

/// Seals `content` to each of `officers`, bound to `place`.
///
/// # Errors
/// [`SealError`] for a key that nothing can be sealed to, and for no officer or more than 255.
pub fn seal_record(
    rng: &mut impl CryptoRng,
    officers: &[SealingPublicKey],
    place: &AssociatedData<'_>,
    content: &[u8],
) -> Result<Vec<u8>, SealError> {
    let count = u8::try_from(officers.len()).ok().filter(|count| *count > 0).ok_or(SealError)?;
    let key = DataKey::generate(rng);
    let mut sealed = vec![VERSION, count];
    let aad = place.to_bytes();
    for officer in officers {
        let wrap = seal(officer, INFO, &aad, key.secret().expose())?;
        let length = u16::try_from(wrap.as_bytes().len()).map_err(|_| SealError)?;
        sealed.extend_from_slice(&length.to_be_bytes());
        sealed.extend_from_slice(wrap.as_bytes());
    }
    let padded = pad(content).map_err(|_| SealError)?;
    sealed.extend_from_slice(&key.encrypt(rng, place, &padded).map_err(|_| SealError)?);
    Ok(sealed)
}

/// Opens what [`seal_record`] made for the same place, as any of its officers.
///
/// # Errors
/// [`OpenError`] for everybody else.
pub fn open_record(
    officer: &SealingPrivateKey,
    place: &AssociatedData<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (head, mut rest) = sealed.split_first_chunk::<2>().ok_or(OpenError)?;
    let [version, count] = *head;
    if version != VERSION {
        return Err(OpenError);
    }
    let aad = place.to_bytes();
    let mut key = None;
    for _ in 0..count {
        let (length, behind) = rest.split_first_chunk::<2>().ok_or(OpenError)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (wrap, behind) = behind.split_at_checked(length).ok_or(OpenError)?;
        rest = behind;
        // All are tried, so that the time tells nobody's place.
        if let Ok(opened) = open(officer, INFO, &aad, wrap) {
            key = opened.as_slice().try_into().ok().map(Secret::from_bytes);
        }
    }
    let key = DataKey::from_secret(key.ok_or(OpenError)?);
    let padded = key.decrypt(place, rest).map_err(|_| OpenError)?;
    unpad(&padded).map(|content| Zeroizing::new(content.to_vec())).map_err(|_| OpenError)
}
