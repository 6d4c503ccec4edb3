//! A federation in which two of two operators must sign.

use std::fs;

use serde_json::{Value, json};

use crate::region::Region;

/// Makes Nybro's node an operator too, and both of them necessary.
///
/// The second operator's key is made by founding a federation and moving the key: how a
/// federation hands its anchor over is done by people.
fn two_of_two() -> Region {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    region.json(&[
        "init",
        "--dir",
        "other",
        "--org",
        "kommun:0881",
        "--name",
        "x",
        "--federation",
        "other.example",
        "--address",
        "x.example:1",
    ]);
    fs::rename(region.path("other/keys/operator.key"), region.path("nybro/keys/operator.key"))
        .unwrap();
    let read = |dir: &str| -> Value {
        let path = region.path(dir).join("registry/anchor.json");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let keys: Vec<Value> =
        ["kalmar", "other"].into_iter().map(|dir| read(dir)["operator_keys"][0].clone()).collect();
    let anchor = json!({"federation": "kalmar.example", "threshold": 2, "operator_keys": keys});
    // The registry so far has one signature, so both sign a new one under the new anchor.
    for dir in ["kalmar", "nybro"] {
        fs::write(region.path(dir).join("registry/anchor.json"), anchor.to_string()).unwrap();
    }
    region
}

#[test]
fn a_registry_with_too_few_signatures_is_not_used_after_the_anchor_grew() {
    let region = two_of_two();
    let show = ["registry", "show", "--dir", "kalmar"];
    assert_eq!(region.refused(3, &show), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn a_change_binds_nobody_until_the_second_operator_has_signed() {
    let region = two_of_two();
    // The second operator signs the registry that is in use.
    fs::remove_file(region.path("nybro/registry/registry.json")).unwrap();
    fs::rename(region.path("kalmar/registry/registry.json"), region.path("r2")).unwrap();
    let signed =
        region.json(&["registry", "sign", "--dir", "nybro", "--file", "r2", "--out", "r2b"]);
    assert_eq!(signed["in_force"], true);
    region.json(&["registry", "install", "--dir", "kalmar", "--file", "r2b"]);

    let renewed = region.json(&["registry", "renew", "--dir", "kalmar"]);
    assert_eq!(renewed["in_force"], false);
    assert_eq!(renewed["signatures"], json!({"have": 1, "need": 2}));
    assert_eq!(region.json(&["registry", "show", "--dir", "kalmar"])["sequence"], 2);
    let install =
        ["registry", "install", "--dir", "nybro", "--file", "kalmar/registry/pending.json"];
    assert_eq!(region.refused(3, &install), "REGISTRY_TOO_FEW_SIGNATURES");

    let revoke = ["registry", "revoke", "--dir", "kalmar", "--org", "kommun:0881"];
    assert_eq!(region.refused(3, &revoke), "REGISTRY_PENDING");

    let file = "kalmar/registry/pending.json";
    let signed =
        region.json(&["registry", "sign", "--dir", "nybro", "--file", file, "--out", "r3"]);
    assert_eq!(signed["in_force"], true);
    region.json(&["registry", "install", "--dir", "kalmar", "--file", "r3"]);
    assert_eq!(region.json(&["registry", "show", "--dir", "kalmar"])["sequence"], 3);
}
