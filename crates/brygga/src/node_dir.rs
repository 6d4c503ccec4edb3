//! A node's directory, and what every command reads from it.

use std::path::{Path, PathBuf};

use brygga_config::Settings;
use brygga_identity::registry::{RegistryFile, TrustAnchor};
use brygga_identity::trust::TrustStore;

use crate::failure::Failure;

/// The directory of one node. Where its files lie is said by its `brygga.toml`.
#[derive(Clone, Debug)]
pub(crate) struct NodeDir(PathBuf);

impl NodeDir {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A path inside it.
    pub(crate) fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn settings_file(&self) -> PathBuf {
        self.join("brygga.toml")
    }

    /// The settings, each value checked alone: a broken rule between two of them must not keep
    /// an operator from repairing the registry.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let file = self.settings_file();
        if !file.exists() {
            return Err(Failure::usage("NO_NODE_HERE", "there is no brygga.toml")
                .at(self.0.display().to_string())
                .fix("name the node's directory with --dir, or make a node: brygga init --help"));
        }
        Ok(Settings::read(&file)?)
    }

    /// The trust anchor.
    pub(crate) fn anchor(&self, settings: &Settings) -> Result<TrustAnchor, Failure> {
        let file = &settings.registry.operators_file;
        let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
        TrustAnchor::from_json(&text)
            .map_err(|error| Failure::from(error).at(file.display().to_string()))
    }

    /// What this node trusts, as it lies on disk.
    pub(crate) fn trust(&self, settings: &Settings) -> Result<TrustStore, Failure> {
        let file = RegistryFile::new(&settings.registry.file);
        Ok(TrustStore::open(self.anchor(settings)?, file)?)
    }
}

/// Reads a text that the command line names; `-` is standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| Failure::file(path, &error))
}
