//! Many peers at a time: more than are polled at once.

use std::time::Duration;

use it::{
    setup::Setup,
    trust::{Trust, until},
};
use node::{
    audit::By,
    clock::Clock,
    flows::peers::{self, Applied, NewPeerRequest, WantedPeer},
};

use super::forger::Forger;

/// Says whether every peer is polled well, and has this many entries here.
async fn all_have(trust: &Trust, entries: u64) -> bool {
    let peers = peers::list(trust.node()).await.unwrap();
    peers
        .iter()
        .all(|peer| peer.fault.is_none() && peer.state == "active" && peer.size == entries)
}

#[tokio::test]
async fn a_node_with_many_peers_has_what_each_of_them_publishes_and_withdraws() {
    const COMMON: &str = "quaggacanary";
    const PEERS: u8 = 64;
    let clock = Clock::system();
    let mut forgers = Vec::new();
    for number in 0..PEERS {
        forgers.push(Forger::new(number, &clock).await);
    }
    let mut first = Vec::new();
    for (number, forger) in forgers.iter().enumerate() {
        let title = format!("What ward {number} has learnt");
        first.push(forger.feed().put(&title, COMMON));
    }
    let polls_by_itself = |settings: &mut settings::Settings| settings.federation.enabled = true;
    let trust = Setup::new("ZZ1")
        .clock(&clock)
        .settings(polls_by_itself)
        .start()
        .await;
    let wanted: Vec<_> = forgers
        .iter()
        .map(|forger| WantedPeer {
            node: forger.id().to_string(),
            request: NewPeerRequest::new(forger.base()),
            paused: false,
        })
        .collect();
    let mut added = 0;
    peers::apply(
        trust.node(),
        &wanted,
        false,
        &By::Node,
        &mut |_, applied| {
            assert_eq!(applied.unwrap(), Applied::Added);
            added += 1;
        },
    )
    .await;
    assert_eq!(added, PEERS);
    until(async || all_have(&trust, 1).await).await;
    trust.settle().await;
    let search = trust.ask(&format!("/api/v1/search?q={COMMON}")).await;
    assert_eq!(search["total"], PEERS, "{search}");

    // Half of them withdraw what they have, the others publish more; the next polls find it.
    for (number, forger) in forgers.iter().enumerate() {
        if number % 2 == 0 {
            forger.feed().withdraw(first[number]);
        } else {
            forger
                .feed()
                .put(&format!("Ward {number} has learnt more"), "words");
        }
    }
    clock.advance(Duration::from_secs(7_200));
    until(async || all_have(&trust, 2).await).await;
    trust.settle().await;
    assert_eq!(trust.live().await.len(), usize::from(PEERS));
    let search = trust.ask(&format!("/api/v1/search?q={COMMON}")).await;
    assert_eq!(search["total"], PEERS / 2, "{search}");
    // What they see of it: a line for each in `/seen`.
    assert_eq!(trust.seen().await.len(), usize::from(PEERS));
}
