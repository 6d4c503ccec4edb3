//! Kronofogden's morning: three evictions told from a file, and what has become of them by the afternoon.
//!
//! It is played on the next day whose morning is still to come. Its two nodes have their clocks put on
//! before they start, and their staff's tokens are issued by the same clock; the commands themselves
//! are those of any day.

mod afternoon;
mod desk;

use brygga_identity::roles::Role;
use serde_json::{Value, json};

use super::places::{ALL, BORGHOLM, KALMAR, KRONOFOGDEN, MORNING};
use super::stage::Stage;
use super::story::{agree, expect, join, short, text};
use crate::failure::Failure;
use crate::when;

use desk::{Desk, Hours};

/// Whom the notices are about; all invented, and the number is on the tax agency's list of test numbers.
const FILE: &str = "\
kind;case_number;municipality;protection;tenant_name;tenant_number;address;planned_at;ground;landlord;\
children;children_count;living_form;other_occupants;contact
SCHEDULED;U-2101-26;0885;NONE;Maria Testsson;199001012385;Provgatan 3, Borgholm;@T10:00;RENT;MUNICIPAL;\
YES;TWO;PERMANENT;UNKNOWN;0771-000 00
SCHEDULED;U-2102-26;0885;NONE;Sven Testsson;;Provgatan 8, Borgholm;@T11:00;RENT;PRIVATE;\
NO;;;NO;0771-000 00
SCHEDULED;U-2103-26;0885;NONE;Eva Testsson;;Provgatan 14, Borgholm;@T13:00;RENT;PRIVATE;\
NO;;;NO;0771-000 00
";
const CASES: [&str; 3] = ["U-2101-26", "U-2102-26", "U-2103-26"];

/// The ids of the three notices, by what is in them.
struct Notices {
    with_children: String,
    taken_back: String,
    ordinary: String,
}

/// Begins with two nodes that only this scene needs, and stops them at its end.
pub(super) async fn play(stage: &mut Stage) -> Result<(), Failure> {
    stage.scene("Kronofogdens morgon.", "Kronofogden's morning.");
    set_up(stage).await?;
    let hours = Hours::of_the_next_morning(when::now())?;
    let kronofogden = Desk::new(KRONOFOGDEN, Role::KfmOfficer);
    let borgholm = Desk::new(BORGHOLM, Role::CaseWorker);
    let desks = [&kronofogden, &borgholm];
    hours.strike(stage, desks, hours.morning).await?;
    let notices = feed(stage, &kronofogden)?;
    read(stage, &borgholm, &notices, &hours).await?;
    take_back(stage, desks, &notices).await?;
    hours.strike(stage, desks, hours.afternoon).await?;
    afternoon::confirm(stage, desks, &notices, &hours).await?;
    afternoon::unconfirmed(stage, desks, &notices, "WARNING").await?;
    hours.strike(stage, desks, hours.late).await?;
    afternoon::unconfirmed(stage, desks, &notices, "ESCALATED").await?;
    for place in MORNING {
        stage.stop(place)?;
    }
    stage.scene(
        "Kronofogdens och Borgholms noder är stoppade.",
        "The nodes of Kronofogden and Borgholm are stopped.",
    );
    Ok(())
}

/// Both join, and agree that notices go this way, by the machine's own clock.
async fn set_up(stage: &mut Stage) -> Result<(), Failure> {
    for place in MORNING {
        join(stage, place)?;
    }
    let registry = format!("{}/registry/registry.json", stage.dir(KALMAR));
    let others = ALL.into_iter().filter(|place| place.name != KALMAR.name);
    for place in others.chain(MORNING) {
        stage.run(place, &["registry", "install", "--file", &registry])?;
    }
    for place in MORNING {
        stage.start(place).await?;
    }
    let terms = ["--template", "kfm-cooperation", "--with", KRONOFOGDEN.organisation];
    let id = agree(stage, [BORGHOLM, KRONOFOGDEN], &terms).await?;
    let held = stage.run(KRONOFOGDEN, &["agreement", "show", &id])?;
    expect(&held["terms"], "kind", "KFM_COOPERATION")?;
    stage.tell(
        format!(
            "Kronofogden och Borgholm går med och har undertecknat {}: besked om vräkning går den här vägen",
            short(&id)
        ),
        format!(
            "Kronofogden and Borgholm join and have signed {}: notices of evictions go this way",
            short(&id)
        ),
    );
    Ok(())
}

/// Kronofogden's system delivers a file, and is interrupted, and delivers it again.
fn feed(stage: &mut Stage, kronofogden: &Desk) -> Result<Notices, Failure> {
    let planned = kronofogden.in_three_weeks();
    let file = stage.write("morgonens-besked.csv", &FILE.replace('@', &planned))?;
    let told = kronofogden.run(stage, &["notice", "feed", &file])?;
    expect(&told, "told", &json!(3))?;
    expect(&told, "failed", &json!(0))?;
    let rows: Vec<_> = told["rows"].as_array().into_iter().flatten().collect();
    for (number, (row, case)) in (2..).zip(rows.iter().zip(CASES)) {
        expect(row, "row", &json!(number))?;
        expect(row, "case_number", case)?;
        expect(row, "error", &Value::Null)?;
    }
    let ids: Vec<_> = rows.iter().map(|row| text(row, "notice_id")).collect();
    let listed = kronofogden.run(stage, &["notice", "list"])?;
    let sent = text(&listed["notices"][0], "sent_at");
    let sent = when::parse(&sent).map_err(|_| step(format!("{sent:?} is no time")))?;
    let sent = when::swedish(sent);
    let clock = hour_and_minute(&sent);
    let results: Vec<_> =
        (2..).zip(&ids).map(|(row, id)| format!("{row} → {}", short(id))).collect();
    let results = results.join(", ");
    stage.tell(
        format!(
            "{clock}: Kronofogden matar in morgonens fil; varje rad har sitt besked: {results}"
        ),
        format!(
            "{clock}: Kronofogden feeds the morning's file; each row has its notice: {results}"
        ),
    );
    let again = kronofogden.printed(stage, &["notice", "feed", &file])?;
    if let Some(id) = ids.iter().find(|id| id.is_empty() || !again.contains(id.as_str())) {
        return Err(step(format!("{id:?} is not in {again:?}")));
    }
    let listed = kronofogden.run(stage, &["notice", "list"])?;
    expect(&json!({ "count": listed["notices"].as_array().map(Vec::len) }), "count", &json!(3))?;
    stage.tell(
        "Samma fil en gång till ger samma besked: inget sägs två gånger",
        "The same file once more gives the same notices: nothing is told twice",
    );
    match <[String; 3]>::try_from(ids) {
        Ok([with_children, taken_back, ordinary]) => {
            Ok(Notices { with_children, taken_back, ordinary })
        }
        Err(ids) => Err(step(format!("{} notices", ids.len()))),
    }
}

/// The municipality sees all three, and what the one with children leaves to do.
async fn read(
    stage: &mut Stage,
    borgholm: &Desk,
    notices: &Notices,
    hours: &Hours,
) -> Result<(), Failure> {
    let list = ["notice", "list"];
    let come = |listed: &Value| listed["notices"].as_array().map_or(0, Vec::len) == CASES.len();
    borgholm.until(stage, &list, come).await?;
    let table = borgholm.printed(stage, &list)?;
    if let Some(case) = CASES.iter().find(|case| !table.contains(**case)) {
        return Err(step(format!("{case} is not in {table:?}")));
    }
    stage.tell(
        "Borgholm listar dem: tre besked, vart och ett ska bekräftas före midnatt",
        "Borgholm lists them: three notices, each to be confirmed before midnight",
    );
    let show = ["notice", "show", &notices.with_children];
    let shown = borgholm.run(stage, &show)?;
    expect(&shown["content"], "tenant_name", "Maria Testsson")?;
    expect(&shown["content"], "children", "YES")?;
    expect(&shown, "tasks", &json!(["CONSIDER_CHILD_REPORT", "SEEK_OUT_OTHERS"]))?;
    borgholm.printed(stage, &show)?;
    stage.tell(
        "Det bor barn på Provgatan 3: överväg en orosanmälan, och sök upp andra som bor där; ingenting görs av sig självt",
        "Children live at Provgatan 3: consider a report of concern, and seek out others there; nothing is done by itself",
    );
    let notice = &shown["notice"];
    expect(notice, "alarm", "UNSPECIFIED")?;
    for (field, at) in [
        ("warning_at", hours.at(14, 0)),
        ("escalation_at", hours.at(16, 0)),
        ("breach_at", hours.midnight()),
    ] {
        expect(notice, field, when::rfc3339(at).as_str())?;
    }
    stage.tell(
        "Noden säger själv när det blir sent: varning kl. 14, eskalering kl. 16, för sent vid midnatt",
        "The node itself says when it gets late: a warning at 14:00, escalation at 16:00, too late at midnight",
    );
    Ok(())
}

/// The landlord has been paid.
async fn take_back(
    stage: &mut Stage,
    [kronofogden, borgholm]: [&Desk; 2],
    notices: &Notices,
) -> Result<(), Failure> {
    let id = &notices.taken_back;
    kronofogden.run(stage, &["notice", "follow", id, "--kind", "WITHDRAWN"])?;
    let show = ["notice", "show", id];
    let over = |shown: &Value| shown["notice"]["kind"] == "WITHDRAWN";
    let there = borgholm.until(stage, &show, over).await?;
    let here = kronofogden.run(stage, &show)?;
    for shown in [there, here] {
        for clock in ["warning_at", "escalation_at", "breach_at"] {
            expect(&shown["notice"], clock, &Value::Null)?;
        }
    }
    stage.tell(
        "Skulden på Provgatan 8 är betald: Kronofogden tar tillbaka beskedet, och dess klocka stannar i båda ändar",
        "The debt at Provgatan 8 is paid: Kronofogden takes the notice back, and its clock stops at both ends",
    );
    Ok(())
}

fn step(what: String) -> Failure {
    Failure::other("DEMO_STEP", what)
}

/// Of an instant as people read it, the time of day.
fn hour_and_minute(instant: &str) -> &str {
    instant.get(11..16).unwrap_or_default()
}
