//! The operator's desk: the registry in use, and how a change of it is signed and published.
//!
//! Where one operator is enough, a change is in force at once. Where several must sign, it waits
//! in `pending.json` beside the registry and binds nobody until enough have signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brygga_config::Settings;
use brygga_crypto::SigningKey;
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::join::{Draft, Issuance};
use brygga_identity::keys::{KeysError, load_operator};
use brygga_identity::registry::{RegistryError, SignedRegistry, VerifiedRegistry};
use brygga_identity::trust::TrustStore;
use clap::Args;
use serde_json::json;

use super::beside_registry;
use crate::cli::Invocation;
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::when;

/// For how long a change is good, and where to put a copy of it.
#[derive(Args)]
pub(super) struct IssueArgs {
    /// Days until the new registry expires
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=365))]
    valid_days: u16,
    /// Also write the new registry to this file, for other members
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl IssueArgs {
    pub(super) fn issuance(&self, now: Timestamp) -> Issuance {
        let lifetime = Seconds::days(i64::from(self.valid_days));
        Issuance { issued_at: now, expires_at: now.plus(lifetime) }
    }

    pub(super) fn out(&self) -> Option<&Path> {
        self.out.as_deref()
    }
}

/// The registry of one node, as a command sees it.
pub(super) struct Desk {
    pub(super) settings: Settings,
    pub(super) trust: TrustStore,
    pub(super) now: Timestamp,
}

/// What became of a change.
pub(super) struct Published {
    sequence: u64,
    file: PathBuf,
    /// Signatures so far and how many must be, where there are not enough.
    missing: Option<(usize, usize)>,
}

impl Desk {
    pub(super) fn open(at: &Invocation) -> Result<Self, Failure> {
        let settings = at.node.settings()?;
        let trust = at.node.trust(&settings)?;
        Ok(Self { settings, trust, now: at.now })
    }

    /// The registry in use.
    pub(super) fn registry(&self) -> Result<Arc<VerifiedRegistry>, Failure> {
        self.trust.verified().ok_or_else(|| {
            Failure::refused("REGISTRY_ABSENT", "this node has no registry yet")
                .at(self.settings.registry.file.display().to_string())
                .fix("brygga registry install --file FILE")
        })
    }

    /// The key of the operator who works at this node.
    pub(super) fn operator(&self) -> Result<SigningKey, Failure> {
        load_operator(&self.settings.keys.directory).map_err(|error| match error {
            KeysError::Missing(path) => {
                Failure::refused("NOT_AN_OPERATOR", "no operator works here")
                    .at(path.display().to_string())
                    .fix("run this at the node of a federation operator")
            }
            other => Failure::from(other),
        })
    }

    /// Signs a change and puts it in force, or lays it down for the next operator.
    pub(super) fn publish(&self, draft: Draft, out: Option<&Path>) -> Result<Published, Failure> {
        let signed = draft.sign(&self.operator()?);
        let pending = beside_registry(self, "pending.json");
        self.refuse_other_pending(&pending, &signed)?;
        self.settle(signed, &pending, out)
    }

    /// Installs a document that enough operators have signed, or keeps it at `pending`.
    pub(super) fn settle(
        &self,
        signed: SignedRegistry,
        pending: &Path,
        out: Option<&Path>,
    ) -> Result<Published, Failure> {
        let sequence = signed.registry().map_err(RegistryError::Document)?.sequence;
        let text = signed.to_json();
        let write =
            |path: &Path| fs::write(path, &text).map_err(|error| Failure::file(path, &error));
        match signed.verify(self.trust.anchor()) {
            Err(RegistryError::TooFewSignatures { valid, threshold }) => {
                write(pending)?;
                let missing = Some((valid, threshold));
                Ok(Published { sequence, file: pending.to_owned(), missing })
            }
            verified => {
                self.install(verified?)?;
                if pending.exists() {
                    fs::remove_file(pending).map_err(|error| Failure::file(pending, &error))?;
                }
                out.map_or(Ok(()), write)?;
                let file = out.unwrap_or(&self.settings.registry.file).to_owned();
                Ok(Published { sequence, file, missing: None })
            }
        }
    }

    /// Takes a registry into use. A node that is running here sees its file change.
    pub(super) fn install(&self, verified: VerifiedRegistry) -> Result<(), Failure> {
        self.trust.install(verified, self.now)?;
        Ok(())
    }

    fn refuse_other_pending(&self, path: &Path, new: &SignedRegistry) -> Result<(), Failure> {
        if !path.exists() {
            return Ok(());
        }
        let pending = SignedRegistry::from_json(read_text(path)?.as_bytes())?;
        let sequence = pending.registry().map_err(RegistryError::Document)?.sequence;
        let held = self.trust.verified().map_or(0, |held| held.registry().sequence);
        if sequence <= held || pending.digest() == new.digest() {
            return Ok(());
        }
        Err(Failure::refused("REGISTRY_PENDING", "another change waits for signatures")
            .at(path.display().to_string())
            .fix("have it signed first (brygga registry sign), or delete the file"))
    }
}

impl Published {
    /// The answer of a command that changed the registry.
    pub(super) fn answer(&self, what: &str) -> Answer {
        let file = self.file.display().to_string();
        let (have, need) = self.missing.unwrap_or_default();
        let value = json!({
            "sequence": self.sequence,
            "in_force": self.missing.is_none(),
            "file": file,
            "signatures": self.missing.map(|_| json!({"have": have, "need": need})),
        });
        let answer = Answer::new(value).line(format!("{what}: registry {}", self.sequence));
        match self.missing {
            None => answer
                .line(format!("In force here, and in {file} for the others:"))
                .line("  brygga registry install --file FILE"),
            Some(_) => answer
                .line(format!("{have} of {need} operators have signed; it is not in force yet"))
                .line(format!("  the next operator: brygga registry sign --file {file}")),
        }
    }
}

/// An instant for JSON.
pub(super) fn instant(at: Option<Timestamp>) -> Option<String> {
    at.map(when::rfc3339)
}
