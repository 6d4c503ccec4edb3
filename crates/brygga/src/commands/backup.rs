//! `brygga backup`: a consistent copy of a SQLite node, running or not.

use std::path::{Path, PathBuf};

use brygga_storage::{Store, Vault};
use clap::Args;
use serde_json::json;

use crate::cli::Invocation;
use crate::failure::Failure;
use crate::output::Answer;
use crate::progress::Progress;
use crate::store_address::{store_settings, vault_address};

/// Copy the database of a node with SQLite, which may go on running
///
/// The vault with the keys of cases is left out: a copy of it opens what is erased later. Copy it
/// with --with-vault to another place, and keep that copy for days only. Keys and settings are not
/// copied either.
#[derive(Args)]
#[command(after_help = "Example:\n  brygga backup --out /srv/backup/2026-11-22")]
pub(crate) struct BackupArgs {
    /// Directory for the copy; made if it is absent, and without a copy in it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// File for a copy of the vault, never inside --out
    #[arg(long, value_name = "FILE")]
    with_vault: Option<PathBuf>,
}

impl BackupArgs {
    pub(crate) async fn run(&self, at: &Invocation) -> Result<Answer, Failure> {
        let settings = at.node.settings()?;
        std::fs::create_dir_all(&self.out).map_err(|error| Failure::file(&self.out, &error))?;
        if let Some(file) = &self.with_vault {
            self.refuse_inside(file)?;
        }
        let database = self.out.join("brygga.db");
        let progress = Progress::begin("backup");
        Store::copy_to(&store_settings(&settings)?.url, &database).await?;
        if let Some(file) = &self.with_vault {
            let vault = Vault::open(&vault_address(&settings)?).await?;
            vault.copy_to(file).await?;
            vault.close().await;
        }
        drop(progress);
        let vault = self.with_vault.as_ref().map(|file| file.display().to_string());
        let mut answer =
            Answer::new(json!({"database": database.display().to_string(), "vault": vault}))
                .line(format!("The database is copied to {}", database.display()));
        if let Some(vault) = vault {
            answer = answer.line(format!("The vault is copied to {vault}; keep it for days only"));
        }
        Ok(answer)
    }

    /// However the two paths are written.
    fn refuse_inside(&self, vault: &Path) -> Result<(), Failure> {
        let real = |path: &Path| path.canonicalize().map_err(|error| Failure::file(path, &error));
        let parent = vault.parent().filter(|parent| !parent.as_os_str().is_empty());
        if !real(parent.unwrap_or(Path::new(".")))?.starts_with(real(&self.out)?) {
            return Ok(());
        }
        let what = "a backup that holds the vault undoes every erasure after it";
        Err(Failure::usage("VAULT_IN_BACKUP", what)
            .at("--with-vault")
            .fix("name a file outside --out"))
    }
}
