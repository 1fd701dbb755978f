//! The command line's side of the socket.

use std::{io, path::Path};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
};

use super::{Command, Event, socket_path};

/// What became of a command.
#[derive(Debug)]
pub enum Handed {
    /// Nobody listens: whoever asks has to do it alone.
    NobodyThere,
    /// The owner has ended it, with this exit code and reason.
    Ended(u8, Option<String>),
}

/// Hands a command to the owner of a data directory and passes its events on, in order.
///
/// # Errors
/// Of the connection, when the owner went away meanwhile: what it accepted until then is durable.
pub async fn hand_over(
    data: &Path,
    command: &Command,
    mut each: impl FnMut(Event),
) -> io::Result<Handed> {
    let mut stream = match UnixStream::connect(socket_path(data)).await {
        Ok(stream) => stream,
        Err(error) if is_absence(&error) => return Ok(Handed::NobodyThere),
        Err(error) => return Err(error),
    };
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Event::Done { code, error } => return Ok(Handed::Ended(code, error)),
            event => each(event),
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// No socket, one that a dead process left, or a path that no socket can have.
fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::NotFound | K::ConnectionRefused | K::InvalidInput
    )
}
