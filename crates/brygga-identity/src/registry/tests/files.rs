use std::fs;

use brygga_domain::{Seconds, Timestamp};

use crate::registry::sample::*;
use crate::registry::*;
use crate::trust::{Installed, Standing, TrustStore};

fn code(error: &RegistryFileError) -> &'static str {
    match error {
        RegistryFileError::Unreadable { .. } => "UNREADABLE",
        RegistryFileError::Refused { source, .. } => source.code(),
    }
}

#[test]
fn an_installed_registry_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = RegistryFile::new(directory.path().join("registry.json"));
    let store = TrustStore::open(anchor(), file.clone()).unwrap();
    assert_eq!(store.at(ISSUED).standing(), Standing::Absent);
    store.install(verified(&registry(3, [member(KALMAR, 1)])), ISSUED).unwrap();

    let again = TrustStore::open(anchor(), file.clone()).unwrap();
    assert!(again.at(ISSUED).member(&org(KALMAR)).is_ok());
    let error = again.install(verified(&registry(2, [])), ISSUED).unwrap_err();
    assert_eq!(error.code(), "REGISTRY_ROLLBACK");
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["registry.json"], "no half-written file stays behind");
}

#[test]
fn a_restart_inside_the_grace_goes_on_and_after_it_trusts_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let file = RegistryFile::new(directory.path().join("registry.json"));
    file.save(&verified(&registry(1, [member(KALMAR, 1)]))).unwrap();
    let store = TrustStore::open(anchor(), file).unwrap();
    assert!(store.at(EXPIRES.plus(Seconds::days(6))).member(&org(KALMAR)).is_ok());
    assert!(store.at(EXPIRES.plus(Seconds::days(8))).member(&org(KALMAR)).is_err());
}

#[test]
fn the_own_copy_must_be_signed_like_any_other() {
    let directory = tempfile::tempdir().unwrap();
    let file = RegistryFile::new(directory.path().join("registry.json"));
    let unsigned = SignedRegistry::unsigned(registry(1, []).encode()).unwrap();
    fs::write(file.path(), unsigned.to_json()).unwrap();
    let error = TrustStore::open(anchor(), file).unwrap_err();
    assert_eq!(code(&error), "REGISTRY_TOO_FEW_SIGNATURES");
}

#[test]
fn a_registry_that_cannot_be_stored_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing").join("registry.json");
    let store = TrustStore::open(anchor(), RegistryFile::new(missing)).unwrap();
    let error = store.install(verified(&registry(1, [])), ISSUED).unwrap_err();
    assert_eq!(error.code(), "REGISTRY_NOT_PERSISTED");
    assert_eq!(store.at(ISSUED).standing(), Standing::Absent);
    assert_eq!(*store.subscribe().borrow(), 0);
}

/// A store without a file, and a mirror in a fresh directory.
fn mirrored() -> (tempfile::TempDir, TrustStore, MirrorFile) {
    let directory = tempfile::tempdir().unwrap();
    let mirror = MirrorFile::new(directory.path().join("mirror.json"));
    (directory, TrustStore::in_memory(anchor()), mirror)
}

fn publish(mirror: &MirrorFile, registry: &Registry) {
    fs::write(mirror.path(), signed(registry).to_json()).unwrap();
}

#[test]
fn a_mirror_is_read_when_it_changes() {
    let (_directory, store, mut mirror) = mirrored();
    assert_eq!(mirror.reload_if_changed(&store, ISSUED).unwrap(), None);
    publish(&mirror, &registry(1, [member(KALMAR, 1)]));
    let installed = mirror.reload_if_changed(&store, ISSUED).unwrap();
    assert_eq!(installed, Some(Installed::Replaced { sequence: 1 }));
    assert_eq!(mirror.reload_if_changed(&store, ISSUED).unwrap(), None);
    publish(&mirror, &registry(2, [member(NYBRO, 2)]));
    let installed = mirror.reload_if_changed(&store, ISSUED).unwrap();
    assert_eq!(installed, Some(Installed::Replaced { sequence: 2 }));
    assert!(store.at(ISSUED).member(&org(NYBRO)).is_ok());
}

#[test]
fn a_poisoned_mirror_is_reported_once_and_the_last_good_registry_stays() {
    let (_directory, store, mut mirror) = mirrored();
    publish(&mirror, &registry(5, [member(KALMAR, 1)]));
    mirror.reload_if_changed(&store, ISSUED).unwrap();
    let good = signed(&registry(6, [])).to_json();
    let unsigned = SignedRegistry::unsigned(registry(6, []).encode()).unwrap().to_json();
    for (content, expected) in [
        (good[..good.len() / 2].to_owned(), "REGISTRY_INVALID"),
        (String::new(), "REGISTRY_INVALID"),
        (unsigned, "REGISTRY_TOO_FEW_SIGNATURES"),
        (signed(&registry(4, [])).to_json(), "REGISTRY_ROLLBACK"),
        (signed(&registry(5, [])).to_json(), "REGISTRY_SPLIT_VIEW"),
        (" ".repeat(7 * 1024 * 1024), "UNREADABLE"),
    ] {
        fs::write(mirror.path(), content).unwrap();
        let error = mirror.reload_if_changed(&store, ISSUED).unwrap_err();
        assert_eq!(code(&error), expected);
        assert!(store.at(ISSUED).member(&org(KALMAR)).is_ok());
        if expected != "UNREADABLE" {
            assert_eq!(mirror.reload_if_changed(&store, ISSUED).unwrap(), None);
        }
    }
}

#[test]
fn what_is_only_too_early_is_tried_again() {
    let (_directory, store, mut mirror) = mirrored();
    publish(&mirror, &registry(1, []));
    let early = Timestamp::from_millis(ISSUED.as_millis() - 120_001);
    for _ in 0..2 {
        let error = mirror.reload_if_changed(&store, early).unwrap_err();
        assert_eq!(code(&error), "REGISTRY_ISSUED_IN_FUTURE");
    }
    let installed = mirror.reload_if_changed(&store, early.plus(Seconds(1))).unwrap();
    assert_eq!(installed, Some(Installed::Replaced { sequence: 1 }));
}
