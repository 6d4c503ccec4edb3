//! Copies of a node, and new wrapping keys, without the node.

use std::os::unix::fs::PermissionsExt;

use crate::region::Region;

#[test]
fn a_backup_holds_the_database_and_never_the_vault_unless_another_place_is_named() {
    let region = Region::new();
    region.found_kalmar();
    region.json(&["migrate", "--dir", "kalmar"]);
    region.json(&["backup", "--dir", "kalmar", "--out", "copy"]);
    let names = |directory: &str| {
        let entries = std::fs::read_dir(region.path(directory)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("copy"), ["brygga.db"]);
    let mode = region.path("copy/brygga.db").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = ["backup", "--dir", "kalmar", "--out", "copy"];
    assert_eq!(region.refused(1, &again), "STORE_CONFLICT");
    for inside in ["second/vault.db", "copy/../second/vault.db"] {
        let both = ["backup", "--dir", "kalmar", "--out", "second", "--with-vault", inside];
        assert_eq!(region.refused(2, &both), "VAULT_IN_BACKUP", "{inside}");
    }
    region.json(&["backup", "--dir", "kalmar", "--out", "second", "--with-vault", "vault.db"]);
    assert_eq!(names("second"), ["brygga.db"]);
    assert!(region.path("vault.db").is_file());
}

#[test]
fn a_new_wrapping_key_is_followed_by_the_end_of_the_earlier_one() {
    let region = Region::new();
    region.found_kalmar();
    region.json(&["migrate", "--dir", "kalmar"]);
    let wrapping = || {
        let entries = std::fs::read_dir(region.path("kalmar/keys")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("data-key-encryption")).count()
    };
    region.json(&["keys", "rotate", "--dir", "kalmar"]);
    assert_eq!(wrapping(), 2);
    let done = region.json(&["keys", "rewrap", "--dir", "kalmar"]);
    assert_eq!(done["wrapping_keys_destroyed"], 1);
    assert_eq!(wrapping(), 1);
}
