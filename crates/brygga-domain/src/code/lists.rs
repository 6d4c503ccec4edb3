//! The code lists of this version, and how a list answers.
//!
//! A list changes only by a new version: terms are added, never removed or moved. The Swedish
//! label stands beside the code, so that what a case worker reads is part of the shared vocabulary.

mod tables;

use super::{BROADER_MAX, CodedTerm, OTHER};

pub use tables::{HOUSE_RULE, HOUSING_NEED, SERVICE_TYPE, SUPPORT_NEED};

/// One term of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its code, in `UPPER_SNAKE`.
    pub code: &'static str,
    /// Code of its parent in the same list; none for a top term.
    pub parent: Option<&'static str>,
    /// What a case worker reads.
    pub swedish: &'static str,
}

/// One version of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Its name, for example `service_type`.
    pub name: &'static str,
    /// Its version, from 1 on.
    pub version: u32,
    /// Its terms, every parent before its children.
    pub terms: &'static [Term],
}

impl CodeList {
    /// The term with a code.
    pub fn find(&self, code: &str) -> Option<&'static Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// The parents of a code, nearest first; empty for a top term and for an unknown code.
    pub fn ancestors(&self, code: &str) -> impl Iterator<Item = &'static str> + use<'_> {
        let parent = |code: &str| self.find(code).and_then(|term| term.parent);
        std::iter::successors(parent(code), move |code| parent(code)).take(BROADER_MAX)
    }

    /// Whether `parent` is `code` or one of its parents, both known here.
    pub fn covers(&self, parent: &str, code: &str) -> bool {
        self.find(code).is_some()
            && (parent == code || self.ancestors(code).any(|ancestor| ancestor == parent))
    }
}

/// The lists that a version of the program knows. Tests build the lists of another version.
#[derive(Clone, Copy, Debug)]
pub struct CodeLists(&'static [CodeList]);

impl CodeLists {
    /// The lists of a table.
    pub const fn new(lists: &'static [CodeList]) -> Self {
        Self(lists)
    }

    /// The lists of this version.
    pub const fn current() -> Self {
        Self(tables::CURRENT)
    }

    /// All lists.
    pub const fn all(&self) -> &'static [CodeList] {
        self.0
    }

    /// The list with a name.
    pub fn list(&self, name: &str) -> Option<&'static CodeList> {
        self.0.iter().find(|list| list.name == name)
    }

    /// Whether a list has a code.
    pub fn knows(&self, list: &str, code: &str) -> bool {
        self.list(list).is_some_and(|list| list.find(code).is_some())
    }

    /// The term for a code, with the list's version and the code's parents.
    pub fn term(&self, list: &str, code: &str) -> Option<CodedTerm> {
        let list = self.list(list)?;
        let term = list.find(code)?;
        Some(CodedTerm {
            list: list.name.to_owned(),
            list_version: list.version,
            code: term.code.to_owned(),
            broader: list.ancestors(code).map(str::to_owned).collect(),
        })
    }

    /// The code that these lists understand: the code itself, else its first known parent, else [`OTHER`].
    pub fn effective<'a>(&self, term: &'a CodedTerm) -> &'a str {
        let codes = std::iter::once(&term.code).chain(&term.broader);
        let mut known = codes.filter(|code| self.knows(&term.list, code));
        known.next().map_or(OTHER, String::as_str)
    }

    /// Whether `parent` is `code` or one of its parents in a list.
    pub fn covers(&self, list: &str, parent: &str, code: &str) -> bool {
        self.list(list).is_some_and(|list| list.covers(parent, code))
    }
}
