//! Addresses: a street with a number, a postal code with its town, a box, somebody's care.

use super::is_number;

/// What names of streets end with.
const STREETS: &[&str] = &[
    "gata", "gatan", "gatans", "väg", "vägen", "vägens", "vagen", "gränd", "gränden", "grand", "granden", "torg", "torget",
    "stig", "stigen", "allé", "allén", "alle", "allen", "backe", "backen", "plan", "planen", "plats", "platsen", "gård",
    "gården", "garden", "kaj", "kajen", "esplanad", "esplanaden", "led", "leden", "slinga", "slingan", "ring", "ringen",
    "park", "parken", "brink", "brinken", "brygga", "bryggan", "trappa", "trappan", "höjd", "höjden", "strand",
    "stranden", "boulevard", "boulevarden", "bulevarden", "väg.", "gatu", "street", "road", "avenue",
];
/// Endings of ordinary words too: only of a word that begins a name, and the number stands right after it.
const COMMON: &[&str] = &[
    "plan", "planen", "plats", "platsen", "gård", "gården", "garden", "led", "leden", "ring", "ringen", "grand", "alle",
    "allen", "torg", "trappa", "trappan", "höjd", "höjden", "brygga", "backe", "kaj", "väg", "gata", "strand", "park",
];
/// Words that end like a street and are none, as they begin.
const NO_STREETS: &[&str] = &[
    "handlingsplan", "genomförandeplan", "vårdplan", "behandlingsplan", "tidsplan", "planen", "sängplats", "platsen",
    "arbetsplats", "sovplats", "boplats", "akutplats", "plats", "väg", "vägen", "gata", "gatan", "torget", "parken",
    "stranden", "gården", "backen", "ring", "omväg", "utväg", "järnväg", "motorväg", "riksväg", "länsväg", "europaväg",
    "stig", "led", "tillväg", "familjehemsplats", "dygnsplats", "nattplats", "vårdplats", "boendeplats", "samling", "plan",
    "betalningsplan", "avbetalningsplan", "amorteringsplan", "samordnadplan", "bårplats", "parkeringsplats", "dagplats",
    "behandlingsplats", "jourplats", "hvbplats", "praktikplats", "förskoleplats", "trädgård", "kyrkogård", "alla",
    "måndag", "allen", "alle", "grand", "garden", "street", "road", "avenue", "park", "strand", "brygga", "trappan",
    "trappa", "höjd", "höjden", "gränd", "brinken", "kajen", "slingan", "leden", "ringen", "underled", "medaljplats",
];
/// Words between a street and its number.
const BETWEEN: &[&str] = &["nr", "nummer", "no", "hus", "port", "uppgång", "i"];
/// Words after a number that make it an amount or a time instead.
const UNITS: &[&str] = &[
    "kr", "kronor", "procent", "gånger", "dagar", "dygn", "nätter", "veckor", "månader", "år", "minuter", "min",
    "timmar", "meter", "km", "mil", "platser", "personer", "barn", "besök", "lägenheter", "st", "stycken", "kl",
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december", "natten", "samtal", "bostäder", "rum", "sängar", "familjer", "hushåll", "ärenden", "möten",
];

pub(super) fn is_in(words: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let (word, after) = (words[at], &words[at + 1..]);
        is_care_of(word, after)
            || is_box(word, after)
            || is_postal(word, after)
            || is_street(word, after)
            || is_two_words(&words[..at], word, after)
    })
}

/// "c/o", which nothing but an address has.
fn is_care_of(word: &str, after: &[&str]) -> bool {
    matches!(word, "c/o" | "℅") || (word.starts_with("c/o") && word.len() > 3) || (word == "c" && after.first() == Some(&"/o"))
}

/// "Box 123" and "Boxadress": an address too, if of post.
fn is_box(word: &str, after: &[&str]) -> bool {
    matches!(word, "box" | "postbox" | "postlåda") && after.first().is_some_and(|next| is_number(next, 5))
}

/// A street with a number: of the house at once or behind one of a few words.
fn is_street(word: &str, after: &[&str]) -> bool {
    // A name that is written together with its number: "Storgatan12".
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() < word.len() && is_street_name(name) {
        return true;
    }
    is_street_name(word) && is_numbered(after, !ends_with_any(word, COMMON))
}

/// "Norra vägen 4", "Stora torget 2", "S:t Eriks gata 9": the last word alone is ordinary, the one before it is not.
fn is_two_words(before: &[&str], word: &str, after: &[&str]) -> bool {
    const FIRST: &[&str] = &[
        "norra", "södra", "östra", "västra", "nya", "gamla", "stora", "lilla", "övre", "nedre", "inre", "yttre",
        "kungliga", "långa", "korta", "breda", "smala", "sankt", "s:t", "första", "andra",
    ];
    let is_first = before.last().is_some_and(|one| FIRST.contains(one) || (one.ends_with('s') && one.len() > 4));
    is_first && STREETS.contains(&word) && !matches!(word, "plats" | "platsen" | "plan" | "planen" | "led") && is_numbered(after, false)
}

fn is_numbered(after: &[&str], may_be_apart: bool) -> bool {
    let (number, rest) = match after {
        [first, rest @ ..] if is_house(first) => (Some(first), rest),
        [between, second, rest @ ..] if may_be_apart && BETWEEN.contains(between) && is_house(second) => {
            (Some(second), rest)
        }
        _ => (None, after),
    };
    number.is_some() && !rest.first().is_some_and(|unit| UNITS.contains(unit))
}

/// A number of a house: "4", "12a", "12-14", "3/5".
fn is_house(word: &str) -> bool {
    let (digits, rest) = word.split_at(word.bytes().take_while(u8::is_ascii_digit).count());
    let is_letter = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_alphabetic);
    let is_rest = rest.is_empty()
        || is_letter(rest)
        || rest.strip_prefix(['-', '/']).is_some_and(|end| is_number(end, 4) || is_letter(end));
    is_number(digits, 4) && is_rest
}

fn is_street_name(word: &str) -> bool {
    let is_long = |ending: &&&str| word.len() > ending.len() + 2;
    let ending = STREETS.iter().filter(|ending| word.ends_with(**ending)).find(is_long);
    ending.is_some() && !NO_STREETS.contains(&word) && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | ':'))
        && !is_ordinary(word)
}

/// Compounds whose last part is a street's only by chance.
fn is_ordinary(word: &str) -> bool {
    const PLANS: &[&str] = &["plan", "planen", "plats", "platsen", "led", "leden", "ring", "alle", "allen", "grand", "garden", "trappa", "trappan", "höjd", "höjden"];
    let is_plan = ends_with_any(word, PLANS);
    is_plan && !is_name_of_plan(word)
}

/// Squares that are called "plan" and "plats": of a person or a thing, in the genitive.
fn is_name_of_plan(word: &str) -> bool {
    ["splan", "splats", "splatsen"].iter().any(|end| word.ends_with(end))
        && !["ingsplan", "ingsplats", "ingsplatsen", "tsplats", "tsplatsen", "tidsplan", "dygnsplats", "emsplats", "tsplan"].iter().any(|end| word.ends_with(end))
}

fn ends_with_any(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| word.ends_with(ending))
}

/// A postal code, "123 45", "12345" or "se-123 45", with a word after it that is a town.
fn is_postal(word: &str, after: &[&str]) -> bool {
    let code = word.strip_prefix("se-").or_else(|| word.strip_prefix("s-")).unwrap_or(word);
    let town = match after {
        [second, town, ..] if is_exactly(code, 3) && is_exactly(second, 2) => town,
        [town, ..] if is_exactly(code, 5) => town,
        _ => return false,
    };
    code.starts_with(|c: char| c != '0')
        && town.chars().count() >= 2
        && town.chars().all(|c| c.is_alphabetic() || c == '-')
        && !UNITS.contains(town)
        && !NO_TOWNS.contains(town)
}

/// Words that follow a number and name no town.
const NO_TOWNS: &[&str] = &[
    "och", "eller", "i", "på", "till", "från", "per", "som", "för", "av", "vid", "är", "var", "har", "efter", "sek", "tkr",
    "mellan", "knappt", "kallelse", "ska", "skall", "men", "så", "om", "den", "det", "inför", "mot", "med", "vardagar",
    "dagtid", "kvällstid", "måndag", "innan", "blir", "blev", "utan", "under", "över", "samt", "kan", "när", "tack",
    "återkom", "gäller", "skulder", "skuld", "hyra", "euro", "dollar", "invånare", "människor", "anmälningar",
];

fn is_exactly(word: &str, digits: usize) -> bool {
    word.len() == digits && is_number(word, digits)
}
