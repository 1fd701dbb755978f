//! The owner's side of the socket.

use std::{fs, io, path::PathBuf, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc::UnboundedReceiver,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Command, Event, MOST_COMMAND_BYTES, Output, socket_path};
use crate::cli::commands;
use node::Node;

/// The socket of a running node.
pub struct Socket {
    node: Arc<Node>,
    listener: UnixListener,
    path: PathBuf,
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
#[error("the control socket `{}` cannot be created: {source}; its path may have at most 107 bytes", path.display())]
pub struct SocketError {
    path: PathBuf,
    source: io::Error,
}

impl Socket {
    /// Makes the socket of a node, instead of one that an earlier process left: the caller owns the data directory.
    ///
    /// # Errors
    /// [`SocketError`], of the disk.
    pub fn open(node: Arc<Node>) -> Result<Self, SocketError> {
        let path = socket_path(&node.settings.data);
        let failed = |source| SocketError {
            path: path.clone(),
            source,
        };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        // Between these two steps the data directory keeps others out.
        let listener = UnixListener::bind(&path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        }
        Ok(Self {
            node,
            listener,
            path,
        })
    }

    /// Takes commands until `stop`; then those under way are ended.
    pub async fn run(self, stop: &CancellationToken) {
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (node, stop) = (Arc::clone(&self.node), stop.clone());
                    tasks.spawn(answer(node, stream, stop));
                }
                Err(error) => tracing::warn!(%error, "a command could not be accepted"),
            }
        }
        tasks.close();
        tasks.wait().await;
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the control socket could not be removed");
        }
    }
}

async fn answer(node: Arc<Node>, stream: UnixStream, stop: CancellationToken) {
    let (read, write) = stream.into_split();
    let mut read = BufReader::new(read);
    let command = match receive(&mut read).await {
        Ok(command) => command,
        Err(error) => {
            tracing::warn!(%error, "a command could not be read");
            return;
        }
    };
    let (output, events) = Output::new();
    let working = async {
        commands::run_to_end(&node, command, &output).await;
        // The channel ends with its last sender.
        drop(output);
    };
    tokio::select! {
        ((), sent) = async { tokio::join!(working, send(events, write)) } => {
            if let Err(error) = sent {
                tracing::debug!(%error, "the client of a command has disconnected");
            }
        }
        () = gone(&mut read) => tracing::info!("a command was cancelled by its client"),
        () = stop.cancelled() => {}
    }
}

async fn receive(read: &mut BufReader<OwnedReadHalf>) -> io::Result<Command> {
    let mut line = String::new();
    read.take(MOST_COMMAND_BYTES).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}

/// Returns when the client has closed its side.
async fn gone(read: &mut BufReader<OwnedReadHalf>) {
    // A client sends nothing more: whatever comes is its end, or no client of ours.
    let mut byte = [0; 1];
    drop(read.read(&mut byte).await);
}

async fn send(mut events: UnboundedReceiver<Event>, mut write: OwnedWriteHalf) -> io::Result<()> {
    /// Events that are written together.
    const TOGETHER: usize = 64;
    let mut waiting = Vec::with_capacity(TOGETHER);
    while events.recv_many(&mut waiting, TOGETHER).await > 0 {
        let mut lines = Vec::new();
        for event in waiting.drain(..) {
            serde_json::to_writer(&mut lines, &event)?;
            lines.push(b'\n');
        }
        write.write_all(&lines).await?;
    }
    write.shutdown().await
}
