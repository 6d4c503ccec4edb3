//! A call for places at the keyboard: Kalmar asks, Stadsmissionen answers, Nybro reads that it is taken.

use brygga_testkit::eventually;
use serde_json::Value;

use crate::evening::{Evening, SHELTER, known, sees_available};

/// What a command answers as JSON.
fn json(evening: &Evening, whose: &str, command: &[&str]) -> Value {
    let printed = evening.region.run(whose, &[command, &["--output", "json"]].concat());
    serde_json::from_str(&printed).expect("one object")
}

/// The last digits of an identifier, as a person types them.
fn ending(id: &Value) -> String {
    id.as_str().expect("an id").replace('-', "")[24..].to_owned()
}

/// Waits until a call stands so at somebody.
async fn stands(evening: &Evening, whose: &str, id: &str, state: &str) -> Value {
    eventually("the call stands so", || async {
        let listed = json(evening, whose, &["call", "list"]);
        let calls = listed["calls"].as_array()?;
        let is_it = |call: &&Value| call["state"] == state && ending(&call["call_id"]) == id;
        calls.iter().find(is_it).cloned()
    })
    .await
}

/// Verified: the call is placed by words, answered by a part of the service's name with as many places as are looked for,
/// and ends as a hold that Kalmar confirms; Nybro reads in Swedish that somebody was first; a second call is called off.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_placed_answered_and_read_at_the_keyboard() {
    let evening = Evening::agreed().await;
    evening.publish(3, 0).await;
    sees_available(&evening.kalmar, SHELTER, 3).await;
    let agreement = known(&evening.kalmar, SHELTER).await.expect("it is seen").agreement_id;
    let agreement = hex::encode(agreement);
    let place = [
        ["call", "place", "--agreement", &agreement, "--service", "night-shelter"],
        ["--line", "women/night", "--places", "2", "--answer-within", "10m"],
    ]
    .concat();
    let placed = json(&evening, "kalmar", &place);
    assert_eq!(placed["call"]["state"], "OPEN", "{placed}");
    assert_eq!(placed["call"]["parties"].as_array().map(Vec::len), Some(2));
    let id = ending(&placed["call"]["call_id"]);
    stands(&evening, "stadsmissionen", &id, "OPEN").await;
    let answered = json(&evening, "stadsmissionen", &["call", "answer", &id, "natt"]);
    assert_eq!(answered["call"]["caller"], "kommun:0880");
    stands(&evening, "stadsmissionen", &id, "WON").await;
    let taken = json(&evening, "kalmar", &["call", "show", &id]);
    assert_eq!(taken["call"]["state"], "TAKEN");
    let hold = ending(&taken["call"]["hold_id"]);
    let confirmed = json(&evening, "kalmar", &["hold", "confirm", &hold, "--wait", "20s"]);
    assert_eq!(confirmed["hold"]["state"], "CONFIRMED");
    stands(&evening, "nybro", &id, "TAKEN").await;
    let read = evening.region.run("nybro", &["call", "show", &id, "--language", "sv"]);
    assert!(read.contains("någon var först") && read.contains("2 kvinnor, natt"), "{read}");

    let second = json(&evening, "kalmar", &place);
    let id = ending(&second["call"]["call_id"]);
    let off = evening.region.run("kalmar", &["call", "off", &id, "--language", "sv"]);
    assert!(off.contains("avbruten av den som frågade"), "{off}");
    stands(&evening, "nybro", &id, "CALLED_OFF").await;
}
