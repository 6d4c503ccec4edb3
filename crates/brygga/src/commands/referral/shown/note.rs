//! A note in between, in words and as JSON.

use brygga_proto::local::v1::Note;
use serde_json::{Value, json};

use super::labelled;
use crate::cli::Language;
use crate::identifier::show;
use crate::text::Text;
use crate::when;

/// `anteckning  2026-03-09 kl. 14.05 den andra parten (socialjouren): …`.
pub(super) fn line(note: &Note, language: Language) -> String {
    let at = when::from_proto(note.written_at).map_or_else(String::new, when::swedish);
    let who = if note.is_own { Text::OwnNote } else { Text::OtherSide };
    let unit = match note.author_unit.as_str() {
        "" => String::new(),
        unit => format!(" ({unit})"),
    };
    let text = format!("{at} {}{unit}: {}", who.of(language), note.text);
    labelled(Text::Note, &text, language)
}

/// The note for a program.
pub(super) fn entry(note: &Note) -> Value {
    json!({
        "note_id": show(&note.note_id),
        "is_own": note.is_own,
        "written_at": when::from_proto(note.written_at).map(when::rfc3339),
        "author_unit": note.author_unit,
        "text": note.text,
    })
}
