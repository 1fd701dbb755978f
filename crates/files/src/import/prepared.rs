//! What a file becomes once it is read and parsed: a document, a draft or nothing.

use domain::Fault;
use node::flows::publish::Submission;
use store::{Draft, OwnDocument};
use wire::{Digest, DocumentId};

use crate::{
    attached::Attached,
    import::{report::Status, survey::SurveyedFile},
    screening::PatientDataFinding,
};

/// What to write of a file.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// Nothing: it is unchanged, or cannot be imported.
    NotWritten(NotWritten),
    /// A document.
    Publish(Box<Candidate>),
    /// A draft.
    Draft(Box<FileDraft>),
}

/// A file that was prepared.
#[derive(Debug)]
pub(crate) struct PreparedFile {
    /// What is published of it, if it says nothing else and lists files: it is written only if one of these is new.
    pub(crate) published: Option<Box<Published>>,
    /// What to write.
    pub(crate) write: Prepared,
}

/// What is published of a file, and the files that it lists.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) path: String,
    pub(crate) own: OwnDocument,
    /// They are still to be read.
    pub(crate) attached: Attached,
}

impl From<Prepared> for PreparedFile {
    fn from(write: Prepared) -> Self {
        Self {
            published: None,
            write,
        }
    }
}

/// The report of a file of which nothing is written.
#[derive(Debug)]
pub(crate) struct NotWritten {
    pub(crate) path: String,
    pub(crate) status: Status,
    pub(crate) id: Option<DocumentId>,
    /// Its document, if that is unchanged.
    pub(crate) own: Option<OwnDocument>,
    pub(crate) faults: Vec<Fault>,
    /// What of it looks like patient data.
    pub(crate) findings: Vec<PatientDataFinding>,
}

/// A file that can be published.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) submission: Submission,
    /// The files that it has attached, which are still to be read.
    pub(crate) attached: Attached,
    /// Warnings that do not prevent publication.
    pub(crate) faults: Vec<Fault>,
    /// The draft to save if publication is refused.
    pub(crate) fallback: FileDraft,
}

/// A file to save as a draft.
#[derive(Debug)]
pub(crate) struct FileDraft {
    pub(crate) draft: Draft,
    pub(crate) digest: Digest,
    pub(crate) faults: Vec<Fault>,
    /// What of it looks like patient data.
    pub(crate) findings: Vec<PatientDataFinding>,
}

impl NotWritten {
    /// Reports a file that cannot be imported.
    pub(crate) fn failed(path: String, faults: Vec<Fault>) -> Self {
        Self {
            path,
            status: Status::Failed,
            id: None,
            own: None,
            faults,
            findings: Vec::new(),
        }
    }

    /// Reports a file of which nothing is new.
    pub(crate) fn unchanged(path: String, id: DocumentId, own: Option<OwnDocument>) -> Self {
        Self {
            path,
            status: Status::Unchanged,
            id: Some(id),
            own,
            faults: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl Prepared {
    pub(super) fn failed(surveyed: &SurveyedFile, fault: Fault) -> Self {
        Self::NotWritten(NotWritten::failed(surveyed.file.path.clone(), vec![fault]))
    }

    pub(super) fn unchanged(surveyed: &SurveyedFile, own: Option<&OwnDocument>) -> Self {
        let path = surveyed.file.path.clone();
        Self::NotWritten(NotWritten::unchanged(path, surveyed.id, own.cloned()))
    }

    pub(super) fn candidate(
        submission: Submission,
        attached: Attached,
        fallback: FileDraft,
    ) -> Self {
        Self::Publish(Box::new(Candidate {
            submission,
            attached,
            faults: fallback.faults.clone(),
            fallback,
        }))
    }

    pub(super) fn saved_draft(surveyed: &SurveyedFile, draft: FileDraft) -> Self {
        Self::NotWritten(NotWritten {
            path: surveyed.file.path.clone(),
            status: Status::Draft,
            id: Some(surveyed.id),
            own: None,
            faults: draft.faults,
            findings: draft.findings,
        })
    }

    pub(super) fn withdrawn(surveyed: &SurveyedFile, id: DocumentId) -> Self {
        let text = "its document was withdrawn, and the file has not changed since; delete the file, or correct it";
        Self::NotWritten(NotWritten {
            path: surveyed.file.path.clone(),
            status: Status::Withdrawn,
            id: Some(id),
            own: None,
            faults: vec![Fault::new("", None, text)],
            findings: Vec::new(),
        })
    }
}
