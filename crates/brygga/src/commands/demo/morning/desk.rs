//! A desk at a node whose clock is put on, and the hours that strike there.

use std::cell::Cell;
use std::path::Path;

use brygga_config::Settings;
use brygga_domain::swedish_day::{swedish_day, swedish_instant};
use brygga_domain::{Seconds, Timestamp};
use brygga_identity::roles::Role;
use jiff::civil::Date;
use serde_json::Value;

use super::super::places::Place;
use super::super::stage::Stage;
use crate::client::{StaffToken, development_token};
use crate::failure::Failure;
use crate::when;

/// A token is for one command.
const TOKEN_LIFETIME: Seconds = Seconds(60);

/// When the scene is played.
pub(super) struct Hours {
    day: Date,
    /// 08:10.
    pub(super) morning: Timestamp,
    /// 15:40.
    pub(super) afternoon: Timestamp,
    /// 16:05.
    pub(super) late: Timestamp,
}

impl Hours {
    /// Of today if it is not ten past eight in Sweden yet, or else of tomorrow: a clock that goes back would make what was
    /// signed a moment ago a thing of the future.
    pub(super) fn of_the_next_morning(now: Timestamp) -> Result<Self, Failure> {
        let today = swedish_day(now);
        let morning_of = |day: Date| swedish_instant(day.at(8, 10, 0, 0));
        let day = match morning_of(today) > now {
            true => today,
            false => {
                today.tomorrow().map_err(|error| Failure::other("DEMO_STEP", error.to_string()))?
            }
        };
        let at = |hour, minute| swedish_instant(day.at(hour, minute, 0, 0));
        Ok(Self { day, morning: morning_of(day), afternoon: at(15, 40), late: at(16, 5) })
    }

    /// A time of the day.
    pub(super) fn at(&self, hour: i8, minute: i8) -> Timestamp {
        swedish_instant(self.day.at(hour, minute, 0, 0))
    }

    /// When the day is over.
    pub(super) fn midnight(&self) -> Timestamp {
        swedish_instant(self.day.tomorrow().unwrap_or(self.day).at(0, 0, 0, 0))
    }

    /// Starts the nodes anew with their clocks at an hour that has not been there yet.
    pub(super) async fn strike(
        &self,
        stage: &Stage,
        desks: [&Desk; 2],
        hour: Timestamp,
    ) -> Result<(), Failure> {
        for desk in desks {
            stage.stop(desk.place)?;
        }
        // The whole second after, so that it is never a moment before.
        let ahead = Seconds(hour.millis_since(when::now()).div_euclid(1000) + 1);
        let shown = when::swedish(hour);
        stage.scene(
            &format!("De två noderna startas med klockan ställd till {shown}."),
            &format!("The two nodes are started with their clocks put on to {shown}."),
        );
        for desk in desks {
            desk.ahead.set(ahead);
            stage.serve(desk.place, &["--clock-ahead", &ahead.0.to_string()])?;
        }
        for desk in desks {
            desk.until(stage, &["notice", "list"], |_| true).await?;
        }
        Ok(())
    }
}

/// Somebody at a keyboard, in a role.
pub(super) struct Desk {
    pub(super) place: Place,
    role: Role,
    ahead: Cell<Seconds>,
}

impl Desk {
    pub(super) const fn new(place: Place, role: Role) -> Self {
        Self { place, role, ahead: Cell::new(Seconds(0)) }
    }

    /// What the clock of the node shows.
    fn now(&self) -> Timestamp {
        when::now().plus(self.ahead.get())
    }

    /// The date in three weeks.
    pub(super) fn in_three_weeks(&self) -> String {
        swedish_day(self.now().plus(Seconds::days(21))).to_string()
    }

    /// The file with a token that the development issuer gives out by the node's clock.
    fn token(&self, stage: &Stage) -> Result<String, Failure> {
        let settings = Settings::load(&Path::new(&stage.dir(self.place)).join("brygga.toml"))?;
        let roles = [self.role];
        let wanted =
            StaffToken { roles: &roles, units: &[], lifetime: TOKEN_LIFETIME, bound_to: None };
        let token = development_token(&settings, &wanted, self.now())?;
        stage.write(&format!("token-{}", self.place.name), &token)
    }

    pub(super) fn run(&self, stage: &Stage, words: &[&str]) -> Result<Value, Failure> {
        let file = self.token(stage)?;
        stage.run(self.place, &[words, &["--token-file", &file]].concat())
    }

    /// What people read.
    pub(super) fn printed(&self, stage: &Stage, words: &[&str]) -> Result<String, Failure> {
        let file = self.token(stage)?;
        stage.printed(self.place, words, &["--token-file", &file])
    }

    pub(super) async fn until(
        &self,
        stage: &Stage,
        words: &[&str],
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Failure> {
        let file = self.token(stage)?;
        stage.until(self.place, &[words, &["--token-file", &file]].concat(), wanted).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clock_ever_goes_back_and_midnight_is_after_sixteen() {
        for (now, morning) in [
            ("2026-11-23 08:09", "2026-11-23 08:10"),
            ("2026-11-23 08:10", "2026-11-24 08:10"),
            ("2026-12-31 23:59", "2027-01-01 08:10"),
            ("2026-03-28 12:00", "2026-03-29 08:10"),
        ] {
            let now = when::parse(now).unwrap();
            let hours = Hours::of_the_next_morning(now).unwrap();
            assert_eq!(hours.morning, when::parse(morning).unwrap());
            let day = [now, hours.morning, hours.afternoon, hours.late, hours.midnight()];
            assert!(day.is_sorted() && now < hours.morning);
        }
    }
}
