//! How long a case is kept, and under which section: pure rules, so that an archivist can read
//! them as a table (`tests/golden/retention.txt`) before anything is ever purged.
//!
//! | Who keeps | How long | Section |
//! |---|---|---|
//! | municipality | five years after the last note, purged by the end of the next calendar year | SoL 16:1 |
//! | municipality, a child that was placed | for ever | SoL 16:2 |
//! | municipality, another case about a child | until the child is 30 | SoL 16:2 a |
//! | municipality, research: whole municipalities, or birth days 5, 15 and 25 | for ever | Socialtjänstförordn. 13:1 |
//! | private performer, by contract or permit | two years after the last note; a child's case is handed over first | SoL 17:2–4 |
//! | other authority | until it has decided otherwise | arkivlagen 10 § |
//! | civil society outside that law | thirty days after the end of the case and of the consent | GDPR 5.1 e |
//!
//! A referral does not tell whether an inquiry was opened, so every case about a child is kept as
//! one of an inquiry; and where a birth day that decides is not known, the case is kept.

use brygga_domain::{MemberKind, OrgId, SocialServicesStatus};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Counties whose municipalities keep everything for research: Östergötland, Gotland, Västernorrland.
const RESEARCH_COUNTIES: [&str; 3] = ["05", "09", "22"];
/// Göteborg, which does so too.
const RESEARCH_MUNICIPALITY: &str = "1480";
/// Days of any month on which those are born whose cases are kept elsewhere.
const RESEARCH_BIRTH_DAYS: [i8; 3] = [5, 15, 25];

/// Who keeps a case: what of an organisation decides for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// A municipality, by its four-digit code.
    Municipality(String),
    /// Another authority: no rule of this program, its own decision.
    OtherAuthority,
    /// A private activity by contract with a municipality or with a permit.
    PrivatePerformer,
    /// Civil society outside lag 2001:454.
    OutsideTheLaw,
}

/// What of a case decides how long it is kept. Days are Swedish days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseFacts {
    /// Whether the work is over.
    pub is_closed: bool,
    /// When anything was noted last.
    pub last_note: Date,
    /// Whether it is about somebody under 18.
    pub about_child: bool,
    /// Whether a child got a place to live through it.
    pub child_placed: bool,
    /// When the consent that it rests on ended or ends; none where it rests on another ground.
    pub consent_ends: Option<Date>,
}

/// What is known of the day on which the person was born.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    /// Nobody has looked: it lies encrypted, and is opened only where it decides.
    NotAsked,
    /// Nobody knows.
    Unknown,
    /// This day.
    Day(Date),
}

/// Until when a case is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Its end is not in sight: the work goes on.
    Closed,
    /// This day; from then on it is purged.
    Day(Date),
    /// It is never purged.
    Forever,
    /// Somebody has handed it over to the board that decided about the child.
    HandedOver,
    /// The authority has decided.
    OwnDecision,
}

/// The answer of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// It depends on the day of birth: ask again with it.
    AskBirth,
    /// It stays.
    Keep {
        /// Until when.
        until: Until,
        /// The section of law.
        section: &'static str,
    },
    /// It is erased.
    Purge {
        /// The section of law.
        section: &'static str,
        /// The last day on which that is in time; none where it is due at once.
        by: Option<Date>,
    },
}

impl Keeper {
    /// Who an organisation is to the rules.
    pub fn of(organisation: &OrgId, kind: MemberKind, status: SocialServicesStatus) -> Self {
        match (kind, organisation.kommunkod(), status) {
            (MemberKind::Municipality, Some(code), _) => Self::Municipality(code.to_owned()),
            (_, _, SocialServicesStatus::Contracted | SocialServicesStatus::Permit) => {
                Self::PrivatePerformer
            }
            (
                MemberKind::Municipality
                | MemberKind::EnforcementAuthority
                | MemberKind::PrisonAndProbation
                | MemberKind::StateAgency
                | MemberKind::Coordinator
                | MemberKind::Region,
                ..,
            )
            | (_, _, SocialServicesStatus::Authority) => Self::OtherAuthority,
            (_, _, SocialServicesStatus::None) => Self::OutsideTheLaw,
        }
    }
}

impl Keeper {
    /// The last day on which anything may have been noted in a case that is purged today; none where
    /// nothing is ever purged. Spares looking at what cannot be due.
    pub fn noted_at_latest(&self, today: Date) -> Option<Date> {
        match self {
            Self::Municipality(code) if keeps_all_for_research(code) => None,
            Self::Municipality(_) => Some(after_years(today, -5)),
            Self::OtherAuthority => None,
            Self::PrivatePerformer => Some(after_years(today, -2)),
            Self::OutsideTheLaw => Some(today.saturating_sub(30.days())),
        }
    }
}

/// Says what becomes of a case on a day.
pub fn retention(keeper: &Keeper, case: &CaseFacts, birth: Birth, today: Date) -> Retention {
    match keeper {
        Keeper::Municipality(code) => municipality(code, case, birth, today),
        Keeper::OtherAuthority => keep(Until::OwnDecision, "arkivlagen 10 §"),
        Keeper::PrivatePerformer => private_performer(case, today),
        Keeper::OutsideTheLaw => outside_the_law(case, today),
    }
}

fn municipality(code: &str, case: &CaseFacts, birth: Birth, today: Date) -> Retention {
    if !case.is_closed {
        return keep(Until::Closed, "SoL 16:1");
    }
    if case.child_placed {
        return keep(Until::Forever, "SoL 16:2");
    }
    if keeps_all_for_research(code) {
        return keep(Until::Forever, "Socialtjänstförordn. 13:1");
    }
    let five_years = after_years(case.last_note, 5);
    if today < five_years {
        return keep(Until::Day(five_years), "SoL 16:1");
    }
    match birth {
        Birth::NotAsked => Retention::AskBirth,
        Birth::Unknown if case.about_child => keep(Until::Forever, "SoL 16:2 a"),
        Birth::Unknown => keep(Until::Forever, "Socialtjänstförordn. 13:1"),
        Birth::Day(born) if RESEARCH_BIRTH_DAYS.contains(&born.day()) => {
            keep(Until::Forever, "Socialtjänstförordn. 13:1")
        }
        Birth::Day(born) if case.about_child => {
            let grown = five_years.max(after_years(born, 30));
            purge_from(grown, today, "SoL 16:2 a")
        }
        Birth::Day(_) => purge_from(five_years, today, "SoL 16:1"),
    }
}

fn private_performer(case: &CaseFacts, today: Date) -> Retention {
    if !case.is_closed {
        return keep(Until::Closed, "SoL 17:2");
    }
    let two_years = after_years(case.last_note, 2);
    if today < two_years {
        return keep(Until::Day(two_years), "SoL 17:2");
    }
    if case.about_child {
        return keep(Until::HandedOver, "SoL 17:2-4");
    }
    Retention::Purge { section: "SoL 17:2", by: None }
}

fn outside_the_law(case: &CaseFacts, today: Date) -> Retention {
    if !case.is_closed {
        return keep(Until::Closed, "GDPR 5.1 e");
    }
    let ended = case.consent_ends.map_or(case.last_note, |ends| ends.max(case.last_note));
    let thirty_days = ended.saturating_add(30.days());
    if today < thirty_days {
        return keep(Until::Day(thirty_days), "GDPR 5.1 e");
    }
    Retention::Purge { section: "GDPR 5.1 e", by: None }
}

const fn keep(until: Until, section: &'static str) -> Retention {
    Retention::Keep { until, section }
}

/// Purged from a day on, and by the end of the calendar year after it (SoL 16:1).
fn purge_from(day: Date, today: Date, section: &'static str) -> Retention {
    if today < day {
        return keep(Until::Day(day), section);
    }
    let year_after = day.year().saturating_add(1).min(Date::MAX.year());
    Retention::Purge { section, by: Some(date(year_after, 12, 31)) }
}

/// The same day so many years later; the day before 1 March where there is no 29 February.
fn after_years(day: Date, years: i64) -> Date {
    day.saturating_add(years.years())
}

fn keeps_all_for_research(code: &str) -> bool {
    code == RESEARCH_MUNICIPALITY || RESEARCH_COUNTIES.iter().any(|county| code.starts_with(county))
}
