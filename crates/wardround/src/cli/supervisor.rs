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
use web::server::Listener;

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

/// Returns the socket to serve at that the supervisor has opened, if there is one: a port, or one in the file system.
///
/// # Errors
/// It is of another sort, or there are several.
pub(super) fn socket() -> Result<Option<Listener>, Failure> {
    let mut given = ListenFd::from_env();
    let refused = |error| {
        let text = format!(
            "the socket of the supervisor cannot be used: {error}; give one stream socket with `ListenStream=`"
        );
        Failure::invalid(text)
    };
    match given.len() {
        0 => return Ok(None),
        1 => {}
        more => return Err(refused(format!("there are {more}"))),
    }
    let text = |error: std::io::Error| error.to_string();
    if let Ok(Some(socket)) = given.take_unix_listener(0) {
        return Listener::from_unix(socket)
            .map(Some)
            .map_err(text)
            .map_err(refused);
    }
    match given.take_tcp_listener(0).map_err(text).map_err(refused)? {
        Some(socket) => Listener::from_tcp(socket)
            .map(Some)
            .map_err(text)
            .map_err(refused),
        None => Ok(None),
    }
}

/// Reads the address of a socket: a path, or a name in the abstract namespace after `@`.
fn address(path: OsString) -> Option<SocketAddr> {
    use std::os::{linux::net::SocketAddrExt as _, unix::ffi::OsStrExt as _};
    match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(path).ok(),
    }
}
