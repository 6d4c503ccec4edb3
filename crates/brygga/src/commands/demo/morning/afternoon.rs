//! The afternoon: one notice is confirmed, and one that nobody confirms gets late.

use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::story::{expect, text};
use super::desk::{Desk, Hours};
use super::{Notices, hour_and_minute, step};
use crate::failure::Failure;
use crate::when;

/// Who works with it, invented.
const CASE_WORKER: [&str; 2] = ["Dagny Testsson", "0485-00 00 00"];

/// The municipality confirms, writes the person's copy, and Kronofogden sees it.
pub(super) async fn confirm(
    stage: &mut Stage,
    [kronofogden, borgholm]: [&Desk; 2],
    notices: &Notices,
    hours: &Hours,
) -> Result<(), Failure> {
    let id = notices.ordinary.as_str();
    let [name, phone] = CASE_WORKER;
    let worker = format!("name = {name:?}\nphone = {phone:?}\n");
    let file = stage.write("handlaggare.toml", &worker)?;
    let confirm = ["notice", "confirm", id, "--case-worker-file", &file];
    let confirmed = borgholm.run(stage, &confirm)?;
    let at = text(&confirmed["notice"], "confirmed_at");
    let instant = when::parse(&at).map_err(|_| step(format!("{at:?} is no time")))?;
    if instant < hours.afternoon || instant >= hours.at(15, 50) {
        return Err(step(format!("confirmed at {at}, which is not about 15:40")));
    }
    expect(&confirmed["notice"], "alarm", "UNSPECIFIED")?;
    let people = when::swedish(instant);
    let clock = hour_and_minute(&people);
    stage.tell(
        format!("{clock}: Borgholm bekräftar det tredje beskedet samma dag; {name} är ansvarig handläggare"),
        format!("{clock}: Borgholm confirms the third notice on the same day; {name} is the responsible case worker"),
    );
    copy(stage, borgholm, id, &people)?;
    let show = ["notice", "show", id];
    let told = |shown: &Value| shown["case_worker"] == name;
    let shown = kronofogden.until(stage, &show, told).await?;
    expect(&shown, "phone", phone)?;
    expect(&shown["notice"], "confirmed_at", at.as_str())?;
    let read = kronofogden.printed(stage, &show)?;
    if let Some(missing) = [name, phone, &people].into_iter().find(|part| !read.contains(*part)) {
        return Err(step(format!("{missing} is not in {read:?}")));
    }
    stage.tell(
        format!("Kronofogden ser vem som arbetar med det, numret att ringa och när det bekräftades: {people}"),
        format!("Kronofogden sees who works with it, the number to call and when it was confirmed: {people}"),
    );
    Ok(())
}

/// The person's copy of the answer.
fn copy(stage: &mut Stage, borgholm: &Desk, id: &str, confirmed: &str) -> Result<(), Failure> {
    let out = stage.file("till-personen.md");
    let written = borgholm.run(stage, &["notice", "copy", id, "--out", &out])?;
    expect(&written, "file", out.as_str())?;
    let copy = std::fs::read_to_string(&out).map_err(|error| step(error.to_string()))?;
    let [name, phone] = CASE_WORKER;
    let parts = ["Eva Testsson", "Provgatan 14", name, phone, confirmed];
    if let Some(missing) = parts.into_iter().find(|part| !copy.contains(part)) {
        return Err(step(format!("{missing} is not in {copy:?}")));
    }
    stage.quote(&copy);
    stage.tell(
        "Personens kopia är skriven till en fil: vad, när, vem och vart man ringer; noden sparar den inte",
        "The person's copy is written to a file: what, when, who and whom to call; the node keeps none",
    );
    Ok(())
}

/// Both ends say how late the one is that nobody confirms, and that nothing else is late.
pub(super) async fn unconfirmed(
    stage: &mut Stage,
    desks: [&Desk; 2],
    notices: &Notices,
    alarm: &str,
) -> Result<(), Failure> {
    let wanted = [
        (&notices.with_children, alarm),
        (&notices.taken_back, "UNSPECIFIED"),
        (&notices.ordinary, "UNSPECIFIED"),
    ];
    for desk in desks {
        let listed = desk.run(stage, &["notice", "list"])?;
        let all: Vec<_> = listed["notices"].as_array().into_iter().flatten().collect();
        for (id, alarm) in wanted {
            let found = all.iter().find(|notice| notice["notice_id"] == **id);
            let found = found.ok_or_else(|| step(format!("{id} is not in {listed}")))?;
            expect(found, "alarm", alarm)?;
        }
        expect(&json!({ "count": all.len() }), "count", &json!(wanted.len()))?;
    }
    for desk in desks {
        desk.printed(stage, &["notice", "list"])?;
    }
    match alarm {
        "WARNING" => stage.tell(
            "Beskedet om familjen på Provgatan 3 har ingen bekräftat: båda ändar visar WARNING, inte bekräftat kl. 14",
            "Nobody has confirmed the notice about the family at Provgatan 3: both ends show WARNING, not made at 14:00",
        ),
        _ => stage.tell(
            "Kl. 16 har gått, och fortfarande ingen: båda ändar visar ESCALATED, och bara för det beskedet",
            "It is past 16:00, and still nobody: both ends show ESCALATED, and for that notice alone",
        ),
    }
    Ok(())
}
