//! A region: organisations that joined one federation, and their nodes.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use brygga_domain::OrgId;
use brygga_identity::clock::Clock;
use brygga_node::{Node, NodeOptions};
use tempfile::TempDir;

use crate::{Program, Staff, TestClock};

/// An organisation that takes part.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Short name, also of its directory.
    pub name: &'static str,
    /// Identifier.
    pub organisation: &'static str,
    /// Name as people know it.
    pub title: &'static str,
    /// Kind of body, as the program's option takes it.
    pub kind: &'static str,
    /// Functions with keys of their own.
    pub units: &'static [&'static str],
}

impl Place {
    /// Kalmar kommun.
    pub const KALMAR: Self = Self {
        name: "kalmar",
        organisation: "kommun:0880",
        title: "Kalmar kommun",
        kind: "municipality",
        units: &["mobila-teamet", "socialjouren"],
    };
    /// Nybro kommun.
    pub const NYBRO: Self = Self {
        name: "nybro",
        organisation: "kommun:0881",
        title: "Nybro kommun",
        kind: "municipality",
        units: &["mobila-teamet", "socialjouren"],
    };
    /// Kalmar Stadsmission, invented for the demo.
    pub const STADSMISSIONEN: Self = Self {
        name: "stadsmissionen",
        organisation: "demo:stadsmissionen-kalmar",
        title: "Stadsmissionen",
        kind: "civil-society",
        units: &["nattharbarget"],
    };
}

/// A federation on this machine, gone with its value.
pub struct Region {
    directory: TempDir,
    program: Program,
    places: BTreeMap<&'static str, (Place, Arc<TestClock>)>,
    running: BTreeMap<&'static str, Node>,
}

/// Counts regions, so that each has loopback addresses of its own.
static REGIONS: AtomicU16 = AtomicU16::new(0);

impl Region {
    /// Founds a federation with the first place as its operator, lets the others join, and starts all nodes.
    pub async fn start(places: &[Place]) -> Self {
        let mut region = Self::found(places);
        for place in places {
            region.start_node(place.name).await;
        }
        region
    }

    /// As [`Self::start`], without starting any node.
    ///
    /// # Panics
    /// When the program refuses any step.
    pub fn found(places: &[Place]) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let mut region = Self {
            directory,
            program: Program::find(),
            places: BTreeMap::new(),
            running: BTreeMap::new(),
        };
        let number = REGIONS.fetch_add(1, Ordering::SeqCst);
        for (index, place) in places.iter().enumerate() {
            let address = loopback(number, u8::try_from(index + 1).expect("few places"));
            let operator = places[0].name;
            region.set_up(operator, *place, address);
            region.places.insert(place.name, (*place, Arc::new(TestClock::default())));
        }
        for place in places {
            region.program.succeed(&["migrate", "--dir", &region.dir(place.name)]);
        }
        for place in &places[1..] {
            let newest = region.path(places[0].name).join("registry/registry.json");
            region.program.succeed(&[
                "registry",
                "install",
                "--dir",
                &region.dir(place.name),
                "--file",
                text(&newest),
            ]);
        }
        region
    }

    fn set_up(&self, operator: &str, place: Place, address: Ipv4Addr) {
        let (dir, operator_dir) = (self.dir(place.name), self.dir(operator));
        let federation = format!("{address}:8443");
        let local = format!("{address}:8080");
        let mut arguments = vec!["--dir", &dir, "--name", place.title, "--kind", place.kind];
        arguments.extend([
            "--org",
            place.organisation,
            "--address",
            &federation,
            "--local-address",
            &local,
        ]);
        arguments.extend(place.units.iter().flat_map(|unit| ["--unit", *unit]));
        arguments.push("--development");
        if place.name == operator {
            self.program
                .succeed(&[&["init", "--federation", "kalmar.test"], &arguments[..]].concat());
            return;
        }
        let invite = self.path(operator).join(format!("invite-{}", place.name));
        let organisation = place.organisation;
        let invite_to = [
            "registry",
            "invite",
            "--dir",
            &operator_dir,
            "--org",
            organisation,
            "--out",
            text(&invite),
        ];
        self.program.succeed(&invite_to);
        self.program.succeed(&[&["join", "--invite", text(&invite)], &arguments[..]].concat());
        let request = self.path(place.name).join("join-request");
        self.program.succeed(&[
            "registry",
            "admit",
            "--dir",
            &operator_dir,
            "--request",
            text(&request),
        ]);
    }

    /// Starts a node, again or for the first time.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_node(&mut self, name: &'static str) {
        let clock = Arc::clone(&self.places[name].1) as Arc<dyn Clock>;
        let options = NodeOptions { clock, ..NodeOptions::default() };
        let node = Node::start(&self.path(name).join("brygga.toml"), options).await;
        self.running
            .insert(name, node.unwrap_or_else(|error| panic!("{name} does not start: {error}")));
    }

    /// Shuts a node down as an operator would.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn stop_node(&mut self, name: &str) {
        self.running.remove(name).expect("the node runs").shutdown().await;
    }

    /// A running node.
    ///
    /// # Panics
    /// When it does not run.
    pub fn node(&self, name: &str) -> &Node {
        &self.running[name]
    }

    /// Somebody on the staff of an organisation, in one role and at most one unit.
    pub fn staff(&self, name: &str, role: &str, unit: Option<&str>) -> Staff {
        Staff::enter(&self.path(name), self.clock(name), role, unit)
    }

    /// The clock of a node.
    pub fn clock(&self, name: &str) -> Arc<TestClock> {
        Arc::clone(&self.places[name].1)
    }

    /// The organisation of a place.
    ///
    /// # Panics
    /// When the place's constant is wrong.
    pub fn organisation(&self, name: &str) -> OrgId {
        OrgId::parse(self.places[name].0.organisation).expect("places have good identifiers")
    }

    /// The directory of a node.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The program that made the directories.
    pub const fn program(&self) -> &Program {
        &self.program
    }

    fn dir(&self, name: &str) -> String {
        text(&self.path(name)).to_owned()
    }
}

/// An address on the loopback network that no other region of this or a neighbouring process has.
fn loopback(region: u16, place: u8) -> Ipv4Addr {
    let process = std::process::id();
    let [_, _, high, low] =
        (process.wrapping_mul(251).wrapping_add(u32::from(region) * 7)).to_be_bytes();
    Ipv4Addr::new(127, high.max(1), low, place)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test directories have plain names")
}
