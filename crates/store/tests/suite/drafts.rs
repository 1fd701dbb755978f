//! Drafts: each change names the version it was made from, and no word of an earlier one stays behind.

use audit::By;
use std::fs;

use store::{
    Approval, Attached, AuditFilter, DocumentState, DraftChange, DraftState, FileChanges,
    GivenBack, KeptText, NamedFile, NewAttachment, NewDraft, NewRevision, Occasion, Store,
    StoreError, Succession, WrittenDraft,
};
use wire::{AccountId, DocumentId};

use crate::{
    attachments::file,
    support::{Engine, TestDatabase, at, on_each_engine},
    world::{id, local_revision, own_node, revision},
};
use ledger::leaf::Why;

fn ann() -> AccountId {
    AccountId::generate(at(0), [1; 10])
}

fn eve() -> AccountId {
    AccountId::generate(at(0), [2; 10])
}

fn change(version: u64) -> DraftChange {
    DraftChange {
        id: id(70),
        version,
        by: ann(),
        now: at(10),
    }
}

async fn begin(store: &Store, content: &str) {
    let new = NewDraft {
        id: id(70),
        document: id(1),
        base: None,
        kind: "page".to_owned(),
        author: ann(),
        content: content.as_bytes().to_vec(),
    };
    store.create_draft(&new, at(1)).await.unwrap();
}

async fn held(store: &Store) -> (WrittenDraft, Option<String>) {
    let words = store.draft_words(id(70)).await.unwrap().unwrap();
    let content = words.content.map(|bytes| String::from_utf8(bytes).unwrap());
    (words.draft, content.map(|text| text.trim_end().to_owned()))
}

fn approved(version: u64) -> NewRevision {
    NewRevision {
        occasion: Occasion::Approval(Approval {
            draft: id(70),
            version,
            by: eve(),
            reason: Some("the postcode is that of a site".to_owned()),
        }),
        ..revision(1, 1)
    }
}

#[test]
fn a_change_of_another_version_is_refused_and_changes_nothing() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        begin(&store, "one").await;
        assert_eq!(
            store.save_draft(change(1), "page", b"two").await.unwrap(),
            2
        );
        for version in [1, 3] {
            let error = store.save_draft(change(version), "page", b"three").await;
            assert!(
                matches!(error, Err(StoreError::Stale { held: 2, .. })),
                "{error:?}"
            );
            let error = store.submit_draft(change(version), &[], "").await;
            assert!(matches!(error, Err(StoreError::Stale { .. })), "{error:?}");
        }
        let (draft, content) = held(&store).await;
        assert_eq!((draft.version, content.as_deref()), (2, Some("two")));
        assert_eq!(store.count_open_drafts(ann()).await.unwrap(), 1);
        assert_eq!(store.count_open_drafts(eve()).await.unwrap(), 0);
        store.close().await;
    });
}

#[test]
fn a_draft_goes_to_review_and_back_with_what_was_said() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        begin(&store, "one").await;
        assert_eq!(store.waiting_drafts(9).await.unwrap(), []);
        store.submit_draft(change(1), &[], "").await.unwrap();
        let waiting = store.waiting_drafts(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].0.submitted_by, Some(ann()));
        let reviewer = DraftChange {
            by: eve(),
            ..change(2)
        };
        store
            .return_draft(reviewer, b"shorter", GivenBack::Returned, "")
            .await
            .unwrap();
        store.save_draft(change(3), "page", b"two").await.unwrap();
        let words = store.draft_words(id(70)).await.unwrap().unwrap();
        let text = |bytes: &Option<Vec<u8>>| {
            let bytes = bytes.clone().unwrap();
            String::from_utf8(bytes).unwrap().trim_end().to_owned()
        };
        assert_eq!(words.draft.state, DraftState::Returned);
        assert_eq!(words.draft.returned_by, Some(eve()));
        assert_eq!(text(&words.content), "two");
        assert_eq!(text(&words.reviewed), "one");
        assert_eq!(text(&words.notes), "shorter");
        store.submit_draft(change(4), &[], "").await.unwrap();
        assert_eq!(store.take_draft_back(change(5)).await.unwrap(), 6);
        assert_eq!(held(&store).await.0.state, DraftState::Writing);
        store.close().await;
    });
}

#[test]
fn what_is_attached_to_a_draft_stays_as_its_reviewer_reads_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        own_node(&store).await;
        begin(&store, "one").await;
        let (read, late) = (file("read"), file("late"));
        let attach = |file| store.attach(id(70), file, 9, ann(), at(2));
        assert_eq!(attach(&read).await.unwrap(), Attached::Added);
        let before = store.draft_attachments(id(70)).await.unwrap();
        // It was attached after the check, and does not raise the version.
        let unseen = store.submit_draft(change(1), &[], "").await;
        assert!(
            matches!(unseen, Err(StoreError::Stale { .. })),
            "{unseen:?}"
        );
        assert_eq!(held(&store).await.0.state, DraftState::Writing);
        store.submit_draft(change(1), &before, "").await.unwrap();
        // Requests that began before it was submitted end now.
        assert_eq!(attach(&late).await.unwrap(), Attached::Submitted);
        let other = named(&read, "other");
        let described = store.describe_attachment(id(70), &other, ann());
        assert!(!described.await.unwrap());
        assert!(!store.detach(id(70), &read.digest, ann()).await.unwrap());
        assert_eq!(store.draft_attachments(id(70)).await.unwrap(), before);

        store.take_draft_back(change(2)).await.unwrap();
        assert_eq!(attach(&late).await.unwrap(), Attached::Added);
        assert!(store.detach(id(70), &read.digest, ann()).await.unwrap());
        store.close().await;
    });
}

fn named(file: &NewAttachment, alt: &str) -> NamedFile {
    NamedFile {
        digest: file.digest,
        name: file.name.clone(),
        alt: alt.to_owned(),
    }
}

#[test]
fn who_changes_the_files_of_a_draft_is_one_of_its_writers() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        own_node(&store).await;
        let (first, second) = (file("first"), file("second"));
        for number in 0..3 {
            let draft = id(70 + number);
            let new = NewDraft {
                id: draft,
                document: id(1 + number),
                base: None,
                kind: "page".to_owned(),
                author: ann(),
                content: b"one".to_vec(),
            };
            store.create_draft(&new, at(1)).await.unwrap();
            // What its author attaches leaves the version as it is.
            let attached = store.attach(draft, &first, 9, ann(), at(2)).await;
            assert_eq!(attached.unwrap(), Attached::Added);
            let held = async || store.draft_words(draft).await.unwrap().unwrap().draft;
            assert_eq!(held().await.version, 1);
            assert!(!held().await.is_written_by(eve()));
            match number {
                0 => {
                    let attached = store.attach(draft, &second, 9, eve(), at(3)).await;
                    assert_eq!(attached.unwrap(), Attached::Added);
                }
                1 => {
                    let other = named(&first, "other");
                    let described = store.describe_attachment(draft, &other, eve()).await;
                    assert!(described.unwrap());
                }
                _ => {
                    let removed = store.detach(draft, &first.digest, eve()).await;
                    assert!(removed.unwrap());
                }
            }
            assert!(held().await.is_written_by(eve()), "{number}");
            // The author has not seen it: what they submit is another version.
            let submit = DraftChange {
                id: draft,
                ..change(1)
            };
            let error = store.submit_draft(submit, &[], "").await;
            assert!(matches!(error, Err(StoreError::Stale { held: 2, .. })));
        }
        store.close().await;
    });
}

#[test]
fn a_draft_gets_the_files_that_were_published_since_with_its_new_base() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        own_node(&store).await;
        begin(&store, "one").await;
        let (own, gone, new) = (file("own"), file("gone"), file("new"));
        for file in [&own, &gone] {
            store.attach(id(70), file, 9, ann(), at(2)).await.unwrap();
        }
        store
            .keep_attachment(&new, &new.digest, at(2))
            .await
            .unwrap();
        let files = FileChanges {
            added: vec![named(&new, "a report")],
            described: vec![named(&own, "ours")],
            removed: vec![gone.digest],
        };
        // Of another version nothing is changed.
        let stale = store.rebase_draft(change(2), 5, &files).await;
        assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
        let by_eve = DraftChange {
            by: eve(),
            ..change(1)
        };
        assert_eq!(store.rebase_draft(by_eve, 5, &files).await.unwrap(), 2);
        let held = store.draft_attachments(id(70)).await.unwrap();
        let held: Vec<(&str, &str)> = held
            .iter()
            .map(|held| (held.name.as_str(), held.alt.as_str()))
            .collect();
        assert_eq!(held, [("own.pdf", "ours"), ("new.pdf", "a report")]);
        let draft = store.draft_words(id(70)).await.unwrap().unwrap().draft;
        assert_eq!((draft.base, draft.changed_by), (Some(5), eve()));
        let filter = AuditFilter {
            act: "draft-rebased".to_owned(),
            ..AuditFilter::default()
        };
        assert_eq!(store.audit_after(0, &filter, 9).await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn a_revision_and_the_record_of_its_approval_are_written_together_or_not_at_all() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        begin(&store, "one").await;
        // Not submitted, and then another version than the one that was approved.
        let error = store.publish(vec![approved(1)], &signer, at(2)).await;
        assert!(
            matches!(error, Err(StoreError::DraftChanged(_))),
            "{error:?}"
        );
        store.submit_draft(change(1), &[], "").await.unwrap();
        let error = store.publish(vec![approved(1)], &signer, at(2)).await;
        assert!(
            matches!(error, Err(StoreError::DraftChanged(_))),
            "{error:?}"
        );
        assert_eq!(store.log_head(store::OWN, 1).await.unwrap().size, 0);
        assert_eq!(store.published_drafts_of(id(1), 9).await.unwrap(), []);
        assert!(!store.has_authored(id(1), ann()).await.unwrap());

        store
            .publish(vec![approved(2)], &signer, at(3))
            .await
            .unwrap();
        let (draft, content) = held(&store).await;
        assert_eq!((draft.state, content), (DraftState::Published, None));
        assert_eq!(draft.published_rev, Some(1));
        assert_eq!(draft.approved_by, Some(eve()));
        assert!(draft.reason.is_some());
        assert!(store.has_authored(id(1), ann()).await.unwrap());
        assert!(!store.has_authored(id(1), eve()).await.unwrap());
        let published = store.published_drafts_of(id(1), 9).await.unwrap();
        assert_eq!(published.len(), 1);
        // What is published can neither be changed nor deleted.
        let error = store.delete_written_draft(change(3)).await;
        assert!(matches!(error, Err(StoreError::Stale { .. })), "{error:?}");
        store.close().await;
    });
}

/// Returns whether the files of an SQLite database hold a word.
fn holds(database: &TestDatabase, word: &str) -> bool {
    let files = fs::read_dir(database.directory.path()).unwrap();
    files.into_iter().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    })
}

/// Writes several drafts that grow, so that rows are overwritten, outgrown and erased in turn.
async fn write_much(store: &Store, word: &str) {
    for number in 0..20 {
        let new = NewDraft {
            id: id(100 + number),
            document: id(1),
            base: None,
            kind: "page".to_owned(),
            // One person has one draft of a document.
            author: AccountId::generate(at(0), [100 + u8::try_from(number).unwrap(); 10]),
            content: word.as_bytes().to_vec(),
        };
        store.create_draft(&new, at(1)).await.unwrap();
    }
    for version in 1..8 {
        for number in 0..20 {
            let text = format!("{word} ").repeat(1 << (2 * (version % 6)));
            let change = DraftChange {
                id: id(100 + number),
                ..change(version)
            };
            store
                .save_draft(change, "page", text.as_bytes())
                .await
                .unwrap();
        }
    }
}

#[test]
fn the_words_of_drafts_leave_the_files_with_the_draft_and_with_the_document() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        write_much(&store, "zqdraftword").await;
        for number in 0..10 {
            let change = DraftChange {
                id: id(100 + number),
                ..change(8)
            };
            store.delete_written_draft(change).await.unwrap();
        }
        let left: Vec<DocumentId> = store
            .open_drafts_of(id(1), 99)
            .await
            .unwrap()
            .into_iter()
            .map(|draft| draft.id)
            .collect();
        assert_eq!(left.len(), 10);
        store
            .withdraw(id(1), Why::Privacy, &signer, &By::Node, at(3))
            .await
            .unwrap();
        assert_eq!(store.open_drafts_of(id(1), 99).await.unwrap(), []);
        store.erase().await.unwrap();
        if database.engine == Engine::Sqlite {
            assert!(!holds(&database, "zqdraftword"));
        }
        store.compact().await.unwrap();
        store.close().await;
    });
}

#[test]
fn a_text_is_kept_as_a_draft_with_the_withdrawal_or_not_at_all() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .publish(vec![revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        let draft = NewDraft {
            id: id(71),
            document: id(2),
            base: None,
            kind: "page".to_owned(),
            author: ann(),
            content: b"kept".to_vec(),
        };
        let mut kept = KeptText { rev: 2, draft };
        let withdrawal = (id(1), Why::Error);
        let withdraw = async |kept: &KeptText| {
            let withdrawn = store.withdraw_keeping(withdrawal, kept, &signer, &By::Node, at(2));
            withdrawn.await
        };
        let words = async || store.draft_words(id(71)).await.unwrap();
        // The text is of another revision than the one that is held: nothing happens.
        let stale = withdraw(&kept).await;
        assert!(matches!(stale, Err(StoreError::Stale { held: 1, .. })));
        assert_eq!(words().await.map(|words| words.content), None);
        assert_eq!(store.own_texts_of(&[id(1)]).await.unwrap().len(), 1);
        // A draft that cannot be written: the document stays, too.
        kept.rev = 1;
        kept.draft.id = id(73);
        store.create_draft(&kept.draft, at(1)).await.unwrap();
        assert!(withdraw(&kept).await.is_err());
        assert_eq!(store.own_texts_of(&[id(1)]).await.unwrap().len(), 1);
        kept.draft.id = id(71);
        let withdrawn = withdraw(&kept).await.unwrap().unwrap();
        assert!(!withdrawn.again);
        assert!(words().await.unwrap().content.unwrap().starts_with(b"kept"));
        // A second time nothing is kept.
        kept.draft.id = id(72);
        assert!(withdraw(&kept).await.unwrap().unwrap().again);
        assert!(store.draft_words(id(72)).await.unwrap().is_none());
        store.close().await;
    });
}

#[test]
fn a_document_is_withdrawn_with_the_revision_that_replaces_it_or_not_at_all() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let published = vec![revision(1, 1), revision(2, 1)];
        store.publish(published, &signer, at(1)).await.unwrap();
        let local = vec![local_revision(3, 1)];
        store.keep_local(local, &signer, at(1)).await.unwrap();
        let replacing = |number: u32, kept: Option<KeptText>| {
            Occasion::Succession(Succession {
                replaced: id(number),
                why: Why::Superseded,
                kept,
            })
        };
        let replace = async |rev: u64, kept: Option<KeptText>| {
            let new = NewRevision {
                occasion: replacing(1, kept),
                ..revision(2, rev)
            };
            store.publish(vec![new], &signer, at(2)).await
        };
        let held = async |number: u32| {
            let held = store.held(&[id(number)]).await.unwrap();
            let held = held.get(&id(number)).unwrap();
            (held.state, held.rev)
        };
        let draft = NewDraft {
            id: id(71),
            document: id(9),
            base: None,
            kind: "page".to_owned(),
            author: ann(),
            content: b"kept".to_vec(),
        };
        let mut kept = KeptText { rev: 2, draft };
        // The text that is kept is of another revision, or what replaces it is not the next one: neither is written.
        for (rev, kept) in [(2, Some(kept.clone())), (3, None)] {
            let stale = replace(rev, kept).await;
            assert!(
                matches!(stale, Err(StoreError::Stale { held: 1, .. })),
                "{stale:?}"
            );
            assert_eq!(held(1).await, (DocumentState::Live, 1));
            assert_eq!(held(2).await, (DocumentState::Live, 1));
        }
        kept.rev = 1;
        let published = replace(2, Some(kept)).await.unwrap();
        assert_eq!(held(1).await, (DocumentState::Withdrawn, 2));
        assert_eq!(held(2).await, (DocumentState::Live, 2));
        assert!(store.draft_words(id(71)).await.unwrap().is_some());
        assert_eq!(published[0].leaf_index, Some(3), "behind the withdrawal");
        let filter = AuditFilter {
            act: "withdrawn".to_owned(),
            ..AuditFilter::default()
        };
        assert_eq!(store.audit_after(0, &filter, 9).await.unwrap().len(), 1);
        // It is not there any more, so nothing replaces it again.
        let gone = replace(3, None).await;
        assert!(matches!(gone, Err(StoreError::Withdrawn(_))), "{gone:?}");
        assert_eq!(held(2).await, (DocumentState::Live, 2));
        // One that is in no log can replace one that is.
        let local = NewRevision {
            occasion: replacing(2, None),
            ..local_revision(3, 2)
        };
        store.keep_local(vec![local], &signer, at(3)).await.unwrap();
        assert_eq!(held(2).await, (DocumentState::Withdrawn, 3));
        assert_eq!(held(3).await, (DocumentState::Local, 2));
        store.close().await;
    });
}

#[test]
fn a_person_has_one_open_draft_of_a_document_however_often_they_begin() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let published = vec![revision(1, 1), revision(2, 1)];
        store.publish(published, &signer, at(1)).await.unwrap();
        let new = |number: u32, document: u32, author| NewDraft {
            id: id(number),
            document: id(document),
            base: Some(1),
            kind: "page".to_owned(),
            author,
            content: b"words".to_vec(),
        };
        // The two clicks of one person, at the same time.
        let (first, second) = (new(70, 1, ann()), new(71, 1, ann()));
        let begun = tokio::join!(
            store.create_draft(&first, at(1)),
            store.create_draft(&second, at(1))
        );
        assert_eq!(begun.0.unwrap(), begun.1.unwrap());
        assert_eq!(store.count_open_drafts(ann()).await.unwrap(), 1);
        // Another document, and another person.
        for (number, document, author) in [(72, 2, ann()), (73, 1, eve())] {
            let new = new(number, document, author);
            let begun = store.create_draft(&new, at(2)).await;
            assert_eq!(begun.unwrap(), id(number));
        }
        store.close().await;
    });
}

#[test]
fn no_draft_begins_with_the_text_of_a_page_that_was_withdrawn_since() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let published = vec![revision(1, 1)];
        store.publish(published, &signer, at(1)).await.unwrap();
        let withdraw = async || {
            let withdrawn = store.withdraw(id(1), Why::Privacy, &signer, &By::Node, at(2));
            withdrawn.await.unwrap().unwrap().again
        };
        assert!(!withdraw().await);
        // Its text was read before.
        let mut new = NewDraft {
            id: id(70),
            document: id(1),
            base: Some(1),
            kind: "page".to_owned(),
            author: ann(),
            content: b"words".to_vec(),
        };
        let begun = store.create_draft(&new, at(3)).await;
        assert!(matches!(begun, Err(StoreError::Withdrawn(_))), "{begun:?}");
        assert_eq!(store.draft_words(id(70)).await.unwrap(), None);
        // What is there all the same goes with a second withdrawal.
        new.base = None;
        store.create_draft(&new, at(3)).await.unwrap();
        assert!(withdraw().await);
        assert_eq!(store.draft_words(id(70)).await.unwrap(), None);
        store.close().await;
    });
}

#[test]
fn mail_is_due_from_what_became_of_a_draft_until_it_was_sent() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let due = async || {
            let due = store.drafts_to_mail(9).await.unwrap();
            due.first().map(|draft| (draft.state, draft.version))
        };
        // What another process sees that shares the database.
        let seen = async || {
            let due = store.mails_due().await.unwrap();
            (due.mails, due.latest)
        };
        begin(&store, "words").await;
        assert_eq!(due().await, None);
        assert_eq!(seen().await, (0, None));
        store.submit_draft(change(1), &[], "").await.unwrap();
        assert_eq!(due().await, Some((DraftState::Submitted, 2)));
        assert_eq!(seen().await, (1, Some(at(10))));
        // It was returned while the mail about its submission was being sent.
        store
            .return_draft(change(2), b"why", GivenBack::Returned, "")
            .await
            .unwrap();
        store.draft_mailed(id(70), 2).await.unwrap();
        assert_eq!(due().await, Some((DraftState::Returned, 3)));
        store.draft_mailed(id(70), 3).await.unwrap();
        assert_eq!(due().await, None);
        store.submit_draft(change(3), &[], "").await.unwrap();
        store.draft_mailed(id(70), 4).await.unwrap();
        let revision = approved(4);
        store.publish(vec![revision], &signer, at(9)).await.unwrap();
        assert_eq!(due().await, Some((DraftState::Published, 5)));
        store.draft_mailed(id(70), 5).await.unwrap();
        assert_eq!(due().await, None);
        assert_eq!(seen().await, (0, None));
        store.close().await;
    });
}

#[test]
fn that_a_revision_is_still_true_is_in_the_audit_with_the_revision_that_says_so() {
    on_each_engine(async |database| {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let publish = async |revision| store.publish(vec![revision], &signer, at(3)).await;
        publish(revision(1, 1)).await.unwrap();
        let confirmed = |rev| NewRevision {
            occasion: Occasion::Confirmation,
            ..revision(1, rev)
        };
        publish(confirmed(2)).await.unwrap();
        // One that is not written leaves no line.
        assert!(publish(confirmed(2)).await.is_err());
        let filter = AuditFilter {
            act: "review-confirmed".to_owned(),
            ..AuditFilter::default()
        };
        let rows = store.audit_after(0, &filter, 9).await.unwrap();
        let details: Vec<&str> = rows.iter().map(|row| row.detail.as_str()).collect();
        assert_eq!(details, ["revision 1 is still true"]);
        store.close().await;
    });
}
