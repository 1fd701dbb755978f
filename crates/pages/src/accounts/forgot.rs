//! Asking for a new link by mail. The answer is the same whether or not there is an account.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use node::queue::LinkRequest;
use node::{Node, urls};
use people::accounts::request_link;
use serde::Deserialize;

use super::{Fields, FormFaults, form_page, go_to};
use crate::{PageError, frame::Frame, requester::ClientAddress};

#[derive(Template)]
#[template(path = "forgot.html")]
struct Forgot {
    frame: Frame,
    faults: FormFaults,
    email: String,
    /// Whether this site can send mail.
    mails: bool,
}

#[derive(Template)]
#[template(path = "forgot_sent.html")]
struct Sent {
    frame: Frame,
}

/// The form: an address, or the secret part of a link that has expired.
#[derive(Debug, Default, Deserialize)]
pub struct ForgotFields {
    #[serde(default)]
    email: String,
    #[serde(default)]
    key: String,
}

/// `GET /sign-in/forgot`.
pub async fn show(State(node): State<Arc<Node>>) -> Result<Response, PageError> {
    answer(&node, FormFaults::default(), String::new())
}

/// `POST /sign-in/forgot`.
pub async fn submit(
    State(node): State<Arc<Node>>,
    ClientAddress(client): ClientAddress,
    Fields(fields): Fields<ForgotFields>,
) -> Result<Response, PageError> {
    if !node.accounts.can_mail() {
        return Ok(go_to(urls::SIGN_IN_FORGOT));
    }
    let request = match fields.key.as_str() {
        "" if fields.email.trim().is_empty() => {
            let faults = FormFaults::one("email", "Enter your email address");
            return answer(&node, faults, fields.email);
        }
        "" => LinkRequest::ByEmail(fields.email.clone()),
        key => LinkRequest::ByLink(key.to_owned()),
    };
    if !request_link(&node, request, &client) {
        let text = "There were too many attempts. Try again in a few minutes";
        return answer(&node, FormFaults::one("email", text), fields.email);
    }
    let frame = crate::frame(&node);
    let page = Sent {
        frame: Frame {
            title: format!("Look in your mail – {}", frame.site),
            hidden: true,
            ..frame
        },
    };
    form_page(&page, &FormFaults::default())
}

fn answer(node: &Node, faults: FormFaults, email: String) -> Result<Response, PageError> {
    let frame = crate::frame(node);
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let page = Forgot {
        frame: Frame {
            title: format!("{error}Get a new password – {}", frame.site),
            hidden: true,
            ..frame
        },
        mails: node.accounts.can_mail(),
        faults,
        email,
    };
    form_page(&page, &page.faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::FieldFault,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> Forgot {
        Forgot {
            frame: of.frame(),
            faults: FormFaults(of.list(vec![FieldFault {
                field: "email",
                text: of.text("Enter your email address"),
            }])),
            email: of.text("ada.okafor@northmoor.example"),
            mails: of.flag(),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
