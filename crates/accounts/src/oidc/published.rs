//! What a provider publishes about itself, as it was last fetched.
//!
//! Invariant: one request at a time fetches it, and no one waits for longer than one fetch may take. Requests that
//! wait share its outcome, a failure too: a provider that hangs is not asked once for each of them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use wire::Timestamp;

use super::ProviderError;

/// What a provider publishes about itself.
#[derive(Debug, Clone)]
pub(super) struct Published {
    pub(super) metadata: Metadata,
    pub(super) keys: Vec<Jwk>,
}

/// Its settings (OpenID Connect Discovery 1.0 §3).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// What is kept of one provider.
#[derive(Debug)]
pub(super) struct Kept {
    last: Mutex<Last>,
    /// Held by the request that fetches.
    turn: tokio::sync::Mutex<()>,
    max_wait: Duration,
}

#[derive(Debug, Default)]
struct Last {
    published: Option<(Published, Timestamp)>,
    failed: Option<(ProviderError, Instant)>,
}

impl Kept {
    /// Keeps nothing yet; a fetch may take `max_wait`.
    pub(super) fn new(max_wait: Duration) -> Self {
        Self {
            last: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            max_wait,
        }
    }

    /// Returns what was fetched within `max_age`, else what `fetch` returns.
    ///
    /// # Errors
    /// Those of `fetch`, of this request or of one that fetched while this one waited.
    pub(super) async fn get(
        &self,
        now: Timestamp,
        max_age: Duration,
        fetch: impl Future<Output = Result<Published, ProviderError>>,
    ) -> Result<Published, ProviderError> {
        if let Some(published) = self.fresh(now, max_age) {
            return Ok(published);
        }
        let since = Instant::now();
        let deadline = since + self.max_wait;
        let late = || {
            let text = format!("no answer within {} s", self.max_wait.as_secs());
            ProviderError::Unreachable(text)
        };
        let Ok(_turn) = timeout_at(deadline, self.turn.lock()).await else {
            return Err(late());
        };
        // Another request may have fetched it, or tried to, while this one waited.
        if let Some(published) = self.fresh(now, max_age) {
            return Ok(published);
        }
        if let Some(error) = self.failed_after(since) {
            return Err(error);
        }
        let fetched = timeout_at(deadline, fetch).await;
        let fetched = fetched.unwrap_or_else(|_| Err(late()));
        self.keep(&fetched, now);
        fetched
    }

    /// Returns what was fetched at most `max_age` before `now`.
    fn fresh(&self, now: Timestamp, max_age: Duration) -> Option<Published> {
        let last = self.last();
        let (published, at) = last.published.as_ref()?;
        (*at <= now && now.since(*at) < max_age).then(|| published.clone())
    }

    fn failed_after(&self, since: Instant) -> Option<ProviderError> {
        let last = self.last();
        let (error, at) = last.failed.as_ref()?;
        (*at >= since).then(|| error.clone())
    }

    fn keep(&self, fetched: &Result<Published, ProviderError>, now: Timestamp) {
        let mut last = self.last();
        match fetched {
            Ok(published) => last.published = Some((published.clone(), now)),
            Err(error) => last.failed = Some((error.clone(), Instant::now())),
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::{Duration, Instant},
    };

    use tokio::{net::TcpListener, task::JoinSet};
    use wire::Timestamp;

    use super::{Kept, Metadata, Published};
    use crate::{
        Roots,
        oidc::{Provider, ProviderError, ProviderSettings},
    };

    const MAX_WAIT: Duration = Duration::from_millis(300);

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap()
    }

    fn settings(name: &str, issuer: &str) -> ProviderSettings {
        ProviderSettings {
            name: name.to_owned(),
            issuer: issuer.to_owned(),
            client_id: "wardround".to_owned(),
            ..ProviderSettings::default()
        }
    }

    fn published() -> Published {
        Published {
            metadata: Metadata {
                issuer: "https://id.example".to_owned(),
                authorization_endpoint: String::new(),
                token_endpoint: String::new(),
                jwks_uri: String::new(),
                token_endpoint_auth_methods_supported: Vec::new(),
                authorization_response_iss_parameter_supported: false,
            },
            keys: Vec::new(),
        }
    }

    #[test]
    fn all_who_wait_for_a_provider_that_hangs_wait_for_one_request() {
        runtime().block_on(async {
            // The server takes connections and never says anything.
            let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let issuer = format!("http://{}", silent.local_addr().unwrap());
            let mut provider =
                Provider::new(settings("silent", &issuer), None, &Roots::default()).unwrap();
            provider.set_max_wait(MAX_WAIT);
            let accepted = AtomicUsize::new(0);
            let serve = async {
                let mut open = Vec::new();
                loop {
                    open.push(silent.accept().await.unwrap());
                    accepted.fetch_add(1, Ordering::Relaxed);
                }
            };
            let (begun, now) = (Instant::now(), Timestamp::from_secs(1_790_000_000));
            let provider = Arc::new(provider);
            let mut sign_ins = JoinSet::new();
            for _ in 0..8 {
                let provider = Arc::clone(&provider);
                sign_ins.spawn(async move { provider.begin("http://127.0.0.1/back", now).await });
            }
            let refused = tokio::select! {
                refused = sign_ins.join_all() => refused,
                () = serve => unreachable!("it serves for ever"),
            };
            for one in refused {
                assert!(matches!(one, Err(ProviderError::Unreachable(_))), "{one:?}");
            }
            assert!(begun.elapsed() < MAX_WAIT * 3, "{:?}", begun.elapsed());
            assert_eq!(accepted.load(Ordering::Relaxed), 1, "it was asked once");
        });
    }

    #[test]
    fn what_was_fetched_serves_those_who_waited_and_those_who_come_later() {
        runtime().block_on(async {
            let kept = Kept::new(MAX_WAIT);
            let now = Timestamp::from_secs(1_790_000_000);
            let (hour, fetches) = (Duration::from_secs(3_600), AtomicUsize::new(0));
            let fetch = async || {
                fetches.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(published())
            };
            let one = || kept.get(now, hour, fetch());
            let (first, second) = tokio::join!(one(), one());
            assert!(first.is_ok() && second.is_ok());
            assert_eq!(fetches.load(Ordering::Relaxed), 1);
            for (after, expected) in [(3_599, 1), (3_600, 2)] {
                let later = now.plus(Duration::from_secs(after));
                kept.get(later, hour, fetch()).await.unwrap();
                assert_eq!(fetches.load(Ordering::Relaxed), expected, "{after} s later");
            }
            // The clock was set back: what was fetched in the future is fetched again.
            kept.get(now, hour, fetch()).await.unwrap();
            assert_eq!(fetches.load(Ordering::Relaxed), 3);
        });
    }

    #[test]
    fn the_next_sign_in_after_a_failure_asks_again() {
        runtime().block_on(async {
            let kept = Kept::new(MAX_WAIT);
            let now = Timestamp::from_secs(1_790_000_000);
            let hour = Duration::from_secs(3_600);
            let failure = async { Err(ProviderError::Unreachable("status 500".to_owned())) };
            assert!(kept.get(now, hour, failure).await.is_err());
            let answer = async { Ok(published()) };
            assert!(kept.get(now, hour, answer).await.is_ok());
        });
    }
}
