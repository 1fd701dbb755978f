//! What a page for signed-in staff only says and offers: no evidence and no form that others could fetch.

use domain::vocabulary::Visibility;
use node::{flows::reading::Shown, urls};
use wire::Timestamp;

use crate::{link::Link, proof::Proof};

/// Returns whether only staff of this site who have signed in may read the document.
pub(crate) fn is_for_staff(shown: &Shown) -> bool {
    shown.body.common().visibility == Visibility::Organisation
}

/// Names the organisation whose staff may read the document, if not everyone may.
pub(crate) fn staff_of(shown: &Shown) -> Option<String> {
    is_for_staff(shown).then(|| shown.document.owner.organisation.clone())
}

/// Returns under which licence others may use the document; what is for staff only has none for them.
pub(crate) fn licence(shown: &Shown) -> String {
    match staff_of(shown) {
        Some(staff) => format!("For staff of {staff} only, and not for use elsewhere"),
        None => domain::Term::label(shown.body.common().licence).to_owned(),
    }
}

/// Returns the evidence of who published the document; what is for staff only has none that others could check.
pub(crate) fn proof(shown: &Shown, path: &str, now: Timestamp) -> Option<Proof> {
    Proof::for_document(shown, path, now).filter(|_| !is_for_staff(shown))
}

/// Returns the other forms of the document. Those for programs and for proof are of pages that everyone may read.
pub(crate) fn downloads(shown: &Shown, path: &str) -> Vec<Link> {
    let link = |words: &str, form: urls::Form| Link::new(words, form.address(path));
    let (markdown, brief) = (urls::Form::Markdown, urls::Form::Brief);
    let mut links = vec![link("Markdown", markdown)];
    if !is_for_staff(shown) {
        links.push(link("JSON", urls::Form::Json));
        links.push(link("Signed proof", urls::Form::Proof));
        links.push(link("DataCite", urls::Form::DataCite));
    }
    links.push(link("a brief for Word", brief));
    links
}
