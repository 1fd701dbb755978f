//! Assigns a document id to each file of a tree, before any file is imported.
//!
//! All ids are known first, so that links between files can be rewritten in any order, and so that a file that was
//! moved, or that names its id, stays the same document.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use store::{DocumentState, Imported, OwnDocument};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId};

use crate::{
    import::{ImportError, links::Targets},
    tree::{self, MarkdownFile, Tree},
};
use node::{Node, flows::publish::NewIds};

/// Bytes read to find the id in front matter, which has at most 16 KiB: 32 KiB in UTF-16.
const MAX_HEAD_BYTES: u64 = 33 * 1024;
/// Paths or ids in one database query.
const LOOKUP_BATCH: usize = 500;

/// A file of a tree, with its document and what earlier imports recorded of it.
#[derive(Debug, Clone)]
pub(super) struct SurveyedFile {
    pub(super) file: MarkdownFile,
    /// Its document: one that exists, or a new id.
    pub(super) id: DocumentId,
    /// The record of its last import.
    pub(super) last_import: Option<Imported>,
    /// The document that it was before, if that is another one.
    pub(super) previous: PreviousDocument,
}

/// The document that a file was before, where it is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PreviousDocument {
    /// The file is new, or still the same document.
    Same,
    /// It was this document, which is withdrawn.
    Withdrawn(DocumentId),
    /// It was this document, and now names the id of another one.
    Renamed(DocumentId),
    /// It names the id of the document of this other file.
    CopyOf(String),
}

/// A file that an earlier import recorded and that no longer exists.
#[derive(Debug, Clone)]
pub(super) struct MissingFile {
    pub(super) path: String,
    pub(super) document: Option<DocumentId>,
    pub(super) draft: Option<DocumentId>,
}

/// The result of a survey.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) source: String,
    pub(super) files: Vec<SurveyedFile>,
    /// The document of each file.
    pub(super) targets: Targets,
    /// The targets that earlier imports did not have, so could not link to.
    pub(super) new_targets: Targets,
    pub(super) missing: Vec<MissingFile>,
    /// Old paths of files that have another path now.
    pub(super) old_paths: Vec<String>,
}

/// How much of a source a tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: a recorded file that is not in the tree is missing.
    Whole,
    /// One file of it.
    OneFile,
}

/// Surveys a tree.
pub(super) async fn survey(
    node: &Node,
    tree: &Tree,
    source: String,
    extent: Extent,
) -> Result<Survey, ImportError> {
    // Load what earlier imports recorded, and the documents that this concerns.
    let recorded = earlier_imports(node, tree, &source).await?;
    let withdrawn = node.store.withdrawn_files().await?;
    let documents = recorded.values().filter_map(|import| import.document);
    let documents: Vec<DocumentId> = documents.chain(withdrawn.values().copied()).collect();
    let mut own = HashMap::new();
    for ids in documents.chunks(LOOKUP_BATCH) {
        own.extend(node.store.own_documents(ids).await?);
    }
    // Assign the ids on a blocking thread, since this reads the head of each file.
    let surveyor = Surveyor {
        recorded,
        withdrawn,
        own,
        new_ids: NewIds::new(node.now())?,
        extent,
    };
    let files = tree.files.clone();
    let mut survey = spawn_blocking(move || surveyor.survey(files)).await??;
    survey.source = source;
    // A link to an alias leads to the document of its file.
    for (alias, path) in &tree.aliases {
        for targets in [&mut survey.targets, &mut survey.new_targets] {
            if let Some(id) = targets.document(path) {
                targets.insert(alias.clone(), id);
            }
        }
    }
    // A file of a folder that could not be read may still exist.
    survey
        .missing
        .retain(|missing| !is_unread(tree, &missing.path));
    Ok(survey)
}

/// Returns whether a path is in a folder that could not be read.
fn is_unread(tree: &Tree, path: &str) -> bool {
    tree.unread_folders.iter().any(|folder| {
        folder.is_empty()
            || path == folder
            || path
                .strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Returns the records of earlier imports of a source by path, those of missing files included.
async fn earlier_imports(
    node: &Node,
    tree: &Tree,
    source: &str,
) -> Result<HashMap<String, Imported>, ImportError> {
    let all = node.store.imported_from(source).await?;
    // A withdrawal erases the path of its file, which can then be found by a digest of the path only.
    let some_erased = all.iter().any(|import| import.path.is_none());
    let mut recorded: HashMap<String, Imported> = all
        .into_iter()
        .filter_map(|import| Some((import.path.clone()?, import)))
        .collect();
    if some_erased {
        let paths = tree.files.iter().map(|file| file.path.as_str());
        let unknown: Vec<&str> = paths.filter(|path| !recorded.contains_key(*path)).collect();
        for paths in unknown.chunks(LOOKUP_BATCH) {
            let imports = node.store.imported_files(source, paths).await?;
            for (path, import) in paths.iter().zip(imports) {
                recorded.extend(import.map(|import| ((*path).to_owned(), import)));
            }
        }
    }
    add_imports_of_related_folders(node, tree, source, &mut recorded).await?;
    Ok(recorded)
}

/// Adds the records that imports of a folder above or below made of the same files, so that these stay the same
/// documents.
async fn add_imports_of_related_folders(
    node: &Node,
    tree: &Tree,
    source: &str,
    recorded: &mut HashMap<String, Imported>,
) -> Result<(), ImportError> {
    let here = Path::new(source);
    if !here.is_absolute() {
        return Ok(());
    }
    let sources = node.store.import_sources().await?;
    let related = sources.iter().filter(|other| {
        let there = Path::new(other);
        there != here && (there.starts_with(here) || here.starts_with(there))
    });
    for other in related {
        let there = Path::new(other);
        let unknown: Vec<(&str, String)> = tree
            .files
            .iter()
            .filter(|file| !recorded.contains_key(&file.path) && file.location.starts_with(there))
            .map(|file| {
                let path = tree::relative_path(there, &file.location);
                (file.path.as_str(), path)
            })
            .collect();
        for unknown in unknown.chunks(LOOKUP_BATCH) {
            let paths: Vec<&str> = unknown.iter().map(|(_, path)| path.as_str()).collect();
            let imports = node.store.imported_files(other, &paths).await?;
            for ((path, _), import) in unknown.iter().zip(imports) {
                recorded.extend(import.map(|import| ((*path).to_owned(), as_changed(import))));
            }
        }
    }
    Ok(())
}

/// Makes a record of another source count as changed, so that the file is read and recorded under this source; the
/// record of a withdrawn file stays as it is.
fn as_changed(import: Imported) -> Imported {
    match import.path {
        Some(_) => Imported {
            digest: Digest::from_bytes([0; 32]),
            ..import
        },
        None => import,
    }
}

/// A file with its record and the id that its front matter names.
struct FileHead {
    file: MarkdownFile,
    last_import: Option<Imported>,
    named: Option<DocumentId>,
}

struct Surveyor {
    /// Records of earlier imports; those of files of the tree are taken out.
    recorded: HashMap<String, Imported>,
    /// Withdrawn documents by the digest of their file.
    withdrawn: HashMap<Digest, DocumentId>,
    own: HashMap<DocumentId, OwnDocument>,
    new_ids: NewIds,
    extent: Extent,
}

impl Surveyor {
    fn survey(mut self, files: Vec<MarkdownFile>) -> Result<Survey, ImportError> {
        let mut survey = Survey::default();
        // Step 1: read the head of each file, and find its record.
        let heads: Vec<FileHead> = files
            .into_iter()
            .map(|file| FileHead {
                last_import: self.recorded.remove(&file.path),
                named: named_id(&file),
                file,
            })
            .collect();
        // Step 2: reserve ids for their files, and find moved files by digest.
        let mut owners = self.owners(&heads);
        let mut missing_by_digest = self.missing_by_digest();
        // Step 3: assign an id to each file.
        for head in heads {
            let surveyed = self.assign_id(head, &mut owners, &mut missing_by_digest)?;
            let path = &surveyed.file.path;
            survey.targets.insert(path.clone(), surveyed.id);
            if self.current_id(surveyed.last_import.as_ref()) != Some(surveyed.id) {
                survey.new_targets.insert(path.clone(), surveyed.id);
            }
            survey.files.push(surveyed);
        }
        // Step 4: what is left of the records belongs to files that are not in the tree.
        if self.extent == Extent::Whole {
            self.add_missing(&mut survey);
        }
        for (path, import) in &self.recorded {
            if let Some(id) = self.current_id(Some(import)) {
                survey.targets.insert(path.clone(), id);
            }
        }
        Ok(survey)
    }

    /// Returns the file that owns each id of an earlier import: it keeps the id, even if a copy of it is sorted first.
    fn owners(&self, heads: &[FileHead]) -> HashMap<DocumentId, String> {
        let mut owners: HashMap<DocumentId, String> = HashMap::new();
        for head in heads {
            if let Some(id) = self.current_id(head.last_import.as_ref())
                && head.named.is_none_or(|named| named == id)
            {
                owners.entry(id).or_insert_with(|| head.file.path.clone());
            }
        }
        owners
    }

    /// Assigns an id to a file.
    fn assign_id(
        &mut self,
        head: FileHead,
        owners: &mut HashMap<DocumentId, String>,
        missing_by_digest: &mut HashMap<Digest, DocumentId>,
    ) -> Result<SurveyedFile, ImportError> {
        let FileHead {
            file,
            mut last_import,
            named,
        } = head;
        let digest = self.digest_of_new(&file, last_import.as_ref(), missing_by_digest);
        // The text of a withdrawn document stays withdrawn, whatever the path of its file.
        if let Some(digest) = digest
            && let Some(document) = self.withdrawn.get(&digest)
        {
            last_import = Some(Imported {
                path: None,
                digest,
                document: Some(*document),
                draft: None,
            });
        }
        let (id, previous) = match named {
            Some(id) => self.named_document(id, &file, last_import.as_ref(), owners)?,
            None => self.unnamed_document(
                digest,
                &file,
                last_import.as_ref(),
                owners,
                missing_by_digest,
            )?,
        };
        Ok(SurveyedFile {
            file,
            id,
            last_import,
            previous,
        })
    }

    /// Decides which document a file is that names the id `named`.
    fn named_document(
        &mut self,
        named: DocumentId,
        file: &MarkdownFile,
        last_import: Option<&Imported>,
        owners: &mut HashMap<DocumentId, String>,
    ) -> Result<(DocumentId, PreviousDocument), ImportError> {
        // A copy does not take the id of its original: it becomes a draft under an id of its own.
        if let Some(owner) = owners.get(&named).filter(|owner| **owner != file.path) {
            let previous = PreviousDocument::CopyOf(owner.clone());
            let draft = last_import.and_then(|import| import.draft);
            let draft = draft.filter(|draft| *draft != named);
            return Ok((draft.map_or_else(|| self.new_ids.next_id(), Ok)?, previous));
        }
        owners.insert(named, file.path.clone());
        let previous = self
            .current_id(last_import)
            .filter(|current| *current != named)
            .map_or(PreviousDocument::Same, PreviousDocument::Renamed);
        Ok((named, previous))
    }

    /// Decides which document a file is that names no id.
    fn unnamed_document(
        &mut self,
        digest: Option<Digest>,
        file: &MarkdownFile,
        last_import: Option<&Imported>,
        owners: &mut HashMap<DocumentId, String>,
        missing_by_digest: &mut HashMap<Digest, DocumentId>,
    ) -> Result<(DocumentId, PreviousDocument), ImportError> {
        // The path is known.
        if let Some(id) = self.current_id(last_import) {
            return Ok((id, PreviousDocument::Same));
        }
        if let Some(id) = last_import.and_then(|import| import.document) {
            return Ok((self.new_ids.next_id()?, PreviousDocument::Withdrawn(id)));
        }
        // The path is new, and the content is that of a missing file: the file was moved.
        let moved = digest
            .and_then(|digest| missing_by_digest.remove(&digest))
            .filter(|id| !owners.contains_key(id));
        if let Some(id) = moved {
            owners.insert(id, file.path.clone());
            return Ok((id, PreviousDocument::Same));
        }
        Ok((self.new_ids.next_id()?, PreviousDocument::Same))
    }

    /// Adds the recorded files that are not in the tree: missing, or moved if their document has another file now.
    fn add_missing(&self, survey: &mut Survey) {
        let ids: HashSet<DocumentId> = survey.files.iter().map(|surveyed| surveyed.id).collect();
        for (path, import) in &self.recorded {
            match import.document.or(import.draft) {
                Some(id) if !ids.contains(&id) => survey.missing.push(MissingFile {
                    path: path.clone(),
                    document: import.document,
                    draft: import.draft,
                }),
                _ => survey.old_paths.push(path.clone()),
            }
        }
        survey.missing.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Returns the document or draft of a file by its record, unless it is withdrawn.
    fn current_id(&self, import: Option<&Imported>) -> Option<DocumentId> {
        let import = import?;
        let document = import.document.filter(|id| !self.is_withdrawn(*id));
        document.or(import.draft)
    }

    fn is_withdrawn(&self, id: DocumentId) -> bool {
        self.own
            .get(&id)
            .is_some_and(|own| own.state == DocumentState::Withdrawn)
    }

    /// Returns the digest of a file without a record, if it may be that of a moved or withdrawn file.
    fn digest_of_new(
        &self,
        file: &MarkdownFile,
        last_import: Option<&Imported>,
        missing_by_digest: &HashMap<Digest, DocumentId>,
    ) -> Option<Digest> {
        if last_import.is_some() || (missing_by_digest.is_empty() && self.withdrawn.is_empty()) {
            return None;
        }
        let bytes = tree::read(&file.location).ok()?;
        Some(Digest::for_bytes(&bytes))
    }

    /// Returns the documents of missing files by the digest of the file, for digests that occur once.
    fn missing_by_digest(&self) -> HashMap<Digest, DocumentId> {
        let mut missing = HashMap::new();
        if self.extent == Extent::OneFile {
            return missing;
        }
        let mut repeated = Vec::new();
        for import in self.recorded.values() {
            if let Some(id) = self.current_id(Some(import))
                && missing.insert(import.digest, id).is_some()
            {
                repeated.push(import.digest);
            }
        }
        for digest in repeated {
            missing.remove(&digest);
        }
        missing
    }
}

/// Returns the id that a file names in its front matter.
fn named_id(file: &MarkdownFile) -> Option<DocumentId> {
    let max_bytes = MAX_HEAD_BYTES.min(file.size_bytes.max(1));
    let head = tree::read_head(&file.location, max_bytes);
    // The last character of the head may be cut in two; the front matter ends before it.
    let decoded = tree::decode(&head).ok()?;
    tree::named_id(&decoded.text)
}
