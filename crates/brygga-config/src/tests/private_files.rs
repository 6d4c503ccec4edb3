//! Files on disk: the settings file itself, and files with secrets.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{MINIMAL, with};
use crate::{
    Code, PrivateFileError, Settings, StorageUrl, check_key_directory, check_private_file,
};

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn only_a_file_of_its_owner_alone_is_private() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("node.key");
    assert_eq!(check_private_file(&file), Err(PrivateFileError::Missing(file.clone())));
    assert_eq!(
        check_private_file(directory.path()),
        Err(PrivateFileError::NotAFile(directory.path().to_owned()))
    );
    for mode in [0o600, 0o400] {
        write(&file, "key", mode);
        assert_eq!(check_private_file(&file), Ok(()), "{mode:o}");
    }
    for mode in [0o640, 0o604, 0o620, 0o666, 0o644] {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let error = check_private_file(&file).unwrap_err();
        let path = file.display();
        assert_eq!(error.to_string(), format!("{path} has mode 0{mode:o}; run: chmod 600 {path}"));
    }
}

#[test]
fn a_key_directory_reports_every_open_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
    write(&path.join("a.key"), "a", 0o600);
    write(&path.join("b.key"), "b", 0o640);
    write(&path.join("c.key"), "c", 0o644);
    let open = check_key_directory(path).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open[0].contains("b.key") && open[1].contains("c.key"), "{open:?}");

    std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    let open = check_key_directory(path);
    assert!(matches!(open[..], [PrivateFileError::TooOpen { cure: "700", .. }, _, _]), "{open:?}");

    let file = path.join("a.key");
    assert_eq!(check_key_directory(&file), [PrivateFileError::NotADirectory(file)]);
}

#[test]
fn load_refuses_what_check_finds_and_read_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("brygga.toml");
    assert_eq!(Settings::load(&file).unwrap_err().code, Code::FileUnreadable);
    write(&file, MINIMAL, 0o644);
    let settings = Settings::load(&file).unwrap();
    assert_eq!(settings.keys.directory, directory.path().join("keys"));
    write(&file, &with("local_listener", "address = \"0.0.0.0:8080\""), 0o644);
    assert_eq!(Settings::load(&file).unwrap_err().code, Code::PlaintextListener);
    assert_eq!(Settings::read(&file).unwrap().check().len(), 1);
}

#[test]
fn the_address_in_a_file_obeys_the_same_rules() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("database-url");
    let text = with("storage", "url_file = \"database-url\"");
    let settings = Settings::parse(&text, directory.path()).unwrap();
    assert!(settings.private_files().contains(&file.as_path()));
    let code = || settings.storage_url().unwrap_err().code;

    assert_eq!(code(), Code::PrivateFile);
    let verified = "postgres://b:hunter2@db.example/b?sslmode=verify-full";
    write(&file, verified, 0o644);
    assert_eq!(code(), Code::PrivateFile);
    write(&file, "hunter2", 0o600);
    assert_eq!(code(), Code::NotAStorageUrl);
    assert!(!settings.storage_url().unwrap_err().to_string().contains("hunter2"));
    write(&file, "postgres://b:hunter2@db.example/b", 0o600);
    assert_eq!(code(), Code::PostgresPlaintext);
    write(&file, &format!("{verified}\n"), 0o600);
    let StorageUrl::Postgres(secret) = settings.storage_url().unwrap() else {
        panic!("not a PostgreSQL address");
    };
    assert_eq!(secret.expose(), verified);
}
