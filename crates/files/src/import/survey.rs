//! What is to be known of a tree before any file of it is read whole: which document each file is or will be.
//!
//! All ids are settled first, so that links between files can be written in any order, and so that a file that was
//! moved, or that names its id, stays the document it was.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use store::{DocumentState, Imported, OwnDocument};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    import::{ImportError, links::Targets},
    tree::{self, Found, Tree},
};
use node::{Node, flows::publish::new_id};

/// Front matter has at most 16 KiB, which are 32 KiB in UTF-16.
const HEAD_BYTES: u64 = 33 * 1024;
/// Paths that are looked up at a time.
const LOOK_UP: usize = 500;

/// A file and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) found: Found,
    /// The document that it is or will be.
    pub(super) id: DocumentId,
    /// What the last import made of it.
    pub(super) mark: Option<Imported>,
    /// The document that it was and is no more.
    pub(super) was: Was,
}

/// The document that a file was before, if it is another now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Was {
    /// It is what it was, or new.
    Same,
    /// It was this document, which is withdrawn.
    Withdrawn(DocumentId),
    /// It was this document, and names another.
    Other(DocumentId),
    /// It names the id of this other file.
    CopyOf(String),
}

/// A file that an earlier import knew and that is not there any more.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub(super) path: String,
    pub(super) document: Option<DocumentId>,
    pub(super) draft: Option<DocumentId>,
}

/// What is known of a tree.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) source: String,
    pub(super) entries: Vec<Entry>,
    /// Which document each file is.
    pub(super) targets: Targets,
    /// Those of them that earlier imports could not link to.
    pub(super) fresh: Targets,
    pub(super) gone: Vec<Gone>,
    /// Old names of files that have another now.
    pub(super) moved: Vec<String>,
}

/// How much of a source a tree shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: what is missing is gone.
    Whole,
    /// One file of it.
    Part,
}

/// Surveys a tree.
pub(super) async fn survey(
    node: &Node,
    tree: &Tree,
    source: String,
    extent: Extent,
) -> Result<Survey, ImportError> {
    let known = known(node, tree, &source).await?;
    let withdrawn = node.store.withdrawn_files().await?;
    let documents = known.values().filter_map(|mark| mark.document);
    let documents: Vec<DocumentId> = documents.chain(withdrawn.values().copied()).collect();
    let mut own = HashMap::new();
    for ids in documents.chunks(LOOK_UP) {
        own.extend(node.store.own_documents(ids).await?);
    }
    let surveyor = Surveyor {
        known,
        withdrawn,
        own,
        now: node.now(),
        extent,
    };
    let (files, aliases) = (tree.files.clone(), tree.aliases.clone());
    let unread = tree.unread.clone();
    let mut survey = spawn_blocking(move || surveyor.survey(files)).await??;
    survey.source = source;
    for (alias, path) in aliases {
        for targets in [&mut survey.targets, &mut survey.fresh] {
            if let Some(id) = targets.of(&path) {
                targets.insert(alias.clone(), id);
            }
        }
    }
    let is_unread = |path: &str| {
        unread.iter().any(|folder| {
            folder.is_empty()
                || path == folder
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    survey.gone.retain(|gone| !is_unread(&gone.path));
    Ok(survey)
}

/// Returns what earlier imports made of the files of a source, those that are not there any more included.
async fn known(
    node: &Node,
    tree: &Tree,
    source: &str,
) -> Result<HashMap<String, Imported>, ImportError> {
    let all = node.store.imported_from(source).await?;
    // A withdrawal forgets the path of its file, which is found again by its digest only.
    let some_forgotten = all.iter().any(|mark| mark.path.is_none());
    let mut known: HashMap<String, Imported> = all
        .into_iter()
        .filter_map(|mark| Some((mark.path.clone()?, mark)))
        .collect();
    if some_forgotten {
        let paths: Vec<&str> = tree.files.iter().map(|found| found.path.as_str()).collect();
        let unknown: Vec<&str> = paths
            .into_iter()
            .filter(|path| !known.contains_key(*path))
            .collect();
        for paths in unknown.chunks(LOOK_UP) {
            let marks = node.store.imported_files(source, paths).await?;
            for (path, mark) in paths.iter().zip(marks) {
                known.extend(mark.map(|mark| ((*path).to_owned(), mark)));
            }
        }
    }
    known_elsewhere(node, tree, source, &mut known).await?;
    Ok(known)
}

/// Adds what imports of a folder above or below made of the files, so that they stay the documents they are.
async fn known_elsewhere(
    node: &Node,
    tree: &Tree,
    source: &str,
    known: &mut HashMap<String, Imported>,
) -> Result<(), ImportError> {
    let here = Path::new(source);
    if !here.is_absolute() {
        return Ok(());
    }
    let others = node.store.import_sources().await?;
    let related = others.iter().filter(|other| {
        let there = Path::new(other);
        there != here && (there.starts_with(here) || here.starts_with(there))
    });
    for other in related {
        let there = Path::new(other);
        let unknown: Vec<(&str, String)> = tree
            .files
            .iter()
            .filter(|found| !known.contains_key(&found.path) && found.at.starts_with(there))
            .map(|found| (found.path.as_str(), tree::relative(there, &found.at)))
            .collect();
        for unknown in unknown.chunks(LOOK_UP) {
            let paths: Vec<&str> = unknown.iter().map(|(_, path)| path.as_str()).collect();
            let marks = node.store.imported_files(other, &paths).await?;
            for ((path, _), mark) in unknown.iter().zip(marks) {
                known.extend(mark.map(|mark| ((*path).to_owned(), to_be_seen(mark))));
            }
        }
    }
    Ok(())
}

/// A file that is live was never seen under this name of its tree, so that it counts as changed and is looked at;
/// what was withdrawn as it is stays withdrawn.
fn to_be_seen(mark: Imported) -> Imported {
    match mark.path {
        Some(_) => Imported {
            digest: Digest::from_bytes([0; 32]),
            ..mark
        },
        None => mark,
    }
}

struct Surveyor {
    known: HashMap<String, Imported>,
    /// Files, by their digests, whose documents are withdrawn.
    withdrawn: HashMap<Digest, DocumentId>,
    own: HashMap<DocumentId, OwnDocument>,
    now: Timestamp,
    extent: Extent,
}

impl Surveyor {
    fn survey(mut self, files: Vec<Found>) -> Result<Survey, ImportError> {
        let mut survey = Survey::default();
        let seen: Vec<(Found, Option<Imported>, Option<DocumentId>)> = files
            .into_iter()
            .map(|found| {
                let mark = self.known.remove(&found.path);
                let named = named_id(&found);
                (found, mark, named)
            })
            .collect();
        // Whoever has an id since an earlier import keeps it, whichever copy comes first now.
        let mut owners: HashMap<DocumentId, String> = HashMap::new();
        for (found, mark, named) in &seen {
            if let Some(id) = self.held(mark.as_ref())
                && named.is_none_or(|named| named == id)
            {
                owners.entry(id).or_insert_with(|| found.path.clone());
            }
        }
        let mut vanished = self.vanished_by_digest();
        let mut moved_ids = HashSet::new();
        for (found, mut mark, named) in seen {
            let digest = self.digest_of_new(&found, mark.as_ref(), &vanished);
            if let Some((digest, document)) =
                digest.and_then(|digest| Some((digest, *self.withdrawn.get(&digest)?)))
            {
                // Whatever it is called now, it is the text that was withdrawn.
                mark = Some(Imported {
                    path: None,
                    digest,
                    document: Some(document),
                    draft: None,
                });
            }
            let (id, was) = self.identify(
                digest,
                &found,
                mark.as_ref(),
                named,
                &mut owners,
                &mut vanished,
            )?;
            moved_ids.insert(id);
            survey.targets.insert(found.path.clone(), id);
            if self.held(mark.as_ref()) != Some(id) {
                survey.fresh.insert(found.path.clone(), id);
            }
            survey.entries.push(Entry {
                found,
                id,
                mark,
                was,
            });
        }
        if self.extent == Extent::Whole {
            for (path, mark) in &self.known {
                let gone = Gone {
                    path: path.clone(),
                    document: mark.document,
                    draft: mark.draft,
                };
                match mark.document.or(mark.draft) {
                    Some(id) if !moved_ids.contains(&id) => survey.gone.push(gone),
                    _ => survey.moved.push(path.clone()),
                }
            }
            survey.gone.sort_by(|a, b| a.path.cmp(&b.path));
        }
        for (path, mark) in &self.known {
            if let Some(id) = self.held(Some(mark)) {
                survey.targets.insert(path.clone(), id);
            }
        }
        Ok(survey)
    }

    /// Returns the document or draft that a file is since an earlier import, unless it is withdrawn.
    fn held(&self, mark: Option<&Imported>) -> Option<DocumentId> {
        let mark = mark?;
        let document = mark.document.filter(|id| !self.is_withdrawn(*id));
        document.or(mark.draft)
    }

    fn is_withdrawn(&self, id: DocumentId) -> bool {
        self.own
            .get(&id)
            .is_some_and(|own| own.state == DocumentState::Withdrawn)
    }

    /// Returns the digest of a file that no import knows, where it can tell something.
    fn digest_of_new(
        &self,
        found: &Found,
        mark: Option<&Imported>,
        vanished: &HashMap<Digest, DocumentId>,
    ) -> Option<Digest> {
        let tells = mark.is_none() && !(vanished.is_empty() && self.withdrawn.is_empty());
        let bytes = tells.then(|| tree::read(&found.at).ok()).flatten()?;
        Some(Digest::of(&bytes))
    }

    fn identify(
        &self,
        digest: Option<Digest>,
        found: &Found,
        mark: Option<&Imported>,
        named: Option<DocumentId>,
        owners: &mut HashMap<DocumentId, String>,
        vanished: &mut HashMap<Digest, DocumentId>,
    ) -> Result<(DocumentId, Was), ImportError> {
        let held = self.held(mark);
        let draft = mark.and_then(|mark| mark.draft);
        if let Some(id) = named {
            match owners.get(&id) {
                Some(owner) if *owner != found.path => {
                    let was = Was::CopyOf(owner.clone());
                    let own = draft.filter(|draft| *draft != id);
                    return Ok((own.map_or_else(|| new_id(self.now), Ok)?, was));
                }
                _ => {}
            }
            owners.insert(id, found.path.clone());
            let was = held
                .filter(|held| *held != id)
                .map_or(Was::Same, Was::Other);
            return Ok((id, was));
        }
        if let Some(id) = held {
            return Ok((id, Was::Same));
        }
        if let Some(id) = mark.and_then(|mark| mark.document) {
            return Ok((new_id(self.now)?, Was::Withdrawn(id)));
        }
        let moved = digest
            .and_then(|digest| vanished.remove(&digest))
            .filter(|id| !owners.contains_key(id));
        if let Some(id) = moved {
            owners.insert(id, found.path.clone());
            return Ok((id, Was::Same));
        }
        Ok((new_id(self.now)?, Was::Same))
    }

    /// Returns what is not there any more by the digest of its file; what occurs twice tells nothing.
    fn vanished_by_digest(&self) -> HashMap<Digest, DocumentId> {
        let mut vanished = HashMap::new();
        if self.extent == Extent::Part {
            return vanished;
        }
        let mut twice = Vec::new();
        for mark in self.known.values() {
            if let Some(id) = self.held(Some(mark))
                && vanished.insert(mark.digest, id).is_some()
            {
                twice.push(mark.digest);
            }
        }
        for digest in twice {
            vanished.remove(&digest);
        }
        vanished
    }
}

/// Returns the id that a file names in its front matter.
fn named_id(found: &Found) -> Option<DocumentId> {
    let head = tree::head(&found.at, HEAD_BYTES.min(found.bytes.max(1)));
    // A character may be cut at the end of the head; the front matter ends before.
    let decoded = tree::decode(&head).ok()?;
    tree::named_id(&decoded.text)
}
