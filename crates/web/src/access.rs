//! Who makes a request, and whether they may use a route.
//!
//! [`identify`] finds the requester once; [`enforce`] compares it with the route's [`Access`]; a handler takes the
//! [`Requester`] and passes its viewer to every flow that reads.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use wire::Viewer;

use pages::{errors, problem::Problem, requester::Requester};

/// The kind of client that uses a route, which decides the form of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// A person with a browser or a feed reader: errors are pages.
    Page,
    /// A program that uses the API: errors are problem details.
    Api,
    /// Another node: errors are problem details.
    Feed,
    /// The supervisor of the process: errors are problem details.
    Health,
}

impl Audience {
    pub(crate) const ALL: [Self; 4] = [Self::Page, Self::Api, Self::Feed, Self::Health];

    /// Returns the answer that reports a problem in the form of this audience.
    pub(crate) fn answer(self, problem: Problem) -> Response {
        match self {
            Self::Page => errors::page_of(problem.status),
            Self::Api | Self::Feed | Self::Health => problem.into_response(),
        }
    }
}

/// How to sign in, as a 401 has to say (RFC 9110 §15.5.2).
const SIGN_IN: HeaderValue = HeaderValue::from_static("Bearer realm=\"staff\"");

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Anyone: reading what is public needs no account.
    Anyone,
    /// Signed-in people of this node.
    Staff,
}

impl Access {
    /// Returns whether a viewer may use a route of this access.
    #[must_use]
    pub const fn allows(self, viewer: Viewer) -> bool {
        match (self, viewer) {
            (Self::Anyone, _) | (Self::Staff, Viewer::Staff) => true,
            (Self::Staff, Viewer::Public | Viewer::Peer) => false,
        }
    }
}

/// Records the requester. Without accounts every requester is the public; the result of an outer layer that has
/// identified the requester already is kept.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let requester = Requester::from_request(&request);
    request.extensions_mut().insert(requester);
    next.run(request).await
}

/// Answers one who is not the public: with the whole answer, which no cache may keep. An `ETag` that they had as the
/// public says nothing about what they can read now.
async fn private(mut request: Request, next: Next) -> Response {
    for condition in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        request.headers_mut().remove(condition);
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response
}

/// Refuses a request whose requester may not use the route, and keeps answers to others than the public out of caches.
pub async fn enforce(
    State((access, audience)): State<(Access, Audience)>,
    request: Request,
    next: Next,
) -> Response {
    let viewer = Requester::from_request(&request).viewer;
    if access.allows(viewer) {
        return match viewer {
            Viewer::Public => next.run(request).await,
            Viewer::Peer | Viewer::Staff => private(request, next).await,
        };
    }
    let text = "this address is for signed-in people of this node";
    let mut response = audience.answer(Problem::new(StatusCode::UNAUTHORIZED, text));
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, SIGN_IN);
    response
}
