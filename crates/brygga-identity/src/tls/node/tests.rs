use std::fs;
use std::path::PathBuf;

use brygga_domain::{OrgId, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::tls::{MintRequest, Minted};

fn minted() -> Minted {
    let request = MintRequest {
        org: OrgId::parse("kommun:0881").unwrap(),
        federation: "brygga.example".to_owned(),
        node: 1,
        dns_names: Vec::new(),
        not_before: Timestamp::from_millis(0),
        not_after: Timestamp::from_millis(86_400_000),
    };
    request.mint().unwrap()
}

fn written(minted: &Minted, mode: u32) -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("node.crt"), folder.path().join("node.key"));
    fs::write(&certificate, &minted.certificate_pem).unwrap();
    fs::write(&key, minted.key_pem.expose()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    }
    (folder, certificate, key)
}

#[test]
fn files_of_the_mint_load_and_keep_their_pin() {
    let minted = minted();
    let (_folder, certificate, key) = written(&minted, 0o600);
    let identity = NodeIdentity::load(&certificate, &key).unwrap();
    assert_eq!(identity.pin(), minted.pin);
    assert_eq!(identity.leaf().uri(), Ok(minted.spiffe_id.as_str()));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_touch_is_refused_by_name() {
    for mode in [0o640, 0o604, 0o620, 0o610, 0o666] {
        let (_folder, certificate, key) = written(&minted(), mode);
        let error = NodeIdentity::load(&certificate, &key).unwrap_err();
        assert!(matches!(&error, NodeIdentityError::Permissions(path) if *path == key));
        assert!(error.to_string().contains("node.key"), "{error}");
    }
}

#[test]
fn a_missing_or_endless_file_is_refused_by_name() {
    let (folder, certificate, key) = written(&minted(), 0o600);
    let missing = folder.path().join("missing.crt");
    let error = NodeIdentity::load(&missing, &key).unwrap_err();
    assert!(error.to_string().ends_with("missing.crt"), "{error}");
    fs::write(&certificate, vec![b'a'; 256 * 1024 + 1]).unwrap();
    let error = NodeIdentity::load(&certificate, &key).unwrap_err();
    assert!(matches!(error, NodeIdentityError::Read { .. }));
}

#[test]
fn another_certificates_key_is_refused() {
    let (one, other) = (minted(), minted());
    let key = other.key_pem.expose().as_bytes();
    let error = NodeIdentity::from_pem(one.certificate_pem.as_bytes(), key).unwrap_err();
    assert!(matches!(error, NodeIdentityError::Key(_)));
}

#[test]
fn what_is_not_pem_is_refused() {
    let minted = minted();
    let (certificate, key) = (minted.certificate_pem.as_bytes(), minted.key_pem.expose());
    let swapped = NodeIdentity::from_pem(key.as_bytes(), certificate).unwrap_err();
    assert!(matches!(swapped, NodeIdentityError::Pem));
    let half = NodeIdentity::from_pem(&certificate[..certificate.len() / 2], key.as_bytes());
    assert!(matches!(half.unwrap_err(), NodeIdentityError::Pem));
}

#[test]
fn neither_the_key_nor_its_file_form_shows_in_debug() {
    let minted = minted();
    let identity = NodeIdentity::from_pem(
        minted.certificate_pem.as_bytes(),
        minted.key_pem.expose().as_bytes(),
    );
    let shown = format!("{minted:?}{:?}", identity.unwrap());
    let secret = minted.key_pem.expose().lines().nth(1).unwrap();
    assert!(!shown.contains(secret));
    assert!(!shown.contains("PRIVATE"));
}
