//! Designations of properties, "Kalmar Berga 4:7" and "kvarteret Kvarnen 3", and numbers of dwellings.

use super::{COUNTED, is_number};

/// Words that say that a property follows.
const PROPERTIES: &[&str] = &[
    "fastigheten",
    "fastighet",
    "fastighetsbeteckning",
    "fastighetsbeteckningen",
    "kvarteret",
    "kvarter",
    "kv",
    "tomten",
    "tomt",
];
/// Words before two numbers with a colon that are a section of law, a part of a book, a time or a score.
const LAWS: &[&str] = &[
    "sol",
    "osl",
    "lvu",
    "lvm",
    "brl",
    "lss",
    "kap",
    "kapitel",
    "kapitlet",
    "lag",
    "lagen",
    "balken",
    "jordabalken",
    "föräldrabalken",
    "brottsbalken",
    "socialtjänstlagen",
    "sekretesslagen",
    "kommunallagen",
    "förvaltningslagen",
    "hyreslagen",
    "förordningen",
    "paragraf",
    "paragrafen",
    "avsnitt",
    "punkt",
    "bilaga",
    "tabell",
    "artikel",
    "dnr",
    "mål",
    "enligt",
    "och",
    "eller",
    "till",
    "klockan",
    "före",
    "efter",
    "från",
    "mellan",
    "vid",
    "runt",
    "cirka",
    "resultat",
    "slutade",
];
/// Most words of a name of a property.
const NAME_WORDS_MAX: usize = 3;

pub(super) fn is_in(words: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let (before, word, after) = (&words[..at], words[at], &words[at + 1..]);
        is_named(word, after) || is_registered(before, word) || is_dwelling(word, after)
    })
}

/// A word for a property, a name and a number: "kv. Eken 4".
fn is_named(word: &str, after: &[&str]) -> bool {
    let number_after = |words: usize| {
        let (name, rest) = after.split_at_checked(words)?;
        let (number, next) = rest.split_first()?;
        let is_property = is_unit(number) || (is_number(number, 3) && !counts(next));
        Some(is_property && name.iter().all(|part| is_name(part)))
    };
    PROPERTIES.contains(&word)
        && (1..=NAME_WORDS_MAX).any(|words| number_after(words).unwrap_or(false))
}

fn counts(next: &[&str]) -> bool {
    next.first().is_some_and(|unit| COUNTED.contains(unit))
}

/// A name and two numbers with a colon: "Berga 4:7". What can be a time of day needs two names, the municipality's
/// first: "Kalmar Berga 12:30".
fn is_registered(before: &[&str], word: &str) -> bool {
    const DAYS: &[&str] = &["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"];
    let names = before.iter().rev().take_while(|part| is_name(part)).count();
    let is_day =
        before.iter().rev().take(2).any(|part| DAYS.iter().any(|day| part.starts_with(day)));
    is_unit(word)
        && if is_time(word) { names == 2 && before.len() == 2 && !is_day } else { names > 0 }
}

fn is_name(word: &str) -> bool {
    word.chars().count() > 2
        && word.chars().all(|c| c.is_alphabetic() || c == '-')
        && !LAWS.contains(&word)
}

/// A block and a unit: "4:7", "1:1234".
fn is_unit(word: &str) -> bool {
    word.split_once(':').is_some_and(|(block, unit)| is_number(block, 4) && is_number(unit, 4))
}

fn is_time(word: &str) -> bool {
    word.split_once(':').is_some_and(|(hour, minute)| {
        hour.parse::<u16>().is_ok_and(|hour| hour < 24) && minute.len() == 2 && minute < "60"
    })
}

/// The number that Lantmäteriet gives a dwelling: "lgh 1103".
fn is_dwelling(word: &str, after: &[&str]) -> bool {
    let number = match after {
        ["nr" | "nummer", number, ..] | [number, ..] => number,
        [] => return false,
    };
    matches!(word, "lgh" | "lägenhet" | "lägenhetsnummer")
        && number.len() == 4
        && is_number(number, 4)
}
