//! The node's own certificate and private key, from files or fresh from the mint.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::SignatureAlgorithm;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::config::provider;
use super::{CertificateRefusal, CertificateThumbprint, Leaf, SpkiPin};

/// The largest certificate or key file that is read.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// A certificate chain and the private key that belongs to its leaf.
///
/// `Debug` shows the pin only. Nothing gives the key away again.
#[derive(Clone)]
pub struct NodeIdentity {
    certified: Arc<CertifiedKey>,
    leaf: Leaf,
}

/// Why a certificate and a key make no identity. The texts name files, never contents.
#[derive(Debug, thiserror::Error)]
pub enum NodeIdentityError {
    /// The leaf breaks a rule that the node can check by itself.
    #[error("the node's own certificate is not usable")]
    Certificate(#[from] CertificateRefusal),
    /// The key does not belong to the certificate, or is of no kind that the provider reads.
    #[error("the private key does not fit the certificate")]
    Key(#[source] rustls::Error),
    /// The key is neither Ed25519 nor ECDSA.
    #[error("the private key is neither Ed25519 nor ECDSA")]
    KeyKind,
    /// No certificate, no key, or no PEM at all.
    #[error("the certificate or the key is not PEM")]
    Pem,
    /// Others than the owner may read the key.
    #[error("{} can be read by its group or by everyone; set its mode to 0600", .0.display())]
    Permissions(PathBuf),
    /// The file cannot be opened or read, or is absurdly large.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl NodeIdentity {
    /// Reads a certificate chain (leaf first) and a private key, both PEM.
    ///
    /// # Errors
    /// [`NodeIdentityError::Permissions`] names a key file that its group or everyone
    /// may read, write or execute; the others are as [`NodeIdentity::from_pem`].
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, NodeIdentityError> {
        let chain = read(certificate, open(certificate)?)?;
        let file = open(key)?;
        if open_to_others(&file).map_err(|source| unreadable(key, source))? {
            return Err(NodeIdentityError::Permissions(key.to_owned()));
        }
        Self::from_pem(&chain, &read(key, file)?)
    }

    /// Reads the same from memory.
    ///
    /// # Errors
    /// When either is not PEM, the key does not fit the leaf or is of a refused kind,
    /// or the leaf does not parse. Whether the leaf is known to anybody is not asked.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, NodeIdentityError> {
        let chain = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| NodeIdentityError::Pem)?;
        let leaf = Leaf::parse(chain.first().ok_or(NodeIdentityError::Pem)?)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| NodeIdentityError::Pem)?;
        let certified =
            CertifiedKey::from_der(chain, key, &provider()).map_err(NodeIdentityError::Key)?;
        match certified.key.algorithm() {
            SignatureAlgorithm::ECDSA | SignatureAlgorithm::ED25519 => {}
            _ => return Err(NodeIdentityError::KeyKind),
        }
        Ok(Self { certified: Arc::new(certified), leaf })
    }

    /// The leaf, for start-up checks: its name, its pin and its last day.
    pub const fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    /// The pin that the registry must list for this node.
    pub const fn pin(&self) -> SpkiPin {
        self.leaf.pin()
    }

    /// The name that a token bound to this certificate carries.
    pub fn thumbprint(&self) -> CertificateThumbprint {
        // A chain without a leaf was refused when it was read.
        CertificateThumbprint::of_certificate(self.certified.cert.first().map_or(&[], |c| c))
    }

    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }
}

impl fmt::Debug for NodeIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeIdentity").field("pin", &self.pin()).finish_non_exhaustive()
    }
}

fn open(path: &Path) -> Result<File, NodeIdentityError> {
    File::open(path).map_err(|source| unreadable(path, source))
}

fn read(path: &Path, file: File) -> Result<Zeroizing<Vec<u8>>, NodeIdentityError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let size = file
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| unreadable(path, source))?;
    if size as u64 > MAX_FILE_BYTES {
        return Err(unreadable(path, io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, source: io::Error) -> NodeIdentityError {
    NodeIdentityError::Read { path: path.to_owned(), source }
}

/// Asks the open file, not its name, so that it cannot be exchanged in between.
#[cfg(unix)]
fn open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_file: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests;
