//! What the value of an allowed field looks like.
//!
//! A name on the list is not enough: somebody will write `reason = %text`. Each shape is
//! narrow enough that prose, names and personal identity numbers do not fit in it.

use brygga_domain::{AgreementId, OrgId};

const LONGEST_CODE: usize = 64;
const LONGEST_NAME: usize = 128;
const LONGEST_RUN_OF_DIGITS: usize = 3;

/// What the value of an allowed field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The random identifier of an agreement.
    AgreementId,
    /// One word of our vocabulary: `UPPER_SNAKE`, or lower case with `.`, `_` and `-`.
    Code,
    /// A place in source code: `src/file.rs:12:3`.
    Location,
    /// The name of a message, a service or a method: `brygga.referral.v1.Referral/Submit`.
    Name,
    /// A number or a truth value, recorded as such and not as a text.
    Number,
    /// An organisation.
    Organisation,
}

impl Shape {
    /// Whether a text has this shape.
    pub fn allows_text(self, text: &str) -> bool {
        match self {
            Self::AgreementId => text.parse::<AgreementId>().is_ok(),
            Self::Code => is_code(text),
            Self::Location => is_location(text),
            Self::Name => is_name(text),
            Self::Number => false,
            Self::Organisation => OrgId::parse(text).is_ok(),
        }
    }

    /// Whether a number has this shape.
    pub const fn allows_number(self) -> bool {
        matches!(self, Self::Number)
    }
}

fn is_code(text: &str) -> bool {
    let one_case = !text.bytes().any(|b| b.is_ascii_lowercase())
        || !text.bytes().any(|b| b.is_ascii_uppercase());
    one_case && is_word(text, LONGEST_CODE, b"._-") && text.starts_with(|c: char| c.is_alphabetic())
}

fn is_name(text: &str) -> bool {
    is_word(text, LONGEST_NAME, b"._/") && text.starts_with(|c: char| c.is_alphabetic() || c == '/')
}

fn is_location(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.contains(".rs:")
        && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_word(text: &str, longest: usize, punctuation: &[u8]) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || punctuation.contains(&b))
        && !text
            .split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits.len() > LONGEST_RUN_OF_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_our_own_have_their_shape() {
        for (shape, text) in [
            (Shape::AgreementId, "0af76519-16cd-43dd-8448-eb211c80319c"),
            (Shape::Code, "NO_AGREEMENT_IN_FORCE"),
            (Shape::Code, "given_up"),
            (Shape::Code, "R12"),
            (Shape::Code, "grpc"),
            (Shape::Location, "crates/brygga-domain/src/org.rs:12:3"),
            (Shape::Name, "/brygga.referral.v1.ReferralService/Submit"),
            (Shape::Organisation, "kommun:0880"),
        ] {
            assert!(shape.allows_text(text), "{shape:?} {text}");
        }
    }

    #[test]
    fn prose_names_and_identity_numbers_have_no_shape() {
        let shapes = [
            Shape::AgreementId,
            Shape::Code,
            Shape::Location,
            Shape::Name,
            Shape::Number,
            Shape::Organisation,
        ];
        for text in [
            "",
            "Kim Exempel",
            "refused because the client is known",
            "20000101-0000",
            "200001010000",
            "000101-0000",
            "id_000101_0000",
            "kim.exempel@example.se",
            "Storgatan 1",
            "åäö",
            "a\nb",
        ] {
            for shape in shapes {
                assert!(!shape.allows_text(text), "{shape:?} {text:?}");
            }
        }
    }

    #[test]
    fn a_code_is_in_one_case_and_a_number_is_not_a_text() {
        assert!(!Shape::Code.allows_text("Exempel"));
        assert!(!Shape::Number.allows_text("7"));
        assert!(Shape::Number.allows_number() && !Shape::Code.allows_number());
    }
}
