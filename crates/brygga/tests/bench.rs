//! The benchmarks run, small: what they print of this build means nothing, but they say what they did.

#![expect(clippy::expect_used, reason = "all of this is test code")]

use std::process::Command;

use serde_json::Value;

/// Kronofogden's real node, five municipalities that the benchmark plays, and two real nodes for the figure beside it.
///
/// Verified: every notice is signed for by its municipality and durable with that receipt at the sender, or the command
/// would fail; the count, both rates, the referrals' rate and their ratio are printed, and that the municipalities store
/// nothing.
#[test]
fn a_small_morning_of_notices_is_measured_beside_referrals() {
    let small = ["--count", "60", "--municipalities", "5", "--seconds", "1"];
    let output = Command::new(env!("CARGO_BIN_EXE_brygga"))
        .args(["bench", "notices", "--output", "json"])
        .args(small)
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let notices = &found["notices"];
    let number = |of: &Value| of.as_f64().expect("a number");
    assert_eq!((&notices["notices"], &notices["municipalities"]), (&60.into(), &5.into()));
    assert!(number(&notices["messages_signed_for"]) >= 60.0);
    assert!(number(&notices["signatures_verified"]) >= 1.0);
    assert!(notices["recipients"].as_str().expect("a text").contains("store nothing"));
    let (accepted, receipted) =
        (number(&notices["accepted_per_second"]), number(&notices["receipted_per_second"]));
    assert!(receipted > 0.0 && receipted <= accepted, "{notices}");

    let figure = &found["figures"][0];
    assert_eq!(
        (&figure["name"], &figure["must_reach"]),
        (&"notices_receipted".into(), &0.5.into())
    );
    let (measured, referrals) = (number(&figure["measured"]), number(&figure["floor"]));
    assert!((measured - receipted).abs() < 0.1, "{figure}");
    assert!((referrals - number(&found["referrals"]["per_second"])).abs() < 0.1, "{found}");
    assert!((number(&figure["ratio"]) - measured / referrals).abs() < 0.01, "{figure}");
}
