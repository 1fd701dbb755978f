//! What peers hold of a node that has lost a part of its log is asked of all of them before the log is closed.

use it::{engine::Engine, trust::Trust};
use node::{
    clock::Clock,
    hindrance::{Code, Hindrance},
    identity::{
        IdentityError,
        change::{self, Change},
    },
};

use super::{
    forger::Forger,
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
