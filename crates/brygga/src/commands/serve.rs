//! `brygga serve`: the node itself.

use std::io::Write;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use brygga_config::{Mode, Settings, StorageUrl};
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::clock::{Clock, SystemClock};
use brygga_node::{Node, NodeOptions, Observers};
use brygga_storage::Store;
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::store_address::migrate_vault;

/// Run the node until it is told to stop
///
/// The embedded database is brought up to date first; a PostgreSQL database is brought up to date
/// by `brygga migrate`, since several processes may serve from it. SIGTERM and SIGINT end the node
/// gently: calls under way finish, what is queued stays queued.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga serve --dir /var/lib/brygga")]
pub(crate) struct ServeArgs {
    /// How far its clock is ahead of the machine's, for a scene at another time of day; refused in production
    #[arg(long, value_name = "SECONDS", hide = true)]
    clock_ahead: Option<u32>,
}

/// The machine's clock, put on.
#[derive(Debug)]
struct AheadClock(Seconds);

impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(self.0)
    }
}

impl ServeArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        leave_no_core().map_err(|error| Failure::other("CORE_DUMPS", error.to_string()))?;
        let settings = Settings::load(&at.node.settings_file())?;
        let clock = self.clock(settings.node.mode)?;
        let resource = brygga_telemetry::Resource {
            organisation: settings.node.organisation.clone(),
            version: env!("CARGO_PKG_VERSION"),
        };
        let telemetry = brygga_telemetry::init(&settings.telemetry, &resource)
            .map_err(|error| Failure::other("TELEMETRY", error.to_string()))?;
        if let StorageUrl::Sqlite(path) = settings.storage_url()? {
            Store::migrate(&format!("sqlite:{}", path.display())).await?;
            migrate_vault(&settings).await?;
        }
        let options = NodeOptions {
            clock,
            observers: Observers::metered(telemetry.metrics()),
            ..NodeOptions::default()
        };
        let node = Node::start_with(&settings, options).await.map_err(start_failure)?;
        announce(&settings, &node);
        let ended = until_stopped(&node).await;
        node.shutdown().await;
        telemetry.shutdown().await;
        ended
    }

    /// The wall clock. Real cases are judged by the machine's own.
    fn clock(&self, mode: Mode) -> Result<Arc<dyn Clock>, Failure> {
        match self.clock_ahead {
            None => Ok(Arc::new(SystemClock)),
            Some(_) if mode == Mode::Production => {
                let what = "a node in production goes by the machine's clock";
                Err(Failure::usage("CLOCK_IN_PRODUCTION", what).at("--clock-ahead"))
            }
            Some(seconds) => Ok(Arc::new(AheadClock(Seconds(i64::from(seconds))))),
        }
    }
}

/// A node that crashes writes no image of its memory: keys and opened cases would lie in it. The limit keeps files away;
/// what takes dumps through a pipe does not ask for it, so the process is not to be dumped at all.
fn leave_no_core() -> rustix::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// A worker for each core, but one is left to the embedded store, which works on a thread of its own:
/// woken beside a busy worker it would wait for it.
pub(crate) fn runtime(at: &Invocation) -> std::io::Result<Runtime> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    // Settings that cannot be read are reported by the command itself.
    let storage = Settings::load(&at.node.settings_file()).and_then(|held| held.storage_url());
    let workers = match storage {
        Ok(StorageUrl::Sqlite(_)) => cores.saturating_sub(1).max(1),
        _ => cores,
    };
    Builder::new_multi_thread().worker_threads(workers).enable_all().build()
}

/// Says on standard output that both ports are open, for people and for whoever started the process.
fn announce(settings: &Settings, node: &Node) {
    let organisation = &settings.node.organisation;
    let (federation, local) = (node.federation_address(), node.local_address());
    // A start whose output nobody reads is a start all the same.
    let _ = writeln!(
        std::io::stdout(),
        "{organisation} is ready: federation {federation}, local {local}"
    );
}

async fn until_stopped(node: &Node) -> Result<Answer, Failure> {
    let failed = |error: std::io::Error| Failure::other("SIGNALS", error.to_string());
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = node.broken() => {
            let what = "the database failed to make a write durable, so nothing more is acknowledged";
            return Err(Failure::other("STORE_BROKEN", what).fix("check the disk, then start the node again"));
        }
    }
    Ok(Answer::new(json!({ "stopped": true })).line("stopped"))
}

fn start_failure(error: brygga_node::StartError) -> Failure {
    let mut what = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        what = format!("{what}: {cause}");
        source = cause.source();
    }
    Failure::other("START", what).fix("brygga doctor names what is wrong with the node")
}
