//! What each command does to a node: one function, used beside a running server and alone.

use std::{path::Path, sync::Arc};

use ledger::leaf::Why;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wire::{DocumentId, NodeId};

use super::{DONE, FAILED, Failure};
use crate::{
    control::{Command, Output, PeerAction},
    flows::{
        export,
        import::{self, FileReport, ImportError, Status, Step, Summary},
        index::Progress,
        peers::{self, PeerError, PeerObject, Wish},
        publish, withdraw,
    },
    identity::{Identity, IdentityError, Introduction},
    node::{Node, OpenError},
};

/// Runs a command and says how it ended.
pub async fn run_to_end(node: &Arc<Node>, command: Command, output: &Output) {
    match run(node, command, output).await {
        Ok(code) => output.done(code, None),
        Err(failure) => output.done(failure.code, Some(failure.text)),
    }
}

/// Runs a command on a node that does nothing else: what would follow in the background follows here.
///
/// # Errors
/// As [`run`].
pub async fn run_alone(node: &Arc<Node>, command: Command, output: &Output) -> Result<u8, Failure> {
    let erases = match &command {
        Command::Withdraw { .. } | Command::Import { prune: true, .. } => true,
        Command::Peer { action, .. } => *action == PeerAction::Remove,
        _ => false,
    };
    let ended = run(node, command, output).await;
    node.indexer
        .catch_up(|progress| indexing(output, progress))
        .await?;
    if erases {
        node.eraser.settle().await?;
    }
    ended
}

/// Runs a command.
///
/// # Errors
/// [`Failure`] with its reason; what was done until then is kept.
pub async fn run(node: &Arc<Node>, command: Command, output: &Output) -> Result<u8, Failure> {
    match command {
        Command::Init(introduction) => init(node, &introduction, output).await,
        Command::Withdraw { id, why, json } => withdraw_one(node, &id, &why, json, output).await,
        Command::Reindex => reindex(node, output).await,
        Command::Import { dir, prune, json } => import_all(node, &dir, prune, json, output).await,
        Command::Export { dir, force, json } => export_all(node, &dir, force, json, output).await,
        Command::Publish { file, json } => publish_one(node, &file, json, output).await,
        Command::PeerLookUp(wish) => look_up(node, &wish, output).await,
        Command::PeerAdd {
            wish,
            node: pin,
            json,
        } => {
            let pin = NodeId::parse(&pin)
                .ok_or_else(|| Failure::wrong(format!("`{pin}` is not a node id")))?;
            let peer = peers::add(node, &wish, &pin).await.map_err(refused)?;
            tell(&peer, "is followed from now on", json, output);
            Ok(DONE)
        }
        Command::PeerList { json } => list_peers(node, json, output).await,
        Command::Peer {
            action,
            node: which,
            json,
        } => one_peer(node, action, &which, json, output).await,
        Command::Pull { node: which, json } => pull(node, which.as_deref(), json, output).await,
    }
}

async fn init(
    node: &Arc<Node>,
    introduction: &Introduction,
    output: &Output,
) -> Result<u8, Failure> {
    let identity = node.init(introduction).await.map_err(|error| match error {
        OpenError::Identity(IdentityError::Refused { .. }) => Failure::wrong(error.to_string()),
        error => error.into(),
    })?;
    let root_key = Identity::root_key_path(&node.settings.data);
    let root_key = std::path::absolute(&root_key).unwrap_or(root_key);
    output.line(format!("{} has its identity:", identity.name));
    output.line(format!("  {}", identity.node));
    output.line(format!("  site  {}", identity.site()));
    output.line(format!("  feed  {}", identity.feed_base));
    output.line("");
    output.line("Give peers the identity and the address; have them read the identity back to you by telephone.");
    output.line(format!(
        "Move the root key `{}` to a place that is offline, and keep a copy:",
        root_key.display()
    ));
    output.line(
        "it is needed only to change or revoke keys, and whoever has it can speak for this node.",
    );
    Ok(DONE)
}

async fn withdraw_one(
    node: &Arc<Node>,
    id: &str,
    why: &str,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let id = DocumentId::parse(id).ok_or_else(|| {
        Failure::wrong(format!(
            "`{id}` is not a document id; it is the long part of the page's address"
        ))
    })?;
    let why = Why::ALL
        .into_iter()
        .find(|known| known.as_str() == why)
        .unwrap_or(Why::Other);
    let identity = node.identity().ok_or(store::StoreError::NotInitialised)?;
    let slug = node
        .store
        .own_documents(&[id])
        .await?
        .remove(&id)
        .and_then(|own| own.slug);
    let Some(withdrawn) = withdraw::withdraw(node, id, why).await? else {
        return Err(Failure::failed(format!("this node has no document `{id}`")));
    };
    let url = publish::Places::of(&identity).page(id, slug.as_deref().unwrap_or_default());
    if json {
        let said = json!({
            "node": identity.node.as_str(), "id": id.to_string(), "rev": withdrawn.rev,
            "url": url, "index": withdrawn.leaf_index, "why": withdrawn.why,
            "withdrawn": withdrawn.at.to_string(), "again": withdrawn.again,
        });
        output.line(said.to_string());
    } else if withdrawn.again {
        output.line(format!("`{id}` has been withdrawn since {}", withdrawn.at));
    } else {
        output.line(format!(
            "`{id}` is withdrawn for good; peers erase it when they next pull"
        ));
    }
    Ok(DONE)
}

async fn reindex(node: &Arc<Node>, output: &Output) -> Result<u8, Failure> {
    node.indexer
        .rebuild(|progress| indexing(output, progress))
        .await?;
    output.line(format!(
        "the index is built anew: {} documents can be found",
        node.index.documents()
    ));
    Ok(DONE)
}

fn indexing(output: &Output, progress: Progress) {
    output.progress("indexing", progress.at, progress.goal);
}

async fn import_all(
    node: &Arc<Node>,
    dir: &Path,
    prune: bool,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let options = import::Options {
        source: None,
        prune,
    };
    let (mut done, mut total) = (0, 0);
    let each = |step: Step| match step {
        Step::Found(found) => total = found,
        Step::File(report) => {
            done += 1;
            report_file(&report, json, output);
            output.progress("importing", done, total);
        }
    };
    let summary = import::import(node, dir, &options, each)
        .await
        .map_err(not_taken)?;
    output.line(if json {
        summary.to_json()
    } else {
        summed_up(&summary)
    });
    Ok(if summary.failed == 0 { DONE } else { FAILED })
}

/// Says what became of a file: to a script of every one, to a person of those that need something.
fn report_file(report: &FileReport, json: bool, output: &Output) {
    if json {
        output.line(report.to_json());
        return;
    }
    let what = match report.status {
        Status::Created | Status::Updated | Status::Unchanged if report.faults.is_empty() => return,
        Status::Created | Status::Updated | Status::Unchanged => "published, but",
        Status::Draft => "kept as a draft:",
        Status::Failed => "not taken:",
        Status::Gone => "is gone; its document stays published",
        Status::Withdrawn => "its document is withdrawn",
    };
    output.line(format!("{}: {what}", report.path));
    for fault in &report.faults {
        output.line(format!("  {}", shown(fault)));
    }
}

fn shown(fault: &domain::Fault) -> String {
    let line = fault
        .line
        .map(|line| format!("line {line}: "))
        .unwrap_or_default();
    let field = Some(&fault.field).filter(|field| !field.is_empty());
    let field = field
        .map(|field| format!("`{field}`: "))
        .unwrap_or_default();
    format!("{line}{field}{}", fault.text)
}

fn summed_up(summary: &Summary) -> String {
    let Summary {
        files,
        created,
        updated,
        unchanged,
        draft,
        failed,
        gone,
        withdrawn,
        ..
    } = summary;
    let mut text =
        format!("{files} files: {created} created, {updated} updated, {unchanged} unchanged");
    for (count, what) in [
        (draft, "kept as drafts"),
        (failed, "not taken"),
        (gone, "gone"),
        (withdrawn, "withdrawn"),
    ] {
        if *count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

async fn export_all(
    node: &Arc<Node>,
    dir: &Path,
    force: bool,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let options = export::Options { force };
    let each = |done, total| output.progress("exporting", done, total);
    let summary = export::export(node, dir, options, each).await?;
    output.line(if json {
        serde_json::to_string(&summary)?
    } else {
        format!(
            "{} documents are in `{}`",
            summary.documents,
            summary.folder.display()
        )
    });
    Ok(DONE)
}

async fn publish_one(
    node: &Arc<Node>,
    file: &Path,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let report = import::publish_file(node, file).await.map_err(not_taken)?;
    if json {
        output.line(report.to_json());
    } else {
        report_file(&report, json, output);
        if let (Some(url), Some(rev), Some(id)) = (&report.url, report.rev, report.id) {
            output.line(format!("revision {rev} of {id} is published at {url}"));
        }
    }
    let refused = matches!(
        report.status,
        Status::Failed | Status::Withdrawn | Status::Draft
    );
    Ok(if refused { super::WRONG } else { DONE })
}

/// Who a site says it is, as it is handed to the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its node id.
    pub node: String,
    /// The same in groups, to be read out.
    pub grouped: String,
    /// Base of its feed.
    pub base: String,
    /// Name of its organisation.
    pub name: String,
    /// ODS code of its organisation.
    pub ods: Option<String>,
}

async fn look_up(node: &Arc<Node>, wish: &Wish, output: &Output) -> Result<u8, Failure> {
    let found = peers::look_up(node, wish).await.map_err(refused)?;
    output.line(serde_json::to_string(&Found {
        grouped: found.node.grouped(),
        node: found.node.to_string(),
        base: found.base,
        name: found.name,
        ods: found.ods,
    })?);
    Ok(DONE)
}

async fn list_peers(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    let peers = peers::list(node).await?;
    if json {
        output.line(serde_json::to_string(&peers)?);
    } else if peers.is_empty() {
        output.line("there are no peers; `wardround peer add` adds one");
    } else {
        peers.iter().for_each(|peer| output.line(in_a_line(peer)));
    }
    Ok(DONE)
}

async fn one_peer(
    node: &Arc<Node>,
    action: PeerAction,
    which: &str,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let (done, what) = match action {
        PeerAction::Show => {
            let peer = peers::show(node, which).await.map_err(refused)?;
            output.line(if json {
                serde_json::to_string(&peer)?
            } else {
                at_length(&peer)
            });
            return Ok(DONE);
        }
        PeerAction::Pause => (
            peers::pause(node, which).await,
            "is pulled from no more; its documents stay",
        ),
        PeerAction::Resume => (peers::resume(node, which).await, "is pulled from again"),
        PeerAction::Remove => (
            peers::remove(node, which).await,
            "is removed; its documents are erased here",
        ),
    };
    tell(&done.map_err(refused)?, what, json, output);
    Ok(DONE)
}

async fn pull(
    node: &Arc<Node>,
    which: Option<&str>,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let pulled = peers::pull(node, which).await.map_err(refused)?;
    match (&pulled[..], which) {
        ([peer], Some(_)) if json => output.line(serde_json::to_string(peer)?),
        (peers, _) if json => output.line(serde_json::to_string(peers)?),
        ([], _) => output.line("there is no peer to pull from"),
        (peers, _) => peers.iter().for_each(|peer| output.line(in_a_line(peer))),
    }
    let faulty = pulled.iter().any(|peer| peer.fault.is_some());
    Ok(if faulty { FAILED } else { DONE })
}

fn tell(peer: &PeerObject, what: &str, json: bool, output: &Output) {
    match serde_json::to_string(peer) {
        Ok(object) if json => output.line(object),
        _ => output.line(format!("{} ({}) {what}", peer.name, peer.handle)),
    }
}

fn in_a_line(peer: &PeerObject) -> String {
    let PeerObject {
        handle,
        state,
        size,
        name,
        ..
    } = peer;
    let health = match &peer.fault {
        Some(fault) => format!("{} since {}: {}", fault.code, fault.since, fault.text),
        None if peer.stale => "may be out of date".to_owned(),
        None => match peer.last_fresh {
            Some(fresh) => format!("fresh at {fresh}"),
            None => "not pulled from yet".to_owned(),
        },
    };
    format!("{handle:<12} {state:<7} {size:>8} entries  {health}  {name}")
}

fn at_length(peer: &PeerObject) -> String {
    let time = |time: Option<wire::Timestamp>| {
        time.map_or_else(|| "never".to_owned(), |time| time.to_string())
    };
    let fault = peer.fault.as_ref().map_or_else(
        || "none".to_owned(),
        |fault| format!("{} since {}: {}", fault.code, fault.since, fault.text),
    );
    [
        ("name", peer.name.clone()),
        ("node id", peer.node.grouped()),
        (
            "ODS code",
            peer.ods.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        ("short name", peer.handle.clone()),
        ("feed", peer.base.clone()),
        ("state", peer.state.to_owned()),
        ("fault", fault),
        (
            "out of date",
            if peer.stale { "may be" } else { "no" }.to_owned(),
        ),
        ("entries", peer.size.to_string()),
        ("last contact", time(peer.last_contact)),
        ("last fresh", time(peer.last_fresh)),
        ("next try", peer.next_due.to_string()),
        ("failures", peer.failures.to_string()),
        ("quarantined", peer.quarantined.to_string()),
        ("unavailable", peer.unavailable.to_string()),
    ]
    .map(|(what, value)| format!("{what:<13} {value}"))
    .join("\n")
}

/// What the operator gave is wrong, or something else is.
fn refused(error: PeerError) -> Failure {
    match error {
        PeerError::Refused(_) | PeerError::Unknown(_) => Failure::wrong(error.to_string()),
        error => error.into(),
    }
}

/// What was given cannot be read, or something else is wrong.
fn not_taken(error: ImportError) -> Failure {
    match error {
        ImportError::Walk(_) | ImportError::NoFile(_) | ImportError::Nothing { .. } => {
            Failure::wrong(error.to_string())
        }
        error => error.into(),
    }
}
