use brygga_domain::{OrgId, Seconds, Timestamp};

use super::*;
use crate::tls::{InMemoryDirectory, MintError, MintRequest, Minted};

/// Midnight before 1 June 2026.
const NOW: Timestamp = Timestamp::from_millis(1_780_272_000_000);

fn request() -> MintRequest {
    MintRequest {
        org: OrgId::parse("kommun:0881").unwrap(),
        federation: "brygga.example".to_owned(),
        node: 1,
        dns_names: vec!["nybro.example".to_owned()],
        not_before: NOW,
        not_after: NOW.plus(Seconds::days(1)),
    }
}

fn der(minted: &Minted) -> Vec<u8> {
    x509_parser::pem::parse_x509_pem(minted.certificate_pem.as_bytes()).unwrap().1.contents
}

fn listed(minted: &Minted) -> InMemoryDirectory {
    let directory = InMemoryDirectory::default();
    let peer = KnownPeer { org: request().org, spiffe_id: minted.spiffe_id.clone() };
    directory.insert(minted.pin, peer);
    directory
}

#[test]
fn a_minted_certificate_carries_one_uri_beside_its_dns_names() {
    let minted = request().mint().unwrap();
    let leaf = Leaf::parse(&der(&minted)).unwrap();
    assert_eq!(leaf.uri(), Ok("spiffe://brygga.example/org/kommun/0881/node/1"));
    assert_eq!(leaf.pin(), minted.pin);
    assert_eq!(SpkiPin::of_certificate(&der(&minted)), Ok(minted.pin));
    assert_eq!(minted.pin.to_string().len(), 64);
}

#[test]
fn validity_holds_from_its_first_to_its_last_millisecond() {
    let minted = request().mint().unwrap();
    let leaf = Leaf::parse(&der(&minted)).unwrap();
    let directory = listed(&minted);
    let at = |millis| {
        let now = Timestamp::from_millis(NOW.as_millis() + millis);
        leaf.identify(&directory, Role::Client, now).map(|peer| peer.org)
    };
    let day = 86_400_000;
    assert_eq!(at(-1), Err(CertificateRefusal::NotYetValid));
    assert_eq!(at(0), Ok(request().org));
    assert_eq!(at(day + 999), Ok(request().org));
    assert_eq!(at(day + 1000), Err(CertificateRefusal::Expired));
}

#[test]
fn both_ends_accept_a_minted_certificate_and_only_from_its_organisation() {
    let minted = request().mint().unwrap();
    let leaf = Leaf::parse(&der(&minted)).unwrap();
    let directory = listed(&minted);
    assert!(leaf.identify(&directory, Role::Client, NOW).is_ok());
    assert!(leaf.identify_server(&directory, &request().org, NOW).is_ok());
    let other = OrgId::parse("kommun:0882").unwrap();
    assert_eq!(
        leaf.identify_server(&directory, &other, NOW),
        Err(CertificateRefusal::OtherOrganisation)
    );
    directory.remove(&minted.pin);
    assert_eq!(leaf.identify(&directory, Role::Server, NOW), Err(CertificateRefusal::UnknownKey));
}

#[test]
fn garbage_a_cut_and_a_tail_are_malformed() {
    let whole = der(&request().mint().unwrap());
    let cut = &whole[..whole.len() - 1];
    let tail = [&whole[..], &[0]].concat();
    for bytes in [&[][..], b"certificate", cut, &tail] {
        assert_eq!(Leaf::parse(bytes), Err(CertificateRefusal::Malformed));
        assert_eq!(SpkiPin::of_certificate(bytes), Err(CertificateRefusal::Malformed));
    }
}

/// Each single flipped byte is refused, or leaves a certificate that the handshake's
/// proof of the key still guards; none may panic.
#[test]
fn no_flipped_byte_makes_the_parser_panic() {
    let whole = der(&request().mint().unwrap());
    for index in 0..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[index] ^= flip;
            let _ = Leaf::parse(&bytes);
        }
    }
}

#[test]
fn an_empty_or_unwritable_validity_is_not_minted() {
    let backwards = MintRequest { not_after: NOW.minus(Seconds(1)), ..request() };
    assert!(matches!(backwards.mint(), Err(MintError::Validity)));
    let endless = MintRequest { not_after: Timestamp::from_millis(i64::MAX), ..request() };
    assert!(matches!(endless.mint(), Err(MintError::Validity)));
    let foreign = MintRequest { federation: "brygga.exämple".to_owned(), ..request() };
    assert!(matches!(foreign.mint(), Err(MintError::Name(_))));
}
