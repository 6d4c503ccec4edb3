//! Finds what betrays where something is: an address, a property, a point on a map (R11, PRO-07).
//!
//! Where protected housing lies is told nobody but the socialnämnd that decides a placement (OSL 26:14 d), and no text
//! is the way for that. It errs on the side of refusing: a name of a street is enough with a number after it, and
//! whoever meant something else writes it in other words. A street without a number names no house, so a story may tell
//! of "Storgatan"; and so may a telephone number, a date, an amount or a section of law.

mod coordinates;
mod property;
mod street;

#[cfg(test)]
mod tests;

/// Words behind a number that say what it counts.
const COUNTED: &[&str] = &[
    "kr",
    "kronor",
    "sek",
    "tkr",
    "euro",
    "procent",
    "gånger",
    "dagar",
    "dygn",
    "nätter",
    "veckor",
    "månader",
    "år",
    "minuter",
    "min",
    "timmar",
    "meter",
    "km",
    "mil",
    "platser",
    "bostäder",
    "lägenheter",
    "rum",
    "våningar",
    "sängar",
    "personer",
    "hyresgäster",
    "invånare",
    "barn",
    "familjer",
    "hushåll",
    "ärenden",
    "möten",
    "samtal",
    "besök",
];

/// Whether a text seems to tell where something is.
pub fn tells_a_place(text: &str) -> bool {
    let text = plain(text);
    let words: Vec<&str> =
        text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    street::is_in(&words) || property::is_in(&words) || coordinates::is_in(&text, &words)
}

/// The same text in small letters, with every kind of space, stroke and accent in its usual form.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace("a\u{30a}", "å").replace("a\u{308}", "ä");
    let text = text.replace("o\u{308}", "ö").replace("/ / /", "///");
    let usual = |c: char| match c {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2032}' | '\u{2019}' | '\u{b4}' => Some('\''),
        '\u{2033}' | '\u{201d}' => Some('"'),
        '\u{ba}' => Some('°'),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        '\u{ff1a}' => Some(':'),
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    };
    text.chars().filter_map(usual).collect()
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '°'))
}

/// Whether a text is a number of so many digits at most, as of a house.
fn is_number(word: &str, digits_max: usize) -> bool {
    (1..=digits_max).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}
