//! The codes of a vocabulary in the help, each with its words in the reader's language.
//!
//! A value has one text in clap. Those of a vocabulary hold both languages, Swedish first; here the
//! reader's is taken out, since nobody knows what `OTHER_RECIPIENT` asks of them without.

use clap::builder::PossibleValue;
use clap::{Arg, Command};

use super::Language;
use crate::text::vocabulary::BETWEEN_LANGUAGES;

/// A line for each value; none where the values are no vocabulary, or are not to be shown.
pub(super) fn lines(arg: &Arg, language: Language) -> Option<Vec<String>> {
    let values = shown(arg);
    let line = |value: &PossibleValue| {
        Some(format!("- {}: {}", value.get_name(), words(value, language)?))
    };
    values.iter().map(line).collect::<Option<Vec<_>>>().filter(|lines| !lines.is_empty())
}

/// The values without their words, for the short help.
pub(super) fn names(arg: &Arg) -> Vec<String> {
    shown(arg).iter().map(|value| value.get_name().to_owned()).collect()
}

fn shown(arg: &Arg) -> Vec<PossibleValue> {
    let is_shown = arg.get_action().takes_values() && !arg.is_hide_possible_values_set();
    if is_shown { arg.get_possible_values() } else { Vec::new() }
}

fn words(value: &PossibleValue, language: Language) -> Option<String> {
    let both = value.get_help()?.to_string();
    let (swedish, english) = both.split_once(BETWEEN_LANGUAGES)?;
    Some(match language {
        Language::Sv => swedish.to_owned(),
        Language::En => english.to_owned(),
    })
}

/// The help that stands in the code, with the English words of its vocabularies alone.
pub(super) fn in_english(command: Command) -> Command {
    let explained = |arg: Arg| {
        let Some(lines) = lines(&arg, Language::En) else { return arg };
        let short = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let long = arg.get_long_help().map_or_else(|| short.clone(), ToString::to_string);
        let names = names(&arg).join(", ");
        arg.help(format!("{short} [possible values: {names}]"))
            .long_help(format!("{long}\n\nPossible values:\n{}", lines.join("\n")))
            .hide_possible_values(true)
    };
    command.mut_args(explained).mut_subcommands(in_english)
}
