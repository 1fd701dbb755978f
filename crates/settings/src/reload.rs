//! What changes in a node that runs when its configuration is read again, and what has to wait for the next start.

use super::{Settings, keys::keys};

/// The keys whose new values a running node takes.
pub const RELOADED: [&str; 18] = [
    "server.read_only",
    "site.name",
    "site.demo",
    "site.assistants",
    "publishing.approval",
    "publishing.lead",
    "federation.interval",
    "federation.quota_bytes",
    "federation.quota_documents",
    "federation.min_free_percent",
    "log.filter",
    "accounts.session_idle",
    "accounts.session_max",
    "accounts.note",
    "backup.directory",
    "backup.interval",
    "backup.keep",
    "backup.with_keys",
];

/// The settings of a running node after its configuration was read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// The settings that hold from now on.
    pub settings: Settings,
    /// The keys that have changed.
    pub changed: Vec<&'static str>,
    /// The keys that are set to something else now, which only the next start takes.
    pub waiting: Vec<&'static str>,
}

impl Settings {
    /// Takes from settings that were read again what can change while a node runs, the keys of [`RELOADED`].
    #[must_use]
    pub fn reload(&self, read: &Self) -> Reloaded {
        let mut settings = self.clone();
        settings.take(read);
        let mut changed = Vec::new();
        let mut waiting = Vec::new();
        for key in keys() {
            let [before, now, wanted] = [self, &settings, read].map(key.get);
            if now != wanted {
                waiting.push(key.name);
            } else if before != now {
                changed.push(key.name);
            }
        }
        // What is not shown, or has no key of its own.
        let hidden = [
            ("database.url", self.database.url != read.database.url),
            (
                "database.password",
                self.database.password != read.database.password,
            ),
            ("smtp.password", self.smtp.password != read.smtp.password),
            (
                "federation.proxy_password",
                self.federation.proxy_password != read.federation.proxy_password,
            ),
            (
                "tls.acme.eab_key",
                self.tls.acme.eab_key != read.tls.acme.eab_key,
            ),
            ("oidc", self.providers != read.providers),
        ];
        for (name, differs) in hidden {
            if differs && !waiting.contains(&name) {
                waiting.push(name);
            }
        }
        Reloaded {
            settings,
            changed,
            waiting,
        }
    }

    fn take(&mut self, read: &Self) {
        self.server.read_only = read.server.read_only;
        self.site = read.site.clone();
        self.publishing = read.publishing.clone();
        self.backup = read.backup.clone();
        self.log.filter = read.log.filter.clone();

        let (accounts, new) = (&mut self.accounts, &read.accounts);
        accounts.session_idle = new.session_idle;
        accounts.session_max = new.session_max;
        accounts.note = new.note.clone();

        let (federation, new) = (&mut self.federation, &read.federation);
        federation.interval = new.interval;
        federation.quota_bytes = new.quota_bytes;
        federation.quota_documents = new.quota_documents;
        federation.min_free_percent = new.min_free_percent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value for each key that is not its default.
    fn another(name: &str) -> &'static str {
        match name {
            "data" | "search.terms" | "federation.ca_file" | "accounts.ca_file"
            | "backup.directory" | "tls.certificate" | "tls.key" | "tls.acme.ca_file" => {
                "/elsewhere"
            }
            "listen" | "metrics.listen" | "server.redirect_http" => "127.0.0.1:1",
            "server.trusted_proxies" => "10.0.0.1",
            "publishing.approval" => "self",
            "search.gaps" => "false",
            "database.url" => "sqlite:a",
            "federation.proxy" | "accounts.proxy" | "tls.acme.proxy" => "http://proxy:3128",
            "tls.acme.directory" => "https://acme.example/directory",
            "traces.endpoint" => "http://127.0.0.1:4318/v1/traces",
            "federation.hosts" => "a=10.0.0.1",
            "log.filter" => "debug",
            "log.format" => "json",
            "smtp.encryption" => "tls",
            "smtp.from" | "publishing.lead" | "tls.acme.contact" => "a@a.example",
            "site.name"
            | "accounts.note"
            | "smtp.host"
            | "smtp.user"
            | "smtp.password"
            | "database.password"
            | "federation.proxy_user"
            | "federation.proxy_password"
            | "tls.acme.eab_key_id"
            | "tls.acme.eab_key" => "other",
            "limits.body_bytes" => "2048",
            "limits.unread_bytes" => "5000000",
            "federation.quota_bytes" => "5000",
            "limits.connections" | "database.connections" => "11",
            "accounts.session_idle" | "accounts.session_max" | "backup.interval" => "3605",
            _ => "7",
        }
    }

    #[test]
    fn every_change_is_either_taken_or_waits_for_the_next_start() {
        let before = Settings::default();
        for key in keys() {
            let mut read = before.clone();
            let other = match (key.get)(&before).as_deref() {
                Some("true") => "false",
                Some("false") => "true",
                _ => another(key.name),
            };
            (key.set)(&mut read, other).unwrap_or_else(|why| panic!("{}: {why}", key.name));
            assert_ne!(read, before, "{}", key.name);
            let done = before.reload(&read);
            if RELOADED.contains(&key.name) {
                assert_eq!(done.changed, [key.name]);
                assert_eq!(done.waiting, [""; 0], "{}", key.name);
                assert_eq!(done.settings, read, "{}", key.name);
            } else {
                assert_eq!(done.waiting, [key.name]);
                assert_eq!(done.changed, [""; 0], "{}", key.name);
                assert_eq!(done.settings, before, "{}", key.name);
            }
            // And back again.
            let back = done.settings.reload(&before);
            assert_eq!(back.settings, before, "{}", key.name);
        }
    }
}
