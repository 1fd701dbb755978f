//! The commands that need a node: one function each, called by a running server and by the command line alone.

pub(crate) mod command;
pub(crate) mod failure;
mod files;
mod identity;
mod keeping;
pub(crate) mod output;
mod peers;
mod users;

use std::{path::PathBuf, sync::Arc};

use async_recursion::async_recursion as boxed;
use serde_json::json;
use wire::DocumentId;

use crate::cli::reload::NOT_RUNNING;
use ::files::import::{Moved, Options, SameTitles};
use command::{Command, Keeping, PeerAction, Reason};
use failure::{DONE, Failure};
use node::{
    Node, NodeError, OpenError,
    audit::{self, Act, By, Entry, Object},
    flows::withdraw,
    identity::{Identity, IdentityError, Introduction},
    indexer::Progress,
};
use output::Output;
use patient_data::Acceptance;

/// Runs a command, and sends its exit code to `output`.
pub(crate) async fn run_to_end(node: &Arc<Node>, command: Command, by: &By, output: &Output) {
    output.done(run(node, command, by, output).await);
}

/// Runs a command on a node without background work: updates the index and erases withdrawn words before it returns.
///
/// # Errors
/// As [`run`].
pub(crate) async fn run_standalone(
    node: &Arc<Node>,
    command: Command,
    by: &By,
    output: &Output,
) -> Result<u8, Failure> {
    let erases = match &command {
        Command::Withdraw { .. }
        | Command::Import { prune: true, .. }
        | Command::Keeping(Keeping::Recover { .. }) => true,
        Command::Peer { action, .. } => *action == PeerAction::Remove,
        Command::Init { .. }
        | Command::Import { prune: false, .. }
        | Command::Export { .. }
        | Command::Publish { .. }
        | Command::Reindex { .. }
        | Command::Reload { .. }
        | Command::Keeping(_)
        | Command::PeerLookUp(_)
        | Command::PeerAdd { .. }
        | Command::PeerAccept { .. }
        | Command::Configure(_)
        | Command::PeerList { .. }
        | Command::User { .. }
        | Command::Pull { .. } => false,
    };
    let ended = run(node, command, by, output).await;
    node.indexer
        .catch_up(|progress| show_indexing(output, progress))
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
#[boxed]
async fn run(node: &Arc<Node>, command: Command, by: &By, output: &Output) -> Result<u8, Failure> {
    match command {
        Command::Init { introduction, json } => init(node, &introduction, by, json, output).await,
        Command::Withdraw { id, why, json } => withdraw_one(node, &id, why, by, json, output).await,
        Command::Reindex { json } => reindex(node, json, output).await,
        Command::Keeping(command) => keeping::run(node, command, by, output).await,
        Command::Reload { .. } => Err(Failure::failed(NOT_RUNNING)),
        Command::Import {
            dir,
            prune,
            moved_from,
            same_titles,
            as_new,
            folder_is_public,
            accept_warnings,
            json,
        } => {
            let options = Options {
                prune,
                is_public: folder_is_public,
                acceptance: acceptance(&accept_warnings)?,
                by: by.clone(),
                ..known_files(moved_from, same_titles, as_new)
            };
            files::import_all(node, &dir, &options, json, output).await
        }
        Command::Export { dir, force, json } => {
            files::export_all(node, &dir, force, json, output).await
        }
        Command::Publish {
            file,
            base,
            accept_warnings,
            json,
        } => {
            let acceptance = acceptance(&accept_warnings)?;
            files::publish_one(node, &file, base, acceptance, by, json, output).await
        }
        Command::PeerLookUp(request) => peers::look_up(node, &request, output).await,
        Command::PeerAdd {
            request,
            node: id,
            json,
        } => peers::add(node, &request, &id, by, json, output).await,
        Command::Configure(command) => peers::configure(node, command, by, output).await,
        Command::PeerList { states, json } => peers::list(node, &states, json, output).await,
        Command::Peer {
            action,
            node: which,
            json,
        } => peers::one_peer(node, action, &which, by, json, output).await,
        Command::PeerAccept { accepted, json } => {
            peers::accept(node, &accepted, by, json, output).await
        }
        Command::User { action, json } => users::run(node, action, by, json, output).await,
        Command::Pull { node: which, json } => {
            peers::pull(node, which.as_deref(), json, output).await
        }
    }
}

/// Reads the reasons for which warnings about patient data are accepted.
pub(crate) fn acceptance(reasons: &[String]) -> Result<Acceptance, Failure> {
    let mut acceptance = Acceptance::default();
    for reason in reasons {
        // The reason is not repeated: it may be the value that it was refused for.
        acceptance
            .add(reason)
            .map_err(|fault| Failure::invalid(format!("`--accept-warnings`: {fault}")))?;
    }
    Ok(acceptance)
}

/// Returns how to treat files that may be documents already.
fn known_files(moved_from: Vec<PathBuf>, same_titles: bool, as_new: bool) -> Options {
    Options {
        moved: match (as_new, moved_from.is_empty()) {
            (true, _) => Moved::Never,
            (false, true) => Moved::IfCertain,
            (false, false) => Moved::From(moved_from),
        },
        same_titles: if same_titles {
            SameTitles::Continue
        } else {
            SameTitles::IfSameWords
        },
        ..Options::default()
    }
}

async fn init(
    node: &Arc<Node>,
    introduction: &Introduction,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    // The same again changes nothing, so that a program that sets machines up can repeat it.
    if let Some(identity) = node.identity()
        && is_introduced(&identity, introduction)
    {
        return Ok(show_identity(node, &identity, json, output));
    }
    let identity = node.init(introduction).await.map_err(|error| match error {
        OpenError::Identity(IdentityError::Refused { .. }) => Failure::invalid(error.to_string()),
        error => error.into(),
    })?;
    let object = Object::Node(identity.node.to_string());
    let entry = Entry::new(by, Act::NodeChanged, object, node.now());
    audit::record(node, entry.with_detail("first identity and keys")).await;
    Ok(show_identity(node, &identity, json, output))
}

/// Says whether a node has the identity that an operator wants to give it.
fn is_introduced(identity: &Identity, introduction: &Introduction) -> bool {
    let ods = |ods: Option<&str>| ods.unwrap_or_default().trim().to_ascii_uppercase();
    let contact = introduction.contact.as_deref();
    identity.name == introduction.name.trim()
        && ods(identity.ods.as_deref()) == ods(introduction.ods.as_deref())
        && identity.site() == introduction.base_url.as_str().trim_end_matches('/')
        && contact.is_none_or(|contact| identity.contact == contact.trim())
}

/// Prints who a node is, and what to do with it.
fn show_identity(node: &Node, identity: &Identity, json: bool, output: &Output) -> u8 {
    let root_key = Identity::root_key_path(&node.settings.data);
    let root_key = std::path::absolute(&root_key).unwrap_or(root_key);
    if json {
        let object = json!({
            "node": identity.node.as_str(), "name": identity.name, "site": identity.site(),
            "feed": identity.feed_base, "root_key": root_key,
        });
        output.line(object.to_string());
        return DONE;
    }
    output.line(format!("{} has an identity:", identity.name));
    output.line(format!("  {}", identity.node));
    output.line(format!("  site  {}", identity.site()));
    output.line(format!("  feed  {}", identity.feed_base));
    output.line("");
    output.line("Give both addresses and the identity to the operators of your peers, and ask them to read the identity back to you by telephone.");
    output.line(format!(
        "Move the root key `{}` to offline storage, and keep a copy:",
        root_key.display()
    ));
    output.line(
        "it is needed to change the name, the address or keys, and once a year to renew the node document; anyone who has it can act as this node.",
    );
    DONE
}

async fn withdraw_one(
    node: &Arc<Node>,
    id: &str,
    why: Reason,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let id = DocumentId::parse(id).ok_or_else(|| {
        Failure::invalid(format!(
            "`{id}` is not a document id, which is the longest part of the page's address"
        ))
    })?;
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    // The address has the words of the title, which the withdrawal erases.
    let slug = node
        .store
        .own_documents(&[id])
        .await?
        .remove(&id)
        .and_then(|own| own.slug);
    let Some(withdrawn) = withdraw::withdraw(node, id, why.into(), by).await? else {
        return Err(Failure::failed(format!("this node has no document `{id}`")));
    };
    let url = identity.document_url(id, slug.as_deref().unwrap_or_default());
    if json {
        let object = json!({
            "node": identity.node.as_str(), "id": id.to_string(), "rev": withdrawn.rev,
            "url": url, "index": withdrawn.leaf_index, "why": withdrawn.why,
            "withdrawn": withdrawn.at.to_string(), "again": withdrawn.again,
        });
        output.line(object.to_string());
    } else if withdrawn.again {
        output.line(format!("`{id}` has been withdrawn since {}", withdrawn.at));
    } else {
        output.line(format!(
            "`{id}` is withdrawn permanently; peers erase it when they next pull"
        ));
    }
    Ok(DONE)
}

async fn reindex(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    node.indexer
        .rebuild(|progress| show_indexing(output, progress))
        .await?;
    let documents = node.index.documents();
    output.line(if json {
        json!({ "documents": documents }).to_string()
    } else {
        format!("the index is rebuilt: {documents} documents can be found")
    });
    Ok(DONE)
}

fn show_indexing(output: &Output, progress: Progress) {
    output.progress("indexing", progress.at, progress.goal);
}
