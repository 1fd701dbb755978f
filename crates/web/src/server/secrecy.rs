//! TLS of the server itself: the certificate of the settings, opened at the start and kept up to date.

use std::sync::Arc;

use rustls::ServerConfig;
use tls::Files;
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use super::StartError;
use node::Node;

/// Why TLS needs a port.
pub(super) const NEEDS_PORT: &str = "`tls` is for a port, and the supervisor has opened a socket in the file system, which is for a proxy that does TLS; remove the settings of `tls`, or give a port with `ListenStream=443`";

/// Returns how TLS is spoken, if the settings say that it is.
///
/// # Errors
/// [`StartError::Tls`]: the files cannot be used.
pub(super) fn open(node: &Node) -> Result<Option<Arc<ServerConfig>>, StartError> {
    if !node.settings.tls.is_on() {
        return Ok(None);
    }
    if let Some(files) = Files::from_settings(&node.settings) {
        let pair = files.read().map_err(StartError::Tls)?;
        if pair.validity.until <= node.now() {
            let expired = pair.validity.until;
            tracing::error!(%expired, "the certificate of `tls.certificate` has expired; readers and peers refuse it");
        }
        if let Some(host) = host(node)
            && !pair.is_for(&host)
        {
            let names = pair.names();
            tracing::error!(
                host,
                names,
                "the certificate of `tls.certificate` is not for the host of this site"
            );
        }
        node.tls.show(pair);
    }
    node.tls.config().map(Some).map_err(StartError::Tls)
}

/// Keeps the certificate up to date, until `stop`.
pub(super) async fn keep(node: &Node, stop: &CancellationToken) {
    let settings = &node.settings;
    if let Some(files) = Files::from_settings(settings) {
        tls::keep(files, Arc::clone(&node.tls), stop).await;
    } else if settings.tls.acme.enabled {
        tls::renew(settings, &node.tls, &Site(node), stop).await;
    }
}

struct Site<'a>(&'a Node);

impl tls::Site for Site<'_> {
    fn host(&self) -> Option<String> {
        host(self.0)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Returns the host of the site, once there is one.
fn host(node: &Node) -> Option<String> {
    let identity = node.identity()?;
    let url = Some(&identity.site_url).filter(|url| url.scheme() == "https");
    url?.host_str().map(str::to_owned)
}
