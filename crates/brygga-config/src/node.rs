//! `[node]`: who this node is.

use std::fmt;

use brygga_domain::OrgId;

use crate::error::{Code, SettingsError};
use crate::section::Section;

/// `[node]`: who this node is.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    /// The organisation whose node this is.
    pub organisation: OrgId,
    /// How strict the node is.
    pub mode: Mode,
    /// The federation it is a member of.
    pub federation: FederationName,
}

/// How strict a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Real organisations and real cases; nothing is made easier.
    Production,
    /// Invented organisations and cases, shown to people.
    Demo,
    /// A developer's own machine.
    Development,
}

impl Mode {
    const CHOICES: [(&'static str, Self); 3] = [
        ("production", Self::Production),
        ("demo", Self::Demo),
        ("development", Self::Development),
    ];

    /// The word in the settings file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Demo => "demo",
            Self::Development => "development",
        }
    }
}

/// The name of a federation: labels of `a-z`, `0-9` and hyphen with dots between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FederationName(String);

/// The text is not a name of a federation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to 64 of a-z, 0-9, hyphen and single dots, such as kalmar.example")]
pub struct FederationNameError;

impl FederationName {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`FederationNameError`] when a label is empty, has another character or begins or
    /// ends with a hyphen, or when the name is too long.
    pub fn parse(text: &str) -> Result<Self, FederationNameError> {
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if text.len() <= 64 && text.split('.').all(is_label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FederationNameError)
        }
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FederationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl NodeSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let settings = Self {
            organisation: section.parsed(
                "organisation",
                Code::NotAnOrganisation,
                None,
                OrgId::parse,
            )?,
            mode: section.choice("mode", &Mode::CHOICES)?,
            federation: section.parsed(
                "federation",
                Code::NotAFederation,
                None,
                FederationName::parse,
            )?,
        };
        section.finish()?;
        Ok(settings)
    }
}
