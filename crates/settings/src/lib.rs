//! What the operator decides, as plain data: defaults, then `wardround.toml`, then the environment, then flags.
//!
//! Nothing else in the program reads the environment or a configuration file.

mod account_keys;
mod backup_keys;
mod database_keys;
mod fault;
pub mod keys;
pub mod load;
mod named_file;
mod network_keys;
mod providers;
mod reading;
pub mod reference;
pub mod reload;
mod tls_keys;
mod values;

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use accounts::{
    mail::{Encryption, SmtpServer},
    oidc::ProviderSettings,
};
use ipnet::IpNet;
use url::Url;
use zeroize::Zeroizing;

pub use backup_keys::Backup;
pub use database_keys::Database;
pub use named_file::{read_file, read_text};
pub use network_keys::Traces;
pub use tls_keys::{Acme, Tls};

/// All settings of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The data directory: keys, database, index, lock and control socket.
    pub data: PathBuf,
    /// Where pages, API and feed are served.
    pub listen: SocketAddr,
    /// How requests reach the server.
    pub server: Server,
    /// TLS of the server itself.
    pub tls: Tls,
    /// How the site presents itself.
    pub site: Site,
    /// How what people write here is published.
    pub publishing: Publishing,
    /// The database.
    pub database: Database,
    /// Accounts and their sessions.
    pub accounts: Accounts,
    /// OpenID providers by their names.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// The server that takes mail.
    pub smtp: Smtp,
    /// What is pulled from peers, and how.
    pub federation: Federation,
    /// How the search reads words.
    pub search: SearchSettings,
    /// Backups that the node makes by itself.
    pub backup: Backup,
    /// Figures for a monitoring system.
    pub metrics: Metrics,
    /// Spans of requests for a collector.
    pub traces: Traces,
    /// Limits of the server.
    pub limits: Limits,
    /// The program's log.
    pub log: Log,
}

/// How requests reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Proxies whose `X-Forwarded-For` says who the client is.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether the node is only read: it signs, takes and pulls nothing.
    pub read_only: bool,
    /// Where requests over plain HTTP are sent to the address of the site, if anywhere.
    pub redirect_http: Option<SocketAddr>,
}

/// How the site presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The name in the header of each page.
    pub name: String,
    /// Whether each page says that its content is invented.
    pub demo: bool,
    /// Whether assistants may search and read what is public.
    pub assistants: bool,
}

/// How what people write here is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publishing {
    /// Who has to approve it.
    pub approval: ApprovalBy,
    /// The e-mail address of the person who looks after what no one else does.
    pub lead: Option<String>,
}

/// Who has to approve what people write here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalBy {
    /// An editor who has not written it.
    SecondPerson,
    /// Any editor: where there is only one.
    Anyone,
}

impl ApprovalBy {
    /// Returns the value as the configuration has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecondPerson => "second-person",
            Self::Anyone => "self",
        }
    }
}

/// Accounts and their sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// How long a session lasts without use.
    pub session_idle: Duration,
    /// How long a session lasts at most.
    pub session_max: Duration,
    /// The HTTP proxy for requests to OpenID providers.
    pub proxy: Option<Url>,
    /// Certificates of authorities that are trusted for those providers and the mail server.
    pub ca_file: Option<PathBuf>,
    /// What the page says on which people sign in; plain text.
    pub note: Option<String>,
}

/// The server that takes mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name; without it no mail is sent.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The name to sign in with.
    pub user: Option<String>,
    /// The password to sign in with.
    pub password: Option<Secret>,
    /// Who mail is from.
    pub from: Option<String>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            // NIST SP 800-63B-4 §2.2.3: a day at most, and an hour without use. Two hours, since people are called away
            // while they write.
            session_idle: Duration::from_secs(2 * 3_600),
            session_max: Duration::from_secs(24 * 3_600),
            proxy: None,
            ca_file: None,
            note: None,
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: None,
            // RFC 6409 §3.1.
            port: 587,
            encryption: Encryption::StartTls,
            user: None,
            password: None,
            from: None,
        }
    }
}

impl Smtp {
    /// Returns the server, if there is one.
    ///
    /// # Errors
    /// What is missing or does not fit.
    pub fn server(&self) -> Result<Option<SmtpServer>, String> {
        let Some(host) = &self.host else {
            return Ok(None);
        };
        let from = self
            .from
            .clone()
            .ok_or("`smtp.from` is missing: who mail is from")?;
        if self.user.is_some() != self.password.is_some() {
            return Err("`smtp.user` and `smtp.password` belong together; where the service alone has the password, set the user there too".to_owned());
        }
        Ok(Some(SmtpServer {
            host: host.clone(),
            port: self.port,
            encryption: self.encryption,
            user: self.user.clone(),
            password: self.password.as_ref().map(|secret| secret.0.clone()),
            from,
        }))
    }
}

/// What is pulled from peers, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Federation {
    /// Whether peers are polled at all.
    pub enabled: bool,
    /// How long between two polls of a peer.
    pub interval: Duration,
    /// Whether `http` and loopback addresses may be peers: for development and the demo.
    pub allow_loopback: bool,
    /// The HTTP proxy for all requests to peers.
    pub proxy: Option<Url>,
    /// The name to sign in to the proxy with.
    pub proxy_user: Option<String>,
    /// The password to sign in to the proxy with.
    pub proxy_password: Option<Secret>,
    /// A file of certificate authorities that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// Addresses for names of peers, instead of those of the name service.
    pub hosts: BTreeMap<String, Vec<IpAddr>>,
    /// Bytes on disk that one peer may use, about.
    pub quota_bytes: u64,
    /// Live documents that one peer may have here.
    pub quota_documents: u64,
    /// Share of the disk in percent that has to be free for anything new to be taken from peers.
    pub min_free_percent: u64,
}

/// How the search reads words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchSettings {
    /// A file of abbreviations and words of one meaning, besides those of the program.
    pub terms: Option<PathBuf>,
    /// Whether searches that found nothing are counted.
    pub gaps: bool,
    /// Whether it is learnt which documents are about the same.
    pub related: bool,
}

impl Default for SearchSettings {
    fn default() -> Self {
        Self {
            terms: None,
            gaps: true,
            related: true,
        }
    }
}

/// Figures for a monitoring system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Where `/metrics` is served; nowhere when it is not set.
    pub listen: Option<SocketAddr>,
}

/// Limits of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of open connections, without the reserve for health checks.
    pub connections: usize,
    /// How long a client may take to send the head of a request, and how long it may be idle between two requests.
    pub header_timeout: Duration,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long a client may take nothing of an answer.
    pub stall_timeout: Duration,
    /// Bytes of all answers together that may wait in memory until clients read them.
    pub unread_bytes: usize,
    /// Maximum size of a request body in bytes.
    pub body_bytes: usize,
    /// How long running requests may take when the program is asked to stop.
    pub drain: Duration,
}

/// The program's log, on the standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,peering=debug`.
    pub filter: String,
    /// How a line is written.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data/node"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            // The proxy that does TLS is usually on the same machine.
            server: Server {
                trusted_proxies: vec![
                    IpNet::from(IpAddr::from(Ipv4Addr::LOCALHOST)),
                    IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST)),
                ],
                read_only: false,
                redirect_http: None,
            },
            tls: Tls::default(),
            site: Site {
                name: "Wardround".to_owned(),
                demo: false,
                assistants: true,
            },
            publishing: Publishing {
                approval: ApprovalBy::SecondPerson,
                lead: None,
            },
            database: Database::default(),
            accounts: Accounts::default(),
            providers: BTreeMap::new(),
            smtp: Smtp::default(),
            federation: Federation {
                enabled: true,
                interval: Duration::from_secs(300),
                allow_loopback: false,
                proxy: None,
                proxy_user: None,
                proxy_password: None,
                ca_file: None,
                hosts: BTreeMap::new(),
                quota_bytes: 2_000_000_000,
                quota_documents: 50_000,
                min_free_percent: 10,
            },
            search: SearchSettings::default(),
            backup: Backup::default(),
            metrics: Metrics::default(),
            traces: Traces::default(),
            limits: Limits {
                connections: 1_000,
                header_timeout: Duration::from_secs(10),
                request_timeout: Duration::from_secs(30),
                stall_timeout: Duration::from_secs(30),
                unread_bytes: 32 << 20,
                body_bytes: 1 << 20,
                drain: Duration::from_secs(8),
            },
            log: Log {
                filter: "info".to_owned(),
                format: LogFormat::Text,
            },
        }
    }
}

/// A value that is never shown, and wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a value.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Returns the value; for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
