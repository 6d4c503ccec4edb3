//! The node at one moment, in the figures that an operator watches.

use brygga_app::App;
use brygga_domain::Seconds;
use brygga_storage::StorageError;
use brygga_telemetry::{RegistryStanding, Standing};

/// What `app` holds now.
pub(crate) async fn standing(app: &App) -> Result<Standing, StorageError> {
    let read = app.parts().store.read(|reader| {
        Box::pin(async move { Ok((reader.outbox_counts().await?, reader.audit_size().await?)) })
    });
    let (outbox, audit_size) = read.await?;
    let registry = app.parts().trust.verified().map(|verified| {
        let registry = verified.registry();
        let expires_in = Seconds(registry.expires_at.millis_since(app.now()).div_euclid(1000));
        RegistryStanding { expires_in, sequence: registry.sequence }
    });
    Ok(Standing { audit_size, outbox_dead: outbox.dead, outbox_queued: outbox.queued, registry })
}

#[cfg(test)]
mod tests;
