//! Closed vocabularies at the edge: an enum inside, a number outside.
//!
//! Each pair is mapped by one exhaustive match in each direction, so a value that is added to
//! the contract or to the domain does not compile until it stands here too.

mod pairs;
mod term;
#[cfg(test)]
mod tests;

use brygga_domain::Refusal;

pub(crate) use term::{term_from_proto, term_of, term_to_proto};

use crate::field::invalid;

/// A value with a number in the contract.
pub(crate) trait Coded: Copy {
    /// The number that travels; never 0.
    fn number(self) -> i32;

    /// Reads a number; none for 0, which is unset.
    fn from_number(number: i32) -> Result<Option<Self>, UnknownNumber>;
}

/// A number that this version does not know.
pub(crate) struct UnknownNumber;

/// The number of a value, 0 for none.
pub(crate) fn number_or_unset<T: Coded>(value: Option<T>) -> i32 {
    value.map(T::number).unwrap_or_default()
}

/// The numbers of a list.
pub(crate) fn numbers<T: Coded>(values: &[T]) -> Vec<i32> {
    values.iter().map(|value| value.number()).collect()
}

/// Reads a value that has to be set.
pub(crate) fn read<T: Coded>(number: i32, field: &'static str) -> Result<T, Refusal> {
    read_or_unset(number, field)?.ok_or(invalid(field))
}

/// Reads a value where unset has a meaning.
pub(crate) fn read_or_unset<T: Coded>(
    number: i32,
    field: &'static str,
) -> Result<Option<T>, Refusal> {
    T::from_number(number).map_err(|UnknownNumber| invalid(field))
}

/// Reads a list whose length has been checked.
pub(crate) fn read_all<T: Coded>(numbers: &[i32], field: &'static str) -> Result<Vec<T>, Refusal> {
    numbers.iter().map(|number| read(*number, field)).collect()
}
