//! What the operator is told about a node: nothing while it is in order, and each fault by itself.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::region::Region;

/// A node for a demonstration, with its own issuer of tokens, a duty phone and an open local port.
struct Demo {
    region: Region,
    /// In place of the node: it accepts connections and says nothing.
    local: TcpListener,
}

impl std::ops::Deref for Demo {
    type Target = Region;

    fn deref(&self) -> &Region {
        &self.region
    }
}

impl Demo {
    /// Changes the settings.
    fn set(&self, from: &str, to: &str) {
        let file = self.path("node/brygga.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replace(from, to)).unwrap();
    }

    /// The only finding that there is.
    fn finds(&self, code: &str) {
        assert_eq!(self.doctor("node"), (1, vec![code.to_owned()]));
    }
}

const PHONES: &str = "duty_phone_list = [\n";
const PHONE: &str = "{ name_of_function = \"Socialjouren\", phone = \"08-465 004 00\" },";

fn demo() -> Demo {
    let region = Region::new();
    let local = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = local.local_addr().unwrap().to_string();
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
        "--local-address",
        &address,
    ]);
    let demo = Demo { region, local };
    demo.set(PHONES, &format!("{PHONES}{PHONE}\n"));
    demo
}

fn migrated() -> Demo {
    let demo = demo();
    demo.json(&["migrate", "--dir", "node"]);
    demo
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
fn each_fault_of_keys_and_registry_has_its_own_code() {
    let region = migrated();
    let key = region.path("node/keys/signing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    region.finds("KEY_PERMISSIONS");
    fs::remove_file(&key).unwrap();
    region.finds("KEY_MISSING");

    let region = migrated();
    fs::write(region.path("node/registry/registry.json"), "{}").unwrap();
    region.finds("REGISTRY_UNUSABLE");

    let region = migrated();
    region.set("mode = \"demo\"", "mode = \"production\"");
    let (exit, codes) = region.doctor("node");
    assert_eq!(exit, 1);
    assert!(codes.contains(&"DEVELOPMENT_ISSUER_IN_PRODUCTION".to_owned()), "{codes:?}");
    let checked = region.run(&["config", "check", "--dir", "node"]);
    assert_eq!(checked.exit, 1);
    assert!(checked.out.contains("DEVELOPMENT_ISSUER_IN_PRODUCTION"));
}

#[test]
fn keys_of_tokens_that_are_absent_or_of_no_use_are_named() {
    let region = migrated();
    let jwks = region.path("node/development-issuer/jwks.json");
    let good = fs::read(&jwks).unwrap();
    fs::write(&jwks, "{}").unwrap();
    region.finds("JWKS_UNUSABLE");
    fs::remove_file(&jwks).unwrap();
    region.finds("JWKS_UNREADABLE");
    fs::write(&jwks, good).unwrap();

    let key = region.path("node/development-issuer/key.jwk");
    fs::write(&key, "{}").unwrap();
    region.finds("DEVELOPMENT_KEY_UNUSABLE");
    fs::remove_file(&key).unwrap();
    region.finds("KEY_MISSING");
}

#[test]
fn a_node_without_a_duty_phone_is_warned() {
    let region = migrated();
    region.set(PHONE, "");
    region.finds("DUTY_PHONE_MISSING");
}

#[test]
fn a_port_that_others_are_told_and_that_does_not_answer_is_found() {
    let region = migrated();
    let told = "public_endpoint = \"https://localhost:";
    region.set(&format!("{told}8443\""), &format!("{told}1\""));
    let (_, codes) = region.doctor("node");
    assert_eq!(codes, ["ENDPOINT_NOT_LISTED", "ENDPOINT_PORT_DIFFERS"]);
}

#[test]
fn a_node_that_does_not_run_is_found() {
    let Demo { region, local } = migrated();
    drop(local);
    assert_eq!(region.doctor("node"), (1, vec!["NODE_NOT_RUNNING".to_owned()]));
}

#[test]
fn a_certificate_that_was_damaged_is_found() {
    let region = migrated();
    fs::write(region.path("node/keys/node-certificate.pem"), "no certificate").unwrap();
    let (_, codes) = region.doctor("node");
    assert!(codes.contains(&"CERTIFICATE_UNUSABLE".to_owned()), "{codes:?}");
}

#[test]
fn a_low_limit_of_open_files_is_found() {
    let region = migrated();
    let done = Command::new("sh")
        .args(["-c", "ulimit -n 512; exec \"$0\" doctor --dir node --output json"])
        .arg(env!("CARGO_BIN_EXE_brygga"))
        .current_dir(region.path("."))
        .output();
    let found: serde_json::Value = serde_json::from_slice(&done.unwrap().stdout).unwrap();
    assert_eq!(found["findings"][0]["code"], "OPEN_FILES_LOW");
    assert_eq!(found["figures"]["open_files"], 512);
}

#[test]
fn peers_are_tried_only_when_that_is_asked_for() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    let (_, codes) = region.doctor("kalmar");
    assert!(!codes.iter().any(|code| code.starts_with("PEER_")), "{codes:?}");
    let done = region.run(&["doctor", "--dir", "kalmar", "--peers", "--language", "en"]);
    assert!(done.out.contains("PEER_NAME_UNKNOWN: kommun:0881"), "{}", done.out);
    assert!(done.err.is_empty(), "progress without a terminal: {}", done.err);
}

#[test]
fn a_finding_is_told_in_the_readers_language_with_what_to_do() {
    let region = demo();
    let swedish = region.run(&["doctor", "--dir", "node", "--language", "sv"]).out;
    assert!(swedish.contains("fel STORE_"), "{swedish}");
    assert!(
        swedish.contains("\n  starta databasen, eller för en ny nod: brygga migrate"),
        "{swedish}"
    );
    let english = region.run(&["doctor", "--dir", "node", "--language", "en"]).out;
    assert!(english.contains("or for a new node: brygga migrate"), "{english}");
}

#[test]
fn a_node_that_cannot_be_looked_at_exits_with_2() {
    let region = demo();
    fs::write(region.path("node/brygga.toml"), "[node\n").unwrap();
    assert_eq!(region.refused(2, &["doctor", "--dir", "node"]), "SYNTAX");
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

#[test]
fn a_node_in_production_goes_by_the_clock_of_the_machine() {
    let region = Region::new();
    region.found_kalmar();
    let ahead = ["serve", "--dir", "kalmar", "--clock-ahead", "3600"];
    assert_eq!(region.refused(2, &ahead), "CLOCK_IN_PRODUCTION");
    let node = region.run(&["serve", "--help"]);
    assert!(!node.out.contains("clock"), "a scene's option is not offered: {}", node.out);
}
