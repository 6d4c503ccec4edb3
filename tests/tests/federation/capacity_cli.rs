//! A shelter's evening at the keyboard: publishing by flags, a file and a table, and holding at another.

use std::fs;
use std::path::Path;

use brygga_testkit::eventually;
use serde_json::Value;

use crate::evening::{Evening, MISSION};

const SHELTER: &str = "stadsmissionen";

/// What a command of the shelter's, or of another's, answers as JSON.
fn json(evening: &Evening, whose: &str, command: &[&str]) -> Value {
    let printed = evening.region.run(whose, &[command, &["--output", "json"]].concat());
    serde_json::from_str(&printed).expect("one object")
}

/// The first line of the only service that another sees.
async fn seen(evening: &Evening, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually("it is told", || async {
        let known = json(evening, "kalmar", &["capacity", "list"]);
        let line = known["services"].get(0)?["lines"].get(0)?.clone();
        wanted(&line).then_some(line)
    })
    .await
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/capacity");
    folder.join(name).to_str().expect("a plain name").to_owned()
}

/// Stadsmissionen publishes a night shelter from a file once, and then one number; Kalmar holds a bed.
///
/// Verified: what is not named stays as it stands, somebody who was slower is told so, and a bed goes from free by held
/// and taken to free again.
#[tokio::test(flavor = "multi_thread")]
async fn an_evening_is_one_number_after_the_first_file() {
    let evening = Evening::agreed().await;
    let file = example("natt.toml");
    let made = json(&evening, SHELTER, &["capacity", "publish", "--file", &file]);
    assert_eq!(made["service"]["lines"][0]["available"], 20);
    let everyday = ["capacity", "publish", "--service", "natt", "--occupied", "12"];
    let stands = json(&evening, SHELTER, &everyday);
    assert_eq!(stands["service"]["service_id"], made["service"]["service_id"]);
    assert_eq!(stands["service"]["sequence"], 2);
    assert_eq!(stands["service"]["lines"][0]["baseline"], 20, "the rest stays");
    assert_eq!(stands["service"]["house_rules"][1], "PETS_ALLOWED");
    seen(&evening, |line| line["available"] == 8).await;

    let dir = evening.region.path(SHELTER);
    let slower = [&everyday[..], &["--sequence", "2", "--overflow", "3", "--language", "sv"]];
    let place = ["--dir", dir.to_str().expect("a plain name")];
    let refused = evening.region.program().run(&[slower.concat(), place.to_vec()].concat());
    assert_eq!(refused.code, Some(3), "{}{}", refused.stdout, refused.stderr);
    assert!(refused.stderr.contains("Någon hann före"), "{}", refused.stderr);
    assert!(refused.stderr.contains("8 lediga, 12 belagda"), "{}", refused.stderr);

    let place = ["hold", "place", MISSION, "natt", "--places", "2", "--wait", "20s"];
    let held = json(&evening, "kalmar", &place);
    assert_eq!(held["hold"]["state"], "HELD", "{held}");
    let id = held["hold"]["hold_id"].as_str().expect("an id").replace('-', "");
    let ending = &id[24..];
    seen(&evening, |line| line["held"] == 2 && line["available"] == 6).await;
    let listed = evening.region.run("kalmar", &["hold", "list", "--language", "sv"]);
    assert!(listed.contains("hållen till"), "{listed}");
    let confirmed = json(&evening, "kalmar", &["hold", "confirm", ending, "--wait", "20s"]);
    assert_eq!(confirmed["hold"]["state"], "CONFIRMED");
    let left = json(&evening, SHELTER, &["hold", "departed", ending]);
    assert_eq!(left["hold"]["state"], "DEPARTED");
    seen(&evening, |line| line["held"] == 0 && line["occupied"] == 12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_published_by_flags_alone_and_withdrawn_by_its_name() {
    let evening = Evening::agreed().await;
    let made = json(
        &evening,
        SHELTER,
        &[
            "capacity",
            "publish",
            "--name",
            "Akutrummen",
            "--type",
            "acute-place",
            "--place",
            "room",
            "--line",
            "WOMEN/ROUND_THE_CLOCK=6/5+1",
            "--line",
            "MEN/ROUND_THE_CLOCK=4/4",
            "--municipality",
            "0880",
            "--pets",
            "--valid-for",
            "30m",
        ],
    );
    assert_eq!(made["service"]["lines"][0]["available"], 2);
    assert_eq!(made["service"]["lines"][1]["status"], "NO_CAPACITY");
    let change = ["capacity", "publish", "--line", "men/round-the-clock", "--occupied", "3"];
    let stands = json(&evening, SHELTER, &change);
    assert_eq!(stands["service"]["lines"][1]["available"], 1);
    assert_eq!(stands["service"]["lines"][0]["available"], 2, "the other line stays");
    evening.region.run(SHELTER, &["capacity", "withdraw", "akutrum"]);
    assert_eq!(
        json(&evening, SHELTER, &["capacity", "services"])["services"],
        Value::Array(vec![])
    );
}

/// Verified: of a table everything but the service with the bad row is published, and the exit code says so.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_table_nothing_of_a_bad_row_is_published() {
    let evening = Evening::agreed().await;
    let good = example("platser.csv");
    let told = json(&evening, SHELTER, &["capacity", "csv", &good]);
    assert_eq!(told["published"], true, "{told}");
    assert_eq!(told["services"][1]["rows"], serde_json::json!([3, 4]));
    let dir = evening.region.path(SHELTER);
    let bad = dir.join("bad.csv");
    let rows = "service,for,when,occupied\nNatthärbärget,,,25\nAkutplatser,WOMEN,,1\nAkutplatser,KATTER,,1\n\
                Värdeskåp,,,9\n";
    fs::write(&bad, rows).expect("a file");
    let dir = dir.to_str().expect("a plain name");
    let command = ["capacity", "csv", bad.to_str().expect("a name"), "--output", "json"];
    let output = evening.region.program().run(&[&command[..], &["--dir", dir]].concat());
    assert_eq!(output.code, Some(1), "{}{}", output.stdout, output.stderr);
    let told: Value = serde_json::from_str(&output.stdout).expect("one object");
    let code = |at: usize| told["services"][at]["error"]["code"].as_str().map(str::to_owned);
    assert_eq!(code(0).as_deref(), Some("SEND_CAPACITY_INVARIANT"));
    assert_eq!(code(1).as_deref(), Some("CAPACITY_FILE"));
    assert_eq!(told["services"][1]["error"]["where"], "row 4");
    assert_eq!(code(2), None);
    let own = json(&evening, SHELTER, &["capacity", "services"]);
    let services = own["services"].as_array().expect("a list");
    let occupied: Vec<_> = services.iter().map(|one| &one["lines"][0]["occupied"]).collect();
    assert_eq!(occupied, [5, 12, 9], "by name: Akutplatser, Natthärbärget, Värdeskåp");
}

/// Verified: a file that is written again is published again, without anybody at the keyboard.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_is_pushed_until_the_client_is_stopped() {
    let evening = Evening::agreed().await;
    let dir = evening.region.path(SHELTER);
    let file = dir.join("platser.csv");
    let write = |occupied: u32| {
        let heading = "service;for;when;baseline;occupied;service_type;place";
        let row = format!("Natthärbärget;ANYBODY;NIGHT;20;{occupied};NIGHT_SHELTER;BED");
        fs::write(&file, format!("{heading}\n{row}\n")).expect("a file");
    };
    write(3);
    let command = ["capacity", "push", file.to_str().expect("a name"), "--every", "1s", "--dir"];
    let dir = dir.to_str().expect("a plain name");
    let mut client = evening.region.program().start(&[&command[..], &[dir]].concat());
    seen(&evening, |line| line["available"] == 17).await;
    write(15);
    seen(&evening, |line| line["available"] == 5).await;
    client.kill().expect("it runs until it is stopped");
    client.wait().expect("it ends");
}
