//! The server: sockets, limits, and an end that drops nothing.

pub mod health;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{node::Node, routes};

/// Header lines of a request, and bytes of its head: browsers behind a trust's proxies need less than half.
const MOST_HEADERS: usize = 64;
const MOST_HEAD_BYTES: usize = 32 * 1024;
/// How long to wait when the system has no more file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A node that serves.
pub struct Running {
    /// Where it serves.
    pub address: SocketAddr,
    /// The node.
    pub node: Arc<Node>,
    stop: CancellationToken,
    work: JoinHandle<()>,
}

/// Why a node does not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is in use or not of this machine.
    #[error(
        "`{address}` cannot be listened on: {source}; stop what uses it, or choose another with `--listen`"
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
pub async fn start(node: Arc<Node>) -> Result<Running, StartError> {
    let wanted = node.settings.listen;
    start_at(node, wanted).await
}

/// Serves a node as [`start`] does, at another address than its settings say.
///
/// # Errors
/// [`StartError::Listen`].
pub async fn start_at(node: Arc<Node>, wanted: SocketAddr) -> Result<Running, StartError> {
    let failed = |source| StartError::Listen {
        address: wanted,
        source,
    };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let stop = CancellationToken::new();
    let (served, token) = (Arc::clone(&node), stop.clone());
    let work = tokio::spawn(async move {
        tokio::join!(serve(&served, listener, &token), served.run(token.clone()));
        served.close().await;
    });
    Ok(Running {
        address,
        node,
        stop,
        work,
    })
}

impl Running {
    /// Returns what stops the node when it is cancelled.
    #[must_use]
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Waits until the node has stopped.
    pub async fn stopped(self) {
        if let Err(error) = self.work.await {
            tracing::error!(%error, "the server ended early");
        }
    }

    /// Stops: takes no more requests, ends those under way, closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        self.stopped().await;
    }
}

/// Serves connections until `stop`, then ends them within the limit.
async fn serve(node: &Arc<Node>, listener: TcpListener, stop: &CancellationToken) {
    let limits = &node.settings.limits;
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let tasks = TaskTracker::new();
    let service = TowerToHyperService::new(routes::router(Arc::clone(node)));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_headers(MOST_HEADERS)
        .max_buf_size(MOST_HEAD_BYTES);
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            tracing::warn!("too many connections; one was closed");
            continue;
        };
        prepare(&stream);
        let connection = builder.serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection);
        tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(limits.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

fn prepare(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a socket option could not be set");
    }
}
