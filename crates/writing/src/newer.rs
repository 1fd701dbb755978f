//! A draft whose document was changed since it was begun: the difference, and going on from what is published now.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, drafts::title_of, errors, frame::Frame, link::Link};
use people::drafts::{self, Found, Opened, Person};
use store::WrittenDraft;
use wire::DocumentId;

use crate::{
    Visit,
    compare::{self, FieldDifference},
    framed, go_to, page,
    sent::Sent,
    shown,
};

/// Returns whether the document was changed since the draft was begun.
pub(crate) async fn is_outdated(node: &Node, draft: &WrittenDraft) -> Result<bool, PageError> {
    let Some(base) = draft.base else {
        return Ok(false);
    };
    let held = node.store.held(&[draft.document]).await?;
    Ok(held
        .get(&draft.document)
        .is_some_and(|held| held.rev != base))
}

#[derive(Template)]
#[template(path = "newer.html")]
struct NewerPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    version: u64,
    edit: Link,
    differences: Vec<FieldDifference>,
}

/// Shows the difference between what is published now and a draft that was begun earlier.
pub(crate) async fn show(node: &Visit<'_>, opened: &Opened) -> Result<Response, PageError> {
    let published = drafts::published(node, opened).await?;
    let Some(published) = published else {
        return Ok(errors::missing(node));
    };
    let title = title_of(node, opened).await?;
    let newer = NewerPage {
        frame: framed(node, &format!("A newer version is published: {title}")),
        id: opened.draft.id,
        version: opened.draft.version,
        edit: Link::new("Change your draft first", urls::draft(opened.draft.id)),
        differences: compare::of_contents(published, opened.content.clone()).await?,
        title,
    };
    page(StatusCode::OK, &newer)
}

/// Takes what is published now as the version that a draft was made from.
pub(crate) async fn rebase(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    sent: &Sent,
) -> Result<Response, PageError> {
    if drafts::rebase(node, person, id, sent.version()).await? {
        return Ok(go_to(&urls::draft(id)));
    }
    match drafts::open(node, person, id).await? {
        Found::Open(opened) => show(node, &opened).await,
        Found::Published(draft) => shown::published(node, &draft).await,
        Found::Missing => Ok(errors::missing(node)),
    }
}
