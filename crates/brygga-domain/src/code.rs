//! Terms that organisations share: a code from a versioned list, with its parents.
//!
//! A newer partner may send a code that this version has not heard of. It sends the parents
//! along, and the nearest parent that is known here stands in: the message degrades and is
//! never dropped (scenario ORE-18).

mod lists;
#[cfg(test)]
mod tests;

pub use lists::{CodeList, CodeLists, HOUSE_RULE, HOUSING_NEED, SERVICE_TYPE, SUPPORT_NEED, Term};

use crate::{Reason, Refusal};

/// What an unknown code without a known parent becomes. It is nobody's parent:
/// a rule that names it covers what nobody knows, and nothing else.
pub const OTHER: &str = "OTHER";
/// Most parents that travel with a code.
pub const BROADER_MAX: usize = 8;
/// Longest code and longest list name, in characters.
const CODE_MAX: usize = 64;

/// A code from a versioned list, with the parents that its sender gave, nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedTerm {
    list: String,
    list_version: u32,
    code: String,
    broader: Vec<String>,
}

impl CodedTerm {
    /// Reads a term from its parts; the code need not be known here.
    ///
    /// # Errors
    /// [`Reason::InvalidField`] at `code.list`, `code.list_version`, `code.code` or `code.broader`.
    pub fn parse(
        list: impl Into<String>,
        list_version: u32,
        code: impl Into<String>,
        broader: Vec<String>,
    ) -> Result<Self, Refusal> {
        let term = Self { list: list.into(), list_version, code: code.into(), broader };
        let sound = [
            (is_list_name(&term.list), "code.list"),
            (list_version > 0, "code.list_version"),
            (is_code(&term.code), "code.code"),
            (term.broader.len() <= BROADER_MAX, "code.broader"),
            (term.broader.iter().all(|parent| is_code(parent)), "code.broader"),
        ];
        match sound.iter().find(|(holds, _)| !holds) {
            Some((_, field)) => Err(Refusal::at(Reason::InvalidField, field)),
            None => Ok(term),
        }
    }

    /// The term of this version's own list, with its version and parents; none where the list has no such code.
    pub fn known(list: &str, code: &str) -> Option<Self> {
        CodeLists::current().term(list, code)
    }

    /// Name of the list, for example `service_type`.
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Version of the list that the sender used.
    pub const fn list_version(&self) -> u32 {
        self.list_version
    }

    /// The code as the sender wrote it.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The parents as the sender wrote them, nearest first.
    pub fn broader(&self) -> &[String] {
        &self.broader
    }

    /// The code that this version understands: the code itself, else its first known parent, else [`OTHER`].
    pub fn effective(&self) -> &str {
        CodeLists::current().effective(self)
    }
}

fn is_list_name(text: &str) -> bool {
    is_word(text, |byte| byte.is_ascii_lowercase())
}

fn is_code(text: &str) -> bool {
    is_word(text, |byte| byte.is_ascii_uppercase())
}

fn is_word(text: &str, is_letter: impl Fn(u8) -> bool) -> bool {
    (1..=CODE_MAX).contains(&text.len())
        && text.bytes().next().is_some_and(&is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit() || byte == b'_')
}
