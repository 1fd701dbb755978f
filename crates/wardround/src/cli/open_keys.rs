//! Secret keys of a data directory that other users of the machine can read: a node does not start with them.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use crate::commands::failure::Failure;

/// The directories of the data directory that hold secret keys: those of the node, new ones that wait, and those of the
/// account and the certificate at an authority.
const KEY_DIRECTORIES: [&str; 3] = ["keys", "keys.new", "acme"];
/// Directories below one of these.
const MAX_DEPTH: u32 = 2;
/// The bits of a mode that let other users do anything.
const OPEN_TO_OTHERS: u32 = 0o077;

/// Makes sure that no one but its owner can read a secret key of a data directory.
///
/// # Errors
/// Which file is open, with the command that fixes it.
pub(super) fn check(data: &Path) -> Result<(), Failure> {
    for name in KEY_DIRECTORIES {
        let directory = data.join(name);
        if let Some((path, mode)) = open_file(&directory, MAX_DEPTH) {
            let (path, directory) = (path.display(), directory.display());
            return Err(Failure::failed(format!(
                "other users of this machine can read the key file `{path}` (mode {mode:o}); run `chmod -R go-rwx {directory}`, and think about who may have read it (docs/RECOVERY.md)"
            )));
        }
    }
    Ok(())
}

/// Returns the first file in a directory that others can do anything with, and its mode. What a link leads to counts.
fn open_file(directory: &Path, depth: u32) -> Option<(PathBuf, u32)> {
    // One that is not there, or cannot be read, has no key that this process uses.
    for entry in fs::read_dir(directory).ok()?.flatten() {
        let path = entry.path();
        let Ok(found) = fs::metadata(&path) else {
            continue;
        };
        let mode = found.mode() & 0o777;
        let open = if found.is_dir() && depth > 0 {
            open_file(&path, depth - 1)
        } else {
            (found.is_file() && mode & OPEN_TO_OTHERS != 0).then_some((path, mode))
        };
        if open.is_some() {
            return open;
        }
    }
    None
}
