//! Lists of drafts, as pages show them: on a person's own page and in the queue of those that wait.

use domain::Kind;
use node::{Node, urls};
use people::drafts::{self, Listed, Opened, Person};
use store::{DraftState, WrittenDraft};

use crate::{PageError, link::Link, requester::Account, words};

/// Returns who acts in a flow.
#[must_use]
pub fn person_of(account: &Account) -> Person {
    Person {
        id: account.id,
        role: account.role,
    }
}

/// A line of a list of drafts.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// Its title, with a link.
    pub link: Link,
    /// Its kind and when it was last changed.
    pub about: String,
    /// Its state, in words.
    pub state: &'static str,
}

/// Returns the drafts of a person that are not published, for their own page: those that a reviewer has returned, and the
/// others.
///
/// # Errors
/// Of the database.
pub async fn rows(
    node: &Node,
    person: Person,
) -> Result<(Vec<DraftRow>, Vec<DraftRow>), PageError> {
    let listed = drafts::list(node, person).await?;
    let open = listed
        .into_iter()
        .filter(|listed| listed.draft.state != DraftState::Published);
    let (returned, others): (Vec<Listed>, Vec<Listed>) =
        open.partition(|listed| listed.draft.state == DraftState::Returned);
    let rows = |listed: Vec<Listed>| listed.into_iter().map(|one| row(node, one)).collect();
    Ok((rows(returned), rows(others)))
}

/// Says how many drafts wait for a person who reviews; empty for others, and while none waits.
///
/// # Errors
/// Of the database.
pub async fn waiting(node: &Node, person: Person) -> Result<String, PageError> {
    if !person.reviews() {
        return Ok(String::new());
    }
    let count = node.store.count_waiting_drafts().await?;
    Ok(match count {
        0 => String::new(),
        count => words::counted(count, "draft", "drafts"),
    })
}

/// Says how many pages someone asks to withdraw, for a person who decides about it; empty for others, and while there is none.
///
/// # Errors
/// Of the database.
pub async fn asked(node: &Node, person: Person) -> Result<String, PageError> {
    if !person.reviews() {
        return Ok(String::new());
    }
    let count = people::care::requests(node).await?.len();
    Ok(match u64::try_from(count).unwrap_or(u64::MAX) {
        0 => String::new(),
        count => words::counted(
            count,
            "request to withdraw a page",
            "requests to withdraw pages",
        ),
    })
}

/// Returns the line of a draft, which leads to it.
#[must_use]
pub fn row(node: &Node, listed: Listed) -> DraftRow {
    let draft = listed.draft;
    let kind = Kind::parse(&draft.kind);
    DraftRow {
        link: Link::new(title(&listed.title, &kind), urls::draft(draft.id)),
        about: format!(
            "{}, changed {}",
            kind.label(),
            words::ago(node.now(), draft.changed_at)
        ),
        state: state_words(&draft),
    }
}

/// Returns the state of a draft in words.
#[must_use]
pub fn state_words(draft: &WrittenDraft) -> &'static str {
    match draft.state {
        DraftState::Writing => "Draft",
        DraftState::Submitted => "Waiting for review",
        DraftState::Returned if draft.declined => "Declined",
        DraftState::Returned => "Returned",
        DraftState::Published => "Published",
    }
}

/// Returns the title of a draft that is open, as a heading shows it.
///
/// # Errors
/// Of the database.
pub async fn title_of(node: &Node, opened: &Opened) -> Result<String, PageError> {
    let words = drafts::title(node, &opened.content).await?;
    Ok(title(&words, opened.content.kind()))
}

/// Returns the title of a draft as a heading shows it.
#[must_use]
pub fn title(title: &str, kind: &Kind) -> String {
    if title.trim().is_empty() {
        return format!("Untitled {}", kind.label().to_lowercase());
    }
    let shown = drafts::shown_title(title.trim());
    markdown::visible(&shown).into_owned()
}
