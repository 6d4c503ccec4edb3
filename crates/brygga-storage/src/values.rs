//! The values of a statement, typed once here: what the driver calls a blob is an id or a digest to us.

use brygga_domain::Timestamp;
use sqlx::any::AnyArguments;
use sqlx::{Any, Arguments, Encode, Type};

use crate::error::StorageError;

/// Values in the order of the statement's `$1`, `$2`, …
#[derive(Default)]
pub(crate) struct Values {
    arguments: AnyArguments,
    is_broken: bool,
}

impl Values {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.put(bytes)
    }

    pub(crate) fn bytes_or_null(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        self.put(bytes)
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.put(text)
    }

    pub(crate) fn text_or_null(&mut self, text: Option<&str>) -> &mut Self {
        self.put(text)
    }

    pub(crate) fn number(&mut self, number: impl Into<i64>) -> &mut Self {
        self.put(number.into())
    }

    pub(crate) fn number_or_null(&mut self, number: Option<impl Into<i64>>) -> &mut Self {
        self.put(number.map(Into::<i64>::into))
    }

    pub(crate) fn instant(&mut self, instant: Timestamp) -> &mut Self {
        self.put(instant.as_millis())
    }

    pub(crate) fn instant_or_null(&mut self, instant: Option<Timestamp>) -> &mut Self {
        self.put(instant.map(Timestamp::as_millis))
    }

    fn put<'v, T: Encode<'v, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        self.is_broken |= self.arguments.add(value).is_err();
        self
    }

    /// The values for the driver.
    pub(crate) fn finish(self) -> Result<AnyArguments, StorageError> {
        if self.is_broken {
            return Err(StorageError::Database { code: "-".to_owned() });
        }
        Ok(self.arguments)
    }
}
