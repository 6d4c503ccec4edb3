//! The story: a person sleeps rough in Kalmar and belongs to Nybro.

use serde_json::Value;

use super::evening;
use super::morning;
use super::places::{ALL, KALMAR, NYBRO, Place, SAMORDNAREN, STADSMISSIONEN};
use super::protected;
use super::stage::Stage;
use super::withdrawal;
use crate::failure::Failure;

/// The invented person of the demo; the number is on the tax agency's list of test numbers.
const PERSON: &str = r#"
name = "Kim Testsson"
personal_identity_number = "199001012385"
note = "Har sovit ute i två veckor. Vill tillbaka till Nybro."
"#;

pub(super) async fn play(stage: &mut Stage) -> Result<(), Failure> {
    stage.open()?;
    federation(stage).await?;
    let agreement = agreements(stage).await?;
    let consent = consent(stage)?;
    let referral = request(stage, &agreement, &consent).await?;
    answer(stage, &referral).await?;
    away(stage, &consent).await?;
    withdrawal::play(stage, &consent, &referral).await?;
    evening::play(stage).await?;
    coordinator(stage, &referral)?;
    evidence(stage).await?;
    protected::play(stage).await?;
    morning::play(stage).await
}

async fn federation(stage: &mut Stage) -> Result<(), Failure> {
    stage.scene(
        "Fyra organisationer går med i en federation.",
        "Four organisations join a federation.",
    );
    let kalmar = stage.dir(KALMAR);
    for place in ALL {
        if place.name == KALMAR.name {
            stage.run(
                place,
                &[&["init", "--federation", "kalmar.demo"], &setup(place).as_strs()[..]].concat(),
            )?;
        } else {
            join(stage, place)?;
        }
    }
    ways_in(stage)?;
    let registry = format!("{kalmar}/registry/registry.json");
    for place in ALL {
        if place.name != KALMAR.name {
            stage.run(place, &["registry", "install", "--file", &registry])?;
        }
        stage.start(place).await?;
        stage.tell(
            format!(
                "{} har egna nycklar, står i registret och är igång på {}:8443",
                place.title, place.address
            ),
            format!(
                "{} has its own keys, stands in the registry and runs at {}:8443",
                place.title, place.address
            ),
        );
    }
    Ok(())
}

/// Makes a place's directory and has Kalmar admit it.
pub(super) fn join(stage: &Stage, place: Place) -> Result<(), Failure> {
    let invite = stage.file(&format!("invite-{}", place.name));
    stage.run(KALMAR, &["registry", "invite", "--org", place.organisation, "--out", &invite])?;
    stage.run(place, &[&["join", "--invite", &invite], &setup(place).as_strs()[..]].concat())?;
    let request = format!("{}/join-request", stage.dir(place));
    stage.run(KALMAR, &["registry", "admit", "--request", &request])?;
    Ok(())
}

/// One published way in to each municipality for each audience ("en väg in").
fn ways_in(stage: &Stage) -> Result<(), Failure> {
    for (place, phone) in [(KALMAR, "0480-00 00 00"), (NYBRO, "0481-00 00 00")] {
        for audience in ["LANDLORDS", "ORGANISATIONS", "CITIZENS"] {
            let set =
                ["registry", "contact-point", "set", place.organisation, "--audience", audience];
            let how = ["--unit", "en-vag-in", "--phone", phone, "--hours", "vardagar 8-16"];
            stage.run(KALMAR, &[&set[..], &how].concat())?;
        }
    }
    Ok(())
}

/// The options that make a node's directory.
struct Setup(Vec<String>);

impl Setup {
    fn as_strs(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

fn setup(place: Place) -> Setup {
    let federation = format!("{}:8443", place.address);
    let local = format!("{}:8080", place.address);
    let mut words = vec!["--org", place.organisation, "--name", place.title, "--kind", place.kind];
    words.extend(["--address", &federation, "--local-address", &local, "--development"]);
    words.extend(place.units.iter().flat_map(|unit| ["--unit", *unit]));
    Setup(words.into_iter().map(str::to_owned).collect())
}

async fn agreements(stage: &mut Stage) -> Result<String, Failure> {
    stage.scene("Inget går fram utan en överenskommelse.", "Nothing passes without an agreement.");
    let regional = agree(
        stage,
        [KALMAR, NYBRO],
        &["--template", "regional-cooperation", "--with", NYBRO.organisation],
    )
    .await?;
    stage.tell(
        format!(
            "Kalmar och Nybro har undertecknat samarbetsavtalet {}; det gäller hos båda",
            short(&regional)
        ),
        format!(
            "Kalmar and Nybro have signed the regional cooperation {}; it is in force at both",
            short(&regional)
        ),
    );
    let iop = agree(
        stage,
        [KALMAR, STADSMISSIONEN],
        &["--template", "iop", "--with", STADSMISSIONEN.organisation],
    )
    .await?;
    stage.tell(
        format!("Kalmar och Stadsmissionen har undertecknat sitt IOP {}", short(&iop)),
        format!("Kalmar and Stadsmissionen have signed their IOP {}", short(&iop)),
    );
    Ok(regional)
}

/// The first proposes and the other signs.
pub(super) async fn agree(
    stage: &Stage,
    [one, other]: [Place; 2],
    terms: &[&str],
) -> Result<String, Failure> {
    let proposed = stage.run(one, &[&["agreement", "propose"], terms].concat())?;
    let id = text(&proposed["terms"], "agreement_id");
    stage.until(other, &["agreement", "sign", &id], |_| true).await?;
    for place in [one, other] {
        stage
            .until(place, &["agreement", "show", &id], |agreement| agreement["state"] == "ACTIVE")
            .await?;
    }
    Ok(id)
}

fn consent(stage: &mut Stage) -> Result<String, Failure> {
    stage.scene("Personen bestämmer.", "The person decides.");
    let categories = ["--category", "IDENTITY", "--category", "FREE_TEXT"];
    let given = [
        "consent",
        "record",
        "--person-reference",
        "DNR-2026-17",
        "--recipient",
        NYBRO.organisation,
        "--recipient",
        STADSMISSIONEN.organisation,
        "--purpose",
        "säng nu och långsiktig hjälp i Nybro",
        "--days",
        "30",
        "--form",
        "written",
        "--information-given",
    ];
    let recorded = stage.run(KALMAR, &[&given[..], &categories].concat())?;
    let id = text(&recorded, "consent_id");
    stage.tell(
        "Kim har skriftligt samtyckt till att Kalmar lämnar uppgifter till Nybro och Stadsmissionen i 30 dagar",
        "Kim has consented in writing that Kalmar gives data to Nybro and Stadsmissionen for 30 days",
    );
    Ok(id)
}

/// The words of a referral to Nybro's mobile team.
pub(super) fn referral_words<'a>(consent: &'a str, content: &'a str) -> Vec<&'a str> {
    let ground = if consent.is_empty() { vec![] } else { vec!["--consent", consent] };
    let words = vec![
        "referral",
        "request",
        "--to",
        "kommun:0881/mobila-teamet",
        "--service",
        "LONG_TERM_HELP",
        "--ground",
        "CONSENT_12_2",
        "--acute-duty",
        "--host",
        KALMAR.organisation,
        "--home",
        NYBRO.organisation,
        "--content-file",
        content,
    ];
    [words, ground].concat()
}

async fn request(stage: &mut Stage, agreement: &str, consent: &str) -> Result<String, Failure> {
    stage.scene("Kalmar ber Nybro om hjälp.", "Kalmar asks Nybro for help.");
    let content = stage.write("person.toml", PERSON)?;
    stage.refused(KALMAR, &referral_words("", &content), "SEND_CONSENT_MISSING")?;
    stage.tell(
        "Utan samtycke stoppas remissen i Kalmars egen nod: SEND_CONSENT_MISSING, inget har lämnat den",
        "Without a consent the referral is stopped in Kalmar's own node: SEND_CONSENT_MISSING, nothing has left",
    );
    let sent = stage.run(KALMAR, &referral_words(consent, &content))?;
    let id = text(&sent["referral"], "referral_id");
    let rule = text(&sent["referral"], "rule_id");
    stage.tell(
        format!(
            "Kalmar skickar remiss {} till Nybro enligt avtal {}, regel {rule}",
            short(&id),
            short(agreement)
        ),
        format!(
            "Kalmar sends referral {} to Nybro under agreement {}, rule {rule}",
            short(&id),
            short(agreement)
        ),
    );
    let show = ["referral", "show", &id];
    let seen = stage
        .until(KALMAR, &show, |shown| shown["referral"]["delivery_status"] == "DELIVERED")
        .await?;
    expect(&seen["referral"], "acute_duty_holder", KALMAR.organisation)?;
    stage.tell(
        "Nybros nod har kvitterat med sin signatur; det akuta ansvaret är kvar i Kalmar",
        "Nybro's node has signed for it; the acute duty stays with Kalmar",
    );
    Ok(id)
}

async fn answer(stage: &mut Stage, id: &str) -> Result<(), Failure> {
    stage.scene("Nybro svarar.", "Nybro answers.");
    let team = ["--as-unit", "mobila-teamet"];
    let shown = stage.run(NYBRO, &[&["referral", "show", id], &team[..]].concat())?;
    expect(&shown["content"], "name", "Kim Testsson")?;
    stage.run(
        NYBRO,
        &[&["referral", "take-on", id, "--unit", "mobila-teamet"], &team[..]].concat(),
    )?;
    stage
        .until(KALMAR, &["referral", "show", id], |seen| {
            seen["referral"]["taken_on_by"] == "mobila-teamet"
        })
        .await?;
    stage.tell(
        "Mobila teamet i Nybro öppnar remissen med sin nyckel och tar hand om den; Kalmar ser det",
        "The mobile team in Nybro opens the referral with its key and takes it on; Kalmar sees it",
    );
    let not_ours = ["referral", "decline", id, "--reason", "OUT_OF_AREA"];
    stage.refused(NYBRO, &[&not_ours, &team[..]].concat(), "SEND_NEXT_STEP_MISSING")?;
    stage.tell(
        "”Inte vår kommuninvånare” utan nästa steg godtas inte: SEND_NEXT_STEP_MISSING",
        "\"Not our resident\" without a next step is not accepted: SEND_NEXT_STEP_MISSING",
    );
    stage.run(NYBRO, &[&["referral", "accept", id], &team[..]].concat())?;
    let seen = stage
        .until(KALMAR, &["referral", "show", id], |seen| seen["referral"]["status"] == "ACCEPTED")
        .await?;
    expect(&seen["referral"], "acute_duty_holder", NYBRO.organisation)?;
    stage.tell(
        "Nybro tar emot; det akuta ansvaret har gått över",
        "Nybro accepts; the acute duty has passed on",
    );
    stage.run(NYBRO, &[&["referral", "start", id], &team[..]].concat())?;
    stage.run(NYBRO, &[&["referral", "complete", id, "--result", "HOUSED"], &team[..]].concat())?;
    stage
        .until(KALMAR, &["referral", "show", id], |seen| seen["referral"]["status"] == "COMPLETED")
        .await?;
    stage.tell(
        "Kim har fått en bostad; Kalmar ser utfallet",
        "Kim has been housed; Kalmar sees the outcome",
    );
    Ok(())
}

async fn away(stage: &mut Stage, consent: &str) -> Result<(), Failure> {
    stage.scene("Nybros nod är nere.", "Nybro's node is down.");
    stage.stop(NYBRO)?;
    let content = stage.file("person.toml");
    let sent = stage.run(KALMAR, &referral_words(consent, &content))?;
    let id = text(&sent["referral"], "referral_id");
    expect(&sent["referral"], "delivery_status", "QUEUED")?;
    stage.tell(
        format!("Nybro är nere; Kalmars remiss {} är sparad och väntar", short(&id)),
        format!("Nybro is down; Kalmar's referral {} is stored and waits", short(&id)),
    );
    stage.start(NYBRO).await?;
    let show = ["referral", "show", &id];
    stage.until(KALMAR, &show, |shown| shown["referral"]["delivery_status"] == "DELIVERED").await?;
    stage.tell(
        "Nybro är uppe igen; remissen är framme, en gång",
        "Nybro is back; the referral has arrived, once",
    );
    Ok(())
}

fn coordinator(stage: &mut Stage, referral: &str) -> Result<(), Failure> {
    stage.scene(
        "Ingen annan ser något, och det går att visa.",
        "Nobody else sees anything, and that can be shown.",
    );
    let show = ["referral", "show", referral];
    stage.refused(SAMORDNAREN, &show, "SEND_ROLE_DENIED")?;
    stage.refused(
        SAMORDNAREN,
        &[&show[..], &["--as-role", "REGIONAL_COORDINATOR"]].concat(),
        "SEND_ROLE_DENIED",
    )?;
    stage.tell(
        "Samordnaren har ingen väg till ett ärende, i någon av sina roller: SEND_ROLE_DENIED",
        "The coordinator has no way to a case, in any of the roles: SEND_ROLE_DENIED",
    );
    Ok(())
}

async fn evidence(stage: &mut Stage) -> Result<(), Failure> {
    let bundle = stage.file("kalmar-audit.jsonl");
    stage.until(KALMAR, &["audit", "export", "--out", &bundle], |_| true).await?;
    let verified = stage.run(KALMAR, &["audit", "verify", &bundle])?;
    let size = verified["size"].as_u64().unwrap_or(0);
    let good = std::fs::read_to_string(&bundle)
        .map_err(|error| Failure::other("BUNDLE", error.to_string()))?;
    let forged = stage.write("forged-audit.jsonl", &without_one_line(&good))?;
    stage.refused_any(KALMAR, &["audit", "verify", &forged])?;
    stage.tell(
        format!("Kalmars logg med {size} beslut är hel; en kopia där ett beslut saknas avslöjas"),
        format!("Kalmar's log of {size} decisions is whole; a copy that lacks one is found out"),
    );
    Ok(())
}

/// The bundle without one of its last lines.
fn without_one_line(bundle: &str) -> String {
    let mut lines: Vec<&str> = bundle.lines().collect();
    lines.remove(lines.len().saturating_sub(2));
    lines.join("\n") + "\n"
}

pub(super) fn expect<T>(value: &Value, field: &str, wanted: &T) -> Result<(), Failure>
where
    T: ?Sized + std::fmt::Display,
    Value: PartialEq<T>,
{
    if value[field] == *wanted {
        return Ok(());
    }
    Err(Failure::other("DEMO_STEP", format!("{field} is {}, expected {wanted}", value[field])))
}

pub(super) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// The end of an identifier, for people: the beginning of many tells only the time.
pub(super) fn short(id: &str) -> &str {
    id.len().checked_sub(8).and_then(|start| id.get(start..)).unwrap_or(id)
}
