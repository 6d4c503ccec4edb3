//! Why a command did not do what it was asked, in one or two lines: code, what, where, what to do.
//!
//! No text repeats personal data: it names fields, files and codes only.

use std::error::Error;
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::path::Path;

use brygga_config::SettingsError;
use brygga_domain::{Reason, Refusal};
use brygga_identity::join::{ChangeError, InviteBookError, JoinError};
use brygga_identity::keys::KeysError;
use brygga_identity::registry::{AnchorError, RegistryError, RegistryFileError};
use serde_json::{Value, json};

use crate::cli::Language;
use crate::text::{reason, swedish};

/// Which exit code a failure has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Other = 1,
    Usage = 2,
    Refused = 3,
    Unavailable = 4,
}

/// A command that did not succeed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    exit: Exit,
    code: String,
    what: String,
    place: Option<String>,
    fix: Option<String>,
}

impl Failure {
    fn new(exit: Exit, code: impl Into<String>, what: impl Into<String>) -> Self {
        Self { exit, code: code.into(), what: what.into(), place: None, fix: None }
    }

    /// Something went wrong that is neither the caller's nor a peer's fault.
    pub(crate) fn other(code: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Other, code, what)
    }

    /// The command line, or a file that it names, cannot be right.
    pub(crate) fn usage(code: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, what)
    }

    /// It was understood and refused, with a reason out of a closed set.
    pub(crate) fn refused(code: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Refused, code, what)
    }

    /// The node cannot be reached now.
    pub(crate) fn unavailable(code: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, code, what)
    }

    /// A file or directory that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::other("FILE", error.to_string()).at(path.display().to_string())
    }

    /// Where the fault lies.
    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into()).filter(|place| !place.is_empty());
        self
    }

    /// What to do about it.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The same, as what keeps a command from beginning at all.
    pub(crate) fn into_wrong_usage(self) -> Self {
        Self { exit: Exit::Usage, ..self }
    }

    pub(crate) const fn exit_code(&self) -> u8 {
        self.exit as u8
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong and what to do: for a reason of the closed set, in the reader's language.
    fn explained(&self, language: Language) -> (String, Option<String>) {
        match Reason::parse(&self.code) {
            Some(known) if self.what.is_empty() => {
                let explanation = reason::explain(known, language);
                let fix = self.fix.clone().or_else(|| Some(explanation.fix.to_owned()));
                (explanation.what.to_owned(), fix.filter(|fix| !fix.is_empty()))
            }
            _ => self.in_own_words(language),
        }
    }

    fn in_own_words(&self, language: Language) -> (String, Option<String>) {
        let swedish = || swedish::failure(&self.code, &self.what);
        match (language == Language::Sv).then(swedish).flatten() {
            Some((what, fix)) => (what, fix.map(str::to_owned).or_else(|| self.fix.clone())),
            None => (self.what.clone(), self.fix.clone()),
        }
    }

    /// One line, or two where there is something to do.
    pub(crate) fn text(&self, language: Language) -> String {
        let (what, fix) = self.explained(language);
        let place = self.place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
        let fix = fix.map_or_else(String::new, |fix| format!("\n  {fix}"));
        format!("{}: {what}{place}{fix}", self.code)
    }

    pub(crate) fn json(&self, language: Language) -> Value {
        let (what, fix) = self.explained(language);
        json!({"error": {"code": self.code, "what": what, "where": self.place, "fix": fix}})
    }
}

/// Says where the program panicked, and not why: the message may quote any value.
pub(crate) fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "DEFECT: the program stopped at {place}");
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    // Some libraries repeat their cause in their own text.
    texts.dedup_by(|cause, error| error.contains(cause.as_str()));
    texts.join(": ")
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.reason.as_str(), "").at(refusal.field)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let place = format!("{}, {}", error.file.display(), error.key);
        Self::other(error.code.as_str(), error.problem)
            .at(place)
            .fix(format!("wanted: {}", error.allowed))
    }
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        Self::other(error.code(), chain(&error))
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self::refused(error.code(), chain(&error))
    }
}

impl From<RegistryFileError> for Failure {
    fn from(error: RegistryFileError) -> Self {
        match error {
            RegistryFileError::Unreadable { path, source } => Self::file(&path, &source),
            RegistryFileError::Refused { path, source } => {
                Self::from(source).at(path.display().to_string())
            }
        }
    }
}

impl From<AnchorError> for Failure {
    fn from(error: AnchorError) -> Self {
        Self::other("ANCHOR_INVALID", chain(&error))
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        let code = match &error {
            JoinError::CodeUnknown => "INVITE_UNKNOWN",
            JoinError::Garbled(_) => "TEXT_GARBLED",
            JoinError::InviteExpired => "INVITE_EXPIRED",
            JoinError::InviteUsed => "INVITE_USED",
            JoinError::Anchor(_) => "ANCHOR_INVALID",
            JoinError::Field(_) => "FIELD_INVALID",
            JoinError::NotItsFirstKey => "JOIN_NOT_ITS_FIRST_KEY",
            JoinError::OtherOrganisation => "INVITE_OTHER_ORGANISATION",
            JoinError::Registry(_) => "INVITE_REGISTRY_REFUSED",
            JoinError::SelfAttested => "JOIN_SELF_ATTESTED",
            JoinError::Tampered => "JOIN_TAMPERED",
        };
        Self::refused(code, chain(&error))
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        let code = match &error {
            ChangeError::AlreadyMember => "REGISTRY_ALREADY_MEMBER",
            ChangeError::Excluded => "REGISTRY_MEMBER_EXCLUDED",
            ChangeError::ExclusionAhead => "REGISTRY_EXCLUSION_AHEAD",
            ChangeError::Invalid(_) => "REGISTRY_INVALID",
            ChangeError::NotMember => "REGISTRY_NOT_MEMBER",
            ChangeError::SequenceExhausted => "REGISTRY_SEQUENCE_EXHAUSTED",
            ChangeError::TooLarge(_) => "REGISTRY_TOO_LARGE",
        };
        Self::refused(code, chain(&error))
    }
}

impl From<InviteBookError> for Failure {
    fn from(error: InviteBookError) -> Self {
        Self::other("INVITE_BOOK", chain(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_code_what_where_and_what_to_do() {
        let failure = Failure::refused("X_Y", "it is so").at("file, key").fix("do that");
        assert_eq!(failure.text(Language::En), "X_Y: it is so (file, key)\n  do that");
        assert_eq!(failure.json(Language::En)["error"]["where"], "file, key");
        assert_eq!(failure.exit_code(), 3);
    }

    #[test]
    fn a_refusal_is_explained_in_the_readers_language() {
        let failure = Failure::from(Refusal::new(Reason::ConsentExpired));
        assert!(failure.text(Language::Sv).starts_with("SEND_CONSENT_EXPIRED: Samtycket"));
        assert!(failure.text(Language::En).starts_with("SEND_CONSENT_EXPIRED: The consent"));
    }

    #[test]
    fn a_cause_is_said_once() {
        let error =
            KeysError::Io { path: "keys".into(), source: io::Error::other("the disk is gone") };
        assert_eq!(chain(&error), "keys cannot be read or written: the disk is gone");
    }
}
