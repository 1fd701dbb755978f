//! Reads and parses one file, and decides what to write of it: a document, a draft or nothing.

use domain::{Document, Fault, front_matter::Parsed};
use markdown::Reading;
use store::{Draft, ImportMark, Imported, OwnDocument};
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    attached::{self, Attached},
    import::{
        body::{PublishedText, published_text},
        deciding::{Verdict, decide},
        images,
        readers::may_also_read,
        report::Status,
        survey::{PreviousDocument, Survey, SurveyedFile},
    },
    screening::{PatientDataFinding, Screened},
    tree,
};
use node::flows::publish::Submission;
use patient_data::{Acceptance, Cleared};

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
    /// Its document, where the file says what is published already: then only its attached files can be new.
    pub(crate) published: Option<OwnDocument>,
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
    fn failed(surveyed: &SurveyedFile, fault: Fault) -> Self {
        Self::NotWritten(NotWritten::failed(surveyed.file.path.clone(), vec![fault]))
    }

    fn unchanged(surveyed: &SurveyedFile, own: Option<&OwnDocument>) -> Self {
        let path = surveyed.file.path.clone();
        Self::NotWritten(NotWritten::unchanged(path, surveyed.id, own.cloned()))
    }

    fn candidate(
        submission: Submission,
        attached: Attached,
        published: Option<OwnDocument>,
        fallback: FileDraft,
    ) -> Self {
        Self::Publish(Box::new(Candidate {
            submission,
            attached,
            published,
            faults: fallback.faults.clone(),
            fallback,
        }))
    }

    fn saved_draft(surveyed: &SurveyedFile, draft: FileDraft) -> Self {
        Self::NotWritten(NotWritten {
            path: surveyed.file.path.clone(),
            status: Status::Draft,
            id: Some(surveyed.id),
            own: None,
            faults: draft.faults,
            findings: draft.findings,
        })
    }

    fn withdrawn(surveyed: &SurveyedFile, id: DocumentId) -> Self {
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

/// Reads and prepares a file. `own` is the state of its document in the database, if it exists.
pub(crate) fn prepare(
    surveyed: &SurveyedFile,
    own: Option<&OwnDocument>,
    survey: &Survey,
    now: Timestamp,
) -> Prepared {
    match tree::read(&surveyed.file.location) {
        Ok(bytes) => prepare_content(surveyed, bytes, own, survey, now),
        Err(fault) => Prepared::failed(surveyed, fault),
    }
}

/// Prepares a file whose content is `bytes`.
pub(crate) fn prepare_content(
    surveyed: &SurveyedFile,
    bytes: Vec<u8>,
    own: Option<&OwnDocument>,
    survey: &Survey,
    now: Timestamp,
) -> Prepared {
    // Step 1: a file whose bytes are those of its last import needs no more work, unless it may link to a new file, or lists
    // files that may be new.
    let digest = Digest::for_bytes(&bytes);
    let same_bytes = same_bytes(surveyed, &digest);
    if let (PreviousDocument::Withdrawn(id), Some(_)) = (&surveyed.previous, same_bytes) {
        return Prepared::withdrawn(surveyed, *id);
    }
    let is_published = is_published(surveyed, own, same_bytes);
    let lists_files = attached::may_list(&bytes);
    let may_differ = lists_files || !survey.new_targets.is_empty();
    if is_published && (!may_differ || was_changed(own, same_bytes)) {
        return Prepared::unchanged(surveyed, own);
    }

    // Step 2: decode the text.
    let (text, warning) = match tree::decode(&bytes) {
        Ok(decoded) => (decoded.text, decoded.warning),
        Err(fault) => return Prepared::failed(surveyed, fault),
    };
    let path = &surveyed.file.path;
    let says_the_same = is_published && !survey.new_targets.is_linked(&text, path);
    if says_the_same && !lists_files {
        return Prepared::unchanged(surveyed, own);
    }

    // Step 3: parse it, and decide.
    let (parsed, read) = tree::parse_and_read(&text, path);
    let mut faults: Vec<Fault> = warning.into_iter().collect();
    faults.extend(images::image_warning(&parsed.draft.body_md, read.as_ref()));
    let (verdict, screened) = decide(surveyed, survey, &digest, &text, &parsed, &mut faults);
    survey.set_readers(surveyed.id, verdict.readers());
    let draft = draft_of(surveyed, survey, text, &parsed, now);
    let draft = |faults| FileDraft {
        draft,
        digest,
        faults: screened.hidden_in(faults),
        findings: screened.reported(&survey.acceptance),
    };
    match verdict {
        Verdict::Fail(fault) => Prepared::failed(surveyed, fault),
        // A draft that is saved already is reported again, and not saved again.
        Verdict::Draft if same_bytes.is_some_and(|import| import.draft == Some(surveyed.id)) => {
            Prepared::saved_draft(surveyed, draft(faults))
        }
        Verdict::Draft => Prepared::Draft(Box::new(draft(faults))),
        // The verdict is of this document.
        Verdict::Publish(_) => match parsed.into_publishable() {
            None => Prepared::Draft(Box::new(draft(faults))),
            Some(kept) => match submission(surveyed, survey, kept, read, digest, &screened) {
                Ok((submission, attached, found)) => {
                    let published = own.filter(|_| says_the_same).cloned();
                    let draft = draft([faults, found].concat());
                    Prepared::candidate(submission, attached, published, draft)
                }
                Err(found) => Prepared::Draft(Box::new(draft([found, faults].concat()))),
            },
        },
    }
}

/// Returns what the last import made of a file, if the file has the same bytes still.
fn same_bytes<'a>(surveyed: &'a SurveyedFile, digest: &Digest) -> Option<&'a Imported> {
    surveyed
        .last_import
        .as_ref()
        .filter(|import| import.digest == *digest)
}

/// Returns whether the last import published a file with these bytes, and its document is live still.
fn is_published(
    surveyed: &SurveyedFile,
    own: Option<&OwnDocument>,
    same_bytes: Option<&Imported>,
) -> bool {
    let is_of_file =
        |import: &Imported| import.document == Some(surveyed.id) && import.draft.is_none();
    own.is_some_and(|own| own.slug.is_some()) && same_bytes.is_some_and(is_of_file)
}

/// Returns whether a document was changed elsewhere since the import of its file, which says nothing new then, even if
/// its links could lead to new files.
fn was_changed(own: Option<&OwnDocument>, import: Option<&Imported>) -> bool {
    let recorded = import.and_then(|import| import.rev);
    recorded.is_some_and(|rev| own.is_some_and(|own| own.rev != rev))
}

/// Returns the text of a document as it is published. `read` is a reading of it, if it was parsed already.
fn text_of(
    path: &str,
    survey: &Survey,
    document: &Document,
    read: Option<Reading>,
) -> PublishedText {
    let common = &document.common;
    let is_open = |id| may_also_read(common.visibility, survey.readers(id));
    published_text(&common.body_md, read, path, &survey.targets, is_open)
}

/// Returns what an import would say of the links and images of a file.
pub(crate) fn link_faults(
    path: &str,
    survey: &Survey,
    body_md: &str,
    document: Option<&Document>,
) -> Vec<Fault> {
    let links = document.map(|document| text_of(path, survey, document, None).faults);
    images::image_warning(body_md, None)
        .into_iter()
        .chain(links.into_iter().flatten())
        .collect()
}

/// Makes the submission of a file with the text that is published. Returns the files that it attaches, and which links
/// lead nowhere, as well.
///
/// # Errors
/// What is wrong with the list of files that it attaches.
fn submission(
    surveyed: &SurveyedFile,
    survey: &Survey,
    mut document: Document,
    read: Option<Reading>,
    digest: Digest,
    screened: &Screened,
) -> Result<(Submission, Attached, Vec<Fault>), Vec<Fault>> {
    let attached = attached::take(&mut document, &surveyed.file.location)?;
    let text = text_of(&surveyed.file.path, survey, &document, read);
    let typed = std::mem::replace(&mut document.common.body_md, text.md);
    let typed = text.only_relinked.then_some(typed);
    let last_import = surveyed.last_import.as_ref();
    let mut submission = Submission {
        id: Some(surveyed.id),
        // A text that was changed elsewhere since the last import is not replaced.
        base: last_import
            .filter(|import| import.document == Some(surveyed.id))
            .and_then(|import| import.rev),
        document,
        plain_text: text.plain_text,
        import: Some(ImportMark {
            source: survey.source.clone(),
            path: surveyed.file.path.clone(),
            digest,
        }),
        acceptance: Acceptance::default(),
        cleared: Cleared::default(),
        by: survey.by.clone(),
    };
    screened.accept(&mut submission, &survey.acceptance, typed.as_deref());
    Ok((submission, attached, text.faults))
}

fn draft_of(
    surveyed: &SurveyedFile,
    survey: &Survey,
    text: String,
    parsed: &Parsed,
    now: Timestamp,
) -> Draft {
    Draft {
        id: surveyed.id,
        source: survey.source.clone(),
        path: surveyed.file.path.clone(),
        kind: parsed.draft.kind.as_str().to_owned(),
        // YAML can hold a NUL, which PostgreSQL refuses.
        title: parsed.draft.title.replace('\0', "\u{fffd}"),
        text,
        faults: String::new(),
        created: now,
        updated: now,
    }
}
