//! `brygga audit export`: the log as a file that anybody can verify.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use brygga_audit::{BundleHeader, BundleWriter, Checkpoint, Commitment, Opening, Salt};
use brygga_crypto::{SigningKey, VerifyingKey};
use brygga_identity::keys::NodeKeys;
use brygga_storage::Store;
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;
use crate::store_address::store_settings;

use super::origin_of;

/// Leaves, or checkpoints, that are read at a time.
const ROWS_AT_A_TIME: u32 = 1000;

/// Write the log with its checkpoints to a bundle that anyone can verify
///
/// Checkpoints that an earlier signing key has signed are left out: a bundle has one key, and the
/// newest checkpoint vouches for every entry. The bundle holds salted commitments: it shows that
/// nothing was changed, and not what happened. The same key seals the whole file, so that no line
/// of it can be changed or left out.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga audit export --out audit.bundle")]
pub(super) struct ExportArgs {
    /// The new file (mode 0600)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Also write what was decided: identifiers, roles and codes; for log reviewers only
    #[arg(long)]
    with_entries: bool,
}

impl ExportArgs {
    pub(super) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let settings = at.node.settings()?;
        let keys = NodeKeys::load(&settings.keys.directory)?;
        let store = Store::open(&store_settings(&settings)?).await?;
        let written = self.write(&store, keys.signing()).await;
        store.close().await;
        let Signed { checkpoints, of_earlier_keys, size } = written?;
        let file = self.out.display().to_string();
        let key = hex::encode(keys.verifying().as_bytes());
        let value = json!({
            "file": file,
            "size": size,
            "checkpoints": checkpoints.len(),
            "checkpoints_of_earlier_keys": of_earlier_keys,
            "key": key,
        });
        let mut answer = Answer::new(value).line(format!(
            "{size} entries under {} signed checkpoints are in {file}",
            checkpoints.len()
        ));
        if of_earlier_keys > 0 {
            let left_out = format!("{of_earlier_keys} checkpoints of earlier keys are left out");
            answer = answer.line(left_out);
        }
        Ok(answer.line(format!("  brygga audit verify {file} --key {key}")))
    }

    async fn write(&self, store: &Store, key: &SigningKey) -> Result<Signed, Failure> {
        let signed = Signed::read(store, &key.public()).await?;
        let Some(newest) = signed.checkpoints.last() else {
            return Err(Failure::refused("AUDIT_NO_CHECKPOINT", "nothing is signed yet")
                .fix("a running node signs a checkpoint within a minute"));
        };
        let header = BundleHeader {
            origin: origin_of(newest)?,
            public_key: key.public(),
            checkpoints: signed.checkpoints.len() as u64,
            size: signed.size,
        };
        let failed = |error| Failure::file(&self.out, &error);
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&self.out);
        let out = BufWriter::new(file.map_err(failed)?);
        let mut bundle = BundleWriter::new(out, &header).map_err(failed)?;
        for note in &signed.checkpoints {
            bundle.checkpoint(note).map_err(failed)?;
        }
        self.write_leaves(store, &mut bundle, signed.size).await?;
        bundle.finish(key).map_err(failed)?;
        Ok(signed)
    }

    async fn write_leaves(
        &self,
        store: &Store,
        bundle: &mut BundleWriter<impl Write>,
        size: u64,
    ) -> Result<(), Failure> {
        let progress = Progress::begin("audit export");
        progress.count("audit export", size);
        let mut next = 0;
        while next < size {
            progress.reached(next);
            let most = u64::from(ROWS_AT_A_TIME).min(size - next);
            let most = u32::try_from(most).unwrap_or(ROWS_AT_A_TIME);
            let leaves = store
                .read(move |reader| Box::pin(async move { reader.audit_range(next, most).await }));
            let leaves = leaves.await?;
            if leaves.is_empty() {
                return Err(Failure::other("AUDIT_GAP", format!("entry {next} is missing")));
            }
            for leaf in leaves {
                let opening = self
                    .with_entries
                    .then(|| Opening { salt: Salt::from_bytes(leaf.salt), entry: leaf.entry });
                let commitment = Commitment::from_digest(leaf.commitment);
                bundle
                    .leaf(&commitment, opening.as_ref())
                    .map_err(|error| Failure::file(&self.out, &error))?;
                next += 1;
            }
        }
        Ok(())
    }
}

/// What the present key has signed of a log.
struct Signed {
    /// Notes, the oldest first.
    checkpoints: Vec<String>,
    of_earlier_keys: usize,
    /// Leaves under the newest of them.
    size: u64,
}

impl Signed {
    async fn read(store: &Store, key: &VerifyingKey) -> Result<Self, Failure> {
        let mut signed = Self { checkpoints: Vec::new(), of_earlier_keys: 0, size: 0 };
        let mut above = 0;
        loop {
            let page = store.read(move |reader| {
                Box::pin(async move { reader.audit_checkpoints(above, ROWS_AT_A_TIME).await })
            });
            let page = page.await?;
            let Some(last) = page.last() else { return Ok(signed) };
            above = last.size;
            for checkpoint in page {
                // Behind the first that it signed all are written: a bad one is for the verifier.
                if signed.checkpoints.is_empty() && !is_signed(&checkpoint.note, key)? {
                    signed.of_earlier_keys += 1;
                    continue;
                }
                signed.size = checkpoint.size;
                signed.checkpoints.push(checkpoint.note);
            }
        }
    }
}

fn is_signed(note: &str, key: &VerifyingKey) -> Result<bool, Failure> {
    Ok(Checkpoint::parse_and_verify(note, &origin_of(note)?, key).is_ok())
}
