//! What the operator is told about a node that does not run yet.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::region::Region;

/// A node for a demonstration, with its own issuer of tokens.
fn demo() -> Region {
    let region = Region::new();
    region.json(&[
        "init",
        "--dir",
        "node",
        "--org",
        "demo:stadsmissionen-kalmar",
        "--name",
        "Stadsmissionen Kalmar",
        "--federation",
        "demo.example",
        "--development",
    ]);
    region
}

#[test]
fn the_settings_of_a_demonstration_have_no_faults() {
    let region = demo();
    let checked = region.json(&["config", "check", "--dir", "node"]);
    assert_eq!(checked["findings"], serde_json::json!([]));
}

#[test]
fn a_healthy_node_that_was_migrated_has_no_error() {
    let region = demo();
    let (exit, codes) = region.doctor("node");
    assert_eq!(exit, 1);
    assert!(codes.iter().any(|code| code.starts_with("STORE_")), "{codes:?}");
    let migrated = region.json(&["migrate", "--dir", "node"]);
    assert!(!migrated["applied"].as_array().unwrap().is_empty());
    assert_eq!(region.json(&["migrate", "--dir", "node"])["applied"], serde_json::json!([]));
    assert_eq!(region.doctor("node"), (0, Vec::new()));
}

#[test]
fn a_municipality_without_ways_in_is_warned() {
    let region = Region::new();
    region.found_kalmar();
    let (_, codes) = region.doctor("kalmar");
    assert_eq!(codes.iter().filter(|code| *code == "CONTACT_POINT_NOT_UNIQUE").count(), 3);
}

#[test]
fn each_fault_has_its_own_code() {
    let region = demo();
    region.json(&["migrate", "--dir", "node"]);
    let key = region.path("node/keys/signing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(region.doctor("node"), (1, vec!["KEY_PERMISSIONS".to_owned()]));
    fs::remove_file(&key).unwrap();
    assert_eq!(region.doctor("node"), (1, vec!["KEY_MISSING".to_owned()]));

    let region = demo();
    region.json(&["migrate", "--dir", "node"]);
    fs::write(region.path("node/registry/registry.json"), "{}").unwrap();
    assert_eq!(region.doctor("node"), (1, vec!["REGISTRY_UNUSABLE".to_owned()]));

    let region = demo();
    region.json(&["migrate", "--dir", "node"]);
    let settings = region.path("node/brygga.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let text = text.replace("mode = \"demo\"", "mode = \"production\"");
    fs::write(&settings, text).unwrap();
    let (exit, codes) = region.doctor("node");
    assert_eq!(exit, 1);
    assert!(codes.contains(&"DEVELOPMENT_ISSUER_IN_PRODUCTION".to_owned()), "{codes:?}");
    let checked = region.run(&["config", "check", "--dir", "node"]);
    assert_eq!(checked.exit, 1);
    assert!(checked.out.contains("DEVELOPMENT_ISSUER_IN_PRODUCTION"));
}

#[test]
fn keys_of_tokens_that_are_absent_or_of_no_use_are_named() {
    let region = demo();
    region.json(&["migrate", "--dir", "node"]);
    let found = |code: &str| {
        assert_eq!(region.doctor("node"), (1, vec![code.to_owned()]));
    };
    let jwks = region.path("node/development-issuer/jwks.json");
    let good = fs::read(&jwks).unwrap();
    fs::write(&jwks, "{}").unwrap();
    found("JWKS_UNUSABLE");
    fs::remove_file(&jwks).unwrap();
    found("JWKS_UNREADABLE");
    fs::write(&jwks, good).unwrap();

    let key = region.path("node/development-issuer/key.jwk");
    fs::write(&key, "{}").unwrap();
    found("DEVELOPMENT_KEY_UNUSABLE");
    fs::remove_file(&key).unwrap();
    found("KEY_MISSING");
}

#[test]
fn a_directory_without_a_node_says_what_to_do() {
    let region = Region::new();
    let done = region.run(&["doctor", "--dir", "nowhere"]);
    assert_eq!(done.exit, 2);
    assert_eq!(done.err.lines().count(), 2);
    assert!(done.err.contains("NO_NODE_HERE") && done.err.contains("brygga init --help"));
}

#[test]
fn a_database_address_with_a_password_goes_to_a_private_file() {
    let region = Region::new();
    region.json(&[
        "init",
        "--dir",
        "node",
        "--org",
        "kommun:0880",
        "--name",
        "K",
        "--federation",
        "k.example",
        "--address",
        "k.example:8443",
        "--storage",
        "postgres://brygga:secret@localhost/brygga",
    ]);
    let settings = fs::read_to_string(region.path("node/brygga.toml")).unwrap();
    assert!(!settings.contains("secret@"));
    assert_eq!(crate::region::mode(&region.path("node/secrets/database-url")), "600");
}

#[test]
fn only_a_development_issuer_mints_tokens() {
    let region = demo();
    let minted = region.json(&["token", "mint", "--dir", "node", "--role", "case-worker"]);
    assert_eq!(minted["token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(minted["expires_in_seconds"], 300);
    region.found_kalmar();
    let mint = ["token", "mint", "--dir", "kalmar", "--role", "CASE_WORKER"];
    assert_eq!(region.refused(2, &mint), "TOKEN_MISSING");
}
