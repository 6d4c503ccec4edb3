//! AES-256-GCM with a random nonce in front, under a header that is authenticated too.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::AtRestError;
use crate::secret::Secret;

/// `header || nonce || ciphertext || tag`; the header and `place` are authenticated.
pub(super) fn encrypt(
    key: &Secret,
    rng: &mut impl CryptoRng,
    header: &[u8],
    place: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, AtRestError> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let start = header.len() + NONCE_LEN;
    let size = start + plaintext.len() + AES_256_GCM.tag_len();
    let mut stored = Vec::with_capacity(size);
    stored.extend_from_slice(header);
    stored.extend_from_slice(&nonce);
    stored.extend_from_slice(plaintext);

    let tag = expanded(key)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from([header, place].concat()),
            &mut stored[start..],
        )
        .map_err(|_| AtRestError::TooLong)?;
    stored.extend_from_slice(tag.as_ref());
    Ok(stored)
}

/// The plaintext of `body`, which is what [`encrypt`] wrote behind `header`.
pub(super) fn decrypt(
    key: &Secret,
    header: &[u8],
    place: &[u8],
    body: &[u8],
) -> Result<Zeroizing<Vec<u8>>, AtRestError> {
    let (nonce, ciphertext) = body.split_first_chunk::<NONCE_LEN>().ok_or(AtRestError::Decrypt)?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let length = expanded(key)
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from([header, place].concat()),
            &mut buffer,
        )
        .map_err(|_| AtRestError::Decrypt)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn expanded(key: &Secret) -> LessSafeKey {
    // The only refusal is a wrong length, and the secret has 32 bytes by its type.
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).expect("a 32-byte key"))
}
