//! All SQL of Wardround, on SQLite or PostgreSQL.
//!
//! Each public method of [`Store`] is one transaction and one sentence of business meaning. One SQL text serves both
//! engines (`migrations/README.md` says within which limits). What is committed is durable: an acknowledged write
//! survives a power cut.
//!
//! This crate decides nothing about signatures or documents' rules: it takes what `ledger` has verified and keeps
//! cards and bodies as the bytes they are. It reads no clock: `now` is always an argument.

mod bodies;
mod changes;
mod documents;
mod engine;
mod error;
mod feed;
mod imports;
mod log;
mod maintenance;
mod nodes;
mod open;
mod peers;
mod publish;
mod pull;
mod texts;

pub use bodies::{AcceptedBody, MissingBody, RefusedBody};
pub use changes::{Change, ChangeKind, ChangedDocument};
pub use documents::{
    Attachment, Card, Counts, Document, DocumentState, DocumentText, Fields, Listed, MOST_CARDS,
    Organisation, Place, Provenance, Reference, Relation, Revision,
};
pub use engine::{SqlitePools, Store};
pub use error::StoreError;
pub use feed::BodyByDigest;
pub use imports::{Draft, ImportMark, Imported, MOST_DRAFTS};
pub use log::{BUNDLE_ENTRIES, LogHead};
pub use nodes::{KeyRole, Node, NodeDocumentRecord, NodeKey, OWN, StoredNodeDocument};
pub use open::{Options, SchemaVersion};
pub use peers::{Claim, NUDGE_EVERY, NewPeer, Peer, PeerState, PollSuccess, StoredFault};
pub use publish::{Held, NewRevision, Published, Withdrawn};
pub use pull::{PullOutcome, Staged};

/// Every SQL statement, as (module and name, text with its repeated part written once and twice), for the test that
/// prepares each on both engines.
#[doc(hidden)]
#[must_use]
pub fn statements() -> Vec<(String, String)> {
    let modules = [
        ("bodies", bodies::STATEMENTS),
        ("changes", changes::STATEMENTS),
        ("documents", documents::STATEMENTS),
        ("feed", feed::STATEMENTS),
        ("imports", imports::STATEMENTS),
        ("log", log::STATEMENTS),
        ("nodes", nodes::STATEMENTS),
        ("peers", peers::STATEMENTS),
        ("publish", publish::STATEMENTS),
        ("pull", pull::STATEMENTS),
        ("texts", texts::STATEMENTS),
        ("sqlite only: texts", texts::SQLITE_STATEMENTS),
    ];
    let mut all = Vec::new();
    for (module, statements) in modules {
        for (name, text) in statements {
            for times in [1, 2] {
                all.push((
                    format!("{module}::{name}"),
                    engine::expand(text, shared(text), times),
                ));
            }
        }
    }
    all
}

/// Returns the greatest parameter that a text names outside its repeated part.
fn shared(text: &str) -> usize {
    text.split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}
