//! What systemd is notified of: that the node serves, that it lives, and that it stops (`sd_notify(3)`, `Type=notify`); and
//! the socket that it hands over (`sd_listen_fds(3)`).
//!
//! Without a socket in the environment nothing is sent. A notification that is lost is no reason to stop.

use std::{
    ffi::OsString,
    os::unix::net::{SocketAddr, UnixDatagram},
    time::Duration,
};

use listenfd::ListenFd;
use tokio_util::sync::CancellationToken;
use web::server::{Given, Listener};

use crate::commands::failure::Failure;

/// The longest interval of a watchdog that is served.
const MAX_WATCHDOG: Duration = Duration::from_secs(3_600);

/// The supervisor that started this process, if there is one that takes notifications.
pub(super) struct Supervisor(Option<(UnixDatagram, SocketAddr)>);

impl Supervisor {
    /// Returns the supervisor that the environment names.
    pub(super) fn from_environment() -> Self {
        let path = std::env::var_os("NOTIFY_SOCKET");
        Self(path.and_then(|path| {
            let address = address(path)?;
            let socket = UnixDatagram::unbound().ok()?;
            Some((socket, address))
        }))
    }

    /// Sends lines such as `READY=1`.
    pub(super) fn notify(&self, lines: &str) {
        if let Some((socket, address)) = &self.0
            && let Err(error) = socket.send_to_addr(lines.as_bytes(), address)
        {
            tracing::debug!(%error, "the supervisor was not notified");
        }
    }

    /// Notifies it as often as its watchdog asks for, until `stop`.
    pub(super) async fn keep_alive(&self, stop: &CancellationToken) {
        let interval = std::env::var("WATCHDOG_USEC").ok();
        let interval = interval.and_then(|text| text.parse().ok());
        let Some(interval) = interval.map(Duration::from_micros) else {
            return stop.cancelled().await;
        };
        // Twice in each interval, as sd_watchdog_enabled(3) says.
        let pause = interval.min(MAX_WATCHDOG) / 2;
        loop {
            self.notify("WATCHDOG=1");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// Sockets that are taken over: the one of the site, and the one of the redirects.
const MAX_SOCKETS: usize = 2;

/// Returns the sockets that the supervisor has opened: a port, or one in the file system, to serve at, and with it the port
/// of `redirect`, which only redirects.
///
/// # Errors
/// They are of another sort, or there are too many.
pub(super) fn sockets(redirect: Option<std::net::SocketAddr>) -> Result<Given, Failure> {
    let mut fds = ListenFd::from_env();
    let mut given = Given::default();
    if fds.len() > MAX_SOCKETS {
        return Err(refused(format!("there are {}", fds.len())));
    }
    for index in 0..fds.len() {
        let (listener, port) = take(&mut fds, index).map_err(refused)?;
        let is_redirect = redirect.is_some_and(|wanted| port == Some(wanted.port()));
        let place = if is_redirect {
            &mut given.redirect
        } else {
            &mut given.site
        };
        if place.replace(listener).is_some() {
            return Err(refused("two are for the same".to_owned()));
        }
    }
    Ok(given)
}

fn refused(why: String) -> Failure {
    let text = format!(
        "the sockets of the supervisor cannot be used: {why}; give one stream socket with `ListenStream=`, and with `server.redirect_http` a second one at its port"
    );
    Failure::invalid(text)
}

/// Takes a socket, and returns it with its port.
fn take(fds: &mut ListenFd, index: usize) -> Result<(Listener, Option<u16>), String> {
    let text = |error: std::io::Error| error.to_string();
    if let Ok(Some(socket)) = fds.take_unix_listener(index) {
        return Ok((Listener::from_unix(socket).map_err(text)?, None));
    }
    let socket = fds.take_tcp_listener(index).map_err(text)?;
    let socket = socket.ok_or("it was taken already")?;
    let port = socket.local_addr().map_err(text)?.port();
    Ok((Listener::from_tcp(socket).map_err(text)?, Some(port)))
}

/// Reads the address of a socket: a path, or a name in the abstract namespace after `@`.
fn address(path: OsString) -> Option<SocketAddr> {
    use std::os::{linux::net::SocketAddrExt as _, unix::ffi::OsStrExt as _};
    match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(path).ok(),
    }
}
