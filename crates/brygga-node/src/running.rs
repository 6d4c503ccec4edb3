//! A node from start to shutdown.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use brygga_app::App;
use brygga_config::Settings;
use brygga_identity::clock::{Clock, SystemClock};
use brygga_server::federation::federation_routes;
use brygga_server::layers::Surroundings;
use brygga_server::local::local_routes;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::delivery::wait;
use crate::doorbell::Doorbell;
use crate::{
    Observers, StartError, background, capacity, counting, delivery, evaluations, parts, ports,
    registry_files, registry_floor, retention, revoked_tokens,
};

/// What a node is started with besides its settings.
#[derive(Clone)]
pub struct NodeOptions {
    /// The wall clock; a test kit turns its own.
    pub clock: Arc<dyn Clock>,
    /// Spreads the ages of connections and the first moments of periodic work.
    pub jitter_seed: u64,
    /// Who counts calls and deliveries.
    pub observers: Observers,
}

impl Default for NodeOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            jitter_seed: u64::from(std::process::id()),
            observers: Observers::default(),
        }
    }
}

/// A running node.
pub struct Node {
    app: App,
    federation_address: SocketAddr,
    local_address: SocketAddr,
    page_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Node {
    /// Starts a node from the settings file at `path`.
    ///
    /// When this returns, both ports are open, the store is migrated and strong, and delivery runs.
    ///
    /// # Errors
    /// [`StartError`]; nothing listens then.
    pub async fn start(path: &Path, options: NodeOptions) -> Result<Self, StartError> {
        let settings = Settings::load(path)?;
        Self::start_with(&settings, options).await
    }

    /// As [`Self::start`], with settings that are read already.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_with(settings: &Settings, options: NodeOptions) -> Result<Self, StartError> {
        let tokens = Arc::new(parts::token_verifier(settings)?);
        let app = parts::open(settings, options.clock).await?;
        // Before anybody can ask: nobody is told that there is nothing because it was not read yet.
        let recalled = app.capacity_recall().await?;
        app.capacity_show(true).await?;
        let ports = ports::open(settings, &app, options.jitter_seed).await?;
        let page = ports::open_page(settings, &app).await?;
        let (stop, stopped) = watch::channel(false);
        let Observers { rpcs, deliveries, metrics } = options.observers;
        // Nobody sees a gauge without a collector, and setting one asks the store.
        let metrics = metrics.filter(|_| settings.telemetry.otlp_endpoint.is_some());
        let mut tasks = background::start(&app, settings.audit.checkpoint, metrics, &stopped);
        tasks.push(evaluations::start(&app, &stopped));
        tasks.push(counting::start(&app, &stopped));
        tasks.push(registry_files::start(&app, &settings.registry, &stopped));
        tasks.push(registry_floor::start(&app, &stopped));
        tasks.push(retention::start(&app, &settings.retention, &stopped));
        let revoked = settings.local_auth.revoked_tokens_file.clone();
        tasks.push(revoked_tokens::start(Arc::clone(&tokens), revoked, &stopped));
        tasks.extend(capacity::start(&app, &stopped));
        let outbound = delivery::start(&app, ports.own, deliveries, recalled, &stopped);
        tasks.extend(outbound.tasks);
        let doorbell = Doorbell::new(rpcs, move |peer| outbound.deliverer.peer_seen(peer));
        let surroundings = Surroundings { observer: Arc::new(doorbell), ..Surroundings::default() };
        let federation = federation_routes(app.clone(), &surroundings);
        let local = local_routes(app.clone(), tokens, &surroundings);
        tasks.push(tokio::spawn(ports.federation.serve(federation, wait(stopped.clone()))));
        tasks.push(tokio::spawn(ports.local.serve(local, wait(stopped.clone()))));
        let page_address = page.as_ref().map(|(_, address)| *address);
        tasks.extend(page.map(|(page, _)| tokio::spawn(page.serve(wait(stopped.clone())))));
        Ok(Self {
            app,
            federation_address: ports.federation_address,
            local_address: ports.local_address,
            page_address,
            stop,
            tasks,
        })
    }

    /// The use cases, for whoever runs in the same process.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Where other nodes reach it.
    pub const fn federation_address(&self) -> SocketAddr {
        self.federation_address
    }

    /// Where its own organisation reaches it.
    pub const fn local_address(&self) -> SocketAddr {
        self.local_address
    }

    /// Where anybody reads what is public; none where nothing listens.
    pub const fn page_address(&self) -> Option<SocketAddr> {
        self.page_address
    }

    /// Resolves when the store or the vault has failed in a way that only a restart can cure.
    pub async fn broken(&self) {
        let parts = self.app.parts();
        tokio::select! {
            () = parts.store.broken() => {}
            () = parts.case_keys.vault().broken() => {}
        }
    }

    /// Ends the node: no new calls, those under way finish, messages stay in the outbox.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        self.app.capacity_close();
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a task of the node ended badly");
            }
        }
        if let Err(error) = self.app.settle_keys().await {
            tracing::warn!(storage.error = error.code(), "unused keys are left to the next sweep");
        }
        self.app.parts().case_keys.vault().close().await;
        self.app.parts().store.close().await;
    }

    /// Ends the node as a power cut would end it: nothing is finished, nothing is told.
    pub fn abort(self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
