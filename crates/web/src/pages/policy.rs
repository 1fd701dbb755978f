//! What every answer tells a browser: load nothing from elsewhere, run nothing inline, guess no types.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use node::Node;

/// Nothing is allowed but what the pages use: our own style sheet, scripts, pictures (and the tick of a check box, which
/// is in the style sheet), suggestions, and forms that lead back to us.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Nothing of the reader's machine is asked for.
const PERMISSIONS: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()";
/// A year, as browsers' lists ask for at least.
const TRANSPORT: &str = "max-age=31536000; includeSubDomains";

/// Headers of every answer; what a handler has set itself stays.
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
pub async fn headers(State(node): State<Arc<Node>>, mut response: Response) -> Response {
    // Whoever holds an answer holds its headers (RFC 9110 §15.4.5), and peers ask often.
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
