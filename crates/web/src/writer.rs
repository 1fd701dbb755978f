//! Whose page a form was sent from. Every form of someone who has signed in says it, and what is sent is done in that person's
//! name or not at all: someone else may have signed in since in another tab of the same browser, or no one may be any more.
//!
//! What was typed is on the page that answers, for the forms in which people write.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use node::Node;
use pages::{errors, frame::WRITER, requester::Requester};
use url::form_urlencoded;
use wire::AccountId;
use writing::lost;

use crate::access::{Access, Lacks};

/// What a route asks of the forms that are sent to it.
#[derive(Clone)]
pub(crate) struct Rule {
    /// Who may use the route.
    pub(crate) access: Access,
    /// Whether a person writes in its form, so that no word of it is lost.
    pub(crate) keeps_words: bool,
    /// Bytes of the form, which were read before.
    pub(crate) body_bytes: usize,
    /// The node.
    pub(crate) node: Arc<Node>,
}

/// Refuses a form of a page that was made for someone else or that says no one, and one of a person who is not signed in any more.
pub(crate) async fn check(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // What is longer was refused before.
    let Ok(bytes) = to_bytes(body, rule.body_bytes).await else {
        return errors::page_of(StatusCode::PAYLOAD_TOO_LARGE);
    };
    // A form with a file says it in its address: its fields are read with the file only.
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = pairs(query.as_bytes());
    if is_form(&parts.headers) {
        pairs.extend(self::pairs(&bytes));
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let requester = Requester::from_request(&request);
    let path = request.uri().path();
    let writer = pairs.iter().find(|(name, _)| name == WRITER);
    let writer = writer.map_or("", |(_, writer)| writer.as_str());
    match &requester.account {
        Some(account) if !rule.is_of(writer, account.id) => {
            let pairs = if rule.keeps_words { pairs } else { Vec::new() };
            lost::of_another(&rule.node, path, pairs)
        }
        None if rule.keeps_words && rule.access.check(&requester) == Err(Lacks::Account) => {
            lost::signed_out(&rule.node, path, pairs)
        }
        Some(_) | None => next.run(request).await,
    }
}

impl Rule {
    /// Says whether a form is of a page that was made for this person. Those that anyone may send need not say it.
    fn is_of(&self, writer: &str, person: AccountId) -> bool {
        match writer {
            "" => self.access == Access::Anyone,
            writer => writer == person.to_string(),
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok());
    media.is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"))
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(bytes);
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
