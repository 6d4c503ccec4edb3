//! A protected relocation between two municipalities, and then what everybody else can see of it.
//!
//! What is printed never says where the person went.

mod officers;
mod outside;

use std::time::Instant;

use serde_json::Value;

use super::places::{
    ALL, FJARRKOPING, GRANNVIK, GUESTS, KALMAR, NYBRO, Place, SAMORDNAREN, SMAVIK,
};
use super::stage::Stage;
use super::story::{expect, join, text};
use crate::failure::Failure;

use officers::{Team, in_a_week};
use outside::Outside;

/// Whoever speaks over the coordinator's node.
const MEMBERS: [Place; 5] = [SMAVIK, GRANNVIK, KALMAR, NYBRO, FJARRKOPING];
/// Where the person goes; nothing that is printed names it.
const DESTINATION: Place = FJARRKOPING;
/// Another that offers and never learns who asked.
const PASSED_OVER: Place = NYBRO;

/// How the network speaks: as `exchange-network`, but every second, so that the demo need not wait.
const NETWORK: &str = r#"
kind = "EXCHANGE_NETWORK"
title = "Nätverk för byte av bostadsort"
subjects = ["RELOCATION"]
valid_days = 730
consent_max_days = 90
legal_references = ["SoL 29:7", "SoL 29:8"]
response_times = { urgent_hours = 24, routine_hours = 120 }

[[parties]]
organisation = "demo:samordnaren-kalmar-lan"
role = "COORDINATOR"

[[rules]]
rule_id = "skyddat-boende"
effect = "PROHIBIT"
action = "REFERRAL_SEND"
service_types = ["PROTECTED_HOUSING"]

[[rules]]
rule_id = "sammanstallning"
effect = "PERMIT"
action = "AGGREGATE_READ"
to = ["demo:samordnaren-kalmar-lan"]

[network]
slot_seconds = 1
cells_per_slot = 2
least_candidates = 3
"#;

/// The invented person; the number is on the tax agency's list of test numbers.
const PERSON: [&str; 3] = ["Vera Testsson", "199001012385", "hotas av en närstående"];
/// Who answered the call-back.
const SPOKE_WITH: &str = "Dagny Testsson";

/// Begins with nodes that only this scene needs, and stops them at its end.
pub(super) async fn play(stage: &mut Stage) -> Result<(), Failure> {
    let begun = Instant::now();
    let agreement = network(stage).await?;
    let origin = Team::enrol(stage, SMAVIK)?;
    let destination = Team::enrol(stage, DESTINATION)?;
    let passed_over = Team::enrol(stage, PASSED_OVER)?;
    stage.tell(
        "Särskilt utsedda handläggare, två i varje kommun, har var sin nyckel; någon på en annan enhet granskar dem",
        "Appointed officers, two in each municipality, have a key each; somebody of another unit reviews them",
    );
    let outside = Outside::before(stage, &agreement)?;
    let case = open(stage, &origin, &agreement)?;
    let there = offers(stage, &case, &origin, &destination, &passed_over).await?;
    disclose(stage, &case, &origin).await?;
    arrive(stage, &there, &destination).await?;
    move_in(stage, [&case, &there], &origin, &destination).await?;
    outside.look(stage, &case, &[&origin, &destination, &passed_over])?;
    for place in GUESTS {
        stage.stop(place)?;
    }
    let took = begun.elapsed().as_secs();
    stage.scene(
        &format!("Det skyddade bytet tog {took} sekunder. De tre kommunernas noder är stoppade."),
        &format!("The protected relocation took {took} seconds. The three municipalities' nodes are stopped."),
    );
    Ok(())
}

/// Three more municipalities join, and five agree upon a network that the coordinator's node carries.
async fn network(stage: &mut Stage) -> Result<String, Failure> {
    stage.scene(
        "Någon är hotad och måste flytta, och ingen får veta vart.",
        "Somebody is threatened and has to move, and nobody may learn where.",
    );
    for place in GUESTS {
        join(stage, place)?;
    }
    let registry = format!("{}/registry/registry.json", stage.dir(KALMAR));
    for place in ALL.into_iter().chain(GUESTS).filter(|place| place.name != KALMAR.name) {
        stage.run(place, &["registry", "install", "--file", &registry])?;
    }
    for place in GUESTS {
        stage.start(place).await?;
    }
    let file = stage.write("network.toml", NETWORK)?;
    let mut propose = vec!["agreement", "propose", "--file", &file];
    let others = MEMBERS.iter().filter(|place| place.name != SMAVIK.name);
    propose.extend(others.flat_map(|place| ["--with", place.organisation]));
    let proposed = stage.until(SMAVIK, &propose, |_| true).await?;
    let id = text(&proposed["terms"], "agreement_id");
    for place in [GRANNVIK, KALMAR, NYBRO, FJARRKOPING, SAMORDNAREN] {
        stage.until(place, &["agreement", "sign", &id], |_| true).await?;
    }
    for place in MEMBERS.into_iter().chain([SAMORDNAREN]) {
        stage.until(place, &["agreement", "show", &id], |held| held["state"] == "ACTIVE").await?;
    }
    // A receipt that came later would look as if the move had left it.
    let all_receipted = |listed: &Value| listed["messages"].as_array().is_some_and(Vec::is_empty);
    for place in MEMBERS.into_iter().chain([SAMORDNAREN]) {
        stage.until(place, &["outbox", "list"], all_receipted).await?;
    }
    stage.tell(
        "Fem kommuner, tre av dem nya här, är ett nätverk; alla ska säga lika mycket varje sekund, över samordnarens nod",
        "Five municipalities, three of them new here, are a network; each is to say as much every second, over the \
         coordinator's node",
    );
    Ok(id)
}

/// Opens a case and asks, without anybody learning who asks.
fn open(stage: &mut Stage, origin: &Team, agreement: &str) -> Result<String, Failure> {
    let with = origin.other.id.as_str();
    let open = ["open", "--with", with, "--agreement", agreement, "--route", "APPLICATION_29_7"];
    let protection = ["--level", "PROTECTED_REGISTRATION", "--secrecy-basis", "OSL_21_3_A"];
    let excluded = ["--exclude", GRANNVIK.organisation];
    let need = ["--adults", "1", "--child", "0_5", "--housing", "DWELLING", "--support", "WEEKLY"];
    let when = ["--earliest", "NOW"];
    let words = [&open[..], &protection, &excluded, &need, &when].concat();
    let case = text(&origin.one.run(stage, &words)?, "relocation_id");
    let asked = origin.one.run(stage, &["enquire", &case, "--until", &in_a_week()])?;
    expect(&asked["relocation"], "stage", "ENQUIRED")?;
    stage.tell(
        "Småvik frågar nätverket i koder, utan namn och utan att någon ser vem som frågar; grannkommunen är undantagen",
        "Småvik asks the network in codes, with no name and nobody seeing who asks; its neighbour is excluded",
    );
    Ok(case)
}

/// Two offer, and the person chooses. Returns the case at the destination.
async fn offers(
    stage: &mut Stage,
    case: &str,
    origin: &Team,
    destination: &Team,
    passed_over: &Team,
) -> Result<String, Failure> {
    let there = destination.offer(stage).await?;
    let elsewhere = passed_over.offer(stage).await?;
    let both = |shown: &Value| shown["relocation"]["offers"].as_array().map_or(0, Vec::len) == 2;
    let shown = origin.one.until(stage, &["show", case], both).await?;
    stage.tell(
        "Två kommuner erbjuder en bostad; bara Småviks två handläggare kan öppna erbjudandena",
        "Two municipalities offer a dwelling; only Småvik's two officers can open the offers",
    );
    let offers = shown["relocation"]["offers"].as_array().into_iter().flatten();
    let mut chosen = offers.filter(|offer| offer["organisation"] == DESTINATION.organisation);
    let number = chosen.next().map(|offer| offer["number"].to_string()).unwrap_or_default();
    let chosen = origin.one.run(stage, &["select", case, "--offer", &number])?;
    expect(&chosen["relocation"], "stage", "SELECTED")?;
    let waits = passed_over.one.run(stage, &["show", &elsewhere])?;
    expect(&waits["relocation"], "stage", "OFFERED")?;
    expect(&waits["relocation"], "origin", &Value::Null)?;
    stage.tell(
        "Personen väljer; den kommun som inte valdes får aldrig veta vem som frågade",
        "The person chooses; the municipality that was not chosen never learns who asked",
    );
    Ok(there)
}

/// Call-back, and disclosure by two officers.
async fn disclose(stage: &mut Stage, case: &str, origin: &Team) -> Result<(), Failure> {
    let content = stage.write("skyddad.txt", &PERSON.join(", "))?;
    let answered = stage.write("svarade.txt", &format!("{SPOKE_WITH}\n"))?;
    origin.other.refused(stage, &["release", case], "SEND_RELEASE_MISSING")?;
    origin.one.run(stage, &["call-back", case, "--spoke-with-file", &answered])?;
    origin.one.run(stage, &["prepare", case, "--content-file", &content])?;
    origin.one.refused(stage, &["release", case], "SEND_RELEASE_MISSING")?;
    let released = origin.other.run(stage, &["release", case])?;
    expect(&released["relocation"], "stage", "DISCLOSED")?;
    stage.tell(
        "Utan motringning och en andra handläggare lämnas inget ut: SEND_RELEASE_MISSING; med båda går det iväg",
        "Without a call-back and a second officer nothing is told: SEND_RELEASE_MISSING; with both it goes",
    );
    Ok(())
}

/// Opened by two officers.
async fn arrive(stage: &mut Stage, there: &str, destination: &Team) -> Result<(), Failure> {
    destination.reaches(stage, there, "ARRIVED").await?;
    let one = destination.one.run(stage, &["open-disclosure", there])?;
    expect(&one["relocation"], "content", "")?;
    let opened = destination.other.run(stage, &["open-disclosure", there])?;
    expect(&opened["relocation"], "stage", "OPENED")?;
    expect(&opened["relocation"], "content", &PERSON.join(", "))?;
    stage.tell(
        "I en annan kommun öppnar den ena handläggaren ingenting ensam; med den andras del kan de läsa vem det gäller",
        "In another municipality one officer alone opens nothing; with the other's share they read who it is about",
    );
    Ok(())
}

/// Accepted, handed over with a receipt, moved and closed.
async fn move_in(
    stage: &mut Stage,
    [case, there]: [&str; 2],
    origin: &Team,
    destination: &Team,
) -> Result<(), Failure> {
    destination.one.run(stage, &["position", there, "--position", "ACCEPTED"])?;
    origin.reaches(stage, case, "ACCEPTED").await?;
    origin.one.run(stage, &["hand-over", case, "--item", "SAFETY_PLAN"])?;
    destination.reaches(stage, there, "HANDING_OVER").await?;
    destination.one.run(stage, &["receive", there, "--item", "SAFETY_PLAN"])?;
    let receipt = |shown: &Value| !shown["relocation"]["handover"][0]["received_at"].is_null();
    origin.one.until(stage, &["show", case], receipt).await?;
    stage.tell(
        "Personen är välkommen; säkerhetsplanen är överlämnad och kvitterad",
        "The person is welcome; the safety plan is handed over and signed for",
    );
    for done in ["moved", "follow-up", "close"] {
        destination.one.run(stage, &[done, there])?;
    }
    origin.reaches(stage, case, "CLOSED").await?;
    stage.tell(
        "Personen har flyttat till en annan kommun; ärendet är avslutat i båda ändar",
        "The person has moved to another municipality; the case is closed at both ends",
    );
    Ok(())
}
