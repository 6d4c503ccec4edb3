//! The whole file.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::audit::AuditSettings;
use crate::capacity::CapacitySettings;
use crate::client::ClientSettings;
use crate::contact::ContactSettings;
use crate::delivery::DeliverySettings;
use crate::error::{Code, SettingsError};
use crate::federation_listener::FederationListenerSettings;
use crate::keys::KeysSettings;
use crate::local_auth::LocalAuthSettings;
use crate::local_listener::LocalListenerSettings;
use crate::node::{Mode, NodeSettings};
use crate::public_page::PublicPageSettings;
use crate::registry::RegistrySettings;
use crate::retention::RetentionSettings;
use crate::section::{Origin, Section};
use crate::storage::{StorageLocation, StorageSettings, StorageUrl};
use crate::telemetry::TelemetrySettings;
use crate::units::UnitsSettings;

/// The section names, in the order of the template.
pub(crate) const SECTIONS: [&str; 16] = [
    "node",
    "federation_listener",
    "local_listener",
    "storage",
    "keys",
    "registry",
    "local_auth",
    "client",
    "delivery",
    "retention",
    "telemetry",
    "audit",
    "contact",
    "units",
    "capacity",
    "public_page",
];

/// The settings of one node. Every path in it starts from the directory of the file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who the node is.
    pub node: NodeSettings,
    /// The port other nodes connect to.
    pub federation_listener: FederationListenerSettings,
    /// The port of the organisation's own staff and systems.
    pub local_listener: LocalListenerSettings,
    /// The database.
    pub storage: StorageSettings,
    /// Where the node's own keys lie.
    pub keys: KeysSettings,
    /// Where the signed list of members comes from.
    pub registry: RegistrySettings,
    /// Whose tokens the local port accepts.
    pub local_auth: LocalAuthSettings,
    /// What `brygga` itself shows at the local port.
    pub client: ClientSettings,
    /// How the outbox tries again.
    pub delivery: DeliverySettings,
    /// What is purged when its time has come.
    pub retention: RetentionSettings,
    /// Logs, traces and metrics.
    pub telemetry: TelemetrySettings,
    /// The node's Merkle log.
    pub audit: AuditSettings,
    /// Whom to call when a same-day duty cannot wait.
    pub contact: ContactSettings,
    /// Functions that several boards share.
    pub units: UnitsSettings,
    /// What this organisation publishes, and has agreed on for itself.
    pub capacity: CapacitySettings,
    /// What anybody may read.
    pub public_page: PublicPageSettings,
    base_dir: PathBuf,
}

impl Settings {
    /// Reads the file and refuses it when any rule is broken, cross-field rules included.
    ///
    /// # Errors
    /// The first fault, as one line. `brygga config check` shows all findings instead:
    /// [`Settings::read`], then [`Settings::check`].
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let settings = Self::read(path)?;
        match settings.check().into_iter().next() {
            None => Ok(settings),
            Some(finding) => Err(finding.into_error(path)),
        }
    }

    /// Reads the file without the cross-field rules.
    ///
    /// # Errors
    /// The first fault of the file or of a single value, as one line.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let problem = error.kind().to_string();
            SettingsError::new(path, "-", Code::FileUnreadable, problem, "a readable text file")
        })?;
        let base_dir = path.parent().unwrap_or(Path::new(""));
        Self::parse_named(&text, path, base_dir)
    }

    /// Reads a text as if it were `brygga.toml` in `base_dir`. No file is opened, and the
    /// cross-field rules are left to [`Settings::check`].
    ///
    /// # Errors
    /// The first fault of the text or of a single value, as one line.
    pub fn parse(text: &str, base_dir: &Path) -> Result<Self, SettingsError> {
        Self::parse_named(text, &base_dir.join("brygga.toml"), base_dir)
    }

    /// The address of the database, read from `storage.url_file` where that is set.
    ///
    /// # Errors
    /// The file is absent, readable by others or holds no address, or the address breaks a
    /// rule of the node's mode.
    pub fn storage_url(&self) -> Result<StorageUrl, SettingsError> {
        self.resolved(&self.storage.location, "storage.url_file")
    }

    /// The address of the vault: `vault.db` in the key directory unless `storage.vault` or
    /// `storage.vault_file` names another place.
    ///
    /// # Errors
    /// As [`Self::storage_url`].
    pub fn vault_url(&self) -> Result<StorageUrl, SettingsError> {
        match &self.storage.vault {
            Some(location) => self.resolved(location, "storage.vault_file"),
            None => Ok(StorageUrl::Sqlite(self.keys.directory.join("vault.db"))),
        }
    }

    fn resolved(
        &self,
        location: &StorageLocation,
        key: &'static str,
    ) -> Result<StorageUrl, SettingsError> {
        let url = location.resolve(key, &self.base_dir)?;
        if self.node.mode == Mode::Production && url.is_remote_plaintext() {
            let finding = crate::check::postgres_plaintext(key);
            return Err(finding.into_error(&self.base_dir.join("brygga.toml")));
        }
        Ok(url)
    }

    /// Every single file that holds a secret, for [`crate::check_private_file`]. The key
    /// directory comes on top, with [`crate::check_key_directory`].
    pub fn private_files(&self) -> Vec<&Path> {
        let mut files = vec![self.federation_listener.tls.key_file.as_path()];
        let pairs = self.local_listener.tls.iter().chain(&self.client.tls);
        files.extend(pairs.map(|tls| tls.key_file.as_path()));
        for location in std::iter::once(&self.storage.location).chain(&self.storage.vault) {
            if let StorageLocation::File(file) = location {
                files.push(file);
            }
        }
        files.extend(self.local_auth.development_key_file.as_deref());
        files
    }

    fn parse_named(text: &str, file: &Path, base_dir: &Path) -> Result<Self, SettingsError> {
        let mut tables = Tables::read(text, Origin { file, base_dir })?;
        Ok(Self {
            node: NodeSettings::read(tables.required("node")?)?,
            federation_listener: FederationListenerSettings::read(
                tables.required("federation_listener")?,
            )?,
            local_listener: LocalListenerSettings::read(tables.optional("local_listener")?)?,
            storage: StorageSettings::read(tables.optional("storage")?)?,
            keys: KeysSettings::read(tables.optional("keys")?)?,
            registry: RegistrySettings::read(tables.optional("registry")?)?,
            local_auth: LocalAuthSettings::read(tables.required("local_auth")?)?,
            client: ClientSettings::read(tables.optional("client")?)?,
            delivery: DeliverySettings::read(tables.optional("delivery")?)?,
            retention: RetentionSettings::read(tables.optional("retention")?)?,
            telemetry: TelemetrySettings::read(tables.optional("telemetry")?)?,
            audit: AuditSettings::read(tables.optional("audit")?)?,
            contact: ContactSettings::read(tables.optional("contact")?)?,
            units: UnitsSettings::read(tables.optional("units")?)?,
            capacity: CapacitySettings::read(tables.optional("capacity")?)?,
            public_page: PublicPageSettings::read(tables.optional("public_page")?)?,
            base_dir: base_dir.to_owned(),
        })
    }
}

/// The sections of a file while they are handed out.
struct Tables<'a> {
    origin: Origin<'a>,
    tables: Table,
}

impl<'a> Tables<'a> {
    fn read(text: &str, origin: Origin<'a>) -> Result<Self, SettingsError> {
        let tables = text.parse::<Table>().map_err(|error| {
            // Only the message and the line: the full error quotes the file, secrets included.
            let end = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
            let problem = format!("line {line}: {}", error.message().replace('\n', ", "));
            SettingsError::new(origin.file, "-", Code::Syntax, problem, "TOML 1.0")
        })?;
        match tables.keys().find(|key| !SECTIONS.contains(&key.as_str())) {
            None => Ok(Self { origin, tables }),
            Some(key) => {
                let problem = "the section is not known";
                let allowed = SECTIONS.join(", ");
                Err(SettingsError::new(origin.file, key, Code::UnknownSection, problem, allowed))
            }
        }
    }

    fn required(&mut self, name: &'static str) -> Result<Section<'a>, SettingsError> {
        if self.tables.contains_key(name) {
            return self.optional(name);
        }
        let problem = "the section is missing";
        let allowed = format!("a section [{name}]");
        Err(SettingsError::new(self.origin.file, name, Code::MissingSection, problem, allowed))
    }

    fn optional(&mut self, name: &'static str) -> Result<Section<'a>, SettingsError> {
        match self.tables.remove(name) {
            None => Ok(Section::new(self.origin, name, Table::new())),
            Some(Value::Table(table)) => Ok(Section::new(self.origin, name, table)),
            Some(other) => {
                let problem = format!("found a TOML {}", other.type_str());
                let allowed = format!("a section [{name}]");
                Err(SettingsError::new(self.origin.file, name, Code::WrongType, problem, allowed))
            }
        }
    }
}
