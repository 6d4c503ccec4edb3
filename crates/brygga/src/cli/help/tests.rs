//! The Swedish help is whole, explains what there is, and is not English by mistake.

use std::collections::BTreeSet;

use super::*;

/// Texts that are the same in both languages, and may be.
const SAME: &[&str] = &[];

fn line(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(OsString::from).collect()
}

/// Every visible command with its path, the program itself first.
fn pages(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    found.push((path.to_owned(), command.clone()));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        pages(sub, format!("{path} {}", sub.get_name()).trim_start(), found);
    }
}

fn english() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    pages(&Cli::command(), "", &mut found);
    found
}

/// Whether a page is read in Swedish: that of the program, and those below a Swedish noun.
fn is_swedish(texts: &Texts, path: &str) -> bool {
    texts.commands.contains_key(path.split(' ').next().unwrap_or_default())
}

fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set())
}

#[test]
fn the_swedish_texts_can_be_read() {
    let texts: Texts = toml::from_str(SWEDISH).unwrap();
    assert!(texts.commands.len() > 20);
}

#[test]
fn every_command_and_argument_of_a_swedish_page_is_explained_in_swedish() {
    let texts = &*TEXTS;
    let mut missing = Vec::new();
    for (path, page) in english().iter().filter(|(path, _)| is_swedish(texts, path)) {
        let Some(own) = texts.commands.get(path) else {
            missing.push(format!("[commands.\"{path}\"] about: {:?}", page.get_about()));
            continue;
        };
        if page.get_long_about().is_some() != own.more.is_some() {
            missing.push(format!("[commands.\"{path}\"] more: {:?}", page.get_long_about()));
        }
        for arg in arguments(page) {
            let id = arg.get_id().as_str();
            if !own.arguments.contains_key(id) && !texts.shared.contains_key(id) {
                missing
                    .push(format!("{path}: {id}: {:?}", arg.get_help().map(ToString::to_string)));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_command_of_the_first_level_has_a_swedish_line() {
    let texts = &*TEXTS;
    for sub in Cli::command().get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let name = sub.get_name();
        let has = texts.summaries.contains_key(name) || texts.commands.contains_key(name);
        assert!(has, "{name}: {:?}", sub.get_about());
    }
}

#[test]
fn no_swedish_text_explains_what_is_not_there() {
    let texts = &*TEXTS;
    let pages = english();
    let find = |path: &str| pages.iter().find(|(known, _)| known == path).map(|(_, page)| page);
    let mut of_all = BTreeSet::from(["help".to_owned(), "version".to_owned()]);
    for (_, page) in &pages {
        of_all.extend(arguments(page).map(|arg| arg.get_id().to_string()));
    }
    for (path, own) in &texts.commands {
        let page = find(path).unwrap_or_else(|| panic!("there is no command {path:?}"));
        for id in own.arguments.keys() {
            assert!(arguments(page).any(|arg| arg.get_id() == id), "{path:?} has no {id}");
        }
    }
    for id in texts.shared.keys() {
        assert!(of_all.contains(id), "nothing has {id}");
    }
    for name in texts.summaries.keys() {
        assert!(find(name).is_some(), "there is no command {name:?}");
    }
}

#[test]
fn no_swedish_text_is_the_english_one() {
    let texts = &*TEXTS;
    for (path, page) in english().iter().filter(|(path, _)| is_swedish(texts, path)) {
        let Some(own) = texts.commands.get(path) else { continue };
        let about = page.get_about().map(ToString::to_string);
        assert_ne!(about.as_ref(), Some(&own.about), "{path}");
        for arg in arguments(page) {
            let id = arg.get_id().as_str();
            let swedish = own.arguments.get(id).or_else(|| texts.shared.get(id));
            let help = arg.get_help().map(ToString::to_string);
            let is_same = help.as_ref() == swedish && !SAME.contains(&id);
            assert!(!is_same, "{path}: {id} is the same in both languages");
        }
    }
}

#[test]
fn an_operators_page_is_english_as_a_whole() {
    let page = |text: &str| {
        let read = command(Language::Sv, &line(text)).try_get_matches_from(line(text));
        read.unwrap_err().render().to_string()
    };
    assert!(page("brygga serve --help").contains("Usage: brygga serve"));
    assert!(page("brygga referral list --help").contains("Användning: brygga referral list"));
    assert!(page("brygga --help").contains("Kommandon:"));
}

#[test]
fn both_languages_read_the_same_command_lines() {
    for language in Language::ALL {
        clap::Command::debug_assert(command(language, &line("brygga referral")));
    }
}
