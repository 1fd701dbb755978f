//! The body of a form, read before its request takes a place at the gate: a client that sends slowly, or never to the
//! end, keeps no one else waiting.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, header};
use node::flows::attachments::MAX_BYTES;
use pages::problem::Problem;

use crate::access::Audience;

/// Bytes of a form of some fields.
pub(crate) const MAX_FORM_BYTES: usize = 64 << 10;
/// Bytes of a form with a file.
pub(crate) const MAX_UPLOAD_BYTES: usize = MAX_BYTES + MAX_FORM_BYTES;

/// Reads the body up to its limit, and lets the request on.
pub(crate) async fn read(
    State((audience, limit)): State<(Audience, usize)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let stated = parts.headers.get(header::CONTENT_LENGTH);
    let stated = stated
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    let too_large = || {
        let text = "the body of this request is too large";
        audience.answer(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text))
    };
    if stated.is_some_and(|stated| stated > limit) {
        return too_large();
    }
    // What else can fail is a client that goes away, which reads no answer.
    match to_bytes(body, limit).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(_) => too_large(),
    }
}
