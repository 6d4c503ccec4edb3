//! Who inside one organisation may see a referral, and how that is checked afterwards
//! (lag 2001:454 10 §, OSL 8:1-2, rules R26 and R27).
//!
//! Need-to-know is decided here, over what is held; nothing here knows a token or a database. A
//! person is named by the opaque subject of the token, stays inside the node and is never sent.

mod behalf;
mod break_glass;
mod ground;
mod inside;
mod need;
mod review;
#[cfg(test)]
mod tests;

pub use behalf::{Behalf, SharedUnits};
pub use break_glass::{Approval, BreakGlass, BreakGlassReason};
pub use ground::{AccessGround, AccessObject};
pub use inside::{INSIDE_GROUNDS, InsideDisclosure, Revocation};
pub use need::{Asker, ConsentKeeper, Handler, Sight, Standing, Width};
pub use review::{Curious, MANY_A_DAY, ReviewFinding, Sampled, Seen, is_outside_hours};

use crate::{Reason, Refusal};

/// Longest justification, in characters.
pub const MAX_JUSTIFICATION_CHARS: usize = 500;
/// Longest name that an identity provider gives a person, in characters.
pub const MAX_SUBJECT_CHARS: usize = 200;

/// Checks a text that says why.
///
/// # Errors
/// [`Reason::InvalidField`] where it is empty, too long or holds control characters.
pub fn check_justification(text: &str) -> Result<(), Refusal> {
    check_text(text, MAX_JUSTIFICATION_CHARS, "justification")
}

/// Checks the opaque name of a colleague.
///
/// # Errors
/// [`Reason::InvalidField`] as above.
pub fn check_subject(text: &str) -> Result<(), Refusal> {
    check_text(text, MAX_SUBJECT_CHARS, "subject")
}

fn check_text(text: &str, longest: usize, field: &'static str) -> Result<(), Refusal> {
    let is_sound = !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control);
    if is_sound { Ok(()) } else { Err(Refusal::at(Reason::InvalidField, field)) }
}
