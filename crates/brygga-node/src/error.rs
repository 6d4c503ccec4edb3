//! Why a node does not start. One precise line each; the operator has to act.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port cannot be opened.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address in the settings.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key is not usable.
    #[error(transparent)]
    Identity(#[from] brygga_identity::tls::NodeIdentityError),
    /// A key is missing, unreadable or readable by others.
    #[error(transparent)]
    Keys(#[from] brygga_identity::keys::KeysError),
    /// The identity provider's keys are not usable.
    #[error(transparent)]
    KeySet(#[from] brygga_identity::token::KeySetError),
    /// The development issuer's key is not usable.
    #[error(transparent)]
    DevelopmentKey(#[from] brygga_identity::token::DevelopmentKeyError),
    /// The vault is not the one that the database was written with.
    #[error(
        "the vault is not this database's: restore the right one, since without it no content opens"
    )]
    OtherVault,
    /// Neither a key set nor a development key is named.
    #[error("local_auth names no jwks_file, so no token could be checked")]
    NoTokenKeys,
    /// The local port would be open to others without encryption.
    #[error(transparent)]
    Plaintext(#[from] brygga_server::listener::PlaintextError),
    /// The registry or the trust anchor is not usable.
    #[error("{0}")]
    Registry(String),
    /// The registry's file holds an older registry than one that this node has believed.
    #[error(
        "the registry has sequence {held}, and this node has believed {believed}: install the newest one"
    )]
    RegistryRolledBack {
        /// The sequence in the file; 0 for no registry.
        held: u64,
        /// The highest sequence ever believed.
        believed: u64,
    },
    /// The settings are not usable.
    #[error(transparent)]
    Settings(#[from] brygga_config::SettingsError),
    /// The store cannot be opened, or is set up in a way that could lose data.
    #[error(transparent)]
    Storage(#[from] brygga_storage::StorageError),
    /// The TLS library refused the configuration.
    #[error("the TLS configuration was refused")]
    Tls(#[from] brygga_identity::tls::TlsError),
}
