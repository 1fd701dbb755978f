//! Whether the clock of this machine is right, as far as the servers of peers tell.

use peering::Network;
use wire::Timestamp;

use crate::node::Node;

impl Node {
    /// Returns by how many seconds the clock differs from those of most peers' servers; 0 where it agrees with them.
    #[must_use]
    pub fn clock_difference_secs(&self) -> u64 {
        let found = self.network.clock_difference(self.now());
        found.map_or(0, |found| found.ahead_ms.unsigned_abs() / 1_000)
    }

    /// Returns what is wrong with the clock, for the operator.
    #[must_use]
    pub fn clock_fault(&self) -> Option<String> {
        clock_fault(&self.network, self.now())
    }
}

/// Returns what is wrong with a clock, for the operator, by those of the servers that a network has asked.
#[must_use]
pub fn clock_fault(network: &Network, now: Timestamp) -> Option<String> {
    let found = network.clock_difference(now)?;
    let minutes = found.ahead_ms.unsigned_abs() / 60_000;
    let is = if found.ahead_ms > 0 {
        "ahead of"
    } else {
        "behind"
    };
    Some(format!(
        "the clock of this machine is {minutes} minutes {is} those of the servers of {} of {} peers; see that both are set by NTP",
        found.from, found.of
    ))
}
