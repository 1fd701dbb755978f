//! The outermost layer of every request: its limits, its id in the log, and an answer when its handler fails.
//!
//! The log has the path and never the query: what a reader searches for is private.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use http_body_util::Limited;
use tracing::Instrument as _;

use super::{
    awaited::Awaited,
    body::{MAX_DISCARDED_BYTES, discard},
    client::Client,
    gate::Refused,
};
use crate::access::Audience;
use node::{Node, urls};
use pages::{
    errors,
    problem::{BUSY, Problem},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that a proxy gives: twice those of a UUID.
const MAX_ID_CHARACTERS: usize = 72;
/// When to ask again while nothing is taken in.
const READ_ONLY: Duration = Duration::from_secs(300);

/// Requests of any other method are rejected before they reach a route.
const METHODS: [Method; 5] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
];

/// Lets a request through to its handler.
pub async fn guard(
    State((audience, node)): State<(Audience, Arc<Node>)>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = id_of_proxy(&node, &request).unwrap_or_else(new_id);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", id, %method, path);
    let mut response = admit(audience, &node, request, next)
        .instrument(span.clone())
        .await;
    let status = response.status();
    let took = began.elapsed();
    node.figures.count_response(&route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        // An overload is in the figures; a line for each refusal would add to it.
        if status.is_server_error() && response.extensions().get::<Refused>().is_none() {
            tracing::warn!(status = status.as_u16(), took_ms, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), took_ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Returns an id that says nothing of other requests: a count would tell how many there are.
fn new_id() -> String {
    // Without random bytes the id finds no line of the log, which does no harm.
    format!("{:016x}", getrandom::u64().unwrap_or(0))
}

/// Returns the id that a trusted proxy has given to a request, so that its log and this one can be compared.
fn id_of_proxy(node: &Node, request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_id = (1..=MAX_ID_CHARACTERS).contains(&id.len()) && id.bytes().all(is_plain);
    let trusted = &node.settings.server.trusted_proxies;
    (is_id && Client::is_proxy(request, trusted)).then(|| id.to_owned())
}

async fn admit(audience: Audience, node: &Node, request: Request, next: Next) -> Response {
    // The operator works at the node: it is read, and nothing is written. Peers' nudges come again.
    if node.current().server.read_only && writes(&request) {
        discard_rest(node, request).await;
        return only_read(audience);
    }
    if let Some(problem) = refusal(audience, node, &request) {
        if problem.status == StatusCode::PAYLOAD_TOO_LARGE {
            discard_rest(node, request).await;
        }
        return audience.answer(problem);
    }
    let limit = max_body_bytes(audience, node);
    let awaited = Awaited::default();
    let request = request.map(|body| Body::new(Limited::new(awaited.watch(body), limit)));
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(node.settings.limits.request_timeout, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("the handler of a request panicked");
            let text = "something went wrong on this node; its log has the cause";
            audience.answer(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text))
        }
        Err(_) if awaited.get() => too_slow(audience),
        Err(_) => {
            tracing::warn!("a request took too long");
            audience.answer(Problem::unavailable("this took too long; try again", BUSY))
        }
    }
}

/// Reads what a client still sends, since many read no answer before they have sent everything.
async fn discard_rest(node: &Node, request: Request) {
    let rest = discard(request.into_body());
    tokio::time::timeout(node.settings.limits.request_timeout, rest)
        .await
        .ok();
}

/// Returns the answer to what would be written while the node is only read. The log has no line for each.
fn only_read(audience: Audience) -> Response {
    let mut response = match audience {
        Audience::Page => errors::only_read(READ_ONLY),
        Audience::Api | Audience::Feed | Audience::Health => {
            let text = "this site is being worked on: you can read it, and write again later";
            Problem::unavailable(text, READ_ONLY).into_response()
        }
    };
    response.extensions_mut().insert(Refused);
    response
}

/// Returns the answer to a client that did not finish its body. What it still sends is not a new request, so the
/// connection is closed (RFC 9110 §15.5.9).
fn too_slow(audience: Audience) -> Response {
    let text = "the body of this request did not come in time";
    let mut response = audience.answer(Problem::new(StatusCode::REQUEST_TIMEOUT, text));
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Returns how many bytes a request may have: a page may take a file. Each route has its own bound below this one.
fn max_body_bytes(audience: Audience, node: &Node) -> usize {
    let limit = node.settings.limits.body_bytes;
    match audience {
        // A page with a file says itself what to do about one that is too large.
        Audience::Page => limit.max(MAX_DISCARDED_BYTES),
        Audience::Api | Audience::Feed | Audience::Health => limit,
    }
}

/// Says whether a request may change something, or sign someone in: the way back from a provider is a GET.
fn writes(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    let signs_in =
        |route: &MatchedPath| [urls::SIGN_IN_WITH, urls::SIGN_IN_BACK].contains(&route.as_str());
    !request.method().is_safe() || route.is_some_and(signs_in)
}

/// Returns the fault of a request that no route may receive.
fn refusal(audience: Audience, node: &Node, request: &Request) -> Option<Problem> {
    if !METHODS.contains(request.method()) {
        let text = "there is GET, HEAD and, where something can be written, POST, PUT and DELETE";
        return Some(Problem::new(StatusCode::METHOD_NOT_ALLOWED, text));
    }
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    // RFC 9112 §3.2: exactly one, which HTTP/1.0 may leave out.
    if hosts > 1 || (hosts == 0 && request.version() >= Version::HTTP_11) {
        let text = "a request names its host once";
        return Some(Problem::new(StatusCode::BAD_REQUEST, text));
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let length = length
        .and_then(|length| length.parse::<usize>().ok())
        .unwrap_or(0);
    // The feed gives the same answer to a nudge of any length (docs/FEED.md §6), and its handler reads little of it.
    if length > max_body_bytes(audience, node) && audience != Audience::Feed {
        let text = "the body of this request is too large";
        return Some(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    None
}
