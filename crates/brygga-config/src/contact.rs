//! `[contact]`: whom to call when a same-day duty cannot wait for a message.

use brygga_domain::contact_form::is_telephone;

use crate::error::{Code, SettingsError};
use crate::section::Section;

const PHONE_FORM: &str = "6 to 15 digits with spaces or hyphens between, + or 0 first";

/// `[contact]`: whom to call when a same-day duty cannot wait for a message.
#[derive(Clone, Debug)]
pub struct ContactSettings {
    /// The numbers, most suitable first.
    pub duty_phone_list: Vec<DutyPhone>,
}

/// A phone that a function answers. Never a person's own phone: the list is shown to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyPhone {
    /// The function, in Swedish: `Socialjouren`.
    pub name_of_function: String,
    /// The number as people read it.
    pub phone: String,
}

impl ContactSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let mut duty_phone_list = Vec::new();
        for (index, value) in section.list("duty_phone_list")?.into_iter().enumerate() {
            let mut entry = section.entry("duty_phone_list", index, value)?;
            duty_phone_list.push(DutyPhone {
                name_of_function: entry.required_text("name_of_function")?,
                phone: entry.parsed("phone", Code::NotAPhoneNumber, None, |text| {
                    if is_telephone(text) { Ok(text.to_owned()) } else { Err(PHONE_FORM) }
                })?,
            });
            entry.finish()?;
        }
        section.finish()?;
        Ok(Self { duty_phone_list })
    }
}
