//! What travels over a relay: cells of one size, of which nobody can tell who opens them, or whether anybody does.
//!
//! ```text
//! cell (16,384 bytes) = 64 wraps, each 80 bytes | body, 11,264 bytes
//! wrap = HPKE(recipient key, info "brygga relay cell v1", aad "", 32-byte body key)       32 + 32 + 16
//! body = AES-256-GCM(body key, nonce 0, aad = SHA-256(wraps), padded content)             11,248 + 16
//! padded content = length (u32, big-endian) | content | zeros
//! ```
//!
//! The nonce may be zero because a body key is made for one cell and used once.
//!
//! A wrap for nobody is a real seal to a key that is made for it and forgotten. Random bytes would not do: half of
//! all strings of 32 bytes, even those with the unused top bit clear, are no public key of the group, and anybody can
//! tell which. A relay would then count how many wraps of a cell are real.
//!
//! Not protected: a cell does not say who sealed it, and whoever gets a recipient's private key opens old cells too.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::digest::sha256;
use crate::seal::{SealError, SealingPrivateKey, SealingPublicKey, open_unpadded, seal_unpadded};
use crate::secret::Secret;

/// Every cell has so many bytes.
pub const CELL_BYTES: usize = 16_384;
/// Every cell has so many wraps, and can be sealed to as many keys.
pub const CELL_WRAPS: usize = 64;
/// The longest content of a cell, in bytes.
pub const CELL_CONTENT_BYTES: usize = PADDED_BYTES - LENGTH_BYTES;

const INFO: &[u8] = b"brygga relay cell v1";
const WRAP_BYTES: usize = 80;
const WRAPS_BYTES: usize = CELL_WRAPS * WRAP_BYTES;
const TAG_BYTES: usize = 16;
const PADDED_BYTES: usize = CELL_BYTES - WRAPS_BYTES - TAG_BYTES;
const LENGTH_BYTES: usize = 4;

/// One cell. Cells compare by their bytes, which is no order that tells anything.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(Box<[u8]>);

/// The bytes are no cell, or no cell can be made of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// A cell has [`CELL_BYTES`].
    #[error("a cell has {CELL_BYTES} bytes")]
    Size,
    /// A cell takes [`CELL_CONTENT_BYTES`].
    #[error("a cell takes {CELL_CONTENT_BYTES} bytes")]
    ContentTooLong,
    /// A cell is sealed to one to [`CELL_WRAPS`] keys.
    #[error("a cell is sealed to 1 to {CELL_WRAPS} keys")]
    Recipients,
    /// Nothing can be sealed to one of the keys.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Cell {
    /// Seals `content` to one mailbox.
    ///
    /// # Errors
    /// [`CellError::ContentTooLong`], and [`CellError::Seal`] for a key that nothing can be sealed to.
    pub fn to_mailbox(
        rng: &mut impl CryptoRng,
        mailbox: &SealingPublicKey,
        content: &[u8],
    ) -> Result<Self, CellError> {
        let mut places = [None; CELL_WRAPS];
        places[0] = Some(mailbox);
        Self::seal(rng, &places, content)
    }

    /// Seals `content` to each of `members`, in places that say nothing of their order or of who they are.
    ///
    /// # Errors
    /// [`CellError::Recipients`] for none and for more than [`CELL_WRAPS`]; otherwise as [`Cell::to_mailbox`].
    pub fn to_members(
        rng: &mut impl CryptoRng,
        members: &[SealingPublicKey],
        content: &[u8],
    ) -> Result<Self, CellError> {
        if members.is_empty() || members.len() > CELL_WRAPS {
            return Err(CellError::Recipients);
        }
        let mut places = [None; CELL_WRAPS];
        for (place, member) in places.iter_mut().zip(members) {
            *place = Some(member);
        }
        shuffle(rng, &mut places);
        Self::seal(rng, &places, content)
    }

    /// A cell that nobody can open.
    pub fn cover(rng: &mut impl CryptoRng) -> Self {
        // Nothing is too long, and no key is given that could be refused.
        Self::seal(rng, &[None; CELL_WRAPS], &[]).expect("a cell for nobody")
    }

    fn seal(
        rng: &mut impl CryptoRng,
        places: &[Option<&SealingPublicKey>; CELL_WRAPS],
        content: &[u8],
    ) -> Result<Self, CellError> {
        let padded = pad(content)?;
        let key = Secret::generate(rng);
        let mut bytes = Vec::with_capacity(CELL_BYTES);
        for place in places {
            let to = match place {
                Some(recipient) => **recipient,
                // A key that is forgotten on this line.
                None => SealingPrivateKey::generate(rng).public(),
            };
            bytes.extend_from_slice(&seal_unpadded(&to, INFO, &[], key.expose())?);
        }
        let aad = sha256(&[&bytes]);
        bytes.extend_from_slice(&padded);
        let tag = body_key(&key)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key([0; NONCE_LEN]),
                Aad::from(aad.as_bytes()),
                &mut bytes[WRAPS_BYTES..],
            )
            .map_err(|_| SealError)?;
        bytes.extend_from_slice(tag.as_ref());
        Self::from_bytes(&bytes)
    }

    /// Takes the bytes of a cell, whatever they are.
    ///
    /// # Errors
    /// [`CellError::Size`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CellError> {
        if bytes.len() == CELL_BYTES { Ok(Self(bytes.into())) } else { Err(CellError::Size) }
    }

    /// The [`CELL_BYTES`] that travel.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes that travel, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_vec()
    }

    /// The content, if the cell is sealed to this mailbox.
    pub fn open_as_mailbox(&self, mailbox: &SealingPrivateKey) -> Option<Zeroizing<Vec<u8>>> {
        self.open_body(&self.unwrap_at(0, mailbox)?)
    }

    /// The content, if the cell is sealed to this member.
    ///
    /// All wraps are tried in any case, so that the time does not tell the place.
    pub fn open_as_member(&self, member: &SealingPrivateKey) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = None;
        for place in 0..CELL_WRAPS {
            key = self.unwrap_at(place, member).or(key);
        }
        self.open_body(&key?)
    }

    fn unwrap_at(&self, place: usize, key: &SealingPrivateKey) -> Option<Secret> {
        let wrap = self.0.chunks_exact(WRAP_BYTES).nth(place)?;
        let opened = open_unpadded(key, INFO, &[], wrap).ok()?;
        opened.as_slice().try_into().ok().map(Secret::from_bytes)
    }

    fn open_body(&self, key: &Secret) -> Option<Zeroizing<Vec<u8>>> {
        let (wraps, body) = self.0.split_at_checked(WRAPS_BYTES)?;
        let aad = sha256(&[wraps]);
        let mut buffer = Zeroizing::new(body.to_vec());
        let padded = body_key(key)
            .open_in_place(
                Nonce::assume_unique_for_key([0; NONCE_LEN]),
                Aad::from(aad.as_bytes()),
                &mut buffer,
            )
            .ok()?;
        unpad(padded).map(|content| Zeroizing::new(content.to_vec()))
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(..)")
    }
}

fn body_key(key: &Secret) -> LessSafeKey {
    // The only refusal is a wrong length, and the secret has 32 bytes by its type.
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).expect("a 32-byte key"))
}

fn pad(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, CellError> {
    if content.len() > CELL_CONTENT_BYTES {
        return Err(CellError::ContentTooLong);
    }
    let length = u32::try_from(content.len()).map_err(|_| CellError::ContentTooLong)?;
    // With its full capacity from the start, so that no copy is left in memory given back.
    let mut padded = Zeroizing::new(Vec::with_capacity(PADDED_BYTES));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(PADDED_BYTES, 0);
    Ok(padded)
}

/// The content; `None` where the length is too great or what follows is not zero.
fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (content, zeros) = rest.split_at_checked(length)?;
    zeros.iter().all(|byte| *byte == 0).then_some(content)
}

/// Any order of the places, each as likely as the next, but for less than one in 2^57.
fn shuffle<T>(rng: &mut impl CryptoRng, places: &mut [T; CELL_WRAPS]) {
    for (last, count) in (0..CELL_WRAPS).zip(1_u64..).skip(1) {
        // Below `count`, which is at most 64.
        let other = usize::try_from(rng.next_u64() % count).unwrap_or(0);
        places.swap(last, other);
    }
}

#[cfg(test)]
mod tests;
