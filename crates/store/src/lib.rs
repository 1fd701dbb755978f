//! All SQL of Wardround, on SQLite or PostgreSQL.
//!
//! Each public method of [`Store`] is one transaction and one sentence of business meaning. One SQL text serves both
//! engines (`migrations/README.md` says within which limits). What is committed is durable: an acknowledged write
//! survives a power cut.
//!
//! This crate decides nothing about signatures or documents' rules: it takes what `ledger` has verified and keeps
//! cards and bodies as the bytes they are. It reads no clock: `now` is always an argument. Where a method has no
//! `# Errors`, only the database itself can fail.

mod accounts;
mod answered;
mod append;
mod attachments;
mod audit;
mod bodies;
mod care;
mod changes;
mod documents;
mod drafts;
mod engine;
mod feed;
mod gaps;
mod harvest;
mod imports;
mod lists;
mod log;
mod mirror;
mod node_documents;
mod nodes;
mod organisations;
mod own;
mod peer;
mod peer_state;
mod peers;
mod polls;
mod proofs;
mod publish;
mod pull;
mod quota;
mod reading;
mod reads;
mod record;
mod recovery;
mod revisions;
mod room;
mod signing;
mod staging;
mod taking;
mod texts;
mod viewing;
mod warnings;
mod withdraw;

pub use ::audit::AuditFilter;
pub use accounts::{
    Account, Credentials, MAX_ACCOUNTS, NewAccount, ProviderIdentity,
    links::{Link, LinkPurpose},
    sessions::{MAX_SESSIONS, NewSession, SavedSession, Session},
    tokens::{AccessToken, MAX_ACCESS_TOKENS, MIN_TOKEN_ROLE},
};
pub use attachments::{
    Attached, AttachedFile, DraftAttachment, FileChanges, NamedFile, NewAttachment,
};
pub use bodies::{AcceptedBody, MissingBody, RefusedBody};
pub use care::{
    Cared, ReminderStep, ValidClaims, WithdrawalRequest,
    links::ReviewLink,
    mail::{HandedOver, MailsDue},
    receipts::Receipt,
};
pub use changes::{Change, ChangeKind, ChangedDocument};
pub use database::{BUNDLE_ENTRIES, Database, Options, SchemaVersion, StoreError, file_options};
pub use documents::{
    Attachment, Card, Document, DocumentState, DocumentText, Fields, Listed, Owner, Place,
    Provenance, Revision,
};
pub use drafts::{
    Approval, DraftChange, DraftState, DraftWords, GivenBack, NewDraft, WrittenDraft,
};
pub use engine::Store;
pub use feed::{BodyByDigest, LeafBody, LogToCosign, SeenLog};
pub use gaps::{Gap, MAX_GAP_AGE, MAX_GAPS};
pub use harvest::{Harvest, Harvested};
pub use imports::{Draft, ImportMark, Imported, MAX_DRAFTS, Marked, SourceFile};
pub use lists::{
    Address, BackLink, Counts, MAX_BACK_LINKS_OF_NODE, MAX_CARDS, MAX_MENTIONS_OF_NODE,
    Organisation, WithdrawnDocument,
};
pub use log::{EpochHead, LogHead, StoredBundle};
pub use node_documents::{KeyRole, NodeDocumentRecord, NodeKey, StoredNodeDocument};
pub use nodes::{Node, OWN, Publisher, Publishers};
pub use own::{OwnDocument, OwnText, Unfiled};
pub use peer::{Peer, StoredFault, Successor};
pub use peer_state::PeerState;
pub use peers::{NewPeer, PeerBase, PeerConfiguration};
pub use polls::{Claim, NUDGE_EVERY, NextPoll, PollSuccess, Standing};
pub use proofs::Inclusion;
pub use publish::Held;
pub use quota::Usage;
pub use reads::{MAX_READ_DAYS, ReadsOfDay};
pub use recovery::RefilledLog;
pub use revisions::{HashedBody, NewRevision, Occasion, Published};
pub use room::{BODY_TIMES, DOCUMENT_BYTES, ENTRY_BYTES, Room};
pub use signing::{RecordedHindrance, SigningLease};
pub use sql::sqlite::SqlitePools;
pub use staging::StagedBundle;
pub use taking::PullOutcome;
pub use warnings::{AcceptedWarning, MAX_ACCEPTED_WARNINGS, WarningReason};
pub use withdraw::{KeptText, Succession, Withdrawn};

/// The statements of each module.
const MODULES: &[(&str, &[(&str, &str)])] = &[
    ("answered", answered::STATEMENTS),
    ("append", append::STATEMENTS),
    ("attachments", attachments::STATEMENTS),
    ("audit", audit::STATEMENTS),
    ("bodies", bodies::STATEMENTS),
    ("changes", changes::STATEMENTS),
    ("feed", feed::STATEMENTS),
    ("gaps", gaps::STATEMENTS),
    ("imports", imports::STATEMENTS),
    ("lists", lists::STATEMENTS),
    ("log", log::STATEMENTS),
    ("node_documents", node_documents::STATEMENTS),
    ("maintenance", database::MAINTENANCE_STATEMENTS),
    ("nodes", nodes::STATEMENTS),
    ("organisations", organisations::STATEMENTS),
    ("own", own::STATEMENTS),
    ("peer", peer::STATEMENTS),
    ("peers", peers::STATEMENTS),
    ("polls", polls::STATEMENTS),
    ("publish", publish::STATEMENTS),
    ("pull", pull::STATEMENTS),
    ("reading", reading::STATEMENTS),
    ("reads", reads::STATEMENTS),
    ("revisions", revisions::STATEMENTS),
    ("quota", quota::STATEMENTS),
    ("staging", staging::STATEMENTS),
    ("taking", taking::STATEMENTS),
    ("texts", texts::STATEMENTS),
    ("warnings", warnings::STATEMENTS),
    ("withdraw", withdraw::STATEMENTS),
    ("sqlite only: texts", texts::SQLITE_STATEMENTS),
];

/// Every SQL statement, as (module and name, text with its repeated part written once and twice, in the form for SQLite
/// or PostgreSQL), for the test that prepares each on both engines.
#[doc(hidden)]
#[must_use]
pub fn statements(sqlite: bool) -> Vec<(String, String)> {
    use sql::repetition::{
        self,
        Parameters::{Anonymous, Numbered},
    };
    let parameters = if sqlite { Anonymous } else { Numbered };
    let for_viewers = [
        ("attachments", attachments::FOR_VIEWERS),
        ("feed", feed::FOR_VIEWERS),
        ("harvest", harvest::FOR_VIEWERS),
        ("lists", lists::FOR_VIEWERS),
        ("reading", reading::FOR_VIEWERS),
    ];
    let one = MODULES
        .iter()
        .chain(signing::MODULES)
        .chain(accounts::MODULES)
        .chain(drafts::MODULES)
        .chain(care::MODULES)
        .flat_map(|(module, statements)| {
            let each = statements.iter();
            each.map(move |(of, text)| (format!("{module}::{of}"), *text))
        });
    let per_viewer = for_viewers
        .iter()
        .flat_map(|(module, statements)| of_viewers(module, statements));
    let mut all = Vec::new();
    for (name, text) in one.chain(per_viewer) {
        for times in [1, 2] {
            let text = repetition::expand(text, shared(text), times, parameters);
            all.push((name.clone(), text));
        }
    }
    all
}

/// Returns the statements of a module that have a text for each viewer.
fn of_viewers(
    module: &str,
    statements: &[(&str, viewing::PerViewer)],
) -> Vec<(String, &'static str)> {
    let each = statements.iter().flat_map(|(name, statement)| {
        wire::Viewer::ALL.map(|viewer| {
            let name = format!("{module}::{name} {viewer:?}");
            (name, statement.text(viewer))
        })
    });
    each.collect()
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
