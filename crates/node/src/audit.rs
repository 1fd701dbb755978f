//! Records acts that are not transactions of the store: refusals, and acts on files.
//!
//! The store records what people and operators do, in the transaction that does it.

use std::path::{Path, PathBuf};

pub use ::audit::{Act, By, Chain, Entry, Head, MAX_WHY_CHARS, Object, Operator, Row};
use disk_space::replace_file;
use store::AuditFilter;
use tokio::task::spawn_blocking;

use crate::{error::NodeError, node::Node};

/// Records an act that is no transaction of the store, directly after it. A failure is logged, since the act is done.
pub async fn record(node: &Node, entry: Entry) {
    if let Err(error) = node.store.record_act(&entry).await {
        let act = entry.act.as_str();
        tracing::error!(%error, act, "an act could not be recorded in the audit");
    }
}

/// Records that someone could not do something; of very many in a minute only the number.
pub async fn record_refusal(node: &Node, by: &By, act: Act, object: Object) {
    let now = node.now();
    let admitted = node.refusals.admit(now);
    record_skipped(node, admitted.skipped).await;
    if admitted.is_recorded {
        record(node, Entry::new(by, act, object, now)).await;
    }
}

/// Records how many refusals were not recorded in minutes that are over.
pub async fn record_skipped_refusals(node: &Node) {
    let skipped = node.refusals.take_skipped(node.now());
    record_skipped(node, skipped).await;
}

async fn record_skipped(node: &Node, skipped: u64) {
    if skipped > 0 {
        let entry = Entry::new(&By::Node, Act::NotRecorded, Object::Nothing, node.now());
        record(node, entry.with_detail(&skipped.to_string())).await;
    }
}

/// Returns the path of the file of a data directory that has the head of the audit, outside the database.
#[must_use]
pub fn head_path(data: &Path) -> PathBuf {
    data.join("audit.head")
}

/// Reads a head that [`note_head`] has written; `None` if there is none.
#[must_use]
pub fn noted_head(path: &Path) -> Option<Head> {
    Head::parse(&std::fs::read_to_string(path).ok()?)
}

/// Writes the head of the audit to the data directory, if there are new rows since: whoever can change the database only
/// cannot cut off the rows before it without being found.
///
/// # Errors
/// Of the database and of the disk.
pub async fn note_head(node: &Node) -> Result<(), NodeError> {
    let head = node.store.audit_head().await?;
    let path = head_path(&node.settings.data);
    let held = path.clone();
    let noted = spawn_blocking(move || noted_head(&held)).await?;
    if let Some(noted) = noted {
        let before = noted.seq.saturating_sub(1);
        let row = node
            .store
            .audit_after(before, &AuditFilter::default(), 1)
            .await?;
        // A noted head stays where the rows before it were cut off or changed, which is what `verify` is there to find.
        let is_there = row
            .first()
            .map_or(noted == Head::EMPTY, |row| row.hash == noted.hash);
        if noted.seq >= head.seq || !is_there {
            return Ok(());
        }
    }
    spawn_blocking(move || replace_file(&path, head.as_text().as_bytes(), 0o666))
        .await?
        .map_err(NodeError::from)
}

/// Returns the user of this process, who runs a command in it.
#[must_use]
pub fn this_user() -> By {
    user(rustix::process::geteuid().as_raw())
}

/// Returns a user of this machine, by the number that its kernel states, with the name that `/etc/passwd` has for it.
#[must_use]
pub fn user(uid: u32) -> By {
    let name = telemetry::user_name(uid).unwrap_or_default();
    By::Operator(Operator { uid, name })
}
