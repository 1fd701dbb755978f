//! The server of the control socket: runs the commands of clients on this node.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc::UnboundedReceiver,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{MAX_COMMAND_BYTES, Request, places, reloads::ReloadRequests, socket_path};
use crate::commands::{
    self,
    command::Command,
    failure::Failure,
    output::{Event, Output},
};
use node::{Node, audit};

/// The socket of a running node.
pub(crate) struct Socket {
    node: Arc<Node>,
    reloads: ReloadRequests,
    listener: UnixListener,
    path: PathBuf,
}

/// Why the socket could not be created.
#[derive(Debug, thiserror::Error)]
#[error("the control socket `{}` cannot be created: {source}; its path may have at most 107 bytes", path.display())]
pub(crate) struct SocketError {
    path: PathBuf,
    source: io::Error,
}

impl Socket {
    /// Creates the socket of a node, in place of one that an earlier process left: the caller owns the data directory.
    ///
    /// # Errors
    /// When the disk refuses it, or its path is too long.
    pub(crate) fn open(node: Arc<Node>, reloads: ReloadRequests) -> Result<Self, SocketError> {
        let path = socket_path(&node.settings.data);
        let failed = |source| SocketError {
            path: path.clone(),
            source,
        };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        // Until the mode is set, the mode of the data directory keeps other users out.
        let listener = UnixListener::bind(&path).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self {
            node,
            reloads,
            listener,
            path,
        })
    }

    /// Runs commands until `stop`; commands that still run then are cancelled.
    pub(crate) async fn run(self, stop: &CancellationToken) {
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (node, stop) = (Arc::clone(&self.node), stop.clone());
                    tasks.spawn(answer(node, self.reloads.clone(), stream, stop));
                }
                Err(error) => {
                    tracing::warn!(%error, "a client of the control socket could not connect")
                }
            }
        }
        tasks.close();
        tasks.wait().await;
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the control socket could not be removed");
        }
    }
}

async fn answer(
    node: Arc<Node>,
    reloads: ReloadRequests,
    stream: UnixStream,
    stop: CancellationToken,
) {
    // The kernel says which user has connected; the client cannot choose.
    let by = match stream.peer_cred() {
        Ok(credentials) => audit::user(credentials.uid()),
        Err(error) => {
            tracing::warn!(%error, "a client of the control socket has no user");
            return;
        }
    };
    let (read, write) = stream.into_split();
    let mut read = BufReader::new(read);
    let request = match receive(&mut read).await {
        Ok(request) => request,
        Err(error) => {
            tracing::warn!(%error, "a command could not be read");
            return;
        }
    };
    let (output, events) = Output::new();
    let run = async {
        match (places::hidden(&request.seen), request.command) {
            (Some(path), _) => output.done(Err(Failure::invalid(places::advice(path)))),
            // What serves does that, and not the node.
            (None, Command::Reload { json }) => output.done(reloads.run(json, &output).await),
            (None, command) => commands::run_to_end(&node, command, &by, &output).await,
        }
        // Close the channel, so that `send` ends.
        drop(output);
    };
    tokio::select! {
        ((), sent) = async { tokio::join!(run, send(events, write)) } => {
            if let Err(error) = sent {
                tracing::debug!(%error, "the client of a command has disconnected");
            }
        }
        () = disconnected(&mut read) => tracing::info!("a command was cancelled by its client"),
        () = stop.cancelled() => {}
    }
}

async fn receive(read: &mut BufReader<OwnedReadHalf>) -> io::Result<Request> {
    let mut line = String::new();
    read.take(MAX_COMMAND_BYTES).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}

/// Returns when the client has disconnected.
async fn disconnected(read: &mut BufReader<OwnedReadHalf>) {
    // A client sends nothing after its command: anything read here is the end, or an unknown program.
    let mut byte = [0; 1];
    drop(read.read(&mut byte).await);
}

async fn send(mut events: UnboundedReceiver<Event>, mut write: OwnedWriteHalf) -> io::Result<()> {
    /// Events written in one system call.
    const MAX_EVENTS_PER_WRITE: usize = 64;
    let mut waiting = Vec::with_capacity(MAX_EVENTS_PER_WRITE);
    while events.recv_many(&mut waiting, MAX_EVENTS_PER_WRITE).await > 0 {
        let mut lines = Vec::new();
        for event in waiting.drain(..) {
            serde_json::to_writer(&mut lines, &event)?;
            lines.push(b'\n');
        }
        write.write_all(&lines).await?;
    }
    write.shutdown().await
}
