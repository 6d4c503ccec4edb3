//! A content that two officers open together: its key is the sum (XOR) of two shares, and each gets one.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::at_rest::{AssociatedData, DataKey};
use crate::padding::{pad, unpad};
use crate::seal::{OpenError, SealError, SealingPrivateKey, SealingPublicKey, open, seal};
use crate::secret::Secret;

const INFO: &[u8] = b"brygga officer share v1";

/// A content whose key lies in two shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedContent {
    /// Each sealed to one officer, in the officers' order.
    pub shares: [Vec<u8>; 2],
    /// The padded content under the sum of both.
    pub ciphertext: Vec<u8>,
}

/// One officer's share. It opens nothing alone.
pub struct Share(Secret);

impl Share {
    /// The 32 bytes, to be sealed to the other officer.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.export()
    }

    /// As the other officer got it.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret::from_bytes(bytes))
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share(..)")
    }
}

/// Seals `content` so that both officers are needed to open it.
///
/// # Errors
/// [`SealError`].
pub fn seal_shared(
    rng: &mut impl CryptoRng,
    officers: [&SealingPublicKey; 2],
    place: &AssociatedData<'_>,
    content: &[u8],
) -> Result<SharedContent, SealError> {
    let shares = [Share(Secret::generate(rng)), Share(Secret::generate(rng))];
    let padded = pad(content).map_err(|_| SealError)?;
    let key = sum(&shares[0], &shares[1]);
    let ciphertext = key.encrypt(rng, place, &padded).map_err(|_| SealError)?;
    let aad = place.to_bytes();
    let to = |officer, share: &Share| {
        seal(officer, INFO, &aad, share.0.expose()).map(|sealed| sealed.as_bytes().to_vec())
    };
    Ok(SharedContent {
        shares: [to(officers[0], &shares[0])?, to(officers[1], &shares[1])?],
        ciphertext,
    })
}

/// One officer's share.
///
/// # Errors
/// [`OpenError`] for everybody else.
pub fn open_share(
    officer: &SealingPrivateKey,
    place: &AssociatedData<'_>,
    sealed: &[u8],
) -> Result<Share, OpenError> {
    let bytes = open(officer, INFO, &place.to_bytes(), sealed)?;
    let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| OpenError)?;
    Ok(Share::from_bytes(bytes))
}

impl SharedContent {
    /// Opens it with both shares, in any order.
    ///
    /// # Errors
    /// [`OpenError`] for any other two.
    pub fn open(
        &self,
        one: &Share,
        other: &Share,
        place: &AssociatedData<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let padded = sum(one, other).decrypt(place, &self.ciphertext).map_err(|_| OpenError)?;
        unpad(&padded).map(|content| Zeroizing::new(content.to_vec())).map_err(|_| OpenError)
    }
}

fn sum(one: &Share, other: &Share) -> DataKey {
    let mut key = one.to_bytes();
    for (byte, with) in key.iter_mut().zip(other.0.expose()) {
        *byte ^= with;
    }
    DataKey::from_secret(Secret::from_bytes(&key))
}
