//! One file: read, understood, and turned into what is to be written of it.

use domain::{Document, Fault, front_matter::Parsed};
use store::{Draft, ImportMark, OwnDocument};
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    import::{
        links,
        report::Status,
        survey::{Entry, Survey, Was},
    },
    tree,
};
use node::flows::publish::Submission;

/// Most images that a report names.
const NAMED_IMAGES: usize = 10;

/// What is to be done with a file.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Nothing.
    Told(Told),
    /// It is to be published.
    Publish(Box<Candidate>),
    /// It is to be kept as a draft.
    Keep(Box<Kept>),
}

/// A file of which nothing is written.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) path: String,
    pub(super) status: Status,
    pub(super) id: Option<DocumentId>,
    /// What is held of its document, if it is unchanged.
    pub(super) own: Option<OwnDocument>,
    pub(super) faults: Vec<Fault>,
}

/// A file that can be published.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) submission: Submission,
    /// What is to be said of it all the same.
    pub(super) faults: Vec<Fault>,
    /// What is kept of it if it is refused.
    pub(super) otherwise: Kept,
}

/// A file that is kept as a draft.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) draft: Draft,
    pub(super) digest: Digest,
    pub(super) faults: Vec<Fault>,
}

impl Prepared {
    fn failed(entry: &Entry, fault: Fault) -> Self {
        let path = entry.found.path.clone();
        let faults = vec![fault];
        Self::Told(Told {
            path,
            status: Status::Failed,
            id: None,
            own: None,
            faults,
        })
    }
}

/// Prepares a file. `own` is what is held of its document.
pub(super) fn prepare(
    entry: &Entry,
    own: Option<&OwnDocument>,
    survey: &Survey,
    now: Timestamp,
) -> Prepared {
    let bytes = match tree::read(&entry.found.at) {
        Ok(bytes) => bytes,
        Err(fault) => return Prepared::failed(entry, fault),
    };
    let digest = Digest::of(&bytes);
    let mark = entry.mark.as_ref().filter(|mark| mark.digest == digest);
    if let (Was::Withdrawn(id), Some(_)) = (&entry.was, mark) {
        let text =
            "its document was withdrawn, and the file is as it was; delete it, or correct it";
        let faults = vec![Fault::new("", None, text)];
        let path = entry.found.path.clone();
        let status = Status::Withdrawn;
        return Prepared::Told(Told {
            path,
            status,
            id: Some(*id),
            own: None,
            faults,
        });
    }
    let is_published = own.is_some_and(|own| own.slug.is_some())
        && mark.is_some_and(|mark| mark.document == Some(entry.id) && mark.draft.is_none());
    // Where there is nothing new to link to, the text need not even be looked at.
    if is_published && survey.fresh.is_empty() {
        return unchanged(entry, own);
    }
    let decoded = match tree::decode(&bytes) {
        Ok(decoded) => decoded,
        Err(fault) => return Prepared::failed(entry, fault),
    };
    drop(bytes);
    if is_published && !survey.fresh.is_linked(&decoded.text, &entry.found.path) {
        return unchanged(entry, own);
    }
    let parsed = tree::parse(&decoded.text, &entry.found.path);
    let mut notes: Vec<Fault> = decoded.note.into_iter().collect();
    notes.extend(about_images(&parsed.draft.body_md));
    match judge(entry, &decoded.text, &parsed, &mut notes) {
        Verdict::Fail(fault) => Prepared::failed(entry, fault),
        Verdict::Draft => {
            let kept = kept(entry, survey, decoded.text, parsed, digest, notes, now);
            match mark {
                // The same draft as before is listed again, and not written again.
                Some(mark) if mark.draft == Some(kept.draft.id) => Prepared::Told(Told {
                    path: kept.draft.path,
                    status: Status::Draft,
                    id: Some(kept.draft.id),
                    own: None,
                    faults: kept.faults,
                }),
                _ => Prepared::Keep(Box::new(kept)),
            }
        }
        Verdict::Publish(mut document) => {
            let common = &mut document.common;
            common.body_md = survey.targets.rewrite(&common.body_md, &entry.found.path);
            let import = ImportMark {
                source: survey.source.clone(),
                path: entry.found.path.clone(),
                digest,
            };
            let submission = Submission {
                id: Some(entry.id),
                document: *document,
                import: Some(import),
            };
            let faults = notes.clone();
            let otherwise = kept(entry, survey, decoded.text, parsed, digest, notes, now);
            Prepared::Publish(Box::new(Candidate {
                submission,
                faults,
                otherwise,
            }))
        }
    }
}

fn unchanged(entry: &Entry, own: Option<&OwnDocument>) -> Prepared {
    Prepared::Told(Told {
        path: entry.found.path.clone(),
        status: Status::Unchanged,
        id: Some(entry.id),
        own: own.cloned(),
        faults: Vec::new(),
    })
}

enum Verdict {
    Fail(Fault),
    Draft,
    Publish(Box<Document>),
}

/// Decides what a file is to become; why, goes to `notes`.
fn judge(entry: &Entry, text: &str, parsed: &Parsed, notes: &mut Vec<Fault>) -> Verdict {
    let document = match (&parsed.document, &parsed.draft.page) {
        (Ok(document), _) => Some(document),
        (Err(faults), page) => {
            notes.splice(0..0, faults.iter().cloned());
            page.as_ref()
        }
    };
    match &entry.was {
        Was::Withdrawn(id)
            if document.is_none_or(|document| !document.common.replaces.contains(id)) =>
        {
            let text = format!(
                "its document was withdrawn, for good; to publish a corrected text, add `replaces: [{id}]`"
            );
            return Verdict::Fail(Fault::new("replaces", None, text));
        }
        Was::CopyOf(path) => {
            let text = format!("`id` is that of `{path}`; give this file another, or none");
            notes.insert(0, Fault::new("id", None, text));
            return Verdict::Draft;
        }
        Was::Other(id) => {
            let text = format!(
                "the file was the document `{id}` before, which stays; withdraw that if this one replaces it"
            );
            notes.push(Fault::new("id", None, text));
        }
        Was::Withdrawn(_) | Was::Same => {}
    }
    if text.trim().is_empty() {
        notes.push(Fault::new(
            "body",
            None,
            "the file is empty; write something into it, or delete it",
        ));
        return Verdict::Draft;
    }
    if parsed.held_back {
        let text = "the file says of itself that it is not to be published; take out `draft`, `private`, `unlisted`, `published`, `publish`, `public` or `status`";
        notes.insert(0, Fault::new("", None, text));
        return Verdict::Draft;
    }
    document.map_or(Verdict::Draft, |document| {
        Verdict::Publish(Box::new(document.clone()))
    })
}

fn kept(
    entry: &Entry,
    survey: &Survey,
    text: String,
    parsed: Parsed,
    digest: Digest,
    faults: Vec<Fault>,
    now: Timestamp,
) -> Kept {
    let draft = Draft {
        id: entry.id,
        source: survey.source.clone(),
        path: entry.found.path.clone(),
        kind: parsed.draft.kind.as_str().to_owned(),
        // YAML can write a NUL, which a database need not take.
        title: parsed.draft.title.replace('\0', "\u{fffd}"),
        text,
        faults: String::new(),
        created: now,
        updated: now,
    };
    Kept {
        draft,
        digest,
        faults,
    }
}

/// Images do not come along yet; their descriptions stay in the text.
fn about_images(md: &str) -> Option<Fault> {
    let images = links::own_images(md);
    if images.is_empty() {
        return None;
    }
    let named: Vec<&str> = images
        .iter()
        .take(NAMED_IMAGES)
        .map(String::as_str)
        .collect();
    let more = images.len() - named.len();
    let mut text = format!(
        "images stay behind, and their descriptions are shown instead: {}",
        named.join(", ")
    );
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    Some(Fault::new("body", None, text))
}
