//! What others are told: own services as they stand, in memory, with who sees each. Every watch reads from here, so that a
//! thousand of them cost the store no question.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use brygga_crypto::sha256;
use brygga_domain::capacity::Service;
use brygga_domain::{OrgId, Reason, Refusal, ServiceId, Timestamp};
use brygga_policy::AgreementBook;
use brygga_storage::StorageError;
use brygga_wire::capacity::SignedStatement;
use tokio::sync::watch;

use super::seen_by;
use crate::App;

/// Bytes of a token: a position and what its holder could see then.
const TOKEN_BYTES: usize = 16;

/// Own services as others are told of them.
pub(crate) struct Showcase(watch::Sender<Arc<Window>>);

/// The services at one moment. A change makes a new one; readers keep theirs.
#[derive(Debug, Default)]
pub struct Window {
    position: u64,
    services: BTreeMap<ServiceId, Shown>,
    views: Arc<HashMap<OrgId, View>>,
    book: Option<Arc<AgreementBook>>,
    is_closed: bool,
}

/// A service and what is told of it.
#[derive(Clone, Debug)]
struct Shown {
    /// Of its last change.
    position: u64,
    service: Arc<Service>,
    statement: Arc<SignedStatement>,
}

/// What one organisation sees.
#[derive(Clone, Debug, Default)]
struct View {
    services: Vec<ServiceId>,
    /// Of the services; another one means that it sees more or less than before.
    digest: [u8; 8],
}

/// Where a watch goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchedFrom {
    position: u64,
    digest: [u8; 8],
}

/// What a watch is told next.
#[derive(Clone, Debug)]
pub struct Step {
    /// Whether it replaces everything that was told.
    pub replaces_all: bool,
    /// Statements, those that changed first at the beginning.
    pub statements: Vec<Arc<SignedStatement>>,
    /// Where to go on.
    pub from: WatchedFrom,
}

impl WatchedFrom {
    /// Reads a token; empty is the beginning.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `resume_token` for one that this node did not make.
    pub fn parse(token: &[u8]) -> Result<Option<Self>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        let token: [u8; TOKEN_BYTES] =
            token.try_into().map_err(|_| Refusal::at(Reason::InvalidField, "resume_token"))?;
        let (mut position, mut digest) = ([0; 8], [0; 8]);
        position.copy_from_slice(&token[..8]);
        digest.copy_from_slice(&token[8..]);
        Ok(Some(Self { position: u64::from_be_bytes(position), digest }))
    }

    /// The token.
    pub fn token(&self) -> Vec<u8> {
        [self.position.to_be_bytes(), self.digest].concat()
    }
}

impl Default for Showcase {
    fn default() -> Self {
        Self(watch::Sender::new(Arc::default()))
    }
}

impl Showcase {
    /// Hears every change.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Window>> {
        self.0.subscribe()
    }
}

impl Window {
    /// Whether nobody is told anything more, because the node ends.
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// What an organisation is told that was told everything up to `from`, or nothing.
    pub fn next(&self, reader: &OrgId, from: Option<WatchedFrom>) -> Step {
        let nothing = View::default();
        let view = self.views.get(reader).unwrap_or(&nothing);
        // A token from a store that was put back may lie ahead of everything here.
        let goes_on =
            from.filter(|from| from.digest == view.digest && from.position <= self.position);
        let since = goes_on.map_or(0, |from| from.position);
        let mut news: Vec<_> = view
            .services
            .iter()
            .filter_map(|id| self.services.get(id))
            .filter(|shown| shown.position > since)
            .collect();
        news.sort_by_key(|shown| shown.position);
        Step {
            replaces_all: goes_on.is_none(),
            statements: news.into_iter().map(|shown| Arc::clone(&shown.statement)).collect(),
            from: WatchedFrom { position: self.position, digest: view.digest },
        }
    }

    fn see(&mut self, publisher: &OrgId, book: &Arc<AgreementBook>, now: Timestamp) {
        let mut seen: HashMap<OrgId, Vec<ServiceId>> = HashMap::new();
        for (id, shown) in &self.services {
            for (reader, _) in seen_by(book, publisher, &shown.service, now) {
                seen.entry(reader).or_default().push(*id);
            }
        }
        let view = |services: Vec<ServiceId>| {
            let ids: Vec<&[u8]> = services.iter().map(|id| id.as_bytes().as_slice()).collect();
            let mut digest = [0; 8];
            digest.copy_from_slice(&sha256(&ids).as_bytes()[..8]);
            View { services, digest }
        };
        let views = seen.into_iter().map(|(reader, services)| (reader, view(services)));
        self.views = Arc::new(views.collect());
        self.book = Some(Arc::clone(book));
    }
}

impl App {
    /// Hears what others are told of this organisation's services.
    pub fn capacity_shown(&self) -> watch::Receiver<Arc<Window>> {
        self.parts().capacity.showcase.subscribe()
    }

    /// Ends every watch, because the node ends.
    pub fn capacity_close(&self) {
        let closed = Window { is_closed: true, ..Window::default() };
        self.parts().capacity.showcase.0.send_replace(Arc::new(closed));
    }

    /// Brings what others are told up to the store and the agreements. `anew` judges again who sees what although
    /// neither has changed, since rules begin and end by themselves.
    ///
    /// # Errors
    /// [`StorageError`]; the next round tries again.
    pub async fn capacity_show(&self, anew: bool) -> Result<(), StorageError> {
        let parts = self.parts();
        let held = Arc::clone(&parts.capacity.showcase.0.borrow());
        let since = held.position;
        let news = parts.store.read(move |reader| {
            Box::pin(async move {
                let position = reader.capacity_position().await?;
                let news =
                    if position > since { reader.services_since(since).await? } else { Vec::new() };
                Ok((position, news))
            })
        });
        let (position, news) = news.await?;
        let book = parts.agreements.book();
        let same_book = held.book.as_ref().is_some_and(|known| Arc::ptr_eq(known, &book));
        if news.is_empty() && same_book && !anew {
            return Ok(());
        }
        let mut services = held.services.clone();
        let mut same_services = true;
        for (position, stored) in news {
            let id = stored.id();
            if stored.withdrawn_at.is_some() {
                same_services &= services.remove(&id).is_none();
                continue;
            }
            let service = stored.publication.service.clone();
            same_services &= services.get(&id).is_some_and(|shown| *shown.service == service);
            let statement = SignedStatement::decode(&stored.statement);
            let statement = Arc::new(statement.map_err(|_| broken(id))?);
            services.insert(id, Shown { position, service: Arc::new(service), statement });
        }
        let mut window = Window { position, services, ..Window::default() };
        if same_services && same_book && !anew {
            window.views = Arc::clone(&held.views);
            window.book.clone_from(&held.book);
        } else {
            window.see(&parts.organisation, &book, self.now());
        }
        parts.capacity.showcase.0.send_if_modified(|shown| {
            // Whoever read earlier and comes later must not bring back what was changed since.
            let is_newer = shown.position <= window.position && !shown.is_closed;
            if is_newer {
                *shown = Arc::new(window);
            }
            is_newer
        });
        Ok(())
    }
}

fn broken(id: ServiceId) -> StorageError {
    StorageError::Inconsistent { table: "service", column: "statement", id: id.to_string() }
}
