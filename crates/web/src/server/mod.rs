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
mod slots;
mod stalling;
mod unread;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::routes;
use node::{Node, background};

/// How long background work may take to end after the last request, and the database to close.
const LAST_MOMENTS: Duration = Duration::from_secs(1);

/// How much of an answer the system takes over before the client has read it. Without a size of ours it would grow to
/// megabytes for each client that does not read; at 30 ms to a client this one still lets 4 MB pass in a second.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;
/// Connections that wait to be accepted: as many as the default limit of open ones.
const BACKLOG: u32 = 1_024;

/// A node that is serving.
pub struct Running {
    /// Where it serves.
    pub address: SocketAddr,
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
        "the node cannot listen on `{address}`: {source}; stop the program that uses it, or choose another address with `--listen`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
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
    let (listener, address) = listen(wanted)?;
    let figures = match node.settings.metrics.listen {
        Some(wanted) => Some(listen(wanted)?),
        None => None,
    };
    let metrics = figures.as_ref().map(|(_, address)| *address);
    let figures = figures.map(|(listener, _)| listener);
    let stop = CancellationToken::new();
    let work = tokio::spawn(work(Arc::clone(&node), listener, figures, stop.clone()));
    Ok(Running {
        address,
        metrics,
        node,
        stop,
        work,
    })
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    // Its connections have the same size.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves and works until `stop`, then closes the database.
async fn work(
    node: Arc<Node>,
    listener: TcpListener,
    figures: Option<TcpListener>,
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
