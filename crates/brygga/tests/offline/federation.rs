//! From nothing to a federation of two, in five commands; and what must not be possible.

use std::fs;

use crate::region::{Region, mode};

#[test]
fn two_organisations_are_members_after_five_commands() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    for dir in ["kalmar", "nybro"] {
        let registry = region.json(&["registry", "show", "--dir", dir]);
        assert_eq!(registry["sequence"], 2);
        assert_eq!(registry["signed_by_enough"], true);
        let members = registry["members"].as_array().unwrap();
        let names: Vec<_> = members.iter().map(|member| member["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Kalmar kommun", "Nybro kommun"]);
        let nybro = &members[1];
        assert_eq!(nybro["kind"], "MUNICIPALITY");
        assert_eq!(nybro["social_services_status"], "AUTHORITY");
        assert_eq!(nybro["endpoints"][0], "https://brygga.nybro.example:8443");
        assert_eq!(nybro["sealing_keys"][0]["unit"], serde_json::Value::Null);
        assert_eq!(nybro["sealing_keys"][1]["unit"], "mobila-teamet");
    }
}

#[test]
fn both_ends_read_the_same_fingerprint_on_the_telephone() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_asks();
    let anchor = |dir: &str| fs::read_to_string(region.path(dir).join("registry/anchor.json"));
    assert_eq!(anchor("kalmar").unwrap(), anchor("nybro").unwrap());
}

#[test]
fn secrets_are_private_and_only_the_operator_has_its_key() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_asks();
    for file in [
        "kalmar/keys/operator.key",
        "kalmar/keys/signing.key",
        "kalmar/keys/node-key.pem",
        "nybro/keys/sealing/mobila-teamet.key",
        "nybro/keys/data-key-encryption.key",
        "nybro/join-request",
        "invite",
    ] {
        assert_eq!(mode(&region.path(file)), "600", "{file}");
    }
    assert_eq!(mode(&region.path("nybro/keys")), "700");
    assert!(!region.path("nybro/keys/operator.key").exists());
}

#[test]
fn nothing_is_ever_overwritten() {
    let region = Region::new();
    region.found_kalmar();
    let before = fs::read(region.path("kalmar/keys/signing.key")).unwrap();
    let again = [
        "init",
        "--dir",
        "kalmar",
        "--org",
        "kommun:0880",
        "--name",
        "Kalmar kommun",
        "--federation",
        "kalmar.example",
        "--address",
        "brygga.kalmar.example:8443",
    ];
    assert_eq!(region.refused(2, &again), "ALREADY_A_NODE");
    assert_eq!(fs::read(region.path("kalmar/keys/signing.key")).unwrap(), before);
}

#[test]
fn an_invite_works_once_and_for_its_organisation_only() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    let admit = ["registry", "admit", "--dir", "kalmar", "--request", "nybro/join-request"];
    assert_eq!(region.refused(3, &admit), "INVITE_USED");

    region.json(&["registry", "invite", "--dir", "kalmar", "--org", "kommun:0861", "--out", "i2"]);
    let join = [
        "join",
        "--dir",
        "oskarshamn",
        "--invite",
        "i2",
        "--org",
        "kommun:0882",
        "--name",
        "O",
        "--address",
        "o.example:1",
    ];
    assert_eq!(region.refused(3, &join), "INVITE_OTHER_ORGANISATION");
    assert!(!region.path("oskarshamn").exists());
}

#[test]
fn a_request_that_was_changed_on_its_way_is_refused() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_asks();
    let path = region.path("nybro/join-request");
    let mut text = fs::read_to_string(&path).unwrap();
    // A letter of the statement, which is what is signed.
    let at = "brygga-join-1:".len() + 40;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    text.replace_range(at..=at, other);
    fs::write(&path, text).unwrap();
    let admit = ["registry", "admit", "--dir", "kalmar", "--request", "nybro/join-request"];
    let code = region.refused(3, &admit);
    assert!(
        ["JOIN_TAMPERED", "TEXT_GARBLED", "FIELD_INVALID", "INVITE_UNKNOWN"]
            .contains(&code.as_str()),
        "{code}"
    );
    assert_eq!(region.json(&["registry", "show", "--dir", "kalmar"])["sequence"], 1);
}

#[test]
fn only_the_operator_changes_the_registry() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    for args in [
        &["registry", "invite", "--dir", "nybro", "--org", "kommun:0861"][..],
        &["registry", "revoke", "--dir", "nybro", "--org", "kommun:0880"],
        &["registry", "renew", "--dir", "nybro"],
    ] {
        assert_eq!(region.refused(3, args), "NOT_AN_OPERATOR");
    }
}

#[test]
fn an_older_registry_is_never_taken_into_use() {
    let region = Region::new();
    region.found_kalmar();
    fs::copy(region.path("kalmar/registry/registry.json"), region.path("r1")).unwrap();
    region.nybro_joins();
    let install = ["registry", "install", "--dir", "nybro", "--file", "r1"];
    assert_eq!(region.refused(3, &install), "REGISTRY_ROLLBACK");
}

#[test]
fn a_registry_of_another_operator_is_refused() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    region.json(&[
        "init",
        "--dir",
        "fake",
        "--org",
        "kommun:0880",
        "--name",
        "Kalmar kommun",
        "--federation",
        "kalmar.example",
        "--address",
        "brygga.kalmar.example:8443",
    ]);
    let install =
        ["registry", "install", "--dir", "nybro", "--file", "fake/registry/registry.json"];
    assert_eq!(region.refused(3, &install), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn a_revoked_member_stands_as_excluded() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    region.json(&["registry", "revoke", "--dir", "kalmar", "--org", "kommun:0881", "--out", "r3"]);
    region.json(&["registry", "install", "--dir", "nybro", "--file", "r3"]);
    let shown = region.run(&["registry", "show", "--dir", "nybro"]);
    assert!(shown.out.lines().any(|line| line.contains("0881") && line.ends_with("excluded")));
    assert!(region.doctor("nybro").1.contains(&"REGISTRY_EXCLUDED".to_owned()));
}

#[test]
fn the_way_in_to_an_organisation_is_exactly_one() {
    let region = Region::new();
    region.found_kalmar();
    let show = ["registry", "contact-point", "show", "kommun:0880", "--dir", "kalmar"];
    assert_eq!(region.refused(3, &show), "CONTACT_POINT_NOT_UNIQUE");
    let set = |unit: &str| {
        region.json(&[
            "registry",
            "contact-point",
            "set",
            "kommun:0880",
            "--dir",
            "kalmar",
            "--audience",
            "landlords",
            "--unit",
            unit,
            "--phone",
            "0480-45 00 00",
            "--hours",
            "mån-fre 8-16",
        ]);
    };
    set("bostadsenheten");
    assert_eq!(region.json(&show)["contact_point"]["unit"], "bostadsenheten");
    set("mottagningen");
    assert_eq!(region.refused(3, &show), "CONTACT_POINT_NOT_UNIQUE");
    region.json(&[
        "registry",
        "contact-point",
        "remove",
        "kommun:0880",
        "--dir",
        "kalmar",
        "--audience",
        "landlords",
        "--unit",
        "bostadsenheten",
    ]);
    assert_eq!(region.json(&show)["contact_point"]["unit"], "mottagningen");
}
