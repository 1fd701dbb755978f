//! The policy that every answer sets for browsers: load nothing from other sites, run nothing inline, guess no types.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use node::Node;

/// Allows only what the pages use: our own style sheet, scripts, pictures (and the tick of a check box, which is in the
/// style sheet), suggestions, and forms that are sent to us.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// No page requests access to the reader's device.
const PERMISSIONS: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()";
/// One year, the minimum of browsers' preload lists.
const TRANSPORT: &str = "max-age=31536000; includeSubDomains";

/// Headers of every answer; those that a handler has set stay.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds the headers to an answer.
pub(crate) async fn headers(State(node): State<Arc<Node>>, mut response: Response) -> Response {
    // A client that has an answer has its headers too (RFC 9110 §15.4.5), and peers request often.
    let unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let held = response.headers_mut();
    for (name, value) in HEADERS {
        if unchanged && name != header::X_CONTENT_TYPE_OPTIONS {
            continue;
        }
        held.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let encrypted = node
        .identity()
        .is_some_and(|identity| identity.site_url.scheme() == "https");
    if encrypted {
        held.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
    response
}
