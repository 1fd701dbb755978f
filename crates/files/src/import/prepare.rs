//! Reads and parses one file, and decides what to write of it: a document, a draft or nothing.

use domain::{Document, Fault, front_matter::Parsed, vocabulary::Visibility};
use markdown::Reading;
use store::{Draft, ImportMark, Imported, OwnDocument};
use wire::{Date, Digest, DocumentId, Timestamp};

use crate::{
    import::{
        body::{PublishedText, published_text},
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
}

impl Prepared {
    fn failed(surveyed: &SurveyedFile, fault: Fault) -> Self {
        let path = surveyed.file.path.clone();
        Self::NotWritten(NotWritten::failed(path, vec![fault]))
    }

    fn unchanged(surveyed: &SurveyedFile, own: Option<&OwnDocument>) -> Self {
        Self::NotWritten(NotWritten {
            path: surveyed.file.path.clone(),
            status: Status::Unchanged,
            id: Some(surveyed.id),
            own: own.cloned(),
            faults: Vec::new(),
            findings: Vec::new(),
        })
    }

    fn candidate(submission: Submission, fallback: FileDraft) -> Self {
        Self::Publish(Box::new(Candidate {
            submission,
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
    // Step 1: a file whose bytes are those of its last import needs no more work, unless it may link to a new file.
    let digest = Digest::for_bytes(&bytes);
    let same_bytes = same_bytes(surveyed, &digest);
    if let (PreviousDocument::Withdrawn(id), Some(_)) = (&surveyed.previous, same_bytes) {
        return Prepared::withdrawn(surveyed, *id);
    }
    let is_published = is_published(surveyed, own, same_bytes);
    if is_published && (survey.new_targets.is_empty() || was_changed(own, same_bytes)) {
        return Prepared::unchanged(surveyed, own);
    }

    // Step 2: decode the text.
    let decoded = match tree::decode(&bytes) {
        Ok(decoded) => decoded,
        Err(fault) => return Prepared::failed(surveyed, fault),
    };
    let path = &surveyed.file.path;
    if is_published && !survey.new_targets.is_linked(&decoded.text, path) {
        return Prepared::unchanged(surveyed, own);
    }

    // Step 3: parse it, and decide.
    let (parsed, read) = tree::parse_and_read(&decoded.text, path);
    let mut faults: Vec<Fault> = decoded.warning.into_iter().collect();
    faults.extend(images::image_warning(&parsed.draft.body_md, read.as_ref()));
    let (verdict, screened) = decide(surveyed, survey, &decoded.text, &parsed, &mut faults);
    survey.set_readers(surveyed.id, verdict.readers());
    let draft = draft_of(surveyed, survey, decoded.text, &parsed, now);
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
        Verdict::Publish(_) => {
            // The verdict is of this document.
            let Some(document) = parsed.into_publishable() else {
                return Prepared::Draft(Box::new(draft(faults)));
            };
            let (submission, found) =
                submission(surveyed, survey, document, read, digest, &screened);
            faults.extend(found);
            Prepared::candidate(submission, draft(faults))
        }
    }
}

/// Returns what the last import made of a file, if the file has the same bytes still.
fn same_bytes<'a>(surveyed: &'a SurveyedFile, digest: &Digest) -> Option<&'a Imported> {
    let last = surveyed.last_import.as_ref();
    last.filter(|import| import.digest == *digest)
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

/// Makes the submission of a file with the text that is published. Returns which links lead nowhere as well.
fn submission(
    surveyed: &SurveyedFile,
    survey: &Survey,
    mut document: Document,
    read: Option<Reading>,
    digest: Digest,
    screened: &Screened,
) -> (Submission, Vec<Fault>) {
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
    (submission, text.faults)
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

pub(super) enum Verdict {
    Fail(Fault),
    Draft,
    /// What [`Parsed::publishable`] returns is published, for these readers.
    Publish(Visibility),
}

impl Verdict {
    /// Returns who may read the document; `None` if there is none.
    pub(super) fn readers(&self) -> Option<Visibility> {
        match self {
            Self::Publish(readers) => Some(*readers),
            Self::Draft | Self::Fail(_) => None,
        }
    }
}

/// Decides what a file becomes, by what it says and by what of it looks like patient data, and adds the reasons to `faults`.
pub(super) fn decide(
    surveyed: &SurveyedFile,
    survey: &Survey,
    text: &str,
    parsed: &Parsed,
    faults: &mut Vec<Fault>,
) -> (Verdict, Screened) {
    let verdict = judge(surveyed, text, parsed, survey.begun.date(), faults);
    let screened = Screened::new(&surveyed.file.path, text, parsed);
    let refused = screened.faults(&survey.acceptance);
    if refused.is_empty() || matches!(verdict, Verdict::Fail(_)) {
        return (verdict, screened);
    }
    faults.splice(0..0, refused);
    (Verdict::Draft, screened)
}

/// Decides what a file becomes by what it says, and adds the reasons to `faults`.
fn judge(
    surveyed: &SurveyedFile,
    text: &str,
    parsed: &Parsed,
    today: Date,
    faults: &mut Vec<Fault>,
) -> Verdict {
    if let Err(found) = &parsed.document {
        faults.splice(0..0, found.iter().cloned());
    }
    let document = parsed.publishable();

    // First, conflicts with other documents.
    match &surveyed.previous {
        PreviousDocument::Withdrawn(id)
            if document.is_none_or(|document| !document.common.replaces.contains(id)) =>
        {
            let text = format!(
                "its document was withdrawn permanently; to publish a corrected text, add `replaces: [{id}]`"
            );
            return Verdict::Fail(Fault::new("replaces", None, text));
        }
        PreviousDocument::CopyOf(path) => {
            let text =
                format!("`id` is that of `{path}`; give this file another id, or remove the line");
            faults.insert(0, Fault::new("id", None, text));
            return Verdict::Draft;
        }
        PreviousDocument::Renamed(id) => {
            let text = format!(
                "the file was the document `{id}` before, which stays published; withdraw that document if this one replaces it"
            );
            faults.push(Fault::new("id", None, text));
        }
        PreviousDocument::Withdrawn(_) | PreviousDocument::Same => {}
    }

    // Then, what the file says itself.
    match tree::verdict(&surveyed.file.path, text, parsed, today) {
        tree::Verdict::Document(document) => Verdict::Publish(document.common.visibility),
        tree::Verdict::Draft => Verdict::Draft,
        tree::Verdict::HeldBack(fault) => {
            faults.insert(0, fault);
            Verdict::Draft
        }
    }
}
