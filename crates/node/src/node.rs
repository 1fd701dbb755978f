//! The running node: everything that a request, a flow or background work needs. It knows none of these.
//!
//! Invariant: a data directory has one owner. [`Node::open`] takes its lock, and a second process is refused.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use accounts::{Accounts, mail::Mailer, oidc::Provider};
use disk_space::reserve::Reserve;
use indexer::Indexer;
use peering::{Network, PeerClocks};
use search::{Expansions, Index};
use store::{Options, Store};
use tls::Shown;
use tokio::{
    sync::{Mutex, Notify},
    task::spawn_blocking,
};
use wire::Timestamp;

use crate::{
    authorities::{account_roots, peer_network},
    clock::Clock,
    data_directory::{DirectoryError, DirectoryLock},
    disk::DiskBrake,
    eraser::Eraser,
    error::NodeError,
    file_reader::{FileReader, Place},
    gaps::Gaps,
    identity::{Identity, IdentityError, Introduction},
    nudges::RecentNudges,
    queue::{LinkRequest, Queue},
    reads::Reads,
    refusals::Refusals,
    refused_logs::RefusedLogs,
    renderings::Renderings,
    signing::Signing,
    verified_documents::VerifiedDocuments,
    writable::Writable,
};
use settings::{Settings, read_text, reload::Reloaded};
use telemetry::figures::Figures;

/// The file of the database in the data directory, for a node whose settings name none.
pub const DATABASE_FILE: &str = "node.db";

/// Wakes background work before its next regular turn. A wake-up is kept until the work takes it.
#[derive(Debug, Default)]
pub struct Wakers {
    /// For [`crate::background::cosigner`]: a peer's entries were applied.
    pub cosigner: Notify,
    /// For [`crate::background::nudger`]: this node's log has grown.
    pub nudger: Notify,
    /// For [`crate::background::ticker`]: a peer may have become due.
    pub ticker: Notify,
    /// For the work that mails people: the state of a draft has changed.
    pub mailer: Notify,
}

/// A running node, shared by all requests and tasks.
pub struct Node {
    /// The settings with which the node was started. Those that can change while it runs are in [`Node::current`].
    pub settings: Settings,
    /// The only source of the time.
    pub clock: Clock,
    /// The database, which is the truth.
    pub store: Store,
    /// The search index of public documents, which is derived from the database.
    pub index: Arc<Index>,
    /// The search index of this node's own documents that are not for everyone.
    pub restricted_index: Arc<Index>,
    /// Abbreviations and words of one meaning that are searched for too.
    pub expansions: Arc<Expansions>,
    /// Brings the index up to date with the database.
    pub indexer: Arc<Indexer>,
    /// Removes withdrawn words from the files.
    pub eraser: Arc<Eraser>,
    /// Wakes the background work that waits for news.
    pub wakers: Wakers,
    /// When peers last sent a nudge.
    pub(crate) nudges: RecentNudges,
    /// Finds out from peers' times whether this node's clock is wrong.
    pub(crate) peer_clocks: PeerClocks,
    /// Cache of rendered documents and of responses.
    pub renderings: Arc<Renderings>,
    /// Passwords, limits of attempts to sign in, mail, OpenID providers.
    pub accounts: Arc<Accounts>,
    /// Links that people have asked for by mail.
    pub link_requests: Queue<LinkRequest>,
    /// Connects to peers, within the network rules.
    pub network: Network,
    /// The certificate that the server shows, where it speaks TLS itself.
    pub tls: Arc<Shown>,
    /// Held during an import or the publishing of a file: one at a time.
    pub importing: Mutex<()>,
    /// Held during a backup: one at a time.
    pub backing_up: Mutex<()>,
    /// Figures for a monitoring system.
    pub figures: Figures,
    /// How often this node's documents are read.
    pub reads: Reads,
    /// Whether too little of the disk is free to take anything new from peers.
    pub(crate) disk_brake: DiskBrake,
    /// Logs of peers beyond their quotas.
    pub(crate) refused_logs: RefusedLogs,
    /// Logs that do not continue the held ones, and that could not be proven to be second ones.
    pub(crate) unproven_logs: RefusedLogs,
    /// Node documents of peers that were verified.
    pub(crate) verified_documents: VerifiedDocuments,
    /// Result of the last check that the database can be written.
    pub writable: Writable,
    /// Counts refusals: the audit records a limited number of them.
    pub(crate) refusals: Refusals,
    /// Counts searches without results.
    pub gaps: Gaps,
    /// Does the work on uploaded files.
    pub file_reader: FileReader,
    /// Whether this process may sign.
    pub(crate) signing: Signing,
    identity: RwLock<Option<Arc<Identity>>>,
    current: RwLock<Arc<Settings>>,
    /// Held during `init`: one at a time.
    initialising: Mutex<()>,
    _lock: DirectoryLock,
}

/// Why a node could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The keys.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The mail server, an OpenID provider or the file of certificate authorities cannot be used as it is configured.
    #[error("{0}")]
    Accounts(String),
    /// The database or the search index cannot be opened.
    #[error(transparent)]
    Node(NodeError),
}

impl<E: Into<NodeError>> From<E> for OpenError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
}

impl Node {
    /// Opens a node: takes the lock of the data directory, opens and migrates the database, opens the index and reads the
    /// keys. An index of an earlier format serves until a new one is built; a corrupt one is moved aside and
    /// rebuilt while the node serves.
    ///
    /// # Errors
    /// [`DirectoryError::InUse`] when another process owns the directory; nothing is changed then.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Arc<Self>, OpenError> {
        Self::open_with(settings, clock, Place::default()).await
    }

    /// Opens a node that does its work on uploaded files in a place.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub async fn open_with(
        settings: Settings,
        clock: Clock,
        files: Place,
    ) -> Result<Arc<Self>, OpenError> {
        // First the lock: nothing may be changed that another process owns.
        let data = settings.data.clone();
        let lock = spawn_blocking(move || DirectoryLock::take(&data)).await??;
        if settings.database.address().is_none() && !settings.data.join(DATABASE_FILE).exists() {
            // No file is made next to the keys of a node whose database is elsewhere.
            Identity::refuse_orphans(&settings.data)?;
        }
        let options = database(&settings);
        let reserve = Arc::new(Reserve::new(options.file().as_deref()));
        // Until the node is open: the files of the database need some space, too.
        let _lent = reserve.lend_to_open();
        let store = Store::open(&options).await?;
        let [public, restricted] = indexer::DIRECTORIES;
        let index = open_index(&settings.data, public).await?;
        let restricted_index = open_index(&settings.data, restricted).await?;
        let indexer = Arc::new(Indexer::new(
            store.clone(),
            Arc::clone(&index),
            Arc::clone(&restricted_index),
            clock.reader(),
        ));
        let terms = settings.search.terms.clone();
        let expansions = spawn_blocking(move || expansions(terms.as_deref())).await?;
        let renderings = Arc::<Renderings>::default();
        let identity = Identity::open(&settings.data, &store).await?.map(Arc::new);
        let accounts = Arc::new(accounts(&settings)?);
        let network = peer_network(&settings).map_err(OpenError::Accounts)?;
        Ok(Arc::new(Self {
            eraser: Arc::new(Eraser::new(
                store.clone(),
                settings.data.clone(),
                Arc::clone(&indexer),
                Arc::clone(&renderings),
                Arc::clone(&reserve),
            )),
            wakers: Wakers::default(),
            nudges: RecentNudges::default(),
            peer_clocks: PeerClocks::default(),
            renderings,
            current: RwLock::new(Arc::new(settings.clone())),
            settings,
            clock,
            store,
            index,
            restricted_index,
            expansions,
            indexer,
            accounts,
            link_requests: Queue::default(),
            network,
            tls: Arc::default(),
            figures: Figures::default(),
            reads: Reads::default(),
            disk_brake: DiskBrake::default(),
            refused_logs: RefusedLogs::default(),
            unproven_logs: RefusedLogs::default(),
            verified_documents: VerifiedDocuments::default(),
            writable: Writable::default(),
            refusals: Refusals::default(),
            gaps: Gaps::default(),
            file_reader: FileReader::new(files),
            signing: Signing::default(),
            identity: RwLock::new(identity),
            importing: Mutex::new(()),
            backing_up: Mutex::new(()),
            initialising: Mutex::new(()),
            _lock: lock,
        }))
    }

    /// Returns the identity of this node; `None` before `init`.
    #[must_use]
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.identity
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns the settings that hold now: those of [`settings::reload::RELOADED`] change while the node runs.
    #[must_use]
    pub fn current(&self) -> Arc<Settings> {
        let current = self.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes from settings that were read again what can change while the node runs.
    pub fn reload(&self, read: &Settings) -> Reloaded {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let reloaded = current.reload(read);
        *current = Arc::new(reloaded.settings.clone());
        // The name of the site is on every page.
        self.renderings.clear();
        reloaded
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Gives the node its identity, also while it serves. It runs to its end even if the caller is cancelled.
    ///
    /// # Errors
    /// As [`Identity::create`].
    pub async fn init(
        self: &Arc<Self>,
        introduction: &Introduction,
    ) -> Result<Arc<Identity>, OpenError> {
        let (node, introduction) = (Arc::clone(self), introduction.clone());
        tokio::spawn(async move { node.init_to_end(&introduction).await }).await?
    }

    async fn init_to_end(&self, introduction: &Introduction) -> Result<Arc<Identity>, OpenError> {
        let _initialising = self.initialising.lock().await;
        let data = &self.settings.data;
        let created = Identity::create(data, &self.store, introduction, self.now()).await?;
        Ok(self.set_identity(created))
    }

    /// Continues with an identity that was made or has changed.
    pub(crate) fn set_identity(&self, identity: Identity) -> Arc<Identity> {
        let identity = Arc::new(identity);
        let mut slot = self
            .identity
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Arc::clone(&identity));
        identity
    }

    /// Closes the database, after the transactions in progress have ended.
    pub async fn close(&self) {
        self.release_signing().await;
        self.store.close().await;
    }
}

/// Returns what signing in needs. Nothing is connected to yet.
pub(crate) fn accounts(settings: &Settings) -> Result<Accounts, OpenError> {
    let server = settings.smtp.server().map_err(OpenError::Accounts)?;
    let roots = account_roots(settings).map_err(OpenError::Accounts)?;
    let mailer = server.as_ref().map(|server| Mailer::new(server, &roots));
    let mailer = mailer.transpose();
    let proxy = settings.accounts.proxy.as_ref();
    let providers = settings.providers.values();
    let providers = providers.map(|provider| Provider::new(provider.clone(), proxy, &roots));
    let providers: Result<Vec<_>, _> = providers.collect();
    let providers = providers.map_err(|error| OpenError::Accounts(error.to_string()))?;
    let mailer = mailer.map_err(OpenError::Accounts)?;
    Ok(Accounts::new(providers, mailer))
}

/// Returns the abbreviations that the search knows: those of the program, and those of the operator's file. A mistake in
/// that file is logged, and the search does without it.
fn expansions(file: Option<&Path>) -> Arc<Expansions> {
    let built_in = Expansions::built_in();
    let Some(file) = file else {
        return built_in;
    };
    match read_text(file) {
        Ok(list) => {
            let (expansions, unread) = Expansions::clone(&built_in).with(&list);
            if !unread.is_empty() {
                tracing::warn!(file = %file.display(), lines = ?unread, "lines of `search.terms` have no two forms with `=` or `~` between them, and are left out");
            }
            Arc::new(expansions)
        }
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "the file of `search.terms` cannot be read; the search does without it");
            built_in
        }
    }
}

/// Opens an index in the data directory, or makes an empty one where it is damaged.
async fn open_index(data: &Path, name: &str) -> Result<Arc<Index>, OpenError> {
    let directory = data.join(name);
    let opened = spawn_blocking(move || Index::open_or_replace(&directory)).await??;
    if let Some(error) = &opened.replaced {
        tracing::error!(%error, "the search index is damaged and is being rebuilt");
    }
    if opened.index.is_earlier() {
        tracing::info!("the search index of an earlier version serves until a new one is built");
    }
    Ok(Arc::new(opened.index))
}

/// Returns the options with which a node opens its database: the address in the settings, or else `DATA/node.db`.
#[must_use]
pub fn database(settings: &Settings) -> Options {
    let url = match settings.database.address() {
        Some(url) => url.to_string(),
        None => format!("sqlite:{}", settings.data.join(DATABASE_FILE).display()),
    };
    Options {
        url,
        connections: settings.database.connections,
    }
}
