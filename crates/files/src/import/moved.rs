//! Files that are documents of another folder already: moved there, copied, or moved and changed.
//!
//! A file whose old file is gone and whose bytes are the same is the same document. Anything less certain is decided by
//! a person, before anything is published.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use store::Imported;
use tokio::task::spawn_blocking;
use wire::DocumentId;

use crate::{
    import::{
        ImportError,
        alike::pair_alike,
        comparison::{Comparison, Record},
        file_head::FileHead,
    },
    tree::MarkdownFile,
};
use node::Node;

/// Ids in one database query.
const LOOKUP_BATCH: usize = 500;

/// How to treat files that are documents of other folders already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Moved {
    /// Recognise those that are certain, and refuse the import if others may be the same documents.
    #[default]
    IfCertain,
    /// Recognise those of the same bytes; all others are new documents.
    IfSameBytes,
    /// The files of these folders are in the imported one now, changed or not.
    From(Vec<PathBuf>),
    /// All of them are new documents.
    Never,
}

/// Adds the records of files that were in other folders before; returns those records by their old source and path, to
/// be forgotten once the files are recorded here.
///
/// # Errors
/// [`ImportError::KnownElsewhere`] when a person has to decide; [`ImportError::NothingThere`].
pub(super) async fn take_over(
    node: &Node,
    files: &[MarkdownFile],
    source: &str,
    moved: &Moved,
    recorded: &mut HashMap<String, Imported>,
) -> Result<Vec<(String, String)>, ImportError> {
    let is_new = |file: &&MarkdownFile| !recorded.contains_key(&file.path);
    let new: Vec<MarkdownFile> = files.iter().filter(is_new).cloned().collect();
    // What is recorded under a name that is no path has no place to move from.
    let is_named = !Path::new(source).is_absolute();
    if new.is_empty() || is_named || *moved == Moved::Never {
        return Ok(Vec::new());
    }

    // Step 1: load what other folders hold.
    let records = match moved {
        Moved::IfSameBytes => records_of_same_bytes(node, &new, source).await?,
        Moved::IfCertain | Moved::From(_) | Moved::Never => {
            records_of_other_folders(node, files, source, recorded).await?
        }
    };
    if records.is_empty() {
        return check_said(&said_folders(moved), &[]).map(|()| Vec::new());
    }

    // Step 2: compare the bytes.
    let said = said_folders(moved);
    check_said(&said, &records)?;
    let mut comparison = spawn_blocking(move || {
        let mut comparison = Comparison::new(new, records, said);
        comparison.match_said();
        comparison.match_bytes();
        comparison.match_paths();
        comparison
    })
    .await?;

    if *moved == Moved::IfSameBytes {
        return Ok(comparison.take_over(recorded));
    }

    // Step 3: compare the titles, where files are gone and others are new.
    let gone = comparison.gone_documents();
    if !gone.is_empty() && comparison.has_unknown_files() {
        let mut slugs = HashMap::new();
        for ids in gone.chunks(LOOKUP_BATCH) {
            let own = node.store.own_documents(ids).await?;
            slugs.extend(
                own.into_iter()
                    .filter_map(|(id, own)| Some((own.slug?, id))),
            );
        }
        comparison = spawn_blocking(move || {
            comparison.match_titles(&slugs);
            comparison
        })
        .await?;
    }

    // Step 4: compare the words of those with a title or a name that a document of another folder has.
    if *moved == Moved::IfCertain {
        comparison = pair_alike(node, comparison).await?;
    }

    // Step 5: refuse what is not certain, and take over the rest.
    if let Some(refusal) = comparison.doubt() {
        return Err(refusal);
    }
    Ok(comparison.take_over(recorded))
}

/// Loads the records of other sources, apart from documents that a file of this tree is already.
async fn records_of_other_folders(
    node: &Node,
    files: &[MarkdownFile],
    source: &str,
    recorded: &HashMap<String, Imported>,
) -> Result<Vec<Record>, ImportError> {
    let here = files.iter().filter_map(|file| recorded.get(&file.path));
    let held: HashSet<DocumentId> = here.filter_map(|import| import.document).collect();
    let mut records = Vec::new();
    for other in node.store.import_sources().await? {
        if is_other_folder(&other, source) {
            let imports = node.store.imported_from(&other).await?;
            records.extend(
                imports
                    .into_iter()
                    .filter_map(|import| record_of(&other, import)),
            );
        }
    }
    records.retain(|record| !held.contains(&record.document));
    Ok(records)
}

/// Loads the records that single files can continue without a question: those of documents that a file of the same bytes
/// became, and of the documents that they name. What else other folders hold is not read.
async fn records_of_same_bytes(
    node: &Node,
    files: &[MarkdownFile],
    source: &str,
) -> Result<Vec<Record>, ImportError> {
    let mut records = Vec::new();
    for file in files.iter().cloned() {
        let path = file.path.clone();
        let read = || {
            let head = FileHead::read(file);
            (head.named, head.content_digest())
        };
        let (named, Some(digest)) = spawn_blocking(read).await? else {
            continue;
        };
        let imports = node.store.imported_as(named, &digest).await?;
        // One of the same folder was renamed if it is gone.
        let others = imports.into_iter().filter(|other| {
            is_other_folder(&other.source, source)
                || other.source == source && other.imported.path.as_deref() != Some(path.as_str())
        });
        records.extend(others.filter_map(|other| record_of(&other.source, other.imported)));
    }
    Ok(records)
}

fn is_other_folder(other: &str, source: &str) -> bool {
    other != source && Path::new(other).is_absolute()
}

/// Returns the record of a file; `None` for that of a withdrawn document, which has no path.
fn record_of(source: &str, import: Imported) -> Option<Record> {
    let path = import.path.clone()?;
    Some(Record {
        location: Path::new(source).join(&path),
        source: source.to_owned(),
        path,
        document: import.document?,
        import,
        is_gone: false,
        is_taken: false,
    })
}

/// Returns the folders that the operator names.
fn said_folders(moved: &Moved) -> Vec<PathBuf> {
    match moved {
        Moved::From(folders) => folders.iter().map(|folder| as_recorded(folder)).collect(),
        Moved::IfCertain | Moved::IfSameBytes | Moved::Never => Vec::new(),
    }
}

/// Checks that something was imported from each folder that the operator names.
fn check_said(folders: &[PathBuf], records: &[Record]) -> Result<(), ImportError> {
    let is_unknown = |folder: &&PathBuf| {
        let mut all = records.iter();
        !all.any(|record| record.location.starts_with(folder))
    };
    match folders.iter().find(is_unknown) {
        Some(folder) => Err(ImportError::NothingThere(folder.display().to_string())),
        None => Ok(()),
    }
}

/// Returns a folder as an import records it: without symbolic links and `..`, even if it no longer exists.
fn as_recorded(folder: &Path) -> PathBuf {
    for above in folder.ancestors() {
        if let Ok(found) = above.canonicalize() {
            let rest = folder.strip_prefix(above).unwrap_or(Path::new(""));
            return if rest.as_os_str().is_empty() {
                found
            } else {
                found.join(rest)
            };
        }
    }
    folder.to_path_buf()
}
