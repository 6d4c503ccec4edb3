//! Migrating and opening: what is refused before anything is served.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use brygga_storage::{StorageError, Store};
use futures_util::future::join_all;

use crate::database::Database;
use crate::on_both;

on_both!(
    migrating_again_does_nothing,
    a_rewritten_migration_is_refused,
    a_newer_schema_is_refused,
    a_sound_store_has_no_findings,
);

async fn migrating_again_does_nothing(database: &Database) {
    let report = Store::migrate(&database.url).await.unwrap();
    assert_eq!(report.applied, Vec::<&str>::new());
    assert!(report.version >= 11);
}

async fn a_rewritten_migration_is_refused(database: &Database) {
    database.execute("UPDATE schema_version SET checksum = terms FROM (SELECT checksum AS terms FROM schema_version WHERE version = 1) AS other WHERE version = 2").await;
    let refused = StorageError::MigrationChanged { version: 2 };
    assert_eq!(Store::open(&database.settings()).await.unwrap_err(), refused);
    assert_eq!(Store::migrate(&database.url).await.unwrap_err(), refused);
}

async fn a_newer_schema_is_refused(database: &Database) {
    database
        .execute("INSERT INTO schema_version (version, name, checksum) SELECT 99, 'newer', checksum FROM schema_version WHERE version = 1")
        .await;
    let refused = Store::open(&database.settings()).await.unwrap_err();
    assert!(matches!(refused, StorageError::Unmigrated { found: 99, .. }));
}

async fn a_sound_store_has_no_findings(database: &Database) {
    let findings = database.open().await.check().await;
    let problems: Vec<_> = findings.iter().filter_map(|found| found.problem.as_ref()).collect();
    // A test server may have been made without checksums; ours says so and nothing else.
    assert!(problems.iter().all(|found| found.contains("data_checksums")), "{problems:?}");
    assert_eq!(findings.len(), 6);
}

#[tokio::test]
async fn an_unmigrated_database_is_refused() {
    let sqlite = Database::sqlite_unmigrated();
    let refused = Store::open(&sqlite.settings()).await.unwrap_err();
    assert_eq!(refused, StorageError::Unavailable);
    std::fs::write(sqlite.file(), b"").unwrap();
    std::fs::set_permissions(sqlite.file(), Permissions::from_mode(0o600)).unwrap();
    let refused = Store::open(&sqlite.settings()).await.unwrap_err();
    assert!(matches!(refused, StorageError::Unmigrated { found: 0, .. }));
    let Some(postgres) = Database::postgres_unmigrated().await else { return };
    let refused = Store::open(&postgres.settings()).await.unwrap_err();
    assert!(matches!(refused, StorageError::Unmigrated { found: 0, .. }));
    postgres.remove().await;
}

async fn each_migration_runs_once(database: &Database) {
    let reports = join_all((0..4).map(|_| Store::migrate(&database.url))).await;
    let reports: Vec<_> = reports.into_iter().map(Result::unwrap).collect();
    let applied: usize = reports.iter().map(|report| report.applied.len()).sum();
    assert_eq!(i64::try_from(applied), Ok(reports[0].version));
    database.open().await;
}

#[tokio::test]
async fn four_who_migrate_at_once_run_each_migration_once() {
    each_migration_runs_once(&Database::sqlite_unmigrated()).await;
    let Some(postgres) = Database::postgres_unmigrated().await else { return };
    each_migration_runs_once(&postgres).await;
    postgres.remove().await;
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused() {
    let database = Database::sqlite().await;
    std::fs::set_permissions(database.file(), Permissions::from_mode(0o640)).unwrap();
    let refused = Store::open(&database.settings()).await.unwrap_err();
    assert_eq!(refused.to_string(), "file mode is 0640, must be 0600");
}

#[tokio::test]
async fn the_log_of_a_file_is_as_private_as_the_file() {
    let database = Database::sqlite().await;
    let store = database.open().await;
    store.note_put("x", vec![1]).await.unwrap();
    let log = format!("{}-wal", database.file().display());
    assert_eq!(std::fs::metadata(log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_server_that_acknowledges_before_it_writes_is_refused() {
    let Some(database) = Database::postgres().await else { return };
    let name = database.url.rsplit('/').next().unwrap();
    for weak in ["off", "local"] {
        database.execute(&format!("ALTER DATABASE {name} SET synchronous_commit = '{weak}'")).await;
        let refused = Store::open(&database.settings()).await.unwrap_err();
        assert!(matches!(refused, StorageError::WeakSetting { setting: "synchronous_commit", .. }));
    }
    database.remove().await;
}

#[tokio::test]
async fn an_address_of_another_database_is_refused() {
    assert_eq!(Store::migrate("mysql://localhost/x").await.unwrap_err(), StorageError::Url);
}

/// The test server shows a certificate of its own; its file is named in the environment.
#[tokio::test]
async fn postgresql_is_reached_over_tls_only_under_a_certificate_that_is_trusted() {
    let Some(postgres) = Database::postgres_unmigrated().await else { return };
    match std::env::var("BRYGGA_TEST_POSTGRES_CA") {
        Ok(trusted) => {
            let verified = format!("{}?sslmode=verify-full", postgres.url);
            let refused = Store::migrate(&verified).await.unwrap_err();
            assert_eq!(refused, StorageError::Unavailable, "nobody vouches for the server");
            Store::migrate(&format!("{verified}&sslrootcert={trusted}")).await.unwrap();
        }
        Err(_) => {
            assert!(std::env::var("CI").is_err(), "BRYGGA_TEST_POSTGRES_CA must be set in CI");
            let skipped = b"TLS to PostgreSQL skipped: BRYGGA_TEST_POSTGRES_CA is not set\n";
            std::io::Write::write_all(&mut std::io::stderr(), skipped).unwrap();
        }
    }
    postgres.remove().await;
}
