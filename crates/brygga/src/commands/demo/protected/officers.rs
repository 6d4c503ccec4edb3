//! The officers of a municipality, at their keyboards.

use brygga_domain::Seconds;
use serde_json::Value;

use super::super::places::Place;
use super::super::stage::Stage;
use super::super::story::text;
use crate::failure::Failure;
use crate::when;

/// What the officers of the destination are called, and their telephones; those of other municipalities are not told.
pub(super) const CARDS: [(&str, &str); 2] =
    [("Berit Testsson", "070-000 11 22"), ("Disa Testsson", "070-000 33 44")];

/// Somebody who has enrolled, with a passphrase of her own.
pub(super) struct Officer {
    place: Place,
    pub(super) id: String,
    file: String,
    pub(super) passphrase: String,
}

/// A municipality's two officers.
pub(super) struct Team {
    pub(super) one: Officer,
    pub(super) other: Officer,
}

impl Team {
    /// Two officers, and somebody of another unit who reviews what they do.
    pub(super) fn enrol(stage: &Stage, place: Place) -> Result<Self, Failure> {
        let one = Officer::enrol(stage, place, "ett", &[])?;
        let other = Officer::enrol(stage, place, "annat", &[])?;
        let reviewer = ["--reviewer", "--as-unit", "juridiska-enheten"];
        Officer::enrol(stage, place, "granskarens", &reviewer)?;
        Ok(Self { one, other })
    }

    /// Answers the enquiry once it has come. Returns the case at this side.
    pub(super) async fn offer(&self, stage: &Stage) -> Result<String, Failure> {
        let some = |listed: &Value| !listed["enquiries"][0].is_null();
        let listed = self.one.until(stage, &["enquiries"], some).await?;
        let enquiry = text(&listed["enquiries"][0], "enquiry_id");
        let card = |officer: &Officer, (name, phone): (&str, &str)| {
            format!("[[officer]]\nid = {:?}\nname = {name:?}\nphone = {phone:?}\n", officer.id)
        };
        let cards = card(&self.one, CARDS[0]) + &card(&self.other, CARDS[1]);
        let file = stage.write(&format!("{}-handlaggare.toml", self.one.place.name), &cards)?;
        let week = in_a_week();
        let offer = ["offer", &enquiry, "--officers-file", &file, "--until", &week];
        let what = ["--housing", "DWELLING", "--support", "WEEKLY", "--earliest", "NOW"];
        Ok(text(&self.one.run(stage, &[&offer[..], &what].concat())?, "relocation_id"))
    }

    /// Waits until a case stands there.
    pub(super) async fn reaches(
        &self,
        stage: &Stage,
        case: &str,
        wanted: &str,
    ) -> Result<(), Failure> {
        let there = |shown: &Value| shown["relocation"]["stage"] == wanted;
        self.one.until(stage, &["show", case], there).await.map(drop)
    }
}

impl Officer {
    /// `whose` makes the passphrase another one.
    pub(super) fn enrol(
        stage: &Stage,
        place: Place,
        whose: &str,
        more: &[&str],
    ) -> Result<Self, Failure> {
        let passphrase = format!("{whose} lösenord i {}", place.name);
        let file = stage.write(&format!("{}-{whose}.txt", place.name), &passphrase)?;
        let words = [&["officer", "enrol", "--passphrase-file", &file], more].concat();
        let id = text(&stage.run(place, &words)?, "officer_id");
        Ok(Self { place, id, file, passphrase })
    }

    /// The whole command line of an officer's command.
    pub(super) fn line<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        let who = ["relocation", "--officer", &self.id, "--passphrase-file", &self.file];
        [&who[..], words].concat()
    }

    pub(super) fn run(&self, stage: &Stage, words: &[&str]) -> Result<Value, Failure> {
        stage.run(self.place, &self.line(words))
    }

    pub(super) fn refused(&self, stage: &Stage, words: &[&str], code: &str) -> Result<(), Failure> {
        stage.refused(self.place, &self.line(words), code)
    }

    pub(super) async fn until(
        &self,
        stage: &Stage,
        words: &[&str],
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Failure> {
        stage.until(self.place, &self.line(words), wanted).await
    }
}

/// A week from now, as people write it.
pub(super) fn in_a_week() -> String {
    when::rfc3339(when::now().plus(Seconds::days(7)))
}
