//! The watch: another organisation is told of this one's services as they change.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use brygga_app::{App, WatchedFrom, Window};
use brygga_domain::OrgId;
use brygga_proto::federation::v1 as proto;
use brygga_proto::federation::v1::capacity_watch_service_server::CapacityWatchService;
use brygga_proto::federation::v1::watch_capacity_response::Step as ProtoStep;
use brygga_wire::to_status;
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};

use crate::limits::{WATCH_HEARTBEAT, WATCH_SPAN};

/// Tells others of this organisation's services.
pub(super) struct Watches {
    app: App,
}

impl Watches {
    pub(super) const fn new(app: App) -> Self {
        Self { app }
    }
}

/// One watch under way.
struct Watcher {
    reader: OrgId,
    shown: watch::Receiver<Arc<Window>>,
    from: Option<WatchedFrom>,
    /// Told next.
    waiting: VecDeque<ProtoStep>,
    ends_at: Instant,
    is_begun: bool,
}

type Told = Pin<Box<dyn Stream<Item = Result<proto::WatchCapacityResponse, Status>> + Send>>;

#[tonic::async_trait]
impl CapacityWatchService for Watches {
    type WatchCapacityStream = Told;

    async fn watch_capacity(
        &self,
        request: Request<proto::WatchCapacityRequest>,
    ) -> Result<Response<Told>, Status> {
        let reader = super::peer(&request)?;
        let from = WatchedFrom::parse(&request.get_ref().resume_token);
        let watcher = Watcher {
            reader,
            shown: self.app.capacity_shown(),
            from: from.map_err(|refusal| to_status(&refusal))?,
            waiting: VecDeque::new(),
            ends_at: Instant::now() + WATCH_SPAN,
            is_begun: false,
        };
        let told = unfold(watcher, |mut watcher| async move {
            let step = watcher.next().await?;
            Some((Ok(proto::WatchCapacityResponse { step: Some(step) }), watcher))
        });
        Ok(Response::new(Box::pin(told)))
    }
}

impl Watcher {
    /// What is told next; none at the end.
    async fn next(&mut self) -> Option<ProtoStep> {
        loop {
            if let Some(step) = self.waiting.pop_front() {
                return Some(step);
            }
            let is_due = self.news().await?;
            self.read(is_due)?;
        }
    }

    /// Waits until there is something to read; whether that is to be said although nothing may be new. None at the end.
    async fn news(&mut self) -> Option<bool> {
        if !self.is_begun {
            self.is_begun = true;
            return Some(true);
        }
        let now = Instant::now();
        if now >= self.ends_at {
            return None;
        }
        let until = self.ends_at.min(now + WATCH_HEARTBEAT);
        match timeout_at(until, self.shown.changed()).await {
            Ok(changed) => changed.ok().map(|()| false),
            // Nothing was changed for a while, and saying so keeps it as of now.
            Err(_) => Some(true),
        }
    }

    /// Reads what is shown now. That nothing is missing is said where anything is new, or where it is due. None where
    /// nothing is shown any more.
    fn read(&mut self, is_due: bool) -> Option<()> {
        let window = Arc::clone(&self.shown.borrow_and_update());
        // A node that ends shows nothing, which is not the same as showing that there is nothing. It is asked of what is
        // told and not before, since the node may end in between.
        if window.is_closed() {
            return None;
        }
        let step = window.next(&self.reader, self.from);
        let is_new = step.replaces_all || !step.statements.is_empty();
        if step.replaces_all {
            self.waiting.push_back(ProtoStep::SnapshotBegins(proto::SnapshotBegins {}));
        }
        let statements = step.statements.iter();
        self.waiting.extend(statements.map(|one| ProtoStep::Statement(one.to_proto())));
        if is_new || is_due {
            let resume_token = step.from.token();
            self.waiting.push_back(ProtoStep::UpToDate(proto::UpToDate { resume_token }));
        }
        self.from = Some(step.from);
        Some(())
    }
}
