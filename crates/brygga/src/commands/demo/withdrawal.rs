//! The person changes her mind: everybody stops, and each says what it still holds.

use serde_json::Value;

use super::places::{KALMAR, NYBRO, STADSMISSIONEN};
use super::stage::Stage;
use super::story::{expect, referral_words, text};
use crate::failure::Failure;

/// `housed` is the referral that Nybro has completed; another waits there unanswered.
pub(super) async fn play(stage: &mut Stage, consent: &str, housed: &str) -> Result<(), Failure> {
    let bed = bed(stage, consent).await?;
    stage.scene("Kim ångrar sig.", "Kim changes her mind.");
    let withdrawn = stage.run(KALMAR, &["consent", "withdraw", consent])?;
    let told = withdrawn["stops"].as_array().map_or(0, Vec::len);
    if told != 3 {
        return Err(Failure::other("DEMO_STEP", format!("{told} of 3 recipients were told")));
    }
    let content = stage.file("person.toml");
    stage.refused(KALMAR, &referral_words(consent, &content), "SEND_CONSENT_WITHDRAWN")?;
    stage.tell(
        "Kim återkallar samtycket; alla mottagare får veta det och nästa remiss stoppas: SEND_CONSENT_WITHDRAWN",
        "Kim withdraws the consent; every recipient is told and the next referral is stopped: SEND_CONSENT_WITHDRAWN",
    );
    let show = ["consent", "show", consent];
    let shown = stage.until(KALMAR, &show, all_have_answered).await?;
    let held = |referral: &str| {
        let stops = shown["stops"].as_array().into_iter().flatten();
        let mut of_it = stops.filter(|stop| stop["referral_id"] == referral);
        of_it.next().cloned().unwrap_or_default()
    };
    expect(&held(housed), "still_held", "RETAINED")?;
    expect(&held(housed), "statute", "SoL 16:1")?;
    stage.tell(
        "Nybro svarar: akten om bostaden måste sparas (SoL 16:1) men är stängd; remissen som väntade är raderad",
        "Nybro answers: the file about the home must be kept (SoL 16:1) but is closed; the one that waited is erased",
    );
    expect(&held(&bed), "still_held", "ERASED")?;
    let nothing = stage.run(STADSMISSIONEN, &["referral", "show", &bed])?;
    expect(&nothing, "content", &Value::Null)?;
    let team = ["--as-unit", "mobila-teamet"];
    let closed = stage.run(NYBRO, &[&["referral", "show", housed], &team[..]].concat())?;
    expect(&closed, "content", &Value::Null)?;
    stage.tell(
        "Stadsmissionen svarar: allt är raderat; ingen av dem kan öppna Kims uppgifter längre",
        "Stadsmissionen answers: everything is erased; none of them can open Kim's data any more",
    );
    let receipt = stage.run(KALMAR, &["consent", "receipt", consent, "--style", "easy"])?;
    let lines = receipt["receipt"].as_array().map_or(0, Vec::len);
    if lines == 0 {
        return Err(Failure::other("DEMO_STEP", "the receipt is empty".to_owned()));
    }
    stage.tell(
        format!("Kim får ett kvitto på lättläst svenska, {lines} rader"),
        format!("Kim gets a receipt in easy Swedish, {lines} lines"),
    );
    Ok(())
}

/// Stadsmissionen has given a bed meanwhile.
async fn bed(stage: &mut Stage, consent: &str) -> Result<String, Failure> {
    let content = stage.file("person.toml");
    let words = ["referral", "request", "--to", STADSMISSIONEN.organisation];
    let what = ["--service", "NIGHT_SHELTER", "--ground", "CONSENT_12_2", "--consent", consent];
    let content = ["--content-file", &content];
    let sent = stage.run(KALMAR, &[&words[..], &what[..], &content[..]].concat())?;
    let id = text(&sent["referral"], "referral_id");
    stage.until(STADSMISSIONEN, &["referral", "accept", &id], |_| true).await?;
    let show = ["referral", "show", &id];
    stage.until(KALMAR, &show, |seen| seen["referral"]["status"] == "ACCEPTED").await?;
    stage.tell(
        "Stadsmissionen tar emot och ger en säng så länge",
        "Stadsmissionen accepts and gives a bed meanwhile",
    );
    Ok(id)
}

fn all_have_answered(shown: &Value) -> bool {
    let stops = shown["stops"].as_array();
    stops.is_some_and(|stops| stops.iter().all(|stop| !stop["still_held"].is_null()))
}
