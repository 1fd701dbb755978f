//! The files that may say something about others: how they are found, and how they are read.
//!
//! One that cannot be read must not count as silence: what it would have kept back is not known, so its whole folder is
//! kept back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    super::{decode, read, relative_path, unreadable},
    configs,
};

/// Bytes of patterns and of a configuration that are read: each pattern costs memory. Pages are read as documents are.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// The files that may say something about others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Those that were found.
    pub files: Vec<PathBuf>,
    /// Folders in which they could not be looked for, each with the reason.
    pub unlisted: Vec<(PathBuf, String)>,
}

/// Returns whether a file of this name may say something about others.
pub(crate) fn is_sign(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), ".gitignore" | ".wardroundignore")
        || configs::is_config(&name)
        || speaks(&name)
        || name.starts_with("index.") && name.ends_with(".md")
}

/// Returns whether a file of this name speaks for its folder, if its words say so.
pub(super) fn speaks(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    name.ends_with(".md") && matches!(stem, "readme" | "_index" | "index")
}

impl Signs {
    /// Returns the files of a folder that may say something about others.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let mut signs = Self::default();
        signs.add_folder(folder);
        signs.files.sort();
        signs
    }

    /// Adds those of a folder, and of the configuration of Hugo in it.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        for folder in [folder.to_path_buf(), folder.join(configs::HUGO_DEFAULTS)] {
            if let Err(error) = self.list(&folder)
                // No folder, no file: a text that was never in one.
                && !matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                )
            {
                self.unlisted.push((folder, error.to_string()));
            }
        }
    }

    fn list(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if is_sign(&entry.file_name().to_string_lossy()) {
                self.files.push(entry.path());
            }
        }
        Ok(())
    }
}

/// Reads what a file says, as a document is read; nothing of a folder that has such a name. A link is followed within the
/// folder `within`.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn text(location: &Path, within: &Path) -> Result<Option<String>, String> {
    let target = fs::canonicalize(location).map_err(|error| unreadable(&error))?;
    if !target.starts_with(within) {
        return Err(format!(
            "it is a link that leads out of `{}`; put a copy in its place",
            shown(within)
        ));
    }
    let kind = fs::metadata(&target).map_err(|error| unreadable(&error))?;
    if kind.is_dir() {
        return Ok(None);
    }
    // To open a pipe would wait for who writes into it.
    if !kind.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let bytes = read(&target).map_err(|fault| fault.text)?;
    let name = location.file_name().unwrap_or_default().to_string_lossy();
    if bytes.len() > MAX_BYTES && !name.to_lowercase().ends_with(".md") {
        return Err(format!(
            "it has {} bytes, and at most {MAX_BYTES} are read; name folders instead of files",
            bytes.len()
        ));
    }
    let decoded = decode(&bytes).map_err(|fault| fault.text)?;
    Ok(Some(decoded.text))
}

/// Returns how a file is named in what is said of it: by its path in the tree, or by its own where it is not in the tree.
pub(super) fn shown_in(root: &Path, location: &Path) -> String {
    match location.starts_with(root) {
        true => patient_data::shown_file_name(&relative_path(root, location)).into_owned(),
        false => shown(location),
    }
}

fn shown(location: &Path) -> String {
    patient_data::shown_file_name(&location.display().to_string()).into_owned()
}
