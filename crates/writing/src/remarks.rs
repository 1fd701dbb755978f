//! What a page says first about what was saved on the page before it: what may identify a patient, and what cannot be
//! published as it is. So nothing is kept without a word, also where a form leads on to the next section.

use node::{Node, urls};
use pages::PageError;
use people::drafts::{self, Opened};
use serde::Deserialize;
use wire::DocumentId;

use crate::{FaultLink, links};

/// The query of a page that follows a save.
#[derive(Debug, Default, Deserialize)]
pub struct Saved {
    /// The section that was saved, or the file.
    #[serde(default)]
    pub(crate) saved: String,
}

/// What there is to say about what was saved.
#[derive(Debug, Clone)]
pub(crate) struct Remarks {
    /// What people call the section; empty for the file.
    pub(crate) title: &'static str,
    pub(crate) findings: Vec<FaultLink>,
    pub(crate) faults: Vec<FaultLink>,
}

/// Returns what there is to say about a part of a draft that was saved; `None` where there is nothing.
///
/// # Errors
/// Of the check.
pub(crate) async fn remarks(
    node: &Node,
    opened: &Opened,
    section: &str,
) -> Result<Option<Remarks>, PageError> {
    let title = title_of(opened, section);
    let found = match title {
        Some(_) => drafts::remarks(node, opened, section).await?,
        None => return Ok(None),
    };
    let id = opened.draft.id;
    Ok((!found.is_empty()).then(|| Remarks {
        title: title.unwrap_or_default(),
        findings: links(id, &found.findings),
        faults: links(id, &found.faults),
    }))
}

/// Returns what people call a part of a draft, nothing for the file; `None` if there is no such part.
fn title_of(opened: &Opened, section: &str) -> Option<&'static str> {
    if section == drafting::check::FILE {
        return Some("");
    }
    let form = opened.content.form()?;
    form.section(section).map(|section| section.title)
}

/// Returns where a form leads: with the name of what was saved where the next page has something to say about it.
///
/// # Errors
/// Of the database.
pub(crate) async fn next(
    node: &Node,
    person: drafts::Person,
    id: DocumentId,
    section: &str,
    next: String,
) -> Result<String, PageError> {
    // These pages say it themselves.
    let own = [
        urls::draft_section(id, section),
        urls::draft_section(id, crate::draft::SUBMIT),
    ];
    if own.contains(&next) {
        return Ok(next);
    }
    let drafts::Found::Open(opened) = drafts::open(node, person, id).await? else {
        return Ok(next);
    };
    Ok(match remarks(node, &opened, section).await? {
        Some(_) => urls::with_query(&next, &format!("saved={section}")),
        None => next,
    })
}
