//! Exporting: files that give the same documents elsewhere, and nothing of anybody's overwritten.

use std::{collections::BTreeMap, fs, path::Path};

use files::{
    export::{ExportError, Options, Summary, export},
    import::{self, Status},
};
use ledger::leaf::Why;
use node::flows::withdraw::withdraw;
use wire::DocumentId;

use crate::world::{STUDY, World, content, on_each_engine, write};

async fn exported(world: &World, folder: &Path) -> Summary {
    export(&world.node, folder, Options::default(), |_, _| {})
        .await
        .unwrap()
}

/// Returns all own documents without what a node gives them: (document as a file, private part).
async fn documents(world: &World) -> BTreeMap<DocumentId, (String, Option<String>)> {
    let texts = world.node.store.own_texts(None, 1000).await.unwrap();
    texts
        .into_iter()
        .map(|text| {
            let body = domain::body::read_local(&text.body).unwrap();
            (
                text.id,
                (
                    domain::front_matter::write_file(&body.document, None),
                    text.private,
                ),
            )
        })
        .collect()
}

/// Returns every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let at = entry.unwrap().path();
            if at.is_dir() {
                folders.push(at);
            } else {
                let path = at.strip_prefix(folder).unwrap().display().to_string();
                found.insert(path, fs::read(&at).unwrap());
            }
        }
    }
    found
}

#[test]
fn an_export_imported_elsewhere_gives_the_same_documents() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        world.import(&content(), &import::Options::default()).await;
        let tree = world.path("tree");
        write(&tree, &[
        ("a.md", b"---\ncolour: teal\nvisibility: network\n---\n\n# Same title\n\nSee [b](deep/b.md#x), <https://x.example>, [odd](none.md), [folder](.), [never there](Same-Title.md).\r\n"),
        ("deep/b.md", b"# Same title\n\nBack to [a](<../a.md>).\n\n[c]: ../c.md 'Title'\n"),
        ("c.md", b"---\nvisibility: organisation\ncontact: {role: Lead, mailbox: team@trust.example}\n---\n\n---\nnot front matter\n"),
        ("study.md", STUDY.as_bytes()),
    ]);
        world.import(&tree, &import::Options::default()).await;
        let out = world.path("out");
        let summary = exported(&world, &out).await;
        let expected = documents(&world).await;
        assert_eq!(summary.documents, u64::try_from(expected.len()).unwrap());
        assert!(
            out.join("case-studies/tap-and-go-log-in-on-drug-trolleys.md")
                .exists()
        );
        assert!(
            !out.join("pages/same-title.md").exists(),
            "a link would lead there"
        );

        let elsewhere = World::new(engine).await;
        let told = elsewhere.import(&out, &import::Options::default()).await;
        assert!(
            told.files.iter().all(|file| file.status == Status::Created),
            "{:?}",
            told.statuses()
        );
        let found = documents(&elsewhere).await;
        for (id, document) in &expected {
            assert_eq!(found.get(id), Some(document));
        }
        assert_eq!(found.len(), expected.len());
        // And back: the files are the same to the byte.
        let back = elsewhere.path("back");
        exported(&elsewhere, &back).await;
        assert_eq!(files(&back), files(&out));
        // Where it came from, nothing is new.
        let told = world.import(&out, &import::Options::default()).await;
        assert!(
            told.files
                .iter()
                .all(|file| file.status == Status::Unchanged),
            "{:?}",
            told.statuses()
        );
    });
}

#[test]
fn an_export_replaces_its_own_files_and_nobody_elses() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let one = world
            .publish("---\ntitle: One\n---\n\n1", None)
            .await
            .unwrap()
            .id;
        let two = world
            .publish("---\ntitle: Two\n---\n\n2", None)
            .await
            .unwrap()
            .id;
        let out = world.path("out");
        exported(&world, &out).await;
        assert!(out.join("pages/one.md").exists());
        withdraw(&world.node, one, Why::Other).await.unwrap();
        world
            .publish("---\ntitle: Second\n---\n\n2", Some(two))
            .await
            .unwrap();
        let summary = exported(&world, &out).await;
        assert_eq!((summary.documents, summary.removed), (1, 2));
        let names: Vec<String> = files(&out).into_keys().collect();
        assert_eq!(names, [".wardround-export.json", "pages/second.md"]);

        for (path, bytes) in [
            ("pages/second.md", b"edited".as_slice()),
            ("mine.txt", b"mine"),
        ] {
            write(&out, &[(path, bytes)]);
            let before = files(&out);
            let error = export(&world.node, &out, Options::default(), |_, _| {})
                .await
                .unwrap_err();
            assert!(matches!(error, ExportError::NotEmpty(_)), "{error}");
            assert_eq!(files(&out), before, "nothing was touched");
            export(&world.node, &out, Options { force: true }, |_, _| {})
                .await
                .unwrap();
        }
        assert_eq!(fs::read(out.join("mine.txt")).unwrap(), b"mine");
        assert!(
            fs::read_to_string(out.join("pages/second.md"))
                .unwrap()
                .contains("title: Second")
        );
    });
}
