//! Points on a map: WGS 84 in degrees, SWEREF 99 and RT 90 in metres, links to maps, what3words and plus codes.

/// Sweden in degrees, rounded outwards.
const LATITUDES: std::ops::RangeInclusive<f64> = 55.0..=70.0;
const LONGITUDES: std::ops::RangeInclusive<f64> = 10.0..=25.0;
/// Sweden in metres: northings of SWEREF 99 TM and RT 90, and their eastings.
const NORTHINGS: std::ops::RangeInclusive<u32> = 6_100_000..=7_700_000;
const EASTINGS: [std::ops::RangeInclusive<u32>; 2] = [200_000..=950_000, 1_200_000..=1_900_000];
/// Decimals from which on a number of degrees names a place and not a region: about a kilometre.
const DECIMALS: usize = 2;
/// What links to maps have.
const LINKS: &[&str] = &[
    "maps.google",
    "google.com/maps",
    "google.se/maps",
    "goo.gl/maps",
    "maps.app.goo",
    "openstreetmap.org",
    "osm.org",
    "maps.apple",
    "bing.com/maps",
    "hitta.se/",
    "eniro.se",
    "kartor.",
    "what3words",
    "w3w.co",
    "lantmateriet.se",
    "minkarta",
    "geo:",
    "waze.com",
    "plus.codes",
    "here.com",
    "mapy.",
];
/// Words for a point, with which any two numbers are one.
const SYSTEMS: &[&str] = &[
    "sweref",
    "rt90",
    "wgs84",
    "sweref99",
    "rt-90",
    "wgs-84",
    "koordinat",
    "koordinater",
    "koordinaterna",
    "gps",
];

pub(super) fn is_in(text: &str, words: &[&str]) -> bool {
    LINKS.iter().any(|link| text.contains(link))
        || three_words(text)
        || words.iter().any(|word| is_plus_code(word))
        || has_degrees(text)
        || has_pair(text)
}

/// "///gurka.lampa.fönster", and the same without strokes behind the service's name, which is a link above.
fn three_words(text: &str) -> bool {
    text.match_indices("///").any(|(at, strokes)| {
        let rest = text[at + strokes.len()..].trim_start();
        let name = rest.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or("");
        let parts: Vec<&str> = name.trim_end_matches('.').split('.').collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|part| part.chars().count() > 1 && part.chars().all(char::is_alphabetic))
    })
}

/// "9ffw84m5+2x" and "84m5+2x": an open location code.
fn is_plus_code(word: &str) -> bool {
    const LETTERS: &str = "23456789cfghjmpqrvwx";
    word.split_once('+').is_some_and(|(area, point)| {
        matches!(area.len(), 4 | 6 | 8)
            && matches!(point.len(), 2 | 3)
            && area.chars().chain(point.chars()).all(|c| LETTERS.contains(c))
            && area.chars().chain(point.chars()).any(|c| c.is_ascii_alphabetic())
    })
}

/// "56° 39' 48" N": degrees with minutes. A temperature has none.
fn has_degrees(text: &str) -> bool {
    text.split('°').skip(1).any(|rest| {
        let rest = rest.trim_start();
        let digits = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
            .count();
        digits > 0 && rest[digits..].trim_start().starts_with('\'')
    })
}

/// Two numbers near each other that are a point in Sweden, in either order.
fn has_pair(text: &str) -> bool {
    let numbers = numbers(text);
    let named = SYSTEMS.iter().any(|system| text.contains(system));
    numbers.windows(2).any(|pair| {
        let [one, other] = pair else { return false };
        is_point(one, other, named) || is_point(other, one, named)
    })
}

fn is_point(north: &Number, east: &Number, named: bool) -> bool {
    let decimals = if named { 1 } else { DECIMALS };
    let in_degrees = north.decimals >= decimals
        && east.decimals >= decimals
        && LATITUDES.contains(&north.value)
        && LONGITUDES.contains(&east.value)
        // An amount and a share of it have two decimals at most; a point of a house has three.
        && (named || north.decimals > DECIMALS || east.decimals > DECIMALS || north.is_degrees || east.is_degrees);
    let within = |number: &Number, range: &std::ops::RangeInclusive<u32>| {
        f64::from(*range.start()) <= number.value && number.value <= f64::from(*range.end())
    };
    in_degrees || (within(north, &NORTHINGS) && EASTINGS.iter().any(|range| within(east, range)))
}

/// A number as it stands in a text.
#[derive(Debug)]
struct Number {
    value: f64,
    decimals: usize,
    /// Whether a sign of degrees or of a quarter stands behind it.
    is_degrees: bool,
}

/// The numbers of a text. A comma or a dot between digits is of one number; a comma and a space part two.
fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[at..];
        let length = number_length(rest);
        let (number, after) = rest.split_at(length);
        let whole = number.replace(',', ".").replace(' ', "");
        let decimals = whole.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if let Ok(value) = whole.parse() {
            let next = after.trim_start();
            let is_quarter = ["n", "e", "ö", "o"].iter().any(|quarter| {
                next.strip_prefix(quarter)
                    .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
            });
            found
                .push(Number { value, decimals, is_degrees: next.starts_with('°') || is_quarter });
        }
        rest = after;
    }
    found
}

/// How much of a text that begins with a digit is one number: digits, groups of three behind a space where they make
/// metres, and one part of decimals.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    // "6 281 500": a northing in groups.
    while end <= 5 && text[end..].starts_with(' ') && digits(end + 1) == 3 {
        end += 4;
    }
    let has_decimals = text[end..].starts_with(['.', ',']) && digits((end + 1).min(text.len())) > 0;
    if has_decimals { end + 1 + digits(end + 1) } else { end }
}
