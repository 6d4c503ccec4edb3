//! What is wrong with a command line, as any other failure is told: in the reader's language, with
//! a code, as JSON where that was asked for.
//!
//! clap would quote the value at fault. A value may be personal data, and standard error may be
//! kept by somebody: only names of options and commands are repeated.

use std::error::Error as _;

use brygga_domain::org::{OrgIdError, UnitIdError};
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Language;
use crate::failure::Failure;
use crate::text::complaint::Complaint;

/// The failure for what clap found.
pub(super) fn failure(error: &clap::Error, language: Language) -> Failure {
    let complaint = complaint(error);
    let what = match names(error, ContextKind::ValidValue) {
        values if complaint == Complaint::ValueNotInList && !values.is_empty() => {
            format!("{} {}", complaint.of(language), values.join(", "))
        }
        _ => complaint.of(language).to_owned(),
    };
    let places = [ContextKind::InvalidArg, ContextKind::PriorArg].map(|kind| names(error, kind));
    Failure::usage(complaint.code(), what).at(options(&places.concat())).fix(fix(error, language))
}

fn complaint(error: &clap::Error) -> Complaint {
    match error.kind() {
        ErrorKind::ArgumentConflict => Complaint::OptionsConflict,
        ErrorKind::InvalidSubcommand => Complaint::CommandUnknown,
        ErrorKind::InvalidUtf8 => Complaint::BytesNotText,
        ErrorKind::InvalidValue if names(error, ContextKind::ValidValue).is_empty() => {
            Complaint::ValuesTooManyOrFew
        }
        ErrorKind::InvalidValue => Complaint::ValueNotInList,
        ErrorKind::MissingRequiredArgument => Complaint::OptionMissing,
        ErrorKind::MissingSubcommand => Complaint::CommandMissing,
        ErrorKind::NoEquals
        | ErrorKind::TooFewValues
        | ErrorKind::TooManyValues
        | ErrorKind::WrongNumberOfValues => Complaint::ValuesTooManyOrFew,
        ErrorKind::UnknownArgument => Complaint::OptionUnknown,
        _ => of_value(error).unwrap_or(Complaint::ValueForm),
    }
}

/// What whoever read the value has to say about it.
fn of_value(error: &clap::Error) -> Option<Complaint> {
    let source = error.source()?;
    if source.is::<OrgIdError>() {
        Some(Complaint::NotAnOrganisation)
    } else if source.is::<UnitIdError>() {
        Some(Complaint::NotAUnit)
    } else {
        source.downcast_ref().copied()
    }
}

fn names(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// Names of options and of places on the command line; a stray word is left out.
fn options(names: &[String]) -> String {
    let named = names.iter().filter(|name| name.starts_with("--") || name.starts_with(['<', '[']));
    let bare = named.map(|name| name.split('=').next().unwrap_or(name));
    bare.collect::<Vec<_>>().join(", ")
}

/// The nearest word of ours, or else how the command is used.
fn fix(error: &clap::Error, language: Language) -> String {
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .map(|kind| names(error, kind))
        .concat();
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let usage = usage.trim().trim_start_matches("Usage: ").to_owned();
    match (language, near.is_empty()) {
        (Language::Sv, true) => format!("Så här: {usage}"),
        (Language::En, true) => format!("Usage: {usage}"),
        (Language::Sv, false) => format!("Närmast: {}", near.join(", ")),
        (Language::En, false) => format!("Nearest: {}", near.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;
    use crate::cli::{Cli, help};

    fn told(line: &str, language: Language) -> String {
        let line: Vec<_> = line.split_whitespace().map(Into::into).collect();
        let read = help::command(language, &line).try_get_matches_from(&line);
        let read = read.and_then(|matches| Cli::from_arg_matches(&matches));
        failure(&read.err().expect("a wrong line"), language).text(language)
    }

    #[test]
    fn a_word_too_many_is_not_repeated() {
        for line in [
            "brygga referral request --name Anna Hemligsson",
            "brygga referral list --side Hemligsson",
            "brygga referral show Hemligsson",
            "brygga referral Hemligsson",
            "brygga Hemligsson",
            "brygga referral list --limit Hemligsson",
            "brygga referral list --naem=Hemligsson",
            "brygga referral take-on 30313233 --unit Hemligsson",
            "brygga consent record --recipient Hemligsson",
        ] {
            for language in Language::ALL {
                let text = told(line, language);
                assert!(!text.contains("Hemligsson"), "{text}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_a_way_on() {
        let text = told("brygga referral list --side nowhere", Language::Sv);
        assert!(text.contains("ett av: SOURCE, TARGET") && text.contains("--side"), "{text}");
        let text = told("brygga referral lst", Language::En);
        assert!(text.contains("Nearest: list"), "{text}");
        let text = told(
            "brygga agreement terminate 0123456789abcdef0123456789abcdef --from x",
            Language::Sv,
        );
        assert!(text.starts_with("NOT_A_TIME: Väntade ett datum"), "{text}");
        let text = told("brygga consent show", Language::Sv);
        assert!(text.contains("saknas. (<ID>)\n  Så här: brygga consent show"), "{text}");
    }
}
