//! The rules of the house in an agreement, as a case worker and a program read them.

use brygga_domain::code::{CodeLists, HOUSE_RULE};
use brygga_proto::agreement::v1 as proto;
use serde_json::{Value, json};

use crate::cli::Language;

/// The Swedish name stands in the shared list; in English the code itself is read.
pub(super) fn line(condition: &proto::Condition, language: Language) -> String {
    let code = code(condition);
    let list = CodeLists::current().list(HOUSE_RULE);
    let name = match (language, list.and_then(|list| list.find(code))) {
        (Language::Sv, Some(term)) => term.swedish,
        _ => code,
    };
    if condition.text.is_empty() { name.to_owned() } else { format!("{name}: {}", condition.text) }
}

pub(super) fn value(condition: &proto::Condition) -> Value {
    json!({"code": code(condition), "text": condition.text})
}

fn code(condition: &proto::Condition) -> &str {
    condition.code.as_ref().map_or("", |term| term.code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_worker_reads_the_rule_in_swedish() {
        let code = brygga_domain::code::CodedTerm::known(HOUSE_RULE, "SOBRIETY_TOTAL");
        let code = code.as_ref().map(crate::content_file::term_to_proto);
        let mut condition = proto::Condition { code, text: String::new() };
        assert_eq!(line(&condition, Language::Sv), "helt nykter, även utanför boendet");
        condition.text = "gäller även besökare".to_owned();
        assert_eq!(line(&condition, Language::En), "SOBRIETY_TOTAL: gäller även besökare");
    }
}
