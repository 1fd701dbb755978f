//! How much of all answers waits to be read, and whose connection ends when that is too much.
//!
//! A client that asks and does not read keeps its answer in the memory of this node. One such client is let go after a
//! while ([`super::stalling`]), and many at once share one budget: beyond it, the connection goes that has read nothing
//! for the longest.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

/// The answers of one listener that wait to be read.
#[derive(Debug)]
pub(super) struct Unread {
    max_bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts waits, so that a smaller number is older.
    last: u64,
    total_bytes: usize,
    waits: BTreeMap<u64, Wait>,
}

#[derive(Debug)]
struct Wait {
    bytes: usize,
    end: CancellationToken,
}

/// The part of one connection.
#[derive(Debug)]
pub(super) struct Share {
    unread: Arc<Unread>,
    end: CancellationToken,
    /// The number of its wait, while its client reads nothing.
    wait: Option<u64>,
}

impl Unread {
    /// Returns a budget in bytes.
    pub(super) fn new(max_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            max_bytes,
            state: Mutex::default(),
        })
    }

    /// Returns the share of a connection, which `end` ends.
    pub(super) fn share(self: &Arc<Self>, end: CancellationToken) -> Share {
        Share {
            unread: Arc::clone(self),
            end,
            wait: None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, number: u64) {
        if let Some(wait) = self.waits.remove(&number) {
            self.total_bytes -= wait.bytes;
        }
    }
}

impl Share {
    /// Records how many bytes wait, and that the client has read none of them since the last call of
    /// [`Share::has_read`]. Ends the connections that have waited longest while there are too many bytes.
    pub(super) fn waits(&mut self, bytes: usize) {
        let mut state = self.unread.state();
        let number = self.wait.unwrap_or_else(|| {
            state.last += 1;
            state.last
        });
        state.remove(number);
        // One that was ended already does not count again.
        if self.end.is_cancelled() {
            self.wait = None;
            return;
        }
        self.wait = Some(number);
        state.total_bytes += bytes;
        let end = self.end.clone();
        state.waits.insert(number, Wait { bytes, end });
        while state.total_bytes > self.unread.max_bytes
            && let Some((_, longest)) = state.waits.pop_first()
        {
            state.total_bytes -= longest.bytes;
            longest.end.cancel();
        }
    }

    /// Records that the client reads.
    pub(super) fn has_read(&mut self) {
        if let Some(number) = self.wait.take() {
            self.unread.state().remove(number);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.has_read();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_budget_those_end_who_have_waited_longest() {
        let unread = Unread::new(100);
        let ends: Vec<CancellationToken> = (0..5).map(|_| CancellationToken::new()).collect();
        let mut shares: Vec<Share> = ends.iter().map(|end| unread.share(end.clone())).collect();
        let ended = || {
            let each = ends.iter().map(CancellationToken::is_cancelled);
            each.collect::<Vec<bool>>()
        };
        for share in &mut shares[..4] {
            share.waits(25);
        }
        assert_eq!(ended(), [false; 5]);
        // The first reads and waits again, so that the second has waited longest. The third has less left.
        shares[0].has_read();
        shares[0].waits(25);
        shares[2].waits(20);
        shares[4].waits(25);
        assert_eq!(ended(), [false, true, false, false, false]);
        shares[4].waits(100);
        assert_eq!(ended(), [true, true, true, true, false]);
        // One answer alone that is larger than the budget is not sent either.
        shares[4].waits(101);
        assert_eq!(ended(), [true; 5]);
        shares[4].waits(101);
        drop(shares);
        let state = unread.state();
        assert_eq!((state.total_bytes, state.waits.len()), (0, 0));
    }
}
