//! Addresses: a street with a number, a postal code with its town, a box, somebody's care.

use super::{COUNTED, is_number};

/// What names of streets end with, as the whole of them: "Storgatan", "Kvarngränd".
const ENDINGS: &[&str] = &[
    "gata",
    "gatan",
    "väg",
    "vägen",
    "vagen",
    "gränd",
    "gränden",
    "torg",
    "torget",
    "stig",
    "stigen",
    "allé",
    "allén",
    "allen",
    "backe",
    "backen",
    "kajen",
    "esplanaden",
    "slingan",
    "brinken",
    "stranden",
    "parken",
    "promenaden",
    "boulevarden",
    "bulevarden",
    "gården",
    "ringen",
    "kroken",
    "street",
];
/// Those that are a name alone.
const NAMES: &[&str] = &["esplanaden", "boulevarden", "bulevarden", "promenaden", "allén", "kajen"];
/// Words that end so and are counted, numbered or gone along.
const ORDINARY: &[&str] =
    &["riksväg", "länsväg", "europaväg", "motorväg", "järnväg", "omväg", "utväg", "väg"];
/// What stands before the last word of a name of two: "Norra vägen". A genitive does too: "Eriks gata".
const FIRST: &[&str] = &[
    "norra", "södra", "östra", "västra", "nya", "gamla", "stora", "lilla", "övre", "nedre", "inre",
    "yttre", "långa", "breda", "första", "andra",
];
/// Words between a street and its number.
const BETWEEN: &[&str] = &["nr", "nummer", "no", "hus", "port", "uppgång"];
/// Words that follow a number of five digits and are no town.
const NO_TOWNS: &[&str] = &[
    "och",
    "eller",
    "i",
    "på",
    "till",
    "från",
    "per",
    "som",
    "för",
    "av",
    "vid",
    "är",
    "var",
    "har",
    "efter",
    "före",
    "innan",
    "under",
    "över",
    "utan",
    "samt",
    "men",
    "så",
    "om",
    "den",
    "det",
    "mot",
    "med",
    "kan",
    "när",
    "ska",
    "inför",
    "inklusive",
    "exklusive",
    "plus",
    "vardagar",
    "dagtid",
    "kvällstid",
    "tack",
    "gäller",
];

pub(super) fn is_in(words: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let (before, word, after) = (&words[..at], words[at], &words[at + 1..]);
        word.starts_with("c/o")
            || is_box(word, after)
            || is_postal(word, after)
            || (is_street(before, word) && is_numbered(after))
            || is_written_together(word)
    })
}

fn is_box(word: &str, after: &[&str]) -> bool {
    matches!(word, "box" | "postbox") && after.first().is_some_and(|next| is_number(next, 5))
}

fn is_street(before: &[&str], word: &str) -> bool {
    let ends = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
    let is_compound = ends.max_by_key(|rest| rest.len()).is_some_and(|rest| rest.len() > 1);
    let is_name = NAMES.contains(&word) || (is_compound && !ORDINARY.contains(&word));
    let is_first = |one: &&str| FIRST.contains(one) || (one.len() > 4 && one.ends_with('s'));
    is_name || (ENDINGS.contains(&word) && before.last().is_some_and(is_first))
}

/// "Storgatan12".
fn is_written_together(word: &str) -> bool {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < word.len() && is_street(&[], name)
}

/// Whether the number of a house follows, and nothing that it counts.
fn is_numbered(after: &[&str]) -> bool {
    let rest = match after {
        [first, rest @ ..] if is_house(first) => rest,
        [between, second, rest @ ..] if BETWEEN.contains(between) && is_house(second) => rest,
        _ => return false,
    };
    !rest.first().is_some_and(|unit| COUNTED.contains(unit))
}

/// A number of a house: "4", "12a", "12-14", "3/5".
fn is_house(word: &str) -> bool {
    let (digits, rest) = word.split_at(word.bytes().take_while(u8::is_ascii_digit).count());
    let mut letters = rest.chars();
    let is_letter = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    let is_more = |end: &str| is_number(end, 4);
    is_number(digits, 4)
        && (rest.is_empty() || is_letter || rest.strip_prefix(['-', '/']).is_some_and(is_more))
}

/// A postal code, "123 45", "12345" or "se-123 45", with a town behind it.
fn is_postal(word: &str, after: &[&str]) -> bool {
    let code = word.strip_prefix("se-").or_else(|| word.strip_prefix("s-")).unwrap_or(word);
    let has = |part: &str, digits| part.len() == digits && is_number(part, digits);
    let town = match after {
        [second, town, ..] if has(code, 3) && has(second, 2) => town,
        [town, ..] if has(code, 5) => town,
        _ => return false,
    };
    let is_word = town.chars().all(|c| c.is_alphabetic() || c == '-') && town.chars().count() > 1;
    !code.starts_with('0') && is_word && !COUNTED.contains(town) && !NO_TOWNS.contains(town)
}
