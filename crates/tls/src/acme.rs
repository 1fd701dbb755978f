//! A certificate from an authority that speaks ACME (RFC 8555), asked for and renewed by the node itself.
//!
//! The authority opens a connection to port 443 of the host, and finds the answer to its challenge there (TLS-ALPN-01,
//! RFC 8737). Whatever it does, the certificate that is there is shown.

use std::{sync::Arc, time::Duration};

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, ExternalAccountKey, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use peering::Validity;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{
    crypto::aws_lc_rs::default_provider, pki_types::PrivatePkcs8KeyDer, sign::CertifiedKey,
};
use settings::Settings;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use wire::{Timestamp, base64};
use zeroize::Zeroizing;

use crate::{
    Failure, Kept, Pair, Shown,
    authority::{Authority, described, described_binding, described_problem, is_unknown_account},
};

/// How long one attempt may take in all.
const MAX_ATTEMPT: Duration = Duration::from_secs(180);
/// How long the authority may take to check the challenge, and again for the certificate.
const MAX_CHECK: Duration = Duration::from_secs(60);
/// Authorizations of one order that are looked at: there is one host.
const MAX_AUTHORIZATIONS: usize = 4;
/// How often it is looked whether a certificate is due, since clocks are put right and machines sleep.
const LOOK: Duration = Duration::from_secs(3_600);
/// How often it is looked whether the node has an identity by now.
const LOOK_FOR_SITE: Duration = Duration::from_secs(5);

/// What renewal asks the node for.
pub trait Site: Send + Sync {
    /// Returns the host of the site, once it has one.
    fn host(&self) -> Option<String>;
    /// Returns the time.
    fn now(&self) -> Timestamp;
}

/// A key with the certificates for it, as they are written.
struct Issued {
    key: Zeroizing<String>,
    chain: String,
    pair: Pair,
}

/// What holds also where the data directory takes no more: an authority that is asked again at once refuses for days.
#[derive(Default)]
struct Memory {
    failure: Option<Failure>,
    /// A certificate that is shown and could not be kept yet.
    unkept: Option<(Zeroizing<String>, String)>,
}

impl Memory {
    /// Shows a certificate and keeps it.
    fn show(&mut self, issued: Issued, kept: &Kept, shown: &Shown) -> Validity {
        let Issued { key, chain, pair } = issued;
        let validity = pair.validity;
        tracing::info!(expires = %validity.until, "a new certificate is shown from now on");
        shown.show(pair);
        self.unkept = None;
        if let Err(why) = kept.keep_pair(&key, &chain) {
            tracing::error!(why, "the new certificate is shown, and it cannot be kept");
            kept.forget_failure();
            shown.fail(why);
            self.unkept = Some((key, chain));
        }
        validity
    }

    /// Keeps the certificate that could not be kept before.
    fn keep(&mut self, kept: &Kept, shown: &Shown) {
        let unkept = self.unkept.as_ref();
        if unkept.is_some_and(|(key, chain)| kept.keep_pair(key, chain).is_ok()) {
            tracing::info!("the certificate that is shown is kept now");
            self.unkept = None;
            shown.recover();
        }
    }
}

/// Asks for a certificate and renews it when two thirds of its time are over, until `stop`.
pub async fn renew(
    settings: &Settings,
    shown: &Arc<Shown>,
    site: &impl Site,
    stop: &CancellationToken,
) {
    let kept = Kept::new(settings);
    match kept.pair() {
        Ok(Some(pair)) => shown.show(pair),
        Ok(None) => {}
        Err(why) => tracing::error!(why, "the certificate that was kept cannot be used"),
    }
    let mut asked = false;
    let mut memory = Memory::default();
    loop {
        memory.keep(&kept, shown);
        let pause = match site.host() {
            None => LOOK_FOR_SITE,
            Some(host) => {
                let now = site.now();
                let due = due_in(shown.pair().as_deref(), &host, now);
                let failure = memory.failure.clone().or_else(|| kept.failure());
                if !due.is_zero() && failure.is_some() {
                    // Nothing is needed any more: the clock or the address was put right.
                    kept.forget_failure();
                    memory.failure = None;
                    if memory.unkept.is_none() {
                        shown.recover();
                    }
                }
                let waiting = failure.filter(|_| due.is_zero() && !asked);
                let again = |failure: &Failure| failure.next(now).since(now);
                let pause = due.max(waiting.as_ref().map_or(Duration::ZERO, again));
                if pause.is_zero() {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = attempt(settings, &kept, &mut memory, shown, &host, site) => {}
                    }
                    asked = false;
                    continue;
                }
                if let Some(failure) = waiting {
                    shown.fail(failure.why);
                }
                pause.min(LOOK)
            }
        };
        asked = tokio::select! {
            () = stop.cancelled() => return,
            () = shown.woken() => true,
            () = sleep(pause) => false,
        };
    }
}

/// Returns how long no other certificate is needed.
fn due_in(pair: Option<&Pair>, host: &str, now: Timestamp) -> Duration {
    let renewal = pair
        .filter(|pair| pair.is_for(host))
        .map(|pair| renewal(pair.validity));
    renewal.map_or(Duration::ZERO, |at| at.since(now))
}

/// Returns when two thirds of a certificate's time are over.
fn renewal(validity: Validity) -> Timestamp {
    let whole = validity.until.since(validity.from);
    validity.from.plus(whole * 2 / 3)
}

async fn attempt(
    settings: &Settings,
    kept: &Kept,
    memory: &mut Memory,
    shown: &Arc<Shown>,
    host: &str,
    site: &impl Site,
) {
    tracing::info!(host, "asking for a certificate");
    let before = memory.failure.take().or_else(|| kept.failure());
    let attempts = before.map_or(0, |before| before.attempts);
    let obtained = timeout(MAX_ATTEMPT, obtain(settings, kept, shown, host)).await;
    shown.answer_challenge(None);
    let obtained = obtained.unwrap_or_else(|_| {
        let secs = MAX_ATTEMPT.as_secs();
        Err(format!(
            "the authority has issued nothing within {secs} seconds; it is tried again"
        ))
    });
    let now = site.now();
    let why = match obtained {
        Ok(issued) => {
            let validity = memory.show(issued, kept, shown);
            let expires = validity.until;
            if renewal(validity) > now {
                return;
            }
            // The next one would be the same: an authority that is asked again and again refuses for days.
            format!(
                "the certificate that the authority has just issued is from {} to {expires}, and by the clock of this machine, {now}, it has to be renewed already; see that the clock is right",
                validity.from
            )
        }
        Err(why) => why,
    };
    let failure = Failure {
        at: now,
        attempts: attempts.saturating_add(1),
        why,
    };
    let (why, next) = (&failure.why, failure.next(now));
    tracing::error!(host, why, %next, "no certificate could be had that lasts; the latest is shown, if there is one");
    if let Err(why) = kept.keep_failure(&failure) {
        tracing::error!(why, "the failure cannot be kept");
    }
    shown.fail(failure.why.clone());
    memory.failure = Some(failure);
}

/// Asks for a certificate for a host.
async fn obtain(
    settings: &Settings,
    kept: &Kept,
    shown: &Arc<Shown>,
    host: &str,
) -> Result<Issued, String> {
    let fault = |error: Error| {
        if is_unknown_account(&error) {
            kept.forget_account();
        }
        described(&error, host)
    };
    // Step 1: the account and the order.
    let account = account(settings, kept, host).await?;
    let identifier = match host.trim_matches(['[', ']']).parse() {
        Ok(address) => Identifier::Ip(address),
        Err(_) => Identifier::Dns(host.to_owned()),
    };
    let order = account.new_order(&NewOrder::new(&[identifier])).await;
    let mut order = order.map_err(fault)?;
    // Step 2: the challenge, which is answered in handshakes from here on.
    answer_challenges(&mut order, shown, host).await?;
    let policy = RetryPolicy::default().timeout(MAX_CHECK);
    let status = order.poll_ready(&policy).await.map_err(fault)?;
    if status != OrderStatus::Ready {
        return Err(refusal(&mut order, host).await);
    }
    // Step 3: the certificate, with a new key.
    let key = Zeroizing::new(order.finalize().await.map_err(fault)?);
    let chain = order.poll_certificate(&policy).await.map_err(fault)?;
    let pair = Pair::parse(chain.as_bytes(), key.as_bytes())
        .map_err(|why| format!("what the authority has issued cannot be used: {why}"))?;
    if !pair.is_for(host) {
        let names = pair.names();
        return Err(format!(
            "the authority has issued a certificate for {names} instead of `{host}`"
        ));
    }
    Ok(Issued { key, chain, pair })
}

/// Returns the account of this node, which is made the first time.
async fn account(settings: &Settings, kept: &Kept, host: &str) -> Result<Account, String> {
    let acme = &settings.tls.acme;
    let builder = || {
        Ok::<_, String>(Account::builder_with_http(Box::new(Authority::new(
            settings,
        )?)))
    };
    let fault = |error: Error| described(&error, host);
    if let Some(known) = kept.account()? {
        match serde_json::from_slice(&known) {
            Ok(credentials) => {
                let opened = builder()?.from_credentials(credentials).await;
                return opened.map_err(fault);
            }
            Err(error) => {
                tracing::warn!(%error, "the account at the authority cannot be read, and a new one is made")
            }
        }
    }
    let contact = acme.contact.as_ref().map(|email| format!("mailto:{email}"));
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let new = NewAccount {
        contact: &contact,
        // The settings have no ACME without it.
        terms_of_service_agreed: acme.agree_to_terms,
        only_return_existing: false,
    };
    let binding = match acme.eab_key_id.clone().zip(acme.eab_key.as_ref()) {
        None => None,
        Some((id, key)) => {
            let key = key.expose().trim_end_matches('=');
            let key = base64::decode_url(key)
                .ok_or("`tls.acme.eab_key` is not base64 as URLs have it; copy it as the authority gives it")?;
            Some(ExternalAccountKey::new(id, &key))
        }
    };
    let created = builder()?
        .create(&new, acme.directory.to_string(), binding.as_ref())
        .await;
    let (account, credentials) = created.map_err(|error| {
        let refusal = binding.as_ref().and_then(|_| described_binding(&error));
        refusal.unwrap_or_else(|| fault(error))
    })?;
    let bytes = serde_json::to_vec(&credentials).map_err(|error| error.to_string())?;
    kept.keep_account(&bytes)?;
    Ok(account)
}

/// Answers what the authority wants to see, and tells it that it may look.
async fn answer_challenges(
    order: &mut Order,
    shown: &Arc<Shown>,
    host: &str,
) -> Result<(), String> {
    let fault = |error: Error| described(&error, host);
    let mut authorizations = order.authorizations();
    for _ in 0..MAX_AUTHORIZATIONS {
        let Some(authorization) = authorizations.next().await else {
            break;
        };
        let mut authorization = authorization.map_err(fault)?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization.challenge(ChallengeType::TlsAlpn01).ok_or(
            "the authority offers no challenge TLS-ALPN-01, the only one that the node answers; take another authority, or a web server with ACME in front",
        )?;
        let answer = challenge_certificate(host, challenge.key_authorization().digest().as_ref())?;
        shown.answer_challenge(Some(Arc::new(answer)));
        challenge.set_ready().await.map_err(fault)?;
    }
    Ok(())
}

/// Makes the certificate that answers a challenge (RFC 8737 §3).
fn challenge_certificate(host: &str, digest: &[u8]) -> Result<CertifiedKey, String> {
    let text = |error: rcgen::Error| format!("the challenge cannot be answered: {error}");
    let host = host.trim_matches(['[', ']']).to_owned();
    let mut params = CertificateParams::new(vec![host]).map_err(text)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(text)?;
    let certificate = params.self_signed(&key).map_err(text)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let key = default_provider()
        .key_provider
        .load_private_key(key.into())
        .map_err(|error| format!("the challenge cannot be answered: {error}"))?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// Returns why the authority did not accept an order.
async fn refusal(order: &mut Order, host: &str) -> String {
    let mut authorizations = order.authorizations();
    for _ in 0..MAX_AUTHORIZATIONS {
        let Some(Ok(mut authorization)) = authorizations.next().await else {
            break;
        };
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        let mut problems = state.challenges.iter().filter_map(|one| one.error.as_ref());
        if let Some(problem) = problems.next() {
            return described_problem(problem, host);
        }
    }
    "the authority has refused without a reason".to_owned()
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::Path,
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Waker},
    };

    use super::*;

    const NOW: i64 = 1_795_000_000;

    /// A site that counts how often it was looked for.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Site for Counted {
        fn host(&self) -> Option<String> {
            let before = self.0.fetch_add(1, Ordering::Relaxed);
            assert!(before < 10, "asked without a pause");
            Some("lessons.harrowdale.example".to_owned())
        }

        fn now(&self) -> Timestamp {
            Timestamp::from_secs(NOW)
        }
    }

    fn settings(data: &Path) -> Settings {
        let mut settings = Settings {
            data: data.to_owned(),
            ..Settings::default()
        };
        // So that each attempt fails before anything is sent.
        settings.tls.acme.ca_file = Some(data.join("none.pem"));
        settings
    }

    /// Runs the renewal up to its first pause; returns how often the site was looked for.
    fn asked(settings: &Settings) -> usize {
        let (shown, site) = (Arc::default(), Counted::default());
        let stop = CancellationToken::new();
        let mut renewing = pin!(renew(settings, &shown, &site, &stop));
        let mut context = Context::from_waker(Waker::noop());
        assert!(renewing.as_mut().poll(&mut context).is_pending());
        assert!(shown.fault().is_some());
        site.0.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn an_attempt_that_fails_is_followed_by_a_pause_also_where_nothing_can_be_written() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(asked(&settings(base.path())), 2);
        // As kept by an attempt before this start.
        assert_eq!(asked(&settings(base.path())), 1);
        let file = base.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(asked(&settings(&file)), 2);
    }

    #[tokio::test]
    async fn a_failure_of_a_clock_that_was_ahead_is_not_waited_for() {
        let base = tempfile::tempdir().unwrap();
        let settings = settings(base.path());
        let kept = Kept::new(&settings);
        let ahead = Failure {
            at: Timestamp::from_secs(NOW + 100_000_000),
            attempts: 1,
            why: "the certificate of the authority has expired".to_owned(),
        };
        kept.keep_failure(&ahead).unwrap();
        assert_eq!(asked(&settings), 2);
        let failure = kept.failure().unwrap();
        assert_eq!(
            (failure.at, failure.attempts),
            (Timestamp::from_secs(NOW), 2)
        );
    }
}
