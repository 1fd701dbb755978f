//! A bounded queue in memory of requests of people that background work answers.

use tokio::sync::{Mutex, mpsc};

/// Entries that wait. One takes as long as the mail server.
const MAX_WAITING: usize = 64;

/// Who asks for a new link by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkRequest {
    /// The person of an address.
    ByEmail(String),
    /// The person who has a link that has expired.
    ByLink(String),
}

/// The queue.
#[derive(Debug)]
pub struct Queue<T> {
    sender: mpsc::Sender<T>,
    receiver: Mutex<mpsc::Receiver<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        Self {
            sender,
            receiver: Mutex::new(receiver),
        }
    }
}

impl<T> Queue<T> {
    /// Adds an entry; returns whether there was room.
    pub fn send(&self, entry: T) -> bool {
        self.sender.try_send(entry).is_ok()
    }

    /// Waits for the next entry.
    pub async fn next(&self) -> Option<T> {
        self.receiver.lock().await.recv().await
    }
}
