//! The addresses that peers use.

/// Where a site says which node it is, for operators who add it as a peer.
pub const WELL_KNOWN: &str = "/.well-known/wardround";
/// The feed of a site (docs/FEED.md §6).
pub const FEED: &str = "/feed/v1";
/// What the addresses of all versions of the feed begin with.
pub const FEEDS: &str = "/feed/";
/// As [`FEED`], with a slash.
pub const FEED_SLASH: &str = "/feed/v1/";
/// The newest node document.
pub const FEED_NODE: &str = "/feed/v1/node";
/// A version of the node document.
pub const FEED_NODE_VERSION: &str = "/feed/v1/node/{version}";
/// Checkpoint, tiles and entries of a log.
pub const FEED_LOG: &str = "/feed/v1/log/{epoch}/{*path}";
/// A body by its digest.
pub const FEED_BODY: &str = "/feed/v1/doc/{digest}";
/// Receipts.
pub const FEED_SEEN: &str = "/feed/v1/seen";
/// A node document of a peer, as this node holds it.
pub const FEED_MIRROR_NODE: &str = "/feed/v1/mirror/{node}/node/{version}";
/// A body of a peer, as this node holds it.
pub const FEED_MIRROR_BODY: &str = "/feed/v1/mirror/{node}/doc/{digest}";
/// A log of a peer, as this node holds it.
pub const FEED_MIRROR_LOG: &str = "/feed/v1/mirror/{node}/log/{epoch}/{*path}";
/// Where peers ask for an early poll: the one address of the feed that takes a body.
pub const FEED_NUDGE: &str = "/feed/v1/nudge";
/// Any other address of the feed.
pub const FEED_OTHER: &str = "/feed/v1/{*path}";
