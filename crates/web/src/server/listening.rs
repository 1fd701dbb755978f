//! Where requests arrive: at a port, or at a socket that the program's supervisor has opened and hands over
//! (socket activation). Such a socket may be one of the file system, for a proxy on the same machine.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    os::unix::net as unix,
};

use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

/// How much of an answer the system takes over before the client has read it. Without a size of ours it would grow to
/// megabytes for each client that does not read; at 30 ms to a client this one still lets 4 MB pass in a second.
const SEND_BUFFER_BYTES: u32 = 128 * 1024;
/// Connections that wait to be accepted: as many as the default limit of open ones.
const BACKLOG: u32 = 1_024;

/// A connection.
pub(super) type Stream = Either<TcpStream, UnixStream>;

/// What accepts connections.
#[derive(Debug)]
pub enum Listener {
    /// A port.
    Tcp(TcpListener),
    /// A socket in the file system. Whoever may open it counts as a proxy on this machine.
    Unix(UnixListener),
}

impl Listener {
    /// Listens at an address.
    ///
    /// # Errors
    /// The address is in use, or is not one of this machine.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        // Its connections have the same size.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG).map(Self::Tcp)
    }

    /// Takes over a port that is open already.
    ///
    /// # Errors
    /// Of the system.
    pub fn from_tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self::Tcp)
    }

    /// Takes over a socket in the file system.
    ///
    /// # Errors
    /// Of the system.
    pub fn from_unix(listener: unix::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        UnixListener::from_std(listener).map(Self::Unix)
    }

    /// Returns the address, which a socket in the file system does not have.
    ///
    /// # Errors
    /// Of the system.
    pub(super) fn address(&self) -> io::Result<Option<SocketAddr>> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Some),
            Self::Unix(_) => Ok(None),
        }
    }

    /// Returns where it listens, for people: with `http` or `https`, if it is a port.
    pub(super) fn shown(&self, scheme: &str) -> String {
        match self {
            Self::Tcp(listener) => listener.local_addr().map_or_else(
                |_| "a port".to_owned(),
                |address| format!("{scheme}://{address}"),
            ),
            Self::Unix(listener) => {
                let address = listener.local_addr().ok();
                let path = address.as_ref().and_then(|address| address.as_pathname());
                path.map_or_else(
                    || "a socket without a name".to_owned(),
                    |path| format!("the socket `{}`", path.display()),
                )
            }
        }
    }

    /// Accepts a connection; returns it with the address of its other end.
    pub(super) async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, remote) = listener.accept().await?;
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a socket option could not be set");
                }
                Ok((Either::Left(stream), remote))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                // Only a program of this machine can open it: the proxy, which says who its client is.
                let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                Ok((Either::Right(stream), remote))
            }
        }
    }
}
