//! The server: sockets, limits, and a shutdown that drops no request.

mod awaited;
pub(crate) mod body;
pub(crate) mod client;
mod connections;
pub mod cost;
pub mod figures;
pub mod gate;
pub mod guard;
mod handshake;
pub mod health;
mod listening;
mod redirect;
mod secrecy;
mod slots;
mod stalling;
mod unread;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use rustls::ServerConfig;
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

pub use self::listening::Listener;
use crate::routes;
use node::{Node, background};
use settings::Settings;

/// How long background work may take to end after the last request, and the database to close.
const LAST_MOMENTS: Duration = Duration::from_secs(1);

/// What sets the address of the site, that of the redirects, and that of the figures.
const LISTEN: &str = "--listen";
const REDIRECT_HTTP: &str = "server.redirect_http";
const METRICS_LISTEN: &str = "metrics.listen";

/// A node that is serving.
pub struct Running {
    /// Where it serves; that of the settings, if it serves at a socket in the file system.
    pub address: SocketAddr,
    /// Where it serves, for people.
    pub place: String,
    /// Where it serves its figures, if it does.
    pub metrics: Option<SocketAddr>,
    /// Where it redirects requests over plain HTTP, if it does.
    pub redirect: Option<SocketAddr>,
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
        "the node cannot listen on `{address}`: {source}; {}, or choose another address with `{setting}`",
        way_out(source)
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What sets the address.
        setting: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("{0}")]
    Tls(String),
}

/// Returns what an operator can do besides another address.
fn way_out(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "let systemd open ports below 1024 (docs/NETWORKS.md)",
        io::ErrorKind::AddrNotAvailable => "name an address of this machine",
        _ => "stop the program that uses it",
    }
}

/// Sockets that are open already; what is missing is opened at the addresses of the settings.
#[derive(Debug, Default)]
pub struct Given {
    /// The one of the site.
    pub site: Option<Listener>,
    /// The one of the redirects.
    pub redirect: Option<Listener>,
}

/// What is listened on.
struct Listeners {
    site: Listener,
    redirect: Option<Listener>,
    figures: Option<Listener>,
}

/// Serves a node, with all its work in the background. Port 0 takes any free one.
///
/// # Errors
/// [`StartError`].
#[boxed]
pub async fn start(node: Arc<Node>) -> Result<Running, StartError> {
    start_on(node, Given::default()).await
}

/// Serves a node as [`start`] does, but at this address instead of that of the settings.
///
/// # Errors
/// [`StartError`].
#[boxed]
pub async fn start_at(node: Arc<Node>, wanted: SocketAddr) -> Result<Running, StartError> {
    let site = Some(listen(wanted, LISTEN)?);
    start_on(
        node,
        Given {
            site,
            redirect: None,
        },
    )
    .await
}

/// Serves a node as [`start`] does, but at sockets that are open already.
///
/// # Errors
/// [`StartError`].
#[boxed]
pub async fn start_on(node: Arc<Node>, given: Given) -> Result<Running, StartError> {
    let settings = &node.settings;
    let tls = secrecy::open(&node)?;
    let site = match given.site {
        Some(Listener::Unix(_)) if tls.is_some() => {
            return Err(StartError::Tls(secrecy::NEEDS_PORT.to_owned()));
        }
        Some(given) => given,
        None => listen(settings.listen, LISTEN)?,
    };
    let redirect = match (given.redirect, settings.server.redirect_http) {
        (None, Some(wanted)) => Some(listen(wanted, REDIRECT_HTTP)?),
        (given, _) => given,
    };
    let figures = settings.metrics.listen;
    let figures = figures
        .map(|wanted| listen(wanted, METRICS_LISTEN))
        .transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let place = site.shown(scheme);
    let address = address_of(&site, settings.listen, LISTEN)?.unwrap_or(settings.listen);
    let found = |listener: &Option<Listener>, wanted: Option<SocketAddr>, setting| match listener {
        Some(listener) => address_of(listener, wanted.unwrap_or(settings.listen), setting),
        None => Ok(None),
    };
    let metrics = found(&figures, settings.metrics.listen, METRICS_LISTEN)?;
    let redirected = found(&redirect, settings.server.redirect_http, REDIRECT_HTTP)?;
    let listeners = Listeners {
        site,
        redirect,
        figures,
    };
    let stop = CancellationToken::new();
    let work = tokio::spawn(work(Arc::clone(&node), listeners, tls, stop.clone()));
    Ok(Running {
        address,
        place,
        metrics,
        redirect: redirected,
        node,
        stop,
        work,
    })
}

/// Makes sure that a node with these settings could listen at its addresses, other than those that are given. Nothing stays open.
///
/// # Errors
/// [`StartError::Listen`].
pub fn try_ports(settings: &Settings, given: &Given) -> Result<(), StartError> {
    let site = Some(settings.listen).filter(|_| given.site.is_none());
    let redirect = settings.server.redirect_http;
    let redirect = redirect.filter(|_| given.redirect.is_none());
    for (wanted, setting) in [
        (site, LISTEN),
        (redirect, REDIRECT_HTTP),
        (settings.metrics.listen, METRICS_LISTEN),
    ] {
        if let Some(wanted) = wanted {
            listen(wanted, setting)?;
        }
    }
    Ok(())
}

/// Makes sure that an address could be listened at. It does not stay open.
///
/// # Errors
/// [`StartError::Listen`].
pub fn try_port(address: SocketAddr) -> Result<(), StartError> {
    listen(address, LISTEN).map(drop)
}

fn listen(address: SocketAddr, setting: &'static str) -> Result<Listener, StartError> {
    Listener::bind(address).map_err(|source| StartError::Listen {
        address,
        setting,
        source,
    })
}

fn address_of(
    listener: &Listener,
    address: SocketAddr,
    setting: &'static str,
) -> Result<Option<SocketAddr>, StartError> {
    let found = listener.address();
    found.map_err(|source| StartError::Listen {
        address,
        setting,
        source,
    })
}

/// Serves and works until `stop`, then closes the database.
async fn work(
    node: Arc<Node>,
    listeners: Listeners,
    tls: Option<Arc<ServerConfig>>,
    stop: CancellationToken,
) {
    let drain = node.settings.limits.drain;
    let site = routes::router(Arc::clone(&node));
    let serving = connections::serve(listeners.site, site, tls, &node, &stop);
    let showing = async {
        if let Some(listener) = listeners.figures {
            let router = figures::router(Arc::clone(&node));
            connections::serve(listener, router, None, &node, &stop).await;
        }
    };
    let redirecting = async {
        if let Some(listener) = listeners.redirect {
            let router = redirect::router(Arc::clone(&node));
            connections::serve(listener, router, None, &node, &stop).await;
        }
    };
    let keeping = secrecy::keep(&node, &stop);
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
    tokio::join!(serving, showing, redirecting, keeping, working);
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
