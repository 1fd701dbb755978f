//! Requests for links by mail, until the background work has done them.

use tokio::sync::{Mutex, mpsc};

/// Requests that wait. One takes as long as the mail server.
const MAX_WAITING: usize = 64;

/// Who asks for a new link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkRequest {
    /// The person of an address.
    ByEmail(String),
    /// The person who has a link that has expired.
    ByLink(String),
}

/// The queue.
#[derive(Debug)]
pub struct LinkRequests {
    sender: mpsc::Sender<LinkRequest>,
    receiver: Mutex<mpsc::Receiver<LinkRequest>>,
}

impl Default for LinkRequests {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        Self {
            sender,
            receiver: Mutex::new(receiver),
        }
    }
}

impl LinkRequests {
    /// Adds a request; returns whether there was room.
    pub fn send(&self, request: LinkRequest) -> bool {
        self.sender.try_send(request).is_ok()
    }

    /// Waits for the next request.
    pub async fn next(&self) -> Option<LinkRequest> {
        self.receiver.lock().await.recv().await
    }
}
