//! The page as a table that a screen reader reads row by row (WCAG 2.1 AA): a language, a heading, a caption, headers of
//! rows and columns, no script, and the reader's own colours.

use std::fmt::Write;

use brygga_domain::capacity::Statement;

use super::hsds::{description, standing};

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"sv\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Lediga platser</title>\n</head>\n\
    <body>\n<main>\n<h1>Lediga platser</h1>\n";
const TABLE: &str = "<table>\n<caption>Platser som vem som helst kan fråga efter. Ring alltid först.</caption>\n\
    <thead>\n<tr><th scope=\"col\">Verksamhet</th><th scope=\"col\">För</th><th scope=\"col\">Läge</th>\
    <th scope=\"col\">Lediga</th><th scope=\"col\">Öppet</th></tr>\n</thead>\n<tbody>\n";
const FOOT: &str = "</main>\n</body>\n</html>\n";

pub(super) fn page(told: &[Statement]) -> String {
    if told.is_empty() {
        return format!("{HEAD}<p>Inga platser är publicerade just nu.</p>\n{FOOT}");
    }
    let mut rows = String::new();
    for service in told {
        for line in &service.lines {
            let free =
                line.counts.map_or_else(|_| "inte känt".to_owned(), |c| c.available().to_string());
            let opening = service.service.opening;
            let open = opening.map_or_else(
                || "alltid".to_owned(),
                |opening| format!("{}–{}", opening.opens(), opening.closes()),
            );
            // Writing to a text cannot fail.
            let _ = writeln!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{free}</td><td>{open}</td></tr>",
                escaped(&service.service.name),
                description(line),
                standing(line.status),
            );
        }
    }
    format!("{HEAD}{TABLE}{rows}</tbody>\n</table>\n{FOOT}")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}
