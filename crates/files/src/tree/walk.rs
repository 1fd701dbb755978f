//! Which files a tree holds: in the order of their paths, without leaving the tree, and within bounds.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use domain::Fault;
use walkdir::{DirEntry, WalkDir};

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 64;
/// Most files of one tree.
const MAX_FILES: usize = 1_000_000;
/// Endings of markdown.
const ENDINGS: [&str; 5] = ["md", "markdown", "mdx", "mdown", "mkd"];
/// Folders of other people's packages and of builds, which are nobody's documents.
const LEFT_OUT: [&str; 1] = ["node_modules"];

/// A file of markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its path inside the tree, with `/` between its parts.
    pub path: String,
    /// Where it lies.
    pub at: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Something of a tree that cannot be read or is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed {
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
    /// Files of markdown, by path.
    pub files: Vec<Found>,
    /// Second names of files, symbolic links inside the tree: (the link, the file).
    pub aliases: Vec<(String, String)>,
    /// What could not be read or followed.
    pub passed: Vec<Passed>,
    /// Folders that were not looked into because nothing of them could be read; what is missing there is not gone.
    pub unread: Vec<String>,
    /// Files of other sorts.
    pub others: u64,
}

/// Why a tree cannot be walked at all.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The folder or file cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Io {
        /// What was given.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// It is a device, a pipe or a socket.
    #[error("`{0}` is neither a file nor a folder")]
    Neither(String),
    /// There are too many files.
    #[error("`{0}` holds more than {MAX_FILES} files; give its parts one by one")]
    TooMany(String),
}

/// Returns the files of a folder, or the one file that is given (its tree is then its folder). Hidden files and
/// folders, and packages' folders, are left out.
///
/// # Errors
/// When the folder itself cannot be read, or holds too much.
pub(crate) fn walk(given: &Path) -> Result<Tree, WalkError> {
    let unreadable = |source| WalkError::Io {
        path: given.display().to_string(),
        source,
    };
    let root = fs::canonicalize(given).map_err(unreadable)?;
    let metadata = fs::metadata(&root).map_err(unreadable)?;
    if metadata.is_file() {
        return Ok(one_file(&root, metadata.len()));
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
            Ok(entry) => take(&mut tree, &entry),
            Err(error) => {
                let path = error
                    .path()
                    .map_or_else(String::new, |at| relative(&tree.root, at));
                let text = format!(
                    "cannot be read: {}",
                    error
                        .io_error()
                        .map_or_else(|| error.to_string(), io::Error::to_string)
                );
                tree.unread.push(path.clone());
                tree.passed.push(Passed {
                    path,
                    fault: Fault::new("", None, text),
                });
            }
        }
    }
    // By the whole path, whatever order the folders came in.
    tree.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tree)
}

fn one_file(at: &Path, bytes: u64) -> Tree {
    let root = at.parent().unwrap_or(at).to_path_buf();
    let found = Found {
        path: relative(&root, at),
        at: at.to_path_buf(),
        bytes,
    };
    Tree {
        root,
        files: vec![found],
        ..Tree::default()
    }
}

fn is_wanted(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_left_out = entry.file_type().is_dir() && LEFT_OUT.contains(&name.as_ref());
    !name.starts_with('.') && !is_left_out
}

fn take(tree: &mut Tree, entry: &DirEntry) {
    let at = entry.path();
    let path = relative(&tree.root, at);
    let kind = entry.file_type();
    if kind.is_dir() {
        if entry.depth() == MAX_DEPTH {
            let text = format!("the folder lies deeper than {MAX_DEPTH} and is not looked into");
            tree.unread.push(path.clone());
            tree.passed.push(Passed {
                path,
                fault: Fault::new("", None, text),
            });
        }
        return;
    }
    if kind.is_symlink() {
        return take_link(tree, at, path);
    }
    if !is_markdown(at) {
        tree.others += 1;
        return;
    }
    if !kind.is_file() {
        let fault = Fault::new("", None, "it is not a regular file and is not read");
        return tree.passed.push(Passed { path, fault });
    }
    let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
    tree.files.push(Found {
        path,
        at: at.to_path_buf(),
        bytes,
    });
}

/// A link inside the tree is a second name of what is read anyway; one that leaves it is not followed.
fn take_link(tree: &mut Tree, at: &Path, path: String) {
    let target = fs::canonicalize(at).ok();
    let inside = target
        .as_deref()
        .filter(|target| target.starts_with(&tree.root));
    let leads_to_folder = target.as_deref().is_some_and(Path::is_dir);
    match inside {
        Some(target) if is_markdown(target) && !leads_to_folder => {
            let file = relative(&tree.root, target);
            tree.aliases.push((path, file));
        }
        Some(_) => tree.others += 1,
        None if is_markdown(at) || leads_to_folder => {
            let text = if target.is_some() {
                "the symbolic link leads out of the tree and is not followed; import what it names by itself"
            } else {
                "the symbolic link leads nowhere"
            };
            tree.passed.push(Passed {
                path,
                fault: Fault::new("", None, text),
            });
        }
        None => tree.others += 1,
    }
}

/// Says whether a name ends like markdown.
#[must_use]
pub(crate) fn is_markdown(at: &Path) -> bool {
    let ending = at
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Returns a path inside a tree, with `/` between its parts; bytes that are not UTF-8 are written `%XX`, so that no
/// two files share one.
#[must_use]
pub(crate) fn relative(root: &Path, at: &Path) -> String {
    let inside = at.strip_prefix(root).unwrap_or(at);
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
