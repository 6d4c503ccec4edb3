//! The machine as a finding: room on the disk where the node writes, and files that it may open.

use std::path::{Path, PathBuf};

use brygga_config::StorageUrl;
use rustix::fs::{StatVfs, statvfs};
use rustix::process::{Resource, getrlimit};

use super::{Examination, Fault, View};

const MIB: u64 = 1024 * 1024;
/// Below this the next busy hour may fill the disk, and a full disk stops every write.
const NEARLY_FULL: u64 = 256 * MIB;
/// Below this somebody should make room.
const LOW: u64 = 1024 * MIB;
/// Both ports together take 1,024 connections; the database and the log come on top.
const OPEN_FILES_WANTED: u64 = 2048;

pub(super) fn look(view: &View<'_>, found: &mut Examination) {
    let place = existing(&data_directory(view));
    if let Ok(volume) = statvfs(&place) {
        let free = free_bytes(&volume);
        found.figures.free_bytes = Some(free);
        if let Some(fault) = fullness(free) {
            let values = [("path", &*place.display().to_string()), ("free", &mebibytes(free))];
            found.findings.push(view.found(fault, &values));
        }
    }
    // None is no limit.
    let open_files = getrlimit(Resource::Nofile).current;
    found.figures.open_files = open_files;
    if let Some(fault) = open_files.and_then(openness) {
        let limit = open_files.unwrap_or_default().to_string();
        let wanted = OPEN_FILES_WANTED.to_string();
        found.findings.push(view.found(fault, &[("limit", &limit), ("wanted", &wanted)]));
    }
}

/// Bytes as people read them.
pub(super) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes / MIB)
}

/// Where the node writes most: the database, or its own directory beside a database server.
fn data_directory(view: &View<'_>) -> PathBuf {
    match view.settings.storage_url() {
        Ok(StorageUrl::Sqlite(path)) => path,
        Ok(StorageUrl::Postgres(_)) | Err(_) => view.at.node.path().to_owned(),
    }
}

/// The path, or what exists of it.
fn existing(path: &Path) -> PathBuf {
    let found = path.ancestors().find(|path| path.exists());
    found.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn free_bytes(volume: &StatVfs) -> u64 {
    volume.f_bavail.saturating_mul(volume.f_frsize)
}

const fn fullness(free: u64) -> Option<Fault> {
    match free {
        ..NEARLY_FULL => Some(Fault::DiskFull),
        NEARLY_FULL..LOW => Some(Fault::DiskLow),
        LOW.. => None,
    }
}

const fn openness(limit: u64) -> Option<Fault> {
    match limit {
        ..OPEN_FILES_WANTED => Some(Fault::OpenFilesLow),
        OPEN_FILES_WANTED.. => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_warns_and_hardly_any_is_an_error() {
        assert_eq!(fullness(LOW), None);
        assert_eq!(fullness(LOW - 1), Some(Fault::DiskLow));
        assert_eq!(fullness(NEARLY_FULL), Some(Fault::DiskLow));
        assert_eq!(fullness(NEARLY_FULL - 1), Some(Fault::DiskFull));
    }

    #[test]
    fn a_limit_of_open_files_below_what_both_ports_take_is_a_finding() {
        assert_eq!(openness(OPEN_FILES_WANTED), None);
        assert_eq!(openness(1024), Some(Fault::OpenFilesLow));
    }

    #[test]
    fn a_path_that_is_not_there_yet_is_looked_at_where_it_will_be() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("data/brygga.db");
        assert_eq!(existing(&file), directory.path());
        assert_eq!(existing(Path::new("no/such/thing")), Path::new("."));
    }
}
