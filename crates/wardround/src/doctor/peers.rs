//! Checks of the peers: what is wrong with each, and whose turn it is.

use node::flows::peers::PeerObject;
use store::{Store, StoreError};

use super::Findings;

/// What the TLS library says of a certificate whose authority is not known here.
const UNKNOWN_ISSUER: &str = "UnknownIssuer";

/// Reports each peer.
pub(super) async fn check(store: &Store, findings: &mut Findings) -> Result<(), StoreError> {
    let all = store.peers().await?;
    if all.is_empty() {
        findings.ok("peers", "this node follows none");
    }
    for peer in all.into_iter().map(PeerObject::from) {
        let peer_name = peer.title();
        let show = format!(
            "`wardround peer show {}`; ring its operator if the problem remains",
            peer.handle
        );
        match &peer.fault {
            Some(fault) => {
                let text = format!(
                    "{peer_name}: {} since {}: {}",
                    fault.code, fault.since, fault.text
                );
                // The one fault that is nearly always of this side.
                let fix = if fault.text.contains(UNKNOWN_ISSUER) {
                    let fix = "if its certificate is of your own authority, name that in `federation.ca_file` (docs/NETWORKS.md); otherwise ring its operator";
                    fix.to_owned()
                } else {
                    show
                };
                findings.warn("peers", text, fix);
            }
            None if peer.stated.is_some() => {
                let text = format!(
                    "{peer_name} states another name, code, address or contact than is shown"
                );
                let fix = format!(
                    "`wardround peer show {0}`, ring its operator, and then `wardround peer accept {0}`",
                    peer.handle
                );
                findings.warn("peers", text, fix);
            }
            None if peer.stale => {
                findings.warn("peers", format!("{peer_name} may be out of date"), show);
            }
            None if peer.unavailable > 0 => {
                let text = format!(
                    "{peer_name}: {} documents could not be fetched",
                    peer.unavailable
                );
                findings.warn("peers", text, show);
            }
            None => findings.ok(
                "peers",
                format!("{peer_name}: {}, {} entries", peer.state, peer.size),
            ),
        }
    }
    Ok(())
}
