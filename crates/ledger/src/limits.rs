//! The limits of the protocol as named constants. Producers keep them, consumers enforce them.
//!
//! Sizes are of decoded bytes (§6); a larger answer is a `transport` fault, a larger entry bundle an `inconsistent` one.

use std::time::Duration;

/// Bytes of a node document (§6).
pub const MAX_NODE_BYTES: usize = 32 * 1024;
/// Bytes of a checkpoint (§6).
pub const MAX_CHECKPOINT_BYTES: usize = 16 * 1024;
/// Bytes of an entry bundle: 256 entries of the greatest size with their lengths (§6).
pub const MAX_BUNDLE_BYTES: usize = 256 * (2 + MAX_LEAF_BYTES);
/// Bytes of one answer with bodies (§6).
pub const MAX_DOCS_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of one body (§§5, 6).
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The fewest bytes of a body (§4).
pub const MIN_BODY_BYTES: usize = 2;
/// Bytes of `/seen` (§6).
pub const MAX_SEEN_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the body of a nudge (§6).
pub const MAX_NUDGE_BYTES: usize = 256;
/// Bytes of `/.well-known/wardround`: a node id and a URL. The protocol names no limit; this is ample.
pub const MAX_WELL_KNOWN_BYTES: usize = 4 * 1024;

/// The fewest bytes of a leaf (§4).
pub const MIN_LEAF_BYTES: usize = 2;
/// The most bytes of a leaf (§4).
pub const MAX_LEAF_BYTES: usize = 1024;
/// The number of entries in a full bundle, and of hashes in a full tile (C2SP tlog-tiles).
pub const BUNDLE_ENTRIES: u64 = 256;
/// Signature lines on one note (§13a).
pub const MAX_NOTE_SIGNATURES: usize = 32;

/// Root keys of a node (§3).
pub const MAX_ROOT_KEYS: usize = 5;
/// Log keys of a node (§3).
pub const MAX_LOG_KEYS: usize = 4;
/// Witness keys of a node (§3).
pub const MAX_WITNESS_KEYS: usize = 4;
/// The greatest version of a node document (§3): more than six a month for 50 years.
pub const MAX_VERSION: u64 = 4_096;
/// Keys that all versions of the document of a node list or revoke together (§3): more than twenty a quarter for 50 years.
pub const MAX_KEYS: usize = 4_096;
/// Node documents that one poll walks along the chain (§3).
pub const MAX_CHAIN_STEPS: usize = 64;
/// The longest time from a node document's issue to its expiry (§3).
pub const MAX_DOCUMENT_VALIDITY: Duration = Duration::from_secs(400 * 24 * 3600);
/// How long entries still apply after a node document has expired (§7 step 1).
pub const EXPIRY_GRACE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The most entries that a known log may have grown by since it was last read (§7 step 4).
pub const MAX_GROWTH: u64 = 1_000_000;
/// The most entries at first contact without an operator's agreement (§7 step 4).
pub const MAX_FIRST_CONTACT: u64 = 100_000;
/// How far a peer's clock may be ahead (§7 step 5).
pub const MAX_CLOCK_AHEAD: Duration = Duration::from_secs(300);
/// From this age a checkpoint is flagged as stale (§7 step 5).
pub const STALE_AFTER: Duration = Duration::from_secs(24 * 3600);
/// How often a node renews the time on its checkpoint (§6).
pub const RENEW_EVERY: Duration = Duration::from_secs(15 * 60);

/// The longest time of one poll (§7 step 0).
pub const MAX_POLL_TIME: Duration = Duration::from_secs(600);
/// Decoded bytes of bodies in one poll (§7 step 0).
pub const MAX_POLL_BODY_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of leaves that wait in staging, a peer (§7 step 0).
pub const MAX_STAGING_BYTES: u64 = 1024 * 1024 * 1024;
/// Entry bundles in flight at once (§7 step 6).
pub const MAX_BUNDLES_IN_FLIGHT: usize = 4;
/// Up to this many missing bodies of a bundle are asked for one by one (§7 step 10).
pub const MAX_SINGLE_BODIES: usize = 16;
/// Bodies asked for one by one after a bundle has failed, in one poll (§7 step 10).
pub const MAX_FALLBACK_BODIES: usize = 64;
