//! The audit: a row for each act, in the transaction of the act, in one chain.

use std::sync::Mutex;

use audit::{Act, By, Chain, Entry, Head, Object, Operator, Row};
use store::{AuditFilter, Gap, NewAccount, Store, StoreError, WithdrawalRequest};
use telemetry::captured::logged;
use wire::{AccountId, Role};

use crate::{
    opening::execute,
    support::{Engine, at, on_each_engine},
    world::id,
};

fn account(number: u8) -> AccountId {
    AccountId::generate(at(0), [number; 10])
}

async fn add(store: &Store, number: u8, role: Role, by: &By) {
    let new = NewAccount {
        id: account(number),
        email: format!("person{number}@trust.example"),
        name: format!("Person {number}"),
        role,
    };
    store.add_account(&new, by, at(0)).await.unwrap();
}

async fn rows(store: &Store, filter: &AuditFilter) -> Vec<Row> {
    store.audit_after(0, filter, 1_000).await.unwrap()
}

async fn check_chain(store: &Store) -> Head {
    let mut chain = Chain::default();
    for row in rows(store, &AuditFilter::default()).await {
        chain.check(&row).unwrap();
    }
    assert_eq!(chain.head(), store.audit_head().await.unwrap());
    chain.head()
}

#[test]
fn an_act_and_its_row_are_one_transaction() {
    on_each_engine(async |database| {
        let store = database.open().await;
        assert_eq!(store.audit_head().await.unwrap(), Head::EMPTY);
        let root = By::Operator(Operator {
            uid: 0,
            name: "root".to_owned(),
        });
        add(&store, 1, Role::Administrator, &root).await;
        // Refused: nothing is changed and nothing is recorded.
        let refused = store.set_role(account(1), Role::Reader, &root, at(1)).await;
        assert!(matches!(refused, Err(StoreError::LastAdministrator)));
        assert_eq!(check_chain(&store).await.seq, 1);
        // Nothing changes: nothing is recorded.
        let same = store.set_role(account(1), Role::Administrator, &root, at(1));
        assert!(!same.await.unwrap());
        assert_eq!(check_chain(&store).await.seq, 1);
        let by = By::Account(account(1));
        add(&store, 2, Role::Reader, &by).await;
        assert!(
            store
                .set_role(account(2), Role::Editor, &by, at(2))
                .await
                .unwrap()
        );
        assert_eq!(check_chain(&store).await.seq, 3);
        let all = rows(&store, &AuditFilter::default()).await;
        let said: Vec<_> = all
            .iter()
            .map(|row| (row.act.as_str(), row.by_name.as_str(), row.detail.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("account-added", "root", "administrator"),
                ("account-added", "Person 1", "reader"),
                ("role-changed", "Person 1", "editor"),
            ]
        );
        assert!(all.iter().all(|row| !row.to_json().contains('@')));
    });
}

#[test]
fn a_person_is_found_whatever_letters_are_capitals() {
    on_each_engine(async |database| {
        let store = database.open().await;
        for (number, name) in [(1, "Åse Ødegård"), (2, "ZOË Étienne"), (3, "Ode Gard")] {
            let new = NewAccount {
                id: account(number),
                email: format!("person{number}@trust.example"),
                name: name.to_owned(),
                role: Role::Administrator,
            };
            store.add_account(&new, &By::Node, at(0)).await.unwrap();
            let id = account(number);
            store
                .record_sign_in(id, at(i64::from(number)))
                .await
                .unwrap();
        }
        for (person, expected) in [
            ("øDEGÅRD", vec![2]),
            ("zoë é", vec![4]),
            ("Gard", vec![6]),
            ("", vec![1, 2, 3, 4, 5, 6]),
            ("no one", vec![]),
        ] {
            let filter = AuditFilter {
                person: person.to_owned(),
                ..AuditFilter::default()
            };
            let seqs: Vec<u64> = rows(&store, &filter)
                .await
                .iter()
                .map(|row| row.seq)
                .collect();
            assert_eq!(seqs, expected, "{person}");
        }
        // More names than are asked for at once.
        for number in 0..300_u32 {
            let by = By::Operator(Operator {
                uid: number,
                name: format!("Pat {number}"),
            });
            let entry = Entry::new(&by, Act::BackedUp, Object::Nothing, at(9));
            store.record_act(&entry).await.unwrap();
        }
        let filter = AuditFilter {
            person: "PAT".to_owned(),
            ..AuditFilter::default()
        };
        let seqs = |rows: Vec<Row>| -> Vec<u64> { rows.iter().map(|row| row.seq).collect() };
        let first = store.audit_after(0, &filter, 280).await.unwrap();
        assert_eq!(seqs(first), (7..287).collect::<Vec<u64>>());
        let last = store.audit_before(u64::MAX, &filter, 2).await.unwrap();
        assert_eq!(seqs(last), [306, 305]);
    });
}

#[test]
fn rows_are_found_by_act_person_object_and_time() {
    on_each_engine(async |database| {
        let store = database.open().await;
        add(&store, 1, Role::Administrator, &By::Node).await;
        add(&store, 2, Role::Reader, &By::Account(account(1))).await;
        store.record_sign_in(account(2), at(100)).await.unwrap();
        store.record_sign_in(account(1), at(200)).await.unwrap();
        let one = account(1).to_string();
        let two = account(2).to_string();
        let seqs = async |filter: AuditFilter| -> Vec<u64> {
            let found = rows(&store, &filter).await;
            let mut last_first = store.audit_before(u64::MAX, &filter, 1_000).await.unwrap();
            last_first.reverse();
            assert_eq!(found, last_first);
            found.iter().map(|row| row.seq).collect()
        };
        let none = AuditFilter::default;
        let text = str::to_owned;
        for (filter, expected) in [
            (none(), vec![1, 2, 3, 4]),
            (
                AuditFilter {
                    act: text("signed-in"),
                    ..none()
                },
                vec![3, 4],
            ),
            (
                AuditFilter {
                    person: one.clone(),
                    ..none()
                },
                vec![2, 4],
            ),
            (
                AuditFilter {
                    person: text("pERSON 2"),
                    ..none()
                },
                vec![3],
            ),
            (
                AuditFilter {
                    person: text("%"),
                    ..none()
                },
                vec![],
            ),
            (
                AuditFilter {
                    object: two,
                    ..none()
                },
                vec![2, 3],
            ),
            (
                AuditFilter {
                    object: text("\0' OR 1=1"),
                    ..none()
                },
                vec![],
            ),
            (
                AuditFilter {
                    since: Some(at(100)),
                    ..none()
                },
                vec![3, 4],
            ),
            (
                AuditFilter {
                    until: Some(at(200)),
                    ..none()
                },
                vec![1, 2, 3],
            ),
            (
                AuditFilter {
                    act: text("signed-in"),
                    since: Some(at(150)),
                    person: one,
                    ..none()
                },
                vec![4],
            ),
        ] {
            assert_eq!(seqs(filter.clone()).await, expected, "{filter:?}");
        }
    });
}

#[test]
fn many_at_once_make_one_chain_without_a_gap() {
    on_each_engine(async |database| {
        let store = database.open().await;
        add(&store, 1, Role::Administrator, &By::Node).await;
        let acts = (0..60).map(|number: u8| {
            let store = store.clone();
            tokio::spawn(async move {
                // Acts that take the lock of documents first, and acts that do not.
                match number % 3 {
                    0 => add(&store, number + 2, Role::Reader, &By::Node).await,
                    1 => assert!(store.record_sign_in(account(1), at(1)).await.unwrap()),
                    _ => {
                        let entry =
                            Entry::new(&By::Unknown, Act::SignInFailed, Object::Nothing, at(2));
                        store.record_act(&entry).await.unwrap();
                    }
                }
            })
        });
        let acts: Vec<_> = acts.collect();
        for act in acts {
            act.await.unwrap();
        }
        assert_eq!(check_chain(&store).await.seq, 61);
    });
}

#[test]
fn what_is_done_to_requests_and_gaps_is_recorded_once_and_with_the_act() {
    on_each_engine(async |database| {
        let store = database.open().await;
        add(&store, 1, Role::Editor, &By::Node).await;
        let by = By::Account(account(1));
        let document = id(1);
        let request = WithdrawalRequest {
            document,
            account: account(1),
            why: "error".to_owned(),
            at: at(1),
            successor: Some(id(2)),
            kept_at: None,
        };
        let gap = Gap {
            words: "mrs example of ward 4".to_owned(),
            days: 3,
            first_at: at(0),
            last_at: at(1),
        };
        assert!(store.request_withdrawal(&request, None).await.unwrap());
        let held = store.withdrawal_request(document).await.unwrap();
        assert_eq!(held.as_ref(), Some(&request));
        assert_eq!(store.withdrawal_request(id(2)).await.unwrap(), None);
        store
            .add_gaps(std::slice::from_ref(&gap), &[], at(1))
            .await
            .unwrap();
        for expected in [true, false] {
            // Another request than the one that was seen is not declined.
            let other = store.keep_requested(document, at(0), &by, at(2));
            assert!(!other.await.unwrap());
            let kept = store.keep_requested(document, request.at, &by, at(2));
            assert_eq!(kept.await.unwrap(), expected);
            let removed = store.remove_gap(&gap.words, &by, at(2));
            assert_eq!(removed.await.unwrap(), expected);
        }
        // Who asked is informed, until they ask again.
        let kept = WithdrawalRequest {
            kept_at: Some(at(2)),
            ..request.clone()
        };
        assert_eq!(store.withdrawal_requests(9).await.unwrap(), []);
        let shown = store.kept_for(account(1), at(1), 9).await.unwrap();
        assert_eq!(shown, std::slice::from_ref(&kept));
        assert_eq!(store.kept_for(account(1), at(2), 9).await.unwrap(), []);
        assert_eq!(store.withdrawal_requests_to_mail(9).await.unwrap(), [kept]);
        store
            .withdrawal_request_mailed(document, at(2))
            .await
            .unwrap();
        assert_eq!(store.withdrawal_requests_to_mail(9).await.unwrap(), []);
        let acts = rows(&store, &AuditFilter::default()).await.into_iter();
        let acts: Vec<(String, String, String)> = acts
            .skip(1)
            .map(|row| (row.act, row.object_id, row.detail))
            .collect();
        let row = |act: &str, object: String| (act.to_owned(), object, String::new());
        assert_eq!(
            acts,
            [
                row("withdrawal-requested", document.to_string()),
                row("withdrawal-declined", document.to_string()),
                row("gap-removed", String::new()),
            ]
        );
        // One takes the place of the one that was seen, and of no other; of two at once, one is recorded.
        let second = WithdrawalRequest {
            at: at(3),
            ..request.clone()
        };
        let (one, other) = tokio::join!(
            store.request_withdrawal(&request, None),
            store.request_withdrawal(&second, None)
        );
        assert_eq!(
            [one.unwrap(), other.unwrap()]
                .iter()
                .filter(|is| **is)
                .count(),
            1
        );
        let held = store.withdrawal_request(document).await.unwrap().unwrap();
        let later = WithdrawalRequest {
            at: at(4),
            ..request.clone()
        };
        for (seen, expected) in [(at(2), false), (held.at, true), (held.at, false)] {
            let again = store.request_withdrawal(&later, Some(seen)).await;
            assert_eq!(again.unwrap(), expected);
        }
        let kept = store.keep_requested(document, at(4), &by, at(5)).await;
        assert!(kept.unwrap());
        // A request of an account that does not exist is not stored, and not recorded either.
        let stranger = WithdrawalRequest {
            account: account(9),
            ..request
        };
        assert!(store.request_withdrawal(&stranger, None).await.is_err());
        assert_eq!(store.withdrawal_requests(9).await.unwrap(), []);
        assert_eq!(check_chain(&store).await.seq, 7);
        store.close().await;
    });
}

/// Makes each commit of a row of the audit fail, and of nothing else.
const REFUSE_SQLITE: &str = "CREATE TABLE refusing (id TEXT REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER refuse AFTER INSERT ON audit BEGIN INSERT INTO refusing VALUES ('no account'); END";
const REFUSE_POSTGRES: &str =
    "CREATE TABLE refusing (id TEXT REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO refusing VALUES ('no account'); RETURN NEW; END$$;
    CREATE TRIGGER refuse AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse()";

#[test]
fn the_log_names_a_row_once_it_is_committed_and_not_before() {
    let committed = Mutex::new(Vec::new());
    let lines = logged(|| {
        on_each_engine(async |database| {
            let store = database.open().await;
            let act = |why: &str| {
                let entry = Entry::new(&By::Node, Act::SignInFailed, Object::Nothing, at(0));
                entry.with_why(why)
            };
            let (refuse, allow) = match database.engine {
                Engine::Sqlite => (REFUSE_SQLITE, "DROP TRIGGER refuse"),
                Engine::Postgres => (REFUSE_POSTGRES, "DROP TRIGGER refuse ON audit"),
            };
            execute(&database, refuse).await;
            assert!(store.record_act(&act("one")).await.is_err());
            assert_eq!(check_chain(&store).await, Head::EMPTY);
            execute(&database, allow).await;
            let head = store.record_act(&act("another")).await.unwrap();
            committed.lock().unwrap().push(head.hash.to_string());
        });
    });
    let committed = committed.into_inner().unwrap();
    let logged = lines
        .iter()
        .filter(|line| line.contains(r#""message":"audit""#));
    let logged: Vec<_> = logged.collect();
    assert_eq!(logged.len(), committed.len(), "{logged:#?}");
    for (line, hash) in logged.iter().zip(&committed) {
        assert!(line.contains(hash), "{line}");
    }
}
