//! The keys of the configuration for networks of hospitals: their own certificate authority, proxies with a password,
//! read-only mode during their maintenance, and the collector of traces.

use std::path::PathBuf;

use url::Url;

use super::{
    Secret,
    keys::Key,
    values::{BOOLEAN, MASK, assign},
};

/// Spans of requests for a collector of OpenTelemetry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// Where they are sent; nowhere when it is not set.
    pub endpoint: Option<Url>,
}

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "server.read_only",
        form: "`true` or `false`",
        about: "Whether the node is only read, while you work at it: it publishes and withdraws nothing, takes no forms and no sign-ins, and polls no peer.",
        secret: false,
        set: |settings, text| assign(&mut settings.server.read_only, text, BOOLEAN),
        get: |settings| Some(settings.server.read_only.to_string()),
    },
    Key {
        name: "traces.endpoint",
        form: "`http://HOST:PORT/v1/traces`",
        about: "The collector of OpenTelemetry that is sent how long each request took, as OTLP over HTTP. Only a program that was built with `--features opentelemetry` can do that; others do not start with this key.",
        secret: false,
        set: |settings, text| {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| url.scheme() == "http" && url.host_str().is_some());
            let url = url.ok_or_else(|| "give `http://HOST:PORT/v1/traces`".to_owned())?;
            settings.traces.endpoint = Some(url);
            Ok(())
        },
        get: |settings| settings.traces.endpoint.as_ref().map(ToString::to_string),
    },
    Key {
        name: "federation.ca_file",
        form: "a file",
        about: "Certificates in PEM form of authorities that are trusted for peers, besides those of the system: that of your own organisation, or of a proxy that inspects TLS. Both are read again at SIGHUP, and at most every five minutes when a peer shows a certificate of an authority that is not known.",
        secret: false,
        set: |settings, text| {
            settings.federation.ca_file = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.federation.ca_file.as_ref()?.display().to_string()),
    },
    Key {
        name: "federation.proxy_user",
        form: "text",
        about: "The name with which this node signs in to `federation.proxy`.",
        secret: false,
        set: |settings, text| {
            settings.federation.proxy_user = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.federation.proxy_user.clone(),
    },
    Key {
        name: "federation.proxy_password",
        form: "text",
        about: "The password for `federation.proxy_user`.",
        secret: true,
        set: |settings, text| {
            settings.federation.proxy_password = Some(Secret::new(text.to_owned()));
            Ok(())
        },
        get: |settings| {
            settings
                .federation
                .proxy_password
                .as_ref()
                .map(|_| MASK.to_owned())
        },
    },
];
