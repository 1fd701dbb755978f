//! How a trust's node is set up.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::{Ipv4Addr, SocketAddr};

use node::{clock::Clock, identity::Introduction};
use settings::{Secret, Settings};
use tempfile::TempDir;
use url::Url;

use crate::{engine::Engine, ports::free_ports, trust::Trust};

/// What differs from the usual node: one that serves, has an identity, and polls its peers only when a story says so.
#[must_use]
pub struct Setup {
    settings: Settings,
    clock: Clock,
    engine: Engine,
    ods: Option<String>,
    contact: Option<String>,
    base_url: Option<Url>,
    directory: TempDir,
}

impl Setup {
    /// Returns the usual setup of the organisation with this code.
    pub fn new(ods: &str) -> Self {
        Self {
            ods: Some(ods.to_owned()),
            ..Self::without_identity()
        }
    }

    /// Returns the setup of a node before its `init`.
    pub fn without_identity() -> Self {
        let mut settings = Settings {
            // Outside the range that the system gives out, so that a node gets its port again after a restart.
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, free_ports(1))),
            ..Settings::default()
        };
        settings.federation.allow_loopback = true;
        settings.federation.enabled = false;
        // The disk of the machine that runs the tests may be nearly full.
        settings.federation.min_free_percent = 0;
        Self {
            settings,
            clock: Clock::system(),
            engine: Engine::Sqlite,
            ods: None,
            contact: None,
            base_url: None,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// Keeps the documents in a database of this engine.
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// Takes the time from a clock that others have, too.
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Says how the organisation is reached.
    pub fn contact(mut self, contact: &str) -> Self {
        self.contact = Some(contact.to_owned());
        self
    }

    /// Gives the node another address than the one that it serves at.
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(Url::parse(url).unwrap());
        self
    }

    /// Opens the node on the folder `data` of a directory that is there already.
    pub fn directory(mut self, directory: TempDir) -> Self {
        self.directory = directory;
        self
    }

    /// Changes the settings.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Opens the node, gives it its identity, and serves it.
    pub async fn start(mut self) -> Trust {
        self.settings.data = self.directory.path().join("data");
        self.settings.database.url = self.engine.database().await.map(Secret::new);
        let mut trust = Trust::stopped(self.directory, self.settings, self.clock);
        trust.start().await;
        if let Some(ods) = self.ods {
            let site = || Url::parse(&trust.site()).unwrap();
            let introduction = Introduction {
                name: format!("Trust {ods}"),
                ods: Some(ods),
                base_url: self.base_url.unwrap_or_else(site),
                contact: self.contact,
            };
            trust.node().init(&introduction).await.unwrap();
        }
        trust
    }
}
