//! `brygga audit`: the log of decisions, exported and verified without a network.

mod export;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use brygga_audit::bundle::verify;
use brygga_audit::{BundleError, Checkpoint, KeyName, VerifiedBundle};
use brygga_crypto::VerifyingKey;
use brygga_domain::OrgId;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::node_dir::read_text;
use crate::output::Answer;
use crate::progress::Progress;
use crate::when;

use export::ExportArgs;

/// Export and verify the audit log
#[derive(Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Export(ExportArgs),
    Verify(VerifyArgs),
}

/// Verify an exported bundle, without a network or a database
///
/// Catches edited, deleted, inserted, reordered and truncated entries. Without --at-least, a log
/// that its own node wiped and built anew verifies: keep an old checkpoint elsewhere.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga audit verify audit.bundle --org kommun:0881 \\\n      \
    --at-least checkpoint.txt")]
struct VerifyArgs {
    /// The bundle
    file: PathBuf,
    /// Public key that signs the log's checkpoints, 64 hexadecimal digits
    #[arg(long, value_name = "HEX", conflicts_with = "org")]
    key: Option<String>,
    /// Take the key from the registry entry of this organisation; without, the node's own
    #[arg(long, value_name = "ORG")]
    org: Option<OrgId>,
    /// A checkpoint from earlier that the log must contain
    #[arg(long, value_name = "CHECKPOINT-FILE")]
    at_least: Option<PathBuf>,
}

impl AuditArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        match &self.action {
            Action::Export(args) => args.run(at).await,
            Action::Verify(args) => args.run(at),
        }
    }
}

impl VerifyArgs {
    fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let keys = self.keys(at)?;
        let remembered = self.remembered(&keys)?;
        let progress = Progress::begin("audit verify");
        let mut refusal = BundleError::OtherLog;
        for key in &keys {
            match verify(self.open(&progress)?, key, remembered.as_ref()) {
                Ok(verified) => return Ok(answer(&verified)),
                Err(error @ (BundleError::OtherLog | BundleError::BadSignature { .. })) => {
                    refusal = error;
                }
                Err(error) => return Err(self.refused(&error)),
            }
        }
        Err(self.refused(&refusal))
    }

    fn refused(&self, error: &BundleError) -> Failure {
        Failure::refused(format!("AUDIT_{}", error.code()), error.to_string())
            .at(self.file.display().to_string())
            .fix("nothing in the bundle is to be trusted")
    }

    fn open(&self, progress: &Progress) -> Result<impl BufRead + use<>, Failure> {
        let file = File::open(&self.file).map_err(|error| Failure::file(&self.file, &error))?;
        // A pipe has no length; then only the time is shown.
        let bytes = file.metadata().map_or(0, |about| about.len());
        Ok(BufReader::new(progress.reading("audit verify", bytes, file)))
    }

    /// The keys that may have signed the log, all of one organisation.
    fn keys(&self, at: &Invocation) -> Result<Vec<VerifyingKey>, Failure> {
        if let Some(text) = &self.key {
            let mut bytes = [0; 32];
            hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
                Failure::usage("NOT_A_KEY", "a key is 64 hexadecimal digits").at("--key")
            })?;
            return Ok(vec![VerifyingKey::from_bytes(bytes)]);
        }
        let settings = at.node.settings()?;
        let trust = at.node.trust(&settings)?;
        let organisation = self.org.as_ref().unwrap_or(&settings.node.organisation);
        let verified = trust.verified();
        let member = verified.as_ref().and_then(|v| v.registry().members.get(organisation));
        let member = member.ok_or_else(|| {
            Failure::refused("REGISTRY_NOT_MEMBER", "it is not a member").at(organisation.as_str())
        })?;
        Ok(member.signing_keys.iter().map(|entry| entry.key).collect())
    }

    /// The remembered checkpoint, which any key of the organisation may have signed.
    fn remembered(&self, keys: &[VerifyingKey]) -> Result<Option<Checkpoint>, Failure> {
        let Some(path) = &self.at_least else { return Ok(None) };
        let note = read_text(path)?;
        let origin = origin_of(&note)?;
        let mut read = keys.iter().map(|key| Checkpoint::parse_and_verify(&note, &origin, key));
        let found = read.find_map(Result::ok);
        found.map(Some).ok_or_else(|| {
            Failure::refused("AUDIT_CHECKPOINT_REFUSED", "the log's key did not sign it")
                .at(path.display().to_string())
        })
    }
}

/// A note's first line names the log.
fn origin_of(note: &str) -> Result<KeyName, Failure> {
    KeyName::parse(note.lines().next().unwrap_or_default())
        .map_err(|error| Failure::other("AUDIT_CHECKPOINT_MALFORMED", error.to_string()))
}

fn answer(verified: &VerifiedBundle) -> Answer {
    let newest = verified.checkpoints.last().map(|checkpoint| checkpoint.time);
    let value = json!({
        "verified": true,
        "log": verified.origin.as_str(),
        "size": verified.size,
        "unsigned_entries": verified.unsigned_leaves,
        "checkpoints": verified.checkpoints.len(),
        "newest_checkpoint": newest.map(when::rfc3339),
        "entries_opened": verified.openings_checked,
    });
    let signed = newest.map_or_else(String::new, |at| format!(", signed {}", when::swedish(at)));
    Answer::new(value)
        .line(format!("{}: {} entries verified{signed}", verified.origin, verified.size))
        .line(format!(
            "{} checkpoints, {} entries opened, {} entries not signed yet",
            verified.checkpoints.len(),
            verified.openings_checked,
            verified.unsigned_leaves
        ))
}
