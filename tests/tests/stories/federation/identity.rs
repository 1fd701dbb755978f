//! What a node says of itself over the years: another name, another address, other keys, and what its peers make of it.

use std::{fs, sync::Arc, time::Duration};

use files::import::{Options, import};
use it::{engine::on_each_engine, ports::free_ports, setup::Setup, tree::write, trust::Trust};
use ledger::{
    SecretKey,
    node::{Content, NodeDocument},
};
use node::{
    audit::{Act, By},
    clock::Clock,
    flows::peers,
    identity::{
        Identity, IdentityError,
        change::{self, Change, Online},
        key_files::{self, ROOT},
    },
};
use store::{AuditFilter, OWN};
use url::Url;
use wardround::verify::verify;

fn root_of(trust: &Trust) -> SecretKey {
    let path = Identity::root_key_path(&trust.node().settings.data);
    key_files::read_key(&path, ROOT).unwrap()
}

/// Proposes a change, has some root keys sign it, and brings it back.
async fn change_by(
    trust: &Trust,
    change: Change,
    roots: &[SecretKey],
) -> Result<Arc<Identity>, IdentityError> {
    let mut proposal = change::propose(trust.node(), &change).await?;
    for root in roots {
        proposal.sign(root);
    }
    change::accept(trust.node(), proposal.note(), &By::Node).await
}

/// Changes the node document of a trust, signed with its root key.
pub(super) async fn change(trust: &Trust, change: Change) -> Arc<Identity> {
    try_to_change(trust, change).await.unwrap()
}

/// Changes the node document of a trust, signed with its root key, or returns why it was refused.
pub(super) async fn try_to_change(
    trust: &Trust,
    change: Change,
) -> Result<Arc<Identity>, IdentityError> {
    change_by(trust, change, &[root_of(trust)]).await
}

async fn content(trust: &Trust) -> Content {
    let stored = trust.node().store.newest_node_document(OWN).await.unwrap();
    let document = NodeDocument::stored(&stored.unwrap().note).unwrap();
    document.content().clone()
}

fn rotate(key: Online) -> Change {
    Change {
        rotate: vec![key],
        ..Change::default()
    }
}

#[test]
fn a_renamed_and_moved_node_is_followed_once_the_operator_of_its_peer_agrees() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        a.publish_page("One", "words").await;
        b.follow_and_pull(&a).await;
        let port = free_ports(1);
        let moved = format!("http://127.0.0.1:{port}");
        let renamed = Change {
            name: Some("Trust of another name".to_owned()),
            ods: Some("ZZ9".to_owned()),
            contact: Some("mailto:desk@trust.example".to_owned()),
            base_url: Some(Url::parse(&moved).unwrap()),
            ..Change::default()
        };
        let id = a.id();
        let identity = change(&a, renamed).await;
        assert_eq!((identity.version, identity.node.clone()), (2, id.clone()));
        assert_eq!(identity.name, "Trust of another name");
        assert_eq!(identity.site(), moved);

        // It is found at its old address, and shown as before.
        let peer = b.pull_well(&id).await;
        let stated = peer.stated.clone().unwrap();
        assert_eq!(
            (peer.name.as_str(), stated.name.as_str()),
            ("Trust ZZ1", "Trust of another name")
        );
        assert_eq!(stated.base, format!("{moved}/feed/v1"));
        // It serves at the new one, and the operator of the peer agrees.
        a.stop().await;
        a.change(|settings| settings.listen.set_port(port));
        a.start().await;
        a.publish_page("Two", "words").await;
        let accepted = peers::accept(b.node(), id.as_str(), &stated.digest, &By::Node)
            .await
            .unwrap();
        assert_eq!(accepted.not_moved, None);
        let peer = b.pull_well(&id).await;
        assert_eq!(
            (peer.name.as_str(), peer.size),
            ("Trust of another name", 2)
        );
        assert_eq!(
            verify(&a.node().store, &[], |_| {}).await.unwrap().faults,
            Vec::<String>::new()
        );
    });
}

#[test]
fn keys_are_replaced_under_pull_and_nothing_of_the_old_ones_counts_any_more() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        a.publish_page("One", "words").await;
        b.follow_and_pull(&a).await;
        a.follow_and_pull(&b).await;
        let before = content(&a).await;
        let seen_before = a.seen().await[0].note.clone();

        for (round, key) in [Online::Log, Online::Witness, Online::Log]
            .into_iter()
            .enumerate()
        {
            change(&a, rotate(key)).await;
            a.publish_page(&format!("After {round}"), "words").await;
            let peer = b.pull_well(&a.id()).await;
            assert_eq!(peer.size, 2 + round as u64);
        }
        let after = content(&a).await;
        assert_eq!(after.version, 4);
        assert!(after.log != before.log && after.witness != before.witness);
        assert!(after.revoked.is_empty());
        // The receipts of what it has applied are signed again.
        a.pull_well(&b.id()).await;
        assert_ne!(a.seen().await[0].note, seen_before);

        // After a theft the old key is named, so that no one takes it for anything again.
        let revoke = Change {
            revoke: Some("compromise".to_owned()),
            ..rotate(Online::Log)
        };
        change(&a, revoke).await;
        let revoked = content(&a).await.revoked;
        assert_eq!(revoked.len(), 1);
        assert_eq!(revoked[0].key, *after.log[0].as_bytes());
        // In the audit by the transaction of each: no command has run here.
        let filter = AuditFilter {
            act: Act::KeyChanged.as_str().to_owned(),
            ..AuditFilter::default()
        };
        let rows = a.node().store.audit_after(0, &filter, 9).await.unwrap();
        let details: Vec<_> = rows.iter().map(|row| row.detail.as_str()).collect();
        assert_eq!(
            details,
            [
                "version 2, log keys changed",
                "version 3, witness keys changed",
                "version 4, log keys changed",
                "version 5, log key revoked: compromise"
            ]
        );
        b.pull_well(&a.id()).await;

        // A restart finds the keys, and only those.
        a.restart().await;
        a.publish_page("After the restart", "words").await;
        b.pull_well(&a.id()).await;
        let keys = fs::read_dir(a.node().settings.data.join("keys")).unwrap();
        assert_eq!(keys.count(), 3);
        for trust in [&a, &b] {
            let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
            assert_eq!(verified.faults, Vec::<String>::new());
        }
    });
}

#[tokio::test]
async fn a_rotation_that_was_cut_short_has_no_effect_or_is_completed_by_the_next_start() {
    let mut a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    b.follow_and_pull(&a).await;
    let keys = a.node().settings.data.join("keys");
    // Proposed, and nothing more: the old key goes on.
    change::propose(a.node(), &rotate(Online::Log))
        .await
        .unwrap();
    assert!(keys.join("log-new.key").exists());
    a.restart().await;
    a.publish_page("One", "words").await;
    b.pull_well(&a.id()).await;
    // Accepted, and killed before the key got its place.
    let old = fs::read(keys.join("log.key")).unwrap();
    change(&a, rotate(Online::Log)).await;
    let new = fs::read(keys.join("log.key")).unwrap();
    assert_ne!(old, new);
    a.stop().await;
    fs::write(keys.join("log-new.key"), &new).unwrap();
    fs::write(keys.join("log.key"), &old).unwrap();
    a.start().await;
    assert_eq!(fs::read(keys.join("log.key")).unwrap(), new);
    a.publish_page("Two", "words").await;
    assert_eq!(b.pull_well(&a.id()).await.size, 2);
}

#[tokio::test]
async fn what_root_keys_have_not_signed_well_changes_nothing() {
    let a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    b.follow_and_pull(&a).await;
    let strangers = root_of(&b);
    for roots in [vec![], vec![strangers]] {
        let error = change_by(&a, Change::default(), &roots).await.unwrap_err();
        assert!(
            error.to_string().contains("signed by 0 of the root keys"),
            "{error}"
        );
    }
    // One that was changed after it was signed, one that is of the past, and one of another node.
    let mut proposal = change::propose(a.node(), &Change::default()).await.unwrap();
    proposal.sign(&root_of(&a));
    let changed = proposal.note().replace("Trust ZZ1", "Trust ZZ7");
    let accept = async |of: &Trust, note: &str| change::accept(of.node(), note, &By::Node).await;
    assert!(accept(&a, &changed).await.is_err());
    assert!(accept(&b, proposal.note()).await.is_err());
    // The same twice is accepted, and changes nothing.
    accept(&a, proposal.note()).await.unwrap();
    accept(&a, proposal.note()).await.unwrap();
    assert!(accept(&a, "no note").await.is_err());
    assert_eq!(content(&a).await.version, 2);

    // What peers could not show or reach is refused before it is signed.
    let one = |set: &dyn Fn(&mut Change)| {
        let mut change = Change::default();
        set(&mut change);
        change
    };
    for wrong in [
        one(&|change| change.name = Some(" ".to_owned())),
        one(&|change| change.ods = Some("a b".to_owned())),
        one(&|change| change.contact = Some("ring us".to_owned())),
        one(&|change| change.base_url = Url::parse("http://a.example/path").ok()),
        one(&|change| change.days = Some(401)),
        one(&|change| change.days = Some(0)),
        one(&|change| change.threshold = Some(2)),
        one(&|change| change.threshold = Some(0)),
        one(&|change| change.add_root = vec!["no key".to_owned()]),
        one(&|change| change.remove_root = vec![root_of(&b).public().to_string()]),
        one(&|change| change.remove_root = vec![root_of(&a).public().to_string()]),
        one(&|change| change.successor = Some("no one".to_owned())),
    ] {
        let refused = change_by(&a, wrong.clone(), &[root_of(&a)]).await;
        assert!(
            matches!(refused, Err(IdentityError::Refused { .. })),
            "{wrong:?}"
        );
    }
    assert_eq!(content(&a).await.version, 2);
    b.pull_well(&a.id()).await;
}

#[tokio::test]
async fn two_of_three_root_keys_sign_and_one_that_is_lost_is_replaced() {
    let a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    b.follow_and_pull(&a).await;
    let first = root_of(&a);
    let (second, third) = (key_files::new_key().unwrap(), key_files::new_key().unwrap());
    let more = Change {
        add_root: vec![second.public().to_string(), third.public().to_string()],
        threshold: Some(2),
        ..Change::default()
    };
    // The version that asks for two is signed by two.
    assert!(
        change_by(&a, more.clone(), std::slice::from_ref(&first))
            .await
            .is_err()
    );
    change_by(&a, more, &[first.clone(), second.clone()])
        .await
        .unwrap();
    assert!(
        change_by(&a, Change::default(), std::slice::from_ref(&first))
            .await
            .is_err()
    );
    change_by(&a, Change::default(), &[third.clone(), first.clone()])
        .await
        .unwrap();
    // The first is stolen.
    let stolen = Change {
        remove_root: vec![first.public().to_string()],
        revoke: Some("compromise".to_owned()),
        ..Change::default()
    };
    change_by(&a, stolen, &[second.clone(), third.clone()])
        .await
        .unwrap();
    assert!(
        change_by(&a, Change::default(), &[first, second.clone()])
            .await
            .is_err()
    );
    change_by(&a, Change::default(), &[second, third])
        .await
        .unwrap();
    assert_eq!(content(&a).await.version, 5);
    b.pull_well(&a.id()).await;
}

#[tokio::test]
async fn a_node_that_leaves_names_its_successor_and_is_polled_no_more() {
    let a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    a.publish_page("Kept", "words that stay").await;
    b.follow_and_pull(&a).await;
    let leave = Change {
        leave: true,
        successor: Some(b.id().to_string()),
        ..Change::default()
    };
    change(&a, leave).await;
    assert_eq!(b.pull(&a.id()).await.state, "left");
    assert_eq!(b.found("words that stay").await.len(), 1);
    let known = b.node().store.node(&a.id()).await.unwrap().unwrap();
    assert_eq!((known.left, known.successor), (true, Some(b.id())));
}

#[test]
fn the_successor_of_a_node_that_left_is_shown_and_followed_only_by_its_operator() {
    on_each_engine(async |engine| {
        let a = Trust::new("ZZ1").await;
        let (b, c) = (Trust::on(engine, "ZZ2").await, Trust::new("ZZ3").await);
        let kept = a.publish_page("Kept", "words that stay").await;
        b.follow_and_pull(&a).await;
        let leave = Change {
            leave: true,
            successor: Some(c.id().to_string()),
            ..Change::default()
        };
        change(&a, leave).await;
        b.pull(&a.id()).await;

        // Named everywhere, with the command for the operator, and not followed.
        let peer = peers::show(b.node(), "zz1").await.unwrap();
        let command = format!("wardround peer add URL --node {}", c.id());
        assert!(peer.goes_on().unwrap().contains(&command));
        let api = b.ask("/api/v1/peers").await;
        assert_eq!(
            api[0]["successor"],
            serde_json::json!({"node": c.id(), "handle": null})
        );
        let page = b.get("/organisations/zz1").await.text;
        assert!(page.contains("This organisation has left"), "{page}");
        assert!(page.contains(&c.id().grouped()), "{page}");
        let federation = b.get("/federation").await.text;
        assert!(federation.contains("It names another organisation to continue its work"));
        assert_eq!(b.node().store.peers().await.unwrap().len(), 1);

        // Once it is followed, readers find it.
        b.follow_and_pull(&c).await;
        let api = b.ask("/api/v1/peers").await;
        assert_eq!(api[0]["successor"]["handle"], "zz3");
        let page = b.get("/organisations/zz1").await.text;
        let link = r#"<a href="/organisations/zz3">Trust ZZ3</a> continues its work."#;
        assert!(page.contains(link), "{page}");
        assert!(!page.contains(&c.id().grouped()), "{page}");
        assert!(
            b.get("/federation")
                .await
                .text
                .contains("Trust ZZ3 continues its work")
        );

        // Who has left publishes nothing more, in no way, and can withdraw.
        let page = domain::Document::page("More", "words");
        let refused = a.try_to_publish(page).await.unwrap_err().to_string();
        assert!(
            refused.contains("has left") && refused.contains("wardround export"),
            "{refused}"
        );
        let folder = a.path("studies");
        write(&folder, &[("a.md", b"# Alpha\n\nwords")]);
        let imported = import(a.node(), &folder, &Options::default(), |_| {}).await;
        assert!(imported.unwrap_err().to_string().contains("has left"));
        let ready = a.ask("/readyz").await;
        assert!(
            ready["warnings"][0].as_str().unwrap().contains("has left"),
            "{ready}"
        );
        a.withdraw(kept).await;
    });
}

#[test]
fn a_node_that_was_not_renewed_for_490_days_is_a_fault_at_its_peer_until_it_is() {
    const DAY: Duration = Duration::from_secs(86_400);
    on_each_engine(async |engine| {
        let clock = Clock::system();
        let a = Setup::new("ZZ1").engine(engine).clock(&clock).start().await;
        let b = Setup::new("ZZ2").clock(&clock).start().await;
        let kept = a.publish_page("Bed rails", "words of before").await;
        b.follow_and_pull(&a).await;
        let page = format!("/d/zz1/{kept}/bed-rails");
        let stale = "may be out of date";
        assert!(!b.get(&page).await.text.contains(stale));

        // In the first 90 days after its end everything goes on, and both operators see it.
        clock.advance(401 * DAY);
        a.publish_page("Late", "words of late").await;
        let peer = b.pull_well(&a.id()).await;
        assert_eq!((peer.stale, peer.size), (true, 2));
        let ready = a.get("/readyz").await.text;
        assert!(ready.contains("the node document expired on"), "{ready}");

        // Then nothing new is taken, and what is there stays.
        clock.advance(90 * DAY);
        a.publish_page("Too late", "words of too late").await;
        let peer = b.pull(&a.id()).await;
        let fault = peer.fault.unwrap();
        assert_eq!((fault.code, peer.size), ("expired", 2));
        assert!(fault.text.contains("`node renew`"), "{}", fault.text);
        assert_eq!(b.found("before").await, [kept]);
        let shown = b.get(&page).await;
        assert_eq!(shown.status, 200);
        assert!(shown.text.contains("words of before") && shown.text.contains(stale));
        let federation = b.get("/federation").await.text;
        assert!(
            federation.contains("Its identity has expired"),
            "{federation}"
        );

        // The renewal ends it with the next poll.
        change(&a, Change::default()).await;
        let peer = b.pull_well(&a.id()).await;
        assert_eq!((peer.stale, peer.size), (false, 3));
        assert!(!b.get(&page).await.text.contains(stale));
        assert_eq!(b.found("words").await.len(), 3);
        let faults = verify(&b.node().store, &[], |_| {}).await.unwrap().faults;
        assert_eq!(faults, Vec::<String>::new());
    });
}
