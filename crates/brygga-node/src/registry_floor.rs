//! The newest registry that this node has ever believed, remembered in the store.
//!
//! While the node stands still its registry file can be put back to an older one, rightly signed,
//! under which a member that was excluded since is trusted again. The store cannot be put back
//! without losing everything that was decided since.

use brygga_app::App;
use brygga_storage::StorageError;
use tokio::sync::watch;

use crate::StartError;

/// Name of the note that holds the sequence, as u64 big-endian.
const NOTE: &str = "registry.sequence";

/// Refuses a registry that is older than one believed before.
///
/// # Errors
/// [`StartError::RegistryRolledBack`]; [`StartError::Storage`].
pub(crate) async fn check(app: &App) -> Result<(), StartError> {
    let held = *app.parts().trust.subscribe().borrow();
    let believed = remember(app, held).await?;
    if held < believed {
        return Err(StartError::RegistryRolledBack { held, believed });
    }
    Ok(())
}

/// Remembers each registry that is taken up, until the node stops.
pub(crate) fn start(app: &App, stop: &watch::Receiver<bool>) -> tokio::task::JoinHandle<()> {
    let (app, mut stop) = (app.clone(), stop.clone());
    let mut sequence = app.parts().trust.subscribe();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                biased;
                changed = sequence.changed() => if changed.is_err() { return },
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let taken_up = *sequence.borrow_and_update();
            if let Err(error) = remember(&app, taken_up).await {
                tracing::warn!(storage.error = error.code(), "a registry could not be remembered");
            }
        }
    })
}

/// Returns the highest sequence believed before, 0 for none, and never goes below it: another
/// process on the same store may be ahead.
async fn remember(app: &App, sequence: u64) -> Result<u64, StorageError> {
    let store = &app.parts().store;
    let note = store.glance(|reader| Box::pin(reader.note(NOTE))).await?;
    let believed = note.and_then(|value| value.try_into().ok()).map_or(0, u64::from_be_bytes);
    if believed < sequence {
        store.note_put(NOTE, sequence.to_be_bytes().to_vec()).await?;
    }
    Ok(believed)
}
