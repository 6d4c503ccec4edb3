//! Two organisations that joined one federation, each with a node of its own in a directory that
//! this program's own commands have made.

use std::net::TcpListener;
use std::path::Path;

use brygga_domain::OrgId;

use crate::failure::Failure;
use crate::node_dir::NodeDir;

use super::exchange::Staff;
use super::process::{Server, run};

/// Bytes of personal data in each referral, and of the floor's payload.
pub(super) const PAYLOAD_BYTES: usize = 2048;

const SOURCE: &str = "kommun:0880";
const TARGET: &str = "kommun:0881";

/// The two nodes' directories.
pub(super) struct Region {
    pub(super) source: NodeDir,
    pub(super) target: NodeDir,
}

/// The two nodes, running.
pub(super) struct Running {
    pub(super) source: Server,
    pub(super) target: Server,
}

impl Region {
    /// Founds the federation in `directory`. `storages` is what `init` and `join` are told to store in.
    pub(super) async fn found(directory: &Path, storages: [&str; 2]) -> Result<Self, Failure> {
        let [source, target] = ["kalmar", "nybro"].map(|name| NodeDir::new(&directory.join(name)));
        let dirs = [&source, &target].map(|dir| dir.path().display().to_string());
        let file = |name: &str| directory.join(name).display().to_string();
        let (invite, request) = (file("invite"), target.join("join-request").display().to_string());
        let registry = source.join("registry/registry.json").display().to_string();
        let made = |dir: &str, name: &str, storage: &str| -> Result<Vec<String>, Failure> {
            let (address, local) = (free_address()?, free_address()?);
            let options =
                ["--dir", dir, "--name", name, "--address", &address, "--storage", storage];
            let options = [&options[..], &["--local-address", &local, "--development"]].concat();
            Ok(options.into_iter().map(str::to_owned).collect())
        };
        let init = made(&dirs[0], "Kalmar kommun", storages[0])?;
        let join = made(&dirs[1], "Nybro kommun", storages[1])?;
        run_with(&["init", "--org", SOURCE, "--federation", "bench.example"], &init).await?;
        run(&["registry", "invite", "--dir", &dirs[0], "--org", TARGET, "--out", &invite]).await?;
        run_with(&["join", "--invite", &invite], &join).await?;
        run(&["registry", "admit", "--dir", &dirs[0], "--request", &request]).await?;
        run(&["registry", "install", "--dir", &dirs[1], "--file", &registry]).await?;
        for dir in &dirs {
            run(&["migrate", "--dir", dir]).await?;
        }
        Ok(Self { source, target })
    }

    /// Starts both nodes and waits until both answer.
    pub(super) async fn start(&self) -> Result<Running, Failure> {
        let running = Running { source: serve(&self.source)?, target: serve(&self.target)? };
        for dir in [&self.source, &self.target] {
            Staff::of(dir)?.until_ready().await?;
        }
        Ok(running)
    }

    /// The organisation of the target.
    pub(super) fn target_organisation() -> Result<OrgId, Failure> {
        OrgId::parse(TARGET).map_err(|error| Failure::other("BENCH", error.to_string()))
    }

    /// The parties, as an agreement names them.
    pub(super) const fn parties() -> [&'static str; 2] {
        [SOURCE, TARGET]
    }
}

impl Running {
    /// Bytes in memory of the larger of the two; 0 when both have gone.
    pub(super) fn resident_bytes(&self) -> u64 {
        self.source.resident_bytes().max(self.target.resident_bytes()).unwrap_or(0)
    }

    /// Ends both.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        self.source.stop().await?;
        self.target.stop().await
    }
}

/// Starts one node, its log in `serve.log` beside its settings.
pub(super) fn serve(dir: &NodeDir) -> Result<Server, Failure> {
    let path = dir.path().display().to_string();
    Server::spawn(&["serve", "--dir", &path], &dir.join("serve.log"))
}

async fn run_with(arguments: &[&str], more: &[String]) -> Result<(), Failure> {
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    run(&[arguments, &more].concat()).await
}

/// A loopback address that was free a moment ago.
pub(super) fn free_address() -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::other("BENCH", error.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    Ok(listener.local_addr().map_err(failed)?.to_string())
}
