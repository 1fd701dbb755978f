//! The body of a form, read before its request takes a place at the gate: a client that sends slowly, or never to the
//! end, keeps no one else waiting.

use axum::{
    body::{Body, HttpBody as _, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use pages::problem::Problem;
use people::attachments::MAX_BYTES;

use crate::access::Audience;

/// Bytes of a form of some fields.
pub(crate) const MAX_FORM_BYTES: usize = 64 << 10;
/// Bytes of a form with a file.
pub(crate) const MAX_UPLOAD_BYTES: usize = MAX_BYTES + MAX_FORM_BYTES;

/// Bytes that are read and thrown away of a body that is too large. A client that is cut off while it sends sees a broken
/// connection and not the answer; beyond this it has to.
const MAX_DISCARDED_BYTES: usize = 32 << 20;

/// Reads what a client still sends of a body that is refused, so that it sees the answer; nothing of one that is said to
/// be larger than that.
pub(crate) async fn discard(mut body: Body) {
    let mut left = MAX_DISCARDED_BYTES;
    let stated = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if stated > left {
        return;
    }
    while let Some(Ok(frame)) = body.frame().await {
        let read = frame.data_ref().map_or(0, bytes::Bytes::len);
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}

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
        discard(body).await;
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
