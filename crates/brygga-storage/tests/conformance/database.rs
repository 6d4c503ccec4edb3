//! A fresh database for each test.

use std::io::{Write as _, stderr};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use brygga_storage::{Store, StoreSettings, Vault};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;

const SERVER: &str = "BRYGGA_TEST_POSTGRES_URL";

/// A database that holds nothing but the schema.
pub(crate) struct Database {
    pub(crate) url: String,
    kind: Kind,
}

enum Kind {
    /// In a directory that goes with the test.
    Sqlite(TempDir),
    Postgres {
        server: String,
        name: String,
    },
}

impl Database {
    pub(crate) async fn sqlite() -> Self {
        let database = Self::sqlite_unmigrated();
        Store::migrate(&database.url).await.unwrap();
        database
    }

    pub(crate) fn sqlite_unmigrated() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("brygga.db").display());
        Self { url, kind: Kind::Sqlite(directory) }
    }

    /// None, said aloud, where no server is named.
    pub(crate) async fn postgres() -> Option<Self> {
        let database = Self::postgres_unmigrated().await?;
        Store::migrate(&database.url).await.unwrap();
        Some(database)
    }

    pub(crate) async fn postgres_unmigrated() -> Option<Self> {
        static SAID: Once = Once::new();
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            assert!(std::env::var("CI").is_err(), "{SERVER} must be set in CI");
            // Not `eprintln`: what a passing test prints with it is not shown.
            let skipped = format!("PostgreSQL part skipped: {SERVER} is not set\n");
            SAID.call_once(|| stderr().write_all(skipped.as_bytes()).unwrap());
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("brygga_test_{}_{number}", std::process::id());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        let (address, _) = server.rsplit_once('/').expect("the address names a database");
        let url = format!("{address}/{name}");
        Some(Self { url, kind: Kind::Postgres { server, name } })
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        StoreSettings { url: self.url.clone(), max_readers: 4 }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.settings()).await.unwrap()
    }

    /// Where its vault is: a file beside it, or another database of the server.
    pub(crate) fn vault_url(&self) -> String {
        match &self.kind {
            Kind::Sqlite(directory) => {
                format!("sqlite:{}", directory.path().join("vault.db").display())
            }
            Kind::Postgres { .. } => format!("{}_vault", self.url),
        }
    }

    /// The vault, made where there is none yet.
    pub(crate) async fn vault(&self) -> Vault {
        if let Kind::Postgres { server, name } = &self.kind {
            let made = format!("SELECT 1 FROM pg_database WHERE datname = '{name}_vault'");
            if !is_there(server, made).await {
                execute(server, format!("CREATE DATABASE {name}_vault")).await;
            }
        }
        Vault::migrate(&self.vault_url(), [1; 16]).await.unwrap();
        Vault::open(&self.vault_url()).await.unwrap()
    }

    /// Runs statements behind the store's back.
    pub(crate) async fn execute(&self, statements: &str) {
        execute(&self.url, statements.to_owned()).await;
    }

    /// The statement's error, which it must have.
    pub(crate) async fn refusal(&self, statement: &str) -> String {
        let mut connection = connect(&self.url).await;
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap_err().to_string()
    }

    /// The file of a SQLite database.
    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.url.strip_prefix("sqlite:").expect("a file").into()
    }

    /// Gives the server its space back; a test that fails leaves its database for a look.
    pub(crate) async fn remove(self) {
        match self.kind {
            Kind::Sqlite(directory) => drop(directory),
            Kind::Postgres { server, name } => {
                for name in [format!("{name}_vault"), name] {
                    execute(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
            }
        }
    }
}

async fn execute(url: &str, statements: String) {
    let mut connection = connect(url).await;
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn is_there(url: &str, query: String) -> bool {
    let mut connection = connect(url).await;
    let found = sqlx::raw_sql(AssertSqlSafe(query)).fetch_optional(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    found.is_some()
}

async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.unwrap()
}
