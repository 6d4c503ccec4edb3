//! The role table: complete, as it was audited, and obeyed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use brygga_domain::Reason;
use brygga_identity::roles::Role;
use brygga_proto::local::v1::ShowReferralRequest;
use brygga_server::roles::{ACTIONS, Allowed, RPCS};
use tonic::Code;

use crate::federation::Federation;
use crate::raw::{call, verdict};

const HEADER: &str = "\
# Who of the own organisation may call what on the local port.
#
# `any role` is everybody whose token names a role that this version knows; nothing there holds
# personal data. After a decided change run the test once with `BRYGGA_BLESS=1` and read the difference.
";

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto")
}

/// Every method of a package, as the paths that are called.
fn methods(package: &str, file: &str) -> BTreeSet<String> {
    let descriptors = protox::compile([file], [contract()]).unwrap();
    let of_package = descriptors.file.iter().filter(|file| file.package() == package);
    of_package
        .flat_map(|file| &file.service)
        .flat_map(|service| {
            let path = |method: &str| format!("/{package}.{}/{method}", service.name());
            service.method.iter().map(move |method| path(method.name()))
        })
        .collect()
}

#[test]
fn every_call_of_the_contract_has_exactly_one_row() {
    let areas = ["agreement", "consent", "node", "referral"];
    let files = areas.map(|area| format!("brygga/local/v1/{area}_service.proto"));
    let of_contract: BTreeSet<String> =
        files.iter().flat_map(|file| methods("brygga.local.v1", file)).collect();
    let rows: Vec<String> = RPCS.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(rows.iter().cloned().collect::<BTreeSet<_>>(), of_contract);
    assert_eq!(rows.len(), of_contract.len(), "a row stands twice");
    let folder = contract().join("brygga/local/v1");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), files.len(), "a new file of services");
}

#[test]
fn every_action_of_the_contract_has_exactly_one_row() {
    let file = "brygga/local/v1/referral_service.proto";
    let descriptors = protox::compile([file], [contract()]).unwrap();
    let message = descriptors
        .file
        .iter()
        .flat_map(|file| &file.message_type)
        .find(|message| message.name() == "ActOnReferralRequest")
        .unwrap();
    let is_action = |field: &&prost_types::FieldDescriptorProto| field.oneof_index.is_some();
    let of_contract: Vec<&str> =
        message.field.iter().filter(is_action).map(|field| field.name()).collect();
    let rows: Vec<&str> = ACTIONS.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(rows, of_contract);
}

#[test]
fn who_sees_no_person_has_no_row_about_one() {
    let of_persons = RPCS.iter().filter(|(path, _)| {
        path.contains(".ReferralService/") || path.contains(".ConsentService/")
    });
    let mut rows: Vec<Allowed> = of_persons.map(|(_, allowed)| *allowed).collect();
    rows.extend(ACTIONS.iter().map(|(_, allowed)| *allowed));
    assert_eq!(rows.len(), 8 + 7);
    let blind =
        [Role::RegionalCoordinator, Role::Operator, Role::AgreementManager, Role::LogReviewer];
    for role in blind {
        assert!(rows.iter().all(|row| row.check(&[role].into()).is_err()), "{}", role.as_str());
    }
}

#[test]
fn a_caller_without_a_known_role_may_nothing() {
    assert!(RPCS.iter().all(|(_, allowed)| allowed.check(&BTreeSet::new()).is_err()));
}

#[test]
fn the_table_is_the_one_that_was_audited() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/local_roles.txt");
    let table = render();
    if std::env::var("BRYGGA_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (number, (audited, actual)) in golden.lines().zip(table.lines()).enumerate() {
        assert_eq!(audited, actual, "line {} of {}", number + 1, path.display());
    }
    assert_eq!(golden, table, "lines at the end of {}", path.display());
}

fn render() -> String {
    let mut text = HEADER.to_owned();
    let mut services: BTreeMap<&str, Vec<(&str, Allowed)>> = BTreeMap::new();
    for (path, allowed) in RPCS {
        let (service, method) =
            path.trim_start_matches("/brygga.local.v1.").split_once('/').unwrap();
        services.entry(service).or_default().push((method, *allowed));
    }
    for (service, rows) in services {
        block(&mut text, service, rows.iter().copied());
    }
    let actions = ACTIONS.iter().map(|(action, allowed)| (action.as_str(), *allowed));
    block(&mut text, "ActOnReferral, besides its own row", actions);
    block_by_role(&mut text);
    text
}

fn block<'a>(text: &mut String, title: &str, rows: impl Iterator<Item = (&'a str, Allowed)>) {
    write!(text, "\n== {title} ==\n").unwrap();
    for (name, allowed) in rows {
        let roles = match allowed {
            Allowed::Any => "any role".to_owned(),
            Allowed::Only(roles) => {
                roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
            }
        };
        writeln!(text, "{name:<20} {roles}").unwrap();
    }
}

/// The same from the other side: what each role adds to what every role may.
fn block_by_role(text: &mut String) {
    text.push_str("\n== By role, besides what any role may ==\n");
    for role in Role::ALL {
        let only = RPCS.iter().filter(|(_, allowed)| *allowed != Allowed::Any);
        let mine = only.filter(|(_, allowed)| allowed.check(&[*role].into()).is_ok());
        let names: Vec<&str> = mine.map(|(path, _)| path.rsplit('/').next().unwrap()).collect();
        let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        writeln!(text, "{:<23} {names}", role.as_str()).unwrap();
    }
}

#[tokio::test]
async fn every_role_is_let_in_or_denied_as_the_table_says() {
    let federation = Federation::start().await;
    let local = &federation.kalmar.local;
    for role in Role::ALL {
        let token = format!("Bearer {}", local.token(&[*role], &[]));
        for (path, allowed) in RPCS {
            let verdict = verdict(&call(&local.channel, path, &[&token]).await);
            let denied = (Code::PermissionDenied, Some(Reason::RoleDenied));
            let may = allowed.check(&[*role].into()).is_ok();
            assert_eq!(verdict != denied, may, "{} {path}: {verdict:?}", role.as_str());
        }
    }
}

#[tokio::test]
async fn a_denied_role_learns_nothing_about_the_referral_that_it_names() {
    let federation = Federation::start().await;
    let mut referrals = federation.kalmar.local.person(&[Role::Operator]).referrals();
    for referral_id in [vec![7; 16], Vec::new()] {
        let status =
            referrals.show_referral(ShowReferralRequest { referral_id }).await.unwrap_err();
        assert_eq!(verdict(&status), (Code::PermissionDenied, Some(Reason::RoleDenied)));
    }
}
