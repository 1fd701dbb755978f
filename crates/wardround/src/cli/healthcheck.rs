//! `healthcheck`: asks the running node whether it is ready, for containers without a shell.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::terminal::Terminal;
use crate::commands::failure::{DONE, FAILED, Failure};
use settings::load::Loaded;

/// How long the node may take to answer.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// Bytes of the answer that are read.
const MAX_BYTES: u64 = 16 * 1024;

/// Exits with 0 if the node of these settings is ready. What it prints is the JSON of `/readyz` in any case.
pub(super) async fn run(loaded: &Loaded, terminal: &Terminal) -> Result<u8, Failure> {
    let mut address = loaded.settings.listen;
    if address.ip().is_unspecified() {
        let loopback = match address {
            SocketAddr::V4(_) => std::net::IpAddr::from([127, 0, 0, 1]),
            SocketAddr::V6(_) => std::net::IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
        };
        address.set_ip(loopback);
    }
    let answer = timeout(MAX_WAIT, ask(address, loaded.settings.tls.is_on())).await;
    let answer = answer.map_err(|_| Failure::failed(format!("{address} does not answer")))?;
    let answer =
        answer.map_err(|error| Failure::failed(format!("{address} cannot be asked: {error}")))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    terminal.line(body.trim());
    let is_ready = answer.starts_with("HTTP/1.1 200");
    Ok(if is_ready { DONE } else { FAILED })
}

async fn ask(address: SocketAddr, tls: bool) -> std::io::Result<String> {
    let stream = TcpStream::connect(address).await?;
    if tls {
        exchange(tls::connect_to_self(stream).await?).await
    } else {
        exchange(stream).await
    }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<String> {
    let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
