//! The node at one moment, in the figures that an operator watches.

use brygga_app::App;
use brygga_domain::Seconds;
use brygga_domain::capacity::Freshness;
use brygga_storage::StorageError;
use brygga_telemetry::{RegistryStanding, Standing};

const DAY_MILLIS: i64 = 86_400_000;

/// What `app` holds now.
pub(crate) async fn standing(app: &App) -> Result<Standing, StorageError> {
    let read = app.parts().store.read(|reader| {
        Box::pin(async move { Ok((reader.outbox_counts().await?, reader.audit_size().await?)) })
    });
    let (outbox, audit_size) = read.await?;
    let evaluations_due = app.agreements_to_evaluate().len() as u64;
    let reviews_overdue = app.reviews_overdue().await?;
    let to_count = app.capacity_to_count().await?;
    let stale = to_count.iter().filter(|one| one.freshness == Freshness::Stale).count();
    let stops_overdue = app.stops_overdue().await?;
    let raised = app.raised_counts().await?;
    let unhandled_days =
        raised.unhandled_since.map_or(0, |since| app.now().millis_since(since) / DAY_MILLIS);
    let registry = app.parts().trust.verified().map(|verified| {
        let registry = verified.registry();
        let expires_in = Seconds(registry.expires_at.millis_since(app.now()).div_euclid(1000));
        RegistryStanding { expires_in, sequence: registry.sequence }
    });
    let (outbox_dead, outbox_queued) = (outbox.dead, outbox.queued);
    Ok(Standing {
        audit_size,
        evaluations_due,
        outbox_dead,
        outbox_queued,
        registry,
        reviews_overdue,
        notices_late: raised.notices,
        services_stale: stale as u64,
        signals_late: raised.signals,
        signals_unhandled_days: u64::try_from(unhandled_days).unwrap_or(0),
        stops_overdue,
    })
}

#[cfg(test)]
mod tests;
