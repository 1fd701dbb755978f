//! `wardround demo`: three invented trusts on this computer, each a complete node with its own data directory. They pull
//! each other's documents over real sockets.
//!
//! Everything it needs is in the binary. A second start continues with the data of the first; only directories that a
//! demo has created are ever deleted.

mod directory;
mod error;
pub mod people;
mod trusts;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use futures_util::future::{join_all, try_join_all};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::control::{reloads::Reloads, server::Socket};
use directory::{ADOPTIONS, CONTENT, prepare, refuse_running};
pub use directory::{clear, is_foreign};
pub use error::DemoError;
use files::import;
use ledger::node::NodeDocument;
use node::{
    DATABASE_FILE, Node,
    audit::By,
    clock::Clock,
    flows::peers::{self, NewPeerRequest, PeerError},
    identity::{Identity, Introduction},
};
use settings::{
    Settings,
    load::{FILE_NAME, Sources},
};
use store::{OWN, Store};
pub use trusts::{TRUSTS, Trust};
use web::server::{self, Running, StartError};

/// Default of the first port.
const FIRST_PORT: u16 = 8081;
/// Default of the directory.
pub const DIRECTORY: &str = "data/demo";
/// How long to wait for the first pull of all trusts before the addresses are printed.
const MAX_FIRST_PULL: Duration = Duration::from_secs(6);

/// A running demo.
pub struct Demo {
    nodes: Vec<Running>,
    sockets: Vec<Socket>,
}

impl Demo {
    /// Starts the three nodes, and makes them follow each other; returns when each has the documents of all, or after
    /// `MAX_FIRST_PULL`. Without `port` it uses the ports of an earlier start.
    ///
    /// # Errors
    /// [`DemoError`] says which.
    pub async fn start(directory: &Path, port: Option<u16>) -> Result<Self, DemoError> {
        if is_foreign(directory) {
            return Err(DemoError::NotOurs(directory.to_owned()));
        }
        for trust in &TRUSTS {
            refuse_running(directory, trust)?;
        }
        // All that may be refused comes first: a node that is opened upgrades its database.
        let ports = ports(directory, port).await?;
        for port in &ports {
            server::try_port(address(*port)).map_err(refused(*port))?;
        }
        prepare(directory)?;
        let mut opened = Vec::new();
        for trust in &TRUSTS {
            opened.push(Node::open(settings(directory, trust)?, Clock::system()).await?);
        }
        let mut nodes = Vec::new();
        for (node, port) in opened.into_iter().zip(ports) {
            nodes.push(serve(node, port).await?);
        }
        let demo = Self {
            sockets: sockets(&nodes),
            nodes,
        };
        match demo.fill(directory).await {
            Ok(()) => Ok(demo),
            Err(error) => {
                demo.stop().await;
                Err(error)
            }
        }
    }

    /// Returns the nodes, in the order of the trusts.
    #[must_use]
    pub fn nodes(&self) -> &[Running] {
        &self.nodes
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: &CancellationToken) {
        let commands = join_all(self.sockets.into_iter().map(|socket| socket.run(stop)));
        let ending = async {
            stop.cancelled().await;
            join_all(self.nodes.into_iter().map(Running::stop)).await;
        };
        tokio::join!(commands, ending);
    }

    async fn stop(self) {
        join_all(self.nodes.into_iter().map(Running::stop)).await;
    }

    /// Gives each node an identity, documents and peers, unless it has them already.
    async fn fill(&self, directory: &Path) -> Result<(), DemoError> {
        let filled = self.nodes.iter().zip(&TRUSTS).map(|(running, trust)| {
            let folder = directory.join(CONTENT).join(trust.folder);
            async move { fill_one(running, trust, &folder).await }
        });
        let identities = try_join_all(filled).await?;
        for running in &self.nodes {
            follow_all(&running.node, &identities).await?;
        }
        // Each has the documents of the others before it says which of them it tried too.
        self.pull_all().await;
        for (running, trust) in self.nodes.iter().zip(&TRUSTS) {
            let folder = directory.join(ADOPTIONS).join(trust.folder);
            import_samples(&running.node, &folder, "demo-adoptions").await?;
        }
        self.pull_all().await;
        Ok(())
    }

    /// Lets each trust pull the documents of the others; after `MAX_FIRST_PULL` they go on by themselves.
    async fn pull_all(&self) {
        let pulls = join_all(
            self.nodes
                .iter()
                .map(|running| peers::pull(&running.node, None)),
        );
        match tokio::time::timeout(MAX_FIRST_PULL, pulls).await {
            Err(_) => tracing::warn!("the trusts are still pulling each other's documents"),
            Ok(pulled) => {
                for error in pulled.into_iter().filter_map(Result::err) {
                    tracing::warn!(%error, "a trust could not pull yet; it tries again");
                }
            }
        }
    }
}

/// Gives a node its identity and its documents, unless it has them.
async fn fill_one(
    running: &Running,
    trust: &Trust,
    folder: &Path,
) -> Result<Arc<Identity>, DemoError> {
    let node = &running.node;
    let identity = match node.identity() {
        Some(identity) => identity,
        None => node.init(&introduction(trust, running.address)).await?,
    };
    import_samples(node, folder, "demo").await?;
    people::add(node, trust).await?;
    Ok(identity)
}

/// Imports the sample files of a folder.
async fn import_samples(node: &Node, folder: &Path, source: &str) -> Result<(), DemoError> {
    let options = import::Options {
        // Wherever the demo keeps its samples: they are for everyone.
        is_public: true,
        source: Some(source.to_owned()),
        ..import::Options::default()
    };
    import::import(node, folder, &options, |_| {}).await?;
    Ok(())
}

fn introduction(trust: &Trust, address: SocketAddr) -> Introduction {
    let mut base_url = loopback_url();
    base_url.set_ip_host(address.ip()).ok();
    base_url.set_port(Some(address.port())).ok();
    Introduction {
        name: trust.name.to_owned(),
        ods: Some(trust.ods.to_owned()),
        base_url,
        contact: Some(trust.contact.to_owned()),
    }
}

fn loopback_url() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that is an address")]
    Url::parse("http://127.0.0.1/").expect("an address")
}

async fn follow_all(node: &Node, identities: &[Arc<Identity>]) -> Result<(), DemoError> {
    let own = node.identity();
    for peer in identities {
        let is_self = own.as_ref().is_some_and(|own| own.node == peer.node);
        let known = node
            .store
            .peer(peer.node.as_str())
            .await
            .map_err(PeerError::from)?;
        if !is_self && known.is_none() {
            peers::add(
                node,
                &NewPeerRequest::new(peer.site()),
                &peer.node,
                &By::Node,
            )
            .await?;
        }
    }
    Ok(())
}

/// Reads the settings of a node from its own file; the environment would set all three nodes alike.
fn settings(directory: &Path, trust: &Trust) -> Result<Settings, DemoError> {
    let data = directory.join(trust.directory);
    let sources = Sources {
        file: Some(data.join(FILE_NAME)),
        environment: Vec::new(),
        flags: vec![("data", "--data", data.display().to_string())],
    };
    Ok(sources.load().map_err(DemoError::Settings)?.settings)
}

/// Returns the port of each trust: `wanted` and those after it, or the ones that an earlier start has used.
async fn ports(directory: &Path, wanted: Option<u16>) -> Result<[u16; TRUSTS.len()], DemoError> {
    let found = earlier_port(directory).await?;
    let first = wanted.or(found).unwrap_or(FIRST_PORT);
    if let Some(found) = found.filter(|found| *found != first) {
        let directory = directory.to_owned();
        return Err(DemoError::OtherPort { directory, found });
    }
    let mut ports = [first; TRUSTS.len()];
    for (number, port) in (0..).zip(&mut ports) {
        *port = first.checked_add(number).ok_or(DemoError::Port(first))?;
    }
    Ok(ports)
}

/// Returns the first port of an earlier start, whatever version of the program has made its database.
async fn earlier_port(directory: &Path) -> Result<Option<u16>, DemoError> {
    let Some(first) = TRUSTS.first() else {
        return Ok(None);
    };
    let data = directory.join(first.directory);
    if !data.join(DATABASE_FILE).exists() {
        return Ok(None);
    }
    let settings = Settings {
        data,
        ..Settings::default()
    };
    let store = Store::connect_read_only(&node::database(&settings)).await?;
    let document = store.newest_node_document(OWN).await;
    store.close().await;
    let document = match document {
        Ok(document) => document,
        // A start that was cut off has left no tables.
        Err(error) => {
            tracing::debug!(%error, "the database of an earlier start has no node document");
            None
        }
    };
    let document = document.and_then(|document| NodeDocument::stored(&document.note).ok());
    let base = document.and_then(|document| Url::parse(&document.content().base).ok());
    Ok(base.and_then(|base| base.port_or_known_default()))
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn refused(port: u16) -> impl Fn(StartError) -> DemoError {
    move |error| match error {
        StartError::Listen { source, .. } => DemoError::Listen { port, source },
        StartError::Tls(why) => DemoError::Tls(why),
    }
}

async fn serve(node: Arc<Node>, port: u16) -> Result<Running, DemoError> {
    let started = server::start_at(node, address(port)).await;
    started.map_err(refused(port))
}

fn sockets(nodes: &[Running]) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for running in nodes {
        match Socket::open(Arc::clone(&running.node), Reloads::new().0) {
            Ok(socket) => sockets.push(socket),
            Err(error) => {
                tracing::warn!(%error, "no control socket: commands cannot run while this process does")
            }
        }
    }
    sockets
}
