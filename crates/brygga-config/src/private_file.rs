//! Files with secrets belong to their owner alone.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Why a file or directory with secrets is refused. Each line names the path and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateFileError {
    /// There is nothing at the path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// The path is a directory, or something else without content.
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// The path should be a directory.
    #[error("{} is not a directory", .0.display())]
    NotADirectory(PathBuf),
    /// Group or others have rights.
    #[error("{} has mode {found:04o}; run: chmod {cure} {}", path.display(), path.display())]
    TooOpen {
        /// The file or directory.
        path: PathBuf,
        /// Its permission bits.
        found: u32,
        /// The permission bits it should have, in octal.
        cure: &'static str,
    },
    /// The operating system refused to look.
    #[error("{} cannot be examined: {kind}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// The kind of refusal.
        kind: ErrorKind,
    },
}

/// Checks that `path` is a file that only its owner can read: mode 0600 or stricter.
///
/// A link is followed, since orchestrators mount secrets as links. Not checked: who the
/// owner is, access-control lists, and the directories above.
///
/// # Errors
/// [`PrivateFileError`] names what is wrong and the command that cures it.
pub fn check_private_file(path: &Path) -> Result<(), PrivateFileError> {
    let metadata = examine(path)?;
    if !metadata.is_file() {
        return Err(PrivateFileError::NotAFile(path.to_owned()));
    }
    check_mode(path, &metadata, "600")
}

/// Checks a directory of keys, mode 0700 or stricter, and every file in it.
///
/// Returns every fault, the directory's first, then in path order; empty means that all is well. Directories inside it
/// are faults: keys lie flat.
pub fn check_key_directory(path: &Path) -> Vec<PrivateFileError> {
    let directory = match examine(path) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => return vec![PrivateFileError::NotADirectory(path.to_owned())],
        Err(error) => return vec![error],
    };
    let mut faults = Vec::from_iter(check_mode(path, &directory, "700").err());
    match files_in(path) {
        Ok(files) => faults.extend(files.iter().filter_map(|file| check_private_file(file).err())),
        Err(error) => {
            let kind = error.kind();
            faults.push(PrivateFileError::Unreadable { path: path.to_owned(), kind });
        }
    }
    faults
}

fn files_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory)?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn examine(path: &Path) -> Result<Metadata, PrivateFileError> {
    std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => PrivateFileError::Missing(path.to_owned()),
        kind => PrivateFileError::Unreadable { path: path.to_owned(), kind },
    })
}

fn check_mode(
    path: &Path,
    metadata: &Metadata,
    cure: &'static str,
) -> Result<(), PrivateFileError> {
    let found = metadata.permissions().mode() & 0o7777;
    if found & 0o077 == 0 {
        Ok(())
    } else {
        Err(PrivateFileError::TooOpen { path: path.to_owned(), found, cure })
    }
}
