//! The program at a local port under TLS, with tokens that are bound to its certificate.

use std::path::Path;

use brygga_testkit::{Place, Region};

/// The code of a refusal that the program prints as JSON.
fn code(stderr: &str) -> String {
    let (_, rest) = stderr.split_once("\"code\":").expect("a code");
    rest.split('"').nth(1).expect("a text").to_owned()
}

/// Runs a command at Kalmar's node: nothing, or the exit code and the code of the refusal.
fn show(region: &Region, options: &[&str]) -> Result<(), (Option<i32>, String)> {
    let dir = region.path("kalmar");
    let place = ["node", "show", "--output", "json", "--dir", text(&dir)];
    let output = region.program().run(&[&place, options].concat());
    match output.code {
        Some(0) => Ok(()),
        exit => Err((exit, code(&output.stderr))),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test directories have plain names")
}

/// Changes lines of Kalmar's settings, as they stand in the template.
fn settle(region: &Region, changes: &[(&str, &str)]) {
    let file = region.path("kalmar").join("brygga.toml");
    let mut settings = std::fs::read_to_string(&file).expect("settings");
    for (line, other) in changes {
        assert_eq!(settings.matches(line).count(), 1, "{line}");
        settings = settings.replace(line, other);
    }
    std::fs::write(&file, settings).expect("settings can be changed");
}

/// Kalmar's node under TLS, where every token must be bound. Any certificate serves at either end:
/// here the one that Kalmar's node has for its peers, and at the client's end Nybro's.
async fn kalmar_requires_bound_tokens() -> Region {
    let mut region = Region::found(&[Place::KALMAR, Place::NYBRO]);
    settle(
        &region,
        &[
            (
                "#certificate_file = \"keys/local.crt\"",
                "certificate_file = \"keys/node-certificate.pem\"",
            ),
            ("#key_file = \"keys/local.key\"", "key_file = \"keys/node-key.pem\""),
            ("require_bound_tokens = false", "require_bound_tokens = true"),
        ],
    );
    region.start_node("kalmar").await;
    region
}

/// D7 of the reliability guide at the program's end: the token that it makes is worth nothing
/// without the certificate that it shows.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_shows_a_certificate_and_binds_its_tokens_to_it() {
    let region = kalmar_requires_bound_tokens().await;
    let unauthenticated = Err((Some(3), "SEND_UNAUTHENTICATED".to_owned()));
    assert_eq!(show(&region, &[]), unauthenticated, "a bearer token is refused");

    let keys = region.path("nybro").join("keys");
    let (certificate, key) = (keys.join("node-certificate.pem"), keys.join("node-key.pem"));
    let shown = ["--client-certificate", text(&certificate), "--client-key", text(&key)];
    assert_eq!(show(&region, &shown), Ok(()));

    let token = region
        .run("kalmar", &["token", "mint", "--role", "OPERATOR", "--bind", text(&certificate)]);
    let file = region.path("kalmar").join("token");
    std::fs::write(&file, token).expect("a token can be written");
    let with_token = ["--token-file", text(&file)];
    assert_eq!(show(&region, &with_token), unauthenticated, "stolen, without the certificate");
    assert_eq!(show(&region, &[&with_token[..], &shown].concat()), Ok(()));

    settle(
        &region,
        &[
            (
                "#certificate_file = \"keys/client.crt\"",
                &format!("certificate_file = {certificate:?}"),
            ),
            ("#key_file = \"keys/client.key\"", &format!("key_file = {key:?}")),
        ],
    );
    assert_eq!(show(&region, &[]), Ok(()), "from the settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_trusts_the_nodes_own_certificate_and_no_other() {
    let region = kalmar_requires_bound_tokens().await;
    let keys = region.path("nybro").join("keys");
    let (certificate, key) = (keys.join("node-certificate.pem"), keys.join("node-key.pem"));
    let shown = ["--client-certificate", text(&certificate), "--client-key", text(&key)];
    let node = format!("https://{}:8080", region.address("kalmar"));
    let own = region.path("kalmar").join("keys/node-certificate.pem");
    for (expected, outcome) in
        [(&own, Ok(())), (&certificate, Err((Some(4), "NODE_NOT_TRUSTED".to_owned())))]
    {
        let named = ["--node", &node, "--node-certificate", text(expected)];
        assert_eq!(show(&region, &[&shown[..], &named].concat()), outcome);
    }
}
