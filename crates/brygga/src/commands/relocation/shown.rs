//! A case as its officers and a program read it.

use brygga_proto::local::v1::{Relocation, RelocationAccess};
use brygga_proto::relocation::v1::{ProtectionLevel, RelocationRoute, SecrecyBasis};
use serde_json::json;

use crate::cli::Language;
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::{when, wire_code};

const LABEL_WIDTH: usize = 20;

/// One case.
pub(super) fn one(case: Option<Relocation>, language: Language) -> Answer {
    let case = case.unwrap_or_default();
    let officers: Vec<_> = case.officers.iter().map(|officer| show(officer)).collect();
    let all = [
        (Text::RelocationCase, show(&case.relocation_id)),
        (Text::Status, case.stage.clone()),
        (Text::RelocationRoute, word::<RelocationRoute>(case.route, language)),
        (Text::RelocationLevel, word::<ProtectionLevel>(case.level, language)),
        (Text::RelocationSecrecy, word::<SecrecyBasis>(case.secrecy_basis, language)),
        (Text::RelocationOfficers, officers.join(", ")),
        (Text::RelocationExcluded, case.exclusions.join(", ")),
    ];
    let told = all.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = told.map(|(label, value)| format!("{:<LABEL_WIDTH$}{value}", label.of(language)));
    let value = json!({"relocation": {
        "relocation_id": show(&case.relocation_id),
        "stage": case.stage,
        "route": wire_code::show::<RelocationRoute>(case.route),
        "level": wire_code::show::<ProtectionLevel>(case.level),
        "secrecy_basis": wire_code::show::<SecrecyBasis>(case.secrecy_basis),
        "officers": officers,
        "exclusions": case.exclusions,
    }});
    Answer::new(value).lines(lines)
}

/// What officers did, one line each.
pub(super) fn accesses(log: &[RelocationAccess], language: Language) -> Answer {
    let at = |access: &RelocationAccess| {
        when::from_proto(access.at).map(when::swedish).unwrap_or_default()
    };
    let value = |access: &RelocationAccess| {
        json!({
            "officer_id": show(&access.officer_id),
            "relocation_id": show(&access.relocation_id),
            "act": access.act,
            "at": when::from_proto(access.at).map(when::rfc3339),
        })
    };
    let answer = Answer::new(json!({"accesses": log.iter().map(value).collect::<Vec<_>>()}));
    if log.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let row = |access: &RelocationAccess| {
        vec![at(access), access.act.clone(), show(&access.officer_id), show(&access.relocation_id)]
    };
    answer.lines(table(&log.iter().map(row).collect::<Vec<_>>()))
}
