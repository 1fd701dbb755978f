//! Adds a peer: asks its site which node it is, and pins the node id that its operator has confirmed.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::{Stated, node::NodeDocument};
use peering::{Answer, Base, PeerClient};
use serde::{Deserialize, Serialize};
use store::{NewPeer, StoreError};
use tokio::time::timeout;
use wire::NodeId;

use super::{PeerError, PeerObject, configuring::differing};
use crate::{
    audit::By,
    flows::peer_names::{first_handle, short},
    node::Node,
    urls,
};

/// A peer that an operator wants to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPeerRequest {
    /// Address of the site or base of the feed.
    pub address: String,
    /// Short local name; `None` to derive it from the ODS code.
    pub handle: Option<String>,
    /// Address ranges that are not public and that its server may be in.
    pub allow_cidr: String,
    /// Interval between polls; `None` for that of the settings.
    pub interval: Option<Duration>,
}

impl NewPeerRequest {
    /// Returns a request for the peer at an address, with the defaults for everything else.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            handle: None,
            allow_cidr: String::new(),
            interval: None,
        }
    }
}

/// What a site says of its node, to be compared with what its operator says by telephone before the node id is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The node; its first node document hashes to it.
    pub node: NodeId,
    /// Base of its feed.
    pub base: String,
    /// Name of its organisation, as the site says.
    pub name: String,
    /// ODS code of its organisation, as the site says.
    pub ods: Option<String>,
}

/// What a site says of its node, with what its name or its code resembles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedUp {
    /// What it says.
    pub found: Introduction,
    /// What that resembles, of what this node knows.
    pub resembles: Option<String>,
}

/// An added peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The peer.
    pub peer: PeerObject,
    /// Whether it was not followed before.
    pub is_new: bool,
    /// Why the site could not confirm the node id now; later polls check it.
    pub silent: Option<String>,
}

/// What is known of a node that is to be followed, once its site was asked.
pub(super) struct Asked {
    base: String,
    /// Name of its organisation, if the site has confirmed that it is this node.
    name: Option<String>,
    ods: Option<String>,
    /// Why the site could not confirm it.
    silent: Option<String>,
}

/// Asks a site which node it is, for the operator to compare with what its operator says.
///
/// # Errors
/// [`PeerError::Refused`] when the address breaks the network rules, [`PeerError::Fault`] when the site cannot be asked
/// or contradicts itself.
#[boxed]
pub async fn look_up(node: &Node, request: &NewPeerRequest) -> Result<LookedUp, PeerError> {
    let site = node
        .network
        .base(&request.address)
        .map_err(PeerError::Refused)?;
    let known = client(node, &site, request)?.well_known().await?;
    let base = base_of(node, &site, &known.base)?;
    let found = introduce(&client(node, &base, request)?, known.node).await?;
    let stated = Stated::new(&found.name, found.ods.as_deref(), &found.base, "");
    let resembles = node.store.resembling(&found.node, &stated).await?;
    Ok(LookedUp { found, resembles })
}

/// Adds a peer, and pins the node id that the operator has given. The site may be down; if it answers, it must not
/// claim to be another node. A peer that is followed in the same way already stays as it is.
///
/// # Errors
/// [`PeerError::Refused`] when the address, the ranges or the node id are wrong, or the peer is followed in another way.
#[boxed]
pub async fn add(
    node: &Node,
    request: &NewPeerRequest,
    pin: &NodeId,
    by: &By,
) -> Result<Added, PeerError> {
    if let Some(peer) = node.store.peer(pin.as_str()).await? {
        request.handle.as_deref().map(given_handle).transpose()?;
        if !matches!(differing(node, &peer, request), Ok(None)) {
            return Err(PeerError::Refused(format!(
                "`{0}` is already configured, with another address, range, interval or short name; see `wardround peer show {0}`, and change it with `wardround peer set {0}`",
                peer.handle
            )));
        }
        return Ok(Added {
            peer: peer.into(),
            is_new: false,
            silent: None,
        });
    }
    let asked = ask(node, request, pin).await?;
    add_asked(node, request, pin, asked, by).await
}

/// Adds a peer whose site has been asked.
pub(super) async fn add_asked(
    node: &Node,
    request: &NewPeerRequest,
    pin: &NodeId,
    asked: Asked,
    by: &By,
) -> Result<Added, PeerError> {
    let Asked {
        base,
        name,
        ods,
        silent,
    } = asked;
    let handle = match &request.handle {
        Some(handle) => given_handle(handle)?,
        None => first_handle(node, pin, ods.as_deref()).await?,
    };
    let new = NewPeer {
        name: name.unwrap_or_else(|| short(pin)),
        node: pin.clone(),
        handle,
        base,
        ods,
        allow_cidr: request.allow_cidr.clone(),
        interval: request.interval,
    };
    let added = node
        .store
        .add_peer(&new, by, node.now())
        .await
        .map_err(|error| match error {
            StoreError::Duplicate(_) => PeerError::Refused(error.to_string()),
            error => error.into(),
        })?;
    tracing::info!(peer = added.handle, node = %added.node, base = added.base, "peer added");
    node.wakers.ticker.notify_one();
    Ok(Added {
        peer: added.into(),
        is_new: true,
        silent,
    })
}

/// Asks the site of a node that is to be followed which node it is. Nothing is asked of a request with a mistake.
pub(super) async fn ask(
    node: &Node,
    request: &NewPeerRequest,
    pin: &NodeId,
) -> Result<Asked, PeerError> {
    if node.identity().is_some_and(|own| own.node == *pin) {
        return Err(PeerError::Refused(
            "this is the id of this node itself".to_owned(),
        ));
    }
    request.handle.as_deref().map(given_handle).transpose()?;
    let site = node
        .network
        .base(&request.address)
        .map_err(PeerError::Refused)?;
    let first = client(node, &site, request)?;
    let base = match first.well_known().await {
        Ok(known) if known.node != *pin => {
            return Err(PeerError::Refused(format!(
                "the site says that it is {}, and not {pin}; ask its operator which is right",
                known.node
            )));
        }
        Ok(known) => base_of(node, &site, &known.base)?,
        Err(failure) => return Ok(silent(&site, failure.to_string())),
    };
    match introduce(&client(node, &base, request)?, pin.clone()).await {
        Ok(found) => Ok(Asked {
            base: found.base,
            name: Some(found.name),
            ods: found.ods,
            silent: None,
        }),
        Err(PeerError::Fault(fault)) => Ok(silent(&site, fault.text)),
        Err(error) => Err(error),
    }
}

/// Asks as [`ask`] does, and waits no longer than `limit` for the answers.
pub(super) async fn ask_within(
    limit: Duration,
    node: &Node,
    request: &NewPeerRequest,
    pin: &NodeId,
) -> Result<Asked, PeerError> {
    if let Ok(asked) = timeout(limit, ask(node, request, pin)).await {
        return asked;
    }
    // Only an address that may be asked has kept anyone waiting.
    let site = node
        .network
        .base(&request.address)
        .map_err(PeerError::Refused)?;
    let why = format!("no answer within {} seconds", limit.as_secs());
    Ok(silent(&site, why))
}

/// Returns what is known of a node whose site could not confirm that it is this one.
fn silent(site: &Base, why: String) -> Asked {
    let base = if site.is_site() {
        site.join(urls::FEED).to_string()
    } else {
        site.to_string()
    };
    Asked {
        base,
        name: None,
        ods: None,
        silent: Some(why),
    }
}

/// Fetches the first node document, whose digest is the node id.
async fn introduce(client: &PeerClient, node: NodeId) -> Result<Introduction, PeerError> {
    let Answer::Body(body) = client.node_version(1).await? else {
        return Err(PeerError::Refused(
            "the site has no node document".to_owned(),
        ));
    };
    let document = NodeDocument::first(&body.bytes, &node)?;
    let content = document.content();
    let stated = Stated::new(
        &content.name,
        content.ods.as_deref(),
        &content.base,
        &content.contact,
    );
    Ok(Introduction {
        node,
        base: client.base().to_string(),
        name: stated.name,
        ods: stated.ods,
    })
}

/// Returns the base of the feed to ask. What the site says is unsigned, so it is trusted only for the site itself.
fn base_of(node: &Node, site: &Base, said: &str) -> Result<Base, PeerError> {
    let base = node.network.base(said).map_err(PeerError::Refused)?;
    if !base.same_site(site) {
        return Err(PeerError::Refused(format!(
            "the site says that its feed is at `{base}`; if that is right, give that address"
        )));
    }
    if !site.is_site() && base.to_string() != site.to_string() {
        return Err(PeerError::Refused(format!(
            "the site says that its feed is at `{base}`, and not at `{site}`"
        )));
    }
    Ok(base)
}

fn client(node: &Node, base: &Base, request: &NewPeerRequest) -> Result<PeerClient, PeerError> {
    let client = node.network.client(&base.to_string(), &request.allow_cidr);
    client.map_err(|fault| PeerError::Refused(fault.text))
}

/// Parses a short name that an operator gives; it becomes a part of addresses.
fn given_handle(given: &str) -> Result<String, PeerError> {
    let handle = given.to_ascii_lowercase();
    let inner = handle.trim_matches('-').len() == handle.len();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=32).contains(&handle.len()) && inner && handle.bytes().all(plain) {
        return Ok(handle);
    }
    Err(PeerError::Refused(
        "a short name has 1 to 32 letters and digits, with hyphens only between them, such as `zz3`"
            .to_owned(),
    ))
}
