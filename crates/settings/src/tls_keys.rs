//! The keys of the configuration for TLS of the server itself, where no proxy in front of it does that.

use std::path::PathBuf;

use accounts::EmailAddress;
use url::Url;

use super::{
    Secret,
    keys::Key,
    values::{ADDRESS, BOOLEAN, MASK, assign, proxy},
};

/// The directory of Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// TLS of the server itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// The file of the certificate of the site, with those of the authorities between it and a known one.
    pub certificate: Option<PathBuf>,
    /// The file of its key.
    pub key: Option<PathBuf>,
    /// Certificates that the node asks for itself.
    pub acme: Acme,
}

/// Certificates from an authority that speaks ACME.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acme {
    /// Whether they are asked for.
    pub enabled: bool,
    /// Whether the operator agrees to the terms of the authority.
    pub agree_to_terms: bool,
    /// The address of the directory of the authority.
    pub directory: Url,
    /// The e-mail address that the authority may write to.
    pub contact: Option<String>,
    /// Certificates of authorities that are trusted for the directory besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// The HTTP proxy for requests to the authority.
    pub proxy: Option<Url>,
    /// The name of the account that the authority has for its customer.
    pub eab_key_id: Option<String>,
    /// The key of that account.
    pub eab_key: Option<Secret>,
}

impl Default for Acme {
    fn default() -> Self {
        Self {
            enabled: false,
            agree_to_terms: false,
            #[expect(
                clippy::expect_used,
                reason = "the constant is an address, as a test shows"
            )]
            directory: Url::parse(LETS_ENCRYPT).expect("it is an address"),
            contact: None,
            ca_file: None,
            proxy: None,
            eab_key_id: None,
            eab_key: None,
        }
    }
}

impl Tls {
    /// Says whether the server speaks TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.certificate.is_some() || self.acme.enabled
    }

    /// Returns what is wrong with the keys together, and one of them.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let acme = &self.acme;
        if self.certificate.is_some() != self.key.is_some() {
            let set = if self.key.is_some() {
                "tls.key"
            } else {
                "tls.certificate"
            };
            return Some((set, "`tls.certificate` and `tls.key` belong together"));
        }
        if acme.enabled && self.certificate.is_some() {
            let text = "with `tls.acme.enabled` the node gets its certificate itself: remove `tls.certificate` and `tls.key`, or `tls.acme.enabled`";
            return Some(("tls.acme.enabled", text));
        }
        if acme.enabled && !acme.agree_to_terms {
            let text = "read the terms of the authority, for Let's Encrypt at https://letsencrypt.org/repository/, and set `tls.acme.agree_to_terms = true`";
            return Some(("tls.acme.enabled", text));
        }
        if acme.eab_key_id.is_some() != acme.eab_key.is_some() {
            let text = "`tls.acme.eab_key_id` and `tls.acme.eab_key` belong together; where the service alone has the key, set the other one there too";
            return Some(("tls.acme.eab_key_id", text));
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
        name: "tls.acme.enabled",
        form: "`true` or `false`",
        about: "Whether the node gets and renews the certificate of the site itself, from an authority that speaks ACME. The authority has to reach the node at port 443 of the host of the site (TLS-ALPN-01).",
        secret: false,
        set: |settings, text| assign(&mut settings.tls.acme.enabled, text, BOOLEAN),
        get: |settings| Some(settings.tls.acme.enabled.to_string()),
    },
    Key {
        name: "tls.acme.agree_to_terms",
        form: "`true` or `false`",
        about: "Whether you have read the terms of the authority and agree to them. Without that nothing is asked for.",
        secret: false,
        set: |settings, text| assign(&mut settings.tls.acme.agree_to_terms, text, BOOLEAN),
        get: |settings| Some(settings.tls.acme.agree_to_terms.to_string()),
    },
    Key {
        name: "tls.acme.directory",
        form: "an address with `https://`",
        about: "The directory of the authority. The default is Let's Encrypt; to try it without its limits, use its staging directory, which browsers do not trust.",
        secret: false,
        set: |settings, text| {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| url.scheme() == "https" && url.host_str().is_some());
            settings.tls.acme.directory =
                url.ok_or_else(|| "give an address that begins with `https://`".to_owned())?;
            Ok(())
        },
        get: |settings| Some(settings.tls.acme.directory.to_string()),
    },
    Key {
        name: "tls.acme.contact",
        form: "an e-mail address",
        about: "Where the authority may write to about the certificate.",
        secret: false,
        set: |settings, text| {
            let email = EmailAddress::parse(text);
            let email = email.ok_or_else(|| "give an e-mail address".to_owned())?;
            settings.tls.acme.contact = Some(email.as_str().to_owned());
            Ok(())
        },
        get: |settings| settings.tls.acme.contact.clone(),
    },
    Key {
        name: "tls.acme.ca_file",
        form: "a file",
        about: "Certificates in PEM form of authorities that are trusted for the address of the directory, besides those of the system: for an ACME server of your own organisation.",
        secret: false,
        set: |settings, text| {
            settings.tls.acme.ca_file = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.tls.acme.ca_file.as_ref()?.display().to_string()),
    },
    Key {
        name: "tls.acme.proxy",
        form: "`http://HOST:PORT`",
        about: "The HTTP proxy for requests to the authority.",
        secret: false,
        set: |settings, text| {
            settings.tls.acme.proxy = Some(proxy(text)?);
            Ok(())
        },
        get: |settings| settings.tls.acme.proxy.as_ref().map(Url::to_string),
    },
    Key {
        name: "tls.acme.eab_key_id",
        form: "text",
        about: "The key id of your account, where the authority has customers (external account binding).",
        secret: false,
        set: |settings, text| {
            settings.tls.acme.eab_key_id = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.tls.acme.eab_key_id.clone(),
    },
    Key {
        name: "tls.acme.eab_key",
        form: "text",
        about: "The key that belongs to `tls.acme.eab_key_id` (HMAC, as base64). It is needed once, when the node makes its account.",
        secret: true,
        set: |settings, text| {
            settings.tls.acme.eab_key = Some(Secret::new(text.to_owned()));
            Ok(())
        },
        get: |settings| settings.tls.acme.eab_key.as_ref().map(|_| MASK.to_owned()),
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
