//! A region: organisations that joined one federation, and their nodes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use brygga_config::Settings;
use brygga_domain::OrgId;
use brygga_identity::clock::Clock;
use brygga_node::{Node, NodeOptions, StartError};
use tempfile::TempDir;

use crate::{Program, Staff, TestClock, Visitor};

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
    /// What the operators attest of it, each as `TYPE=REFERENCE`.
    pub marks: &'static [&'static str],
}

impl Place {
    /// Kalmar kommun.
    pub const KALMAR: Self = Self {
        name: "kalmar",
        organisation: "kommun:0880",
        title: "Kalmar kommun",
        kind: "municipality",
        units: &["mobila-teamet", "socialjouren"],
        marks: &[],
    };
    /// Nybro kommun.
    pub const NYBRO: Self = Self {
        name: "nybro",
        organisation: "kommun:0881",
        title: "Nybro kommun",
        kind: "municipality",
        units: &["mobila-teamet", "socialjouren"],
        marks: &[],
    };
    /// Borgholms kommun.
    pub const BORGHOLM: Self = Self {
        name: "borgholm",
        organisation: "kommun:0885",
        title: "Borgholms kommun",
        kind: "municipality",
        units: &[],
        marks: &[],
    };
    /// Länsstyrelsen i Kalmar län, which coordinates.
    pub const LANSSTYRELSEN: Self = Self {
        name: "lansstyrelsen",
        organisation: "demo:lansstyrelsen-kalmar",
        title: "Länsstyrelsen",
        kind: "coordinator",
        units: &[],
        marks: &[],
    };
    /// Kalmar Stadsmission, invented for the demo.
    pub const STADSMISSIONEN: Self = Self {
        name: "stadsmissionen",
        organisation: "demo:stadsmissionen-kalmar",
        title: "Stadsmissionen",
        kind: "civil-society",
        units: &["nattharbarget"],
        marks: &[],
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
        Self::found_on(places, &[])
    }

    /// As [`Self::found`], with a PostgreSQL database for each place that has an address here.
    ///
    /// # Panics
    /// When the program refuses any step.
    pub fn found_on(places: &[Place], databases: &[(&str, &str)]) -> Self {
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
            let database = databases.iter().find(|(name, _)| *name == place.name);
            let storage = database.map_or("sqlite", |(_, url)| url);
            region.set_up(places[0].name, *place, address, storage);
            region.places.insert(place.name, (*place, Arc::new(TestClock::default())));
        }
        let newest = region.registry_file(places[0].name);
        for place in places {
            region.run(place.name, &["migrate"]);
        }
        for place in &places[1..] {
            region.run(place.name, &["registry", "install", "--file", text(&newest)]);
        }
        region
    }

    fn set_up(&self, operator: &str, place: Place, address: Ipv4Addr, storage: &str) {
        let dir = self.dir(place.name);
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
            "--storage",
            storage,
        ]);
        arguments.extend(place.units.iter().flat_map(|unit| ["--unit", *unit]));
        arguments.push("--development");
        if place.name == operator {
            self.program
                .succeed(&[&["init", "--federation", "kalmar.test"], &arguments[..]].concat());
            return;
        }
        let invite = self.path(operator).join(format!("invite-{}", place.name));
        let wanted = ["registry", "invite", "--org", place.organisation, "--out", text(&invite)];
        self.run(operator, &wanted);
        self.program.succeed(&[&["join", "--invite", text(&invite)], &arguments[..]].concat());
        let request = self.path(place.name).join("join-request");
        let mut admit = vec!["registry", "admit", "--request", text(&request)];
        admit.extend(place.marks.iter().flat_map(|mark| ["--trust-mark", *mark]));
        self.run(operator, &admit);
    }

    /// Starts a node, again or for the first time.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_node(&mut self, name: &'static str) {
        let started = self.try_start_node(name).await;
        started.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
    }

    /// As [`Self::start_node`], for a node that may have a reason not to start.
    ///
    /// # Errors
    /// The reason.
    pub async fn try_start_node(&mut self, name: &'static str) -> Result<(), StartError> {
        let clock = Arc::clone(&self.places[name].1) as Arc<dyn Clock>;
        let options = NodeOptions { clock, ..NodeOptions::default() };
        let node = Node::start(&self.path(name).join("brygga.toml"), options).await?;
        self.running.insert(name, node);
        Ok(())
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

    /// Runs the program in the directory of a node, expects success and returns what it printed.
    ///
    /// # Panics
    /// When it fails; the message holds what it said.
    pub fn run(&self, name: &str, arguments: &[&str]) -> String {
        self.program.succeed(&[arguments, &["--dir", &self.dir(name)]].concat())
    }

    /// Changes a setting whose key stands once in the node's settings file, commented out or not;
    /// in force from the next start. `value` is TOML.
    ///
    /// # Panics
    /// When there is no such key, or more than one.
    pub fn set(&self, name: &str, key: &str, value: &str) {
        let file = self.path(name).join("brygga.toml");
        let settings = std::fs::read_to_string(&file).expect("the program writes settings");
        let is_key = |line: &str| line.trim_start_matches('#').starts_with(&format!("{key} = "));
        assert_eq!(settings.lines().filter(|line| is_key(line)).count(), 1, "{key}");
        let lines = settings.lines().map(|line| match is_key(line) {
            true => format!("{key} = {value}\n"),
            false => format!("{line}\n"),
        });
        std::fs::write(&file, lines.collect::<String>()).expect("settings can be changed");
    }

    /// Makes a second process of the same organisation: a copy of its directory under the name of
    /// `twin`, with its own ports and the same vault.
    ///
    /// # Panics
    /// When the directory cannot be copied.
    pub fn twin(&mut self, name: &str, twin: &'static str) {
        copy(&self.path(name), &self.path(twin));
        let file = self.path(twin).join("brygga.toml");
        let settings = std::fs::read_to_string(&file).expect("a copy has settings");
        let [a, b, c, d] = self.address(name).octets();
        let (old, new) = (self.address(name), Ipv4Addr::new(a, b, c, d + 100));
        let (old, new) = (format!("\naddress = \"{old}:"), format!("\naddress = \"{new}:"));
        std::fs::write(&file, settings.replace(&old, &new)).expect("a copy can be changed");
        std::fs::remove_file(self.path(twin).join("keys/vault.db")).expect("a copy has a vault");
        let vault = format!("\"sqlite:{}\"", text(&self.path(name).join("keys/vault.db")));
        self.set(twin, "vault", &vault);
        let place = self.places[name].0;
        self.places.insert(twin, (place, Arc::new(TestClock::default())));
    }

    /// Takes up a place whose directory the test makes by itself.
    pub fn take_up(&mut self, place: Place) {
        self.places.insert(place.name, (place, Arc::new(TestClock::default())));
    }

    /// The address of a node's ports. Every other address of its network is free.
    ///
    /// # Panics
    /// When its settings are not good.
    pub fn address(&self, name: &str) -> Ipv4Addr {
        let settings = Settings::load(&self.path(name).join("brygga.toml")).expect("good settings");
        match settings.federation_listener.address.ip() {
            IpAddr::V4(address) => address,
            IpAddr::V6(_) => panic!("test nodes listen on IPv4"),
        }
    }

    /// Somebody with the keys that lie in the directory of `name` now, who believes the registry
    /// of `informed`.
    pub fn visitor(&self, name: &str, informed: &str) -> Visitor {
        Visitor::new(&self.path(name), &self.path(informed), self.clock(name))
    }

    /// The file of the registry that a node uses.
    pub fn registry_file(&self, name: &str) -> PathBuf {
        self.path(name).join("registry/registry.json")
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

/// Copies a directory with the permissions of everything in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("the copy is new");
    let permissions = from.metadata().expect("a directory").permissions();
    std::fs::set_permissions(to, permissions).expect("permissions can be set");
    for entry in std::fs::read_dir(from).expect("a directory").map(|entry| entry.expect("an entry"))
    {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test directories have plain names")
}
