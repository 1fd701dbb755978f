//! Step 10: the bodies that the leaves promise.
//!
//! No fault of the peer follows from a body. A body that breaks a rule is quarantined; one that is missing or has other
//! bytes is unavailable and tried again. One answer is fetched while the one before it is read and stored, so that a
//! poll holds three at most, and a batch of bodies that are stored together.

mod fetch;
mod store;

use ::store::MissingBody;
use bytes::Bytes;
use peering::RetryAfter;
use tokio::sync::mpsc;

use super::{Poll, PollReport, Step};

/// How the fetching of bodies ended.
#[derive(Clone, Copy)]
pub(in crate::flows) enum BodiesEnd {
    /// Every body that is due was asked for.
    AllAsked,
    /// The poll has used up what it may fetch. The rest follows at once, unless nearly all that came was of no use.
    Cut {
        /// Whether the next poll is due at once.
        at_once: bool,
    },
    /// The peer does not answer, or asked to be left alone for some time; the rest waits.
    Silent(Option<RetryAfter>),
}

/// What asking for one body brought.
struct Attempt {
    missing: MissingBody,
    /// Bytes with the promised digest, or in words for the operator why there are none.
    body: Result<Bytes, String>,
}

impl Poll<'_> {
    /// Fetches the bodies of an epoch that are missing and due, and stores them as they come.
    pub(in crate::flows) async fn fetch_bodies(
        &self,
        epoch: u64,
        report: &mut PollReport,
    ) -> Step<BodiesEnd> {
        let (sender, receiver) = mpsc::channel(1);
        let fetcher = fetch::Fetcher::new(self, epoch, sender);
        let (end, stored) = tokio::join!(fetcher.run(self.now), store::store_all(self, receiver));
        report.bodies += stored?;
        Ok(end?)
    }
}

fn to_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
