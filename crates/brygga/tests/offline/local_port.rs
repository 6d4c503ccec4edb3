//! What is said of the certificates at the two ends of the local port, before anything runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use brygga_domain::{OrgId, Seconds, Timestamp};
use brygga_identity::clock::{Clock, SystemClock};
use brygga_identity::tls::MintRequest;

use crate::region::Region;

/// Kalmar's node with a certificate for its local port, which lasts this long, and the same for
/// the program itself.
fn kalmar(lasts: Seconds) -> Region {
    let region = Region::new();
    region.found_kalmar();
    let now = SystemClock.now();
    let minted = MintRequest {
        org: OrgId::parse("kommun:0880").unwrap(),
        federation: "kalmar.example".to_owned(),
        node: 1,
        dns_names: vec!["brygga.kalmar.example".to_owned()],
        not_before: Timestamp::from_millis(0),
        not_after: now.plus(lasts),
    }
    .mint()
    .unwrap();
    write(&region, "kalmar/keys/local.crt", &minted.certificate_pem);
    write(&region, "kalmar/keys/local.key", minted.key_pem.expose());
    let settings = fs::read_to_string(region.path("kalmar/brygga.toml")).unwrap();
    let settings = settings
        .replace("#certificate_file = \"keys/local.crt\"", "certificate_file = \"keys/local.crt\"")
        .replace("#key_file = \"keys/local.key\"", "key_file = \"keys/local.key\"")
        .replace("#certificate_file = \"keys/client.crt\"", "certificate_file = \"keys/local.crt\"")
        .replace("#key_file = \"keys/client.key\"", "key_file = \"keys/local.key\"");
    write(&region, "kalmar/brygga.toml", &settings);
    region
}

fn write(region: &Region, name: &str, text: &str) {
    let path = region.path(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The findings of the doctor that are about these certificates.
fn found(region: &Region) -> Vec<String> {
    let (_, codes) = region.doctor("kalmar");
    let ours = |code: &String| code.contains("_CERTIFICATE_") || code.starts_with("KEY_");
    codes.into_iter().filter(ours).collect()
}

#[test]
fn a_certificate_of_the_local_port_that_ends_within_a_month_is_found() {
    assert_eq!(found(&kalmar(Seconds::days(31))), [""; 0]);
    assert_eq!(found(&kalmar(Seconds::days(29))), ["LOCAL_CERTIFICATE_ENDS_SOON"]);
}

#[test]
fn certificates_without_their_key_are_found_at_both_ends() {
    let region = kalmar(Seconds::days(300));
    let other = fs::read_to_string(region.path("kalmar/keys/node-key.pem")).unwrap();
    write(&region, "kalmar/keys/local.key", &other);
    assert_eq!(found(&region), ["LOCAL_CERTIFICATE_UNUSABLE", "CLIENT_CERTIFICATE_UNUSABLE"]);
    let listed = ["node", "show", "--dir", "kalmar"];
    assert_eq!(region.refused(2, &listed), "CLIENT_CERTIFICATE_UNUSABLE");
}

#[test]
fn a_token_is_bound_to_a_certificate_and_to_nothing_else() {
    let region = kalmar(Seconds::days(300));
    for (name, exit, code) in [
        ("kalmar/keys/local.key", 2, "NOT_A_CERTIFICATE"),
        ("kalmar/keys/missing.crt", 1, "FILE"),
        // Read, and then there is no development issuer to bind anything.
        ("kalmar/keys/local.crt", 2, "TOKEN_MISSING"),
    ] {
        let mint = ["token", "mint", "--dir", "kalmar", "--role", "OPERATOR", "--bind", name];
        assert_eq!(region.refused(exit, &mint), code, "{name}");
    }
}

#[test]
fn an_address_under_tls_needs_a_certificate_to_know_the_node_by() {
    let region = Region::new();
    region.found_kalmar();
    let show = ["node", "show", "--dir", "kalmar", "--node", "https://127.0.0.1:1"];
    assert_eq!(region.refused(2, &show), "NODE_CERTIFICATE_MISSING");
}

#[test]
fn a_list_of_revoked_tokens_that_cannot_be_read_is_found() {
    let region = Region::new();
    let node = ["--dir", "node", "--org", "demo:natthamn", "--name", "Natthamn"];
    let init = ["init", "--federation", "demo.example", "--development"];
    region.json(&[&init[..], &node].concat());
    let found = || region.doctor("node").1.contains(&"REVOKED_TOKENS_UNREADABLE".to_owned());
    assert!(!found(), "none is no fault");
    fs::create_dir(region.path("node/revoked-tokens")).unwrap();
    assert!(found());
}
