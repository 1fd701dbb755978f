//! Exporting this node's own documents as files: what an operator takes away, edits elsewhere, or moves to another node.
//!
//! Every document is there with its private parts (contact, keys that nobody asked for), so the files are the
//! operator's own and are not to be published as they are. Importing them gives the same documents again. Earlier
//! revisions and drafts stay behind.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs, io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use domain::{Private, body, front_matter::write_file, slug::Slug};
use serde::{Deserialize, Serialize};
use store::{OwnText, StoreError};
use tokio::task::{JoinError, spawn_blocking};
use walkdir::WalkDir;
use wire::{Digest, DocumentId};

use crate::{
    import::{names_of_files, restore},
    tree,
};
use node::Node;

/// Documents that are read from the database at a time.
const READ: u32 = 200;
/// Says which files an export has written, so that the next one may replace them.
const MANIFEST: &str = ".wardround-export.json";

/// How an export treats its folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether files that somebody else put there may be replaced.
    pub force: bool,
}

/// What an export did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Where the files are.
    pub folder: PathBuf,
    /// Documents written.
    pub documents: u64,
    /// Files of an earlier export that were removed, since their documents are no more.
    pub removed: u64,
}

/// Why an export could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is something in the folder that no export put there, or that was changed since.
    #[error(
        "`{}` is not as an export left it; give an empty folder, or `--force` to replace what has the same name", .0.display()
    )]
    NotEmpty(PathBuf),
    /// A file or folder cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored body cannot be read.
    #[error("the body of `{0}` cannot be read; run `wardround verify`")]
    Damaged(DocumentId),
    /// A task of this program ended early.
    #[error("an exporting task ended early")]
    Task(#[from] JoinError),
}

/// Writes every own document that is live or kept here as a file. `each` is called with how many are written and how
/// many there are.
///
/// # Errors
/// [`ExportError::NotEmpty`], before anything is written; of the disk and the database.
pub async fn export(
    node: &Node,
    folder: &Path,
    options: Options,
    mut each: impl FnMut(u64, u64),
) -> Result<Summary, ExportError> {
    let target = folder.to_path_buf();
    let before = spawn_blocking(move || prepare_folder(&target, options)).await??;
    let names = Arc::new(names(node).await?);
    let total = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let mut written = Manifest::default();
    let (mut done, mut after) = (0_u64, None);
    loop {
        let texts = node.store.own_texts(after, READ).await?;
        let Some(last) = texts.last() else { break };
        after = Some(last.id);
        let (names, folder) = (Arc::clone(&names), folder.to_path_buf());
        let part = spawn_blocking(move || write_all(&folder, &texts, &names)).await??;
        done += u64::try_from(part.len()).unwrap_or(u64::MAX);
        written.files.extend(part);
        each(done, total);
    }
    let target = folder.to_path_buf();
    let removed = spawn_blocking(move || finish(&target, &before, &written)).await??;
    Ok(Summary {
        folder: folder.to_path_buf(),
        documents: done,
        removed,
    })
}

/// The files of an export, with what they were when it wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    files: BTreeMap<String, Digest>,
}

impl Manifest {
    fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(MANIFEST)).ok()?).ok()
    }

    /// Says whether a file is as it was written.
    fn holds(&self, folder: &Path, path: &str) -> bool {
        let Some(digest) = self.files.get(path) else {
            return false;
        };
        fs::read(folder.join(path)).is_ok_and(|bytes| Digest::of(&bytes) == *digest)
    }
}

/// Makes the folder, or makes sure that nothing is lost in it. Returns what an earlier export has left.
fn prepare_folder(folder: &Path, options: Options) -> Result<Manifest, ExportError> {
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let manifest = Manifest::read(folder).unwrap_or_default();
    if options.force {
        return Ok(manifest);
    }
    let is_shown =
        |entry: &walkdir::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    for entry in WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .filter_entry(is_shown)
    {
        let entry = entry.map_err(|error| ExportError::Io {
            path: folder.to_path_buf(),
            source: error.into(),
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = tree::relative(folder, entry.path());
        if !manifest.holds(folder, &path) {
            return Err(ExportError::NotEmpty(folder.to_path_buf()));
        }
    }
    Ok(manifest)
}

/// Gives every document the path of its file: the folder of its kind, and the slug of its title. The end of the id
/// stands behind the slug where another document has the same, and where some text links to a file of that name that
/// never was a document: it must not become a link to this one.
async fn names(node: &Node) -> Result<HashMap<DocumentId, String>, ExportError> {
    let (mut places, mut linked, mut after) = (Vec::new(), HashSet::new(), None);
    loop {
        let texts = node.store.own_texts(after, READ).await?;
        let Some(last) = texts.last() else { break };
        after = Some(last.id);
        let read = spawn_blocking(move || texts.iter().map(place).collect::<Vec<_>>()).await?;
        for place in read {
            let (place, names) = place?;
            places.push(place);
            linked.extend(names);
        }
    }
    // A folder's own page.
    linked.extend(["index", "readme"].map(str::to_owned));
    let mut taken = HashSet::new();
    let name = |place: Place| {
        let mut path = format!("{}/{}.md", place.folder, place.slug);
        if linked.contains(place.slug.as_str()) || taken.contains(&path) {
            let id = place.id.to_string();
            let end = id.rsplit('-').next().unwrap_or_default();
            path = format!("{}/{}-{end}.md", place.folder, place.slug);
        }
        taken.insert(path.clone());
        (place.id, path)
    };
    Ok(places.into_iter().map(name).collect())
}

/// Where a document's file is to be.
struct Place {
    id: DocumentId,
    folder: &'static str,
    slug: Slug,
}

/// Returns the place of a document, and the names of the files that it links to.
fn place(text: &OwnText) -> Result<(Place, Vec<String>), ExportError> {
    let body = body::read_local(&text.body).map_err(|_| ExportError::Damaged(text.id))?;
    let folder = body.kind.folder();
    let slug = Slug::of(&body.common().title);
    let names = names_of_files(&body.common().body_md);
    Ok((
        Place {
            id: text.id,
            folder,
            slug,
        },
        names,
    ))
}

fn write_all(
    folder: &Path,
    texts: &[OwnText],
    names: &HashMap<DocumentId, String>,
) -> Result<Vec<(String, Digest)>, ExportError> {
    let mut written = Vec::with_capacity(texts.len());
    for text in texts {
        // Published since the names were given: the next export has it.
        let Some(path) = names.get(&text.id) else {
            continue;
        };
        let file = file_of(text, path, names)?;
        write(&folder.join(path), file.as_bytes())?;
        written.push((path.clone(), Digest::of(file.as_bytes())));
    }
    Ok(written)
}

fn file_of(
    text: &OwnText,
    path: &str,
    names: &HashMap<DocumentId, String>,
) -> Result<String, ExportError> {
    let body = body::read_local(&text.body).map_err(|_| ExportError::Damaged(text.id))?;
    let mut document = body.document;
    document.private = text
        .private
        .as_deref()
        .map(Private::of_json)
        .unwrap_or_default();
    document.common.body_md = restore(&document.common.body_md, path, names);
    Ok(write_file(&document, Some(text.id)))
}

/// Writes a file so that it is there whole or as it was before.
fn write(at: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    if let Some(folder) = at.parent() {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    let part = at.with_extension("part");
    fs::write(&part, bytes).map_err(failed(&part))?;
    fs::rename(&part, at).map_err(failed(at))
}

/// Removes what is left of an earlier export and belongs to no document any more, and notes what was written.
fn finish(folder: &Path, before: &Manifest, written: &Manifest) -> Result<u64, ExportError> {
    let mut removed = 0;
    for path in before
        .files
        .keys()
        .filter(|path| !written.files.contains_key(*path))
    {
        let at = folder.join(path);
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if inside && before.holds(folder, path) {
            fs::remove_file(&at).map_err(failed(&at))?;
            removed += 1;
        }
    }
    let manifest = serde_json::to_vec_pretty(written).unwrap_or_default();
    write(&folder.join(MANIFEST), &manifest)?;
    Ok(removed)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ExportError + use<> {
    let path = path.to_path_buf();
    move |source| ExportError::Io { path, source }
}
