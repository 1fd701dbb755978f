//! SIGHUP, and `reload`: a node that serves reads its configuration, its certificate and the authorities that it trusts again.
//!
//! A configuration with a mistake changes nothing. What only a start can change is named in the log. `reload` waits for the
//! end and prints the same, so that whoever has asked for it learns of a mistake.

use node::{
    Node,
    audit::{self, Act, By, Entry, Object},
    flows::nudge,
};
use settings::load::{Loaded, Sources};
use telemetry::LogFilter;
use tokio::{sync::Notify, task::spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::{owner, starting, supervisor::Supervisor, terminal::Terminal};
use crate::{
    commands::{command::Command, failure::Failure},
    control::{
        client::{HandedOver, hand_over},
        reloads::{Reloaded, Reloads},
    },
};

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
    /// Reads the configuration again at each signal and each command, until `stop`.
    pub(super) async fn run(&self, hangup: &Notify, asked: &Reloads, stop: &CancellationToken) {
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                () = hangup.notified() => None,
                asked = asked.next() => Some(asked),
            };
            self.supervisor.notify("RELOADING=1");
            let reloaded = self.reload().await;
            self.supervisor.notify("READY=1\nSTATUS=serving");
            // Whoever has asked may have gone.
            if let Some(asked) = asked {
                asked.send(reloaded).ok();
            }
        }
    }

    /// Reads the settings, with which the next start must not be refused either.
    async fn load(&self) -> Result<Loaded, Vec<String>> {
        let loaded = self.sources.load().map_err(|faults| {
            let texts = faults.iter().map(ToString::to_string);
            texts.collect::<Vec<_>>()
        })?;
        let settings = loaded.settings.clone();
        let looked = spawn_blocking(move || starting::look(&settings)).await;
        let looked = looked.map_err(|error| vec![error.to_string()])?;
        for warning in &looked.warnings {
            tracing::warn!(warning, "a setting cannot be used");
        }
        if looked.faults.is_empty() {
            Ok(loaded)
        } else {
            Err(looked.faults)
        }
    }

    async fn reload(&self) -> Reloaded {
        self.node.tls.wake();
        let loaded = match self.load().await {
            Ok(loaded) => loaded,
            Err(faults) => {
                for fault in &faults {
                    tracing::error!(%fault, "the configuration has a mistake, and nothing of it was taken");
                }
                return Reloaded {
                    faults,
                    ..Reloaded::default()
                };
            }
        };
        // Before the first poll: all of them are due since long.
        let was_read_only = self.node.current().server.read_only;
        if was_read_only
            && !loaded.settings.server.read_only
            && let Err(error) = nudge::spread_polls(self.node).await
        {
            tracing::warn!(%error, "peers are polled as they were due");
        }
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
            self.node.wakers.ticker.notify_one();
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
        let texts = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        Reloaded {
            changed: texts(&reloaded.changed),
            waiting: texts(&reloaded.waiting),
            faults: Vec::new(),
        }
    }
}

/// Why there is nothing to reload.
pub(crate) const NOT_RUNNING: &str =
    "no node serves this data directory; it reads its configuration when it starts";

/// `reload`: has the running node read its configuration again, and waits for it. Whether that has a mistake is for the node to
/// say, whose environment may differ from that of this command.
pub(super) async fn ask(sources: &Sources, json: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let mut log = sources.log();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let (data, command) = (sources.data(), Command::Reload { json });
    match hand_over(&data, &command, |event| terminal.show(event)).await {
        Ok(HandedOver::Ended(ended)) => ended,
        Ok(HandedOver::NoOwner) => Err(Failure::failed(NOT_RUNNING)),
        Err(error) => Err(owner::not_handed_over(&error, &data)),
    }
}
