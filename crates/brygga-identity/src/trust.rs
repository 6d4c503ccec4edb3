//! What this node believes about the federation at a given moment.
//!
//! A registry is installed whole or not at all, never goes back, and is on disk before
//! anybody relies on it. Until it expires everything in it holds; after that nothing new
//! is taken from it, and after seven days of grace nothing at all: a node that has been
//! cut off from its operators for that long fails closed.

mod directory;
mod view;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use brygga_domain::{Seconds, Timestamp};
use tokio::sync::watch;

use crate::registry::{
    RegistryError, RegistryFile, RegistryFileError, TrustAnchor, VerifiedRegistry,
};
use directory::PinIndex;

pub use view::{Distrust, Standing, TrustView};

/// How long exchange goes on with an expired registry.
pub const GRACE: Seconds = Seconds::days(7);
/// How far the operators' clock may be ahead of ours.
pub const MAX_CLOCK_LEAD: Seconds = Seconds(120);

/// The registry in use. Reading it takes no lock; replacing it disturbs no reader.
pub struct TrustStore {
    anchor: TrustAnchor,
    file: Option<RegistryFile>,
    held: ArcSwapOption<Held>,
    installing: Mutex<()>,
    revision: watch::Sender<u64>,
}

/// A registry in use, with what is looked up on each handshake.
#[derive(Debug)]
struct Held {
    verified: Arc<VerifiedRegistry>,
    pins: PinIndex,
}

/// What became of a registry that was offered and accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// It is in use now.
    Replaced {
        /// Its sequence.
        sequence: u64,
    },
    /// It is the one that is held already.
    Unchanged {
        /// Its sequence.
        sequence: u64,
    },
}

impl TrustStore {
    /// A store without a registry and without a file: everybody is a stranger.
    pub fn in_memory(anchor: TrustAnchor) -> Self {
        Self {
            anchor,
            file: None,
            held: ArcSwapOption::empty(),
            installing: Mutex::new(()),
            revision: watch::Sender::new(0),
        }
    }

    /// A store that keeps its registry in `file`, and takes up the one that lies there.
    ///
    /// That one was accepted before the restart and is accepted again whatever its age:
    /// inside the grace exchange goes on, after it lookups find nothing. Blocks on the disk.
    ///
    /// # Errors
    /// [`RegistryFileError`] when the file is there and cannot be read or verified.
    pub fn open(anchor: TrustAnchor, file: RegistryFile) -> Result<Self, RegistryFileError> {
        let found = file.load(&anchor)?;
        let store = Self { file: Some(file), ..Self::in_memory(anchor) };
        if let Some(verified) = found {
            store.replace(verified);
        }
        Ok(store)
    }

    /// Takes a newer registry into use, after it is on disk. Blocks on the disk.
    ///
    /// # Errors
    /// [`RegistryError`]; the registry that was held stays in use.
    pub fn install(
        &self,
        offered: VerifiedRegistry,
        now: Timestamp,
    ) -> Result<Installed, RegistryError> {
        let _turn = self.installing.lock().unwrap_or_else(PoisonError::into_inner);
        let sequence = offered.registry().sequence;
        if self.is_held(&offered)? {
            return Ok(Installed::Unchanged { sequence });
        }
        if offered.registry().issued_at > now.plus(MAX_CLOCK_LEAD) {
            return Err(RegistryError::IssuedInFuture);
        }
        if offered.registry().expires_at < now {
            return Err(RegistryError::Expired);
        }
        if let Some(file) = &self.file {
            file.save(&offered).map_err(RegistryError::NotPersisted)?;
        }
        self.replace(offered);
        Ok(Installed::Replaced { sequence })
    }

    /// Whether it is the held one; an error when it must not follow the held one.
    fn is_held(&self, offered: &VerifiedRegistry) -> Result<bool, RegistryError> {
        if offered.registry().federation != self.anchor.federation() {
            return Err(RegistryError::OtherFederation);
        }
        let Some(held) = self.held.load_full() else { return Ok(false) };
        let (held, offered_sequence) = (&held.verified, offered.registry().sequence);
        let held_sequence = held.registry().sequence;
        if offered_sequence < held_sequence {
            return Err(RegistryError::Rollback { held: held_sequence, offered: offered_sequence });
        }
        if offered_sequence > held_sequence {
            return Ok(false);
        }
        if offered.digest() != held.digest() {
            return Err(RegistryError::SplitView { sequence: held_sequence });
        }
        Ok(true)
    }

    fn replace(&self, verified: VerifiedRegistry) {
        let sequence = verified.registry().sequence;
        let pins = PinIndex::of(verified.registry());
        self.held.store(Some(Arc::new(Held { verified: Arc::new(verified), pins })));
        self.revision.send_replace(sequence);
    }

    /// What is believed at `now`. Make one for each decision and drop it: it does not age.
    pub fn at(&self, now: Timestamp) -> TrustView {
        TrustView::new(self.held.load_full(), now)
    }

    /// The registry in use whatever its age, for handing on and for showing.
    pub fn verified(&self) -> Option<Arc<VerifiedRegistry>> {
        self.held.load().as_ref().map(|held| Arc::clone(&held.verified))
    }

    /// Who may change it.
    pub const fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The sequence in use, 0 for none; it changes when a registry is installed.
    ///
    /// Whoever holds a connection open asks again whether the peer still holds. Keys also
    /// begin and end by time alone, of which nobody is told: ask every few seconds as well.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("federation", &self.anchor.federation())
            .field("sequence", &*self.revision.borrow())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
