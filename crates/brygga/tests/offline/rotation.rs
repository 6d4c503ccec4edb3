//! New keys without a gap.

use crate::region::Region;

#[test]
fn rotated_keys_overlap_and_the_new_ones_are_used_after_activation() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    region.json(&["migrate", "--dir", "nybro"]);
    let request = ["registry", "request-rotation", "--dir", "nybro", "--tls", "--signing"];
    region.json(&[&request[..], &["--sealing"]].concat());

    let activate = ["registry", "activate-rotation", "--dir", "nybro"];
    assert_eq!(region.refused(3, &activate), "KEY_NOT_LISTED");

    let rotate =
        ["registry", "rotate", "--dir", "kalmar", "--request", "rotation-request", "--out", "r3"];
    region.json(&rotate);
    region.json(&["registry", "install", "--dir", "nybro", "--file", "r3"]);
    let nybro = region.json(&["registry", "show", "--dir", "nybro", "--org", "kommun:0881"]);
    for list in ["node_keys", "signing_keys"] {
        let keys = nybro[list].as_array().unwrap();
        assert_eq!(keys.len(), 2, "{list}");
        assert!(keys[0]["valid_until"].is_string() && keys[1]["valid_until"].is_null());
    }
    assert_eq!(nybro["sealing_keys"].as_array().unwrap().len(), 4);

    region.json(&activate);
    let (_, codes) = region.doctor("nybro");
    // A new municipality has no ways in for people, no telephone and no JWK set yet, and does not
    // run; its keys are in order.
    let expected =
        ["CONTACT_POINT_NOT_UNIQUE", "DUTY_PHONE_MISSING", "JWKS_UNREADABLE", "NODE_NOT_RUNNING"];
    assert!(codes.iter().all(|code| expected.contains(&code.as_str())), "{codes:?}");
    assert_eq!(region.refused(2, &activate), "NOTHING_TO_ROTATE");
}

#[test]
fn a_member_rotates_its_own_keys_only() {
    let region = Region::new();
    region.found_kalmar();
    region.nybro_joins();
    region.json(&[
        "init",
        "--dir",
        "fake",
        "--org",
        "kommun:0881",
        "--name",
        "Nybro kommun",
        "--federation",
        "kalmar.example",
        "--address",
        "x.example:1",
    ]);
    region.json(&["registry", "request-rotation", "--dir", "fake", "--signing"]);
    let rotate = ["registry", "rotate", "--dir", "kalmar", "--request", "rotation-request"];
    assert_eq!(region.refused(3, &rotate), "ROTATION_UNSIGNED");
}
