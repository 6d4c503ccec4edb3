//! A morning's notices from a file, as a state system delivers them.

use brygga_testkit::eventually;
use serde_json::Value;

use crate::notice::{Court, KRONOFOGDEN, list};

const HEADING: &str = "kind;case_number;municipality;protection;tenant_name;address;planned_at;\
    ground;landlord;children;other_occupants;contact";

fn row(number: usize, municipality: &str) -> String {
    format!(
        "SCHEDULED;U-{}-26;{municipality};NONE;Kanarina Fågelsson;Kanariegatan {number};\
         2030-12-02T10:00;RENT;PRIVATE;YES;NO;0771-000 00",
        1000 + number
    )
}

/// Feeds a file, and returns what the program prints for a program, and its exit code.
fn feed(court: &Court, file: &str, text: &str) -> (Value, Option<i32>) {
    let dir = court.region.path(KRONOFOGDEN.name);
    let file = dir.join(file);
    std::fs::write(&file, text).expect("a file");
    let (file, dir) = (file.to_str().expect("a name"), dir.to_str().expect("a name"));
    let line = ["notice", "feed", file, "--output", "json", "--dir", dir];
    let done = court.region.program().run(&line);
    assert!(!done.stderr.contains("Kanarina"), "{}", done.stderr);
    (serde_json::from_str(&done.stdout).expect("JSON"), done.code)
}

/// Verified: each row of a table has its own result, in the order of the file; a row for a municipality that is no member, one
/// with an unknown word and one that is cut off stop no other; the same file again tells nothing twice, also after one of its
/// notices was taken back by a line of JSON that names it; and everything has come once.
#[tokio::test(flavor = "multi_thread")]
async fn a_morning_is_fed_from_a_file_and_can_be_fed_again() {
    let court = Court::agreed().await;
    let mut rows: Vec<String> = (0..40).map(|number| row(number, "0880")).collect();
    rows[3] = row(3, "0999");
    rows[7] = rows[7].replace("PRIVATE", "SLOTT");
    rows[11] = "SCHEDULED;U-1011-26".to_owned();
    let table = [HEADING.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n");
    let (told, code) = feed(&court, "besked.csv", &table);
    assert_eq!(
        (told["told"].as_u64(), told["failed"].as_u64(), code),
        (Some(37), Some(3), Some(1))
    );
    let results = told["rows"].as_array().expect("rows");
    let numbers: Vec<_> = results.iter().filter_map(|one| one["row"].as_u64()).collect();
    assert_eq!(numbers, (2..42).collect::<Vec<_>>());
    let codes: Vec<_> = results.iter().filter_map(|one| one["error"]["code"].as_str()).collect();
    assert_eq!(codes, ["SEND_NOT_FOUND", "NOTICE_FILE", "NOTICE_FILE"]);

    let id = results[0]["notice_id"].as_str().expect("an id");
    let line = format!("{{\"kind\":\"WITHDRAWN\",\"notice_id\":\"{id}\"}}\n");
    for _ in 0..2 {
        let (told, code) = feed(&court, "aterkallad.jsonl", &line);
        assert_eq!((told["told"].as_u64(), code), (Some(1), Some(0)), "{told}");
    }
    let (again, _) = feed(&court, "besked.csv", &table);
    assert_eq!(again["rows"], told["rows"], "the same ids and the same errors");
    assert_eq!(list(&court.kronofogden).await.len(), 37);
    eventually("all have come", || async {
        let come = list(&court.kalmar).await;
        let over = come.iter().filter(|notice| notice.breach_at.is_none()).count();
        (come.len() == 37 && over == 1).then_some(())
    })
    .await;
}

/// ORE-05: two notices in the same minute, the first with children, the later without.
///
/// Verified: in Kalmar's list the one with children stands first with the time by which it is to be confirmed, whichever came
/// last; once it is confirmed it stands where it came; Kronofogden and Kalmar both see that children live there.
#[tokio::test(flavor = "multi_thread")]
async fn ore_05_a_notice_with_children_stands_first_until_it_is_confirmed() {
    let court = Court::agreed().await;
    let rows = [HEADING.to_owned(), row(1, "0880"), row(2, "0880").replace("YES;NO", "NO;NO")];
    let (told, code) = feed(&court, "besked.csv", &rows.join("\n"));
    assert_eq!(code, Some(0), "{told}");
    let first = || async {
        let come = list(&court.kalmar).await;
        let numbers: Vec<_> = come.iter().map(|one| one.case_number.clone()).collect();
        (numbers, come)
    };
    let come = eventually("both have come", || async {
        let (_, come) = first().await;
        (come.len() == 2).then_some(come)
    })
    .await;
    assert_eq!(come[0].case_number, "U-1001-26");
    assert!(come[0].with_children && !come[1].with_children && come[0].breach_at.is_some());
    crate::notice::confirm(&court.kalmar, &come[0]).await.expect("confirmed");
    crate::notice::confirm(&court.kalmar, &come[1]).await.expect("confirmed");
    let (numbers, _) = first().await;
    assert_eq!(numbers, ["U-1002-26", "U-1001-26"], "what changed last");
    let sent = list(&court.kronofogden).await;
    assert!(sent.iter().any(|one| one.with_children), "the sender sees it too");
}
