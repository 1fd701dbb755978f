//! Checks of the certificates of peers: whether they can be checked at all, and whether those that peers show are accepted.

use std::{collections::BTreeSet, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use node::flows::peers::PeerObject;
use peering::{Network, Tried};
use settings::Settings;
use wire::NodeId;

use super::Findings;

const CHECK: &str = "certificates";
/// How long a peer may take. All 256 that a node may follow take 20 seconds if none answers.
const LIMIT: Duration = Duration::from_secs(5);
/// Peers that are asked at the same time.
const MAX_CONCURRENT: usize = 64;
/// Peers that are named in one finding.
const MAX_NAMED: usize = 5;

/// Checks that the authorities of the settings can be read, besides those of the system.
pub(super) fn check_authorities(settings: &Settings, findings: &mut Findings) -> Option<Network> {
    /// No request is sent: creating the client reads the system's certificates.
    const ANY_PEER: &str = "https://peer.invalid/feed/v1";
    let network = match node::peer_network(settings) {
        Ok(network) => network,
        Err(text) => {
            let fix = "write certificates in PEM form to that file, and make it readable for the user that runs the node; it does not start without";
            findings.fault(CHECK, text, fix);
            return None;
        }
    };
    if let Err(fault) = network.client(ANY_PEER, "") {
        let fix =
            "install the system's CA certificates (Debian: `apt-get install ca-certificates`)";
        findings.fault(CHECK, fault.text, fix);
        return None;
    }
    let more = match &settings.federation.ca_file {
        Some(file) => format!(" and of `{}`", file.display()),
        None => String::new(),
    };
    let text = format!("those of peers are checked by the authorities of the system{more}");
    findings.ok(CHECK, text);
    Some(network)
}

/// The peers that were asked whether their certificates are accepted.
#[derive(Default)]
pub(super) struct Asked {
    /// Those whose certificates are not.
    pub(super) refused: BTreeSet<NodeId>,
    /// Those who answered, and whose certificates are.
    pub(super) accepted: BTreeSet<NodeId>,
}

/// Asks peers that are polled by HTTPS whether their certificates are accepted here.
pub(super) async fn check_peers(
    settings: &Settings,
    network: &Network,
    peers: &[PeerObject],
    findings: &mut Findings,
) -> Asked {
    let is_asked = |peer: &&PeerObject| {
        matches!(peer.state, "new" | "active") && peer.base.starts_with("https:")
    };
    let asks: Vec<_> = peers
        .iter()
        .filter(is_asked)
        .map(|peer| async move { (peer, ask(network, peer).await) }.boxed())
        .collect();
    let asked = stream::iter(asks).buffered(MAX_CONCURRENT);
    let asked: Vec<(&PeerObject, Tried)> = asked.collect().await;
    if asked.is_empty() {
        return Asked::default();
    }
    let names = |wanted: fn(&Tried) -> bool| {
        let found = asked.iter().filter(|(_, tried)| wanted(tried));
        found.map(|(peer, _)| peer.title()).collect::<Vec<_>>()
    };
    let accepted = names(|tried| *tried == Tried::Accepted);
    let silent = names(|tried| matches!(tried, Tried::Silent(_)));
    let unknown = names(|tried| *tried == Tried::UnknownIssuer);
    if !accepted.is_empty() {
        let text = format!(
            "{} of {} peers show one that is accepted",
            accepted.len(),
            asked.len()
        );
        findings.ok(CHECK, text);
    }
    if !silent.is_empty() {
        let secs = LIMIT.as_secs();
        let text = format!(
            "not checked, since they did not answer within {secs} seconds: {}",
            listed(&silent)
        );
        if accepted.is_empty() && unknown.is_empty() {
            let fix = "if no peer can be reached, look at the firewall and `federation.proxy` (docs/NETWORKS.md)";
            findings.warn(CHECK, text, fix);
        } else {
            findings.ok(CHECK, text);
        }
    }
    if !unknown.is_empty() {
        let text = format!(
            "of an authority that is not known here: {}",
            listed(&unknown)
        );
        findings.warn(CHECK, text, unknown_fix(settings));
    }
    for (peer, tried) in &asked {
        if let Tried::Refused(why) = tried {
            let fix = "ring its operator, and look at the clock of this machine";
            findings.warn(CHECK, format!("{}: {why}", peer.title()), fix);
        }
    }
    let mut found = Asked::default();
    for (peer, tried) in asked {
        match tried {
            Tried::Accepted => found.accepted.insert(peer.node.clone()),
            Tried::UnknownIssuer | Tried::Refused(_) => found.refused.insert(peer.node.clone()),
            Tried::Silent(_) => false,
        };
    }
    found
}

async fn ask(network: &Network, peer: &PeerObject) -> Tried {
    let allow_cidr = peer.allow_cidr.as_deref().unwrap_or_default();
    match network.client(&peer.base, allow_cidr) {
        Ok(client) => client.try_certificate(LIMIT).await,
        Err(fault) => Tried::Silent(fault.text),
    }
}

/// What to do about an authority that is not known: the fault is nearly always on this side.
fn unknown_fix(settings: &Settings) -> String {
    match &settings.federation.ca_file {
        Some(file) => format!(
            "if it is your own authority, or that of a proxy that inspects TLS, add its certificate to `{}` and reload the node (`systemctl reload wardround`, or SIGHUP); otherwise ring their operators",
            file.display()
        ),
        None => "if it is your own authority, or that of a proxy that inspects TLS, name its certificate in `federation.ca_file` (docs/NETWORKS.md) and restart the node, or add it to the authorities of the system and reload the node (`systemctl reload wardround`, or SIGHUP); otherwise ring their operators".to_owned(),
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMED).map(String::as_str).collect();
    let more = names.len() - shown.len();
    let shown = shown.join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}
