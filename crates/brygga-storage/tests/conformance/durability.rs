//! What happens when the disk or the server fails. The disk is made to fail in a process of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use brygga_exchange::WriteSet;
use brygga_storage::{StorageError, Store, StoreSettings};

use crate::database::Database;
use crate::fixtures::*;

/// Set in the process whose disk fails: the directory of its database.
const CHILD: &str = "BRYGGA_TEST_DIRECTORY";

/// Runs one test of this binary again, behind a shell command that makes the disk fail.
fn run_behind(shell: &str, test: &str, directory: &Path) -> std::process::Output {
    let binary = std::env::current_exe().unwrap();
    let script = format!("{shell}; exec \"$0\" --exact {test} --nocapture");
    Command::new("bash").args(["-c", &script]).arg(binary).env(CHILD, directory).output().unwrap()
}

fn child_directory() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

async fn open_in(directory: &Path) -> Store {
    let url = format!("sqlite:{}", directory.join("brygga.db").display());
    Store::migrate(&url).await.unwrap();
    Store::open(&StoreSettings { url, max_readers: 2 }).await.unwrap()
}

/// Notes of 64 KiB until one is refused; the refusal.
async fn write_until_refused(store: &Store) -> Option<StorageError> {
    for number in 0..100 {
        if let Err(error) = store.note_put("x", vec![number; 65_536]).await {
            return Some(error);
        }
    }
    None
}

/// In the child no file can grow beyond 2 MiB; a write beyond is an I/O error.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_write_nothing_is_acknowledged() {
    let Some(directory) = child_directory() else {
        let directory = tempfile::tempdir().unwrap();
        let shell = "trap '' XFSZ; ulimit -f 2048";
        let test = "durability::after_a_failed_write_nothing_is_acknowledged";
        let output = run_behind(shell, test, directory.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    let store = open_in(&directory).await;
    assert_eq!(write_until_refused(&store).await, Some(StorageError::Broken));
    store.broken().await;
    // Small enough to fit, and still refused.
    assert_eq!(store.note_put("y", vec![1]).await, Err(StorageError::Broken));
    let read = store.read(|reader| Box::pin(reader.note("x"))).await;
    assert_eq!(read, Err(StorageError::Broken));
}

/// In the child the volume has 3 MiB, and a ballast that is taken away.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_volume_refuses_until_there_is_room() {
    let Some(directory) = child_directory() else {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().display();
        let mount = format!("mount -t tmpfs -o size=3m tmpfs {place}");
        let may = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).status();
        if !may.is_ok_and(|status| status.success()) {
            // Not `eprintln`: what a passing test prints with it is not shown.
            std::io::stderr().write_all(b"full volume skipped: no test may mount here\n").unwrap();
            return;
        }
        let test = "durability::a_full_volume_refuses_until_there_is_room";
        let shell = format!(
            "if [ -z \"$INSIDE\" ]; then INSIDE=1 exec unshare -rm bash -c \
             '{mount}; exec \"$0\" --exact {test} --nocapture' \"$0\"; fi"
        );
        let output = run_behind(&shell, test, directory.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    std::fs::write(directory.join("ballast"), vec![0; 1024 * 1024]).unwrap();
    let store = open_in(&directory).await;
    store.note_put("kept", vec![1]).await.unwrap();
    assert_eq!(write_until_refused(&store).await, Some(StorageError::Full));
    let kept = store.read(|reader| Box::pin(reader.note("kept"))).await;
    assert_eq!(kept, Ok(Some(vec![1])));
    std::fs::remove_file(directory.join("ballast")).unwrap();
    store.note_put("x", vec![200; 65_536]).await.unwrap();
    assert!(store.check().await.iter().all(|finding| finding.problem.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_made_anew() {
    let Some(database) = Database::postgres().await else { return };
    let held = database.open().await;
    store_referrals(&held, 0..1, brygga_domain::referral::Side::Source).await;
    database
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    for number in 0..10 {
        let audit = vec![leaf(number)];
        store(&held, WriteSet { audit, ..WriteSet::default() }).await.unwrap();
    }
    let found = held.read(|reader| Box::pin(reader.referral_by_id(referral_id(0)))).await;
    assert!(found.unwrap().is_some());
    held.close().await;
    database.remove().await;
}
