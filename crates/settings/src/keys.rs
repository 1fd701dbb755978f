//! The keys of the configuration, each once: name, form, meaning, how it is read and shown.
//!
//! File, environment, flags, `config show` and the reference page all go through this table.

use std::path::PathBuf;

use accounts::EmailAddress;
use url::Url;

use super::{
    ApprovalBy, LogFormat, Settings, account_keys, backup_keys, database_keys, network_keys,
    tls_keys,
    values::{ADDRESS, BOOLEAN, assign, check_filter, hosts, networks, proxy, seconds, within},
};

/// One key.
pub struct Key {
    /// Its name in `wardround.toml`, with dots between tables.
    pub name: &'static str,
    /// What a value looks like.
    pub form: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether its value, or a part of it, is never shown; then the environment variable has a `_FILE` variant.
    pub secret: bool,
    /// Reads a value into the settings; otherwise says what is wrong with it.
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
    /// Shows the value; nothing when it is not set.
    pub get: fn(&Settings) -> Option<String>,
}

impl Key {
    /// Returns the names of its environment variable; the first is the usual one.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        let usual = format!("WARDROUND_{}", self.name.to_uppercase().replace('.', "_"));
        match self.name {
            // The name that platforms give to a database they provide.
            "database.url" => vec!["DATABASE_URL".to_owned(), usual],
            _ => vec![usual],
        }
    }
}

/// Returns a key by its name.
#[must_use]
pub fn key(name: &str) -> Option<&'static Key> {
    keys().find(|key| key.name == name)
}

/// Returns all keys, in the order of the reference page.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
        .chain(database_keys::KEYS)
        .chain(account_keys::KEYS)
        .chain(backup_keys::KEYS)
        .chain(network_keys::KEYS)
        .chain(tls_keys::KEYS)
}

const KEYS: &[Key] = &[
    Key {
        name: "data",
        form: "a directory",
        about: "The data directory: keys, database, index, lock and control socket. Not in the `wardround.toml` of the data directory itself.",
        secret: false,
        set: |settings, text| {
            settings.data = PathBuf::from(text);
            Ok(())
        },
        get: |settings| Some(settings.data.display().to_string()),
    },
    Key {
        name: "listen",
        form: "an IP address and a port",
        about: "Where pages, API and feed are served: over HTTPS with `tls.certificate` or `tls.acme.enabled`, otherwise over plain HTTP, for a proxy in front of it that does TLS.",
        secret: false,
        set: |settings, text| assign(&mut settings.listen, text, ADDRESS),
        get: |settings| Some(settings.listen.to_string()),
    },
    Key {
        name: "server.trusted_proxies",
        form: "a list of IP addresses and networks; elsewhere `ADDRESS,ADDRESS/BITS`",
        about: "Proxies in front of this node. The client of their requests is the last address in `X-Forwarded-For` that is not a proxy of this list. They may open as many connections as there are.",
        secret: false,
        set: |settings, text| {
            settings.server.trusted_proxies = networks(text)?;
            Ok(())
        },
        get: |settings| {
            let networks = settings.server.trusted_proxies.iter().map(|network| {
                if network.prefix_len() == network.max_prefix_len() {
                    network.addr().to_string()
                } else {
                    network.to_string()
                }
            });
            Some(networks.collect::<Vec<_>>().join(","))
        },
    },
    Key {
        name: "site.name",
        form: "text",
        about: "The name in the header of each page.",
        secret: false,
        set: |settings, text| {
            if text.is_empty() || text.chars().count() > 60 || text.chars().any(char::is_control) {
                return Err("give 1 to 60 characters on one line".to_owned());
            }
            settings.site.name = text.to_owned();
            Ok(())
        },
        get: |settings| Some(settings.site.name.clone()),
    },
    Key {
        name: "site.demo",
        form: "`true` or `false`",
        about: "Whether each page says that its content is invented.",
        secret: false,
        set: |settings, text| assign(&mut settings.site.demo, text, BOOLEAN),
        get: |settings| Some(settings.site.demo.to_string()),
    },
    Key {
        name: "site.assistants",
        form: "`true` or `false`",
        about: "Whether assistants may search and read what is public here, at `/mcp`.",
        secret: false,
        set: |settings, text| assign(&mut settings.site.assistants, text, BOOLEAN),
        get: |settings| Some(settings.site.assistants.to_string()),
    },
    Key {
        name: "publishing.approval",
        form: "`second-person` or `self`",
        about: "Who has to approve what is written in the browser: an editor who has not written it, or with `self` any editor, the author included. Pages say which it was.",
        secret: false,
        set: |settings, text| {
            let all = [ApprovalBy::SecondPerson, ApprovalBy::Anyone];
            let found = all.into_iter().find(|by| by.as_str() == text);
            settings.publishing.approval =
                found.ok_or_else(|| "give `second-person` or `self`".to_owned())?;
            Ok(())
        },
        get: |settings| Some(settings.publishing.approval.as_str().to_owned()),
    },
    Key {
        name: "publishing.lead",
        form: "an e-mail address",
        about: "The person who is asked to review pages whose author cannot sign in any more. When it is not set, the administrator who has had an account longest.",
        secret: false,
        set: |settings, text| {
            let email = EmailAddress::parse(text);
            let email = email.ok_or_else(|| "give an e-mail address".to_owned())?;
            settings.publishing.lead = Some(email.as_str().to_owned());
            Ok(())
        },
        get: |settings| settings.publishing.lead.clone(),
    },
    Key {
        name: "federation.enabled",
        form: "`true` or `false`",
        about: "Whether peers are polled.",
        secret: false,
        set: |settings, text| assign(&mut settings.federation.enabled, text, BOOLEAN),
        get: |settings| Some(settings.federation.enabled.to_string()),
    },
    Key {
        name: "federation.interval",
        form: "seconds, 1 to 86400",
        about: "Time between two polls of a peer that answers.",
        secret: false,
        set: |settings, text| seconds(&mut settings.federation.interval, text, 1, 86_400),
        get: |settings| Some(settings.federation.interval.as_secs().to_string()),
    },
    Key {
        name: "federation.allow_loopback",
        form: "`true` or `false`",
        about: "Whether peers may have `http` and loopback addresses. For development and the demo only.",
        secret: false,
        set: |settings, text| assign(&mut settings.federation.allow_loopback, text, BOOLEAN),
        get: |settings| Some(settings.federation.allow_loopback.to_string()),
    },
    Key {
        name: "federation.proxy",
        form: "`http://HOST:PORT`",
        about: "The HTTP proxy for all requests to peers. The proxy then resolves their names, so it must refuse internal addresses itself. Its name and password are keys of their own.",
        secret: false,
        set: |settings, text| {
            settings.federation.proxy = Some(proxy(text)?);
            Ok(())
        },
        get: |settings| settings.federation.proxy.as_ref().map(Url::to_string),
    },
    Key {
        name: "federation.hosts",
        form: "a table of names and addresses; elsewhere `NAME=ADDRESS,NAME=ADDRESS`",
        about: "Addresses of peers by host name, instead of those from DNS.",
        secret: false,
        set: |settings, text| {
            settings.federation.hosts = hosts(text)?;
            Ok(())
        },
        get: |settings| {
            let pairs = settings
                .federation
                .hosts
                .iter()
                .flat_map(|(name, addresses)| {
                    addresses
                        .iter()
                        .map(move |address| format!("{name}={address}"))
                });
            Some(pairs.collect::<Vec<_>>().join(",")).filter(|text| !text.is_empty())
        },
    },
    Key {
        name: "federation.quota_bytes",
        form: "1000 to 1000000000000",
        about: "About how many bytes of disk one peer may take up. Beyond that nothing but withdrawals is taken from it.",
        secret: false,
        set: |settings, text| {
            within(
                &mut settings.federation.quota_bytes,
                text,
                1_000,
                1_000_000_000_000,
            )
        },
        get: |settings| Some(settings.federation.quota_bytes.to_string()),
    },
    Key {
        name: "federation.quota_documents",
        form: "1 to 10000000",
        about: "How many live documents one peer may have here, and a twentieth of how many entries. Beyond that nothing but withdrawals is taken from it.",
        secret: false,
        set: |settings, text| {
            within(
                &mut settings.federation.quota_documents,
                text,
                1,
                10_000_000,
            )
        },
        get: |settings| Some(settings.federation.quota_documents.to_string()),
    },
    Key {
        name: "federation.min_free_percent",
        form: "0 to 100",
        about: "Share of the disk of the data directory that must be free. With less, or less than 256 MiB, nothing but withdrawals is taken from any peer.",
        secret: false,
        set: |settings, text| within(&mut settings.federation.min_free_percent, text, 0, 100),
        get: |settings| Some(settings.federation.min_free_percent.to_string()),
    },
    Key {
        name: "search.terms",
        form: "a file",
        about: "Abbreviations and words of one meaning that the search knows besides its own: lines such as `EPR = electronic patient record` and `bleep ~ pager`; `PAS*` is one that is meant only in capitals. Read when the program starts.",
        secret: false,
        set: |settings, text| {
            settings.search.terms = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.search.terms.as_ref()?.display().to_string()),
    },
    Key {
        name: "search.gaps",
        form: "`true` or `false`",
        about: "Counts, without who searched, what people search for on three days or more and no page has all the words of (`wardround gaps`, `/gaps`). With `false`, what was counted is removed.",
        secret: false,
        set: |settings, text| assign(&mut settings.search.gaps, text, BOOLEAN),
        get: |settings| Some(settings.search.gaps.to_string()),
    },
    Key {
        name: "search.related",
        form: "`true` or `false`",
        about: "Learns from the public documents here which are about the same: it changes the order of results, and finds pages that have none of the words. Needs 500 documents.",
        secret: false,
        set: |settings, text| assign(&mut settings.search.related, text, BOOLEAN),
        get: |settings| Some(settings.search.related.to_string()),
    },
    Key {
        name: "metrics.listen",
        form: "an IP address and a port",
        about: "Where `/metrics` is served for Prometheus; without it there are no metrics.",
        secret: false,
        set: |settings, text| {
            settings.metrics.listen = Some(text.parse().map_err(|_| ADDRESS.to_owned())?);
            Ok(())
        },
        get: |settings| settings.metrics.listen.map(|address| address.to_string()),
    },
    Key {
        name: "limits.connections",
        form: "10 to 100000",
        about: "Maximum number of open connections. From 80 % on, the oldest that waits for a request ends for a new one, and no address but a trusted proxy has more than a quarter.",
        secret: false,
        set: |settings, text| within(&mut settings.limits.connections, text, 10, 100_000),
        get: |settings| Some(settings.limits.connections.to_string()),
    },
    Key {
        name: "limits.header_timeout",
        form: "seconds, 1 to 300",
        about: "How long a client may take to send the head of a request, and how long it may be idle between two requests.",
        secret: false,
        set: |settings, text| seconds(&mut settings.limits.header_timeout, text, 1, 300),
        get: |settings| Some(settings.limits.header_timeout.as_secs().to_string()),
    },
    Key {
        name: "limits.request_timeout",
        form: "seconds, 1 to 300",
        about: "How long a request may take, its body included.",
        secret: false,
        set: |settings, text| seconds(&mut settings.limits.request_timeout, text, 1, 300),
        get: |settings| Some(settings.limits.request_timeout.as_secs().to_string()),
    },
    Key {
        name: "limits.stall_timeout",
        form: "seconds, 1 to 300",
        about: "How long a client may read nothing of an answer before its connection is closed.",
        secret: false,
        set: |settings, text| seconds(&mut settings.limits.stall_timeout, text, 1, 300),
        get: |settings| Some(settings.limits.stall_timeout.as_secs().to_string()),
    },
    Key {
        name: "limits.unread_bytes",
        form: "4194304 to 1073741824",
        about: "Bytes of all answers together that may wait in memory until clients read them. Beyond that, the connection closes whose client has read nothing for the longest.",
        secret: false,
        set: |settings, text| within(&mut settings.limits.unread_bytes, text, 4 << 20, 1 << 30),
        get: |settings| Some(settings.limits.unread_bytes.to_string()),
    },
    Key {
        name: "limits.body_bytes",
        form: "1024 to 67108864",
        about: "Maximum size of a request body in bytes.",
        secret: false,
        set: |settings, text| within(&mut settings.limits.body_bytes, text, 1_024, 64 << 20),
        get: |settings| Some(settings.limits.body_bytes.to_string()),
    },
    Key {
        name: "limits.drain",
        form: "seconds, 0 to 60",
        about: "How long running requests may take when the program is asked to stop. What stops it has to wait longer than that: the unit of systemd (`TimeoutStopSec`) and Fly.io (`kill_timeout`) wait for 30 seconds as they are here, and Docker for 10 unless `stop_grace_period` or `--time` say otherwise.",
        secret: false,
        set: |settings, text| seconds(&mut settings.limits.drain, text, 0, 60),
        get: |settings| Some(settings.limits.drain.as_secs().to_string()),
    },
    Key {
        name: "log.filter",
        form: "a level or directives, such as `info` or `info,peering=debug`",
        about: "What is logged, on the standard error.",
        secret: false,
        set: |settings, text| {
            check_filter(text)?;
            settings.log.filter = text.to_owned();
            Ok(())
        },
        get: |settings| Some(settings.log.filter.clone()),
    },
    Key {
        name: "log.format",
        form: "`text` or `json`",
        about: "How a line of the log is written.",
        secret: false,
        set: |settings, text| {
            settings.log.format = match text {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err("give `text` or `json`".to_owned()),
            };
            Ok(())
        },
        get: |settings| match settings.log.format {
            LogFormat::Text => Some("text".to_owned()),
            LogFormat::Json => Some("json".to_owned()),
        },
    },
];
