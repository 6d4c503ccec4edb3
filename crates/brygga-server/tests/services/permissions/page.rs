//! The matrix as a page that an auditor reads.

use std::fmt::Write as _;

use brygga_app::width_of;
use brygga_domain::MemberKind;
use brygga_domain::access::{Sight, Width};
use brygga_identity::roles::Role;
use brygga_proto::rpc::{FederationRpc, LocalRpc, ReferralAction};
use brygga_server::roles::{is_honoured, of_action, of_federation_rpc, of_rpc};

use super::agreement_kinds;
use super::gate::{Agreement, ConsentState};
use super::need::Relation;
use super::{Cell, Demand, cells, demand, gate};

const HEADER: &str = "\
# THE PERMISSION MATRIX
#
# Written by the code itself: the token check, the role table, need-to-know and the gate were asked, and
# this is what they said. docs/POLICY.md explains it. After a decided change run the test once with
# BRYGGA_BLESS=1 and read the difference.
";

pub(super) fn render() -> String {
    let mut text = HEADER.to_owned();
    legend(&mut text);
    calls(&mut text);
    actions(&mut text);
    kinds(&mut text);
    need_to_know(&mut text);
    sending(&mut text);
    every_cell(&mut text);
    agreement_kinds::write(&mut text);
    text
}

/// The number of a role in the heading of a grid.
fn short(role: Role) -> String {
    let place = Role::ALL.iter().position(|known| *known == role).unwrap();
    format!("{:02}", place + 1)
}

/// The letter of a relation.
fn letter(relation: Relation) -> char {
    let place = Relation::ALL.iter().position(|known| *known == relation).unwrap();
    char::from(b'a' + u8::try_from(place).unwrap())
}

fn legend(text: &mut String) {
    text.push_str("\n== 1. Roles, and how far each sees inside its own units ==\n");
    for role in Role::ALL {
        let width = match width_of(*role) {
            Width::Unit => "the whole unit",
            Width::OwnCases => "own cases, and what nobody has taken on",
            Width::Assigned => "what was assigned",
            Width::Nothing => "no case",
        };
        writeln!(text, "{}  {:<23} {width}", short(*role), role.as_str()).unwrap();
    }
}

fn grid<'a>(
    text: &mut String,
    rows: impl Iterator<Item = (&'a str, Box<dyn Fn(Role) -> bool + 'a>)>,
) {
    let names: Vec<String> = Role::ALL.iter().map(|role| short(*role)).collect();
    writeln!(text, "{:<24} {}", "", names.join(" ")).unwrap();
    for (name, opens) in rows {
        let cells: Vec<&str> =
            Role::ALL.iter().map(|role| if opens(*role) { " x" } else { " ." }).collect();
        writeln!(text, "{name:<24} {}", cells.join(" ").trim_end()).unwrap();
    }
}

fn calls(text: &mut String) {
    text.push_str(
        "\n== 2. Calls of the local port: x may call, . is refused (SEND_ROLE_DENIED) ==\n",
    );
    let rows = LocalRpc::ALL.iter().map(|rpc| {
        let name = rpc.path().rsplit('/').next().unwrap();
        let opens: Box<dyn Fn(Role) -> bool> = Box::new(|role| of_rpc(*rpc).opens_to(role));
        (name, opens)
    });
    grid(text, rows);
    text.push_str("\nThe federation port knows organisations and no persons:\n");
    for rpc in FederationRpc::ALL {
        let name = rpc.path().rsplit('/').next().unwrap();
        writeln!(text, "{name:<22} {:?}", of_federation_rpc(*rpc)).unwrap();
    }
}

fn actions(text: &mut String) {
    text.push_str("\n== 3. Decisions of ActOnReferral, for whoever the call has let in ==\n");
    let rows = ReferralAction::ALL.iter().map(|action| {
        let opens: Box<dyn Fn(Role) -> bool> = Box::new(|role| of_action(*action).opens_to(role));
        (action.as_str(), opens)
    });
    grid(text, rows);
}

fn kinds(text: &mut String) {
    text.push_str(
        "\n== 4. At which kind of node a role counts, whatever a token says (SoL 4:3) ==\n",
    );
    let rows = MemberKind::ALL.iter().map(|kind| {
        let opens: Box<dyn Fn(Role) -> bool> = Box::new(|role| is_honoured(Some(*kind), role));
        (kind.as_str(), opens)
    });
    let rows: Vec<_> = rows.collect();
    grid(text, rows.into_iter());
}

fn need_to_know(text: &mut String) {
    text.push_str(
        "\n== 5. Need-to-know: what somebody sees of one referral, and on which ground ==\n",
    );
    text.push_str(
        "# nothing: answered as if there were none. listed: no content, nothing to decide.\n",
    );
    text.push_str("# read: content. work: content, and to decide.\n");
    let widths = [Width::Unit, Width::OwnCases, Width::Assigned, Width::Nothing];
    let heading = ["whole unit", "own cases", "assigned", "no case"];
    writeln!(text, "{:<42} {}", "", heading.map(|one| format!("{one:<22}")).join("").trim_end())
        .unwrap();
    for relation in Relation::ALL {
        let seen = widths.map(|width| format!("{:<22}", sight(relation.sight(width))));
        let words = format!("{}  {}", letter(*relation), relation.words());
        writeln!(text, "{words:<42} {}", seen.join("").trim_end()).unwrap();
    }
}

fn sight(sight: Sight) -> String {
    let word = match sight {
        Sight::Hidden => "nothing",
        Sight::Listed => "listed",
        Sight::Read(_) => "read",
        Sight::Work(_) => "work",
    };
    match sight.ground() {
        Some(ground) => format!("{word} {}", ground.as_str()),
        None => word.to_owned(),
    }
}

fn sending(text: &mut String) {
    text.push_str(
        "\n== 6. The gate: a referral on the ground of consent, agreement (down) x consent ==\n",
    );
    for agreement in Agreement::ALL {
        for consent in ConsentState::ALL {
            let said = match gate::decide(*agreement, *consent) {
                Ok(()) => "permitted",
                Err(refusal) => refusal.reason.as_str(),
            };
            let case = format!("{} / {}", agreement.words(), consent.words());
            writeln!(text, "{case:<28} {said}").unwrap();
        }
    }
}

/// Whatever is permitted, in full; everything else is refused.
fn every_cell(text: &mut String) {
    let all: Vec<(Cell, bool)> = cells().map(|cell| (cell, cell.decide().is_ok())).collect();
    let permitted = all.iter().filter(|(_, permitted)| *permitted).count();
    text.push_str("\n== 7. Call x role x organisation x unit x agreement x consent ==\n");
    writeln!(text, "# {} cells, of which {permitted} are permitted.", all.len()).unwrap();
    text.push_str(
        "# A token of another organisation: every cell is refused (SEND_UNAUTHENTICATED).\n",
    );
    text.push_str(
        "# Each line: call, role, and how the caller stands to the case, by the letters of 5. What sends needs an\n",
    );
    text.push_str(
        "# agreement in force and a consent that covers it; nothing else depends on either.\n",
    );
    for rpc in LocalRpc::ALL {
        for role in Role::ALL {
            line(text, &all, *rpc, *role);
        }
    }
}

fn line(text: &mut String, all: &[(Cell, bool)], rpc: LocalRpc, role: Role) {
    let mine: Vec<&(Cell, bool)> = all
        .iter()
        .filter(|(cell, permitted)| *permitted && cell.rpc == rpc && cell.role == role)
        .collect();
    if mine.is_empty() {
        return;
    }
    let name = rpc.path().rsplit('/').next().unwrap();
    let relations = Relation::ALL
        .iter()
        .filter(|relation| mine.iter().any(|(cell, _)| cell.relation == **relation));
    let relations: Vec<char> = relations.map(|relation| letter(*relation)).collect();
    let stands = if relations.len() == Relation::ALL.len() {
        "always".to_owned()
    } else {
        relations.iter().map(char::to_string).collect::<Vec<_>>().join(" ")
    };
    let sends = matches!(demand(rpc), Demand::Permit | Demand::WorkAndPermit);
    let sends = if sends { " [agreement in force, valid consent]" } else { "" };
    writeln!(text, "{name:<22} {:<23} {stands}{sends}", role.as_str()).unwrap();
}
