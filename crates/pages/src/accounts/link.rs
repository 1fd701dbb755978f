//! Choosing a password by a one-time link: the first administrator, an invitation, a new password.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse as _, Response},
};
use node::{Node, urls};
use people::accounts::{self, AccountError, LinkState, Person};
use serde::Deserialize;
use tower_sessions::Session;

use super::{Asked, Fields, FormFaults, fault_of, form_page, go_to, personal, sign_in::begin};
use crate::{PageError, frame::Frame};

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    frame: Frame,
    heading: &'static str,
    faults: FormFaults,
    key: String,
    /// The address that the person signs in with; `None` where they choose it.
    fixed_email: Option<String>,
    email: String,
    name: String,
}

#[derive(Template)]
#[template(path = "link_invalid.html")]
struct InvalidLink {
    frame: Frame,
    heading: &'static str,
    what: &'static str,
    /// The link, if a new one can be mailed for it.
    key: Option<String>,
}

/// The secret part of a link.
#[derive(Debug, Default, Deserialize)]
pub struct LinkKey {
    #[serde(default)]
    key: String,
}

/// What someone has typed who has a link.
#[derive(Deserialize)]
pub struct LinkFields {
    #[serde(default)]
    key: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// `GET /sign-in/link`.
pub async fn show(
    State(node): State<Arc<Node>>,
    Asked(key): Asked<LinkKey>,
) -> Result<Response, PageError> {
    let LinkKey { key } = key;
    let state = accounts::open_link(&node, &key).await?;
    let fields = LinkFields {
        key,
        email: String::new(),
        name: String::new(),
        password: String::new(),
    };
    answer(&node, state, fields, FormFaults::default())
}

/// `POST /sign-in/link`. Who has chosen a password has signed in.
pub async fn submit(
    State(node): State<Arc<Node>>,
    session: Session,
    headers: HeaderMap,
    Fields(fields): Fields<LinkFields>,
) -> Result<Response, PageError> {
    let state = accounts::open_link(&node, &fields.key).await?;
    let done = match &state {
        LinkState::First => {
            let (email, name) = (fields.email.as_str(), fields.name.as_str());
            let person = Person { email, name };
            accounts::use_first_link(&node, &fields.key, &person, &fields.password).await
        }
        LinkState::Open(_) => accounts::use_link(&node, &fields.key, &fields.password).await,
        LinkState::Used | LinkState::Expired | LinkState::Unknown => Err(AccountError::Link),
    };
    match done {
        Ok(account) => {
            begin(&session, account.id, &headers).await?;
            Ok(go_to(urls::ME))
        }
        // Someone else was quicker, or it was not valid before.
        Err(AccountError::Link) => {
            let state = accounts::open_link(&node, &fields.key).await?;
            answer(&node, state, fields, FormFaults::default())
        }
        Err(error) => answer(&node, state, fields, fault_of(error)?),
    }
}

fn answer(
    node: &Node,
    state: LinkState,
    fields: LinkFields,
    faults: FormFaults,
) -> Result<Response, PageError> {
    let (heading, fixed_email) = match state {
        LinkState::First => ("Make the first account", None),
        LinkState::Open(account) if account.has_password => {
            ("Choose a new password", Some(account.email))
        }
        LinkState::Open(account) => ("Choose a password", Some(account.email)),
        LinkState::Used => {
            return invalid(
                node,
                "This link has been used",
                "Each link works once only.",
            );
        }
        LinkState::Expired => {
            return expired(node, fields.key);
        }
        LinkState::Unknown => {
            let what = "Check that you have the whole link. If you were sent another one later, use that one.";
            return invalid(node, "This link does not work", what);
        }
    };
    let frame = crate::frame(node);
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let page = LinkPage {
        frame: Frame {
            title: format!("{error}{heading} – {}", frame.site),
            hidden: true,
            ..frame
        },
        heading,
        faults,
        key: fields.key,
        fixed_email,
        email: fields.email,
        name: fields.name,
    };
    form_page(&page, &page.faults)
}

fn expired(node: &Node, key: String) -> Result<Response, PageError> {
    let what = "For your security, links stop working after a while.";
    let key = node.accounts.can_mail().then_some(key);
    invalid_with(node, "This link has expired", what, key)
}

fn invalid(node: &Node, heading: &'static str, what: &'static str) -> Result<Response, PageError> {
    invalid_with(node, heading, what, None)
}

fn invalid_with(
    node: &Node,
    heading: &'static str,
    what: &'static str,
    key: Option<String>,
) -> Result<Response, PageError> {
    let frame = crate::frame(node);
    let page = InvalidLink {
        key,
        frame: Frame {
            title: format!("{heading} – {}", frame.site),
            hidden: true,
            ..frame
        },
        heading,
        what,
    };
    let html = Html(page.render()?);
    Ok(personal((StatusCode::GONE, html).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::FieldFault,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> LinkPage {
        LinkPage {
            frame: of.frame(),
            heading: "Choose a password",
            faults: FormFaults(of.list(vec![FieldFault {
                field: "password",
                text: of.text("Your password must have at least 12 characters"),
            }])),
            key: of.text("AAAA"),
            fixed_email: of.option(of.text("ada.okafor@northmoor.example")),
            email: of.text("ada.okafor@northmoor.example"),
            name: of.text("Ada Okafor"),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
