//! The keys of the configuration for TLS of the server itself, where no proxy in front of it does that.

use std::path::PathBuf;

use super::{keys::Key, values::ADDRESS};

/// TLS of the server itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// The file of the certificate of the site, with those of the authorities between it and a known one.
    pub certificate: Option<PathBuf>,
    /// The file of its key.
    pub key: Option<PathBuf>,
}

impl Tls {
    /// Says whether the server speaks TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.certificate.is_some()
    }

    /// Returns what is wrong with the keys together, and one of them.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.certificate.is_some() != self.key.is_some() {
            let set = if self.key.is_some() {
                "tls.key"
            } else {
                "tls.certificate"
            };
            return Some((set, "`tls.certificate` and `tls.key` belong together"));
        }
        None
    }
}

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "tls.certificate",
        form: "a file",
        about: "The certificate of the site in PEM form, and after it those of the authorities between it and a known one. The node then serves HTTPS at `listen`, without a proxy. The file is read again within ten seconds when it changes, and at SIGHUP.",
        secret: false,
        set: |settings, text| {
            settings.tls.certificate = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.tls.certificate.as_ref()?.display().to_string()),
    },
    Key {
        name: "tls.key",
        form: "a file",
        about: "The key of that certificate in PEM form, without a password. Only the user of the node may read it (mode 0600); a file of root may be readable for its group, too (0640).",
        secret: false,
        set: |settings, text| {
            settings.tls.key = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.tls.key.as_ref()?.display().to_string()),
    },
    Key {
        name: "server.redirect_http",
        form: "an IP address and a port",
        about: "Where the node answers each request over plain HTTP with a redirect to the address of the site, such as `0.0.0.0:80`; without it nowhere.",
        secret: false,
        set: |settings, text| {
            settings.server.redirect_http = Some(text.parse().map_err(|_| ADDRESS.to_owned())?);
            Ok(())
        },
        get: |settings| {
            let address = settings.server.redirect_http;
            address.map(|address| address.to_string())
        },
    },
];
