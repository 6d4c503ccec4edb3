//! Two officers of a municipality at the keyboard, with the program alone.

use brygga_domain::Seconds;
use brygga_domain::swedish_day::swedish_day;
use brygga_identity::clock::Clock;
use brygga_testkit::Region;
use serde_json::Value;

use crate::officers::PASSPHRASE;

/// Two officers who have enrolled with the program, and somebody of another unit who reviews.
pub(crate) struct Keyboard<'a> {
    region: &'a Region,
    place: &'static str,
    passphrase: String,
    pub(crate) anna: String,
    pub(crate) berit: String,
}

impl<'a> Keyboard<'a> {
    pub(crate) fn of(region: &'a Region, place: &'static str) -> Self {
        let file = region.path(place).join("losenord.txt");
        std::fs::write(&file, format!("{PASSPHRASE}\n")).expect("a file");
        let passphrase = file.to_str().expect("a plain name").to_owned();
        let enrol = |more: &[&str]| {
            let line = ["officer", "enrol", "--passphrase-file", &passphrase, "--output", "json"];
            let answer: Value =
                serde_json::from_str(&region.run(place, &[&line[..], more].concat()))
                    .expect("JSON");
            answer["officer_id"].as_str().expect("a handle").to_owned()
        };
        let (anna, berit) = (enrol(&[]), enrol(&[]));
        enrol(&["--reviewer", "--as-unit", "juridiska-enheten"]);
        Self { region, place, passphrase, anna, berit }
    }

    /// What the program prints in Swedish when Anna calls it.
    pub(crate) fn anna(&self, words: &[&str]) -> String {
        self.run(&self.anna, words)
    }

    /// The same for Berit.
    pub(crate) fn berit(&self, words: &[&str]) -> String {
        self.run(&self.berit, words)
    }

    fn run(&self, officer: &str, words: &[&str]) -> String {
        let who = ["relocation", "--officer", officer, "--passphrase-file", &self.passphrase];
        self.region.run(self.place, &[&who[..], words, &["--language", "sv"]].concat())
    }

    /// Opens a case of a transfer, in `network`; returns its id.
    pub(crate) fn open(&self, network: &[u8], more: &[&str]) -> String {
        let network = hex::encode(network);
        let open = ["open", "--with", &self.berit, "--agreement", &network];
        let about = ["--route", "transfer-29-10", "--level", "threatened", "--adults", "1"];
        let need = ["--housing", "dwelling", "--support", "weekly", "--earliest", "now"];
        let opened = self.anna(&[&open[..], &about, &need, more].concat());
        opened.trim().rsplit(' ').next().expect("an id").to_owned()
    }

    /// A day so many days from now, as it is typed.
    pub(crate) fn in_days(&self, days: i64) -> String {
        let now = self.region.clock(self.place).now();
        swedish_day(now.plus(Seconds::days(days))).to_string()
    }

    /// A file of this municipality's.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let file = self.region.path(self.place).join(name);
        std::fs::write(&file, text).expect("a file");
        file.to_str().expect("a plain name").to_owned()
    }

    /// The document that the program writes.
    pub(crate) fn document(&self, id: &str, kind: &str) -> String {
        let file = self.region.path(self.place).join(format!("{kind}.md"));
        let out = file.to_str().expect("a plain name");
        self.anna(&["document", id, "--kind", kind, "--out", out]);
        std::fs::read_to_string(file).expect("a document")
    }
}
