//! SIGHUP: a node that serves reads its configuration, its certificate and the authorities that it trusts again.
//!
//! A configuration with a mistake changes nothing. What only a start can change is named in the log.

use node::{
    Node,
    audit::{self, Act, By, Entry, Object},
    flows::nudge,
};
use settings::load::Sources;
use telemetry::LogFilter;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::supervisor::Supervisor;

/// What reads the configuration again, and what it tells.
pub(super) struct Reloading<'a> {
    /// The running node.
    pub node: &'a Node,
    /// Where its settings came from.
    pub sources: &'a Sources,
    /// Its log.
    pub filter: &'a LogFilter,
    /// Who has started it.
    pub supervisor: &'a Supervisor,
}

impl Reloading<'_> {
    /// Reads the configuration again at each signal, until `stop`.
    pub(super) async fn run(&self, hangup: &Notify, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = hangup.notified() => {}
            }
            self.supervisor.notify("RELOADING=1");
            self.reload().await;
            self.supervisor.notify("READY=1\nSTATUS=serving");
        }
    }

    async fn reload(&self) {
        self.node.tls.wake();
        let loaded = match self.sources.load() {
            Ok(loaded) => loaded,
            Err(faults) => {
                for fault in faults {
                    tracing::error!(%fault, "the configuration has a mistake, and nothing of it was taken");
                }
                return;
            }
        };
        let reloaded = self.node.reload(&loaded.settings);
        self.node.read_authorities().await;
        let changed = reloaded.changed.join(", ");
        if reloaded.changed.contains(&"log.filter") {
            self.filter.set(&reloaded.settings.log.filter);
        }
        tracing::info!(changed, "the configuration was read again");
        if reloaded.changed.contains(&"server.read_only") {
            if let Err(error) = self.node.signer().await {
                tracing::debug!(%error, "the node signs nothing after its configuration was read again");
            }
            if !reloaded.settings.server.read_only
                && let Err(error) = nudge::make_all_due(self.node).await
            {
                tracing::warn!(%error, "peers are polled at their usual time");
            }
        }
        if !reloaded.waiting.is_empty() {
            let keys = reloaded.waiting.join(", ");
            tracing::warn!(keys, "these settings wait for the next start");
        }
        if !reloaded.changed.is_empty() {
            let entry = Entry::new(
                &By::Node,
                Act::ConfigurationChanged,
                Object::Nothing,
                self.node.now(),
            );
            audit::record(self.node, entry.with_detail(&changed)).await;
        }
    }
}
