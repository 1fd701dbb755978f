//! The result of a survey: what it found of all files, and of each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use domain::vocabulary::Visibility;
use node::{Node, audit::By};
use patient_data::Acceptance;
use store::Imported;
use wire::{DocumentId, Timestamp};

use crate::{
    import::{ImportError, ahead::ReadAhead, links::Targets},
    tree::{MarkdownFile, Surroundings, Tree},
};

/// An import before its files are read.
#[derive(Debug, Clone)]
pub(super) struct Beginning {
    /// What the files are from.
    pub(super) source: String,
    /// When the import began: a file can be held back until a day.
    pub(super) begun: Timestamp,
    /// The reasons for which warnings about patient data are accepted.
    pub(super) acceptance: Acceptance,
    pub(super) by: By,
    /// What is said of the files elsewhere.
    pub(super) surroundings: Arc<Surroundings>,
}

/// The result of a survey.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(super) beginning: Beginning,
    pub(crate) files: Vec<SurveyedFile>,
    /// The document of each file.
    pub(super) targets: Targets,
    /// The targets that earlier imports did not have, so could not link to.
    pub(super) new_targets: Targets,
    pub(crate) missing: Vec<MissingFile>,
    /// Old paths of files that have another path now.
    pub(crate) old_paths: Vec<String>,
    /// Old sources and paths of files that were in other folders.
    moved_from: Vec<(String, String)>,
    /// Who may read what earlier imports published.
    pub(super) published: HashMap<DocumentId, Visibility>,
    /// The positions of documents in `files`.
    pub(super) positions: HashMap<DocumentId, usize>,
    /// Who may read each document, as far as that is known already; `None` for one that is not published.
    pub(super) readers: Mutex<HashMap<DocumentId, Option<Visibility>>>,
    /// What is known of files that were read before their turn.
    pub(super) ahead: Mutex<ReadAhead>,
}

impl Survey {
    pub(super) fn new(beginning: Beginning, moved_from: Vec<(String, String)>) -> Self {
        Self {
            beginning,
            moved_from,
            files: Vec::new(),
            targets: Targets::default(),
            new_targets: Targets::default(),
            missing: Vec::new(),
            old_paths: Vec::new(),
            published: HashMap::new(),
            positions: HashMap::new(),
            readers: Mutex::default(),
            ahead: Mutex::default(),
        }
    }

    /// Returns what is said of the files elsewhere.
    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.beginning.surroundings
    }

    /// Makes a link to an alias lead to the document of its file.
    pub(super) fn add_aliases(&mut self, tree: &Tree) {
        for (alias, path) in &tree.aliases {
            for targets in [&mut self.targets, &mut self.new_targets] {
                if let Some(id) = targets.document(path) {
                    targets.insert(alias.clone(), id);
                }
            }
        }
    }

    /// Forgets where files were before that are recorded here by now: what is at those places later is something else.
    pub(crate) async fn forget_old_places(&self, node: &Node) -> Result<(), ImportError> {
        for (source, path) in &self.moved_from {
            node.store.forget_import(source, path).await?;
        }
        Ok(())
    }
}

/// A file of a tree, with its document and what earlier imports recorded of it.
#[derive(Debug, Clone)]
pub(crate) struct SurveyedFile {
    pub(crate) file: MarkdownFile,
    /// Its document: one that exists, or a new id.
    pub(crate) id: DocumentId,
    /// The record of its last import.
    pub(crate) last_import: Option<Imported>,
    /// The document that it was before, if that is another one.
    pub(crate) previous: PreviousDocument,
}

/// The document that a file was before, where it is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PreviousDocument {
    /// The file is new, or still the same document.
    Same,
    /// It was this document, which is withdrawn.
    Withdrawn(DocumentId),
    /// It was this document, and now names the id of another one.
    Renamed(DocumentId),
    /// It names the id of the document of this other file.
    CopyOf(String),
    /// It names the id of the document with this title, and has neither that title nor its words.
    Stranger(String),
}

/// A file that an earlier import recorded and that no longer exists.
#[derive(Debug, Clone)]
pub(crate) struct MissingFile {
    pub(crate) path: String,
    pub(crate) document: Option<DocumentId>,
    pub(crate) draft: Option<DocumentId>,
}

/// How much of a source a tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it: a recorded file that is not in the tree is missing.
    Whole,
    /// One file of it.
    OneFile,
}
