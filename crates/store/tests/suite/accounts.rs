//! Accounts, their sessions, one-time links and access tokens.

use audit::By;
use store::{
    LinkPurpose, MAX_ACCESS_TOKENS, NewAccount, NewSession, ProviderIdentity, SavedSession, Store,
    StoreError,
};
use wire::{AccountId, Digest, Role, Timestamp};

use crate::support::{at, on_each_engine};

fn id(number: u8) -> AccountId {
    AccountId::generate(at(0), [number; 10])
}

fn new(number: u8, role: Role) -> NewAccount {
    NewAccount {
        id: id(number),
        email: format!("person{number}@northmoor.example"),
        name: format!("Person {number}"),
        role,
    }
}

async fn add(store: &Store, number: u8, role: Role) -> AccountId {
    store
        .add_account(&new(number, role), &By::Node, at(0))
        .await
        .unwrap();
    id(number)
}

async fn sign_in(store: &Store, secret: &[u8], account: Option<AccountId>) {
    let session = NewSession {
        id: secret,
        account,
        data: "{}",
        expires_at: at(1_000),
    };
    assert!(store.create_session(&session, at(0)).await.unwrap());
    // An id is given once.
    assert!(!store.create_session(&session, at(0)).await.unwrap());
}

async fn is_valid(store: &Store, secret: &[u8], now: Timestamp) -> bool {
    let found = store.session(secret, now, at(-100)).await.unwrap();
    found.is_some()
}

#[test]
fn an_account_is_found_by_its_id_its_address_and_its_identities() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        assert!(!store.has_accounts().await.unwrap());
        let one = add(&store, 1, Role::Editor).await;
        assert!(store.has_accounts().await.unwrap());
        let found = store.account(one).await.unwrap().unwrap();
        assert_eq!(
            (found.name.as_str(), found.role),
            ("Person 1", Role::Editor)
        );
        assert!(!found.has_password && found.disabled_at.is_none());
        let by_email = store.account_by_email("person1@northmoor.example").await;
        assert_eq!(by_email.unwrap(), Some(found.clone()));
        let again = NewAccount {
            id: id(9),
            ..new(1, Role::Reader)
        };
        assert!(matches!(
            store.add_account(&again, &By::Node, at(1)).await,
            Err(StoreError::Duplicate(_))
        ));
        let identity = ProviderIdentity {
            issuer: "https://id.example".to_owned(),
            subject: "s".to_owned(),
        };
        let other = new(2, Role::Reader);
        store
            .add_account_of_identity(&other, &identity, at(1))
            .await
            .unwrap();
        let by_identity = store.account_by_identity(&identity).await.unwrap();
        assert_eq!(by_identity.map(|account| account.id), Some(id(2)));
        // A person of a provider keeps the account.
        assert!(!store.link_identity(&identity, one, at(2)).await.unwrap());
        let by_identity = store.account_by_identity(&identity).await.unwrap();
        assert_eq!(by_identity.map(|account| account.id), Some(id(2)));
        // And an account stays that of its person, whoever has the address now.
        let of_two = |issuer: &str, subject: &str| ProviderIdentity {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        };
        let later = of_two("https://id.example", "t");
        assert!(!store.link_identity(&later, id(2), at(2)).await.unwrap());
        assert_eq!(store.account_by_identity(&later).await.unwrap(), None);
        let elsewhere = of_two("https://other.example", "t");
        assert!(store.link_identity(&elsewhere, id(2), at(2)).await.unwrap());
        sign_in(&store, b"linked", Some(id(2))).await;
        let unlink = || store.unlink_identities(id(2), &By::Node, at(3));
        assert!(unlink().await.unwrap());
        assert!(!unlink().await.unwrap());
        assert!(!is_valid(&store, b"linked", at(0)).await);
        assert!(store.link_identity(&later, id(2), at(3)).await.unwrap());
        let identity = later;
        for (words, expected) in [
            ("", 2),
            ("PERSON 2", 1),
            ("northmoor", 2),
            ("%", 0),
            ("a\0b", 0),
            ("zq", 0),
        ] {
            let (listed, count) = store.accounts(words, 0).await.unwrap();
            assert_eq!(
                (listed.len(), count),
                (expected, expected as u64),
                "{words}"
            );
        }
        assert_eq!(store.accounts("", 1).await.unwrap().0.len(), 1);
        assert_eq!(store.accounts("person", 1).await.unwrap().0.len(), 1);
        // Nothing is left to find someone by who has left.
        assert!(!store.erase_account(id(2), &By::Node, at(3)).await.unwrap());
        store
            .disable_account(id(2), &By::Node, at(3))
            .await
            .unwrap();
        assert!(store.erase_account(id(2), &By::Node, at(4)).await.unwrap());
        assert!(!store.erase_account(id(2), &By::Node, at(4)).await.unwrap());
        assert!(!store.enable_account(id(2), &By::Node, at(5)).await.unwrap());
        let erased = store.account(id(2)).await.unwrap().unwrap();
        assert!(erased.is_erased() && !erased.name.contains("Person"));
        assert_eq!(store.account_by_identity(&identity).await.unwrap(), None);
        assert_eq!(store.account_by_email(&other.email).await.unwrap(), None);
        assert_eq!(store.accounts("", 0).await.unwrap().1, 1);
        store.close().await;
    });
}

#[test]
fn people_are_found_by_each_letter_of_their_names_and_addresses() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        for (number, name, email) in [
            (1, "Élodie Ó Briain", "john_smith@northmoor.example"),
            (2, "ŁUKASZ 50% \\ O'Hara", "johnxsmith@northmoor.example"),
        ] {
            let account = NewAccount {
                name: name.to_owned(),
                email: email.to_owned(),
                ..new(number, Role::Reader)
            };
            store.add_account(&account, &By::Node, at(0)).await.unwrap();
        }
        for (words, expected) in [
            ("john_smith", vec![1]),
            ("JOHN", vec![1, 2]),
            ("ÉLODIE", vec![1]),
            ("élodie ó", vec![1]),
            ("łukasz", vec![2]),
            ("50%", vec![2]),
            ("%", vec![2]),
            ("\\", vec![2]),
            ("o'h", vec![2]),
            ("n_r", vec![]),
        ] {
            let (found, count) = store.accounts(words, 0).await.unwrap();
            let mut found: Vec<_> = found.iter().map(|account| account.id).collect();
            found.sort_unstable();
            let expected: Vec<_> = expected.into_iter().map(id).collect();
            assert_eq!(
                (count, &found),
                (expected.len() as u64, &expected),
                "{words}"
            );
        }
        store.close().await;
    });
}

#[test]
fn a_session_ends_by_time_by_hand_and_with_the_rights_of_its_account() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Editor).await;
        add(&store, 2, Role::Administrator).await;
        sign_in(&store, b"a", Some(one)).await;
        // The database has only the digest.
        let found = store.session(b"a", at(0), at(-100)).await.unwrap().unwrap();
        assert_eq!(found.id, Digest::for_bytes(b"a"));
        // Idle and absolute limits.
        assert!(store.session(b"a", at(0), at(0)).await.unwrap().is_none());
        store.touch_session(&found.id, at(500)).await.unwrap();
        assert!(
            store
                .session(b"a", at(500), at(499))
                .await
                .unwrap()
                .is_some()
        );
        assert!(!is_valid(&store, b"a", at(1_000)).await);
        // The clock was set back: a session that began in what is the future now has no limit, and one that was used then is
        // used now.
        assert!(is_valid(&store, b"a", at(-300)).await);
        assert!(!is_valid(&store, b"a", at(-301)).await);
        store.touch_session(&found.id, at(100)).await.unwrap();
        let held = store.session(b"a", at(100), at(99)).await.unwrap();
        assert_eq!(held.map(|session| session.seen_at), Some(at(100)));
        // Whatever takes rights ends the sessions.
        assert!(
            store
                .set_role(one, Role::Reader, &By::Node, at(0))
                .await
                .unwrap()
        );
        assert!(!is_valid(&store, b"a", at(0)).await);
        sign_in(&store, b"b", Some(one)).await;
        assert!(
            !store
                .set_role(one, Role::Reader, &By::Node, at(0))
                .await
                .unwrap()
        );
        assert!(is_valid(&store, b"b", at(0)).await, "nothing has changed");
        store
            .set_password(one, "hash", &By::Node, at(0))
            .await
            .unwrap();
        assert!(!is_valid(&store, b"b", at(0)).await);
        sign_in(&store, b"c", Some(one)).await;
        assert!(store.disable_account(one, &By::Node, at(1)).await.unwrap());
        assert!(!is_valid(&store, b"c", at(0)).await);
        // A request that was under way cannot bring it back.
        let old = SavedSession {
            id: b"c",
            account: Some(one),
            data: "{}",
        };
        store.save_session(&old).await.unwrap();
        assert!(!is_valid(&store, b"c", at(0)).await);
        // Nor does one that was begun at the same moment count.
        sign_in(&store, b"d", Some(one)).await;
        assert!(!is_valid(&store, b"d", at(0)).await);
        assert!(!store.record_sign_in(one, at(2)).await.unwrap());
        store.enable_account(one, &By::Node, at(0)).await.unwrap();
        assert!(store.record_sign_in(one, at(2)).await.unwrap());
        store.close().await;
    });
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_only() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Editor).await;
        let two = add(&store, 2, Role::Editor).await;
        for secret in [b"a", b"b", b"c"] {
            sign_in(&store, secret, Some(one)).await;
        }
        sign_in(&store, b"z", Some(two)).await;
        sign_in(&store, b"n", None).await;
        let digest = Digest::for_bytes;
        let of_one = store.sessions_of(one, at(0), at(-100)).await.unwrap();
        assert_eq!(of_one.len(), 3);
        assert!(
            !store
                .end_session(two, &digest(b"a"), &By::Node, at(0))
                .await
                .unwrap()
        );
        assert!(
            store
                .end_session(one, &digest(b"a"), &By::Node, at(0))
                .await
                .unwrap()
        );
        assert_eq!(
            store
                .end_sessions(one, Some(&digest(b"b")), &By::Node, at(0))
                .await
                .unwrap(),
            1
        );
        assert!(is_valid(&store, b"b", at(0)).await && is_valid(&store, b"z", at(0)).await);
        assert_eq!(
            store
                .delete_expired_sessions(at(999), at(-1))
                .await
                .unwrap(),
            0
        );
        store.delete_session(b"n").await.unwrap();
        assert_eq!(
            store
                .delete_expired_sessions(at(1_000), at(-1))
                .await
                .unwrap(),
            2
        );
        sign_in(&store, b"y", Some(two)).await;
        assert_eq!(store.end_all_sessions(&By::Node, at(0)).await.unwrap(), 1);
        store.close().await;
    });
}

#[test]
fn there_is_always_an_administrator_who_can_sign_in() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Administrator).await;
        add(&store, 2, Role::Editor).await;
        let last =
            |done: Result<bool, StoreError>| matches!(done, Err(StoreError::LastAdministrator));
        assert!(last(
            store.set_role(one, Role::Editor, &By::Node, at(0)).await
        ));
        assert!(last(store.disable_account(one, &By::Node, at(1)).await));
        store
            .set_role(id(2), Role::Administrator, &By::Node, at(0))
            .await
            .unwrap();
        // Both at once: one of them stays.
        let (first, second) = tokio::join!(
            store.disable_account(one, &By::Node, at(1)),
            store.set_role(id(2), Role::Reader, &By::Node, at(0))
        );
        assert!(last(first) != last(second));
        store.close().await;
    });
}

#[test]
fn a_link_works_once_and_in_time_and_for_its_account() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        // The first account, by two people at once.
        assert!(store.add_first_link(b"old", at(0), at(100)).await.unwrap());
        assert!(
            store
                .add_first_link(b"first", at(0), at(100))
                .await
                .unwrap()
        );
        assert!(store.link(b"old").await.unwrap().is_none());
        let first = new(1, Role::Administrator);
        let second = new(2, Role::Administrator);
        assert!(
            !store
                .use_first_link(b"first", &first, "h", at(100))
                .await
                .unwrap()
        );
        let (one, two) = tokio::join!(
            store.use_first_link(b"first", &first, "h", at(1)),
            store.use_first_link(b"first", &second, "h", at(1))
        );
        assert!(one.unwrap() != two.unwrap());
        assert!(!store.add_first_link(b"late", at(2), at(100)).await.unwrap());
        assert!(store.link(b"first").await.unwrap().is_none());

        let three = add(&store, 3, Role::Reader).await;
        let link = |secret: &'static [u8], purpose| {
            let store = &store;
            async move {
                store
                    .add_link(secret, purpose, three, &By::Node, at(0), at(100))
                    .await
                    .unwrap();
            }
        };
        link(b"a", LinkPurpose::Invitation).await;
        link(b"b", LinkPurpose::Reset).await;
        assert!(
            store.link(b"a").await.unwrap().is_none(),
            "a later link replaces it"
        );
        assert_eq!(
            store.use_link(b"b", "hash", at(100)).await.unwrap(),
            None,
            "expired"
        );
        sign_in(&store, b"s", Some(three)).await;
        let (one, two) = tokio::join!(
            store.use_link(b"b", "hash 1", at(1)),
            store.use_link(b"b", "hash 2", at(1))
        );
        let used: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
        assert_eq!(used, [three]);
        assert!(
            !is_valid(&store, b"s", at(0)).await,
            "a new password ends sessions"
        );
        assert!(store.link(b"b").await.unwrap().unwrap().used_at.is_some());
        let credentials = store
            .credentials("person3@northmoor.example")
            .await
            .unwrap()
            .unwrap();
        assert!(credentials.password.unwrap().starts_with("hash"));
        assert!(credentials.account.has_password);
        link(b"c", LinkPurpose::Reset).await;
        store
            .disable_account(three, &By::Node, at(2))
            .await
            .unwrap();
        assert_eq!(store.use_link(b"c", "hash", at(3)).await.unwrap(), None);
        assert_eq!(store.delete_old_links(at(100)).await.unwrap(), 1);
        store.close().await;
    });
}

#[test]
fn links_that_anyone_asks_for_leave_those_of_an_administrator_as_they_are() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Reader).await;
        let link = async |secret: &[u8], by: &By| {
            let purpose = LinkPurpose::Invitation;
            let added = store.add_link(secret, purpose, one, by, at(0), at(100));
            added.await.unwrap()
        };
        assert!(link(b"given", &By::Node).await);
        for number in 0..4_u8 {
            assert!(link(&[number], &By::Unknown).await);
        }
        assert!(!link(b"one more", &By::Unknown).await);
        // One whose mail was not taken.
        store.delete_link(&[0]).await.unwrap();
        assert!(link(b"one more", &By::Unknown).await);
        assert!(store.link(b"given").await.unwrap().is_some());
        // The first that is used ends the others.
        let used = store.use_link(b"given", "hash", at(1)).await.unwrap();
        assert_eq!(used, Some(one));
        assert!(store.link(b"one more").await.unwrap().is_none());
        store.close().await;
    });
}

#[test]
fn access_tokens_end_with_what_ends_access() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Editor).await;
        add(&store, 2, Role::Administrator).await;
        let by = &By::Node;
        for (number, what) in ["role", "password", "link", "end", "end all"]
            .into_iter()
            .enumerate()
        {
            let added = store.add_access_token(what.as_bytes(), one, what, at(0), at(100));
            assert!(added.await.unwrap());
            // A role that writes keeps them, and so does who ends the other sessions of their own.
            let role = if number % 2 == 0 {
                Role::Contributor
            } else {
                Role::Editor
            };
            store.set_role(one, role, by, at(1)).await.unwrap();
            let own = Digest::for_bytes(b"own");
            store
                .end_sessions(one, Some(&own), by, at(1))
                .await
                .unwrap();
            assert_eq!(store.access_tokens(one).await.unwrap().len(), 1, "{what}");
            match what {
                "role" => {
                    assert!(store.set_role(one, Role::Reader, by, at(1)).await.unwrap());
                }
                "password" => store.set_password(one, "hash", by, at(1)).await.unwrap(),
                "link" => {
                    let purpose = LinkPurpose::Reset;
                    let added = store.add_link(b"l", purpose, one, by, at(1), at(100));
                    assert!(added.await.unwrap());
                    let used = store.use_link(b"l", "hash", at(2)).await.unwrap();
                    assert_eq!(used, Some(one));
                }
                "end" => {
                    store.end_sessions(one, None, by, at(1)).await.unwrap();
                }
                _ => {
                    store.end_all_sessions(by, at(1)).await.unwrap();
                }
            }
            assert_eq!(store.access_tokens(one).await.unwrap(), [], "{what}");
        }
        store.close().await;
    });
}

#[test]
fn an_access_token_is_its_owners_until_it_is_revoked_or_expires() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let one = add(&store, 1, Role::Contributor).await;
        let two = add(&store, 2, Role::Administrator).await;
        let add = |token: Vec<u8>, account| {
            let store = &store;
            async move {
                let added = store
                    .add_access_token(&token, account, "a tool", at(0), at(100))
                    .await;
                added.unwrap()
            }
        };
        for number in 0..MAX_ACCESS_TOKENS {
            assert!(add(number.to_be_bytes().to_vec(), one).await);
        }
        assert!(!add(b"one more".to_vec(), one).await);
        assert!(add(b"t".to_vec(), two).await);
        let owner = |token: &'static [u8], now| {
            let store = &store;
            async move {
                let found = store.account_of_token(token, at(now)).await.unwrap();
                found.map(|account| account.id)
            }
        };
        assert_eq!(owner(b"t", 99).await, Some(two));
        assert_eq!(owner(b"t", 100).await, None);
        assert_eq!(owner(b"x", 1).await, None);
        store.touch_access_token(b"t", at(5), at(1)).await.unwrap();
        store.touch_access_token(b"t", at(6), at(1)).await.unwrap();
        let listed = store.access_tokens(two).await.unwrap();
        assert_eq!(listed[0].used_at, Some(at(5)));
        assert!(
            !store
                .delete_access_token(one, &listed[0].digest, at(0))
                .await
                .unwrap()
        );
        assert!(
            store
                .delete_access_token(two, &listed[0].digest, at(0))
                .await
                .unwrap()
        );
        assert_eq!(owner(b"t", 1).await, None);
        store.disable_account(one, &By::Node, at(1)).await.unwrap();
        assert!(store.access_tokens(one).await.unwrap().is_empty());
        assert!(!add(b"after".to_vec(), one).await);
        store.close().await;
    });
}
