//! Changes single values in the text of a settings file and leaves every comment where it is.
//!
//! The template explains each key, so a value that `init` chooses is written into its line
//! instead of rendering a file without explanations.

/// Sets `key` in `[section]` to a TOML value, in its own line or in that of its example.
///
/// A key that stands nowhere in the section is added below the section's heading.
pub(crate) fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    replace(text, section, key, &format!("{key} = {value}"))
}

/// Turns the line of `key` in `[section]` into a comment, so that its default applies.
pub(crate) fn unset(text: &str, section: &str, key: &str) -> String {
    let is_set = |line: &&str| line.starts_with(&format!("{key} = "));
    let line = section_lines(text, section).find(is_set);
    line.map_or_else(|| text.to_owned(), |line| replace(text, section, key, &format!("#{line}")))
}

/// A text as a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn section_lines<'a>(text: &'a str, section: &str) -> impl Iterator<Item = &'a str> {
    let heading = format!("[{section}]");
    text.lines()
        .skip_while(move |line| *line != heading)
        .skip(1)
        .take_while(|l| !l.starts_with('['))
}

fn replace(text: &str, section: &str, key: &str, new: &str) -> String {
    let heading = format!("[{section}]");
    let is_line = |line: &str| {
        line.strip_prefix('#')
            .unwrap_or(line)
            .strip_prefix(key)
            .is_some_and(|l| l.starts_with(" ="))
    };
    let stands_there = section_lines(text, section).any(is_line);
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line == heading;
        }
        if inside && stands_there && is_line(line) {
            lines.push(new);
        } else {
            lines.push(line);
        }
        if inside && line == heading && !stands_there {
            lines.push(new);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[a]\n# the key\nkey = 1\n#other = 2\n\n[b]\nkey = 3\n";

    #[test]
    fn a_value_changes_in_its_own_section_only() {
        assert_eq!(set(TEXT, "a", "key", "9"), TEXT.replace("key = 1", "key = 9"));
        assert_eq!(set(TEXT, "b", "key", "9"), TEXT.replace("key = 3", "key = 9"));
    }

    #[test]
    fn an_example_becomes_a_setting() {
        assert_eq!(set(TEXT, "a", "other", "9"), TEXT.replace("#other = 2", "other = 9"));
    }

    #[test]
    fn an_absent_key_is_added_to_its_section() {
        assert_eq!(set(TEXT, "b", "new", "9"), TEXT.replace("[b]\n", "[b]\nnew = 9\n"));
    }

    #[test]
    fn an_unset_value_stays_as_a_comment() {
        assert_eq!(unset(TEXT, "a", "key"), TEXT.replace("key = 1", "#key = 1"));
        assert_eq!(unset(TEXT, "a", "absent"), TEXT);
    }

    #[test]
    fn quotes_inside_a_text_are_escaped() {
        let text = quoted("a\"b\\c");
        let table: toml::Table = format!("key = {text}").parse().unwrap();
        assert_eq!(table["key"].as_str(), Some("a\"b\\c"));
    }
}
