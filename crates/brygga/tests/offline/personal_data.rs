//! Personal data stay out of the shell's history and out of standard error.

use std::net::TcpListener;

use crate::region::Region;

const REQUEST: [&str; 10] = [
    "referral",
    "request",
    "--dir",
    "node",
    "--to",
    "kommun:0881",
    "--service",
    "ACUTE_PLACE",
    "--ground",
    "NO_HARM_CLEAR_26_1",
];

/// A node whose local port is open, with nobody behind it: what a command reads it has read by then.
fn node() -> (Region, TcpListener) {
    let region = Region::new();
    let local = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = local.local_addr().unwrap().to_string();
    let who = ["init", "--dir", "node", "--org", "demo:kalmar", "--name", "Kalmar"];
    let how = ["--federation", "demo.example", "--development", "--local-address", &address];
    region.json(&[&who[..], &how].concat());
    (region, local)
}

#[test]
fn the_content_of_a_referral_is_read_from_standard_input_and_never_repeated() {
    let (region, _local) = node();
    let content = "name = \"Hemligsson\"\nhemlig_nyckel = 1\n";
    let done = region.run_with(&[&REQUEST[..], &["--content-file", "-"]].concat(), content);
    assert_eq!(done.exit, 2, "{}", done.err);
    assert!(done.err.starts_with("CONTENT_FILE: ") && done.err.contains("line 2"), "{}", done.err);
    assert!(!done.err.to_lowercase().contains("hemlig"), "{}", done.err);
}

#[test]
fn a_name_without_quotation_marks_is_not_repeated_by_the_complaint() {
    let (region, _local) = node();
    for language in ["sv", "en"] {
        let name = ["--name", "Anna", "Hemligsson", "--language", language];
        let done = region.run(&[&REQUEST[..], &name].concat());
        assert_eq!(done.exit, 2);
        assert!(!done.err.contains("Hemligsson") && !done.err.contains("Anna"), "{}", done.err);
    }
}
