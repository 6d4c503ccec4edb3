//! The four organisations of the demo, and those that only one of its last acts needs.

use std::path::{Path, PathBuf};

/// An organisation of the demo.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Name of its directory.
    pub(super) name: &'static str,
    pub(super) organisation: &'static str,
    pub(super) title: &'static str,
    pub(super) kind: &'static str,
    pub(super) units: &'static [&'static str],
    /// Loopback address of its own, so that the demo meets no other program's port.
    pub(super) address: &'static str,
}

pub(super) const KALMAR: Place = Place {
    name: "kalmar",
    organisation: "kommun:0880",
    title: "Kalmar kommun",
    kind: "MUNICIPALITY",
    units: &["socialjouren", "mobila-teamet"],
    address: "127.88.0.1",
};
pub(super) const NYBRO: Place = Place {
    name: "nybro",
    organisation: "kommun:0881",
    title: "Nybro kommun",
    kind: "MUNICIPALITY",
    units: &["mobila-teamet"],
    address: "127.88.0.2",
};
pub(super) const STADSMISSIONEN: Place = Place {
    name: "stadsmissionen",
    organisation: "demo:stadsmissionen-kalmar",
    title: "Stadsmissionen",
    kind: "CIVIL_SOCIETY",
    units: &["uppsokarna"],
    address: "127.88.0.3",
};
pub(super) const SAMORDNAREN: Place = Place {
    name: "samordnaren",
    organisation: "demo:samordnaren-kalmar-lan",
    title: "Samordnaren i Kalmar län",
    kind: "COORDINATOR",
    units: &[],
    address: "127.88.0.4",
};

pub(super) const ALL: [Place; 4] = [KALMAR, NYBRO, STADSMISSIONEN, SAMORDNAREN];

/// A small town from which somebody has to move. Neither it nor the two below exist.
pub(super) const SMAVIK: Place = Place {
    name: "smavik",
    organisation: "demo:smaviks-kommun",
    title: "Småviks kommun",
    kind: "MUNICIPALITY",
    units: &[],
    address: "127.88.0.5",
};
/// Its neighbour.
pub(super) const GRANNVIK: Place = Place {
    name: "grannvik",
    organisation: "demo:grannviks-kommun",
    title: "Grannviks kommun",
    kind: "MUNICIPALITY",
    units: &[],
    address: "127.88.0.6",
};
/// A town far away.
pub(super) const FJARRKOPING: Place = Place {
    name: "fjarrkoping",
    organisation: "demo:fjarrkopings-kommun",
    title: "Fjärrköpings kommun",
    kind: "MUNICIPALITY",
    units: &[],
    address: "127.88.0.7",
};

/// Those that come for the protected relocation and leave after it.
pub(super) const GUESTS: [Place; 3] = [SMAVIK, GRANNVIK, FJARRKOPING];

/// Where the dwellings are that Kronofogden tells of.
pub(super) const BORGHOLM: Place = Place {
    name: "borgholm",
    organisation: "kommun:0885",
    title: "Borgholms kommun",
    kind: "MUNICIPALITY",
    units: &[],
    address: "127.88.0.8",
};
/// Kronofogden, invented as far as its node goes.
pub(super) const KRONOFOGDEN: Place = Place {
    name: "kronofogden",
    organisation: "demo:kronofogden",
    title: "Kronofogden",
    kind: "ENFORCEMENT_AUTHORITY",
    units: &[],
    address: "127.88.0.9",
};

/// Those that come for Kronofogden's morning and leave after it. Their clocks are put on, so nobody else speaks with them.
pub(super) const MORNING: [Place; 2] = [BORGHOLM, KRONOFOGDEN];

impl Place {
    /// Where its node lives.
    pub(super) fn dir(&self, root: &Path) -> PathBuf {
        root.join(self.name)
    }
}
