//! One key in one file: a label, a colon and 64 hexadecimal digits.
//!
//! The label keeps a key of one kind from being read as another when files are mixed up.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::KeysError;

const MAX_FILE_BYTES: u64 = 1024;
const OPEN_TO_OTHERS: u32 = 0o077;

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    DataKeyEncryption,
    Operator,
    Sealing,
    Signing,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::DataKeyEncryption => "brygga-data-key-encryption-1",
            Self::Operator => "brygga-operator-key-1",
            Self::Sealing => "brygga-sealing-key-1",
            Self::Signing => "brygga-signing-key-1",
        }
    }
}

/// A key file by its name.
pub(super) struct KeyFile {
    pub(super) path: PathBuf,
    /// What stands before the first dot.
    pub(super) name: String,
    /// Whether nothing stands between the name and `.key`.
    pub(super) is_current: bool,
}

/// Every `*.key` in a directory in path order, of one name only where one is given.
pub(super) fn key_files(dir: &Path, only: Option<&str>) -> Result<Vec<KeyFile>, KeysError> {
    let failed = |error| KeysError::io(dir, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let stem = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".key"));
        let Some(stem) = stem else { continue };
        let (name, id) = stem.split_once('.').unwrap_or((stem, ""));
        if only.is_none_or(|only| only == name) {
            let (name, is_current) = (name.to_owned(), id.is_empty());
            files.push(KeyFile { path, name, is_current });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Writes a new key file.
pub(super) fn write(path: &Path, kind: Kind, bytes: &[u8; 32]) -> Result<(), KeysError> {
    let digits = Zeroizing::new(hex::encode(bytes));
    let line = Zeroizing::new(format!("{}:{}\n", kind.label(), digits.as_str()));
    write_private(path, line.as_bytes())
}

/// Reads a key file that its owner alone may read.
pub(super) fn read(path: &Path, kind: Kind) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let file = File::open(path).map_err(|error| KeysError::io(path, error))?;
    let metadata = file.metadata().map_err(|error| KeysError::io(path, error))?;
    check_mode(path, &metadata)?;
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => KeysError::Malformed(path.to_owned()),
        _ => KeysError::io(path, error),
    })?;
    let mut bytes = Zeroizing::new([0; 32]);
    let digits = text.trim_end().strip_prefix(kind.label()).and_then(|t| t.strip_prefix(':'));
    digits
        .and_then(|digits| hex::decode_to_slice(digits, &mut *bytes).ok())
        .ok_or_else(|| KeysError::Malformed(path.to_owned()))?;
    Ok(bytes)
}

/// Writes a new file of mode 0600 and returns once it is on disk.
///
/// # Errors
/// [`KeysError::Exists`] when anything lies there, or [`KeysError::Io`].
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), KeysError> {
    let failed = |error| KeysError::io(path, error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.sync_all().map_err(failed)
}

/// Makes a directory of mode 0700 and those above it; one that exists must be private already.
///
/// # Errors
/// [`KeysError::Permissions`] or [`KeysError::Io`].
pub fn create_private_directory(path: &Path) -> Result<(), KeysError> {
    if path.is_dir() {
        return check_private(path);
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| KeysError::io(path, error))
}

/// Refuses a file or directory that others may read, write or enter.
pub(super) fn check_private(path: &Path) -> Result<(), KeysError> {
    let metadata = fs::metadata(path).map_err(|error| KeysError::io(path, error))?;
    check_mode(path, &metadata)
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &fs::Metadata) -> Result<(), KeysError> {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & OPEN_TO_OTHERS == 0 {
        return Ok(());
    }
    let mode = if metadata.is_dir() { "700" } else { "600" };
    Err(KeysError::Permissions { path: path.to_owned(), mode })
}

#[cfg(not(unix))]
fn check_mode(_path: &Path, _metadata: &fs::Metadata) -> Result<(), KeysError> {
    Ok(())
}

/// Everything under `path`, itself included, that others may read, write or enter.
///
/// What cannot be looked at is reported as well. Blocks on the disk.
pub fn private_path_faults(path: &Path) -> Vec<KeysError> {
    let mut faults = Vec::from_iter(check_private(path).err());
    if !path.is_dir() {
        return faults;
    }
    match fs::read_dir(path) {
        Ok(entries) => {
            let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            faults.extend(paths.iter().flat_map(|path| private_path_faults(path)));
        }
        Err(error) => faults.push(KeysError::io(path, error)),
    }
    faults
}
