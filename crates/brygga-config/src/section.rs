//! Reads one TOML table key by key and remembers which keys were asked for.
//!
//! Derived deserialisers know the type that failed but not the key, the rule or the
//! alternatives. This reader knows all four, which is what makes an error one useful
//! line; and a key nobody asked for is by definition unknown.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::{Code, SettingsError};

/// Where settings come from: the file's name for errors, its directory for relative paths.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) file: &'a Path,
    pub(crate) base_dir: &'a Path,
}

/// One table while it is read.
pub(crate) struct Section<'a> {
    origin: Origin<'a>,
    name: String,
    table: Table,
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(crate) fn new(origin: Origin<'a>, name: impl Into<String>, table: Table) -> Self {
        Self { origin, name: name.into(), table, asked: Vec::new() }
    }

    /// An error about `key` of this section.
    pub(crate) fn error(
        &self,
        key: &str,
        code: Code,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) -> SettingsError {
        let path = format!("{}.{key}", self.name);
        SettingsError::new(self.origin.file, path, code, problem, allowed)
    }

    /// A text, `None` when the key is absent. An empty text is refused.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<String>, SettingsError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => {
                Err(self.error(key, Code::EmptyValue, "the text is empty", "a text with content"))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(key, "a text in quotes", &other)),
        }
    }

    /// A text that must be there.
    pub(crate) fn required_text(&mut self, key: &'static str) -> Result<String, SettingsError> {
        self.text(key)?.ok_or_else(|| self.missing(key, "a text in quotes"))
    }

    /// A text read by `parse`, whose error is what is allowed.
    pub(crate) fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        code: Code,
        default: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, SettingsError> {
        let text = match (self.text(key)?, default) {
            (Some(text), _) => text,
            (None, Some(default)) => default.to_owned(),
            (None, None) => return Err(self.missing(key, "a text in quotes")),
        };
        parse(&text).map_err(|error| {
            self.error(key, code, format!("{text:?} is not valid"), error.to_string())
        })
    }

    /// One of the listed words; the first is the default.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Result<T, SettingsError> {
        let words = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let default = choices.first().map(|(word, _)| *word);
        self.parsed(key, Code::NotAChoice, default, |text| {
            choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or(words)
        })
    }

    /// A whole number inside `range`.
    pub(crate) fn number(
        &mut self,
        key: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> Result<u32, SettingsError> {
        let value = match self.take(key) {
            None => return Ok(default),
            Some(Value::Integer(value)) => value,
            Some(other) => return Err(self.wrong_type(key, "a whole number", &other)),
        };
        u32::try_from(value).ok().filter(|value| range.contains(value)).ok_or_else(|| {
            let allowed = format!("{} to {}", range.start(), range.end());
            self.error(key, Code::OutOfRange, format!("{value} is outside the range"), allowed)
        })
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<bool, SettingsError> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Boolean(value)) => Ok(value),
            Some(other) => Err(self.wrong_type(key, "true or false", &other)),
        }
    }

    /// A path, made absolute against the directory of the settings file.
    pub(crate) fn path(&mut self, key: &'static str) -> Result<Option<PathBuf>, SettingsError> {
        Ok(self.text(key)?.map(|text| self.origin.base_dir.join(text)))
    }

    /// A path that must be there, or has a default.
    pub(crate) fn path_or(
        &mut self,
        key: &'static str,
        default: Option<&str>,
    ) -> Result<PathBuf, SettingsError> {
        match (self.path(key)?, default) {
            (Some(path), _) => Ok(path),
            (None, Some(default)) => Ok(self.origin.base_dir.join(default)),
            (None, None) => Err(self.missing(key, "the path of a file")),
        }
    }

    /// A list; absent is empty.
    pub(crate) fn list(&mut self, key: &'static str) -> Result<Vec<Value>, SettingsError> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(self.wrong_type(key, "a list in square brackets", &other)),
        }
    }

    /// The table at `index` of the list `key`, as a section of its own.
    pub(crate) fn entry(
        &self,
        key: &'static str,
        index: usize,
        value: Value,
    ) -> Result<Section<'a>, SettingsError> {
        match value {
            Value::Table(table) => {
                let name = format!("{}.{key}[{index}]", self.name);
                Ok(Section::new(self.origin, name, table))
            }
            other => Err(self.wrong_type(key, "a list of tables", &other)),
        }
    }

    /// Refuses the keys nobody asked for.
    pub(crate) fn finish(self) -> Result<(), SettingsError> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => {
                let problem = "the key is not known";
                Err(self.error(key, Code::UnknownKey, problem, self.asked.join(", ")))
            }
        }
    }

    /// The directory relative paths start from.
    pub(crate) fn base_dir(&self) -> &'a Path {
        self.origin.base_dir
    }

    pub(crate) fn missing(&self, key: &str, allowed: &str) -> SettingsError {
        self.error(key, Code::MissingKey, "the key is missing", allowed)
    }

    pub(crate) fn wrong_type(&self, key: &str, allowed: &str, found: &Value) -> SettingsError {
        let problem = format!("found a TOML {}", found.type_str());
        self.error(key, Code::WrongType, problem, allowed)
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.asked.push(key);
        self.table.remove(key)
    }
}
