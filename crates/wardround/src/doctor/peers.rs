//! Checks of the peers: what is wrong with each, and whose turn it is.

use std::{collections::BTreeSet, net::IpAddr};

use ledger::FaultCode;
use node::flows::peers::PeerObject;
use peering::{Network, Tried};
use settings::Settings;
use store::{Store, StoreError};
use url::Url;

use super::{Finding, Findings, Level, certificates};

const CHECK: &str = "peers";
/// What to do where nothing more is known. These are the same texts for each peer, so that each is printed once; NAME becomes
/// the short name of the peer.
const LOOK: &str = "`wardround peer show NAME`; ring its operator if the problem remains";
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
    let mut peers = store.peers().await?;
    store.compare_stated(&mut peers).await?;
    let all: Vec<_> = peers.into_iter().map(PeerObject::from).collect();
    if all.is_empty() {
        findings.ok(CHECK, "this node follows none");
        return Ok(());
    }
    let asked = match network {
        Some(network) if settings.federation.enabled => {
            certificates::ask_peers(settings, network, &all, findings).await
        }
        _ => Default::default(),
    };
    let mut found = Vec::new();
    for peer in &all {
        let tried = asked.tried(peer);
        let unreachable = match tried {
            Some(tried) => unreachable(settings, peer, tried).await,
            None => None,
        };
        let is_certificate = matches!(tried, Some(Tried::UnknownIssuer | Tried::Refused(_)));
        // What was found a moment ago is not said again in the words of the last poll.
        let is_said = unreachable.is_some() || is_certificate;
        let waits = waiting(peer);
        let is_well = peer.fault.is_none() && waits.is_some();
        found.extend(unreachable);
        if has_other_fault(peer) || !(is_said || is_well) {
            found.push(finding(peer, tried.is_some_and(Tried::is_accepted)));
        }
        found.extend(waits);
    }
    found.sort_by(|one, other| {
        let order = |finding: &Finding| (finding.fix.is_none(), finding.fix.clone());
        order(one).cmp(&order(other))
    });
    findings.0.append(&mut found);
    Ok(())
}

/// Says whether the last poll found more than that the peer could not be reached.
fn has_other_fault(peer: &PeerObject) -> bool {
    let code = FaultCode::Transport.as_str();
    peer.fault.as_ref().is_some_and(|fault| fault.code != code)
}

/// Returns what a peer states that waits for the operator, whatever else is wrong with it.
fn waiting(peer: &PeerObject) -> Option<Finding> {
    peer.stated.as_ref()?;
    Some(Finding {
        level: Level::Warning,
        check: CHECK,
        text: format!(
            "{} states another name, code, address or contact than is shown{}",
            peer.title(),
            peer.resembling()
        ),
        fix: Some(ACCEPT.to_owned()),
        peer: Some(peer.handle.clone()),
    })
}

/// Returns why a peer could not be reached a moment ago, and what to do about it.
async fn unreachable(settings: &Settings, peer: &PeerObject, tried: &Tried) -> Option<Finding> {
    const PRIVATE: &str = "if they are of a network of your own, name their range: `wardround peer set NAME --allow-cidr RANGE` (docs/NETWORKS.md); otherwise look at the DNS of this machine";
    const NAME: &str = "look the name up with `getent hosts`; if the site has moved, `wardround peer set NAME --url URL`; for a name that only your own network knows, `federation.hosts` (docs/NETWORKS.md)";
    const DOWN: &str = "its server or the web server before it is stopped, or a firewall refuses: ring its operator; if the site has moved, `wardround peer set NAME --url URL`";
    const FIREWALL: &str = "look at the firewall and, if your network needs a proxy, at `federation.proxy` (docs/NETWORKS.md); then ring its operator";
    const PROXY: &str = "the proxy of `federation.proxy` is asked for it: look whether that can be reached and takes `federation.proxy_user` (docs/NETWORKS.md); then ring the operator of the peer";
    const ADDRESS: &str = "if the site has moved, `wardround peer set NAME --url URL`; otherwise ring its operator: the address is not that of a feed, or a web server before it does not pass it on";
    const NOT_READY: &str = "its server, or the web server before it, cannot serve now: ring its operator if that lasts";
    let (title, base) = (peer.title(), &peer.base);
    let by_proxy = settings.federation.proxy.is_some();
    let either = |direct| if by_proxy { PROXY } else { direct };
    let (text, fix) = match tried {
        Tried::Answered | Tried::UnknownIssuer | Tried::Refused(_) => return None,
        Tried::NotPublic => {
            let addresses = addresses(settings, base).await;
            (
                format!("its addresses are not public: {addresses}"),
                PRIVATE,
            )
        }
        Tried::NoAddress(why) => (why.clone(), NAME),
        Tried::NothingListens if by_proxy => ("the proxy does not answer for it".to_owned(), PROXY),
        Tried::NothingListens => (format!("nothing listens at {base}"), DOWN),
        Tried::Silent => {
            let secs = certificates::LIMIT.as_secs();
            let text = format!("it did not answer within {secs} seconds");
            (text, either(FIREWALL))
        }
        Tried::Failed(why) => (format!("it cannot be reached: {why}"), either(FIREWALL)),
        Tried::NotReady(status) => (format!("{base} answers with status {status}"), NOT_READY),
        Tried::NoFeed(what) => (format!("{base} answers {what}"), ADDRESS),
    };
    Some(Finding {
        level: Level::Warning,
        check: CHECK,
        text: format!("{title}: {text}"),
        fix: Some(fix.to_owned()),
        peer: Some(peer.handle.clone()),
    })
}

/// Returns the addresses of the host of a peer, as they are found here.
async fn addresses(settings: &Settings, base: &str) -> String {
    let host = Url::parse(base).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
    let found: Vec<IpAddr> = match settings.federation.hosts.get(host) {
        Some(given) => given.clone(),
        None => match tokio::net::lookup_host((host, 0)).await {
            Ok(found) => found.map(|address| address.ip()).collect(),
            Err(_) => Vec::new(),
        },
    };
    let found: BTreeSet<_> = found.iter().map(ToString::to_string).collect();
    found.into_iter().collect::<Vec<_>>().join(", ")
}

/// Returns what to do about a fault that the last poll found (docs/OPERATING.md §7).
const fn about(fault: FaultCode) -> &'static str {
    match fault {
        FaultCode::Transport => LOOK,
        FaultCode::Malformed => {
            "ring its operator: the cause is probably a proxy on the way, or a faulty version"
        }
        FaultCode::Key => {
            "compare its node id with its operator, on a number that you knew before; do not remove and add the peer to make the fault disappear"
        }
        FaultCode::Timestamp => {
            "look at the clock of this machine, and ring its operator to compare"
        }
        FaultCode::Rollback => {
            "ring its operator, who probably restored an old backup: the command there is `recover --from-peers` (docs/RECOVERY.md)"
        }
        FaultCode::Inconsistent => "ring its operator: `verify` there says what its database has",
        FaultCode::Implausible => {
            "ring its operator and ask whether so many are intended; then `wardround peer resume NAME`"
        }
        FaultCode::Expired => "ring its operator: the command there is `node renew`",
        FaultCode::Quota => {
            "ring its operator; then raise the setting that the fault names, reload the node (`systemctl reload wardround`), and run `wardround peer resume NAME`; or `wardround peer remove NAME`"
        }
        FaultCode::Equivocation => {
            "the peer is halted: ring its operator, and keep your data directory, which is evidence (docs/OPERATING.md §7)"
        }
    }
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
            Some(FaultCode::parse(fault.code).map_or(LOOK, about)),
        ),
        None if peer.state == "left" => {
            let goes_on = peer.goes_on().map(|text| format!("; {text}"));
            let text = format!("{title} has left{}", goes_on.unwrap_or_default());
            (text, None)
        }
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
        peer: Some(peer.handle.clone()),
    }
}
