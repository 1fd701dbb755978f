//! Decides what a file becomes: a document, a draft or nothing.

use domain::{Fault, front_matter::Parsed, vocabulary::Visibility};
use wire::Digest;

use crate::{
    import::survey::{PreviousDocument, Survey, SurveyedFile},
    screening::Screened,
    tree,
};

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
/// `digest` is that of the file's bytes.
pub(super) fn decide(
    surveyed: &SurveyedFile,
    survey: &Survey,
    digest: &Digest,
    text: &str,
    parsed: &Parsed,
    faults: &mut Vec<Fault>,
) -> (Verdict, Screened) {
    let verdict = judge(surveyed, survey, text, parsed, faults);
    let found = survey.ahead().take_findings(surveyed.id, digest);
    let screened = Screened::new(&surveyed.file.path, text, parsed, found);
    let refused = screened.faults(&survey.beginning.acceptance);
    if refused.is_empty() || matches!(verdict, Verdict::Fail(_)) {
        return (verdict, screened);
    }
    faults.splice(0..0, refused);
    (Verdict::Draft, screened)
}

/// Decides what a file becomes by what it says, and adds the reasons to `faults`.
fn judge(
    surveyed: &SurveyedFile,
    survey: &Survey,
    text: &str,
    parsed: &Parsed,
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
        PreviousDocument::Stranger(title) => {
            let text = format!(
                "`id` is that of the document `{title}`, and this file has neither that title nor those words; remove the line to publish it as a new document, or keep the title to publish it as the next version of that one"
            );
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
    let today = survey.beginning.begun.date();
    let surroundings = survey.surroundings();
    match tree::verdict(&surveyed.file, surroundings, text, parsed, today) {
        tree::Verdict::Document(document) => Verdict::Publish(document.common.visibility),
        tree::Verdict::Draft => Verdict::Draft,
        tree::Verdict::HeldBack(fault) => {
            faults.insert(0, fault);
            Verdict::Draft
        }
    }
}
