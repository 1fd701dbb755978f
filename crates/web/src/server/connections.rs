//! Connections: accepted up to a limit, each within its times, and ended without dropping a request.
//!
//! HTTP/1.1 only: browsers and peers reach a node through a proxy that does TLS, and every further protocol would add
//! another way to hold a connection.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::stalling::Stalling;
use node::figures::Figures;
use node::settings::Limits;

/// Header lines of a request: browsers behind a trust's proxies need less than half.
const MAX_HEADERS: usize = 64;
/// Bytes of a request's head, for the same reason.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// How long to wait when the system has no more file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `stop`; then lets the requests under way finish within the limit.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    figures: &Figures,
    stop: &CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let tasks = TaskTracker::new();
    let service = TowerToHyperService::new(router);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES);
    while let Some((stream, _)) = accept(&listener, stop).await {
        // A connection over the limit is closed at once: a queue would only hide the overload.
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            figures.count_refused_connection();
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a socket option could not be set");
        }
        // Serve it in a task of its own, which holds its slot until it ends.
        let stream = TokioIo::new(Stalling::new(stream, limits.stall_timeout));
        let connection = graceful.watch(builder.serve_connection(stream, service.clone()));
        tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    // Stop: accept nothing more, and let the requests under way finish.
    drop(listener);
    tasks.close();
    if tokio::time::timeout(limits.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(accepted) => return Some(accepted),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
