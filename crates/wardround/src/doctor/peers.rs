//! Checks of the peers: what is wrong with each, and whose turn it is.

use ledger::FaultCode;
use node::flows::peers::PeerObject;
use peering::Network;
use settings::Settings;
use store::{Store, StoreError};

use super::{Finding, Findings, Level, certificates};

const CHECK: &str = "peers";
/// What to do about most faults. It is the same text for each peer, so that it is printed once.
const LOOK: &str = "`wardround peer show NAME`, with the short name in brackets; ring its operator if the problem remains";
/// What to do about a fault of before, when the peer answers this command. A running node may not know an authority yet that
/// this command has read.
const AGAIN: &str = "`wardround pull NAME` asks it at once; if the fault remains, the running node has to read the certificate authorities again: `systemctl reload wardround` (SIGHUP)";
const ACCEPT: &str =
    "`wardround peer show NAME`, ring its operator, and then `wardround peer accept NAME`";

/// Reports each peer: first those with the same thing to do, together.
pub(super) async fn check(
    settings: &Settings,
    store: &Store,
    network: Option<&Network>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let all: Vec<_> = store
        .peers()
        .await?
        .into_iter()
        .map(PeerObject::from)
        .collect();
    if all.is_empty() {
        findings.ok(CHECK, "this node follows none");
        return Ok(());
    }
    let asked = match network {
        Some(network) if settings.federation.enabled => {
            certificates::check_peers(settings, network, &all, findings).await
        }
        _ => Default::default(),
    };
    // What was found a moment ago is not said again.
    let is_said = |peer: &&PeerObject| {
        let code = FaultCode::Transport.as_str();
        asked.refused.contains(&peer.node)
            && peer.fault.as_ref().is_none_or(|fault| fault.code == code)
    };
    let mut found: Vec<_> = all
        .iter()
        .filter(|peer| !is_said(peer))
        .map(|peer| finding(peer, asked.accepted.contains(&peer.node)))
        .collect();
    found.sort_by_key(|finding| match finding.fix.as_deref() {
        Some(LOOK) => 0,
        Some(AGAIN) => 1,
        Some(_) => 2,
        None => 3,
    });
    findings.0.append(&mut found);
    Ok(())
}

/// Returns what is to say of a peer; `answers` says whether it has answered a moment ago.
fn finding(peer: &PeerObject, answers: bool) -> Finding {
    let title = peer.title();
    let (text, fix) = match &peer.fault {
        Some(fault) if answers && fault.code == FaultCode::Transport.as_str() => (
            format!(
                "{title}: {} since {}, and answers now: {}",
                fault.code, fault.since, fault.text
            ),
            Some(AGAIN),
        ),
        Some(fault) => (
            format!(
                "{title}: {} since {}: {}",
                fault.code, fault.since, fault.text
            ),
            Some(LOOK),
        ),
        None if peer.stated.is_some() => (
            format!("{title} states another name, code, address or contact than is shown"),
            Some(ACCEPT),
        ),
        None if peer.stale => (format!("{title} may be out of date"), Some(LOOK)),
        None if peer.unavailable > 0 => (
            format!(
                "{title}: {} documents could not be fetched",
                peer.unavailable
            ),
            Some(LOOK),
        ),
        None => (
            format!("{title}: {}, {} entries", peer.state, peer.size),
            None,
        ),
    };
    Finding {
        level: if fix.is_some() {
            Level::Warning
        } else {
            Level::Ok
        },
        check: CHECK,
        text,
        fix: fix.map(str::to_owned),
    }
}
