//! Requests to read the configuration again, from the control socket to what serves.

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::commands::{
    failure::{DONE, Failure},
    output::Output,
};

/// Requests that wait at most; the next one waits for a place.
const MAX_WAITING: usize = 8;

/// What a running node has read again.
#[derive(Debug, Default)]
pub(crate) struct Reloaded {
    /// Settings that have changed.
    pub(crate) changed: Vec<String>,
    /// Settings that wait for the next start.
    pub(crate) waiting: Vec<String>,
    /// What is wrong with the configuration; then nothing was taken.
    pub(crate) faults: Vec<String>,
}

/// Where requests arrive.
#[derive(Debug)]
pub(crate) struct Reloads(Mutex<mpsc::Receiver<oneshot::Sender<Reloaded>>>);

/// Where requests are sent to.
#[derive(Debug, Clone)]
pub(crate) struct ReloadRequests(mpsc::Sender<oneshot::Sender<Reloaded>>);

impl Reloads {
    /// Returns both ends.
    pub(crate) fn new() -> (ReloadRequests, Self) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        (ReloadRequests(sender), Self(Mutex::new(receiver)))
    }

    /// Waits for the next request; returns where its answer goes.
    pub(crate) async fn next(&self) -> oneshot::Sender<Reloaded> {
        match self.0.lock().await.recv().await {
            Some(asked) => asked,
            // No one can ask any more.
            None => std::future::pending().await,
        }
    }
}

impl ReloadRequests {
    /// Has the configuration read again, and says what came of it.
    ///
    /// # Errors
    /// When it has a mistake, or the node is stopping.
    pub(crate) async fn run(&self, json: bool, output: &Output) -> Result<u8, Failure> {
        let (sender, receiver) = oneshot::channel();
        let unread = "this node reads its configuration when it starts, and not again";
        let sent = self.0.send(sender).await;
        sent.map_err(|_| Failure::failed(unread))?;
        let answer = receiver.await;
        let reloaded = answer.map_err(|_| Failure::failed("the node is stopping"))?;
        if !reloaded.faults.is_empty() {
            let faults = reloaded.faults.join("; ");
            return Err(Failure::invalid(format!(
                "the configuration has a mistake, and nothing of it was taken: {faults}"
            )));
        }
        if json {
            let Reloaded {
                changed, waiting, ..
            } = &reloaded;
            let object = serde_json::json!({"changed": changed, "waiting": waiting});
            output.line(object.to_string());
            return Ok(DONE);
        }
        output.line(match reloaded.changed.as_slice() {
            [] => "the configuration was read again; no setting has changed".to_owned(),
            changed => format!(
                "the configuration was read again; new: {}",
                changed.join(", ")
            ),
        });
        if !reloaded.waiting.is_empty() {
            let waiting = reloaded.waiting.join(", ");
            output.note(format!("these settings wait for the next start: {waiting}"));
        }
        Ok(DONE)
    }
}
