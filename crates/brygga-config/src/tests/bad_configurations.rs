//! Wrong files and the exact code and key each is refused with.

use std::collections::BTreeSet;

use super::{MINIMAL, instead, parse, with};
use crate::Code;

/// What one value alone shows to be wrong: text, code, key.
fn refused_while_reading() -> Vec<(String, Code, &'static str)> {
    use Code::*;
    vec![
        ("[node".to_owned(), Syntax, "-"),
        (format!("{MINIMAL}\n[node]\n"), Syntax, "-"),
        (format!("{MINIMAL}\n[nodes]\n"), UnknownSection, "nodes"),
        (format!("mode = \"demo\"\n{MINIMAL}"), UnknownSection, "mode"),
        (format!("storage = \"x\"\n{MINIMAL}"), WrongType, "storage"),
        (String::new(), MissingSection, "node"),
        (MINIMAL.replace("[local_auth]", "[contact]"), MissingSection, "local_auth"),
        (with("node", "organization = \"x\""), UnknownKey, "node.organization"),
        (with("keys", "direktory = \"x\""), UnknownKey, "keys.direktory"),
        (with("audit", "checkpoint = 5"), UnknownKey, "audit.checkpoint"),
        (instead("organisation", None), MissingKey, "node.organisation"),
        (instead("organisation", Some("880")), WrongType, "node.organisation"),
        (instead("organisation", Some("\" \"")), EmptyValue, "node.organisation"),
        (instead("organisation", Some("\"kommun:880\"")), NotAnOrganisation, "node.organisation"),
        (
            instead("organisation", Some("\"org:2120000747\"")),
            NotAnOrganisation,
            "node.organisation",
        ),
        (instead("federation", Some("\"Kalmar\"")), NotAFederation, "node.federation"),
        (instead("federation", Some("\"kalmar..example\"")), NotAFederation, "node.federation"),
        (with("node", "mode = \"prod\""), NotAChoice, "node.mode"),
        (with("node", "mode = true"), WrongType, "node.mode"),
        (
            with("federation_listener", "address = \"0.0.0.0\""),
            NotAnAddress,
            "federation_listener.address",
        ),
        (instead("key_file", None), MissingKey, "federation_listener.key_file"),
        (instead("certificate_file", None), MissingKey, "federation_listener.certificate_file"),
        (
            instead("public_endpoint", Some("\"http://a.example:1\"")),
            NotAnEndpoint,
            "federation_listener.public_endpoint",
        ),
        (
            instead("public_endpoint", Some("\"https://a.example\"")),
            NotAnEndpoint,
            "federation_listener.public_endpoint",
        ),
        (
            instead("public_endpoint", Some("\"https://a.example:8443/\"")),
            NotAnEndpoint,
            "federation_listener.public_endpoint",
        ),
        (
            instead("public_endpoint", Some("\"https://x@a.example:8443\"")),
            NotAnEndpoint,
            "federation_listener.public_endpoint",
        ),
        (
            with("local_listener", "address = \"localhost:8080\""),
            NotAnAddress,
            "local_listener.address",
        ),
        (
            with("local_listener", "certificate_file = \"a\""),
            TlsPairIncomplete,
            "local_listener.key_file",
        ),
        (
            with("local_listener", "key_file = \"a\""),
            TlsPairIncomplete,
            "local_listener.certificate_file",
        ),
        (with("client", "certificate_file = \"a\""), TlsPairIncomplete, "client.key_file"),
        (with("client", "key_file = \"a\""), TlsPairIncomplete, "client.certificate_file"),
        (
            with("local_auth", "require_bound_tokens = 1"),
            WrongType,
            "local_auth.require_bound_tokens",
        ),
        (with("storage", "url = \"mysql://a/b\""), NotAStorageUrl, "storage.url"),
        (with("storage", "url = \"sqlite::memory:\""), NotAStorageUrl, "storage.url"),
        (with("storage", "url = \"sqlite:a.db?mode=ro\""), NotAStorageUrl, "storage.url"),
        (with("storage", "url = \"postgres://host\""), NotAStorageUrl, "storage.url"),
        (with("storage", "url = \"sqlite:a\"\nurl_file = \"b\""), BothGiven, "storage.url_file"),
        (with("storage", "vault = \"keys/vault.db\""), NotAStorageUrl, "storage.vault"),
        (
            with("storage", "vault = \"sqlite:a\"\nvault_file = \"b\""),
            BothGiven,
            "storage.vault_file",
        ),
        (with("storage", "max_readers = 0"), OutOfRange, "storage.max_readers"),
        (with("storage", "max_readers = -1"), OutOfRange, "storage.max_readers"),
        (with("storage", "max_readers = \"4\""), WrongType, "storage.max_readers"),
        (with("keys", "directory = \"\""), EmptyValue, "keys.directory"),
        (with("registry", "mirrors = \"a\""), WrongType, "registry.mirrors"),
        (with("registry", "mirrors = [1]"), WrongType, "registry.mirrors"),
        (with("registry", "poll_seconds = 0"), OutOfRange, "registry.poll_seconds"),
        (instead("issuer", None), MissingKey, "local_auth.issuer"),
        (instead("audience", None), MissingKey, "local_auth.audience"),
        (with("local_auth", "algorithm = \"none\""), NotAChoice, "local_auth.algorithm"),
        (with("local_auth", "algorithm = \"HS256\""), NotAChoice, "local_auth.algorithm"),
        (
            with("local_auth", "development_issuer = \"yes\""),
            WrongType,
            "local_auth.development_issuer",
        ),
        (with("delivery", "give_up_days = 6"), OutOfRange, "delivery.give_up_days"),
        (with("delivery", "batch_max = 64"), UnknownKey, "delivery.batch_max"),
        (with("delivery", "retry_first_seconds = 1.5"), WrongType, "delivery.retry_first_seconds"),
        (with("retention", "inbox_days = 29"), OutOfRange, "retention.inbox_days"),
        (with("retention", "outbox_days = 0"), OutOfRange, "retention.outbox_days"),
        (with("retention", "case_days = 30"), UnknownKey, "retention.case_days"),
        (with("retention", "list_only = 1"), WrongType, "retention.list_only"),
        (with("telemetry", "log_level = \"trace\""), NotAChoice, "telemetry.log_level"),
        (with("telemetry", "log_format = \"xml\""), NotAChoice, "telemetry.log_format"),
        (
            with("telemetry", "otlp_endpoint = \"https://a.example:4317\""),
            NotAnOtlpEndpoint,
            "telemetry.otlp_endpoint",
        ),
        (with("audit", "checkpoint_seconds = 61"), OutOfRange, "audit.checkpoint_seconds"),
        (with("audit", "checkpoint_seconds = 0"), OutOfRange, "audit.checkpoint_seconds"),
        (with("contact", "duty_phone_list = [1]"), WrongType, "contact.duty_phone_list"),
        (with("capacity", "excluded_areas = [\" \"]"), NotAnArea, "capacity.excluded_areas"),
        (with("capacity", "excluded_areas = [1]"), WrongType, "capacity.excluded_areas"),
        (with("public_page", "listen = \"everywhere\""), NotAnAddress, "public_page.listen"),
        (
            with("units", "shared_list = [{ unit = \"a\" }]"),
            MissingKey,
            "units.shared_list[0].acts_for",
        ),
        (
            with("units", "shared_list = [{ unit = \"A B\", acts_for = [\"b\"] }]"),
            NotAUnit,
            "units.shared_list[0].unit",
        ),
        (
            with("units", "shared_list = [{ unit = \"a\", acts_for = [\"a\"] }]"),
            NotAUnit,
            "units.shared_list[0].acts_for",
        ),
        (
            with("units", "shared_list = [{ unit = \"a\", acts_for = [1] }]"),
            WrongType,
            "units.shared_list[0].acts_for",
        ),
        (
            with("contact", "duty_phone_list = [{ phone = \"08-465 004 00\" }]"),
            MissingKey,
            "contact.duty_phone_list[0].name_of_function",
        ),
        (
            with("contact", "duty_phone_list = [{ name_of_function = \"Jour\", phone = \"112\" }]"),
            NotAPhoneNumber,
            "contact.duty_phone_list[0].phone",
        ),
        (
            with(
                "contact",
                "duty_phone_list = [{ name_of_function = \"J\", phone = \"08465004\", name = \"A\" }]",
            ),
            UnknownKey,
            "contact.duty_phone_list[0].name",
        ),
    ]
}

/// What only several values together show to be wrong: text, code, key.
fn found_by_the_check() -> Vec<(String, Code, &'static str)> {
    [found_among_certificates_and_tokens(), found_elsewhere()].concat()
}

fn found_among_certificates_and_tokens() -> Vec<(String, Code, &'static str)> {
    use Code::*;
    vec![
        (
            instead("key_file", Some("\"keys/node.crt\"")),
            CertificateIsKey,
            "federation_listener.key_file",
        ),
        (
            with("local_listener", "certificate_file = \"a\"\nkey_file = \"a\""),
            CertificateIsKey,
            "local_listener.key_file",
        ),
        (
            with("client", "certificate_file = \"a\"\nkey_file = \"a\""),
            CertificateIsKey,
            "client.key_file",
        ),
        (
            with("local_auth", "require_bound_tokens = true"),
            BoundTokensWithoutTls,
            "local_auth.require_bound_tokens",
        ),
        (
            with("local_auth", "development_key_file = \"a\""),
            DevelopmentKeyUnused,
            "local_auth.development_key_file",
        ),
        (
            with("local_auth", "development_issuer = true\n")
                .replace("[node]", "[node]\nmode = \"demo\""),
            DevelopmentKeyMissing,
            "local_auth.development_key_file",
        ),
        (
            with("local_auth", "development_issuer = true\ndevelopment_key_file = \"a\""),
            DevelopmentIssuerInProduction,
            "local_auth.development_issuer",
        ),
        (instead("jwks_file", None), JwksMissing, "local_auth.jwks_file"),
        (instead("issuer", Some("\"http://idp.example\"")), IssuerNotHttps, "local_auth.issuer"),
    ]
}

fn found_elsewhere() -> Vec<(String, Code, &'static str)> {
    use Code::*;
    vec![
        (
            with("local_listener", "address = \"127.0.0.1:8443\""),
            ListenerClash,
            "local_listener.address",
        ),
        (
            with("local_listener", "address = \"0.0.0.0:8080\""),
            PlaintextListener,
            "local_listener.address",
        ),
        (
            with("local_listener", "address = \"[::]:8080\""),
            PlaintextListener,
            "local_listener.address",
        ),
        (
            with("registry", "file = \"a\"\noperators_file = \"a\""),
            RegistryFileClash,
            "registry.operators_file",
        ),
        (
            with("registry", "file = \"a\"\nmirrors = [\"a\"]"),
            RegistryFileClash,
            "registry.mirrors",
        ),
        (
            with("delivery", "retry_first_seconds = 60\nretry_max_seconds = 30"),
            RetryOrder,
            "delivery.retry_first_seconds",
        ),
        (
            with("retention", "inbox_days = 30") + "\n[delivery]\ngive_up_days = 30\n",
            RetentionOrder,
            "retention.inbox_days",
        ),
        (
            instead("organisation", Some("\"demo:kalmar\"")),
            DemoOrganisationInProduction,
            "node.organisation",
        ),
        (
            instead("public_endpoint", Some("\"https://localhost:8443\"")),
            PublicEndpointLoopback,
            "federation_listener.public_endpoint",
        ),
        (
            instead("public_endpoint", Some("\"https://[::1]:8443\"")),
            PublicEndpointLoopback,
            "federation_listener.public_endpoint",
        ),
        (
            with("storage", "url = \"postgres://b:pw@127.0.0.1/brygga\""),
            SecretInline,
            "storage.url",
        ),
        (
            with("storage", "url = \"postgres://b@127.0.0.1/brygga?password=pw\""),
            SecretInline,
            "storage.url",
        ),
        (with("storage", "url = \"postgres://b@db.example/b\""), PostgresPlaintext, "storage.url"),
        (
            with("storage", "vault = \"postgres://b:pw@127.0.0.1/vault\""),
            SecretInline,
            "storage.vault",
        ),
        (
            with("storage", "url = \"sqlite:a.db\"\nvault = \"sqlite:a.db\""),
            VaultIsDatabase,
            "storage.vault",
        ),
        (
            with("storage", "url = \"postgres://b@localhost/b?host=db.example&sslmode=require\""),
            PostgresPlaintext,
            "storage.url",
        ),
        (
            with("telemetry", "otlp_endpoint = \"http://collector.example:4317\""),
            OtlpRemotePlaintext,
            "telemetry.otlp_endpoint",
        ),
    ]
}

#[test]
fn each_wrong_value_has_its_code_and_key() {
    for (text, code, key) in refused_while_reading() {
        let error = parse(&text).expect_err(&text);
        assert_eq!((error.code, error.key.as_str()), (code, key), "{error}\n{text}");
    }
}

#[test]
fn each_broken_rule_is_the_only_finding() {
    for (text, code, key) in found_by_the_check() {
        let findings = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).check();
        let found = findings.iter().map(|f| (f.code, f.key)).collect::<Vec<_>>();
        assert_eq!(found, [(code, key)], "{text}");
    }
}

#[test]
fn every_code_has_a_wrong_configuration() {
    let shown = refused_while_reading()
        .into_iter()
        .chain(found_by_the_check())
        .map(|(_, code, _)| code)
        // Shown with real files, in `private_files` and `good_configurations`.
        .chain([Code::FileUnreadable, Code::PrivateFile])
        .collect::<BTreeSet<_>>();
    assert_eq!(shown, Code::ALL.iter().copied().collect());
}

#[test]
fn codes_are_upper_snake_and_sorted() {
    let names = Code::ALL.iter().map(|code| format!("{code:?}")).collect::<Vec<_>>();
    assert!(names.is_sorted(), "{names:?}");
    for text in Code::ALL.iter().map(|code| code.as_str()) {
        assert!(text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{text}");
    }
}

#[test]
fn an_error_is_one_line_with_file_key_fault_and_range() {
    let error = parse(&with("delivery", "give_up_days = 6")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/etc/brygga/brygga.toml: delivery.give_up_days: 6 is outside the range; \
         wanted: 7 to 90 (OUT_OF_RANGE)"
    );
}

#[test]
fn an_unknown_key_is_answered_with_the_known_ones() {
    let error = parse(&with("audit", "checkpoint = 5")).unwrap_err();
    assert_eq!(error.allowed, "checkpoint_seconds");
}

#[test]
fn no_error_quotes_the_address_of_a_database() {
    for url in ["postgres://b:hunter2@h", "mysql://b:hunter2@h/d", "hunter2"] {
        let error = parse(&with("storage", &format!("url = \"{url}\""))).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    let error = parse("[storage]\nurl = \"postgres://b:hunter2@h/d\n").unwrap_err();
    assert_eq!(error.code, Code::Syntax);
    assert!(error.problem.starts_with("line 2: "), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}
