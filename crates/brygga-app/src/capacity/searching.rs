//! Searching what others publish, and what was looked for in vain.

use std::collections::BTreeMap;

use brygga_domain::capacity::{
    Audience, Days, Found, Hit, LineKey, Miss, Nearness, Need, UnmetNeed, UnmetSum, Warning, WhyNot,
};
use brygga_exchange::WriteSet;
use brygga_identity::caller::Caller;
use brygga_storage::{Decision, StorageError};

use super::KnownService;
use super::visibility::places;
use crate::{App, AppError};

/// A line that fits.
#[derive(Clone, Debug)]
pub struct FoundHit {
    /// Its service.
    pub known: KnownService,
    /// Which of its lines.
    pub line: LineKey,
    /// How near it is; none where nobody said where it is wanted.
    pub nearness: Option<Nearness>,
    /// What to think of.
    pub warnings: Vec<Warning>,
}

/// A line that does not fit.
#[derive(Clone, Debug)]
pub struct FoundMiss {
    /// Its service.
    pub known: KnownService,
    /// Which of its lines.
    pub line: LineKey,
    /// How near it is; none where nobody said where it is wanted.
    pub nearness: Option<Nearness>,
    /// Why not; never empty.
    pub reasons: Vec<WhyNot>,
}

/// What a search finds, as in [`Found`].
#[derive(Clone, Debug)]
pub struct FoundCapacity {
    /// What fits.
    pub fits: Vec<FoundHit>,
    /// Whether more fits than is shown.
    pub has_more: bool,
    /// What almost fits.
    pub almost: Vec<FoundMiss>,
    /// What fits and is of another type.
    pub alternatives: Vec<FoundHit>,
}

impl App {
    /// Searches what is known of others; it asks nobody. Where nothing fits one search more is counted, if it can be:
    /// a store that is away hides no place.
    pub async fn capacity_search(&self, caller: &Caller, need: &Need) -> FoundCapacity {
        let found = self.capacity_found(audience(caller), need);
        if found.fits.is_empty()
            && let Err(error) = self.count_unmet(UnmetNeed::of(need, self.now())).await
        {
            tracing::warn!(storage.error = error.code(), "a search in vain was not counted");
        }
        found
    }

    /// What is found is judged again by the agreements of this moment.
    fn capacity_found(&self, audience: Audience, need: &Need) -> FoundCapacity {
        let replica = self.replica();
        let Found { fits, has_more, almost, alternatives } =
            replica.search(need, audience, self.now());
        let hit = |hit: Hit<'_>| {
            let Hit { known, line, nearness, warnings } = hit;
            Some(FoundHit { known: self.known(known.clone())?, line, nearness, warnings })
        };
        let miss = |miss: Miss<'_>| {
            let Miss { known, line, nearness, reasons } = miss;
            Some(FoundMiss { known: self.known(known.clone())?, line, nearness, reasons })
        };
        FoundCapacity {
            fits: fits.into_iter().filter_map(hit).collect(),
            has_more,
            almost: almost.into_iter().filter_map(miss).collect(),
            alternatives: alternatives.into_iter().filter_map(hit).collect(),
        }
    }

    async fn count_unmet(&self, need: UnmetNeed) -> Result<(), StorageError> {
        let counted = self.parts().store.decide("capacity.unmet", move |_| {
            let mut writes = WriteSet::default();
            writes.capacity.unmet = BTreeMap::from([(need.clone(), 1)]);
            Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
        });
        counted.await
    }

    /// How often something was looked for in vain, by type and county.
    ///
    /// # Errors
    /// [`AppError::Storage`].
    pub async fn capacity_unmet(&self, days: Days) -> Result<Vec<UnmetSum>, AppError> {
        let sums = self
            .parts()
            .store
            .glance(|reader| Box::pin(async move { reader.unmet_needs(days).await }));
        Ok(sums.await?)
    }
}

/// Services for named roles are for those who decide about placements (R11).
fn audience(caller: &Caller) -> Audience {
    if places(caller.roles()) { Audience::Deciders } else { Audience::Staff }
}
