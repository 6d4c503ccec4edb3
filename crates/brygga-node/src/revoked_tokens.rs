//! The operator's list of tokens that were taken back, followed while the node runs.
//!
//! A file, because it holds over a restart and can be written when nothing else works.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use brygga_identity::token::{RevokedTokens, TokenVerifier};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a token that was taken back may still be good.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads the list; where there is no file nothing is revoked.
pub(crate) fn read(file: &Path) -> io::Result<RevokedTokens> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(RevokedTokens::parse(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(RevokedTokens::default()),
        Err(error) => Err(error),
    }
}

/// Gives the list to `tokens` whenever it has changed. A list that cannot be read leaves the last
/// one in force.
pub(crate) fn start(
    tokens: Arc<TokenVerifier>,
    file: PathBuf,
    stop: &watch::Receiver<bool>,
) -> JoinHandle<()> {
    let mut stop = stop.clone();
    tokio::spawn(async move {
        let mut readable = true;
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let file = file.clone();
            let list = tokio::task::spawn_blocking(move || read(&file)).await;
            let was_readable = readable;
            readable = matches!(list, Ok(Ok(_)));
            match list {
                Ok(Ok(list)) => tokens.revoke(list),
                // Said once, not every second.
                _ if was_readable => {
                    tracing::warn!("the list of revoked tokens cannot be read; the last one stays");
                }
                _ => {}
            }
        }
    })
}
