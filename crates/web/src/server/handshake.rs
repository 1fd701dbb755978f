//! The TLS handshake of one connection, within its time.
//!
//! It holds the connection's slot, so that half-open handshakes are ended for others like connections that send no head.

use std::{io, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::either::Either;

use super::listening::Stream;

/// A connection, with TLS or without.
pub(super) type Secured = Either<Stream, Box<TlsStream<Stream>>>;

/// What a connection may hold in the TLS library until its client reads: one record (RFC 8446 §5.1).
const MAX_BUFFERED_BYTES: usize = 16 * 1024;
/// Bytes of a request over plain HTTP that are read and thrown away, so that its client sees the answer.
const MAX_DISCARDED_BYTES: u64 = 64 * 1024;

const PLAIN: &str = "this port speaks HTTPS: use an address that begins with https://\n";

/// Makes a connection secure, or answers and ends it; `None` if it ended.
pub(super) async fn secure(
    stream: Stream,
    config: Arc<ServerConfig>,
    limit: Duration,
) -> Option<Secured> {
    let secured = timeout(limit, handshake(stream, config)).await;
    match secured {
        Ok(Ok(stream)) => stream.map(|stream| Either::Right(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!("a handshake did not end in time");
            None
        }
    }
}

async fn handshake(
    mut stream: Stream,
    config: Arc<ServerConfig>,
) -> io::Result<Option<TlsStream<Stream>>> {
    if is_plain_http(&stream).await? {
        answer_plain(&mut stream).await?;
        return Ok(None);
    }
    let acceptor = TlsAcceptor::from(config);
    let mut stream = acceptor
        .accept_with(stream, |connection| {
            connection.set_buffer_limit(Some(MAX_BUFFERED_BYTES));
        })
        .await?;
    if stream.get_ref().1.alpn_protocol() == Some(tls::ACME) {
        // The authority has seen what it came for.
        stream.shutdown().await?;
        return Ok(None);
    }
    Ok(Some(stream))
}

/// Waits for the first byte, and says whether it is of the method of a request: a handshake begins with the byte 22.
async fn is_plain_http(stream: &Stream) -> io::Result<bool> {
    let mut first = [0];
    let read = match stream {
        Either::Left(tcp) => tcp.peek(&mut first).await?,
        // Its other end is a proxy on this machine.
        Either::Right(_) => 0,
    };
    Ok(read == 1 && first[0].is_ascii_uppercase())
}

/// Answers a request over plain HTTP, whatever it is.
async fn answer_plain(stream: &mut Stream) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{PLAIN}",
        PLAIN.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // With bytes that were not read, the system would send a reset instead of the answer.
    tokio::io::copy(
        &mut stream.take(MAX_DISCARDED_BYTES),
        &mut tokio::io::sink(),
    )
    .await?;
    Ok(())
}
