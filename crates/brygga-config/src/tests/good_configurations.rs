//! Files that must be accepted, and what they mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use brygga_domain::OrgId;

use super::{MINIMAL, parse, with};
use crate::settings::SECTIONS;
use crate::{
    Code, Endpoint, FederationName, LogFormat, Mode, Settings, StorageLocation, StorageUrl,
    TemplateValues, TokenAlgorithm, template,
};

fn values(mode: Mode) -> TemplateValues {
    TemplateValues {
        organisation: OrgId::parse("kommun:0880").unwrap(),
        mode,
        federation: FederationName::parse("kalmar.example").unwrap(),
        federation_address: "0.0.0.0:8443".parse().unwrap(),
        local_address: "127.0.0.1:8080".parse().unwrap(),
        public_endpoint: Endpoint::parse("https://brygga.kalmar.example:8443").unwrap(),
    }
}

#[test]
fn the_minimal_file_has_the_safe_defaults() {
    let settings = parse(MINIMAL).unwrap();
    assert_eq!(settings.check(), []);
    assert_eq!(settings.node.mode, Mode::Production);
    assert_eq!(settings.local_listener.address.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.local_auth.algorithm, TokenAlgorithm::EdDsa);
    assert!(!settings.local_auth.development_issuer);
    assert!(!settings.local_auth.require_bound_tokens);
    assert_eq!(settings.delivery.give_up, Duration::from_secs(14 * 86_400));
    assert_eq!(settings.retention.outbox, Duration::from_secs(30 * 86_400));
    assert!(!settings.retention.list_only && settings.retention.inbox > settings.delivery.give_up);
    assert_eq!(settings.audit.checkpoint, Duration::from_secs(10));
    assert_eq!(settings.telemetry.otlp_endpoint, None);
    assert_eq!(settings.telemetry.log_format, LogFormat::Json);
}

#[test]
fn relative_paths_start_from_the_directory_of_the_file() {
    let settings = parse(&with("registry", "mirrors = [\"m/a.json\", \"/b.json\"]")).unwrap();
    assert_eq!(settings.keys.directory, Path::new("/etc/brygga/keys"));
    assert_eq!(settings.federation_listener.tls.key_file, Path::new("/etc/brygga/keys/node.key"));
    assert_eq!(
        settings.registry.mirrors,
        [PathBuf::from("/etc/brygga/m/a.json"), PathBuf::from("/b.json")]
    );
    assert_eq!(
        settings.storage.location,
        StorageLocation::Inline(StorageUrl::Sqlite("/etc/brygga/data/brygga.db".into()))
    );
}

#[test]
fn the_vault_lies_beside_the_keys_unless_another_place_is_named() {
    let url = |text: &str| parse(&with("storage", text)).unwrap().vault_url().unwrap();
    assert_eq!(url("max_readers = 4"), StorageUrl::Sqlite("/etc/brygga/keys/vault.db".into()));
    assert_eq!(url("vault = \"sqlite:/mnt/v.db\""), StorageUrl::Sqlite("/mnt/v.db".into()));
    let server = url("vault = \"postgres://b@127.0.0.1/vault\"");
    assert!(matches!(server, StorageUrl::Postgres(_)));
}

#[test]
fn the_keys_of_both_ends_of_the_local_port_must_be_private() {
    let local = "certificate_file = \"local.crt\"\nkey_file = \"local.key\"";
    let client = "\n[client]\ncertificate_file = \"me.crt\"\nkey_file = \"me.key\"\n";
    let settings = parse(&(with("local_listener", local) + client)).unwrap();
    for key in ["local.key", "me.key"] {
        assert!(settings.private_files().contains(&Path::new("/etc/brygga").join(key).as_path()));
    }
}

#[test]
fn debug_never_shows_the_address_of_a_database() {
    let url = "url = \"postgres://b:hunter2@127.0.0.1/brygga\"";
    let settings = parse(&with("storage", url)).unwrap();
    let StorageLocation::Inline(StorageUrl::Postgres(secret)) = &settings.storage.location else {
        panic!("not a PostgreSQL address");
    };
    assert!(secret.expose().contains("hunter2"));
    let text = format!("{settings:?}");
    assert!(text.contains("redacted") && !text.contains("hunter2"), "{text}");
}

#[test]
fn verified_or_local_postgresql_is_accepted_in_production() {
    for url in [
        "postgres://b@db.example/b?sslmode=verify-full",
        "postgres:///b?host=/run/postgresql",
        "postgresql://b@[::1]:5432/b",
    ] {
        let settings = parse(&with("storage", &format!("url = \"{url}\""))).unwrap();
        assert_eq!(settings.check(), [], "{url}");
    }
}

#[test]
fn the_template_of_every_mode_parses_back() {
    for mode in [Mode::Production, Mode::Demo, Mode::Development] {
        let values = values(mode);
        let settings = parse(&template(&values)).unwrap();
        assert_eq!(settings.check(), [], "{mode:?}");
        assert_eq!(settings.node.organisation, values.organisation);
        assert_eq!(settings.node.mode, mode);
        assert_eq!(settings.node.federation, values.federation);
        assert_eq!(settings.federation_listener.address, values.federation_address);
        assert_eq!(settings.federation_listener.public_endpoint, values.public_endpoint);
        assert_eq!(settings.local_listener.address, values.local_address);
    }
}

#[test]
fn the_template_writes_the_defaults() {
    let text = template(&values(Mode::Production));
    let (written, minimal) = (parse(&text).unwrap(), parse(MINIMAL).unwrap());
    assert_eq!(format!("{:?}", written.storage), format!("{:?}", minimal.storage));
    assert_eq!(format!("{:?}", written.keys), format!("{:?}", minimal.keys));
    assert_eq!(format!("{:?}", written.registry), format!("{:?}", minimal.registry));
    assert_eq!(format!("{:?}", written.delivery), format!("{:?}", minimal.delivery));
    assert_eq!(format!("{:?}", written.retention), format!("{:?}", minimal.retention));
    assert_eq!(format!("{:?}", written.telemetry), format!("{:?}", minimal.telemetry));
    assert_eq!(format!("{:?}", written.audit), format!("{:?}", minimal.audit));
}

#[test]
fn the_template_shows_every_key_and_a_comment_before_each() {
    let text = template(&values(Mode::Production));
    for section in SECTIONS {
        let header = format!("[{section}]");
        let body = text.split_once(&format!("\n{header}\n")).expect(section).1;
        let body = body.split("\n[").next().unwrap();
        let probe = text.replacen(&header, &format!("{header}\nno_such_key = 1"), 1);
        let error = parse(&probe).unwrap_err();
        assert_eq!(error.code, Code::UnknownKey, "{error}");
        for key in error.allowed.split(", ") {
            let written = body.lines().any(|line| {
                line.strip_prefix('#').unwrap_or(line).starts_with(&format!("{key} = "))
            });
            assert!(written, "{section}.{key} is not in the template");
        }
        assert!(body.trim_start().starts_with("# "), "[{section}] begins without a comment");
    }
}

#[test]
fn every_sample_is_accepted_without_findings() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/samples");
    let mut samples = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect::<Vec<_>>();
    samples.sort();
    let names = samples.iter().filter_map(|path| path.file_stem()?.to_str()).collect::<Vec<_>>();
    assert_eq!(names, ["civil-society", "municipality-postgresql", "municipality-sqlite"]);
    for sample in samples {
        Settings::load(&sample).unwrap_or_else(|error| panic!("{error}"));
    }
}
