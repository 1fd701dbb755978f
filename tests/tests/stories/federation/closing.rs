//! A node that has lost a part of its log, before it closes it and after: what any of its peers holds is not left out.

use it::{
    engine::{Engine, on_each_engine},
    trust::Trust,
};
use node::{
    clock::Clock,
    flows::recover::{self, Incomplete},
    hindrance::{Code, Hindrance},
    identity::{
        IdentityError,
        change::{self, Change},
    },
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use store::DocumentState;
use wardround::verify::verify;

use super::{
    forger::Forger,
    identity,
    recovery::{back_up, restore},
};

#[tokio::test]
async fn a_withdrawal_that_only_the_sixth_peer_holds_is_not_left_out_of_a_new_log() {
    let clock = Clock::system();
    let mut a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    let page = a.publish_page("Withdrawn later", "words").await;
    b.follow_and_pull(&a).await;
    a.follow_and_pull(&b).await;
    // Five that have answered later, and know nothing.
    for number in 1..=5 {
        let forger = Forger::new(number, &clock).await;
        a.follow_at(&forger.base(), &forger.id()).await;
        a.pull_well(&forger.id()).await;
    }
    let file = back_up(&a).await;
    a.withdraw(page).await;
    b.pull_well(&a.id()).await;
    restore(&mut a, Engine::Sqlite, &file).await;

    let shown = a.node().shown_by_peers().await.unwrap();
    assert_eq!(shown.and_then(|shown| shown.evidence()), Some(Code::Behind));
    let new_epoch = Change {
        new_epoch: true,
        ..Change::default()
    };
    let refused = change::propose(a.node(), &new_epoch).await.unwrap_err();
    assert!(
        matches!(
            &refused,
            IdentityError::LeavesOut(Hindrance::Behind {
                theirs: 2,
                own: 1,
                ..
            })
        ),
        "{refused}"
    );
}

#[test]
fn a_log_that_was_closed_after_the_copy_is_refilled_to_its_end() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        let gone = a.publish_page("Withdrawn later", "words").await;
        b.follow_and_pull(&a).await;
        a.follow_and_pull(&b).await;
        let file = back_up(&a).await;
        a.withdraw(gone).await;
        let late = a.publish_page("At the end", "words of a supplement").await;
        b.pull_well(&a.id()).await;
        let new_epoch = Change {
            new_epoch: true,
            ..Change::default()
        };
        assert_eq!(identity::change(&a, new_epoch).await.epoch, 2);
        let new = a.publish_page("Of the next log", "words").await;
        b.pull_well(&a.id()).await;
        restore(&mut a, engine, &file).await;
        assert_eq!(a.state(&a.id(), gone).await, Some(DocumentState::Live));

        let recovered = recover::from_peers(a.node()).await.unwrap();
        assert!(recovered.incomplete.is_empty(), "{recovered:?}");
        assert_eq!(
            (recovered.documents, recovered.entries, recovered.missing),
            (1, 3, 0),
            "{recovered:?}"
        );
        let newcomer = Trust::new("ZZ3").await;
        newcomer.follow_and_pull(&a).await;
        for trust in [&a, &newcomer] {
            for (id, expected) in [
                (gone, DocumentState::Withdrawn),
                (late, DocumentState::Live),
                (new, DocumentState::Live),
            ] {
                let state = trust.state(&a.id(), id).await;
                assert_eq!(state, Some(expected), "{id}");
            }
            let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
            assert_eq!(verified.faults, Vec::<String>::new());
            assert_eq!(verified.incomplete, Vec::<String>::new());
        }
        a.publish_page("Later", "words").await;
        b.pull_well(&a.id()).await;
        assert_eq!(b.live().await, a.live().await);
    });
}

/// What a program of before had done: it refilled the present log, and not the ones before it.
#[tokio::test]
async fn a_closed_log_is_refilled_after_the_one_that_follows_it() {
    let mut a = Trust::new("ZZ1").await;
    let b = Trust::new("ZZ2").await;
    let gone = a.publish_page("Withdrawn later", "words").await;
    let kept = a.publish_page("Revised", "an earlier text").await;
    b.follow_and_pull(&a).await;
    a.follow_and_pull(&b).await;
    let file = back_up(&a).await;
    a.withdraw(gone).await;
    let page = |words: &str| domain::Document::page("Revised", words);
    a.revise(kept, page("words of the first log")).await;
    b.pull_well(&a.id()).await;
    for words in ["words of the second log", "words of the third log"] {
        let new_epoch = Change {
            new_epoch: true,
            ..Change::default()
        };
        identity::change(&a, new_epoch).await;
        a.revise(kept, page(words)).await;
        b.pull_well(&a.id()).await;
    }
    restore(&mut a, Engine::Sqlite, &file).await;

    // While no peer serves the closed log, the present one is brought back, and the command says what is missing.
    change_database(
        &b,
        "UPDATE log_bundles SET n = n + 1000 WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = 2 AND epoch < 3)",
    )
    .await;
    let recovered = recover::from_peers(a.node()).await.unwrap();
    let incomplete = recovered.incomplete.iter();
    let incomplete: Vec<_> = incomplete
        .map(|one: &Incomplete| (one.epoch, one.held, one.size))
        .collect();
    assert_eq!(incomplete, [(1, 2, 4), (2, 0, 1)], "{recovered:?}");
    let verified = verify(&a.node().store, &[], |_| {}).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
    assert_eq!(verified.incomplete.len(), 2, "{:?}", verified.incomplete);

    change_database(&b, "UPDATE log_bundles SET n = n - 1000 WHERE n >= 1000").await;
    let recovered = recover::from_peers(a.node()).await.unwrap();
    assert!(recovered.incomplete.is_empty(), "{recovered:?}");
    let state = a.state(&a.id(), gone).await;
    assert_eq!(state, Some(DocumentState::Withdrawn));
    let text = a.body_md(kept).await;
    assert!(text.contains("words of the third log"), "{text}");
    a.publish_page("Later", "words").await;
    b.pull_well(&a.id()).await;
    assert_eq!(b.live().await, a.live().await);
}

async fn change_database(trust: &Trust, sql: &'static str) {
    let file = trust.node().settings.data.join("node.db");
    let options = SqliteConnectOptions::new().filename(file);
    let connection = SqliteConnection::connect_with(&options).await;
    sqlx::raw_sql(sql)
        .execute(&mut connection.unwrap())
        .await
        .unwrap();
}
