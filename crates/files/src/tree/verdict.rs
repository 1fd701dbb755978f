//! Decides what a file becomes by its own words, so that a check says of it what an import does with it.

use domain::{Document, Fault, front_matter::Parsed, is_closed_folder};
use wire::Date;

use super::{MarkdownFile, Surroundings};

/// What a file becomes, unless it is in conflict with other documents.
pub(crate) enum Verdict<'a> {
    /// A document.
    Document(&'a Document),
    /// A draft, for its faults.
    Draft,
    /// A draft, for what this says: its author holds it back, or has not begun it.
    HeldBack(Fault),
}

/// Decides what a file becomes. Its path is that in the folder that is imported.
pub(crate) fn verdict<'a>(
    file: &MarkdownFile,
    surroundings: &Surroundings,
    text: &str,
    parsed: &'a Parsed,
    today: Date,
) -> Verdict<'a> {
    if text.trim().is_empty() {
        let says = "the file is empty; write something into it, or delete it";
        return Verdict::HeldBack(Fault::new("body", None, says));
    }
    if let Some(fault) = parsed.held_on(today) {
        return Verdict::HeldBack(fault.clone());
    }
    let folders = file
        .path
        .rsplit_once('/')
        .map_or("", |(folders, _)| folders);
    if let Some(folder) = folders.split('/').find(|name| is_closed_folder(name)) {
        let says = format!(
            "the file is in the folder `{folder}`; to publish it, move it out of that folder"
        );
        return Verdict::HeldBack(Fault::new("", None, says));
    }
    if let Some(fault) = surroundings.held_back(file, text, today) {
        return Verdict::HeldBack(fault);
    }
    if let Some(fault) = super::lasting_comment(text, &parsed.draft.body_md) {
        return Verdict::HeldBack(fault);
    }
    parsed
        .publishable()
        .map_or(Verdict::Draft, Verdict::Document)
}
