//! Files that are replaced whole: after a crash a file has its old content or the new one.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// The end of the name of a file that is not whole yet. No file of a person has it, so that none is lost.
const UNFINISHED: &str = ".wardround-part";

/// Replaces a file, or makes it; what is returned from has been written to the disk. A symbolic link of that name is replaced,
/// and not followed. `mode` is the access of the new file, less what the process takes from all (`umask`).
///
/// # Errors
/// Of the disk; the file has its old content then.
pub fn replace_file(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let unfinished = unfinished(path)?;
    let replaced = write_new(&unfinished, bytes, mode).and_then(|()| fs::rename(&unfinished, path));
    if let Err(error) = replaced {
        drop(fs::remove_file(&unfinished));
        return Err(error);
    }
    fs::File::open(folder_of(path))?.sync_all()
}

/// Returns where the new content waits: a hidden file next to the one that it replaces.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(UNFINISHED);
    Ok(folder_of(path).join(hidden))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // One that a killed process has left, whatever its access is.
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_no_other_is_touched() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let names = || {
            let entries = fs::read_dir(directory.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        for name in ["a.part", "a.new", "a.next"] {
            fs::write(at(name), "mine").unwrap();
        }
        // What a killed process has left, which no one else may read or write.
        fs::write(at(".a.md.wardround-part"), "half").unwrap();
        fs::set_permissions(
            at(".a.md.wardround-part"),
            fs::Permissions::from_mode(0o400),
        )
        .unwrap();
        for text in ["first", "second, and longer", ""] {
            replace_file(&at("a.md"), text.as_bytes(), 0o600).unwrap();
            assert_eq!(fs::read_to_string(at("a.md")).unwrap(), text);
            let mode = fs::metadata(at("a.md")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(names(), ["a.md", "a.new", "a.next", "a.part"]);
        assert_eq!(fs::read_to_string(at("a.part")).unwrap(), "mine");

        // A link is replaced; what it led to stays as it was.
        symlink(at("a.part"), at("link")).unwrap();
        replace_file(&at("link"), b"new", 0o644).unwrap();
        assert!(!at("link").is_symlink());
        assert_eq!(fs::read_to_string(at("a.part")).unwrap(), "mine");
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays_and_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("folder");
        fs::create_dir_all(inner.join("full")).unwrap();
        replace_file(&inner, b"new", 0o600).unwrap_err();
        assert!(inner.join("full").is_dir());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        replace_file(Path::new("/"), b"new", 0o600).unwrap_err();
        let missing = directory.path().join("none/a");
        let error = replace_file(&missing, b"new", 0o600).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
