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
use writing::upload::FileTooLarge;

use crate::access::Audience;

/// Bytes of a form of some fields.
pub(crate) const MAX_FORM_BYTES: usize = 64 << 10;
/// Bytes of a form with a file.
pub(crate) const MAX_UPLOAD_BYTES: usize = MAX_BYTES + MAX_FORM_BYTES;

/// Bytes that are read and thrown away of a body that is too large. A client that is cut off while it sends sees a broken
/// connection and not the answer; beyond this it has to.
pub(crate) const MAX_DISCARDED_BYTES: usize = 32 << 20;

/// What is kept of the beginning and of the end of a form whose file is too large: its other fields are there.
const KEPT_BYTES: usize = 64 << 10;

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

/// What a route reads of a body.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) audience: Audience,
    pub(crate) bytes: usize,
    /// Whether it is a form with a file: its page says what to do about one that is too large.
    pub(crate) takes_file: bool,
}

/// Reads the body up to its limit, and lets the request on.
pub(crate) async fn read(State(bound): State<Bound>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if bound.takes_file {
        return match read_form(body, bound.bytes).await {
            Some(Form { bytes, is_cut }) => {
                if is_cut {
                    parts.extensions.insert(FileTooLarge);
                }
                let request = Request::from_parts(parts, Body::from(bytes));
                next.run(request).await
            }
            None => too_large(bound.audience),
        };
    }
    let Bound {
        audience,
        bytes: limit,
        ..
    } = bound;
    let stated = parts.headers.get(header::CONTENT_LENGTH);
    let stated = stated
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if stated.is_some_and(|stated| stated > limit) {
        discard(body).await;
        return too_large(audience);
    }
    // What else can fail is a client that goes away, which reads no answer.
    match to_bytes(body, limit).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(_) => too_large(audience),
    }
}

fn too_large(audience: Audience) -> Response {
    let text = "the body of this request is too large";
    audience.answer(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text))
}

/// A form that was read.
struct Form {
    bytes: Vec<u8>,
    /// Whether the middle of it was left out, which is a part of its file.
    is_cut: bool,
}

/// Reads a form with a file, up to its limit; of a larger one its beginning and its end. `None` where more would have to be
/// read than is thrown away, or the client went away.
async fn read_form(mut body: Body, limit: usize) -> Option<Form> {
    let stated = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if stated > MAX_DISCARDED_BYTES {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    let (mut end, mut read) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.ok()?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        read = read.saturating_add(data.len());
        if read > MAX_DISCARDED_BYTES {
            return None;
        }
        if read <= limit {
            bytes.extend_from_slice(data);
            continue;
        }
        // From here on only the last bytes matter.
        if end.is_empty() {
            end = bytes.split_off(KEPT_BYTES.min(bytes.len()));
            bytes.shrink_to_fit();
        }
        // The first frame can be as large as the body.
        let room = KEPT_BYTES.saturating_sub(bytes.len()).min(data.len());
        let (begin, rest) = data.split_at(room);
        bytes.extend_from_slice(begin);
        end.extend_from_slice(rest);
        end.drain(..end.len().saturating_sub(KEPT_BYTES));
    }
    let is_cut = read > limit;
    bytes.append(&mut end);
    Some(Form { bytes, is_cut })
}
