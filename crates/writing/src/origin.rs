//! The document that a draft is adapted from, and how the two differ.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, drafts::title_of, errors, frame::Frame, link::Link};
use people::{
    about,
    drafts::{self, Opened},
};
use wire::DocumentId;

use crate::{
    Visit,
    compare::{self, FieldDifference},
    framed, page,
};

/// The document that a draft is adapted from.
#[derive(Debug, Clone)]
pub(crate) struct OriginLink {
    pub(crate) link: Link,
    pub(crate) organisation: String,
}

/// Returns the document that a draft is adapted from, as far as it is held here.
pub(crate) async fn origin_link(
    node: &Node,
    opened: &Opened,
) -> Result<Option<OriginLink>, PageError> {
    let origin = drafts::origin(node, &opened.content).await?;
    Ok(origin.map(|origin| OriginLink {
        link: Link::new(
            markdown::visible(&origin.shown.body.common().title),
            origin.shown.path(),
        ),
        organisation: origin.shown.document.owner.organisation.clone(),
    }))
}

/// Returns what a draft of an adoption is about, as far as it is held here.
pub(crate) async fn subject_link(
    node: &Node,
    opened: &Opened,
) -> Result<Option<OriginLink>, PageError> {
    let subject = about::subject(node, &opened.content).await?;
    Ok(subject.map(|card| OriginLink {
        link: Link::new(markdown::visible(&card.title), urls::card(&card)),
        organisation: card.owner.organisation.clone(),
    }))
}

#[derive(Template)]
#[template(path = "adapted.html")]
struct AdaptedPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    origin: OriginLink,
    differences: Vec<FieldDifference>,
}

/// Shows the difference between a draft and what the document that it is adapted from says now.
pub(crate) async fn show(node: &Visit<'_>, opened: &Opened) -> Result<Response, PageError> {
    let found = drafts::origin(node, &opened.content).await?;
    let link = origin_link(node, opened).await?;
    let (Some(found), Some(origin)) = (found, link) else {
        return Ok(errors::missing(node));
    };
    let title = title_of(node, opened).await?;
    let (viewer, draft) = (node.requester.viewer, opened.content.clone());
    let adapted = AdaptedPage {
        frame: framed(node, &format!("Compared with the original: {title}")),
        id: opened.draft.id,
        origin,
        differences: compare::of_contents(node, viewer, found.content, draft).await?,
        title,
    };
    page(StatusCode::OK, &adapted)
}
