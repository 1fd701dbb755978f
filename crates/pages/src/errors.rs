//! Pages for addresses that do not exist, for withdrawn documents, and for failures.

mod unknown;

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use ledger::leaf::Why;

use crate::{PageError, frame::Frame, link::Link, problem, words};
use node::{Node, NodeError, flows::reading::Tombstone, urls};

pub use unknown::{Unknown, unknown};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Seconds after which a reader may try again.
const RETRY_AFTER_SECS: &str = "30";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: &'static str,
    paragraphs: Vec<String>,
    search: bool,
    /// What the search box has in it.
    q: String,
    /// What has a name that is near the one that was asked for.
    near: Vec<Link>,
    sign_in: bool,
}

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone {
    frame: Frame,
    organisation: String,
    organisation_href: String,
    date: String,
    why: &'static str,
    replaced_by: Vec<Link>,
    /// Where staff see who has erased it; only for this site's own documents.
    receipts: Option<String>,
    own: bool,
}

/// Answers an address that no route has. One with a slash at the end leads to the address without it.
pub async fn not_found(State(node): State<Arc<Node>>, uri: Uri) -> Response {
    match without_final_slash(&uri) {
        Some(address) => Redirect::permanent(&address).into_response(),
        None => missing(&node),
    }
}

/// Returns an address without the slashes at its end. An address that a browser could read as that of another site, such
/// as `//site.example/`, is none of ours.
fn without_final_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?.trim_end_matches('/');
    let inner = path.strip_prefix('/')?;
    if inner.is_empty() || inner.starts_with(['/', '\\']) {
        return None;
    }
    Some(match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// Returns the page of status 404.
#[must_use]
pub fn missing(node: &Node) -> Response {
    let frame = crate::frame(node);
    let page = ErrorPage {
        frame: Frame { title: format!("Page not found – {}", frame.site), hidden: true, has_search: true, ..frame },
        heading: "Page not found",
        paragraphs: vec![
            "If you typed the address, check that it is right. If you pasted it, check that you copied all of it.".to_owned(),
            "The page may have moved. Search for its title.".to_owned(),
        ],
        search: true,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(StatusCode::NOT_FOUND, &page)
}

/// Returns the page of status 410: the tombstone, without a word of what was withdrawn.
#[must_use]
pub fn gone(node: &Node, tombstone: &Tombstone) -> Response {
    let frame = crate::frame(node);
    let page = Gone {
        organisation: tombstone.organisation.clone(),
        organisation_href: urls::organisation(&tombstone.handle),
        date: words::date(tombstone.withdrawn.date()),
        why: why(tombstone.why.as_deref()),
        replaced_by: tombstone.replaced_by.iter().map(replacement).collect(),
        receipts: tombstone.own.then(|| urls::withdrawn(tombstone.id)),
        own: tombstone.own,
        frame: Frame {
            title: format!("Withdrawn – {}", frame.site),
            has_search: true,
            hidden: true,
            ..frame
        },
    };
    let mut response = response(StatusCode::GONE, &page);
    response
        .headers_mut()
        .insert(ROBOTS, HeaderValue::from_static("noindex, noarchive"));
    response
}

fn replacement(card: &store::Card) -> Link {
    Link::new(markdown::visible(&card.title), urls::card(card))
}

/// Returns the page of a failure: 507 on a full disk, 503 if trying again may help, else 500. It does not
/// contain the cause.
#[must_use]
pub fn broken(error: &PageError) -> Response {
    match error {
        PageError::Node(NodeError::HasLeft) => has_left(),
        PageError::Node(error) => page_of(problem::status(error)),
        PageError::Template(_) => failed(),
        // The database is read-only, full or away.
        PageError::Session(_) => unavailable(),
    }
}

/// Returns the page of status 409, for someone who publishes on a site that has left the exchange.
fn has_left() -> Response {
    let page = ErrorPage {
        frame: bare("We publish nothing any more"),
        heading: "We publish nothing any more",
        paragraphs: vec![
            "This organisation has left the exchange, so no other site would show what you publish here.".to_owned(),
            "Nothing was lost. You can still read and withdraw what it published. Ask the people who run this site where to write now.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(StatusCode::CONFLICT, &page)
}

/// Returns the page for a status that no handler of a page chooses by itself.
#[must_use]
pub fn page_of(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::UNAUTHORIZED => return sign_in_needed(),
        StatusCode::SERVICE_UNAVAILABLE => return unavailable(),
        StatusCode::INSUFFICIENT_STORAGE => return full(),
        StatusCode::FORBIDDEN => return forbidden(),
        StatusCode::BAD_REQUEST => "Your browser sent a request that we could not understand.",
        StatusCode::METHOD_NOT_ALLOWED => {
            "You can read what is at this address, but not send anything to it."
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What you sent is too large: a text can have about 500 kB, and a file 8 MB. Make it shorter."
        }
        StatusCode::REQUEST_TIMEOUT => "What you sent did not arrive in time.",
        _ => return failed(),
    };
    let page = ErrorPage {
        frame: bare("We cannot do this"),
        heading: "We cannot do this",
        paragraphs: vec![text.to_owned(), "Go back and try again.".to_owned()],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(status, &page)
}

/// Returns the page of status 401, for a page that only signed-in people may see.
fn sign_in_needed() -> Response {
    let page = ErrorPage {
        frame: bare("You need to sign in"),
        heading: "You need to sign in",
        paragraphs: vec![
            "You are not signed in, or you were signed out because you did not use the site for a while.".to_owned(),
            "If you have just sent something, sign in in a new tab, come back here and reload this page. Your browser will send it again.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: true,
    };
    response(StatusCode::UNAUTHORIZED, &page)
}

/// Returns the page of status 403: to a person whose role does not allow it.
fn forbidden() -> Response {
    let page = ErrorPage {
        frame: bare("You cannot use this page"),
        heading: "You cannot use this page",
        paragraphs: vec![
            "Your account does not have permission for this.".to_owned(),
            "If you need it, ask an administrator of this site.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(StatusCode::FORBIDDEN, &page)
}

/// Returns the page of status 403 for a form that another site has sent.
#[must_use]
pub fn sent_by_another_site() -> Response {
    let page = ErrorPage {
        frame: bare("We did not accept this"),
        heading: "We did not accept this",
        paragraphs: vec![
            "Your browser says that another website sent this. To protect you, we have not done anything.".to_owned(),
            "If you did want to do this, open the page on this site and try again there.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(StatusCode::FORBIDDEN, &page)
}

/// Returns the page of status 500.
fn failed() -> Response {
    let page = ErrorPage {
        frame: bare("Sorry, there is a problem"),
        heading: "Sorry, there is a problem",
        paragraphs: vec![
            "Try again in a few minutes.".to_owned(),
            "If it keeps happening, contact the organisation that runs this site.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    response(StatusCode::INTERNAL_SERVER_ERROR, &page)
}

/// Returns the page of status 503 for a node that has too much to do.
#[must_use]
pub fn busy(retry_after: Duration) -> Response {
    let page = ErrorPage {
        frame: bare("Too many people are using this site"),
        heading: "Too many people are using this site",
        paragraphs: vec!["Wait a few seconds, then try again.".to_owned()],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    try_again(&page, retry_after)
}

/// Returns the page of status 429 for someone whose other requests wait already.
#[must_use]
pub fn too_many_at_once(retry_after: Duration) -> Response {
    let page = ErrorPage {
        frame: bare("Too many pages at once"),
        heading: "Too many pages at once",
        paragraphs: vec![
            "Other pages that you have asked for are still being made. If you share a connection with others, they may have asked for them.".to_owned(),
            "Wait a few seconds, then try again.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    let mut response = try_again(&page, retry_after);
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
}

/// Returns the page of status 503 for what someone sends while the node is only read.
#[must_use]
pub fn only_read(retry_after: Duration) -> Response {
    let page = ErrorPage {
        frame: bare("You can only read at the moment"),
        heading: "You can only read at the moment",
        paragraphs: vec![
            "We are working on this site. You can read and search it, but you cannot sign in or send anything.".to_owned(),
            "What you have just sent was not saved. Go back, keep a copy of what you wrote, and try again later.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    };
    try_again(&page, retry_after)
}

fn try_again(page: &ErrorPage, retry_after: Duration) -> Response {
    let mut response = response(StatusCode::SERVICE_UNAVAILABLE, page);
    let secs = HeaderValue::from(retry_after.as_secs().max(1));
    response.headers_mut().insert(header::RETRY_AFTER, secs);
    response
}

/// Returns the page of status 503.
fn unavailable() -> Response {
    let mut response = response(StatusCode::SERVICE_UNAVAILABLE, &not_now());
    response.headers_mut().insert(
        header::RETRY_AFTER,
        HeaderValue::from_static(RETRY_AFTER_SECS),
    );
    response
}

/// Returns the page of status 507. It has the words of 503; the status is for monitoring.
fn full() -> Response {
    response(StatusCode::INSUFFICIENT_STORAGE, &not_now())
}

fn not_now() -> ErrorPage {
    ErrorPage {
        frame: bare("Not available at the moment"),
        heading: "Not available at the moment",
        paragraphs: vec![
            "You cannot read or search pages at the moment.".to_owned(),
            "Try again in a minute. Nothing has been lost.".to_owned(),
        ],
        search: false,
        q: String::new(),
        near: Vec::new(),
        sign_in: false,
    }
}

/// Returns a frame that reads nothing from the node, since the node may be the part that failed.
fn bare(title: &str) -> Frame {
    Frame {
        title: format!("{title} – Wardround"),
        site: "Wardround".to_owned(),
        hidden: true,
        ..Frame::default()
    }
}

/// Returns in words why a document was withdrawn.
fn why(why: Option<&str>) -> &'static str {
    match why.and_then(Why::parse) {
        Some(Why::Privacy) => "Reason given: it could have identified a person.",
        Some(Why::Error) => "Reason given: it contained an error.",
        Some(Why::Superseded) => "Reason given: another page replaces it.",
        Some(Why::Legal) => "Reason given: legal.",
        Some(Why::Other) | None => "No reason was given.",
    }
}

fn response(status: StatusCode, page: &impl Template) -> Response {
    let text = page.render().unwrap_or_default();
    let mut response = (status, Html(text)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use store::StoreError;

    use super::*;
    use crate::samples::{self, Sample};

    #[test]
    fn the_status_of_a_failure_says_whether_the_disk_is_full_or_to_try_again() {
        for (error, status) in [
            (StoreError::Full, 507),
            (StoreError::Locked, 503),
            (StoreError::NotInitialised, 503),
            (StoreError::Corrupt("a thing".to_owned()), 500),
        ] {
            let error = PageError::from(error);
            let response = broken(&error);
            assert_eq!(response.status(), status, "{error:?}");
            let again = response.headers().contains_key(header::RETRY_AFTER);
            assert_eq!(again, status == 503, "{error:?}");
        }
    }

    fn sample(of: Sample) -> ErrorPage {
        ErrorPage {
            frame: of.frame_with_search(),
            heading: "Page not found",
            paragraphs: of.list(vec![of.text("The page may have moved.")]),
            search: of.flag(),
            q: of.text("voice"),
            near: of.list(vec![
                of.link("Voice recognition", "/topics/voice-recognition"),
            ]),
            sign_in: of.flag(),
        }
    }

    fn tombstone(of: Sample) -> Gone {
        Gone {
            frame: of.frame_with_search(),
            organisation: of.text("Northmoor University Hospitals"),
            organisation_href: "/organisations/zz1".to_owned(),
            date: "12 September 2026".to_owned(),
            why: why(of.option("privacy")),
            replaced_by: of.list(vec![of.link("Badges on wards", "/d/zz1/2/badges")]),
            receipts: of.option("/withdrawn/1".to_owned()),
            own: of.flag(),
        }
    }

    #[test]
    fn no_text_on_a_tombstone_becomes_markup() {
        insta::assert_snapshot!(samples::render(tombstone));
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
