//! The answer to a form whose sender is not signed in any more, or is someone else by now: what was typed is on the page, and
//! can be saved from it.
//!
//! The page keeps the text, and the server does not: so nothing is stored for a stranger, and signing in may lead over
//! another site. The sender signs in in another tab and then saves here.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use drafting::Pairs;
use http::{HeaderValue, StatusCode, header};
use node::{Node, urls};
use pages::{PageError, frame::Frame};

use crate::{page, section::WAS};

/// How to sign in, as a 401 has to say (RFC 9110 §15.5.2).
const SIGN_IN: HeaderValue = HeaderValue::from_static("Bearer realm=\"staff\"");

#[derive(Template)]
#[template(path = "lost.html")]
struct Lost {
    frame: Frame,
    heading: &'static str,
    why: &'static str,
    /// Whether it can be saved after signing in; otherwise it can only be copied.
    can_save: bool,
    action: String,
    sign_in: String,
    pairs: Pairs,
    /// The texts among the values, which the sender can copy.
    texts: Vec<String>,
}

impl Lost {
    /// Returns what can be saved at `path` by whoever wrote it, once they have signed in.
    fn to_save(node: &Node, heading: &'static str, path: &str, pairs: Pairs) -> Self {
        Self {
            frame: crate::entitled(pages::frame(node), heading),
            heading,
            why: "It is not saved yet. Do not close this page.",
            can_save: true,
            action: path.to_owned(),
            sign_in: urls::sign_in(urls::ME),
            texts: texts(&pairs),
            pairs,
        }
    }
}

/// Answers what was sent to `path` by someone who is not signed in.
pub(crate) fn answer(node: &Node, path: &str, pairs: Pairs) -> Response {
    match lost(node, path, pairs) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// Answers what was sent to `path` from a page of someone else: it is not saved in the name of whoever has signed in since.
///
/// # Errors
/// The template failed.
pub(crate) fn of_another(node: &Node, path: &str, pairs: Pairs) -> Result<Response, PageError> {
    let lost = Lost {
        why: "It is not saved: it would have been saved in their name. Do not close this page.",
        ..Lost::to_save(
            node,
            "Someone else has signed in here. Your text is on this page",
            path,
            pairs,
        )
    };
    page(StatusCode::CONFLICT, &lost)
}

fn lost(node: &Node, path: &str, pairs: Pairs) -> Result<Response, PageError> {
    let heading = "You have been signed out. Your text is on this page";
    let lost = Lost::to_save(node, heading, path, pairs);
    let mut response = page(StatusCode::UNAUTHORIZED, &lost)?;
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, SIGN_IN);
    Ok(response)
}

/// Shows what a reviewer has written about a draft about which someone else has decided meanwhile.
///
/// # Errors
/// The template failed.
pub(crate) fn decided(node: &Node, pairs: Pairs) -> Result<Response, PageError> {
    let heading = "Nothing was done. What you wrote is on this page";
    let lost = Lost {
        why: "The draft was approved, returned or taken back since you saw it. Copy what you want to keep.",
        can_save: false,
        ..Lost::to_save(node, heading, "", pairs)
    };
    page(StatusCode::CONFLICT, &lost)
}

/// Shows what someone has typed into a draft that is not there any more, or is not theirs.
///
/// # Errors
/// The template failed.
pub(crate) fn unsaved(node: &Node, pairs: Pairs) -> Result<Response, PageError> {
    let heading = "This draft cannot be saved. Your text is on this page";
    let lost = Lost {
        why: "The draft was deleted or published, or you may not change it. Copy what you want to keep.",
        can_save: false,
        ..Lost::to_save(node, heading, "", pairs)
    };
    page(StatusCode::NOT_FOUND, &lost)
}

/// Returns the values that people have written, without those that they have chosen or that were saved before.
fn texts(pairs: &Pairs) -> Vec<String> {
    pairs
        .iter()
        .filter(|(name, value)| value.contains(' ') && !name.starts_with(WAS))
        .map(|(_, value)| value.clone())
        .collect()
}
