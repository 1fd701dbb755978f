//! The versions of a document and its dates, in words.
//!
//! This site lists the versions of its own documents; for a copy it links to the site that has them.

use domain::attributes::Common;
use node::{flows::reading::Shown, urls};
use people::review;
use store::{Revision, WrittenDraft};
use wire::{Date, DocumentId, Timestamp};

use crate::{link::LinkedSentence, words};

/// One revision of the document.
pub(crate) struct Version {
    pub(crate) words: String,
    /// What is special about it; empty for most.
    pub(crate) note: &'static str,
    /// Whether a second person reviewed it; empty for one that an operator published.
    pub(crate) review: &'static str,
    /// Where it is compared with the one before; nothing for the first one.
    pub(crate) compare: Option<String>,
}

/// Returns the revisions in words, newest first, as they are given.
pub(crate) fn history(
    id: DocumentId,
    revisions: &[Revision],
    drafts: &[WrittenDraft],
) -> Vec<Version> {
    let last = revisions.len().saturating_sub(1);
    revisions
        .iter()
        .enumerate()
        .map(|(place, revision)| Version {
            words: format!(
                "Version {} · {}",
                revision.rev,
                words::date(revision.at.date())
            ),
            note: match place {
                _ if place == last => "First published",
                0 => "This version",
                _ => "",
            },
            review: review_of(revision, drafts),
            compare: revisions
                .get(place + 1)
                .map(|before| comparison(id, before, revision)),
        })
        .collect()
}

/// Returns where two versions are compared.
fn comparison(id: DocumentId, before: &Revision, after: &Revision) -> String {
    let key = |revision: &Revision| urls::version_key(revision.epoch, revision.rev);
    let query = format!("from={}&to={}", key(before), key(after));
    urls::with_query(&urls::versions(id), &query)
}

/// Says whether someone who had not written a revision approved it.
fn review_of(revision: &Revision, drafts: &[WrittenDraft]) -> &'static str {
    let mut drafts = drafts.iter();
    match drafts.find(|draft| draft.published_rev == Some(revision.rev)) {
        Some(draft) if review::was_reviewed(draft) => "Reviewed by a second person",
        Some(_) => "Not reviewed by a second person",
        None => "",
    }
}

/// Returns where the earlier versions of a copy are; `None` for this site's own documents, which list them.
pub(crate) fn history_elsewhere(shown: &Shown) -> Option<LinkedSentence> {
    let document = &shown.document;
    if document.owner.own {
        return None;
    }
    if document.rev <= 1 {
        return Some(LinkedSentence {
            before: "This is version 1, the only one.".to_owned(),
            link: String::new(),
            href: None,
            after: String::new(),
        });
    }
    Some(LinkedSentence {
        before: format!("This is version {}. Earlier versions are on ", document.rev),
        link: format!("the site of {}", document.owner.organisation),
        href: Some(shown.origin_url.clone()),
        after: ".".to_owned(),
    })
}

/// Returns the known dates of a document, each as a sentence.
pub(crate) fn dates(shown: &Shown, now: Timestamp) -> Vec<String> {
    with_first(dates_of(shown.body.common(), now.date()), shown)
}

/// Adds the day on which a document was first published to its other dates.
pub(crate) fn with_first(mut dates: Vec<String>, shown: &Shown) -> Vec<String> {
    let first = shown.document.published;
    dates.extend(first.map(|at| format!("First published on {}", words::date(at.date()))));
    dates
}

/// Returns the dates that the author of a text gave, each as a sentence.
pub(crate) fn dates_of(common: &Common, today: Date) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(at) = common.created {
        out.push(format!("Written {}", words::date(at.date())));
    }
    if let Some(at) = common.updated {
        out.push(format!("Last updated {}", words::date(at.date())));
    }
    if let Some(date) = common.reviewed {
        out.push(format!("Last reviewed as a whole {}", words::date(date)));
    }
    if let Some(date) = common.review_by {
        let overdue = if date < today { " (overdue)" } else { "" };
        out.push(format!("Next review by {}{overdue}", words::date(date)));
    }
    out
}
