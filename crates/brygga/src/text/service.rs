//! What is asked for, in a case worker's words.

use brygga_domain::code::{CodeLists, SERVICE_TYPE};

use crate::cli::Language;

/// The words of a service; the code itself in English and where this version has none.
pub(crate) fn service(code: &str, language: Language) -> String {
    let list = CodeLists::current().list(SERVICE_TYPE);
    match (language, list.and_then(|list| list.find(code))) {
        (Language::Sv, Some(term)) => term.swedish.to_owned(),
        _ => code.to_owned(),
    }
}
