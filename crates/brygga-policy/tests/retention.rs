//! The rules of retention as a table that an archivist can read.

#![expect(clippy::unwrap_used, reason = "all of this is test code, helpers included")]

use std::fmt::Write as _;
use std::path::Path;

use brygga_domain::{MemberKind, OrgId, SocialServicesStatus};
use brygga_policy::{Birth, CaseFacts, Keeper, Retention, Until, retention};
use jiff::civil::{Date, date};

const HEADER: &str = "\
# What becomes of a case, by who keeps it. Every case is closed with its last note on 2020-03-10 unless it says otherwise.
#
# After a decided change run the test once with `BRYGGA_BLESS=1` and read the difference with an archivist.
";

const LAST_NOTE: Date = date(2020, 3, 10);
/// Born on a day that research keeps, and on one that it does not.
const BORN_ON_15: Birth = Birth::Day(date(1970, 6, 15));
const BORN_ON_16: Birth = Birth::Day(date(1970, 6, 16));

fn keepers() -> [(&'static str, Keeper); 9] {
    use MemberKind::{CivilSociety, EnforcementAuthority, Municipality, PrivateLandlord};
    use SocialServicesStatus::{Authority, Contracted, None, Permit};
    let keeper = |id: &str, kind, status| Keeper::of(&OrgId::parse(id).unwrap(), kind, status);
    [
        ("Kalmar kommun 0880", keeper("kommun:0880", Municipality, Authority)),
        ("Norrköpings kommun 0581", keeper("kommun:0581", Municipality, Authority)),
        ("Gotlands kommun 0980", keeper("kommun:0980", Municipality, Authority)),
        ("Sundsvalls kommun 2281", keeper("kommun:2281", Municipality, Authority)),
        ("Göteborgs kommun 1480", keeper("kommun:1480", Municipality, Authority)),
        ("performer by contract", keeper("demo:utforare", CivilSociety, Contracted)),
        ("performer with permit", keeper("demo:boende", PrivateLandlord, Permit)),
        ("civil society outside", keeper("demo:stadsmissionen", CivilSociety, None)),
        ("Kronofogden", keeper("demo:kronofogden", EnforcementAuthority, None)),
    ]
}

fn closed() -> CaseFacts {
    CaseFacts {
        is_closed: true,
        last_note: LAST_NOTE,
        about_child: false,
        child_placed: false,
        consent_ends: Some(date(2020, 4, 1)),
    }
}

fn cases() -> Vec<(&'static str, CaseFacts, Birth, Date)> {
    let child = CaseFacts { about_child: true, ..closed() };
    let placed = CaseFacts { child_placed: true, ..child };
    let born = |year, month, day| Birth::Day(date(year, month, day));
    vec![
        ("open", CaseFacts { is_closed: false, ..closed() }, BORN_ON_16, date(2040, 1, 1)),
        ("29 days after the consent", closed(), BORN_ON_16, date(2020, 4, 30)),
        ("30 days after the consent", closed(), BORN_ON_16, date(2020, 5, 1)),
        ("a day before two years", closed(), BORN_ON_16, date(2022, 3, 9)),
        ("two years", closed(), BORN_ON_16, date(2022, 3, 10)),
        ("a day before five years", closed(), BORN_ON_16, date(2025, 3, 9)),
        ("five years, nobody looked", closed(), Birth::NotAsked, date(2025, 3, 10)),
        ("five years, born on a 16th", closed(), BORN_ON_16, date(2025, 3, 10)),
        ("five years, born on a 15th", closed(), BORN_ON_15, date(2025, 3, 10)),
        ("five years, born on a 5th", closed(), born(1970, 6, 5), date(2025, 3, 10)),
        ("five years, born on a 25th", closed(), born(1970, 6, 25), date(2025, 3, 10)),
        ("five years, birth unknown", closed(), Birth::Unknown, date(2025, 3, 10)),
        ("child, five years", child, born(2010, 6, 16), date(2025, 3, 10)),
        ("child, a day before 30", child, born(2010, 6, 16), date(2040, 6, 15)),
        ("child, 30 years", child, born(2010, 6, 16), date(2040, 6, 16)),
        ("child, 30 years, born on a 5th", child, born(2010, 6, 5), date(2040, 6, 16)),
        ("child, birth unknown", child, Birth::Unknown, date(2040, 6, 16)),
        ("child that was placed", placed, born(2010, 6, 16), date(2060, 1, 1)),
    ]
}

fn words(answer: Retention) -> String {
    match answer {
        Retention::AskBirth => "asks for the day of birth".to_owned(),
        Retention::Keep { until, section } => {
            let until = match until {
                Until::Closed => "until it is closed".to_owned(),
                Until::Day(day) => format!("until {day}"),
                Until::Forever => "for ever".to_owned(),
                Until::HandedOver => "until it is handed over".to_owned(),
                Until::OwnDecision => "until it decides".to_owned(),
            };
            format!("keep {until} ({section})")
        }
        Retention::Purge { section, by } => {
            let by = by.map_or_else(|| "at once".to_owned(), |day| format!("by {day}"));
            format!("PURGE {by} ({section})")
        }
    }
}

fn table() -> String {
    let mut text = HEADER.to_owned();
    for (name, keeper) in keepers() {
        writeln!(text, "\n== {name} ==").unwrap();
        for (case, facts, birth, today) in cases() {
            let answer = words(retention(&keeper, &facts, birth, today));
            writeln!(text, "{today}  {case:<31} {answer}").unwrap();
        }
    }
    text
}

#[test]
fn the_rules_are_those_that_an_archivist_has_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/retention.txt");
    let table = table();
    if std::env::var("BRYGGA_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), table);
}

#[test]
fn norrkoping_deletes_nothing() {
    let (_, norrkoping) = &keepers()[1];
    for (case, facts, birth, today) in cases() {
        let answer = retention(norrkoping, &facts, birth, today);
        assert!(matches!(answer, Retention::Keep { .. }), "{case}: {answer:?}");
    }
}

#[test]
fn kalmar_keeps_birth_days_5_15_and_25_of_every_month_and_no_other() {
    let (_, kalmar) = &keepers()[0];
    for month in 1..=12 {
        for day in 1..=28 {
            let birth = Birth::Day(date(1980, month, day));
            let answer = retention(kalmar, &closed(), birth, date(2030, 1, 1));
            let is_kept = matches!(answer, Retention::Keep { until: Until::Forever, .. });
            assert_eq!(is_kept, [5, 15, 25].contains(&day), "{month}-{day}: {answer:?}");
        }
    }
}

#[test]
fn a_last_note_on_a_leap_day_gives_a_day() {
    let (_, kalmar) = &keepers()[0];
    let facts = CaseFacts { last_note: date(2020, 2, 29), ..closed() };
    let kept = retention(kalmar, &facts, BORN_ON_16, date(2025, 2, 27));
    let until = Until::Day(date(2025, 2, 28));
    assert_eq!(kept, Retention::Keep { until, section: "SoL 16:1" });
}

#[test]
fn whatever_is_purged_is_looked_at() {
    for (name, keeper) in keepers() {
        for (case, facts, birth, today) in cases() {
            let answer = retention(&keeper, &facts, birth, today);
            let is_looked_at =
                keeper.noted_at_latest(today).is_some_and(|latest| facts.last_note <= latest);
            if !matches!(answer, Retention::Keep { .. }) {
                assert!(is_looked_at, "{name}: {case}: {answer:?}");
            }
        }
    }
}
