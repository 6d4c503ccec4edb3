//! The filled-in agreements of `docs/examples/agreements`: whoever proposes one must be able to.

use std::fs;
use std::path::Path;

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/agreements");

/// What the made-up organisations of the files are.
const MADE_UP: &[Member<'static>] = &[
    Member::other("demo:boendeforeningen-karlstad", MemberKind::CivilSociety),
    Member::other("demo:boplats-goteborg", MemberKind::HousingAgency),
    Member::other("demo:bostadsbolaget-goteborg", MemberKind::MunicipalLandlord),
    Member::other("demo:bostadsbolaget-vasteras", MemberKind::MunicipalLandlord),
    Member::other("demo:fastighetsagare-goteborg", MemberKind::PrivateLandlord),
    Member::other("demo:fastighetsagare-norrkoping", MemberKind::PrivateLandlord),
    Member::other("demo:fastighetsagarna", MemberKind::Association),
    Member::other("demo:hyresbostader-norrkoping", MemberKind::MunicipalLandlord),
    Member::other("demo:hyresgastforeningen", MemberKind::Association),
    Member::other("demo:kamratforeningen-stockholm", MemberKind::CivilSociety),
    Member::other("demo:kronofogden", MemberKind::EnforcementAuthority),
    Member::other("demo:lansstyrelsen-kalmar", MemberKind::Coordinator),
    Member::other("demo:lansstyrelsen-orebro", MemberKind::Coordinator),
    Member::other("demo:lansstyrelsen-ostergotland", MemberKind::Coordinator),
    Member::other("demo:lunds-universitet", MemberKind::Research),
    Member::other("demo:natverket-sociala-fragor", MemberKind::CivilSociety),
    Member::other("demo:orebrobostader", MemberKind::MunicipalLandlord),
    Member::other("demo:stadsmissionen-kalmar", MemberKind::CivilSociety),
    Member::other("demo:stadsmissionen-orebro", MemberKind::CivilSociety),
    Member::other("demo:stadsmissionen-stockholm", MemberKind::CivilSociety),
    Member::other("demo:stadsmissionen-vasteras", MemberKind::CivilSociety),
    Member::other("demo:storningsjouren-goteborg", MemberKind::IncidentReporter),
    Member::other("demo:svenska-bostader", MemberKind::MunicipalLandlord),
    Member::other("demo:telge-bostader", MemberKind::MunicipalLandlord),
    Member::other("demo:telge-hovsjo", MemberKind::MunicipalLandlord),
    Member::other("demo:uppsala-bostad", MemberKind::MunicipalLandlord),
    Member::other("demo:vard-vasteras", MemberKind::PrivateLandlord),
];

/// Those who sign; whoever has the code of a municipality is one.
fn members(terms: &proto::AgreementTerms) -> Vec<Member<'_>> {
    let ids = terms.parties.iter().map(|party| party.organisation.as_str());
    let member = |id| match str::starts_with(id, "kommun:") {
        true => Some(Member::municipality(id)),
        false => MADE_UP.iter().find(|made_up| made_up.id == id).copied(),
    };
    ids.filter_map(member).collect()
}

/// Name and text of each file.
fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let terms = entries.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    terms.map(|path| (name(&path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_example_can_be_signed_by_the_parties_it_names() {
    let files = files();
    assert!(!files.is_empty(), "no example in {FOLDER}");
    for (name, text) in files {
        let terms = read(&text, &Additions::default(), NOW)
            .unwrap_or_else(|failure| panic!("{name}: {}", failure.text(crate::cli::Language::En)));
        check(&name, &terms, &members(&terms));
    }
}

#[test]
fn the_page_of_the_folder_names_every_example_and_its_kind() {
    let page = fs::read_to_string(Path::new(FOLDER).join("README.md")).unwrap();
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| [")).collect();
    let files = files();
    assert_eq!(rows.len(), files.len());
    for (name, text) in files {
        let terms = read(&text, &Additions::default(), NOW).unwrap();
        let kind = wire_code::show::<proto::AgreementKind>(terms.kind);
        let row = rows.iter().find(|row| row.contains(&format!("({name})")));
        assert!(row.is_some_and(|row| row.contains(&format!("`{kind}`"))), "{name}: {kind}");
    }
}
