//! Newer registries that appear in files: the node's own, replaced by an operator, and mirrors.

use std::sync::Arc;
use std::time::Duration;

use brygga_app::App;
use brygga_config::RegistrySettings;
use brygga_identity::registry::MirrorFile;
use tokio::sync::watch;

/// Looks at the files every `poll` and takes up what is newer and rightly signed.
pub(crate) fn start(
    app: &App,
    settings: &RegistrySettings,
    stop: &watch::Receiver<bool>,
) -> tokio::task::JoinHandle<()> {
    let own = std::iter::once(&settings.file);
    let mut files: Vec<MirrorFile> = own.chain(&settings.mirrors).map(MirrorFile::new).collect();
    let (app, period, mut stop) =
        (app.clone(), settings.poll.max(Duration::from_millis(100)), stop.clone());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(period) => {}
            }
            let (trust, now) = (Arc::clone(&app.parts().trust), app.now());
            let looked = tokio::task::spawn_blocking(move || {
                for file in &mut files {
                    if file.reload_if_changed(&trust, now).is_err() {
                        tracing::warn!(error.type = "registry", "a registry file was refused; the last good one stays");
                    }
                }
                files
            });
            match looked.await {
                Ok(seen) => files = seen,
                Err(_) => return,
            }
        }
    })
}
