//! Changes where and how a peer is polled, and makes a peer what a file says: repeating either changes nothing.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use peering::AllowList;
use serde::{Deserialize, Serialize};
use store::{Peer, PeerConfiguration, PeerState};
use wire::NodeId;

use super::{
    NewPeerRequest, PeerError, PeerObject,
    adding::{Asked, add_asked, ask, ask_within},
    find, pause, resume, show,
};
use crate::{audit::By, node::Node, urls};

/// Sites that are asked at the same time who they are, of up to 256 in a file.
const MAX_CONCURRENT_ASKS: usize = 128;
/// How long each may take. One that does not answer is added as well, and its polls find out more.
const MAX_ASK: Duration = Duration::from_secs(5);

/// What to change of a peer; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerChange {
    /// Address of the site or base of the feed.
    pub address: Option<String>,
    /// Address ranges that are not public and that its server may be in.
    pub allow_cidr: Option<String>,
    /// Seconds between polls; 0 for those of the settings.
    pub interval: Option<u64>,
}

/// What a file says of a peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedPeer {
    /// Its identity, which its operator has confirmed.
    pub node: String,
    /// Address, short name, ranges and interval.
    pub request: NewPeerRequest,
    /// Whether it is not polled.
    pub paused: bool,
}

impl WantedPeer {
    fn id(&self) -> Result<NodeId, PeerError> {
        NodeId::parse(&self.node)
            .ok_or_else(|| PeerError::Refused(format!("`{}` is not a node id", self.node)))
    }
}

/// What was done to make a peer what a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applied {
    /// It was not followed before.
    Added,
    /// It was followed in another way.
    Changed,
    /// It was so already.
    Unchanged,
}

/// Changes where and how often a peer is polled.
///
/// # Errors
/// [`PeerError::Unknown`]; [`PeerError::Refused`] when the address or the ranges break the rules.
#[boxed]
pub async fn set(
    node: &Node,
    which: &str,
    change: &PeerChange,
    by: &By,
) -> Result<PeerObject, PeerError> {
    let peer = find(node, which).await?;
    if let Some(wanted) = changed(node, &peer, change)? {
        configure(node, &peer, &wanted, by).await?;
    }
    show(node, peer.node.as_str()).await
}

/// Makes peers what a file says, in its order; with `dry_run`, only says what that takes. Sites of new peers are asked
/// several at a time. `report` gets the result of each peer once it is so; a failure of one does not stop the others.
///
/// Errors of a peer are [`PeerError::Refused`] when the file contradicts the rules, or the short name of a peer that is
/// followed.
#[boxed]
pub async fn apply(
    node: &Node,
    wanted: &[WantedPeer],
    dry_run: bool,
    by: &By,
    report: &mut (dyn FnMut(&WantedPeer, Result<Applied, PeerError>) + Send),
) {
    // Step 1: which peers are new. Nothing that is asked below may hold a connection of the database, since it rests while
    // the answer before it is written.
    let mut asks = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let is_new = match is_followed(node, wanted).await {
            Ok(is_followed) => Ok(!is_followed && !dry_run),
            Err(error) => Err(error),
        };
        // Boxed here, since the compiler cannot see otherwise that such a stream may move between threads.
        asks.push(ask_if(is_new, node, wanted).boxed());
    }
    // Step 2: ask their sites, and write what came, in the order of the file.
    let mut asked = stream::iter(asks).buffered(MAX_CONCURRENT_ASKS);
    for wanted in wanted {
        let Some(asked) = asked.next().await else {
            return;
        };
        let applied = match asked {
            Ok(asked) => apply_one(node, wanted, asked, dry_run, by).await,
            Err(error) => Err(error),
        };
        report(wanted, applied);
    }
}

/// Returns whether a peer is followed already.
async fn is_followed(node: &Node, wanted: &WantedPeer) -> Result<bool, PeerError> {
    let id = wanted.id()?;
    Ok(node.store.peer(id.as_str()).await?.is_some())
}

/// Asks the site of a peer that is to be added now.
async fn ask_if(
    is_new: Result<bool, PeerError>,
    node: &Node,
    wanted: &WantedPeer,
) -> Result<Option<Asked>, PeerError> {
    if is_new? {
        let id = wanted.id()?;
        let asked = ask_within(MAX_ASK, node, &wanted.request, &id);
        return asked.await.map(Some);
    }
    Ok(None)
}

/// Makes a peer what a file says.
async fn apply_one(
    node: &Node,
    wanted: &WantedPeer,
    asked: Option<Asked>,
    dry_run: bool,
    by: &By,
) -> Result<Applied, PeerError> {
    let id = wanted.id()?;
    let request = &wanted.request;
    let Some(peer) = node.store.peer(id.as_str()).await? else {
        if !dry_run {
            let asked = match asked {
                Some(asked) => asked,
                // It was removed meanwhile.
                None => ask(node, request, &id).await?,
            };
            let added = add_asked(node, request, &id, asked, by).await?;
            if wanted.paused {
                pause(node, added.peer.node.as_str(), by).await?;
            }
        }
        return Ok(Applied::Added);
    };
    let configuration = differing(node, &peer, request)?;
    let is_paused = peer.state == PeerState::Paused;
    if configuration.is_none() && is_paused == wanted.paused {
        return Ok(Applied::Unchanged);
    }
    if dry_run {
        return Ok(Applied::Changed);
    }
    if let Some(configuration) = configuration {
        configure(node, &peer, &configuration, by).await?;
    }
    match (is_paused, wanted.paused) {
        (false, true) => drop(pause(node, id.as_str(), by).await?),
        (true, false) => drop(resume(node, id.as_str(), by).await?),
        (true, true) | (false, false) => {}
    }
    Ok(Applied::Changed)
}

/// Returns how a peer has to be polled to be what a request says; `None` if it is so already.
///
/// # Errors
/// [`PeerError::Refused`] when the request breaks the rules, or names another short name than the peer has.
pub(super) fn differing(
    node: &Node,
    peer: &Peer,
    request: &NewPeerRequest,
) -> Result<Option<PeerConfiguration>, PeerError> {
    if let Some(handle) = request
        .handle
        .as_ref()
        .filter(|handle| **handle != peer.handle)
    {
        return Err(PeerError::Refused(format!(
            "`{}` is called `{}` here, and not `{handle}`; a short name cannot change",
            peer.name, peer.handle
        )));
    }
    let change = PeerChange {
        address: Some(request.address.clone()),
        allow_cidr: Some(request.allow_cidr.clone()),
        interval: Some(request.interval.map_or(0, |interval| interval.as_secs())),
    };
    changed(node, peer, &change)
}

/// Returns how a peer is polled after a change; `None` if it is so already.
fn changed(
    node: &Node,
    peer: &Peer,
    change: &PeerChange,
) -> Result<Option<PeerConfiguration>, PeerError> {
    let base = match &change.address {
        None => peer.base.clone(),
        Some(address) => base(node, peer, address)?,
    };
    let allow_cidr = change.allow_cidr.as_ref().unwrap_or(&peer.allow_cidr);
    AllowList::parse(allow_cidr).map_err(PeerError::Refused)?;
    let interval = match change.interval {
        None => peer.interval,
        Some(0) => None,
        Some(secs) => Some(Duration::from_secs(secs)),
    };
    let is_same = base == peer.base && *allow_cidr == peer.allow_cidr && interval == peer.interval;
    Ok((!is_same).then(|| PeerConfiguration {
        base,
        allow_cidr: allow_cidr.clone(),
        interval,
    }))
}

/// Returns the base of the feed at an address. The address of the site that is polled already means its feed.
fn base(node: &Node, peer: &Peer, address: &str) -> Result<String, PeerError> {
    let given = node.network.base(address).map_err(PeerError::Refused)?;
    if !given.is_site() {
        return Ok(given.to_string());
    }
    let is_polled = node
        .network
        .base(&peer.base)
        .is_ok_and(|polled| polled.same_site(&given));
    Ok(if is_polled {
        peer.base.clone()
    } else {
        given.join(urls::FEED).to_string()
    })
}

async fn configure(
    node: &Node,
    peer: &Peer,
    configuration: &PeerConfiguration,
    by: &By,
) -> Result<(), PeerError> {
    node.store
        .configure_peer(peer, configuration, by, node.now())
        .await?;
    tracing::info!(
        peer = peer.handle,
        base = configuration.base,
        "peer changed"
    );
    node.wakers.ticker.notify_one();
    Ok(())
}
