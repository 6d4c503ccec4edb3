//! Which crate may know which: the arrows of `docs/ARCHITECTURE.md`, enforced.
//!
//! Dependencies of tests are free, except that nothing but the binary's own tests starts the
//! binary. What reaches a crate through a third party is not looked at.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Finding;
use crate::workspace::Workspace;

/// Each crate of the product and the crates it may depend on, without their common prefix.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("proto", &[]),
    ("crypto", &["domain"]),
    ("policy", &["domain"]),
    ("config", &["domain"]),
    ("audit", &["domain", "crypto"]),
    ("telemetry", &["domain", "config"]),
    ("wire", &["domain", "crypto", "proto"]),
    ("exchange", &["domain", "crypto", "policy", "audit", "wire"]),
    ("storage", &["domain", "crypto", "wire", "exchange"]),
    ("identity", &["domain", "crypto", "proto"]),
    ("app", &["domain", "crypto", "policy", "audit", "wire", "exchange", "storage", "identity"]),
    (
        "server",
        &[
            "domain", "crypto", "policy", "exchange", "audit", "storage", "proto", "wire",
            "identity", "app",
        ],
    ),
    ("peer", &["domain", "crypto", "exchange", "storage", "proto", "wire", "identity", "app"]),
    ("node", ALL_BELOW_NODE),
    ("testkit", ALL_BELOW_THE_BINARY),
];

/// What the node wires together.
const ALL_BELOW_NODE: &[&str] = &[
    "domain",
    "crypto",
    "policy",
    "exchange",
    "audit",
    "storage",
    "proto",
    "wire",
    "identity",
    "config",
    "telemetry",
    "app",
    "server",
    "peer",
];

/// What the test kit may put under test.
const ALL_BELOW_THE_BINARY: &[&str] = &[
    "domain",
    "crypto",
    "policy",
    "exchange",
    "audit",
    "storage",
    "proto",
    "wire",
    "identity",
    "config",
    "telemetry",
    "server",
    "peer",
    "node",
];

/// Crates from outside that only some of ours may name, and those who may.
const WRAPPED: &[(&str, &[&str])] = &[
    ("anyhow", &["brygga", "xtask"]),
    ("clap", &["brygga"]),
    // brygga-crypto for its HPKE alone.
    ("rustls", &["brygga-crypto", "brygga-identity", "brygga-server", "brygga-peer"]),
    ("sqlx", &["brygga-storage"]),
    ("tokio-rustls", &["brygga-identity", "brygga-server", "brygga-peer"]),
];

/// These put the product under test and may name what they need for it.
const TEST_CRATES: [&str; 2] = ["brygga-testkit", "brygga-tests"];

/// One line of a crate's manifest.
#[derive(Clone, Copy)]
struct Dependency<'a> {
    from: &'a str,
    to: &'a str,
    is_for_tests: bool,
}

/// Finds dependencies against the arrows.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let metadata = workspace.cargo(&["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    let dependencies = dependencies(&metadata);
    Ok(dependencies.into_iter().filter_map(refuse).collect())
}

fn dependencies(metadata: &Value) -> Vec<Dependency<'_>> {
    let of_package = |package| {
        items(package, "dependencies").iter().map(move |dependency| Dependency {
            from: text(package, "name"),
            to: text(dependency, "name"),
            is_for_tests: text(dependency, "kind") == "dev",
        })
    };
    items(metadata, "packages").iter().flat_map(of_package).collect()
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The finding, when the arrow is not allowed.
fn refuse(dependency: Dependency<'_>) -> Option<Finding> {
    let Dependency { from, to, is_for_tests } = dependency;
    let is_allowed = if is_for_tests {
        to != "brygga" || from == "brygga-tests"
    } else if to == "brygga" || to.starts_with("brygga-") {
        may_depend(from, to)
    } else {
        let wrapped = WRAPPED.iter().find(|(name, _)| *name == to);
        wrapped.is_none_or(|(_, users)| users.contains(&from) || TEST_CRATES.contains(&from))
    };
    let problem = format!("may not depend on {to}; see the arrows in tidy");
    (!is_allowed).then(|| Finding::in_file(from, problem))
}

fn may_depend(from: &str, to: &str) -> bool {
    match from.strip_prefix("brygga-") {
        Some("tests") => true,
        Some(name) => {
            let arrows = ARROWS.iter().find(|(from, _)| *from == name);
            arrows.is_some_and(|(_, allowed)| allowed.iter().any(|a| to == format!("brygga-{a}")))
        }
        None => from == "brygga" && to != "brygga-testkit" && to != "brygga-tests",
    }
}

#[cfg(test)]
mod tests {
    use super::{ARROWS, Dependency, dependencies, refuse};

    fn is_allowed(from: &str, to: &str) -> bool {
        refuse(Dependency { from, to, is_for_tests: false }).is_none()
    }

    #[test]
    fn the_domain_knows_nobody() {
        assert!(!is_allowed("brygga-domain", "brygga-policy"));
        assert!(is_allowed("brygga-policy", "brygga-domain"));
    }

    #[test]
    fn the_binary_may_know_all_but_the_test_kit() {
        assert!(is_allowed("brygga", "brygga-node"));
        assert!(!is_allowed("brygga", "brygga-testkit"));
        let test_kit = Dependency { from: "brygga", to: "brygga-testkit", is_for_tests: true };
        assert!(refuse(test_kit).is_none());
    }

    #[test]
    fn a_crate_that_is_not_in_the_table_may_depend_on_none_of_ours() {
        assert!(!is_allowed("brygga-new", "brygga-domain"));
        assert!(!is_allowed("xtask", "brygga-domain"));
    }

    #[test]
    fn only_the_storage_names_the_database() {
        assert!(is_allowed("brygga-storage", "sqlx"));
        assert!(!is_allowed("brygga-server", "sqlx"));
        assert!(is_allowed("brygga-server", "tonic"));
    }

    #[test]
    fn the_arrows_have_no_cycle() {
        // Each crate stands below all that it may depend on, so no path leads back.
        for (at, (name, allowed)) in ARROWS.iter().enumerate() {
            let above: Vec<&str> = ARROWS[..at].iter().map(|(name, _)| *name).collect();
            assert!(allowed.iter().all(|other| above.contains(other)), "{name}");
        }
    }

    #[test]
    fn the_metadata_of_cargo_is_understood() {
        let metadata = serde_json::json!({"packages": [{"name": "brygga-policy", "dependencies": [
            {"name": "sqlx", "kind": null}, {"name": "proptest", "kind": "dev"},
        ]}]});
        let found = dependencies(&metadata);
        assert_eq!(
            found.iter().map(|d| (d.to, d.is_for_tests)).collect::<Vec<_>>(),
            [("sqlx", false), ("proptest", true)]
        );
        assert!(refuse(found[0]).is_some());
    }
}
