//! Exports this node's own documents as markdown files, to edit them elsewhere or to move them to another node.
//!
//! The files include the private parts of documents (contact, unknown keys), so they are for the operator only and must
//! not be published as they are. Importing them gives the same documents again. Earlier revisions and drafts are not
//! exported.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs, io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use disk_space::replace_file;
use domain::{Document, Private, body, front_matter::write_file, slug::Slug};
use serde::{Deserialize, Serialize};
use store::{OwnText, StoreError};
use tokio::task::spawn_blocking;
use walkdir::WalkDir;
use wire::{Digest, DocumentId, Viewer};

use crate::{
    attached,
    import::{linked_file_names, restore_links},
    tree,
};
use node::{Node, NodeError};

/// Documents in one database query.
const READ_BATCH: u32 = 200;
/// Lists the files that an export has written, so that the next one may replace them.
const MANIFEST: &str = ".wardround-export.json";

/// How an export treats its folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether to replace files that no export has written.
    pub force: bool,
}

/// The result of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The folder of the files.
    pub folder: PathBuf,
    /// Number of documents written.
    pub documents: u64,
    /// Number of attached files that are not held here, such as after a recovery from peers: no file lists them.
    pub not_held: u64,
    /// Number of files of an earlier export that were removed, since their documents no longer exist.
    pub removed: u64,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder holds a file that no export has written, or that was changed since.
    #[error(
        "`{}` holds files that no export has written, or that were changed since; give an empty folder, or use `--force` to replace files of the same name", .0.display()
    )]
    NotEmpty(PathBuf),
    /// The list of what an earlier export has written cannot be read.
    #[error("`{file}`, the list of what an earlier export has written, cannot be read ({reason}); remove it, and the files of documents that were withdrawn since", file = .0.display(), reason = .1)]
    Manifest(PathBuf, #[source] io::Error),
    /// A file or folder cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Io {
        /// Its path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The node cannot read its documents now.
    #[error(transparent)]
    Node(NodeError),
}

impl<E: Into<NodeError>> From<E> for ExportError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
}

/// Writes each own document that is not withdrawn as a file, also those that are not in the log. `on_progress` is called
/// with the number of documents written and the number of all.
///
/// # Errors
/// [`ExportError::NotEmpty`], before anything is written; when the disk or the database fails.
pub async fn export(
    node: &Node,
    folder: &Path,
    options: Options,
    mut on_progress: impl FnMut(u64, u64),
) -> Result<Summary, ExportError> {
    // Step 1: make sure that nothing is lost.
    let target = folder.to_path_buf();
    let before = spawn_blocking(move || prepare_folder(&target, options)).await??;
    // Step 2: choose the path of each document, so that documents can link to each other's files.
    let paths = Arc::new(choose_paths(node).await?);
    let total = u64::try_from(paths.len()).unwrap_or(u64::MAX);
    // Step 3: write the files, some documents at a time.
    let mut written = Manifest::default();
    let (mut done, mut not_held, mut after) = (0_u64, 0_u64, None);
    loop {
        let texts = node.store.own_texts(after, READ_BATCH).await?;
        let Some(last) = texts.last() else { break };
        after = Some(last.id);
        let read = spawn_blocking(move || texts.iter().map(document_of).collect::<Vec<_>>());
        let mut documents = read.await?.into_iter().collect::<Result<Vec<_>, _>>()?;
        not_held += leave_out_missing(node, &mut documents).await?;
        let (paths, target) = (Arc::clone(&paths), folder.to_path_buf());
        let wrote = spawn_blocking(move || write_all(&target, documents, &paths));
        let (part, attached) = wrote.await??;
        done += u64::try_from(part.len()).unwrap_or(u64::MAX);
        written.files.extend(part);
        for (path, digest) in attached {
            if write_attached(node, folder, &path, &digest).await? {
                written.files.insert(path, digest);
            } else {
                not_held += 1;
            }
        }
        on_progress(done, total);
    }
    // Step 4: remove the files of documents that no longer exist.
    let target = folder.to_path_buf();
    let removed = spawn_blocking(move || finish(&target, &before, &written)).await??;
    Ok(Summary {
        folder: folder.to_path_buf(),
        documents: done,
        not_held,
        removed,
    })
}

/// The files of an export, with the digest of what it wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    files: BTreeMap<String, Digest>,
}

impl Manifest {
    /// Reads what an earlier export has written of itself; nothing without one.
    fn read(folder: &Path) -> io::Result<Self> {
        match fs::read(folder.join(MANIFEST)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Returns whether a file has not changed since it was written.
    fn is_unchanged(&self, folder: &Path, path: &str) -> bool {
        let Some(digest) = self.files.get(path) else {
            return false;
        };
        fs::read(folder.join(path)).is_ok_and(|bytes| Digest::for_bytes(&bytes) == *digest)
    }
}

/// Creates the folder, or makes sure that nothing in it is lost. Returns the manifest of an earlier export.
fn prepare_folder(folder: &Path, options: Options) -> Result<Manifest, ExportError> {
    // `--force` replaces files: in the folder that is named, and not in one that a link leads to.
    if options.force && folder.is_symlink() {
        let refused = "it is a symbolic link, which `--force` does not follow; name its folder";
        return Err(failed(folder)(io::Error::other(refused)));
    }
    fs::create_dir_all(folder).map_err(failed(folder))?;
    // Without it, files of documents that are gone would stay.
    let unread = |error| ExportError::Manifest(folder.join(MANIFEST), error);
    let manifest = Manifest::read(folder).map_err(unread)?;
    if options.force {
        return Ok(manifest);
    }
    let is_visible =
        |entry: &walkdir::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    for entry in WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .filter_entry(is_visible)
    {
        let entry = entry.map_err(|error| ExportError::Io {
            path: folder.to_path_buf(),
            source: error.into(),
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = tree::relative_path(folder, entry.path());
        if !manifest.is_unchanged(folder, &path) {
            return Err(ExportError::NotEmpty(folder.to_path_buf()));
        }
    }
    Ok(manifest)
}

/// Chooses the path of each document's file: the folder of its kind, and the slug of its title. The end of the id is
/// added to the slug where another document has the same slug, and where some text links to a file of that name that
/// was never a document: that link must not lead to this document.
async fn choose_paths(node: &Node) -> Result<HashMap<DocumentId, String>, ExportError> {
    let (mut named, mut linked, mut after) = (Vec::new(), HashSet::new(), None);
    loop {
        let texts = node.store.own_texts(after, READ_BATCH).await?;
        let Some(last) = texts.last() else { break };
        after = Some(last.id);
        let read = spawn_blocking(move || texts.iter().map(name_of).collect::<Vec<_>>()).await?;
        for name in read {
            let (name, links) = name?;
            named.push(name);
            linked.extend(links);
        }
    }
    // Files of these names would become the page of their folder.
    linked.extend(["index", "readme"].map(str::to_owned));
    let mut taken = HashSet::new();
    let choose = |name: FileName| {
        let mut path = format!("{}/{}.md", name.folder, name.slug);
        if linked.contains(name.slug.as_str()) || taken.contains(&path) {
            let end = end_in_letters(name.id);
            path = format!("{}/{}-{end}.md", name.folder, name.slug);
        }
        taken.insert(path.clone());
        (name.id, path)
    };
    Ok(named.into_iter().map(choose).collect())
}

/// Returns the end of an id in letters from a to p: ten figures in it could be read as the NHS number of a patient.
fn end_in_letters(id: DocumentId) -> String {
    let id = id.to_string();
    let end = id.rsplit('-').next().unwrap_or_default();
    let letters = end.chars().filter_map(|c| c.to_digit(16));
    letters
        .filter_map(|digit| char::from_digit(digit + 10, 26))
        .collect()
}

/// The preferred file name of a document.
struct FileName {
    id: DocumentId,
    folder: &'static str,
    slug: Slug,
}

/// Returns the preferred file name of a document, and the names of the files that it links to.
fn name_of(text: &OwnText) -> Result<(FileName, Vec<String>), ExportError> {
    let body = body::read_local(&text.body).map_err(|_| unreadable(text.id))?;
    let folder = body.kind.folder();
    let slug = Slug::from_title(&body.common().title);
    let links = linked_file_names(&body.common().body_md);
    Ok((
        FileName {
            id: text.id,
            folder,
            slug,
        },
        links,
    ))
}

/// Paths of files with the digests of their bytes.
type Written = Vec<(String, Digest)>;

/// Returns the document of a text, with its private parts.
fn document_of(text: &OwnText) -> Result<(DocumentId, Document), ExportError> {
    let body = body::read_local(&text.body).map_err(|_| unreadable(text.id))?;
    let mut document = body.document;
    document.private = text
        .private
        .as_deref()
        .map(Private::from_json)
        .unwrap_or_default();
    Ok((text.id, document))
}

/// Takes the attached files that are not held here out of the lists of documents, since an import would look for them.
/// Returns how many there are.
async fn leave_out_missing(
    node: &Node,
    documents: &mut [(DocumentId, Document)],
) -> Result<u64, ExportError> {
    let mut missing = 0;
    for (_, document) in documents {
        let mut held = Vec::new();
        for attachment in std::mem::take(&mut document.common.attachments) {
            if node.store.holds_attachment(&attachment.digest).await? {
                held.push(attachment);
            } else {
                missing += 1;
            }
        }
        document.common.attachments = held;
    }
    Ok(missing)
}

/// Writes the files of documents. Returns them, and the attached files that are still to be written.
fn write_all(
    folder: &Path,
    documents: Vec<(DocumentId, Document)>,
    paths: &HashMap<DocumentId, String>,
) -> Result<(Written, Written), ExportError> {
    let mut written = Vec::with_capacity(documents.len());
    let mut attached = Vec::new();
    for (id, document) in documents {
        // A document published since the paths were chosen is left to the next export.
        let Some(path) = paths.get(&id) else {
            continue;
        };
        let (file, files) = file_content(id, document, path, paths);
        attached.extend(files);
        write(folder, path, file.as_bytes())?;
        written.push((path.clone(), Digest::for_bytes(file.as_bytes())));
    }
    Ok((written, attached))
}

/// Writes an attached file, one at a time, since each can have 8 MiB; returns whether it is held here.
async fn write_attached(
    node: &Node,
    folder: &Path,
    path: &str,
    digest: &Digest,
) -> Result<bool, ExportError> {
    let Some(file) = node.store.attachment(Viewer::Staff, digest).await? else {
        return Ok(false);
    };
    let (folder, path) = (folder.to_path_buf(), path.to_owned());
    spawn_blocking(move || write(&folder, &path, &file.bytes)).await??;
    Ok(true)
}

/// Returns the file of a document, and the files that it has attached.
fn file_content(
    id: DocumentId,
    mut document: Document,
    path: &str,
    paths: &HashMap<DocumentId, String>,
) -> (String, Written) {
    document.common.body_md = restore_links(&document.common.body_md, path, paths);
    attached::list(&mut document, path);
    let each = document.common.attachments.iter();
    let files = each.map(|one| (attached::export_path(path, &one.name), one.digest));
    let files = files.collect();
    (write_file(&document, Some(id)), files)
}

/// Writes a file below a folder whole. Symbolic links below the folder are not followed.
fn write(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), ExportError> {
    let location = &folder.join(path);
    if let Some(inner) = location.parent().filter(|inner| *inner != folder) {
        fs::create_dir_all(inner).map_err(failed(inner))?;
        if fs::symlink_metadata(inner)
            .map_err(failed(inner))?
            .is_symlink()
        {
            let refused =
                io::Error::other("it is a symbolic link, which an export does not follow");
            return Err(failed(inner)(refused));
        }
    }
    replace_file(location, bytes, 0o666).map_err(failed(location))
}

/// Removes files of an earlier export that belong to no document any more, and writes the manifest.
fn finish(folder: &Path, before: &Manifest, written: &Manifest) -> Result<u64, ExportError> {
    let mut removed = 0;
    for path in before
        .files
        .keys()
        .filter(|path| !written.files.contains_key(*path))
    {
        let location = folder.join(path);
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        // The manifest is a file that anyone could have edited: remove nothing outside the folder.
        if inside && before.is_unchanged(folder, path) {
            fs::remove_file(&location).map_err(failed(&location))?;
            removed += 1;
        }
    }
    let manifest = serde_json::to_vec_pretty(written)
        .map_err(|error| failed(&folder.join(MANIFEST))(error.into()))?;
    write(folder, MANIFEST, &manifest)?;
    Ok(removed)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ExportError + use<> {
    let path = path.to_path_buf();
    move |source| ExportError::Io { path, source }
}

/// Returns the error of a stored body that cannot be read; bodies are checked before they are stored.
fn unreadable(id: DocumentId) -> StoreError {
    StoreError::Corrupt(format!("an unreadable body of `{id}`"))
}
