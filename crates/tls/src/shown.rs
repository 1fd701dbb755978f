//! What the server shows to clients now, and what is wrong with it.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::{Ticketer, default_provider},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::sync::Notify;
use wire::Timestamp;

use crate::Pair;

/// The protocol of each connection, as it is agreed on in the handshake.
const HTTP: &[u8] = b"http/1.1";
/// The protocol by which an authority that speaks ACME looks for the answer to its challenge (RFC 8737 §6.2). Nothing is
/// said after the handshake.
pub const ACME: &[u8] = b"acme-tls/1";

/// The certificate that is shown to clients. There is none at first.
#[derive(Debug, Default)]
pub struct Shown {
    state: RwLock<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    pair: Option<Arc<Pair>>,
    fault: Option<String>,
    /// The answer to the challenge of an authority, while it checks.
    challenge: Option<Arc<CertifiedKey>>,
}

impl Shown {
    /// Returns how the server speaks TLS: versions 1.2 and 1.3, and with the certificate that is shown at the time of each
    /// handshake.
    ///
    /// # Errors
    /// What the TLS library cannot do on this machine.
    pub fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, String> {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let mut config = builder
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        // A client that comes again needs no signature, and the server keeps nothing for it.
        config.ticketer = Ticketer::new().map_err(|error| error.to_string())?;
        config.alpn_protocols = vec![HTTP.to_vec(), ACME.to_vec()];
        Ok(Arc::new(config))
    }

    /// Shows a certificate from now on; what was wrong is over.
    pub fn show(&self, pair: Pair) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.pair = Some(Arc::new(pair));
        state.fault = None;
    }

    /// Records that no better certificate could be had; the one that is there is shown as before.
    pub fn fail(&self, why: String) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.fault = Some(why);
    }

    /// Records that no other certificate is needed any more.
    pub(crate) fn recover(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.fault = None;
    }

    /// Returns why the last attempt to read or renew the certificate failed.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.fault.clone()
    }

    /// Returns when the certificate expires that is shown.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.pair().map(|pair| pair.validity.until)
    }

    /// Answers the challenge of an authority with this certificate, or no longer.
    pub(crate) fn answer_challenge(&self, answer: Option<Arc<CertifiedKey>>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.challenge = answer;
    }

    /// Looks again at once: the operator has asked for it.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(crate) fn pair(&self) -> Option<Arc<Pair>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.pair.clone()
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_check = hello
            .alpn()
            .is_some_and(|mut names| names.any(|name| name == ACME));
        if is_check {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            return state.challenge.clone();
        }
        self.pair().map(|pair| Arc::clone(&pair.certified))
    }
}
