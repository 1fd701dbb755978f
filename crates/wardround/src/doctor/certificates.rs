//! Checks of the certificates of peers: whether they can be checked at all, and whether those that peers show are accepted.
//! The same request shows why a peer cannot be reached, which [`super::peers`] reports.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use node::flows::peers::PeerObject;
use peering::{Network, Tried};
use settings::Settings;
use wire::NodeId;

use super::Findings;

const CHECK: &str = "certificates";
/// How long a peer may take. All 256 that a node may follow take 20 seconds if none answers.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
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

/// What came of asking the peers that are polled.
#[derive(Default)]
pub(super) struct Asked(BTreeMap<NodeId, Tried>);

impl Asked {
    /// Returns what came of asking a peer; `None` if it was not asked.
    pub(super) fn tried(&self, peer: &PeerObject) -> Option<&Tried> {
        self.0.get(&peer.node)
    }
}

/// Asks each peer that is polled once, and reports whether the certificates are accepted here.
pub(super) async fn ask_peers(
    settings: &Settings,
    network: &Network,
    peers: &[PeerObject],
    findings: &mut Findings,
) -> Asked {
    let is_asked = |peer: &&PeerObject| matches!(peer.state, "new" | "active");
    let asks: Vec<_> = peers
        .iter()
        .filter(is_asked)
        .map(|peer| async move { (peer, ask(network, peer).await) }.boxed())
        .collect();
    let asked = stream::iter(asks).buffered(MAX_CONCURRENT);
    let asked: Vec<(&PeerObject, Tried)> = asked.collect().await;
    report_certificates(settings, &asked, findings);
    let asked = asked.into_iter();
    Asked(
        asked
            .map(|(peer, tried)| (peer.node.clone(), tried))
            .collect(),
    )
}

fn report_certificates(
    settings: &Settings,
    asked: &[(&PeerObject, Tried)],
    findings: &mut Findings,
) {
    let by_https: Vec<_> = asked
        .iter()
        .filter(|(peer, _)| peer.base.starts_with("https:"))
        .collect();
    let accepted = by_https.iter().filter(|(_, tried)| tried.is_accepted());
    let accepted = accepted.count();
    if accepted > 0 {
        let text = format!(
            "{accepted} of {} peers show one that is accepted",
            by_https.len()
        );
        findings.ok(CHECK, text);
    }
    let unknown: Vec<_> = by_https
        .iter()
        .filter(|(_, tried)| *tried == Tried::UnknownIssuer)
        .map(|(peer, _)| peer.title())
        .collect();
    if !unknown.is_empty() {
        let text = format!(
            "of an authority that is not known here: {}",
            listed(&unknown)
        );
        findings.warn(CHECK, text, unknown_fix(settings));
    }
    for (peer, tried) in by_https {
        if let Tried::Refused(why) = tried {
            let fix = "ring its operator, and look at the clock of this machine";
            findings.warn(CHECK, format!("{}: {why}", peer.title()), fix);
        }
    }
}

async fn ask(network: &Network, peer: &PeerObject) -> Tried {
    let allow_cidr = peer.allow_cidr.as_deref().unwrap_or_default();
    match network.client(&peer.base, allow_cidr) {
        Ok(client) => client.try_once(LIMIT).await,
        Err(fault) => Tried::Failed(fault.text),
    }
}

/// What to do about an authority that is not known: the fault is nearly always on this side.
fn unknown_fix(settings: &Settings) -> String {
    match &settings.federation.ca_file {
        Some(file) => format!(
            "if it is your own authority, or that of a proxy that inspects TLS, add its certificate to `{}` and reload the node (`systemctl reload wardround`, or SIGHUP; a restart, if the setting is newer than the start of the node); otherwise ring their operators",
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
