//! Commands on what the node says of itself, on its keys, and on recovery after a loss.

use std::sync::Arc;

use ledger::node::{NodeDocument, Role};
use serde_json::json;
use store::OWN;

use super::{
    command::RecoverAction,
    failure::{DONE, FAILED, Failure},
    output::Output,
};
use crate::cli::node::describe;
use node::{
    Node, NodeError,
    audit::{self, Act, By, Entry, Object},
    flows::recover::{self, RecoverError, Recovered},
    hindrance::{Code, Hindrance},
    identity::{
        Identity, IdentityError,
        change::{self, Change, Expiry},
    },
};

/// Tells mistakes in the arguments from other failures.
fn failure(error: IdentityError) -> Failure {
    match error {
        IdentityError::Refused { .. } => Failure::invalid(error.to_string()),
        error => error.into(),
    }
}

async fn document(node: &Node) -> Result<NodeDocument, Failure> {
    let stored = node.store.newest_node_document(OWN).await?;
    let stored = stored.ok_or(NodeError::NotInitialised)?;
    Ok(NodeDocument::stored(&stored.note).map_err(IdentityError::Document)?)
}

/// Shows the node document.
pub(super) async fn show(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    let document = document(node).await?;
    let content = document.content();
    let expiry = change::expiry(content.expires, node.now());
    if json {
        let hindrance = node.hindrance().map(|hindrance| hindrance.to_string());
        let object = json!({
            "node": document.node().as_str(), "version": content.version, "name": content.name, "ods": content.ods,
            "base": content.base, "contact": content.contact, "issued": content.issued.to_string(),
            "expires": content.expires.to_string(), "epoch": content.epoch, "threshold": content.threshold,
            "root": texts(&content.root), "log": texts(&content.log), "witness": texts(&content.witness),
            "left": content.left, "successor": content.successor.as_ref().map(ToString::to_string),
            "signs_nothing": hindrance,
        });
        output.line(object.to_string());
        return Ok(DONE);
    }
    output.line(format!("{:<12} {}", "node", document.node().grouped()));
    for line in describe(content) {
        output.line(line);
    }
    if expiry != Expiry::Far {
        output.note("it expires soon: `wardround node renew`");
    }
    Ok(DONE)
}

fn texts(keys: &[ledger::PublicKey]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

/// Shows the keys, and which of them are on this machine.
pub(super) async fn keys(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    let document = document(node).await?;
    for (role, key) in document.keys() {
        let (name, signs) = match role {
            Role::Root => ("root", "node documents"),
            Role::Log => ("log", "the log"),
            Role::Witness => ("witness", "cosignatures"),
        };
        let is_here = match role {
            Role::Root => Identity::root_key_path(&node.settings.data).exists(),
            // A node that runs has both.
            Role::Log | Role::Witness => true,
        };
        if json {
            let object = json!({"role": name, "key": key.to_string(), "here": is_here});
            output.line(object.to_string());
        } else {
            let place = if is_here {
                "on this machine"
            } else {
                "elsewhere"
            };
            output.line(format!("{name:<8} {key}  signs {signs}, {place}"));
        }
    }
    Ok(DONE)
}

/// Proposes the next version; the command line gets its note.
pub(super) async fn propose(
    node: &Arc<Node>,
    change: &Change,
    output: &Output,
) -> Result<u8, Failure> {
    let proposal = change::propose(node, change).await.map_err(failure)?;
    output.line(json!({"note": proposal.note()}).to_string());
    Ok(DONE)
}

/// Accepts a version that root keys have signed.
pub(super) async fn accept(
    node: &Arc<Node>,
    note: &str,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let before = document(node).await?;
    let identity = change::accept(node, note, by).await.map_err(failure)?;
    let is_new = before.content().version != identity.version;
    if json {
        let object = json!({
            "node": identity.node.as_str(), "version": identity.version, "epoch": identity.epoch,
            "expires": identity.expires.to_string(),
        });
        output.line(object.to_string());
        return Ok(DONE);
    }
    if !is_new {
        output.line(format!(
            "version {} of the node document is accepted already; nothing was changed",
            identity.version
        ));
        return Ok(DONE);
    }
    output.line(format!(
        "version {} of the node document is accepted, and expires on {}",
        identity.version,
        identity.expires.date()
    ));
    output.line("peers follow new keys by themselves; a new name, code, address or contact is shown there once their operators agree");
    Ok(DONE)
}

/// Recovers after a loss.
pub(super) async fn recover(
    node: &Arc<Node>,
    action: RecoverAction,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    match action {
        RecoverAction::Confirm { despite_peers } => {
            confirm(node, despite_peers, by, json, output).await
        }
        RecoverAction::FromPeers => recover_from_peers(node, by, json, output).await,
    }
}

/// Takes the operator's word that the database is the newest.
async fn confirm(
    node: &Arc<Node>,
    despite_peers: bool,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let shown = node.shown_by_peers().await.map_err(|error| match error {
        NodeError::MayNotSign(hindrance) => Failure::failed(format!(
            "peers are not asked: {hindrance}; {}, then confirm",
            hindrance.fix()
        )),
        error => error.into(),
    })?;
    if let Some(hindrance) = shown.as_ref().filter(|_| !despite_peers) {
        return Err(Failure::failed(not_the_newest(hindrance)));
    }
    node.store.confirm_not_behind().await?;
    node.store.record_hindrance(None).await?;
    let detail = match &shown {
        None => "confirmed".to_owned(),
        Some(hindrance) => format!("confirmed, although {hindrance}"),
    };
    record(node, by, Act::Recovered, &detail).await;
    node.ask_peers_again().await;
    report(node, json, output).await
}

/// Refills the log from peers.
async fn recover_from_peers(
    node: &Arc<Node>,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let recovered = recover::from_peers(node)
        .await
        .map_err(|error| match error {
            RecoverError::Refused(text) => Failure::failed(text),
            error => error.into(),
        })?;
    record(
        node,
        by,
        Act::Recovered,
        &format!("{} entries from peers", recovered.entries),
    )
    .await;
    if !json {
        report_recovered(&recovered, output);
    }
    let signs = signs(node).await?;
    if json {
        let Recovered {
            documents,
            entries,
            bodies,
            missing,
            ended,
            without,
            unanswered,
            incomplete,
        } = &recovered;
        let reason = signs.as_ref().map(ToString::to_string);
        let object = json!({
            "signs": signs.is_none(), "reason": reason, "documents": documents, "entries": entries, "bodies": bodies,
            "missing": missing, "ended": ended, "hold_nothing": without, "unanswered": unanswered, "incomplete": incomplete,
        });
        output.line(object.to_string());
    } else {
        report_signs(signs.as_ref(), output);
    }
    // Whether all of it is back is not known while a peer has not answered.
    let is_whole = recovered.unanswered.is_empty() && recovered.incomplete.is_empty();
    Ok(if signs.is_none() && is_whole {
        DONE
    } else {
        FAILED
    })
}

/// Says what was brought back, and what each other peer has said to that.
fn report_recovered(recovered: &Recovered, output: &Output) {
    let who = if recovered.unanswered.is_empty() {
        "no peer has it"
    } else {
        "no peer that answered has it"
    };
    output.line(format!(
        "{} node documents, {} entries and {} documents are back; {} documents have no text, since {who}",
        recovered.documents, recovered.entries, recovered.bodies, recovered.missing
    ));
    if !recovered.ended.is_empty() {
        let ids: Vec<_> = recovered.ended.iter().map(ToString::to_string).collect();
        output.note(format!(
            "{} documents were published after this copy was made, and withdrawn; no peer knows of which files they were made, so that an import or `publish` of these files would publish them again. Take the files away before you import: {}",
            ids.len(),
            ids.join(", ")
        ));
    }
    for one in &recovered.incomplete {
        output.note(format!(
            "epoch {} of this node's log was closed with {} entries, and {} are held ({}): what was withdrawn in the others is public here, and no new peer can read this log to its end; run `wardround recover --from-peers` again when a peer answers that followed this node then",
            one.epoch, one.size, one.held, one.why
        ));
    }
    for peer in &recovered.without {
        output.note(format!("`{peer}` holds nothing of this node's log"));
    }
    for one in &recovered.unanswered {
        output.note(format!("`{}` did not answer: {}", one.peer, one.why));
    }
    if !recovered.unanswered.is_empty() {
        output.note("what a peer holds that did not answer is not known: run `wardround recover --from-peers` again when it does");
    }
}

/// Says why a copy is not taken for the newest, and what to do.
fn not_the_newest(hindrance: &Hindrance) -> String {
    let loss = match hindrance.evidence() {
        Some(Code::OlderDocument | Code::OtherDocument) => {
            "two node documents of one version make peers refuse this node for good"
        }
        _ => "a second history of the log makes peers refuse this node",
    };
    format!(
        "this copy is not the newest: {hindrance}; {loss}; {}; only if no one has what that peer holds and it will never answer again, `wardround recover --confirm --despite-peers`",
        hindrance.fix()
    )
}

async fn record(node: &Node, by: &By, act: Act, detail: &str) {
    let entry = Entry::new(by, act, Object::Nothing, node.now());
    audit::record(node, entry.with_detail(detail)).await;
}

/// Says whether the node signs again.
async fn report(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    let signs = signs(node).await?;
    if json {
        let reason = signs.as_ref().map(ToString::to_string);
        output.line(json!({"signs": signs.is_none(), "reason": reason}).to_string());
    } else {
        report_signs(signs.as_ref(), output);
    }
    Ok(if signs.is_none() { DONE } else { FAILED })
}

/// Returns why the node signs nothing; `None` if it does.
async fn signs(node: &Node) -> Result<Option<Hindrance>, Failure> {
    match node.signer().await {
        Ok(_) => Ok(None),
        Err(NodeError::MayNotSign(hindrance)) => Ok(Some(hindrance)),
        Err(error) => Err(error.into()),
    }
}

fn report_signs(hindrance: Option<&Hindrance>, output: &Output) {
    output.line(match hindrance {
        None => "the node signs again".to_owned(),
        Some(hindrance) => format!(
            "the node still signs nothing: {hindrance}; {}",
            hindrance.fix()
        ),
    });
}
