//! The certificate authorities that are trusted besides those of the system, and what connects to peers by them.

use std::{path::Path, sync::Arc};

use peering::{Network, Roots};
use settings::{Settings, read_file};
use tokio::task::spawn_blocking;

use crate::node::Node;

impl Node {
    /// Reads the certificate authorities again that peers, the mail server and OpenID providers are checked by: those of the
    /// settings, and those of the system. A file that cannot be used changes nothing, and the log says why.
    pub async fn read_authorities(&self) {
        self.read_peer_authorities().await;
        let (settings, accounts) = (self.current(), Arc::clone(&self.accounts));
        let trusting = spawn_blocking(move || accounts.trust(&account_roots(&settings)?));
        match trusting.await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => {
                tracing::warn!(%fault, "for mail and sign-in the certificate authorities before are trusted");
            }
            Err(error) => tracing::error!(%error, "the certificate authorities were not read"),
        }
    }

    /// Reads the authorities again after the mail server or a provider could not be reached, at most every five minutes.
    pub async fn read_authorities_after_failure(&self) {
        if self.accounts.should_read_authorities(self.now()) {
            self.read_authorities().await;
        }
    }

    /// Reads the authorities again that peers are checked by; those of the system with the next request.
    pub(crate) async fn read_peer_authorities(&self) {
        let settings = self.current();
        match spawn_blocking(move || peer_roots(&settings)).await {
            Ok(Ok(roots)) => self.network.trust(roots),
            Ok(Err(fault)) => {
                tracing::warn!(%fault, "the certificate authorities before are trusted");
            }
            Err(error) => tracing::error!(%error, "the certificate authorities were not read"),
        }
    }
}

/// Returns what connects to peers by the rules of the settings. Nothing is connected to yet.
///
/// # Errors
/// What is wrong with the file of certificate authorities.
pub fn peer_network(settings: &Settings) -> Result<Network, String> {
    let federation = &settings.federation;
    let roots = peer_roots(settings)?;
    let login = federation
        .proxy_user
        .clone()
        .zip(federation.proxy_password.as_ref());
    Ok(Network::new(peering::Rules {
        allow_loopback: federation.allow_loopback,
        proxy: federation.proxy.clone(),
        proxy_login: login.map(|(user, password)| (user, password.expose().to_owned())),
        roots,
        hosts: federation.hosts.clone().into_iter().collect(),
        limits: peering::Limits::default(),
    }))
}

/// Reads the certificate authorities that are trusted for peers besides those of the system.
fn peer_roots(settings: &Settings) -> Result<Roots, String> {
    match &settings.federation.ca_file {
        None => Ok(Roots::default()),
        Some(file) => read_roots("federation.ca_file", file, Roots::parse),
    }
}

/// Reads the certificate authorities that are trusted for mail and OpenID providers besides those of the system.
pub(crate) fn account_roots(settings: &Settings) -> Result<accounts::Roots, String> {
    match &settings.accounts.ca_file {
        None => Ok(accounts::Roots::default()),
        Some(file) => read_roots("accounts.ca_file", file, accounts::Roots::parse),
    }
}

/// Reads the certificate authorities of a file that a key of the settings names.
fn read_roots<R>(
    key: &str,
    file: &Path,
    parse: fn(&[u8]) -> Result<R, String>,
) -> Result<R, String> {
    let wrong = |why: String| format!("`{key}` `{}`: {why}", file.display());
    let pem = read_file(file).map_err(|error| wrong(error.to_string()))?;
    parse(&pem).map_err(wrong)
}
