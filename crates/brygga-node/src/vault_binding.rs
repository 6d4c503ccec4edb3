//! Each database has one vault, and knows its name.
//!
//! With another vault, or an empty new one in the place of one that was lost, nothing stored before
//! would open, and what is stored now would not open again once the right one is back. So a node
//! does not start with it.

use brygga_app::App;

use crate::StartError;

/// Name of the note that holds the vault's name.
const NOTE: &str = "vault.name";

/// Refuses a vault that is not this database's. A database that has none yet gets this one.
///
/// # Errors
/// [`StartError::OtherVault`]; [`StartError::Storage`].
pub(crate) async fn check(app: &App) -> Result<(), StartError> {
    let (store, name) = (&app.parts().store, app.parts().case_keys.vault().name());
    let note = store.glance(|reader| Box::pin(reader.note(NOTE))).await?;
    match note {
        None => Ok(store.note_put(NOTE, name.to_vec()).await?),
        Some(known) if known == name => Ok(()),
        Some(_) => Err(StartError::OtherVault),
    }
}
