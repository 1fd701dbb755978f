//! What may be connected to and for how long, and the HTTP clients that keep to it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ledger::{FaultCode, PeerFault};
use url::Url;
use wire::Timestamp;

use crate::{
    AllowList, Base, PeerClient,
    certificate::Certificates,
    dates::{ClockDifference, Dates},
    fetch::{Http, host_of},
    resolver::Resolver,
};

/// How long a peer may take (docs/FEED.md §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To be connected, name look-up and TLS included.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// For one request in all.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(60),
        }
    }
}

/// The network rules of this node (docs/FEED.md §9).
#[derive(Clone, Default)]
pub struct Rules {
    /// Whether `http` and loopback literals are allowed: for development, the demo and tests.
    pub allow_loopback: bool,
    /// The proxy for all requests. It resolves the names then, so it must keep to the address rules itself.
    pub proxy: Option<Url>,
    /// Name and password for the proxy.
    pub proxy_login: Option<(String, String)>,
    /// Certificate authorities that are trusted besides those of the system, until others are read.
    pub roots: Roots,
    /// Addresses given for names, before the system is asked; they have to be allowed like any other.
    pub hosts: HashMap<String, Vec<IpAddr>>,
    /// How long a peer may take.
    pub limits: Limits,
}

/// Certificate authorities of an organisation's own.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<reqwest::Certificate>);

impl Roots {
    /// Reads certificates in PEM form.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub fn parse(pem: &[u8]) -> Result<Self, String> {
        let read = reqwest::Certificate::from_pem_bundle(pem);
        let roots = read.map_err(|error| format!("it is no certificate in PEM form: {error}"))?;
        if roots.is_empty() {
            return Err("it has no certificate in PEM form".to_owned());
        }
        Ok(Self(roots))
    }
}

/// Idle connections that are kept to one host, and how long: a poll makes several requests, then none for minutes.
const MAX_IDLE: usize = 4;
const IDLE_FOR: Duration = Duration::from_secs(30);
/// The shortest time between two readings of the authorities because a peer shows a certificate of one that is not known:
/// reading those of the system takes about 20 ms.
const MIN_BETWEEN_READINGS: Duration = Duration::from_secs(300);
/// The most bytes of a header block. No feed sends a larger one.
const MAX_HEADER_BYTES: u32 = 32 * 1024;

/// Makes clients for peers. Peers with the same allow list share connections and TLS set-up.
#[derive(Default)]
pub struct Network {
    rules: Rules,
    trust: Mutex<Trust>,
    certificates: Arc<Certificates>,
    dates: Arc<Dates>,
}

/// The clients, and the authorities that they trust: those that the system had when a client was made, and these.
#[derive(Default)]
struct Trust {
    roots: Roots,
    clients: HashMap<AllowList, reqwest::Client>,
    /// When the authorities were read again last because one was not known.
    read_again_at: Option<Timestamp>,
}

impl Network {
    /// Makes a network with these rules. Nothing is connected to yet.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let trust = Trust {
            roots: rules.roots.clone(),
            ..Trust::default()
        };
        Self {
            rules,
            trust: Mutex::new(trust),
            certificates: Arc::default(),
            dates: Arc::default(),
        }
    }

    /// Trusts these authorities from now on, and those that the system has now. Requests under way end as they began.
    pub fn trust(&self, roots: Roots) {
        let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
        trust.roots = roots;
        trust.clients.clear();
        self.certificates.forget_unknown_issuer();
    }

    /// Returns whether the authorities should be read again, since a peer has shown a certificate of one that is not known.
    /// It says so to one caller, and not again within five minutes.
    #[must_use]
    pub fn should_read_authorities(&self, now: Timestamp) -> bool {
        if !self.certificates.is_issuer_unknown() {
            return false;
        }
        let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
        let is_early = |at: Timestamp| now < at.plus(MIN_BETWEEN_READINGS);
        if trust.read_again_at.is_some_and(is_early) {
            return false;
        }
        trust.read_again_at = Some(now);
        true
    }

    /// Reads the address of a feed by the rules.
    ///
    /// # Errors
    /// What is wrong with it, in words for the operator.
    pub fn base(&self, text: &str) -> Result<Base, String> {
        Base::parse(text, self.rules.allow_loopback)
    }

    /// Returns a client for the feed at `base`; `allow_cidr` as in the peer's configuration.
    ///
    /// # Errors
    /// `transport` when the address or the ranges break the rules, or the system has no TLS roots.
    pub fn client(&self, base: &str, allow_cidr: &str) -> Result<PeerClient, PeerFault> {
        let base = self.base(base).map_err(transport)?;
        let allow = AllowList::parse(allow_cidr).map_err(transport)?;
        let http = self.http(allow).map_err(|error| {
            transport(format!(
                "no HTTPS client can be made; are CA certificates installed? {error}"
            ))
        })?;
        let http = Http {
            client: http,
            certificates: Arc::clone(&self.certificates),
            dates: Arc::clone(&self.dates),
        };
        Ok(PeerClient::new(base, http))
    }

    /// Returns when the certificate that the host of a feed has shown last expires; nothing before it has shown one.
    #[must_use]
    pub fn certificate_expires(&self, base: &str) -> Option<Timestamp> {
        let url = Url::parse(base).ok()?;
        self.certificates.expires(&host_of(&url))
    }

    /// Compares a clock with those of the servers of peers, by their latest answers; nothing while more than half of them
    /// agree with it within two minutes.
    #[must_use]
    pub fn clock_difference(&self, now: Timestamp) -> Option<ClockDifference> {
        self.dates.difference(now)
    }

    /// Returns whether a server of a peer has said lately what time it is.
    #[must_use]
    pub fn has_heard_clocks(&self) -> bool {
        self.dates.has_any()
    }

    fn http(&self, allow: AllowList) -> Result<reqwest::Client, reqwest::Error> {
        let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = trust.clients.get(&allow) {
            return Ok(client.clone());
        }
        let client = self.build(allow.clone(), &trust.roots)?;
        trust.clients.insert(allow, client.clone());
        Ok(client)
    }

    fn build(&self, allow: AllowList, roots: &Roots) -> Result<reqwest::Client, reqwest::Error> {
        let rules = &self.rules;
        let resolver = Resolver {
            allow,
            allow_loopback: rules.allow_loopback,
            proxy_host: rules
                .proxy
                .as_ref()
                .and_then(|url| url.host_str().map(str::to_owned)),
            hosts: Arc::new(rules.hosts.clone()),
        };
        let builder = reqwest::Client::builder()
            .user_agent(concat!("wardround/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .dns_resolver(resolver)
            // Answers are decoded in `fetch`, where a zstd window has its limit.
            .no_gzip()
            .no_zstd()
            .connect_timeout(rules.limits.connect)
            .read_timeout(rules.limits.idle)
            .timeout(rules.limits.total)
            .pool_max_idle_per_host(MAX_IDLE)
            .pool_idle_timeout(IDLE_FOR)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .tls_info(true)
            .no_proxy();
        let builder = match roots.0.as_slice() {
            [] => builder,
            roots => builder.tls_certs_merge(roots.iter().cloned()),
        };
        let Some(proxy) = &rules.proxy else {
            return builder.build();
        };
        let proxy = reqwest::Proxy::all(proxy.clone())?;
        let proxy = match &rules.proxy_login {
            Some((user, password)) => proxy.basic_auth(user, password),
            None => proxy,
        };
        builder.proxy(proxy).build()
    }
}

fn transport(text: String) -> PeerFault {
    PeerFault {
        code: FaultCode::Transport,
        text,
    }
}
