//! Honest nodes: all have what one publishes, and none has what one withdraws.

use node::audit::By;
use std::time::Duration;

use domain::Document;
use it::{
    engine::on_each_engine,
    setup::Setup,
    trust::{Trust, until},
};
use node::{clock::Clock, flows::peers};
use store::DocumentState;

use super::forger::Forger;

#[test]
fn two_nodes_have_the_same_documents_after_a_pull() {
    on_each_engine(async |engine| {
        let (one, two) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        two.follow(&one).await;
        let first = one
            .publish_page("Tap and go badges", "quokka readers on trolleys")
            .await;
        let second = one.publish_page("Discharge by noon", "lists").await;
        let peer = two.pull_well(&one.id()).await;
        assert_eq!((peer.size, peer.unavailable, peer.quarantined), (2, 0, 0));
        assert_eq!(
            (peer.ods.as_deref(), peer.handle.as_str()),
            (Some("ZZ1"), "zz1")
        );
        assert_eq!(two.live().await, one.live().await);
        assert_eq!(two.found("quokka").await, [first]);
        one.revise(second, Document::page("Discharge by eleven", "wombat"))
            .await;
        assert_eq!(two.pull_well(&one.id()).await.size, 3);
        assert_eq!(two.live().await, one.live().await);
        assert_eq!(two.found("wombat").await, [second]);
        // Nothing new: two requests that are answered with 304, and nothing else changes.
        let seen = two.seen().await;
        two.pull_well(&one.id()).await;
        assert_eq!(two.seen().await, seen);
        assert!(
            seen[0]
                .note
                .starts_with(&format!("wardround.v1/{}/1\n3\n", one.id()))
        );
        assert_eq!(
            seen[0]
                .note
                .lines()
                .filter(|line| line.starts_with('\u{2014}'))
                .count(),
            3
        );
    });
}

#[test]
fn a_withdrawn_document_is_in_no_file_of_any_node() {
    on_each_engine(async |engine| {
        const CANARY: &str = "zyzzyvaquagga";
        let (one, two, three) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
            Trust::on(engine, "ZZ3").await,
        );
        two.follow(&one).await;
        three.follow(&one).await;
        one.publish_page("Something that stays", "ordinary words")
            .await;
        let id = one.publish_page("About a patient", CANARY).await;
        for trust in [&two, &three] {
            trust.pull_well(&one.id()).await;
            assert_eq!(trust.found(CANARY).await, [id]);
            assert!(!trust.files_with(CANARY).is_empty(), "the index holds it");
        }
        one.withdraw(id).await;
        // The third is away, for weeks.
        two.pull_well(&one.id()).await;
        one.node().eraser.settle().await.unwrap();
        for trust in [&one, &two] {
            assert_eq!(
                trust.state(&one.id(), id).await,
                Some(DocumentState::Withdrawn)
            );
            assert_eq!(trust.found(CANARY).await, []);
            assert_eq!(trust.files_with(CANARY), Vec::<String>::new());
        }
        let days = Duration::from_secs(21 * 24 * 3600);
        [&one, &three]
            .into_iter()
            .for_each(|trust| trust.advance(days));
        let identity = one.node().identity().unwrap();
        one.node()
            .store
            .renew_checkpoint(&identity.signer, one.node().now())
            .await
            .unwrap();
        assert_eq!(three.found(CANARY).await, [id]);
        three.pull_well(&one.id()).await;
        assert_eq!(three.found(CANARY).await, []);
        assert_eq!(three.files_with(CANARY), Vec::<String>::new());
        assert_eq!(three.live().await, one.live().await);
    });
}

#[test]
fn three_nodes_that_follow_each_other_converge_though_one_was_away() {
    on_each_engine(async |engine| {
        let mut trusts = Vec::new();
        for ods in ["ZZ1", "ZZ2", "ZZ3"] {
            trusts.push(Trust::on(engine, ods).await);
        }
        for one in &trusts {
            for other in &trusts {
                if one.id() != other.id() {
                    one.follow(other).await;
                }
            }
            for number in 0..20 {
                one.publish_page(&format!("Study {number}"), "what was tried")
                    .await;
            }
        }
        let gone = trusts[0].publish_page("Soon withdrawn", "mistaken").await;
        let ids: Vec<_> = trusts.iter().map(Trust::id).collect();
        // The third stops after one pull; the others go on.
        trusts[2].pull_well(&ids[0]).await;
        trusts[2].stop().await;
        trusts[0].withdraw(gone).await;
        trusts[1].pull_well(&ids[0]).await;
        let peer = trusts[1].pull(&ids[2]).await;
        assert_eq!(peer.fault.map(|fault| fault.code), Some("transport"));
        assert_eq!((peer.state, peer.failures), ("new", 1));
        trusts[2].start().await;
        for (own, trust) in trusts.iter().enumerate() {
            for (other, id) in ids.iter().enumerate() {
                if own != other {
                    trust.pull_well(id).await;
                }
            }
        }
        let everything = trusts[0].live().await;
        assert_eq!(everything.len(), 60);
        for trust in &trusts[1..] {
            assert_eq!(trust.live().await, everything);
            assert_eq!(trust.found("tried").await.len(), 60);
            assert_eq!(
                trust.state(&ids[0], gone).await,
                Some(DocumentState::Withdrawn)
            );
        }
    });
}

#[tokio::test]
async fn the_ticker_polls_by_itself_a_nudge_hurries_it_and_a_restart_loses_nothing() {
    let on = |settings: &mut settings::Settings| settings.federation.enabled = true;
    let one = Setup::new("ZZ1").settings(on).start().await;
    let mut two = Setup::new("ZZ2").settings(on).start().await;
    let (first, second) = (one.id(), two.id());
    one.follow(&two).await;
    two.follow(&one).await;
    let id = one.publish_page("Published at once", "platypus").await;
    until(async || two.state(&first, id).await == Some(DocumentState::Live)).await;
    // A restarted node goes on from its database, and hears of the next one, too.
    two.restart().await;
    assert_eq!(two.id(), second);
    one.advance(Duration::from_secs(60));
    two.advance(Duration::from_secs(60));
    one.withdraw(id).await;
    until(async || two.state(&first, id).await == Some(DocumentState::Withdrawn)).await;
    until(async || one.node().store.log_head(store::OWN, 1).await.unwrap().size == 2).await;
    until(async || {
        two.seen()
            .await
            .iter()
            .any(|log| log.note.contains("\n2\n"))
    })
    .await;
    assert_eq!(two.files_with("platypus"), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_signed_at_an_earlier_time_than_a_peer_has_seen_is_still_taken() {
    let one = Trust::new("ZZ1").await;
    let two = Trust::new("ZZ2").await;
    two.follow(&one).await;
    let (first, identity) = (one.id(), one.node().identity().unwrap());
    // Someone signs a minute from now; a batch that took its time before that commits afterwards.
    let later = one.node().now().plus(Duration::from_secs(60));
    let store = &one.node().store;
    store
        .renew_checkpoint(&identity.signer, later)
        .await
        .unwrap();
    two.pull_well(&first).await;
    let id = one.publish_page("A batch", "echidna").await;
    assert_eq!(two.pull_well(&first).await.size, 1);
    assert_eq!(two.state(&first, id).await, Some(DocumentState::Live));
}

#[tokio::test]
async fn a_clock_that_was_nearly_a_day_ahead_and_is_set_right_stops_nothing() {
    const AHEAD: Duration = Duration::from_secs(23 * 3600);
    let on = |settings: &mut settings::Settings| settings.federation.enabled = true;
    let one = Setup::new("ZZ1").settings(on).start().await;
    let two = Setup::new("ZZ2").settings(on).start().await;
    let (first, second) = (one.id(), two.id());
    two.advance(AHEAD);
    one.follow(&two).await;
    two.follow(&one).await;
    let id = one.publish_page("Polled and nudged ahead", "dingo").await;
    until(async || two.state(&first, id).await == Some(DocumentState::Live)).await;
    two.publish_page("Signed ahead", "bilby").await;
    let peer = async || {
        one.node()
            .store
            .peer(second.as_str())
            .await
            .unwrap()
            .unwrap()
    };
    until(async || peer().await.fault.is_some()).await;
    two.clock.set_back(AHEAD);
    // So that peers may be nudged again.
    one.advance(Duration::from_secs(60));
    let id = one.publish_page("Polled and nudged in time", "quoll").await;
    until(async || two.state(&first, id).await == Some(DocumentState::Live)).await;
    let id = two.publish_page("Signed in time", "numbat").await;
    // A nudge does not go before the delay of a fault, which anyone could shorten then; an operator does.
    peers::resume(one.node(), second.as_str(), &By::Node)
        .await
        .unwrap();
    until(async || one.state(&second, id).await == Some(DocumentState::Live)).await;
    until(async || peer().await.fault.is_none()).await;
}

#[tokio::test]
async fn a_node_whose_own_clock_is_wrong_does_not_blame_its_peers() {
    let theirs = Clock::system();
    let trust = Trust::new("ZZ1").await;
    let mut forgers = Vec::new();
    for number in 1..=5 {
        let forger = Forger::new(number, &theirs).await;
        trust.follow_at(&forger.base(), &forger.id()).await;
        trust.pull_well(&forger.id()).await;
        forgers.push(forger);
    }
    // All of them seem to be two hours ahead: it is this node that is behind.
    theirs.advance(Duration::from_secs(2 * 3600));
    let mut faults = 0;
    for _ in 0..2 {
        faults = 0;
        for forger in &forgers {
            forger.feed().put("A study", "what was tried");
            let peer = trust.pull(&forger.id()).await;
            faults += u32::from(peer.fault.is_some());
            assert_eq!(peer.size, 0, "nothing is believed meanwhile");
        }
    }
    assert_eq!(
        faults, 2,
        "only those who were asked before half were shifted"
    );
    trust.advance(Duration::from_secs(2 * 3600));
    for forger in &forgers {
        assert_eq!(trust.pull_well(&forger.id()).await.size, 2);
    }
}
