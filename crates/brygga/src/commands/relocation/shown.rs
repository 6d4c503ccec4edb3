//! A case as its officers and a program read it: a warning first, then everything that stands in it, then what is next.

mod entry;
mod page;
#[cfg(test)]
mod tests;

use brygga_proto::local::v1::{OpenEnquiry, Relocation, RelocationAccess};
use serde_json::json;

use super::next;
use crate::cli::{Invocation, Language};
use crate::identifier::show;
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::relocation::RelocationText;
use crate::when;

/// One case.
pub(super) fn one(case: Option<Relocation>, at: &Invocation) -> Answer {
    let case = case.unwrap_or_default();
    let language = at.language;
    Answer::new(json!({"relocation": entry::case(&case)}))
        .line(RelocationText::Warning.of(language))
        .lines(page::case(&case, at))
        .line("")
        .line(RelocationText::NextSteps.of(language))
        .lines(next::steps(&case, at.now).iter().flat_map(|step| step.lines(language)))
}

/// What others of the network ask.
pub(super) fn enquiries(enquiries: &[OpenEnquiry], language: Language) -> Answer {
    let entries: Vec<_> = enquiries.iter().map(entry::enquiry).collect();
    let answer = Answer::new(json!({"enquiries": entries}));
    if enquiries.is_empty() {
        return answer.line(Text::None.of(language));
    }
    let answer = answer.line(RelocationText::Warning.of(language)).line("");
    let answer = answer.line(RelocationText::Enquiries.of(language));
    answer.lines(enquiries.iter().flat_map(|enquiry| page::enquiry(enquiry, language)))
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
