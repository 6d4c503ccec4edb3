//! `[capacity]`: what this organisation publishes, and what it has agreed on for itself alone.

use brygga_domain::capacity::ExcludedAreas;
use toml::Value;

use crate::error::{Code, SettingsError};
use crate::section::Section;

/// `[capacity]`: what this organisation publishes, and what it has agreed on for itself alone.
#[derive(Clone, Debug, Default)]
pub struct CapacitySettings {
    /// Areas in which it takes no more dwellings; none by default.
    pub excluded_areas: ExcludedAreas,
}

impl CapacitySettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        const ALLOWED: &str = "names of areas in quotes, of 1 to 64 characters";
        let values = section.list("excluded_areas")?;
        let mut names = Vec::new();
        for value in &values {
            let Value::String(name) = value else {
                return Err(section.wrong_type("excluded_areas", ALLOWED, value));
            };
            names.push(name.as_str());
        }
        // An area is told nobody, an error's reader included.
        let excluded_areas = ExcludedAreas::parse(names).map_err(|_| {
            section.error("excluded_areas", Code::NotAnArea, "a name is empty or too long", ALLOWED)
        })?;
        section.finish()?;
        Ok(Self { excluded_areas })
    }
}
