//! Trying whether a peer can be reached, for an operator who looks for what is wrong: one cause for each thing that can be done.

use std::{error::Error, io, time::Duration};

use crate::{
    PeerClient,
    cause::{cause, certificate_error, is_of_unknown_authority},
    fetch::host_of,
    resolver::Unresolved,
};

/// What came of one request to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It answered as a feed does.
    Answered,
    /// It answered, and not as a feed does: what it answered.
    NoFeed(String),
    /// It answered that it cannot serve now: the status.
    NotReady(u16),
    /// Its certificate is not accepted, for this reason.
    Refused(String),
    /// Its certificate is of an authority that is not known here.
    UnknownIssuer,
    /// Its name has no address, for this reason.
    NoAddress(String),
    /// Its name has only addresses that may not be connected to.
    NotPublic,
    /// Nothing listens at its address.
    NothingListens,
    /// It gave no answer in time.
    Silent,
    /// The connection failed for another reason.
    Failed(String),
}

impl Tried {
    /// Returns whether its certificate was shown and accepted, if it has one.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Answered | Self::NoFeed(_) | Self::NotReady(_))
    }
}

impl PeerClient {
    /// Asks once for the peer's node document, and says what came of it.
    pub async fn try_once(&self, limit: Duration) -> Tried {
        let (url, http) = (self.base().endpoint("/node"), self.http());
        let request = http.client.get(url.clone()).timeout(limit);
        let sent = request.send().await;
        if let Ok(response) = &sent {
            http.dates.record(&host_of(&url), response);
        }
        match sent {
            Ok(response) if response.status().is_success() => Tried::Answered,
            Ok(response) if response.status().is_redirection() => {
                Tried::NoFeed("with a redirect, which the feed never is".to_owned())
            }
            Ok(response) if response.status().is_server_error() => {
                Tried::NotReady(response.status().as_u16())
            }
            Ok(response) => Tried::NoFeed(format!("with status {}", response.status().as_u16())),
            Err(error) => failure(&error),
        }
    }
}

fn failure(error: &reqwest::Error) -> Tried {
    match certificate_error(error) {
        Some(found) if is_of_unknown_authority(found) => return Tried::UnknownIssuer,
        Some(_) => return Tried::Refused(cause(error)),
        None => {}
    }
    match found_in::<Unresolved>(error) {
        Some(Unresolved::NotAllowed { .. }) => return Tried::NotPublic,
        Some(unresolved @ Unresolved::Unknown { .. }) => {
            return Tried::NoAddress(unresolved.to_string());
        }
        None => {}
    }
    let is_refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    if error.is_timeout() {
        Tried::Silent
    } else if found_in::<io::Error>(error).is_some_and(is_refused) {
        Tried::NothingListens
    } else {
        Tried::Failed(cause(error))
    }
}

/// Returns the outermost cause of one type.
fn found_in<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(found) = inner.downcast_ref() {
            return Some(found);
        }
        source = inner.source();
    }
    None
}
