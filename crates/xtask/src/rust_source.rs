//! Just enough of Rust's lexical structure to count lines and find functions.
//!
//! Comments, strings and characters are blanked first, byte for byte, so that what is left can
//! be searched for words and matched for braces without being fooled by their contents.
//! A parser would be exact and a large dependency; the checks only need lengths and names.

#[cfg(test)]
mod tests;

use std::ops::Range;

/// A function and the lines it spans, counted from one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) first_line: usize,
    pub(crate) last_line: usize,
}

impl Function {
    /// Signature, body and closing brace.
    pub(crate) fn lines(&self) -> usize {
        self.last_line - self.first_line + 1
    }
}

/// A call of a function, a method or a macro.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// What stands before the name: `tracing::` of `tracing::warn!`.
    pub(crate) path: String,
    /// The line that it begins on, counted from one.
    pub(crate) line: usize,
    /// Where in the text each argument is, without the commas between them.
    pub(crate) arguments: Vec<Range<usize>>,
}

enum ItemEnd {
    Brace(usize),
    Semicolon(usize),
}

/// A Rust file with comments and literals blanked.
pub(crate) struct RustSource {
    code: Vec<u8>,
}

impl RustSource {
    /// Blanks comments and literals; lines and columns stay where they are.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut code = bytes.to_vec();
        let mut at = 0;
        while at < bytes.len() {
            let end = opaque_end(bytes, at).unwrap_or(at);
            for byte in &mut code[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            at = end.max(at + 1);
        }
        Self { code }
    }

    /// Every function with a body, in the order of the file, nested ones too.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for at in self.occurrences(b"fn ") {
            let name: Vec<u8> =
                self.code[at + 3..].iter().copied().take_while(|b| is_word(*b)).collect();
            if name.is_empty() || (at > 0 && is_word(self.code[at - 1])) {
                continue;
            }
            if let Some(ItemEnd::Brace(end)) = self.item_end(at) {
                found.push(Function {
                    name: String::from_utf8_lossy(&name).into_owned(),
                    first_line: self.line(at),
                    last_line: self.line(end),
                });
            }
        }
        found
    }

    /// First and last lines, counted from one, of the items under `#[cfg(test)]`.
    pub(crate) fn test_spans(&self) -> Vec<(usize, usize)> {
        let marks = self.occurrences(b"#[cfg(test)]").into_iter();
        marks
            .filter_map(|at| match self.item_end(at + b"#[cfg(test)]".len())? {
                ItemEnd::Brace(end) | ItemEnd::Semicolon(end) => {
                    Some((self.line(at), self.line(end)))
                }
            })
            .collect()
    }

    /// Every call of `name`, such as `warn!` or `.record`, with parentheses.
    pub(crate) fn calls(&self, name: &str) -> Vec<Call> {
        let mut found = Vec::new();
        for at in self.occurrences(format!("{name}(").as_bytes()) {
            let is_path = |byte: &&u8| is_word(**byte) || **byte == b':';
            let before = self.code[..at].iter().rev().take_while(is_path).count();
            let path = String::from_utf8_lossy(&self.code[at - before..at]).into_owned();
            let is_other_name =
                path.bytes().last().is_some_and(is_word) && is_word(name.as_bytes()[0]);
            if is_other_name {
                continue;
            }
            let arguments = self.arguments(at + name.len() + 1);
            found.push(Call { path, line: self.line(at), arguments });
        }
        found
    }

    /// The arguments of the call whose parenthesis opens before `from`.
    fn arguments(&self, from: usize) -> Vec<Range<usize>> {
        let (mut arguments, mut begin, mut depth) = (Vec::new(), from, 0_usize);
        for at in from..self.code.len() {
            match self.code[at] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth > 0 => depth -= 1,
                b',' if depth == 0 => {
                    arguments.push(begin..at);
                    begin = at + 1;
                }
                b')' => {
                    arguments.push(begin..at);
                    break;
                }
                _ => {}
            }
        }
        arguments
    }

    fn line(&self, at: usize) -> usize {
        self.code[..at].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn occurrences(&self, word: &[u8]) -> Vec<usize> {
        let windows = self.code.windows(word.len()).enumerate();
        windows.filter(|(_, window)| *window == word).map(|(at, _)| at).collect()
    }

    /// Where the item that begins at `at` ends; none when the file ends first.
    fn item_end(&self, at: usize) -> Option<ItemEnd> {
        let mut brackets = 0_usize;
        let mut braces = 0_usize;
        for (offset, byte) in self.code[at..].iter().enumerate() {
            match byte {
                b'(' | b'[' => brackets += 1,
                b')' | b']' => brackets = brackets.saturating_sub(1),
                b';' if brackets == 0 && braces == 0 => {
                    return Some(ItemEnd::Semicolon(at + offset));
                }
                b'{' if brackets == 0 || braces > 0 => braces += 1,
                b'}' if braces == 1 => return Some(ItemEnd::Brace(at + offset)),
                b'}' if braces > 1 => braces -= 1,
                _ => {}
            }
        }
        None
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the comment or literal that begins at `at` ends; none when none begins there.
fn opaque_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes[at..] {
        [b'/', b'/', ..] => Some(position(bytes, at, b"\n").unwrap_or(bytes.len())),
        [b'/', b'*', ..] => Some(block_comment_end(bytes, at)),
        [b'"', ..] => Some(string_end(bytes, at + 1)),
        [b'\'', ..] => character_end(bytes, at + 1),
        [b'b' | b'c', b'r', ..] if !follows_word(bytes, at) => raw_string_end(bytes, at + 2),
        [b'r', ..] if !follows_word(bytes, at) => raw_string_end(bytes, at + 1),
        _ => None,
    }
}

fn follows_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_word(bytes[at - 1])
}

fn position(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let found = bytes[from..].windows(needle.len()).position(|window| window == needle)?;
    Some(from + found)
}

fn block_comment_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = at;
    while at < bytes.len() {
        match bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let hashes = bytes[from..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(from + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let end = position(bytes, from + hashes + 1, &close).map(|at| at + close.len());
    Some(end.unwrap_or(bytes.len()))
}

/// The end of a character literal; none for a lifetime.
fn character_end(bytes: &[u8], from: usize) -> Option<usize> {
    let first = *bytes.get(from)?;
    if first == b'\\' {
        return position(bytes, from + 2, b"'").map(|at| at + 1);
    }
    let width = match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    };
    (bytes.get(from + width) == Some(&b'\'')).then_some(from + width + 1)
}
