//! What a survey finds of each file.

use store::Imported;
use wire::DocumentId;

use crate::tree::MarkdownFile;

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
