//! The commands of a case worker when nothing answers.

use crate::region::Region;

#[test]
fn a_node_that_does_not_run_is_said_with_its_own_exit_code() {
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
        "--development",
        "--local-address",
        "127.0.0.1:1",
    ]);
    for args in [
        &["referral", "list", "--dir", "node"][..],
        &["outbox", "list", "--dir", "node"],
        &["node", "show", "--dir", "node"],
        &["agreement", "list", "--dir", "node"],
        &["consent", "show", "30313233-3435-3637-3839-616263646566", "--dir", "node"],
    ] {
        assert_eq!(region.refused(4, args), "NODE_UNAVAILABLE", "{args:?}");
    }
}

#[test]
fn without_a_token_and_without_a_development_issuer_nothing_is_asked() {
    let region = Region::new();
    region.found_kalmar();
    assert_eq!(region.refused(2, &["referral", "list", "--dir", "kalmar"]), "TOKEN_MISSING");
}

#[test]
fn a_template_is_printed_without_a_node() {
    let region = Region::new();
    let done = region.run(&["agreement", "template", "regional-cooperation"]);
    assert_eq!(done.exit, 0);
    assert!(done.out.contains("rule_id = \"remiss-1\""));
}

#[test]
fn wrong_usage_exits_with_2() {
    let region = Region::new();
    for args in [
        &["referral", "accept", "123"][..],
        &["referral", "decline", "30313233", "--reason", "BORED"],
        &["consent", "record"],
        &["registry", "invite"],
        &["nothing"],
    ] {
        assert_eq!(region.run(args).exit, 2, "{args:?}");
    }
}
