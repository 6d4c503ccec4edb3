//! Whoever publishes is reminded to count again: the log says it when numbers are about to be, or have become, too old.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use brygga_app::{App, OwnService};
use brygga_domain::ServiceId;
use brygga_domain::capacity::Freshness;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::background::every;

/// How often it is looked: the shortest time for which numbers are shown is a minute.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Starts the reminders.
pub(crate) fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
    let reminded = Arc::new(Mutex::new(Reminded::default()));
    every("counting", LOOK_EVERY, app, stop, move |app| {
        let reminded = Arc::clone(&reminded);
        async move {
            let all = app.capacity_to_count().await?;
            let mut reminded = reminded.lock().unwrap_or_else(PoisonError::into_inner);
            if reminded.is_news(&all) {
                let stale = all.iter().filter(|one| one.freshness == Freshness::Stale).count();
                tracing::warn!(
                    services.due = all.len() - stale,
                    services.stale = stale,
                    "services are to be counted again"
                );
            }
            Ok(())
        }
    })
}

/// What was said of each service, so that it is said once that its numbers are due and once that they are stale.
#[derive(Debug, Default)]
struct Reminded(BTreeMap<ServiceId, Freshness>);

impl Reminded {
    /// Whether any has become older than it was said to be. One that was counted again is forgotten.
    fn is_news(&mut self, all: &[OwnService]) -> bool {
        let now: BTreeMap<_, _> = all.iter().map(|one| (one.id, one.freshness)).collect();
        let is_news = now.iter().any(|(id, freshness)| self.0.get(id) < Some(freshness));
        self.0 = now;
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_said_once_and_again_after_a_new_count() {
        let one = |freshness| [OwnService { id: ServiceId::from_bytes([1; 16]), freshness }];
        let mut reminded = Reminded::default();
        assert!(!reminded.is_news(&[]));
        assert!(reminded.is_news(&one(Freshness::Due)));
        assert!(!reminded.is_news(&one(Freshness::Due)));
        assert!(reminded.is_news(&one(Freshness::Stale)));
        assert!(!reminded.is_news(&one(Freshness::Stale)));
        assert!(!reminded.is_news(&[]), "it was counted");
        assert!(reminded.is_news(&one(Freshness::Stale)));
    }
}
