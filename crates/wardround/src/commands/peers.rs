//! Commands on peers.

use std::sync::Arc;

use serde_json::json;
use wire::NodeId;

use super::{
    command::{Configuring, FoundPeer, PeerAction, SeenStatement, ShownState},
    failure::{DONE, FAILED, Failure, FailureKind},
    output::Output,
};
use node::{
    Node,
    audit::By,
    disk::low_disk,
    flows::peers::{
        self, Accepted, Added, Applied, LookedUp, NewPeerRequest, PeerError, PeerObject, WantedPeer,
    },
    hindrance::Hindrance,
};

/// Follows a peer.
pub(super) async fn add(
    node: &Arc<Node>,
    request: &NewPeerRequest,
    id: &str,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let id =
        NodeId::parse(id).ok_or_else(|| Failure::invalid(format!("`{id}` is not a node id")))?;
    let added = peers::add(node, request, &id, by).await.map_err(failure)?;
    let Added {
        peer,
        is_new,
        silent,
    } = added;
    let how = if is_new {
        "is now followed"
    } else {
        "is followed already"
    };
    print_changed(&peer, how, json, output);
    if let Some(why) = silent {
        output.note(format!(
            "it does not answer as expected: {why}; it is polled again at intervals. If the address is wrong, remove the peer with `wardround peer remove {}`",
            peer.handle
        ));
    }
    Ok(DONE)
}

/// Changes how a peer is followed.
pub(super) async fn configure(
    node: &Arc<Node>,
    command: Configuring,
    by: &By,
    output: &Output,
) -> Result<u8, Failure> {
    match command {
        Configuring::Set {
            node: which,
            change,
            json,
        } => {
            let set = peers::set(node, &which, &change, by).await;
            let peer = set.map_err(failure)?;
            let what = format!("is polled at {}", peer.base);
            print_changed(&peer, &what, json, output);
        }
        Configuring::Apply {
            wanted,
            dry_run,
            json,
        } => {
            let mut code = DONE;
            let mut report = |wanted: &WantedPeer, applied: Result<Applied, PeerError>| {
                let address = &wanted.request.address;
                match applied {
                    Ok(done) if json => {
                        let object = json!({"node": wanted.node, "address": address, "done": done, "dry_run": dry_run});
                        output.line(object.to_string());
                    }
                    Ok(done) => output.line(format!("{:<9} {address}", word(done))),
                    Err(error) => {
                        let refused = failure(error);
                        code = code.max(refused.code).max(FAILED);
                        let text = format!("{address}: {}", refused.text);
                        output.failure(&Failure { text, ..refused }, json);
                    }
                }
            };
            peers::apply(node, &wanted, dry_run, by, &mut report).await;
            return Ok(code);
        }
    }
    Ok(DONE)
}

fn word(done: Applied) -> &'static str {
    match done {
        Applied::Added => "added",
        Applied::Changed => "changed",
        Applied::Unchanged => "unchanged",
    }
}

pub(super) async fn look_up(
    node: &Arc<Node>,
    request: &NewPeerRequest,
    output: &Output,
) -> Result<u8, Failure> {
    let looked_up = peers::look_up(node, request).await.map_err(failure)?;
    let LookedUp { found, resembles } = looked_up;
    output.line(serde_json::to_string(&FoundPeer {
        grouped: found.node.grouped(),
        node: found.node.to_string(),
        base: found.base,
        name: found.name,
        ods: found.ods,
        resembles,
    })?);
    Ok(DONE)
}

pub(super) async fn list(
    node: &Arc<Node>,
    states: &[ShownState],
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let mut peers = peers::list(node).await?;
    let has_peers = !peers.is_empty();
    peers.retain(|peer| states.is_empty() || states.iter().any(|state| state.has(peer)));
    if json {
        output.line(serde_json::to_string(&peers)?);
    } else if peers.is_empty() && has_peers {
        output.line("no peer is in that state");
    } else if peers.is_empty() {
        output.line("there are no peers; `wardround peer add` adds one");
    } else {
        peers.iter().for_each(|peer| output.line(one_line(peer)));
    }
    Ok(DONE)
}

pub(super) async fn one_peer(
    node: &Arc<Node>,
    action: PeerAction,
    which: &str,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let (done, what) = match action {
        PeerAction::Show => {
            let peer = peers::show(node, which).await.map_err(failure)?;
            output.line(if json {
                serde_json::to_string(&peer)?
            } else {
                details(&peer)
            });
            return Ok(DONE);
        }
        PeerAction::Pause => (
            peers::pause(node, which, by).await,
            "is paused; its documents stay",
        ),
        PeerAction::Resume => (peers::resume(node, which, by).await, "is polled again"),
        PeerAction::Remove => (
            peers::remove(node, which, by).await,
            "is removed; its documents are erased on this node",
        ),
    };
    print_changed(&done.map_err(failure)?, what, json, output);
    Ok(DONE)
}

/// Accepts what a peer states, if that is the statement that a person has seen.
pub(super) async fn accept(
    node: &Arc<Node>,
    SeenStatement { peer, statement }: &SeenStatement,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let Accepted { peer, not_moved } = peers::accept(node, peer, statement, by)
        .await
        .map_err(failure)?;
    print_changed(&peer, "is shown as it states", json, output);
    match not_moved {
        None => Ok(DONE),
        Some(why) => {
            output.note(format!(
                "it is still polled at {}: {why}. Accept it again once the new address works",
                peer.base
            ));
            Ok(FAILED)
        }
    }
}

pub(super) async fn pull(
    node: &Arc<Node>,
    which: Option<&str>,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    if node.current().server.read_only {
        let reason = Hindrance::ReadOnly;
        return Err(Failure {
            kind: FailureKind::SignsNothing,
            ..Failure::failed(format!(
                "nothing was pulled: {reason}; {}, and pull again",
                reason.fix()
            ))
        });
    }
    let pulled = peers::pull(node, which).await;
    if let (Err(PeerError::Refused(_)), Some(which)) = (&pulled, which)
        && json
    {
        // A script finds the reason in the object of the peer.
        let peer = peers::show(node, which).await.map_err(failure)?;
        output.line(serde_json::to_string(&peer)?);
    }
    let pulled = pulled.map_err(failure)?;
    match (&pulled[..], which) {
        ([peer], Some(_)) if json => output.line(serde_json::to_string(peer)?),
        (peers, _) if json => output.line(serde_json::to_string(peers)?),
        ([], _) => output.line("there are no peers to pull from"),
        (peers, _) => peers.iter().for_each(|peer| output.line(one_line(peer))),
    }
    let low_disk = low_disk(&node.current()).filter(|_| !pulled.is_empty());
    if let Some(text) = &low_disk {
        output.note(format!(
            "nothing but withdrawals was taken: {text}; `wardround doctor` says what to do"
        ));
    }
    let faulty = pulled.iter().any(|peer| peer.fault.is_some());
    Ok(if faulty || low_disk.is_some() {
        FAILED
    } else {
        DONE
    })
}

fn print_changed(peer: &PeerObject, what: &str, json: bool, output: &Output) {
    match serde_json::to_string(peer) {
        Ok(object) if json => output.line(object),
        _ => output.line(format!("{} {what}", peer.title())),
    }
}

fn one_line(peer: &PeerObject) -> String {
    let PeerObject {
        handle,
        state,
        size,
        name,
        ..
    } = peer;
    let resembling = peer.resembling();
    let health = match &peer.fault {
        Some(fault) if !resembling.is_empty() => format!(
            "{} since {}: {}; it states another identity{resembling}",
            fault.code, fault.since, fault.text
        ),
        Some(fault) => format!("{} since {}: {}", fault.code, fault.since, fault.text),
        None if peer.stated.is_some() => {
            format!("states another identity{resembling}; see `wardround peer show {handle}`")
        }
        None if peer.successor.is_some() => {
            format!("names a successor; see `wardround peer show {handle}`")
        }
        None if peer.stale => "may be out of date".to_owned(),
        None => match peer.last_fresh {
            Some(fresh) => format!("up to date at {fresh}"),
            None => "not pulled yet".to_owned(),
        },
    };
    let shown = if name == handle { &peer.base } else { name };
    format!("{handle:<12} {state:<7} {size:>8} entries  {health}  {shown}")
}

fn details(peer: &PeerObject) -> String {
    let time = |time: Option<wire::Timestamp>| {
        time.map_or_else(|| "never".to_owned(), |time| time.to_string())
    };
    let ods = |ods: &Option<String>| ods.clone().unwrap_or_else(|| "none".to_owned());
    let contact = |contact: &Option<String>| contact.clone().unwrap_or_else(|| "none".to_owned());
    let stated = peer.stated.as_ref();
    // What is shown, with what the peer states instead.
    let against = |shown: String, stated: Option<String>| match stated {
        Some(stated) if stated != shown => format!(
            "{shown} (it states {stated}, which waits for `wardround peer accept {}`)",
            peer.handle
        ),
        _ => shown,
    };
    let fault = peer.fault.as_ref().map_or_else(
        || "none".to_owned(),
        |fault| format!("{} since {}: {}", fault.code, fault.since, fault.text),
    );
    [
        (
            "name",
            against(peer.name.clone(), stated.map(|stated| stated.name.clone())),
        ),
        ("node id", peer.node.grouped()),
        (
            "ODS code",
            against(ods(&peer.ods), stated.map(|stated| ods(&stated.ods))),
        ),
        ("short name", peer.handle.clone()),
        (
            "feed",
            against(peer.base.clone(), stated.map(|stated| stated.base.clone())),
        ),
        (
            "contact",
            against(
                contact(&peer.contact),
                stated.map(|stated| contact(&stated.contact)),
            ),
        ),
        (
            "statement",
            stated.map_or_else(
                || "nothing else than is shown".to_owned(),
                |stated| {
                    format!(
                        "{} (`--statement` of `peer accept` takes this)",
                        stated.digest
                    )
                },
            ),
        ),
        (
            "resembles",
            stated
                .and_then(|stated| stated.resembles.clone())
                .unwrap_or_else(|| "nothing that is known here".to_owned()),
        ),
        (
            "ranges",
            peer.allow_cidr
                .clone()
                .unwrap_or_else(|| "public".to_owned()),
        ),
        (
            "interval",
            peer.interval.map_or_else(
                || "as of federation.interval".to_owned(),
                |secs| format!("{secs} seconds"),
            ),
        ),
        ("state", peer.state.to_owned()),
        (
            "successor",
            peer.goes_on().unwrap_or_else(|| "none".to_owned()),
        ),
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

/// Tells mistakes in the arguments from other failures.
fn failure(error: PeerError) -> Failure {
    match error {
        PeerError::Refused(_) | PeerError::Unknown(_) => Failure::invalid(error.to_string()),
        error => error.into(),
    }
}
