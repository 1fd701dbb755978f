//! The certificate authorities that are trusted besides those of the system, and what connects to peers by them.

use std::path::Path;

use peering::{Network, Roots};
use settings::Settings;
use tokio::task::spawn_blocking;

use crate::node::Node;

impl Node {
    /// Reads the certificate authorities again that peers are checked by: those of the settings, and with the next request
    /// those of the system. A file that cannot be used changes nothing, and the log says why.
    pub async fn read_authorities(&self) {
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

/// Reads the certificate authorities of a file that a key of the settings names.
pub(crate) fn read_roots<R>(
    key: &str,
    file: &Path,
    parse: fn(&[u8]) -> Result<R, String>,
) -> Result<R, String> {
    let wrong = |why: String| format!("`{key}` `{}`: {why}", file.display());
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    parse(&pem).map_err(wrong)
}
