//! The client of the control socket: hands a command to the owner of a data directory.

use std::{io, path::Path};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
};

use super::{Request, places, socket_path};
use crate::commands::{
    command::Command,
    failure::{Failure, FailureKind},
    output::Event,
};

/// The result of handing over a command.
#[derive(Debug)]
pub(crate) enum HandedOver {
    /// No process listens: the caller has to run the command itself.
    NoOwner,
    /// The owner ran it, and it ended so.
    Ended(Result<u8, Failure>),
}

/// Hands a command to the owner of a data directory, and passes its events on in order.
///
/// # Errors
/// When the connection breaks, since the owner has stopped: what it accepted until then is durable.
pub(crate) async fn hand_over(
    data: &Path,
    command: &Command,
    mut on_event: impl FnMut(Event),
) -> io::Result<HandedOver> {
    let mut stream = match UnixStream::connect(socket_path(data)).await {
        Ok(stream) => stream,
        Err(error) if is_absence(&error) => return Ok(HandedOver::NoOwner),
        Err(error) => return Err(error),
    };
    let request = Request {
        command: command.clone(),
        seen: command.path().map(places::seen).unwrap_or_default(),
    };
    let mut line = serde_json::to_vec(&request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Event::Done { code, error, kind } => {
                return Ok(HandedOver::Ended(match error {
                    None => Ok(code),
                    Some(text) => Err(Failure {
                        code,
                        kind: kind.unwrap_or(FailureKind::Failed),
                        text,
                    }),
                }));
            }
            event => on_event(event),
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Returns whether an error means that there is no socket, one of a dead process, or a path too long for a socket.
fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::NotFound | K::ConnectionRefused | K::InvalidInput
    )
}
