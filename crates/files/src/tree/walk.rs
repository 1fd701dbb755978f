//! Finds the markdown files of a folder, sorted by path, without leaving the folder and within bounds.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use domain::Fault;
use walkdir::{DirEntry, WalkDir};

use super::surroundings::{Signs, is_sign};

/// Depth of the folders that are read; a deeper one is a loop or a mistake.
const MAX_DEPTH: usize = 64;
/// Files and folders of one tree, which are held in memory.
const MAX_FILES: usize = 1_000_000;
/// File name extensions of markdown.
const ENDINGS: [&str; 5] = ["md", "markdown", "mdx", "mdown", "mkd"];
/// Folders of installed packages: their files are not documents of this organisation.
const SKIPPED_FOLDERS: [&str; 1] = ["node_modules"];

/// A markdown file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkdownFile {
    /// Its path inside the tree, with `/` between its parts.
    pub path: String,
    /// Its absolute path.
    pub location: PathBuf,
    /// Its size.
    pub size_bytes: u64,
}

/// A file, folder or link of a tree that cannot be read or is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// Its path inside the tree.
    pub path: String,
    /// Why.
    pub fault: Fault,
}

/// The files of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// Its folder, without symbolic links.
    pub root: PathBuf,
    /// Markdown files, sorted by path.
    pub files: Vec<MarkdownFile>,
    /// Second names of files, symbolic links inside the tree: (the link, the file).
    pub aliases: Vec<(String, String)>,
    /// Files, folders and links that could not be read or followed.
    pub rejected: Vec<Rejected>,
    /// Folders that could not be read; files missing from them are not counted as deleted.
    pub unread_folders: Vec<String>,
    /// Number of files that are not markdown.
    pub other_files: u64,
    /// Files that may say something about others, such as `.gitignore`.
    pub signs: Signs,
}

impl Tree {
    /// Returns whether a path is in a folder that could not be read.
    pub(crate) fn is_unread(&self, path: &str) -> bool {
        self.unread_folders.iter().any(|folder| {
            let inside = path.strip_prefix(folder.as_str());
            folder.is_empty() || inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Why a tree cannot be walked at all.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The folder or file cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Io {
        /// The path as it was given.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// It is a device, a pipe or a socket.
    #[error("`{0}` is neither a file nor a folder")]
    Neither(String),
    /// There are too many files.
    #[error("`{0}` has more than {MAX_FILES} files; import its subfolders one at a time")]
    TooMany(String),
}

/// Returns the files of a folder, or the one given file (the root of its tree is then its folder). Hidden files and
/// folders, and [`SKIPPED_FOLDERS`], are left out.
///
/// # Errors
/// When the folder itself cannot be read, or holds too many files.
pub(crate) fn walk(given: &Path) -> Result<Tree, WalkError> {
    let unreadable = |source| WalkError::Io {
        path: given.display().to_string(),
        source,
    };
    let root = fs::canonicalize(given).map_err(unreadable)?;
    let metadata = fs::metadata(&root).map_err(unreadable)?;
    if metadata.is_file() {
        let file = one_file(&root, metadata.len());
        let folder = root.parent().unwrap_or(&root).to_path_buf();
        return Ok(Tree {
            signs: Signs::in_folder(&folder),
            root: folder,
            files: vec![file],
            ..Tree::default()
        });
    }
    if !metadata.is_dir() {
        return Err(WalkError::Neither(given.display().to_string()));
    }
    fs::read_dir(&root).map_err(unreadable)?;
    let mut tree = Tree {
        root,
        ..Tree::default()
    };
    let entries = WalkDir::new(&tree.root)
        .min_depth(1)
        .max_depth(MAX_DEPTH)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_wanted);
    let mut count = 0_usize;
    for entry in entries {
        count += 1;
        if count > MAX_FILES {
            return Err(WalkError::TooMany(given.display().to_string()));
        }
        match entry {
            Ok(entry) => add_entry(&mut tree, &entry),
            Err(error) => {
                let path = error
                    .path()
                    .map_or_else(String::new, |location| relative_path(&tree.root, location));
                let text = format!(
                    "cannot be read: {}",
                    error
                        .io_error()
                        .map_or_else(|| error.to_string(), io::Error::to_string)
                );
                tree.unread_folders.push(path.clone());
                tree.rejected.push(Rejected {
                    path,
                    fault: Fault::new("", None, text),
                });
            }
        }
    }
    // Sort by the whole path: the walk sorted each folder for itself.
    tree.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tree)
}

/// Finds one file; `None` if it is a folder.
///
/// # Errors
/// When it cannot be read, or is neither a file nor a folder.
pub(crate) fn find_file(given: &Path) -> Result<Option<MarkdownFile>, WalkError> {
    let unreadable = |source| WalkError::Io {
        path: given.display().to_string(),
        source,
    };
    let location = fs::canonicalize(given).map_err(unreadable)?;
    let metadata = fs::metadata(&location).map_err(unreadable)?;
    if metadata.is_file() {
        return Ok(Some(one_file(&location, metadata.len())));
    }
    if metadata.is_dir() {
        return Ok(None);
    }
    Err(WalkError::Neither(given.display().to_string()))
}

/// Returns a file as the only one of its folder.
fn one_file(location: &Path, size_bytes: u64) -> MarkdownFile {
    MarkdownFile {
        path: relative_path(location.parent().unwrap_or(location), location),
        location: location.to_path_buf(),
        size_bytes,
    }
}

fn is_wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_skipped = entry.file_type().is_dir() && SKIPPED_FOLDERS.contains(&name.as_ref());
    !is_skipped && (!name.starts_with('.') || is_hidden_sign(entry))
}

/// Returns whether a hidden file is read only for what it says about others.
fn is_hidden_sign(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') && !entry.file_type().is_dir() && is_sign(&name)
}

fn add_entry(tree: &mut Tree, entry: &DirEntry) {
    let location = entry.path();
    let path = relative_path(&tree.root, location);
    let kind = entry.file_type();
    if kind.is_dir() {
        if entry.depth() == MAX_DEPTH {
            let text = format!("the folder is more than {MAX_DEPTH} levels deep and is not read");
            tree.unread_folders.push(path.clone());
            tree.rejected.push(Rejected {
                path,
                fault: Fault::new("", None, text),
            });
        }
        return;
    }
    // A link counts by its own place, as for Git.
    if is_sign(&entry.file_name().to_string_lossy()) {
        tree.signs.files.push(location.to_path_buf());
        if is_hidden_sign(entry) {
            return;
        }
    }
    if kind.is_symlink() {
        return add_link(tree, location, path);
    }
    if !is_markdown(location) {
        tree.other_files += 1;
        return;
    }
    if !kind.is_file() {
        let fault = Fault::new("", None, "it is not a regular file and is not read");
        return tree.rejected.push(Rejected { path, fault });
    }
    let size_bytes = entry.metadata().map_or(0, |metadata| metadata.len());
    tree.files.push(MarkdownFile {
        path,
        location: location.to_path_buf(),
        size_bytes,
    });
}

/// Adds a symbolic link: one inside the tree is an alias of a file that is read anyway; one that leaves the tree is
/// not followed.
fn add_link(tree: &mut Tree, location: &Path, path: String) {
    let target = fs::canonicalize(location).ok();
    let inside = target
        .as_deref()
        .filter(|target| target.starts_with(&tree.root));
    let leads_to_folder = target.as_deref().is_some_and(Path::is_dir);
    match inside {
        Some(target) if is_markdown(target) && !leads_to_folder => {
            let file = relative_path(&tree.root, target);
            tree.aliases.push((path, file));
        }
        Some(_) => tree.other_files += 1,
        None if is_markdown(location) || leads_to_folder => {
            let text = if target.is_some() {
                "the symbolic link leads out of the tree and is not followed; import its target separately"
            } else {
                "the symbolic link leads nowhere"
            };
            tree.rejected.push(Rejected {
                path,
                fault: Fault::new("", None, text),
            });
        }
        None => tree.other_files += 1,
    }
}

/// Returns whether a file name has an extension of markdown.
#[must_use]
fn is_markdown(location: &Path) -> bool {
    let ending = location
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Returns the path of a file relative to `root`, with `/` between its parts; bytes that are not UTF-8 are written
/// `%XX`, so that no two files have the same path.
#[must_use]
pub(crate) fn relative_path(root: &Path, location: &Path) -> String {
    let inside = location.strip_prefix(root).unwrap_or(location);
    let mut out = String::new();
    for part in inside.components() {
        let Component::Normal(part) = part else {
            continue;
        };
        if !out.is_empty() {
            out.push('/');
        }
        for chunk in part.as_encoded_bytes().utf8_chunks() {
            out.push_str(chunk.valid());
            for byte in chunk.invalid() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}
