//! Sessions of browsers: tower-sessions over the node's own database.
//!
//! Invariants: the database has only the digest of a session's id; a session that was ended is never stored again; a
//! session with an account always has an id that no one knew before.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, header};
use node::{Node, urls};
use store::{NewSession, SavedSession, StoreError};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::OffsetDateTime},
    session::{Id, Record},
    session_store::{self, Error},
};
use wire::AccountId;

use pages::sessions::{ACCOUNT, id_bytes};

/// The name of the cookie where a browser is to send it over TLS to this host only.
const SECURE_NAME: &str = "__Host-session";
/// Its name without TLS, on this machine.
const PLAIN_NAME: &str = "session";
/// How long a session without an account lasts: a person is at an OpenID provider meanwhile.
const MAX_ANONYMOUS: Duration = Duration::from_secs(600);
/// Shortest time between two records of the use of a session.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// Ids that are drawn until one is free: two are never the same.
const MAX_DRAWS: usize = 3;

/// Opens and keeps the session of a request. The session is read when it is asked for. Readers without a cookie, who are
/// nearly all, have none and get none, so that reading costs what it did without accounts.
pub(crate) async fn manage(
    State(node): State<Arc<Node>>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let begins = request.uri().path().starts_with(urls::SIGN_IN);
    if reads && !begins && !request.headers().contains_key(header::COOKIE) {
        return next.run(request).await;
    }
    // The scheme is known after `init`, and the router is there before.
    let is_secure = node
        .identity()
        .is_some_and(|identity| identity.site_url.scheme() == "https");
    let layer = SessionManagerLayer::new(Sessions { node })
        .with_name(if is_secure { SECURE_NAME } else { PLAIN_NAME })
        .with_secure(is_secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        // The browser forgets it when it is closed; the database knows how long it is valid.
        .with_expiry(Expiry::OnSessionEnd);
    let inner = service_fn(move |request| {
        let next = next.clone();
        async move { Ok::<_, Infallible>(next.run(request).await) }
    });
    let answered = layer.layer(inner).oneshot(request).await;
    let mut response = answered.unwrap_or_else(|never| match never {});
    // An answer that sets a cookie is for one browser, whoever reads it.
    let headers = response.headers_mut();
    if headers.contains_key(header::SET_COOKIE) {
        headers.remove(header::ETAG);
        let private = HeaderValue::from_static("private, no-store");
        headers.insert(header::CACHE_CONTROL, private);
    }
    if is_secure {
        mark_secure(headers);
    }
    response
}

/// Adds `Secure` where the library leaves it out: to what deletes a cookie. A browser ignores any line about a cookie
/// whose name begins with `__Host-` without it (RFC 6265bis §4.1.3.2), and would keep the cookie.
fn mark_secure(headers: &mut HeaderMap) {
    let lines: Vec<_> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    headers.remove(header::SET_COOKIE);
    for line in lines {
        let text = line.to_str().unwrap_or_default();
        let marked = HeaderValue::try_from(format!("{text}; Secure"));
        let line = match marked {
            Ok(marked) if !text.contains("Secure") => marked,
            _ => line,
        };
        headers.append(header::SET_COOKIE, line);
    }
}

/// The sessions of a node.
struct Sessions {
    node: Arc<Node>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    /// Stores a new session under a new id, whatever id it had before.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let (now, data) = (self.node.now(), encode(record)?);
        let account = account(record);
        let lifetime = match account {
            Some(_) => self.node.current().accounts.session_max,
            None => MAX_ANONYMOUS,
        };
        for _ in 0..MAX_DRAWS {
            record.id = Id::default();
            let new = NewSession {
                id: &id_bytes(record.id),
                account,
                data: &data,
                expires_at: now.plus(lifetime),
            };
            if self
                .node
                .store
                .create_session(&new, now)
                .await
                .map_err(failed)?
            {
                return Ok(());
            }
        }
        Err(Error::Backend("no id is free".to_owned()))
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let session = SavedSession {
            id: &id_bytes(record.id),
            account: account(record),
            data: &encode(record)?,
        };
        self.node.store.save_session(&session).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let (node, now) = (&self.node, self.node.now());
        let used_after = now.minus(node.current().accounts.session_idle);
        let found = node.store.session(&id_bytes(*id), now, used_after).await;
        let Some(session) = found.map_err(failed)? else {
            return Ok(None);
        };
        let is_ahead = session.seen_at > now.plus(TOUCH_EVERY);
        if (is_ahead || now.since(session.seen_at) >= TOUCH_EVERY)
            && let Err(error) = node.store.touch_session(&session.id, now).await
        {
            // Reading continues while nothing can be written.
            tracing::debug!(%error, "the use of a session could not be recorded");
        }
        let data = serde_json::from_str(&session.data);
        Ok(Some(Record {
            id: *id,
            data: data.map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(session.expires_at.secs())
                .map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let deleted = self.node.store.delete_session(&id_bytes(*id)).await;
        deleted.map_err(failed)
    }
}

fn account(record: &Record) -> Option<AccountId> {
    AccountId::parse(record.data.get(ACCOUNT)?.as_str()?)
}

fn encode(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` takes"
)]
fn failed(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
