//! The contact for reports of a weakness of this site (RFC 9116).

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use http::HeaderMap;
use markdown::contact::Contact;
use node::{Node, urls};

use pages::{
    answer::{TEXT, answer},
    problem::Problem,
};

/// How long the text holds: less than a year (RFC 9116 §2.5.5), since it is written again at each request.
const VALID_FOR: Duration = Duration::from_secs(180 * 86_400);

/// `GET /.well-known/security.txt`.
///
/// # Errors
/// 404 before `init`, when there is no one to name.
pub async fn security_txt(
    State(node): State<Arc<Node>>,
    request: HeaderMap,
) -> Result<Response, Problem> {
    let identity = node
        .identity()
        .ok_or_else(|| Problem::not_found("this site has no contact yet"))?;
    // The contact has to be an address: a site without one has its pages.
    let contact = Contact::parse(&identity.contact).and_then(|contact| contact.href(""));
    let contact = contact.unwrap_or_else(|| identity.site_url.to_string());
    // The start of a day, so that the text is the same all day.
    let expires = node.now().plus(VALID_FOR).date().start();
    let canonical = urls::absolute(&node, urls::SECURITY_TXT);
    let text = format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {canonical}\n"
    );
    Ok(answer(&request, TEXT, text.into_bytes()))
}
