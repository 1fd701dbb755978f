//! Copies of the file of an SQLite database, next to it, each as of before an upgrade.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// What follows the name of the database's file in the name of its copy; then comes the migration that it is at.
const COPY: &str = ".before-upgrade-";
/// Free space that a copy leaves.
const MIN_FREE_BYTES: u64 = 64 << 20;
/// Entries of the directory of the database that are looked at.
const MAX_FILES: usize = 100_000;

/// Returns the copies of a file, the earliest migration first.
///
/// # Errors
/// When the directory cannot be read.
pub fn kept(file: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(directory), Some(name)) = (file.parent(), file.file_name()) else {
        return Ok(Vec::new());
    };
    let prefix = format!("{}{COPY}", name.to_string_lossy());
    let mut copies = Vec::new();
    for entry in fs::read_dir(directory)?.take(MAX_FILES) {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            copies.push(entry.path());
        }
    }
    copies.sort();
    Ok(copies)
}

/// A copy that is being made.
#[derive(Debug)]
pub struct NewCopy {
    part: PathBuf,
    copy: PathBuf,
}

impl NewCopy {
    /// Begins a copy of a file that is at a migration: there is room for it, and nothing is left of an earlier attempt.
    ///
    /// # Errors
    /// What prevents it, for the operator.
    pub fn begin(file: &Path, migration: i64) -> Result<Self, String> {
        let bytes = fs::metadata(file).map_or(0, |file| file.len());
        let directory = file.parent().unwrap_or(file);
        let free = rustix::fs::statvfs(directory)
            .map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        let needed = bytes.saturating_add(MIN_FREE_BYTES);
        if free < needed {
            return Err(format!(
                "a copy of it is made first, and that needs {} MiB where {} MiB are free; free some space and start again",
                needed >> 20,
                free >> 20
            ));
        }
        let mut name = file.as_os_str().to_owned();
        name.push(format!("{COPY}{migration:04}"));
        let copy = PathBuf::from(name);
        let new = Self {
            part: copy.with_extension("part"),
            copy,
        };
        // Left by a process that was killed.
        for left in [&new.part, &new.copy] {
            match fs::remove_file(left) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(new.unwritable(&error));
                }
                _ => {}
            }
        }
        Ok(new)
    }

    /// Returns the file to write.
    #[must_use]
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Makes the copy durable, for its owner only, and gives it its name, which is returned.
    ///
    /// # Errors
    /// What prevents it, for the operator.
    pub fn finish(self) -> Result<PathBuf, String> {
        make_durable(&self.part, &self.copy).map_err(|error| self.unwritable(&error))?;
        Ok(self.copy)
    }

    fn unwritable(&self, error: &io::Error) -> String {
        format!(
            "a copy of it is made first, and `{}` cannot be written: {error}",
            self.copy.display()
        )
    }
}

fn make_durable(part: &Path, copy: &Path) -> io::Result<()> {
    let file = fs::File::open(part)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.sync_all()?;
    fs::rename(part, copy)?;
    match copy.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => {
            fs::File::open(directory)?.sync_all()
        }
        _ => Ok(()),
    }
}
