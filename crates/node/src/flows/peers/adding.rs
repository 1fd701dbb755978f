//! Adding a peer: its site is asked who it is, and its node id, which its operator has told, is the pin.

use std::time::Duration;

use ledger::node::NodeDocument;
use peering::{Answer, Base, PeerClient};
use serde::{Deserialize, Serialize};
use store::{NewPeer, StoreError};
use wire::NodeId;

use super::{PeerError, PeerObject};
use crate::{
    flows::peer_names::{displayable, first_handle, free_handle, short},
    node::Node,
    urls,
};

/// A peer that an operator wishes to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Address of the site or base of the feed.
    pub address: String,
    /// Short local name; made from its ODS code when there is none.
    pub handle: Option<String>,
    /// Address ranges that it may lie in though they are not public.
    pub allow_cidr: String,
    /// Its own interval between polls.
    pub interval: Option<Duration>,
}

impl Wish {
    /// Wishes for the peer at an address, with nothing special about it.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            handle: None,
            allow_cidr: String::new(),
            interval: None,
        }
    }
}

/// Who a site says it is: to be compared with what its operator says by telephone, before it is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The node; its first node document hashes to it.
    pub node: NodeId,
    /// Base of its feed.
    pub base: String,
    /// Name of its organisation, as it says.
    pub name: String,
    /// ODS code of its organisation, as it says.
    pub ods: Option<String>,
}

/// A peer that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The peer.
    pub peer: PeerObject,
    /// Why it could not be asked now whether it is who the pin says; polls go on asking.
    pub silent: Option<String>,
}

/// What became of asking a site how it introduces itself.
enum Asked {
    Introduced(Introduction),
    Silent(String),
}

/// Asks a site who it is, for the operator to compare with what they are told.
///
/// # Errors
/// [`PeerError::Refused`] when the address breaks the network rules, [`PeerError::Fault`] when the site cannot be asked
/// or contradicts itself.
pub async fn look_up(node: &Node, wish: &Wish) -> Result<Introduction, PeerError> {
    let site = node
        .network
        .base(&wish.address)
        .map_err(PeerError::Refused)?;
    let known = client(node, &site, wish)?.well_known().await?;
    let base = base_of(node, &site, &known.base)?;
    introduce(&client(node, &base, wish)?, known.node).await
}

/// Adds a peer whose node id the operator has given: that is the pin. The site need not be up; if it is, it must not
/// claim to be somebody else.
///
/// # Errors
/// [`PeerError::Refused`] when address, ranges or pin are not right, or the peer is configured already.
pub async fn add(node: &Node, wish: &Wish, pin: &NodeId) -> Result<Added, PeerError> {
    if node.identity().is_some_and(|own| own.node == *pin) {
        return Err(PeerError::Refused(
            "this is the id of this node itself".to_owned(),
        ));
    }
    let given = wish.handle.as_deref().map(given_handle).transpose()?;
    let site = node
        .network
        .base(&wish.address)
        .map_err(PeerError::Refused)?;
    let (base, name, ods, silent) = match ask(node, &site, wish, pin).await? {
        Asked::Introduced(found) => (found.base, Some(found.name), found.ods, None),
        Asked::Silent(why) if site.is_site() => {
            (site.join(urls::FEED).to_string(), None, None, Some(why))
        }
        Asked::Silent(why) => (site.to_string(), None, None, Some(why)),
    };
    let handle = match given {
        Some(handle) => handle,
        None => free_handle(node, &first_handle(pin, ods.as_deref())).await?,
    };
    let new = NewPeer {
        name: name.unwrap_or_else(|| short(pin)),
        node: pin.clone(),
        handle,
        base,
        ods,
        allow_cidr: wish.allow_cidr.clone(),
        interval: wish.interval,
    };
    let added = node
        .store
        .add_peer(&new, node.now())
        .await
        .map_err(|error| match error {
            StoreError::Duplicate(_) => PeerError::Refused(error.to_string()),
            error => error.into(),
        })?;
    node.wakers.ticker.notify_one();
    Ok(Added {
        peer: added.into(),
        silent,
    })
}

/// Asks the site of a pinned node how it introduces itself.
async fn ask(node: &Node, site: &Base, wish: &Wish, pin: &NodeId) -> Result<Asked, PeerError> {
    let first = client(node, site, wish)?;
    let base = match first.well_known().await {
        Ok(known) if known.node != *pin => {
            return Err(PeerError::Refused(format!(
                "the site says that it is {}, and not {pin}; ask its operator which is right",
                known.node
            )));
        }
        Ok(known) => base_of(node, site, &known.base)?,
        Err(failure) => return Ok(Asked::Silent(failure.to_string())),
    };
    match introduce(&client(node, &base, wish)?, pin.clone()).await {
        Ok(found) => Ok(Asked::Introduced(found)),
        Err(PeerError::Fault(fault)) => Ok(Asked::Silent(fault.text)),
        Err(error) => Err(error),
    }
}

/// Fetches the first node document, which hashes to the node id, and what it says.
async fn introduce(client: &PeerClient, node: NodeId) -> Result<Introduction, PeerError> {
    let Answer::Body(body) = client.node_version(1).await? else {
        return Err(PeerError::Refused(
            "the site has no node document".to_owned(),
        ));
    };
    let document = NodeDocument::first(&body.bytes, &node)?;
    let content = document.content();
    Ok(Introduction {
        node,
        base: client.base().to_string(),
        name: displayable(&content.name),
        ods: content.ods.as_deref().map(displayable),
    })
}

/// Decides which base to ask. What the site says is unsigned, so that it is believed only on the site itself.
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

fn client(node: &Node, base: &Base, wish: &Wish) -> Result<PeerClient, PeerError> {
    let client = node.network.client(&base.to_string(), &wish.allow_cidr);
    client.map_err(|fault| PeerError::Refused(fault.text))
}

/// Reads a short name as an operator gives it; it stands in addresses.
fn given_handle(given: &str) -> Result<String, PeerError> {
    let handle = given.to_ascii_lowercase();
    let inner = handle.trim_matches('-').len() == handle.len();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=32).contains(&handle.len()) && inner && handle.bytes().all(plain) {
        return Ok(handle);
    }
    Err(PeerError::Refused(
        "a short name has 1 to 32 letters, digits and hyphens between them, such as `zz3`"
            .to_owned(),
    ))
}
