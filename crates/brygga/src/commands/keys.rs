//! `brygga keys`: the key that wraps the keys of cases, without the node.

use brygga_crypto::SystemRandom;
use brygga_identity::keys::{NodeKeys, retire_wrapping, rotate_wrapping};
use brygga_storage::{StoredSlot, Vault};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;
use crate::store_address::vault_address;

/// Slots wrapped anew in one commit.
const PORTION: u32 = 1024;

/// The key that wraps the keys of cases
#[derive(Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a new wrapping key; the one before it still opens
    ///
    /// Restart every process of the node afterwards, then run `brygga keys rewrap`.
    #[command(after_help = "Example:\n  brygga keys rotate --dir /var/lib/brygga")]
    Rotate,
    /// Wrap the key of every case anew with the newest wrapping key and destroy the earlier ones
    ///
    /// From then on nothing opens in any older copy of the vault. The node may run; a process
    /// that was not restarted after `brygga keys rotate` takes no new cases until it is.
    #[command(after_help = "Example:\n  brygga keys rewrap --dir /var/lib/brygga")]
    Rewrap,
}

impl KeysArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        match self.action {
            Action::Rotate => rotate(at),
            Action::Rewrap => rewrap(at).await,
        }
    }
}

fn rotate(at: &Invocation) -> Result<Answer, Failure> {
    let id = rotate_wrapping(&at.node.settings()?.keys.directory, &mut SystemRandom)?;
    Ok(Answer::new(json!({"wrapping_key": id.to_string()}))
        .line(format!("The wrapping key is now {id}."))
        .line("Restart every process of the node, then run: brygga keys rewrap"))
}

async fn rewrap(at: &Invocation) -> Result<Answer, Failure> {
    let settings = at.node.settings()?;
    let keys = NodeKeys::load(&settings.keys.directory)?;
    let vault = Vault::open(&vault_address(&settings)?).await?;
    // Nobody adds what would have to be wrapped anew once more.
    vault.wrapping_require(keys.key_ring().wrapping_id()).await?;
    let progress = Progress::begin("keys rewrap");
    let mut rewrapped = 0;
    let mut place = 0;
    loop {
        let page = vault.slots_page(place, PORTION).await?;
        let Some(last) = page.last() else { break };
        place = last.seq;
        let changes: Result<Vec<_>, Failure> =
            page.into_iter().filter_map(|stored| anew(&keys, stored).transpose()).collect();
        rewrapped += vault.slots_rewrap(changes?).await?;
        progress.say(format!("keys rewrap {place}"));
    }
    vault.close().await;
    let destroyed = retire_wrapping(&settings.keys.directory)?;
    Ok(Answer::new(json!({"rewrapped": rewrapped, "wrapping_keys_destroyed": destroyed})).line(
        format!("{rewrapped} keys were wrapped anew, {destroyed} earlier wrapping keys destroyed"),
    ))
}

/// The key of a slot as it is to be stored; none where the newest wrapping key wrapped it already.
fn anew(keys: &NodeKeys, stored: StoredSlot) -> Result<Option<(StoredSlot, Vec<u8>)>, Failure> {
    let rewrapped = stored.slot.rewrap(keys.key_ring(), &stored.wrapped_key, &mut SystemRandom);
    let lost = |_| {
        Failure::other("KEY_NOT_UNWRAPPED", "the vault holds a key that no wrapping key here opens")
            .fix("put the missing data-key-encryption.<id>.key back; nothing was destroyed")
    };
    Ok(rewrapped.map_err(lost)?.map(|wrapped| (stored, wrapped)))
}
