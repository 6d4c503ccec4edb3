//! What is wrong with a command line, in both languages. No text repeats what was written: it may
//! be personal data.

use std::error::Error;
use std::fmt;

use crate::cli::Language;

macro_rules! complaints {
    ($($variant:ident = $code:literal, $swedish:literal, $english:literal;)*) => {
        /// What is wrong with a command line or a value on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Complaint {
            $($variant,)*
        }

        impl Complaint {
            /// Every complaint.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code.
            pub(crate) const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// The complaint in a language.
            pub(crate) const fn of(self, language: Language) -> &'static str {
                match (self, language) {
                    $(
                        (Self::$variant, Language::Sv) => $swedish,
                        (Self::$variant, Language::En) => $english,
                    )*
                }
            }
        }
    };
}

complaints! {
    BytesNotText = "WRONG_USAGE", "Kommandoraden är inte text i UTF-8.", "The command line is not text in UTF-8.";
    CommandMissing = "WRONG_USAGE", "Ett kommando saknas.", "A command is missing.";
    CommandUnknown = "WRONG_USAGE", "Kommandot finns inte.", "There is no such command.";
    NotAUnit = "NOT_A_UNIT", "Väntade en funktion: små bokstäver a–z, siffror och bindestreck.", "Expected a unit: lower-case letters, digits and hyphens.";
    NotAnIdentifier = "NOT_AN_IDENTIFIER", "Väntade ett id, eller dess sista 8 hexadecimala tecken.", "Expected an identifier, or at least its last 8 hexadecimal digits.";
    NotAnOrganisation = "NOT_AN_ORGANISATION", "Väntade en organisation, till exempel kommun:0880 eller org:8020001234, med /FUNKTION efter om en funktion avses.", "Expected an organisation, such as kommun:0880 or org:8020001234, with /UNIT behind it where a unit is meant.";
    NotALine = "NOT_A_LINE", "Väntade en rad som ANYBODY/NIGHT eller ANYBODY/NIGHT=20/3+2: för vem, när, platser, belagda och extra.", "Expected a line such as ANYBODY/NIGHT or ANYBODY/NIGHT=20/3+2: whom for, when, places, occupied and opened beyond.";
    NotARange = "NOT_A_RANGE", "Väntade början och slut med två punkter emellan, till exempel 19:00..08:00.", "Expected a beginning and an end with two dots between, such as 19:00..08:00.";
    NotASpan = "NOT_A_SPAN", "Väntade en tid som 10s, 45m, 2h eller 3d.", "Expected a length of time such as 10s, 45m, 2h or 3d.";
    NotAQuarter = "NOT_A_QUARTER", "Väntade ett kvartal, till exempel 2026-Q3.", "Expected a quarter, such as 2026-Q3.";
    NotATime = "NOT_A_TIME", "Väntade ett datum som 2026-12-31, en svensk tid som \"2026-12-31 14:05\" eller en tidpunkt som 2026-12-31T12:00:00Z.", "Expected a date such as 2026-12-31, a Swedish time such as \"2026-12-31 14:05\", or an instant such as 2026-12-31T12:00:00Z.";
    OptionsConflict = "WRONG_USAGE", "De här kan inte anges tillsammans.", "These cannot be used together.";
    OptionMissing = "WRONG_USAGE", "Något som måste anges saknas.", "Something that must be named is missing.";
    OptionUnknown = "WRONG_USAGE", "Flaggan finns inte, eller så är det ett ord för mycket. Text med mellanslag måste stå inom citattecken.", "There is no such option, or a word too many. Text with spaces must stand in quotation marks.";
    TimeHasOtherZone = "NOT_A_TIME", "Den tidszonen gäller inte då i Sverige; utelämna den.", "That zone does not hold in Sweden then; leave it out.";
    TimeLeftOut = "NOT_A_TIME", "Den timmen finns inte i Sverige: sommartiden börjar då.", "That hour is left out in Sweden: summer time begins then.";
    TimeTwice = "NOT_A_TIME", "Den timmen kommer två gånger i Sverige: skriv CEST (den första) eller CET efter.", "That hour comes twice in Sweden: write CEST (the first) or CET behind it.";
    ValueForm = "WRONG_USAGE", "Värdet har fel form.", "The value has the wrong form.";
    ValueNotInList = "WRONG_USAGE", "Värdet måste vara ett av:", "The value must be one of:";
    ValuesTooManyOrFew = "WRONG_USAGE", "Fel antal värden.", "The wrong number of values.";
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.of(Language::En))
    }
}

impl Error for Complaint {}
