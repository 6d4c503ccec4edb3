//! Personal data in memory: a wrapper that prints nothing.
//!
//! It has no `Display` and no serialisation, and its `Debug` hides the value, so that personal
//! data compiles into no log line, error text or metric. Reading it is one named call, easy to find.

use std::fmt;

/// A value about a person. Equality compares the value, in time that depends on it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for sealing, storing or showing to somebody who may see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, leaving the protection.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_value_at_any_depth() {
        let text =
            format!("{:?} {:#?}", Sensitive::new("Tolvan"), Some(Sensitive::new(vec!["Tolvan"])));
        assert!(!text.contains("Tolvan"), "{text}");
        assert!(text.contains("Sensitive(..)"));
    }

    #[test]
    fn the_value_is_read_by_name_only() {
        let value = Sensitive::new(String::from("Tolvan"));
        assert_eq!(value.expose(), "Tolvan");
        assert_eq!(value.into_exposed(), "Tolvan");
    }
}
