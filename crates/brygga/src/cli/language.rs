//! In which language the program speaks: as the command line says, else as the machine does.

use std::ffi::OsString;

use clap::ValueEnum;

/// The language of labels, explanations and help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Svenska
    #[default]
    Sv,
    /// English
    En,
}

/// Where a machine tells its language, the strongest first (POSIX.1-2017, 8.2).
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

impl Language {
    /// Both, Swedish first.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::Sv, Self::En];

    /// The language that a command line asks for, also where the rest of it cannot be read; else
    /// that of `BRYGGA_LANGUAGE`, else that of the locale, else Swedish.
    pub(crate) fn asked(line: &[OsString], environment: impl Fn(&str) -> Option<String>) -> Self {
        let words = line.iter().filter_map(|word| word.to_str());
        let mut named = None;
        let mut is_next = false;
        for word in words {
            let value = word.strip_prefix("--language=").or(is_next.then_some(word));
            named = value.or(named);
            is_next = word == "--language";
        }
        let named = named.map(str::to_owned).or_else(|| environment("BRYGGA_LANGUAGE"));
        match named.and_then(|named| Self::from_str(&named, true).ok()) {
            Some(named) => named,
            None => Self::of_locale(environment),
        }
    }

    /// English for a locale of English; Swedish for any other, for `C` and for none.
    fn of_locale(environment: impl Fn(&str) -> Option<String>) -> Self {
        let told = |name: &&str| environment(name).filter(|value| !value.is_empty());
        let locale = LOCALE.iter().find_map(told).unwrap_or_default();
        let language = locale.split(['_', '.', '@']).next();
        if language == Some("en") { Self::En } else { Self::Sv }
    }

    /// The code on the command line.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str, environment: &[(&str, &str)]) -> Language {
        let line: Vec<_> = line.split_whitespace().map(OsString::from).collect();
        let found = |name: &str| environment.iter().find(|(key, _)| *key == name);
        Language::asked(&line, |name| found(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_command_line_wins_over_the_machine() {
        let english = [("LANG", "en_GB.UTF-8"), ("BRYGGA_LANGUAGE", "en")];
        assert_eq!(asked("brygga node show --language sv", &english), Language::Sv);
        assert_eq!(asked("brygga --language=en --help", &[("LANG", "sv_SE.UTF-8")]), Language::En);
        assert_eq!(asked("brygga", &[("LANG", "sv_SE"), ("BRYGGA_LANGUAGE", "en")]), Language::En);
    }

    #[test]
    fn the_strongest_variable_that_is_not_empty_tells_the_locale() {
        assert_eq!(asked("x", &[("LC_ALL", "en_US.UTF-8"), ("LANG", "sv_SE")]), Language::En);
        assert_eq!(
            asked("x", &[("LC_ALL", ""), ("LC_MESSAGES", "en"), ("LANG", "")]),
            Language::En
        );
        assert_eq!(asked("x", &[("LC_MESSAGES", "sv_SE"), ("LANG", "en_US")]), Language::Sv);
    }

    #[test]
    fn swedish_is_spoken_where_nothing_else_is_asked_for() {
        for locale in ["", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "enm_GB", "sv_FI@euro"] {
            assert_eq!(asked("x", &[("LANG", locale)]), Language::Sv, "{locale}");
        }
        assert_eq!(asked("x --language xx", &[]), Language::Sv);
    }
}
