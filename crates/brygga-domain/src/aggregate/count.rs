//! A number that may be told.

use std::fmt;

/// A count of referrals that is large enough to be told: a value of this type is never 1 to 4, nor 0.
///
/// Zero is hidden like a small number: a zero beside others would say of them that they are not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u32);

impl Count {
    /// The smallest number that is told (rule R10; the domain guide's k). A choice of design, not of law.
    pub const SMALLEST: u32 = 5;

    /// A number, where it is large enough.
    pub const fn of(referrals: u32) -> Option<Self> {
        if referrals >= Self::SMALLEST { Some(Self(referrals)) } else { None }
    }

    /// The number.
    pub const fn referrals(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
