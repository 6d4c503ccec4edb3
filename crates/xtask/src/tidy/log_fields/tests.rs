use super::{Fields, check_text, listed};

fn fields() -> Fields {
    listed(concat!(
        "    allow(\"error.type\", Shape::Code),\n",
        "    allow(\"peer\", Shape::Organisation),\n",
        "fn allow(name: &str, shape: Shape) {}\n",
    ))
}

fn problems(code: &str) -> Vec<String> {
    let findings = check_text("a.rs", code, &fields());
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn listed_fields_and_a_literal_are_as_they_should_be() {
    for code in [
        "tracing::warn!(\"the store is broken\");",
        "tracing::warn!(%peer, error.type = error.code(), \"gone, (away)\");",
        "tracing::debug!(\n    peer = a.as_ref().map(|a| f(a, 1)), // why, oh why\n    \"it\",\n);",
        "tracing::info_span!(parent: &other, \"rpc\", error.type = field::Empty, peer);",
        "span.record(\"peer\", 1); histogram.record(took, &[]);",
    ] {
        assert_eq!(problems(code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn a_field_off_the_list_is_found_in_each_of_its_forms() {
    for code in [
        "tracing::info!(name = 1, \"it\");",
        "tracing::info!(%name, \"it\");",
        "tracing::info!(name, \"it\");",
        "tracing::info_span!(\"rpc\", name = 1);",
        "span.record(\"name\", 1);",
    ] {
        let found = problems(code);
        assert!(found.len() == 1 && found[0].starts_with("a.rs:1: `name` is not in"), "{found:?}");
    }
}

#[test]
fn prose_debug_and_values_in_messages_are_found() {
    for (code, expected) in [
        ("tracing::warn!(error.type = %error, \"it\");", "as prose"),
        ("tracing::warn!(error.type = ?error, \"it\");", "as its type pleases"),
        ("tracing::warn!(?peer, \"it\");", "as its type pleases"),
        ("tracing::warn!(\"it was {error}\");", "without placeholders"),
        ("tracing::warn!(\"it was\", error);", "stands behind the message"),
        ("tracing::warn!(peer = 1);", "without a literal"),
        ("\nwarn!(\"it\");", "write `tracing::warn!`"),
    ] {
        let found = problems(code);
        assert!(found.len() == 1 && found[0].contains(expected), "{code}: {found:?}");
    }
}

#[test]
fn tests_may_log_what_they_like() {
    assert!(problems("#[cfg(test)]\nmod tests { fn a() { tracing::warn!(?a); } }\n").is_empty());
}
