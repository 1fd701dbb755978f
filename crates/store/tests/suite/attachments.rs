//! Files of drafts and of documents: kept once, served to those who may read a document, and erased with the last one.

use audit::By;
use ledger::leaf::Why;
use store::{Attached, Attachment, NamedFile, NewAttachment};
use wire::{AccountId, Digest, Viewer, Visibility};

use crate::{
    support::{Engine, at, on_each_engine},
    world::{id, own_node, revision},
};

pub(crate) fn file(words: &str) -> NewAttachment {
    let bytes = words.repeat(2_000).into_bytes();
    NewAttachment {
        digest: Digest::for_bytes(&bytes),
        kind: "pdf".to_owned(),
        bytes,
        name: format!("{}.pdf", words.replace(' ', "-")),
        alt: String::new(),
    }
}

fn named(file: &NewAttachment) -> Attachment {
    Attachment {
        digest: file.digest,
        len: file.bytes.len() as u64,
    }
}

#[test]
fn a_file_is_attached_once_described_and_taken_off() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let (draft, other) = (id(1), id(2));
        let (first, second) = (file("first"), file("second"));
        let ann = AccountId::generate(at(0), [1; 10]);
        for (draft, file, expected) in [
            (draft, &first, Attached::Added),
            (draft, &first, Attached::Held),
            (draft, &second, Attached::Added),
            (draft, &file("third"), Attached::Full),
            (other, &first, Attached::Added),
        ] {
            let attached = store.attach(draft, file, 2, ann, at(1)).await.unwrap();
            assert_eq!(attached, expected, "{}", file.name);
        }
        let names = |list: Vec<store::DraftAttachment>| -> Vec<(String, String)> {
            list.into_iter().map(|held| (held.name, held.alt)).collect()
        };
        let described = NamedFile {
            digest: first.digest,
            name: "a.pdf".to_owned(),
            alt: "a report".to_owned(),
        };
        let is_described = store.describe_attachment(draft, &described, ann).await;
        assert!(is_described.unwrap());
        assert_eq!(
            names(store.draft_attachments(draft).await.unwrap()),
            [
                ("a.pdf".to_owned(), "a report".to_owned()),
                ("second.pdf".to_owned(), String::new())
            ]
        );
        // A file that another draft has stays.
        assert!(store.detach(draft, &first.digest, ann).await.unwrap());
        assert!(!store.detach(draft, &first.digest, ann).await.unwrap());
        assert_eq!(
            store
                .attachment_of_draft(draft, &first.digest)
                .await
                .unwrap(),
            None
        );
        let held = store
            .attachment_of_draft(other, &first.digest)
            .await
            .unwrap();
        assert_eq!(held.unwrap().bytes, first.bytes);
        assert!(store.detach(other, &first.digest, ann).await.unwrap());
        assert!(store.detach(draft, &second.digest, ann).await.unwrap());
        // No document has them: no one reads them, and nothing is left to erase.
        assert_eq!(
            store
                .attachment(Viewer::Staff, &first.digest)
                .await
                .unwrap(),
            None
        );
        assert_eq!(store.erase_unused_attachments(at(9)).await.unwrap(), 0);
        store.close().await;
    });
}

#[test]
fn a_file_is_for_those_who_can_read_a_document_that_has_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let (open, closed) = (file("open"), file("closed"));
        for file in [&open, &closed] {
            store
                .keep_attachment(file, &file.digest, at(1))
                .await
                .unwrap();
        }
        let mut public = revision(1, 1);
        public.fields.attachments = vec![named(&open)];
        let mut network = revision(2, 1);
        network.fields.visibility = Visibility::Network;
        network.fields.attachments = vec![named(&closed)];
        store
            .publish(vec![public, network], &signer, at(1))
            .await
            .unwrap();
        for (viewer, file, expected) in [
            (Viewer::Public, &open, true),
            (Viewer::Peer, &open, true),
            (Viewer::Staff, &open, true),
            (Viewer::Public, &closed, false),
            (Viewer::Peer, &closed, true),
            (Viewer::Staff, &closed, true),
        ] {
            let found = store.attachment(viewer, &file.digest).await.unwrap();
            assert_eq!(found.is_some(), expected, "{viewer:?} {}", file.name);
        }
        store.close().await;
    });
}

#[test]
fn a_file_is_erased_with_its_last_document_from_the_files_too() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let (shared, own) = (file("shared words"), file("own words"));
        for file in [&shared, &own] {
            store
                .keep_attachment(file, &file.digest, at(1))
                .await
                .unwrap();
        }
        for (number, files) in [(1, vec![&shared, &own]), (2, vec![&shared])] {
            let mut new = revision(number, 1);
            new.fields.attachments = files.into_iter().map(named).collect();
            store.publish(vec![new], &signer, at(1)).await.unwrap();
        }
        let held = async |file: &NewAttachment| {
            let found = store.attachment(Viewer::Public, &file.digest).await;
            found.unwrap().is_some()
        };
        store
            .withdraw(id(1), Why::Privacy, &signer, &By::Node, at(2))
            .await
            .unwrap();
        assert!(held(&shared).await && !held(&own).await);
        store
            .withdraw(id(2), Why::Privacy, &signer, &By::Node, at(3))
            .await
            .unwrap();
        assert!(!held(&shared).await);
        store.erase().await.unwrap();
        if database.engine == Engine::Sqlite {
            for name in ["node.db", "node.db-wal"] {
                let bytes = std::fs::read(database.directory.path().join(name)).unwrap_or_default();
                for words in ["shared words", "own words"] {
                    let found = bytes
                        .windows(words.len())
                        .any(|window| window == words.as_bytes());
                    assert!(!found, "`{words}` is left in {name}");
                }
            }
        }
        // A revision without a file leaves it for the next clean-up.
        let late = file("late");
        store
            .keep_attachment(&late, &late.digest, at(4))
            .await
            .unwrap();
        assert_eq!(store.erase_unused_attachments(at(4)).await.unwrap(), 0);
        assert_eq!(store.erase_unused_attachments(at(5)).await.unwrap(), 1);
        store.close().await;
    });
}
