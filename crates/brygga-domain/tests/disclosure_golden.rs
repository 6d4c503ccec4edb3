//! The whole disclosure matrix as a file that an auditor can read.
//!
//! Every sender standing, receiver standing and message class is asked; standings that the matrix
//! treats alike share a line. A line that is wrong or missing fails. After a decided change of the
//! matrix, run the test once with `BRYGGA_BLESS=1` and read the difference.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its own values must fail")]

use std::fmt::Write as _;
use std::path::Path;

use brygga_domain::disclosure::{MessageClass, Passage, Standing, passage};
use brygga_domain::{DisclosureGround, MemberKind, SocialServicesStatus};

const HEADER: &str = "\
# Disclosure matrix: which grounds can carry which message from which body to which.
#
# Every kind of body appears under every message, followed by the social-services statuses that
# the line is about. `*` marks a ground that carries only with a written harm assessment.
# The sections of law behind the grounds stand in domain guide 5.2 and in `DisclosureGround`.
";

#[test]
fn the_matrix_is_the_one_that_was_audited() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/disclosure_matrix.txt");
    let matrix = render();
    if std::env::var("BRYGGA_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &matrix).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    for (number, (audited, actual)) in golden.lines().zip(matrix.lines()).enumerate() {
        assert_eq!(audited, actual, "line {} of {}", number + 1, path.display());
    }
    assert_eq!(
        golden.lines().count(),
        matrix.lines().count(),
        "lines at the end of {}",
        path.display()
    );
}

fn render() -> String {
    let mut text = HEADER.to_owned();
    for class in MessageClass::ALL {
        write!(text, "\n== {} ==\n", class.as_str()).unwrap();
        let row = |from: &Standing| -> Vec<Passage> {
            standings().iter().map(|to| passage(*class, *from, *to)).collect()
        };
        for (_, senders) in grouped(&standings(), row) {
            render_senders(&mut text, *class, &senders);
        }
    }
    text
}

/// One block: senders that may send alike, and the receivers that something can pass to.
fn render_senders(text: &mut String, class: MessageClass, senders: &[Standing]) {
    let ways = grouped(&standings(), |to| passage(class, senders[0], *to));
    let open: Vec<_> = ways.iter().filter(|(way, _)| *way != Passage::Closed).collect();
    let receivers: usize = open.iter().map(|(_, group)| group.len()).sum();
    let (senders_count, all) = (senders.len(), standings().len());
    writeln!(text, "from ({senders_count} of {all} standings, to {receivers} of {all})").unwrap();
    for sender in labels(senders) {
        writeln!(text, "      {sender}").unwrap();
    }
    for (way, group) in &open {
        for receiver in labels(group) {
            writeln!(text, "  to  {receiver:<52} {}", describe(*way)).unwrap();
        }
    }
    writeln!(
        text,
        "  to  {:<52} never",
        if open.is_empty() { "everybody" } else { "everybody else" }
    )
    .unwrap();
}

fn standings() -> Vec<Standing> {
    let of_kind = |kind: &MemberKind| {
        let kind = *kind;
        SocialServicesStatus::ALL.iter().map(move |status| Standing::new(kind, *status))
    };
    MemberKind::ALL.iter().flat_map(of_kind).collect()
}

/// Items grouped by an answer, groups and members in the order of the items.
fn grouped<I: Copy, T: PartialEq>(items: &[I], answer: impl Fn(&I) -> T) -> Vec<(T, Vec<I>)> {
    let mut groups: Vec<(T, Vec<I>)> = Vec::new();
    for item in items {
        let value = answer(item);
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, members)) => members.push(*item),
            None => groups.push((value, vec![*item])),
        }
    }
    groups
}

/// One label for each kind among the standings, with its statuses.
fn labels(standings: &[Standing]) -> Vec<String> {
    let of_kind = |(kind, members): (MemberKind, Vec<Standing>)| {
        let names: Vec<&str> = members.iter().map(|standing| standing.status.as_str()).collect();
        let statuses = if names.len() == SocialServicesStatus::ALL.len() {
            "any".to_owned()
        } else {
            names.join(", ")
        };
        format!("{} ({statuses})", kind.as_str())
    };
    grouped(standings, |standing| standing.kind).into_iter().map(of_kind).collect()
}

fn describe(way: Passage) -> String {
    let name = |ground: &DisclosureGround| match ground {
        DisclosureGround::NoHarmClear26_1 => format!("{}*", ground.as_str()),
        _ => ground.as_str().to_owned(),
    };
    match way {
        Passage::Closed => "never".to_owned(),
        Passage::AgreementOnly => "no ground: the agreement is enough".to_owned(),
        Passage::OnGround(grounds) => grounds.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}
