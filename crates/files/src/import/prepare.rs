//! Reads and parses one file, and decides what to write of it: a document, a draft or nothing.

use domain::{Document, Fault, front_matter::Parsed};
use markdown::Reading;
use store::{Draft, ImportMark, Imported, OwnDocument};
use wire::{Digest, Timestamp};

use crate::{
    attached::{self, Attached, ListedPaths},
    import::{
        body::{PublishedText, published_text},
        deciding::{Verdict, decide},
        images,
        prepared::{FileDraft, Prepared, PreparedFile, Published},
        readers::may_also_read,
        survey::{PreviousDocument, Survey, SurveyedFile},
    },
    screening::Screened,
    tree,
};
use node::flows::publish::Submission;
use patient_data::{Acceptance, Cleared};

/// Reads and prepares a file. `own` is the state of its document in the database, if it exists.
pub(crate) fn prepare(
    surveyed: &SurveyedFile,
    own: Option<&OwnDocument>,
    survey: &Survey,
    now: Timestamp,
) -> PreparedFile {
    match tree::read(&surveyed.file.location) {
        Ok(bytes) => prepare_content(surveyed, bytes, own, survey, now),
        Err(fault) => Prepared::failed(surveyed, fault).into(),
    }
}

/// Prepares a file whose content is `bytes`.
pub(crate) fn prepare_content(
    surveyed: &SurveyedFile,
    bytes: Vec<u8>,
    own: Option<&OwnDocument>,
    survey: &Survey,
    now: Timestamp,
) -> PreparedFile {
    // Step 1: a file whose bytes are those of its last import needs no more work, unless it may link to a new file, or lists
    // files that may be new.
    let digest = Digest::for_bytes(&bytes);
    let same_bytes = same_bytes(surveyed, &digest);
    if let (PreviousDocument::Withdrawn(id), Some(_)) = (&surveyed.previous, same_bytes) {
        return Prepared::withdrawn(surveyed, *id).into();
    }
    let is_published = is_published(surveyed, own, same_bytes);
    let lists_files = attached::may_list(&bytes);
    let may_differ = lists_files || !survey.new_targets.is_empty();
    if is_published && (!may_differ || was_changed(own, same_bytes)) {
        return Prepared::unchanged(surveyed, own).into();
    }

    // Step 2: decode the text.
    let (text, warning) = match tree::decode(&bytes) {
        Ok(decoded) => (decoded.text, decoded.warning),
        Err(fault) => return Prepared::failed(surveyed, fault).into(),
    };
    let path = &surveyed.file.path;
    let says_the_same = is_published && !survey.new_targets.is_linked(&text, path);
    if says_the_same && !lists_files {
        return Prepared::unchanged(surveyed, own).into();
    }

    // Step 3: parse it. The same text is written again only for the sake of its attached files.
    let (parsed, read) = survey.parse(surveyed, &digest, &text);
    let attached = parsed.publishable().filter(|_| says_the_same);
    let attached =
        attached.map(|document| attached::take(&mut document.clone(), &surveyed.file.location));
    let then = ParsedFile {
        says_the_same,
        text,
        warning,
        digest,
        parsed,
        read,
    };
    let write = |then| prepare_parsed(surveyed, same_bytes, own, survey, then, now);
    match (says_the_same, own, attached) {
        (true, Some(own), Some(Ok(attached))) => PreparedFile {
            published: Some(Box::new(Published {
                path: path.clone(),
                own: own.clone(),
                attached,
            })),
            write: write(then),
        },
        // What was published is not held back by rules that are newer.
        (true, ..) => Prepared::unchanged(surveyed, own).into(),
        (false, ..) => write(then).into(),
    }
}

/// A file that was parsed.
struct ParsedFile {
    /// Whether it says what is published.
    says_the_same: bool,
    text: String,
    warning: Option<Fault>,
    digest: Digest,
    parsed: Parsed,
    read: Option<Reading>,
}

/// Decides what a file becomes that was parsed.
fn prepare_parsed(
    surveyed: &SurveyedFile,
    same_bytes: Option<&Imported>,
    own: Option<&OwnDocument>,
    survey: &Survey,
    file: ParsedFile,
    now: Timestamp,
) -> Prepared {
    let ParsedFile {
        says_the_same,
        text,
        warning,
        digest,
        parsed,
        read,
    } = file;
    let mut faults: Vec<Fault> = warning.into_iter().collect();
    let listed = parsed.publishable().map(ListedPaths::of_document);
    let listed = listed.unwrap_or_default();
    let from = &surveyed.file.path;
    let is_attached = |url: &str| listed.find(from, url).is_some();
    let images = images::image_warning(&parsed.draft.body_md, read.as_ref(), is_attached);
    faults.extend(images);
    let (verdict, screened) = decide(surveyed, survey, &digest, &text, &parsed, &mut faults);
    // What is published stays so, whatever becomes of its attached files.
    if !says_the_same {
        let readers = verdict
            .readers()
            .or_else(|| survey.still_reading(surveyed.id));
        survey.set_readers(surveyed.id, readers);
    }
    if let (Verdict::Draft, Some(own)) = (&verdict, own.filter(|own| own.slug.is_some())) {
        let says = format!(
            "the published text stays; withdraw it with `wardround withdraw {}`",
            own.id
        );
        faults.push(Fault::new("", None, says));
    }
    let draft = draft_of(surveyed, survey, text, &parsed, now);
    let draft = |faults| FileDraft {
        draft,
        digest,
        faults: screened.hidden_in(faults),
        findings: screened.reported(&survey.beginning.acceptance),
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
                    Prepared::candidate(submission, attached, draft([faults, found].concat()))
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
    listed: &ListedPaths,
    read: Option<Reading>,
) -> PublishedText {
    let common = &document.common;
    let is_open = |id| may_also_read(common.visibility, survey.readers(id));
    published_text(
        &common.body_md,
        read,
        (path, listed),
        &survey.targets,
        is_open,
    )
}

/// Returns what an import would say of the links and images of a file.
pub(crate) fn link_faults(
    path: &str,
    survey: &Survey,
    body_md: &str,
    document: Option<&Document>,
) -> Vec<Fault> {
    let listed = document.map(ListedPaths::of_document).unwrap_or_default();
    let links = document.map(|document| text_of(path, survey, document, &listed, None).faults);
    images::image_warning(body_md, None, |url| listed.find(path, url).is_some())
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
    let listed = ListedPaths::of_document(&document);
    let attached = attached::take(&mut document, &surveyed.file.location)?;
    let text = text_of(&surveyed.file.path, survey, &document, &listed, read);
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
        extract: text.extract,
        import: Some(ImportMark {
            source: survey.beginning.source.clone(),
            path: surveyed.file.path.clone(),
            digest,
        }),
        acceptance: Acceptance::default(),
        cleared: Cleared::default(),
        by: survey.beginning.by.clone(),
    };
    screened.accept(
        &mut submission,
        &survey.beginning.acceptance,
        typed.as_deref(),
    );
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
        source: survey.beginning.source.clone(),
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
