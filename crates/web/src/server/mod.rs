//! The server: sockets, limits, and a shutdown that drops no request.

mod awaited;
pub(crate) mod body;
pub(crate) mod client;
mod connections;
pub mod cost;
pub mod figures;
pub mod gate;
pub mod guard;
pub mod health;
mod listening;
mod slots;
mod stalling;
mod unread;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

pub use self::listening::Listener;
use crate::routes;
use node::{Node, background};

/// How long background work may take to end after the last request, and the database to close.
const LAST_MOMENTS: Duration = Duration::from_secs(1);

/// What sets the address of the site, and that of the figures.
const LISTEN: &str = "--listen";
const METRICS_LISTEN: &str = "metrics.listen";

/// A node that is serving.
pub struct Running {
    /// Where it serves; that of the settings, if it serves at a socket in the file system.
    pub address: SocketAddr,
    /// Where it serves, for people.
    pub place: String,
    /// Where it serves its figures, if it does.
    pub metrics: Option<SocketAddr>,
    /// The node.
    pub node: Arc<Node>,
    stop: CancellationToken,
    work: JoinHandle<()>,
}

/// Why a node could not start to serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is in use, or is not one of this machine.
    #[error(
        "the node cannot listen on `{address}`: {source}; stop the program that uses it, or choose another address with `{setting}`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What sets the address.
        setting: &'static str,
        /// The cause.
        source: io::Error,
    },
}

/// Serves a node, with all its work in the background. Port 0 takes any free one.
///
/// # Errors
/// [`StartError::Listen`].
#[boxed]
pub async fn start(node: Arc<Node>) -> Result<Running, StartError> {
    let wanted = node.settings.listen;
    start_at(node, wanted).await
}

/// Serves a node as [`start`] does, but at this address instead of that of the settings.
///
/// # Errors
/// [`StartError::Listen`].
#[boxed]
pub async fn start_at(node: Arc<Node>, wanted: SocketAddr) -> Result<Running, StartError> {
    let listener = listen(wanted, LISTEN)?;
    start_on(node, listener).await
}

/// Serves a node as [`start`] does, but at a socket that is open already.
///
/// # Errors
/// [`StartError::Listen`].
#[boxed]
pub async fn start_on(node: Arc<Node>, listener: Listener) -> Result<Running, StartError> {
    let configured = node.settings.listen;
    let address = address_of(&listener, configured)?.unwrap_or(configured);
    let place = listener.shown();
    let (figures, metrics) = match node.settings.metrics.listen {
        Some(wanted) => {
            let listener = listen(wanted, METRICS_LISTEN)?;
            let address = address_of(&listener, wanted)?;
            (Some(listener), address)
        }
        None => (None, None),
    };
    let stop = CancellationToken::new();
    let work = tokio::spawn(work(Arc::clone(&node), listener, figures, stop.clone()));
    Ok(Running {
        address,
        place,
        metrics,
        node,
        stop,
        work,
    })
}

fn listen(address: SocketAddr, setting: &'static str) -> Result<Listener, StartError> {
    Listener::bind(address).map_err(|source| StartError::Listen {
        address,
        setting,
        source,
    })
}

fn address_of(listener: &Listener, address: SocketAddr) -> Result<Option<SocketAddr>, StartError> {
    let found = listener.address();
    found.map_err(|source| StartError::Listen {
        address,
        setting: LISTEN,
        source,
    })
}

/// Serves and works until `stop`, then closes the database.
async fn work(
    node: Arc<Node>,
    listener: Listener,
    figures: Option<Listener>,
    stop: CancellationToken,
) {
    let drain = node.settings.limits.drain;
    let site = routes::router(Arc::clone(&node));
    let serving = connections::serve(listener, site, &node, &stop);
    let showing = async {
        if let Some(listener) = figures {
            let router = figures::router(Arc::clone(&node));
            connections::serve(listener, router, &node, &stop).await;
        }
    };
    let working = async {
        let running = async {
            tokio::join!(
                background::run(&node, stop.clone()),
                people::background::run(&node, &stop),
                upkeep::background::run(&node, &stop),
            )
        };
        tokio::pin!(running);
        tokio::select! {
            _ = &mut running => {}
            () = stop.cancelled() => {
                if timeout(drain + LAST_MOMENTS, running).await.is_err() {
                    tracing::warn!("some background work did not finish in time; it continues after the next start");
                }
            }
        }
    };
    tokio::join!(serving, showing, working);
    if timeout(LAST_MOMENTS, node.close()).await.is_err() {
        tracing::warn!("the database was still in use when the program exited");
    }
}

impl Running {
    /// Returns the token that stops the node when it is cancelled.
    #[must_use]
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Waits until the node has stopped.
    #[boxed]
    pub async fn stopped(self) {
        if let Err(error) = self.work.await {
            tracing::error!(%error, "the server ended early");
        }
    }

    /// Stops: takes no more requests, ends those under way, closes the database.
    #[boxed]
    pub async fn stop(self) {
        self.stop.cancel();
        self.stopped().await;
    }
}
