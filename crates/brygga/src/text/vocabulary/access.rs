//! The words of the access log: why somebody read, and what a review of it found.

use brygga_proto::local::v1::{AccessGround, BreakGlassReason, ReviewFinding, SampledBecause};

use super::{Word, differ};
use crate::cli::Language;

words!(AccessGround {
    OwnUnit = "hör till den egna funktionen", "belongs to the reader's own unit";
    Handler = "arbetar med ärendet", "works on it";
    DisclosedInside = "utlämnat av funktionen som har det", "disclosed by the unit that owns it";
    BreakGlass = "nödåtkomst med två personer", "the glass was broken with a second person";
    LogReview = "loggranskning eller utdrag till personen", "review of the log, or an extract for the person";
});

words!(BreakGlassReason {
    LifeOrHealth = "fara för liv eller hälsa", "danger to life or health";
    ChildAtRisk = "ett barn kan fara illa", "a child may come to harm";
    HandlerAbsent = "handläggaren kan inte nås", "whoever works on it cannot be reached";
});

words!(ReviewFinding {
    NoRemark = "inget att anmärka på", "nothing to remark";
    AccessUnjustified = "någon läste det som inte hörde till uppgiften", "somebody read what was none of their task";
    GroundUnclear = "det gick inte att utreda varför någon läste", "it was not found out why somebody read";
    RightsTooWide = "någon kan se mer än uppgiften kräver", "somebody may see more than the task needs";
});

words!(SampledBecause {
    Random = "slumpvis", "drawn at random";
    BreakGlass = "nödåtkomst", "the glass was broken";
    ManyPersons = "fler än 25 ärenden på en dag", "more than 25 cases in a day";
    OutsideHours = "på helg, före 6 eller efter 20", "at a weekend, before 6 or after 20";
});
