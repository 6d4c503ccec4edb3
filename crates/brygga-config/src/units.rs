//! `[units]`: functions of the organisation that several boards share.

use brygga_domain::UnitId;
use brygga_domain::access::{Behalf, SharedUnits};
use toml::Value;

use crate::error::{Code, SettingsError};
use crate::section::Section;

/// `[units]`: functions of the organisation that several boards share.
#[derive(Clone, Debug, Default)]
pub struct UnitsSettings {
    /// Which units act for which others; none by default.
    pub shared: SharedUnits,
}

impl UnitsSettings {
    pub(crate) fn read(mut section: Section<'_>) -> Result<Self, SettingsError> {
        let mut shared = Vec::new();
        for (index, value) in section.list("shared_list")?.into_iter().enumerate() {
            let mut entry = section.entry("shared_list", index, value)?;
            let unit = entry.parsed("unit", Code::NotAUnit, None, UnitId::parse)?;
            let boards = entry.list("acts_for")?;
            if boards.is_empty() {
                return Err(entry.missing("acts_for", "a list of units"));
            }
            for board in boards {
                let board = self::board(&entry, &board)?;
                if board == unit {
                    let problem = format!("{board} acts for itself");
                    return Err(entry.error("acts_for", Code::NotAUnit, problem, "other units"));
                }
                shared.push(Behalf { board, unit: unit.clone() });
            }
            entry.finish()?;
        }
        section.finish()?;
        Ok(Self { shared: SharedUnits::new(shared) })
    }
}

fn board(entry: &Section<'_>, value: &Value) -> Result<UnitId, SettingsError> {
    let Value::String(text) = value else {
        return Err(entry.wrong_type("acts_for", "a list of texts in quotes", value));
    };
    UnitId::parse(text).map_err(|error| {
        let problem = format!("{text:?} is not valid");
        entry.error("acts_for", Code::NotAUnit, problem, error.to_string())
    })
}
