//! The registry on disk: the node's own copy, and mirrors that others write.

use std::io;
use std::path::{Path, PathBuf};

use brygga_crypto::{Digest, sha256};
use brygga_domain::Timestamp;

use super::{RegistryError, SignedRegistry, TrustAnchor, VerifiedRegistry, durable_file};
use crate::trust::{Installed, TrustStore};

/// A document of 4 MiB in base64, its signatures, and room to spare.
const MAX_FILE_BYTES: u64 = 6 * 1024 * 1024;

/// Why a registry file was not taken into use. The registry held before stays.
#[derive(Debug, thiserror::Error)]
pub enum RegistryFileError {
    /// The file cannot be read, or is over 6 MiB.
    #[error("the registry file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its content is not accepted.
    #[error("the registry file {} is refused", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: RegistryError,
    },
}

/// The node's own copy of the registry in use. One process writes it.
///
/// It is written before a registry is used, so that a restart cannot fall back to an older one.
#[derive(Clone, Debug)]
pub struct RegistryFile {
    path: PathBuf,
}

impl RegistryFile {
    /// The copy at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and verifies the copy; `None` where there is none yet. Blocks on the disk.
    ///
    /// # Errors
    /// [`RegistryFileError`], among others when the file was not signed by enough operators.
    pub fn load(
        &self,
        anchor: &TrustAnchor,
    ) -> Result<Option<VerifiedRegistry>, RegistryFileError> {
        let Some(content) = read(&self.path)? else { return Ok(None) };
        let verified = SignedRegistry::from_json(&content).and_then(|signed| signed.verify(anchor));
        verified.map(Some).map_err(|error| refused(&self.path, error))
    }

    /// Replaces the copy and returns once it is on disk.
    ///
    /// # Errors
    /// Whatever the system says; the old copy is then still whole.
    pub fn save(&self, verified: &VerifiedRegistry) -> io::Result<()> {
        durable_file::replace(&self.path, verified.signed().to_json().as_bytes())
    }
}

/// A file where newer registries may appear: a shared folder, a synchronised download.
#[derive(Clone, Debug)]
pub struct MirrorFile {
    path: PathBuf,
    seen: Option<Digest>,
}

impl MirrorFile {
    /// The mirror at `path`, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), seen: None }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Installs the mirror's registry if the file has changed. Blocks on the disk.
    ///
    /// `None` means that there is nothing new. A file that is refused for good is reported
    /// once and then passed over until it changes; what may pass later is tried again.
    ///
    /// # Errors
    /// [`RegistryFileError`]; the store goes on with the registry that it held.
    pub fn reload_if_changed(
        &mut self,
        store: &TrustStore,
        now: Timestamp,
    ) -> Result<Option<Installed>, RegistryFileError> {
        let Some(content) = read(&self.path)? else { return Ok(None) };
        let digest = sha256(&[&content]);
        if self.seen == Some(digest) {
            return Ok(None);
        }
        let installed = SignedRegistry::from_json(&content)
            .and_then(|signed| signed.verify(store.anchor()))
            .and_then(|verified| store.install(verified, now));
        if !installed.as_ref().is_err_and(RegistryError::can_pass_later) {
            self.seen = Some(digest);
        }
        installed.map(Some).map_err(|error| refused(&self.path, error))
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, RegistryFileError> {
    durable_file::read(path, MAX_FILE_BYTES)
        .map_err(|source| RegistryFileError::Unreadable { path: path.to_owned(), source })
}

fn refused(path: &Path, source: RegistryError) -> RegistryFileError {
    RegistryFileError::Refused { path: path.to_owned(), source }
}
