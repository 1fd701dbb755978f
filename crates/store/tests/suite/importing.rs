//! Imports: which file became what, drafts, and that a second import changes nothing.

use store::{Draft, ImportMark, Marked, NewRevision};
use wire::{Digest, Viewer};

use crate::{
    support::{at, on_each_engine},
    world::{id, own_node, revision},
};

fn mark(path: &str, text: &str) -> ImportMark {
    ImportMark {
        source: "tree".to_owned(),
        path: path.to_owned(),
        digest: Digest::for_bytes(text.as_bytes()),
    }
}

fn draft(number: u32, path: &str) -> Draft {
    Draft {
        id: id(number),
        source: "tree".to_owned(),
        path: path.to_owned(),
        kind: "case-study".to_owned(),
        title: "A title".to_owned(),
        text: "The text".to_owned(),
        faults: "[]".to_owned(),
        created: at(1),
        updated: at(1),
    }
}

#[test]
fn a_file_is_known_again_by_source_and_path() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let import = |rev, text| NewRevision {
            import: Some(mark("a.md", text)),
            ..revision(1, rev)
        };
        store
            .publish(vec![import(1, "one"), revision(2, 1)], &signer, at(1))
            .await
            .unwrap();
        let known = store.imported("tree", "a.md").await.unwrap().unwrap();
        assert_eq!(
            (known.document, known.rev, known.digest),
            (Some(id(1)), Some(1), Digest::for_bytes(b"one"))
        );
        store
            .publish(vec![import(2, "two")], &signer, at(2))
            .await
            .unwrap();
        let known = store.imported("tree", "a.md").await.unwrap().unwrap();
        assert_eq!(
            (known.path.as_deref(), known.rev, known.digest),
            (Some("a.md"), Some(2), Digest::for_bytes(b"two"))
        );
        let some = store
            .imported_files("tree", &["b.md", "a.md"])
            .await
            .unwrap();
        assert_eq!(some, [None, Some(known.clone())]);
        assert_eq!(store.imported("tree", "b.md").await.unwrap(), None);
        assert_eq!(store.imported("other", "a.md").await.unwrap(), None);
        store
            .record_import(
                vec![Marked {
                    mark: mark("b.md", "x"),
                    document: id(2),
                    rev: 1,
                }],
                at(3),
            )
            .await
            .unwrap();
        let paths: Vec<_> = store
            .imported_from("tree")
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.path)
            .collect();
        assert_eq!(paths, [Some("a.md".to_owned()), Some("b.md".to_owned())]);
        store.forget_import("tree", "b.md").await.unwrap();
        assert_eq!(store.imported_from("tree").await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn a_draft_is_kept_until_its_file_can_be_published() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let first = draft(50, "a.md");
        store
            .save_drafts(&[
                (first.clone(), Digest::for_bytes(b"1")),
                (draft(51, "b.md"), Digest::for_bytes(b"1")),
            ])
            .await
            .unwrap();
        let better = Draft {
            title: "A better title".to_owned(),
            updated: at(2),
            ..first
        };
        store
            .save_drafts(&[(better.clone(), Digest::for_bytes(b"2"))])
            .await
            .unwrap();
        assert_eq!(store.draft(id(50)).await.unwrap(), Some(better));
        assert_eq!(store.drafts(None, 9).await.unwrap().len(), 2);
        assert_eq!(
            store.drafts(Some(id(50)), 9).await.unwrap(),
            [draft(51, "b.md")]
        );
        let known = store.imported("tree", "a.md").await.unwrap().unwrap();
        assert_eq!((known.draft, known.document), (Some(id(50)), None));
        let new = NewRevision {
            import: Some(mark("a.md", "3")),
            ..revision(1, 1)
        };
        store.publish(vec![new], &signer, at(3)).await.unwrap();
        assert_eq!(store.draft(id(50)).await.unwrap(), None);
        let known = store.imported("tree", "a.md").await.unwrap().unwrap();
        assert_eq!((known.draft, known.document), (None, Some(id(1))));
        store.delete_draft(id(51)).await.unwrap();
        assert_eq!(store.imported("tree", "b.md").await.unwrap(), None);
        assert_eq!(store.counts(Viewer::Public).await.unwrap().drafts, 0);
        store.close().await;
    });
}
