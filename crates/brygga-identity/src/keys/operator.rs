//! The key of a federation operator. Few organisations have one; it lies beside the node's keys.

use std::path::Path;

use brygga_crypto::SigningKey;
use rand_core::CryptoRng;

use super::{KeysError, file, file::Kind};

const FILE: &str = "operator.key";

/// Makes the operator key of a new federation in the key directory `dir`.
///
/// # Errors
/// [`KeysError::Exists`] rather than ever overwriting one, or [`KeysError::Io`].
pub fn generate_operator(dir: &Path, rng: &mut impl CryptoRng) -> Result<SigningKey, KeysError> {
    let key = SigningKey::generate(rng);
    file::write(&dir.join(FILE), Kind::Operator, &key.seed())?;
    Ok(key)
}

/// Reads the operator key in the key directory `dir`.
///
/// # Errors
/// [`KeysError::Missing`] where no operator works, and the others as
/// [`super::NodeKeys::load`].
pub fn load_operator(dir: &Path) -> Result<SigningKey, KeysError> {
    Ok(SigningKey::from_seed(&*file::read(&dir.join(FILE), Kind::Operator)?))
}

/// Whether the key directory `dir` holds an operator key.
pub fn operator_key_exists(dir: &Path) -> bool {
    dir.join(FILE).exists()
}
