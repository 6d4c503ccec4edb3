//! What the person wants is recorded before anybody is asked (29:10; rule R22): no consent is needed, and nobody moves
//! unheard.

use crate::legal::coded_enum;
use crate::{Reason, Refusal};

coded_enum!(
    /// Whom a transfer is about, by who speaks for the person (SoL 3:4).
    Person {
        /// 18 or older.
        Adult = "ADULT",
        /// 15 to 17: has an own voice beside the guardians.
        ChildFrom15 = "CHILD_FROM_15",
        /// Under 15: is heard, and the guardians speak.
        ChildUnder15 = "CHILD_UNDER_15",
    }
);

impl Person {
    /// Whether the person is under 18.
    pub const fn is_child(self) -> bool {
        !matches!(self, Self::Adult)
    }
}

coded_enum!(
    /// Whose wish it is.
    WishOf {
        /// The person's own, of an adult or a child from 15.
        Person = "PERSON",
        /// A guardian's.
        Guardian = "GUARDIAN",
        /// What a child under 15 said when it was heard.
        ChildHeard = "CHILD_HEARD",
    }
);

coded_enum!(
    /// What is wished.
    PersonsWish {
        /// That the case moves.
        Move = "MOVE",
        /// That it stays.
        Stay = "STAY",
        /// Asked, and has no wish.
        NoWish = "NO_WISH",
        /// Could not be asked, as the words say why.
        NotAsked = "NOT_ASKED",
    }
);

/// Checks that everybody who has to be asked is.
///
/// # Errors
/// [`Reason::InvalidField`] at `wishes`: an adult and a child from 15 speak by themselves; a child's guardian is asked;
/// a child under 15 is heard; nobody else's wish stands for theirs.
pub fn check_wishes(person: Person, recorded: &[WishOf]) -> Result<(), Refusal> {
    let (needed, allowed): (&[WishOf], &[WishOf]) = match person {
        Person::Adult => (&[WishOf::Person], &[WishOf::Person]),
        Person::ChildFrom15 => {
            (&[WishOf::Person, WishOf::Guardian], &[WishOf::Person, WishOf::Guardian])
        }
        Person::ChildUnder15 => {
            (&[WishOf::ChildHeard, WishOf::Guardian], &[WishOf::ChildHeard, WishOf::Guardian])
        }
    };
    let is_complete = needed.iter().all(|one| recorded.contains(one));
    let is_theirs = recorded.iter().all(|one| allowed.contains(one));
    if is_complete && is_theirs { Ok(()) } else { Err(Refusal::at(Reason::InvalidField, "wishes")) }
}

coded_enum!(
    /// For how long the need can be expected to last (29:10).
    NeedDuration {
        /// Lasting.
        Lasting = "LASTING",
        /// For a time.
        Limited = "LIMITED",
        /// Nobody can say.
        Unclear = "UNCLEAR",
    }
);

coded_enum!(
    /// An inquiry that the municipality that began it finishes, unless the two agree otherwise (29:9).
    OpenInquiry {
        /// None.
        None = "NONE",
        /// About a child's need of protection or support.
        Child = "CHILD",
        /// About somebody's misuse.
        Misuse = "MISUSE",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_moved_unheard() {
        let field =
            |person, recorded: &[WishOf]| check_wishes(person, recorded).map_err(|one| one.field);
        use WishOf::{ChildHeard, Guardian, Person as Own};
        assert_eq!(field(Person::Adult, &[Own]), Ok(()));
        assert_eq!(field(Person::ChildFrom15, &[Own, Guardian, Guardian]), Ok(()));
        assert_eq!(field(Person::ChildUnder15, &[Guardian, ChildHeard]), Ok(()));
        for (person, recorded) in [
            (Person::Adult, &[][..]),
            (Person::Adult, &[Guardian]),
            (Person::Adult, &[Own, Guardian]),
            (Person::ChildFrom15, &[Guardian]),
            (Person::ChildFrom15, &[Own]),
            (Person::ChildFrom15, &[ChildHeard, Guardian]),
            (Person::ChildUnder15, &[Guardian]),
            (Person::ChildUnder15, &[ChildHeard]),
            (Person::ChildUnder15, &[Own, Guardian]),
        ] {
            assert_eq!(field(person, recorded), Err("wishes"), "{person:?} {recorded:?}");
        }
    }
}
