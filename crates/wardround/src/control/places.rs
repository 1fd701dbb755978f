//! Whether the running node sees a path as the user does who has named it.
//!
//! A service of systemd has a `/tmp` of its own, and no `/home`: it would not find a file there, or would write one that no
//! one else sees. So a client says which directories it sees, and the node compares.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// Directories above a path that are compared; a path has few.
const MAX_ABOVE: usize = 64;

/// A file or directory, as one process sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
}

/// Returns a path and the directories above it, those that exist.
pub(crate) fn seen(path: &Path) -> Vec<Place> {
    let above = path.ancestors().take(MAX_ABOVE);
    above
        .filter_map(|path| {
            let metadata = fs::metadata(path).ok()?;
            Some(Place {
                path: path.to_owned(),
                device: metadata.dev(),
                inode: metadata.ino(),
            })
        })
        .collect()
}

/// Returns the one nearest to the root that is not the same here.
pub(crate) fn hidden(places: &[Place]) -> Option<&Path> {
    let from_the_root = places.iter().rev().take(MAX_ABOVE);
    let mut differing = from_the_root.filter(|place| match fs::metadata(&place.path) {
        Ok(here) => (here.dev(), here.ino()) != (place.device, place.inode),
        // That the user of the service may not enter a directory is a message of its own.
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    });
    differing.next().map(|place| place.path.as_path())
}

/// Says what to do about a path that is hidden.
pub(crate) fn advice(path: &Path) -> String {
    format!(
        "the running node does not see the `{}` that you see: a service of systemd has a /tmp of its own, and no /home; use a directory below /srv, or below /var/backups/wardround for what it writes",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_another_one_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let file = inner.join("not-there-yet");
        let places = seen(&file);
        assert!(places.len() >= 3, "{places:?}");
        assert_eq!(hidden(&places), None);
        // As in another mount namespace: a directory of the same name, and one that is missing.
        let above = directory.path().join("a");
        fs::rename(&above, directory.path().join("before")).unwrap();
        assert_eq!(hidden(&places), Some(above.as_path()));
        fs::create_dir(&above).unwrap();
        assert_eq!(hidden(&places), Some(above.as_path()));
    }
}
