//! Connections: accepted up to a limit, each within its times, and ended without dropping a request.
//!
//! HTTP/1.1 only, with TLS or without: every further protocol would add another way to hold a connection.
//! [`super::slots`] decides which connection goes for a new one; a TLS handshake counts as a connection that waits.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, response::IntoResponse as _};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio_util::{either::Either, sync::CancellationToken, task::TaskTracker};

use super::{
    client::Remote,
    handshake::secure,
    listening::{Listener, Stream},
    slots::{Busy, Slot, Slots},
    stalling::Stalling,
    unread::Unread,
};
use node::{Node, urls};
use pages::problem::{BUSY, Problem};
use settings::Limits;

/// Header lines of a request: browsers behind a trust's proxies need less than half.
const MAX_HEADERS: usize = 64;
/// Bytes of a request's head, for the same reason.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// How long a client may take for the head while there are many connections: a browser sends it at once.
const HURRIED_HEADER_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait when the system has no more file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `stop`, over TLS where it is given; then lets the requests under way finish within the limit.
pub(super) async fn serve(
    listener: Listener,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    node: &Node,
    stop: &CancellationToken,
) {
    let limits = &node.settings.limits;
    let slots = Slots::new(limits.connections, &node.settings.server.trusted_proxies);
    let unread = Unread::new(limits.unread_bytes);
    let graceful = GracefulShutdown::new();
    let tasks = TaskTracker::new();
    let router = TowerToHyperService::new(router);
    while let Some((stream, remote)) = accept(&listener, stop).await {
        let Some(slot) = slots.take(remote.ip()) else {
            node.figures.count_refused_connection();
            continue;
        };
        // Serve it in a task of its own, which holds its slot until it ends.
        let slot = Arc::new(slot);
        let service = {
            let (slot, router) = (Arc::clone(&slot), router.clone());
            service_fn(move |request| answer(Arc::clone(&slot), router.clone(), remote, request))
        };
        let share = unread.share(slot.end());
        let (limit, builder) = (limits.stall_timeout, builder(limits, &slot));
        let (watcher, stop, tls) = (graceful.watcher(), stop.clone(), tls.clone());
        let handshake_limit = header_timeout(limits, &slot);
        let served = async move {
            let secured = match tls {
                None => Some(Either::Left(stream)),
                Some(tls) => tokio::select! {
                    secured = secure(stream, tls, handshake_limit) => secured,
                    () = stop.cancelled() => None,
                },
            };
            let Some(secured) = secured else { return };
            let stream = TokioIo::new(Stalling::new(secured, limit, share));
            let connection = builder.serve_connection(stream, service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection ended early");
            }
        };
        tasks.spawn(async move {
            tokio::select! {
                () = served => {}
                () = slot.ended() => tracing::debug!("a connection that waited ended for others"),
            }
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

/// Returns how long a client may take for a handshake, and again for the head of a request.
fn header_timeout(limits: &Limits, slot: &Slot) -> Duration {
    if slot.hurried {
        limits.header_timeout.min(HURRIED_HEADER_TIMEOUT)
    } else {
        limits.header_timeout
    }
}

fn builder(limits: &Limits, slot: &Slot) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout(limits, slot))
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES);
    builder
}

/// Answers a request whose head is complete.
async fn answer(
    slot: Arc<Slot>,
    router: TowerToHyperService<Router>,
    remote: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let busy = slot.busy();
    let is_health = [urls::HEALTHZ, urls::READYZ].contains(&request.uri().path());
    let response = if slot.reserved && !is_health {
        let text = "this node has too many connections; try again in a few seconds";
        let mut response = Problem::unavailable(text, BUSY).into_response();
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    } else {
        request.extensions_mut().insert(Remote(remote));
        router.call(request).await?
    };
    Ok(response.map(|body| Answer { body, _busy: busy }))
}

/// The body of an answer; its connection waits again when it is handed over.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

async fn accept(listener: &Listener, stop: &CancellationToken) -> Option<(Stream, SocketAddr)> {
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
