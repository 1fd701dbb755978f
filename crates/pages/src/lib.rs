//! Pages for readers. Handlers are short: a flow answers, a pure function makes the view, askama writes it.
//!
//! Every text from outside is either escaped by askama or has passed `markdown`. No page needs a script, and none
//! holds one. The table of routes, the layers around a handler and the server are in `web`, which uses this crate.

// Templates of other crates include those of this one.
extern crate self as pages;

pub mod accounts;
pub mod answer;
pub mod answers;
pub mod api_reference;
pub mod assets;
pub mod attached;
pub mod attachment;
pub mod brief;
pub mod browse;
pub mod compare;
pub mod display;
pub mod document;
pub mod drafts;
pub mod errors;
pub mod federation;
pub mod filters;
pub mod first_run;
pub mod follow;
pub mod forms;
pub mod frame;
pub mod front;
pub mod gist;
pub mod glance;
pub mod help;
mod help_files;
pub mod home;
pub mod known;
pub mod language;
pub mod link;
pub mod measures;
pub mod organisations;
pub mod origin;
mod others;
pub mod outcomes;
pub mod paging;
pub mod parts;
pub mod problem;
pub mod promised;
mod proof;
pub mod related;
pub mod requester;
pub mod result_card;
#[cfg(test)]
pub(crate) mod samples;
pub mod search;
mod search_links;
pub mod sessions;
mod staff_only;
pub mod tag;
mod tasks;
mod team;
pub mod verify_quote;
mod versions;
pub mod words;

pub use citing::text;

use askama::Template;
use axum::{
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};

use crate::answer::{HTML, answer};
use frame::{Frame, Visitor};
use markdown::contact::Contact;
use node::{Node, NodeError};
use requester::Requester;
use store::StoreError;
use wire::Role;

/// Why a page could not be made. The reader sees the page of status 500, 503 or 507; the log has the cause.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The node cannot answer now.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A template failed.
    #[error("a page could not be rendered")]
    Template(#[from] askama::Error),
    /// A session could not be read or stored.
    #[error("a session could not be kept")]
    Session(#[from] tower_sessions::session::Error),
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        tracing::error!(error = &self as &dyn std::error::Error, "a page failed");
        errors::broken(&self)
    }
}

/// Returns the frame of a node's pages; the caller gives it a title and a section.
#[must_use]
pub fn frame(node: &Node) -> Frame {
    let identity = node.identity();
    let settings = node.current();
    Frame {
        site: settings.site.name.clone(),
        demo: settings.site.demo,
        organisation: identity
            .as_ref()
            .map(|identity| identity.name.clone())
            .unwrap_or_default(),
        base_url: identity
            .as_ref()
            .map(|identity| identity.site_url.as_str().trim_end_matches('/').to_owned())
            .unwrap_or_default(),
        navigation: identity.is_some(),
        contact: identity
            .as_ref()
            .and_then(|identity| Contact::parse(&identity.contact)),
        footer: help_files::footer(),
        ..Frame::default()
    }
}

/// Returns the frame of a page that knows who reads it: it offers to sign in, or says who has. Answers to those who have
/// signed in are kept by no cache.
#[must_use]
pub fn frame_for(node: &Node, requester: &Requester) -> Frame {
    Frame {
        visitor: match &requester.account {
            Some(account) => Visitor::Person {
                id: account.id.to_string(),
                name: account.name.clone(),
                manages: account.role >= Role::Administrator,
                waiting: account.waiting,
            },
            None => Visitor::Public,
        },
        ..frame(node)
    }
}

/// Renders a page that is not cached.
///
/// # Errors
/// The template failed.
pub fn html(page: &impl Template) -> Result<Response, PageError> {
    Ok(Html(page.render()?).into_response())
}

/// Writes a page with an `ETag` of its content, or answers 304 to a reader that has it already.
///
/// # Errors
/// The template failed.
pub fn html_with_etag(page: &impl Template, headers: &HeaderMap) -> Result<Response, PageError> {
    let text = page.render()?.into_bytes();
    Ok(answer(headers, HTML, text))
}
