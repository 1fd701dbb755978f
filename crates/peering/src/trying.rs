//! Trying whether the certificate of a peer's server is accepted here, for an operator who looks for what is wrong.

use std::time::Duration;

use crate::{
    PeerClient,
    cause::{cause, certificate_error, is_of_unknown_authority},
};

/// What came of a connection to a peer's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It answered, and its certificate is accepted.
    Accepted,
    /// Its certificate is not accepted, for this reason.
    Refused(String),
    /// Its certificate is of an authority that is not known here.
    UnknownIssuer,
    /// It gave no answer, for this reason, so that nothing is known of its certificate.
    Silent(String),
}

impl PeerClient {
    /// Sends one request to the peer's site, and says what came of the connection; whatever is answered counts as an answer.
    pub async fn try_certificate(&self, limit: Duration) -> Tried {
        let url = self.base().at_site(urls::WELL_KNOWN);
        let Err(error) = self.http().client.get(url).timeout(limit).send().await else {
            return Tried::Accepted;
        };
        match certificate_error(&error) {
            Some(error) if is_of_unknown_authority(error) => Tried::UnknownIssuer,
            Some(_) => Tried::Refused(cause(&error)),
            None => Tried::Silent(cause(&error)),
        }
    }
}
