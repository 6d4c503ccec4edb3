//! The settings of one node: the file `brygga.toml` in the node's directory.
//!
//! One file per section. A key that is not known is refused, every error is one line that
//! names file, key, fault and what is allowed, and a secret is never printed. Values are
//! checked alone while they are read ([`Settings::parse`]) and together afterwards
//! ([`Settings::check`]). No setting has an environment variable: what the file says is
//! what runs.

#![forbid(unsafe_code)]

mod audit;
mod capacity;
mod check;
mod client;
mod contact;
mod delivery;
mod endpoint;
mod error;
mod federation_listener;
mod keys;
mod local_auth;
mod local_listener;
mod node;
mod private_file;
mod public_page;
mod registry;
mod retention;
mod secret;
mod section;
mod settings;
mod storage;
mod telemetry;
mod template;
mod units;

pub use audit::AuditSettings;
pub use capacity::CapacitySettings;
pub use check::Finding;
pub use client::ClientSettings;
pub use contact::{ContactSettings, DutyPhone};
pub use delivery::DeliverySettings;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Code, SettingsError};
pub use federation_listener::{FederationListenerSettings, TlsFiles};
pub use keys::KeysSettings;
pub use local_auth::{LocalAuthSettings, TokenAlgorithm};
pub use local_listener::LocalListenerSettings;
pub use node::{FederationName, FederationNameError, Mode, NodeSettings};
pub use private_file::{PrivateFileError, check_key_directory, check_private_file};
pub use public_page::PublicPageSettings;
pub use registry::RegistrySettings;
pub use retention::RetentionSettings;
pub use secret::Secret;
pub use settings::Settings;
pub use storage::{StorageLocation, StorageSettings, StorageUrl};
pub use telemetry::{LogFormat, LogLevel, TelemetrySettings};
pub use template::{TemplateValues, template};
pub use units::UnitsSettings;

#[cfg(test)]
mod tests;
