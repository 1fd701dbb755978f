//! Who makes a request, and whether they may use a route.
//!
//! A request that changes something and that another site has sent is refused ([`same_site_only`]).
//! [`identify`] finds the requester once; [`enforce`] compares it with the route's [`Access`]; a handler takes the
//! [`Requester`] and passes its viewer to every flow that reads.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use node::{
    Node,
    audit::{self, Act, By, Object},
    urls,
};
use people::accounts;
use serde::Serialize;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_sessions::Session;
use wire::{Role, Viewer};

use crate::server::client::Client;
use pages::{
    answer::{IMMUTABLE, REVALIDATE},
    errors,
    problem::{BUSY, Problem},
    requester::{Account, ClientAddress, Requester},
    sessions,
};

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

/// Who may use a route. Each role may use what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Anyone: reading what is public needs no account.
    Anyone,
    /// Everyone who has signed in.
    Reader,
    /// Those who write.
    Contributor,
    /// Those who approve.
    Editor,
    /// Those who manage accounts.
    Administrator,
}

impl Access {
    /// Every access, the widest first.
    pub const ALL: [Self; 5] = [
        Self::Anyone,
        Self::Reader,
        Self::Contributor,
        Self::Editor,
        Self::Administrator,
    ];

    /// Returns the role that one needs; `None` if one needs no account.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Anyone => None,
            Self::Reader => Some(Role::Reader),
            Self::Contributor => Some(Role::Contributor),
            Self::Editor => Some(Role::Editor),
            Self::Administrator => Some(Role::Administrator),
        }
    }

    /// Says whether a requester may use a route of this access.
    ///
    /// # Errors
    /// What they lack.
    pub fn check(self, requester: &Requester) -> Result<(), Lacks> {
        match (self.role(), requester.role()) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(Lacks::Account),
            (Some(needed), Some(role)) if role >= needed => Ok(()),
            (Some(_), Some(_)) => Err(Lacks::Role),
        }
    }
}

/// What a requester lacks to use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// They have not signed in.
    Account,
    /// Their role does not allow it.
    Role,
}

/// Returns the layer that refuses what another site has sent with the browser of someone who has signed in here
/// (cross-site request forgery): by `Sec-Fetch-Site`, and for old browsers by `Origin`.
pub fn same_site_only(
    audience: Audience,
) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone> {
    CsrfLayer::new().with_rejection_response(move |_| match audience {
        Audience::Page => errors::sent_by_another_site(),
        Audience::Api | Audience::Feed | Audience::Health => {
            let text = "another site has sent this request";
            Problem::new(StatusCode::FORBIDDEN, text).into_response()
        }
    })
}

/// Records the requester, who has a session or is the public. The result of an outer layer that has identified the
/// requester already is kept.
pub async fn identify(
    State((audience, node)): State<(Audience, Arc<Node>)>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<Requester>().is_none() {
        let requester = match request.extensions().get::<Session>() {
            Some(session) => by_session(&node, session).await,
            None => Ok(Requester::for_viewer(Viewer::Public)),
        };
        match requester {
            Ok(requester) => request.extensions_mut().insert(requester),
            Err(problem) => return audience.answer(problem),
        };
    }
    // Who sends something is counted by where they are.
    if !is_safe(request.method()) || request.uri().path().starts_with(urls::SIGN_IN) {
        let name = Client::name(&request, &node.settings.server.trusted_proxies);
        request.extensions_mut().insert(ClientAddress(name));
    }
    next.run(request).await
}

const fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

async fn by_session(node: &Node, session: &Session) -> Result<Requester, Problem> {
    let id = sessions::account(session).await.map_err(|error| {
        tracing::warn!(%error, "a session could not be read");
        Problem::unavailable("the database is not ready; try again", BUSY)
    })?;
    let account = match id {
        Some(id) => node.store.account(id).await?,
        None => None,
    };
    let account = account.filter(|account| account.disabled_at.is_none());
    let Some(account) = account else {
        return Ok(Requester::for_viewer(Viewer::Public));
    };
    // The navigation of those who review says how much waits for them.
    let waiting = match account.role >= Role::Editor {
        true => Some(node.store.count_waiting_drafts().await?),
        false => None,
    };
    Ok(person(account, waiting))
}

fn person(account: store::Account, waiting: Option<u64>) -> Requester {
    Requester::for_account(Account {
        id: account.id,
        name: account.name,
        role: account.role,
        waiting,
    })
}

/// Returns the token of `Authorization: Bearer` (RFC 6750 §2.1).
fn bearer(request: &Request) -> Option<&str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Answers one who is not the public: with the whole answer, which no cache may keep. An `ETag` that they had as the
/// public says nothing about what they can read now. A strong `ETag` of the API is the version of something that they can
/// change, which they name as `If-Match`.
async fn private(audience: Audience, mut request: Request, next: Next) -> Response {
    for condition in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        request.headers_mut().remove(condition);
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_version =
        |tag: &HeaderValue| audience == Audience::Api && !tag.as_bytes().starts_with(b"W/");
    if !headers.get(header::ETAG).is_some_and(is_version) {
        headers.remove(header::ETAG);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response
}

/// What a route asks of a request.
#[derive(Clone)]
pub struct Rule {
    /// Who may use it.
    pub access: Access,
    /// The form of a refusal.
    pub audience: Audience,
    /// Whether programs may use it with an access token.
    pub takes_token: bool,
    /// The node.
    pub node: Arc<Node>,
}

/// Refuses a request whose requester may not use the route, and keeps answers to others than the public out of caches.
/// An access token counts only on routes that take one.
pub async fn enforce(State(rule): State<Rule>, mut request: Request, next: Next) -> Response {
    let Rule {
        access, audience, ..
    } = rule;
    if rule.takes_token
        && let Some(token) = bearer(&request)
    {
        let requester = match accounts::account_of_token(&rule.node, token).await {
            Ok(Some(account)) => person(account, None),
            Ok(None) => Requester::for_viewer(Viewer::Public),
            Err(error) => {
                tracing::warn!(%error, "an access token could not be read");
                let text = "the database is not ready; try again";
                return audience.answer(Problem::unavailable(text, BUSY));
            }
        };
        request.extensions_mut().insert(requester);
    }
    let requester = Requester::from_request(&request);
    let response = match access.check(&requester) {
        Ok(()) if requester.viewer == Viewer::Public => next.run(request).await,
        Ok(()) => private(audience, request, next).await,
        Err(lacks) => {
            if lacks == Lacks::Role {
                record_refusal(&rule.node, &requester, request.uri().path().to_owned()).await;
            }
            refusal(lacks, audience, &request)
        }
    };
    let response = revalidated(response);
    match audience {
        Audience::Page | Audience::Api => depending_on_cookies(response),
        Audience::Feed | Audience::Health => response,
    }
}

/// Says to caches that they must ask again, where the answer says nothing: each would decide for itself.
fn revalidated(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(REVALIDATE));
    response
}

/// Says to caches that one with another cookie gets another answer; but a file that is the same for all says nothing.
fn depending_on_cookies(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let is_for_all = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value == IMMUTABLE);
    if !is_for_all {
        headers.append(header::VARY, HeaderValue::from_static("cookie"));
    }
    response
}

/// Records that someone asked for an address that their role does not allow.
async fn record_refusal(node: &Node, requester: &Requester, path: String) {
    let account = requester.account.as_ref();
    let by = account.map_or(By::Unknown, |account| By::Account(account.id));
    audit::record_refusal(node, &by, Act::Refused, Object::Named(path)).await;
}

/// Answers a request that may not use a route. A person who reads is led to where they can sign in; one who has sent a
/// form is not, since the way back would lose it.
fn refusal(lacks: Lacks, audience: Audience, request: &Request) -> Response {
    if lacks == Lacks::Role {
        let text = "your role does not allow this";
        return audience.answer(Problem::new(StatusCode::FORBIDDEN, text));
    }
    if audience == Audience::Page && is_safe(request.method()) {
        let uri = request.uri();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        return Redirect::to(&urls::sign_in(path)).into_response();
    }
    let text = "this address is for signed-in people of this node";
    let mut response = audience.answer(Problem::new(StatusCode::UNAUTHORIZED, text));
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, SIGN_IN);
    response
}
