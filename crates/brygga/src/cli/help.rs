//! The command line with its help in the reader's language.
//!
//! The English help stands in the code. The Swedish one is a file, `help.sv.toml`, with a section
//! for each command that people other than operators use; a command is in Swedish as a whole or
//! not at all, and tests tell where a text is missing or has nothing to explain any more.

mod codes;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory};
use serde::Deserialize;

use super::{Cli, Language};

const SWEDISH: &str = include_str!("help.sv.toml");
/// The texts live as long as the program, as clap wants them.
static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    // A test reads the file; help without texts is better than none, should it fail.
    toml::from_str(SWEDISH).unwrap_or_default()
});
/// Behind every other option, as clap has it.
const LAST: usize = 999;

/// The texts of a language that is not in the code.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    /// What each heading and recurring phrase is called.
    phrases: BTreeMap<String, String>,
    /// One line for each command of the first level, in the order of the names.
    summaries: BTreeMap<String, String>,
    /// Arguments that mean the same wherever they stand.
    shared: BTreeMap<String, String>,
    /// Each command by its path without the program's name; that of the program itself is empty.
    commands: BTreeMap<String, PageTexts>,
    /// Words inside examples.
    examples: BTreeMap<String, String>,
}

/// The texts of one command.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageTexts {
    /// One line.
    about: String,
    /// Paragraphs that the long help has behind it.
    more: Option<String>,
    /// Its own arguments.
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}

/// The command line in a language, for whoever wrote `line`.
pub(crate) fn command(language: Language, line: &[OsString]) -> Command {
    let command = Cli::command().mut_arg("language", |arg| arg.default_value(language.code()));
    if language == Language::En {
        return codes::in_english(command);
    }
    let texts = &*TEXTS;
    let mut words = line.iter().skip(1).filter_map(|word| word.to_str());
    let noun = words.find(|word| command.find_subcommand(word).is_some());
    if noun.is_some_and(|noun| !texts.commands.contains_key(noun)) {
        return codes::in_english(command);
    }
    texts.apply_to_all(command)
}

impl Texts {
    /// What a heading or a recurring phrase is called.
    fn phrase(&'static self, english: &'static str) -> &'static str {
        self.phrases.get(english).map_or(english, String::as_str)
    }

    /// What an argument means; empty where the file has forgotten it.
    fn meaning(&'static self, own: Option<&'static PageTexts>, id: &str) -> &'static str {
        let own = own.and_then(|own| own.arguments.get(id));
        own.or_else(|| self.shared.get(id)).map_or("", String::as_str)
    }

    fn apply_to_all(&'static self, command: Command) -> Command {
        let flag = |name: &'static str, short, action| {
            let arg = Arg::new(name).long(name).short(short).action(action);
            arg.help(self.meaning(None, name)).display_order(LAST)
        };
        let command = command
            .disable_help_flag(true)
            .disable_version_flag(true)
            .arg(flag("help", 'h', ArgAction::Help).global(true))
            .arg(flag("version", 'V', ArgAction::Version));
        self.apply(command, "")
    }

    fn apply(&'static self, command: Command, path: &str) -> Command {
        let own = self.commands.get(path);
        let about = own.map_or("", |own| own.about.as_str());
        let names: Vec<_> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let after = command.get_after_help().map(|text| self.translated(text));
        let mut command = command
            .mut_args(|arg| self.argument(arg, own))
            .help_template(self.template())
            .subcommand_help_heading(self.phrase("Commands"))
            .subcommand_value_name(self.phrase("COMMAND"))
            .about(about);
        if let Some(more) = own.and_then(|own| own.more.as_deref()) {
            command = command.long_about(format!("{about}\n\n{}", more.trim_end()));
        }
        if let Some(after) = after {
            command = command.after_help(after);
        }
        for name in names {
            let below = format!("{path} {name}").trim_start().to_owned();
            command = command.mut_subcommand(&name, |sub| match self.summaries.get(&below) {
                // Its own page is read in English.
                Some(summary) if !self.commands.contains_key(&below) => sub.about(summary.as_str()),
                _ => self.apply(sub, &below),
            });
        }
        command
    }

    /// The parts of a page, with its heading in bold and underlined as clap has it.
    fn template(&'static self) -> String {
        let style = clap::builder::Styles::default();
        let header = style.get_header();
        let usage = self.phrase("Usage");
        format!(
            "{{about-with-newline}}\n{header}{usage}:{header:#} {{usage}}\n\n{{all-args}}{{after-help}}"
        )
    }

    /// Examples keep their commands; only the words around them are translated.
    fn translated(&'static self, text: &StyledStr) -> String {
        let mut text = text.to_string();
        for (english, swedish) in &self.examples {
            text = text.replace(english, swedish);
        }
        text
    }

    /// An argument in Swedish, with what may stand there in words of our own: clap's are English.
    fn argument(&'static self, arg: Arg, own: Option<&'static PageTexts>) -> Arg {
        let heading = match arg.get_help_heading() {
            Some(_) => self.phrase("Personal data"),
            None if arg.is_positional() => self.phrase("Arguments"),
            None => self.phrase("Options"),
        };
        let meaning = self.meaning(own, arg.get_id().as_str()).to_owned();
        let note = |name, texts: Vec<String>| match texts.is_empty() {
            true => None,
            false => Some(format!("[{}: {}]", self.phrase(name), texts.join(", "))),
        };
        let names = note("possible values", codes::names(&arg));
        let lines = codes::lines(&arg, Language::Sv);
        let lines =
            lines.map(|lines| format!("{}:\n{}", self.phrase("Possible values"), lines.join("\n")));
        let notes = [note("env", environment(&arg)), note("default", defaults(&arg))];
        let texts = |values: Option<String>| {
            let notes = notes.iter().flatten().cloned();
            Vec::from_iter([meaning.clone()].into_iter().chain(notes).chain(values))
        };
        let (short, long) = (texts(names.clone()), texts(lines.or(names)));
        let takes_value = arg.get_action().takes_values();
        arg.help_heading(heading)
            .help(short.join(" "))
            .long_help(long.join("\n\n"))
            .hide_possible_values(takes_value)
            .hide_default_value(takes_value)
            .hide_env(takes_value)
    }
}

/// The variable that may stand in for an argument.
fn environment(arg: &Arg) -> Vec<String> {
    let takes_value = arg.get_action().takes_values();
    let name = arg.get_env().filter(|_| takes_value);
    name.map(|name| name.to_string_lossy().into_owned()).into_iter().collect()
}

/// What an argument is when it is left out.
fn defaults(arg: &Arg) -> Vec<String> {
    let is_shown = arg.get_action().takes_values() && !arg.is_hide_default_value_set();
    let values = arg.get_default_values().iter().filter(|_| is_shown);
    values.map(|value| value.to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests;
