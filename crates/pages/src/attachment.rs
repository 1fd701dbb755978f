//! How an attached file is sent: a picture is shown, anything else is saved. Even if a browser opened one as a page, it
//! would be in a sandbox without an origin.

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use node::urls;
use people::attachments::Served;

use crate::answer::{Answer, REVALIDATE};

/// No script, no form, no origin, whatever the file says.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Sends a file. The address has the digest of its bytes, but a withdrawal ends it: a browser asks each time.
#[must_use]
pub fn send(file: Served, request: &HeaderMap) -> Response {
    let answer = Answer {
        etag: Some(format!("\"{}\"", file.digest)),
        ..Answer::new(file.kind.media_type(), REVALIDATE)
    };
    let mut response = answer.send(request, file.bytes);
    let disposition = if file.kind.is_picture() {
        "inline"
    } else {
        "attachment"
    };
    let headers = response.headers_mut();
    let name = urls::file_name(&file.name);
    if let Ok(value) = HeaderValue::try_from(format!("{disposition}; filename*=UTF-8''{name}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
