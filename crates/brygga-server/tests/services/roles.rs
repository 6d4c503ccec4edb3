//! The role table: complete, as it was audited, and obeyed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use brygga_domain::{MemberKind, Reason};
use brygga_identity::roles::Role;
use brygga_proto::local::v1::ShowReferralRequest;
use brygga_proto::rpc::{LocalRpc, ReferralAction};
use brygga_server::roles::{Allowed, honoured, of_action, of_rpc};
use tonic::Code;

use crate::federation::Federation;
use crate::raw::{call, verdict};

const HEADER: &str = "\
# Who of the own organisation may call what on the local port.
#
# `any role` is everybody whose token names a role that this version knows; nothing there holds
# personal data. After a decided change run the test once with `BRYGGA_BLESS=1` and read the difference.
";

/// The rows about persons: those of the calls, and those of the decisions about a referral.
fn rows_about_persons() -> Vec<Allowed> {
    let services = ["Referral", "Consent"].map(|area| format!(".{area}Service/"));
    let is_about = |rpc: &&LocalRpc| services.iter().any(|name| rpc.path().contains(name));
    let calls = LocalRpc::ALL.iter().filter(is_about).map(|rpc| of_rpc(*rpc));
    calls.chain(ReferralAction::ALL.iter().map(|action| of_action(*action))).collect()
}

#[test]
fn who_sees_no_person_has_no_row_about_one() {
    let rows = rows_about_persons();
    assert!(rows.len() > ReferralAction::ALL.len() + 8);
    let blind = [
        Role::AgreementManager,
        Role::HousingAcquirer,
        Role::LogReviewer,
        Role::Operator,
        Role::ProtectedOfficer,
        Role::RegionalCoordinator,
    ];
    for role in blind {
        assert!(rows.iter().all(|row| row.check(&[role].into()).is_err()), "{}", role.as_str());
    }
}

#[test]
fn a_caller_without_a_known_role_may_nothing() {
    let nobody = BTreeSet::new();
    assert!(LocalRpc::ALL.iter().all(|rpc| of_rpc(*rpc).check(&nobody).is_err()));
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
    for rpc in LocalRpc::ALL {
        let (service, method) =
            rpc.path().trim_start_matches("/brygga.local.v1.").split_once('/').unwrap();
        services.entry(service).or_default().push((method, of_rpc(*rpc)));
    }
    for (service, rows) in services {
        block(&mut text, service, rows.iter().copied());
    }
    let actions = ReferralAction::ALL.iter().map(|action| (action.as_str(), of_action(*action)));
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
        writeln!(text, "{name:<21} {roles}").unwrap();
    }
}

/// The same from the other side: what each role adds to what every role may.
fn block_by_role(text: &mut String) {
    text.push_str("\n== By role, besides what any role may ==\n");
    for role in Role::ALL {
        let only = LocalRpc::ALL.iter().filter(|rpc| of_rpc(**rpc) != Allowed::Any);
        let mine = only.filter(|rpc| of_rpc(**rpc).check(&[*role].into()).is_ok());
        let names: Vec<&str> = mine.map(|rpc| rpc.path().rsplit('/').next().unwrap()).collect();
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
        for rpc in LocalRpc::ALL {
            let verdict = verdict(&call(&local.channel, rpc.path(), &[&token]).await);
            let denied = (Code::PermissionDenied, Some(Reason::RoleDenied));
            let here = honoured(Some(MemberKind::Municipality), &[*role].into());
            let may = of_rpc(*rpc).check(&here).is_ok();
            assert_eq!(verdict != denied, may, "{} {rpc:?}: {verdict:?}", role.as_str());
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
