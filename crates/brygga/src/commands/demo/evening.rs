//! The evening in Kalmar: a shelter has two beds left at seven o'clock, and two municipalities look for one.

use serde_json::Value;

use super::places::{KALMAR, NYBRO, Place, STADSMISSIONEN};
use super::stage::Stage;
use super::story::text;
use crate::failure::Failure;

/// What the shelter is; a bed is always for the night.
const SHELTER: &str = r#"
valid_for = "60m"

[description]
name = "Natthärbärget"
service_type = "NIGHT_SHELTER"
place = "BED"
municipality = "0880"
county = "08"
opening = "19:00..08:00"

[[lines]]
for = "ANYBODY"
when = "NIGHT"
baseline = 20
occupied = 18
"#;

pub(super) async fn play(stage: &mut Stage) -> Result<(), Failure> {
    stage.scene("Klockan är sju på kvällen.", "It is seven in the evening.");
    agree(stage).await?;
    let file = stage.write("natt.toml", SHELTER)?;
    stage.run(STADSMISSIONEN, &["capacity", "publish", "--file", &file])?;
    for place in [KALMAR, NYBRO] {
        sees(stage, place, 2).await?;
    }
    stage.tell(
        "Stadsmissionen öppnar natthärbärget: 18 av 20 sängar är belagda; Kalmar och Nybro ser båda två lediga",
        "Stadsmissionen opens the night shelter: 18 of 20 beds are taken; Kalmar and Nybro both see two left",
    );
    let kalmars = hold(stage, KALMAR)?;
    let nybros = hold(stage, NYBRO)?;
    for place in [KALMAR, NYBRO] {
        sees(stage, place, 0).await?;
    }
    stage.tell(
        "Kalmar och Nybro håller var sin säng; båda ser genast att det är fullt",
        "Kalmar and Nybro hold a bed each; both see at once that it is full",
    );
    stage.refused(KALMAR, &place_words(), "REC_CAPACITY_EXHAUSTED")?;
    stage.tell(
        "En tredje säng finns inte: REC_CAPACITY_EXHAUSTED, och ingen har blivit lovad samma säng",
        "There is no third bed: REC_CAPACITY_EXHAUSTED, and nobody was promised the same one",
    );
    stage.run(KALMAR, &["hold", "confirm", &kalmars])?;
    stage.run(NYBRO, &["hold", "cancel", &nybros])?;
    sees(stage, KALMAR, 1).await?;
    stage.tell(
        "Kalmars person kommer dit; Nybro behöver inte sin säng, och den är genast ledig igen",
        "Kalmar's person comes; Nybro does not need its bed, and it is free again at once",
    );
    stage.run(STADSMISSIONEN, &["hold", "departed", &kalmars])?;
    sees(stage, NYBRO, 2).await?;
    stage.tell(
        "På morgonen går gästen vidare, och två sängar är lediga till nästa kväll",
        "In the morning the guest moves on, and two beds are free for the next evening",
    );
    Ok(())
}

/// Stadsmissionen publishes to both municipalities.
async fn agree(stage: &Stage) -> Result<(), Failure> {
    let with = ["--with", NYBRO.organisation, "--with", STADSMISSIONEN.organisation];
    let propose = ["agreement", "propose", "--template", "iop"];
    let proposed = stage.run(KALMAR, &[&propose[..], &with].concat())?;
    let id = text(&proposed["terms"], "agreement_id");
    for other in [NYBRO, STADSMISSIONEN] {
        stage.until(other, &["agreement", "sign", &id], |_| true).await?;
    }
    for place in [KALMAR, NYBRO, STADSMISSIONEN] {
        stage.until(place, &["agreement", "show", &id], |held| held["state"] == "ACTIVE").await?;
    }
    Ok(())
}

/// Waits until a municipality sees so many beds left.
async fn sees(stage: &Stage, place: Place, available: u64) -> Result<(), Failure> {
    let has = |listed: &Value| listed["services"][0]["lines"][0]["available"] == available;
    stage.until(place, &["capacity", "list"], has).await.map(drop)
}

fn place_words() -> [&'static str; 4] {
    ["hold", "place", STADSMISSIONEN.organisation, "natt"]
}

fn hold(stage: &Stage, place: Place) -> Result<String, Failure> {
    let held = stage.run(place, &place_words())?;
    if held["hold"]["state"] != "HELD" {
        return Err(Failure::other("DEMO_STEP", format!("a hold that is not held: {held}")));
    }
    Ok(text(&held["hold"], "hold_id"))
}
