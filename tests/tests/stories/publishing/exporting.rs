//! Exporting: files that give the same documents elsewhere, and no foreign file overwritten.

use std::{collections::BTreeMap, fs, path::Path};

use domain::Document;
use files::{
    export::{ExportError, Options, Summary, export},
    import::Status,
};
use it::{
    engine::on_each_engine,
    samples::{STUDY, content},
    tree::write,
    trust::Trust,
};
use wire::DocumentId;

async fn exported(trust: &Trust, folder: &Path) -> Summary {
    export(trust.node(), folder, Options::default(), |_, _| {})
        .await
        .unwrap()
}

/// Returns all own documents without what a node gives them: (document as a file, private part).
async fn documents(trust: &Trust) -> BTreeMap<DocumentId, (String, Option<String>)> {
    let texts = trust.node().store.own_texts(None, 1000).await.unwrap();
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
        let trust = Trust::on(engine, "ZZ1").await;
        trust.import(&content()).await;
        let tree = trust.path("tree");
        write(&tree, &[
        ("a.md", b"---\ncolour: teal\nvisibility: network\n---\n\n# Same title\n\nSee [b](deep/b.md#x), <https://x.example>, [odd](none.md), [folder](.), [never there](Same-Title.md).\r\n"),
        ("deep/b.md", b"# Same title\n\nBack to [a](<../a.md>).\n\n[c]: ../c.md 'Title'\n"),
        ("c.md", b"---\nvisibility: organisation\ncontact: {role: Lead, mailbox: team@trust.example}\n---\n\n---\nnot front matter\n"),
        ("study.md", STUDY.as_bytes()),
    ]);
        trust.import(&tree).await;
        let out = trust.path("out");
        let summary = exported(&trust, &out).await;
        let expected = documents(&trust).await;
        assert_eq!(summary.documents, u64::try_from(expected.len()).unwrap());
        assert!(
            out.join("case-studies/tap-and-go-log-in-on-drug-trolleys.md")
                .exists()
        );
        assert!(
            !out.join("pages/same-title.md").exists(),
            "a link would lead there"
        );

        let elsewhere = Trust::on(engine, "ZZ1").await;
        let imported = elsewhere.import(&out).await;
        assert!(
            imported
                .files
                .iter()
                .all(|file| file.status == Status::Created),
            "{:?}",
            imported.statuses()
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
        let imported = trust.import(&out).await;
        assert!(
            imported
                .files
                .iter()
                .all(|file| file.status == Status::Unchanged),
            "{:?}",
            imported.statuses()
        );
    });
}

#[test]
fn an_export_replaces_its_own_files_and_no_others() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let one = trust.publish_page("One", "1").await;
        let two = trust.publish_page("Two", "2").await;
        let out = trust.path("out");
        exported(&trust, &out).await;
        assert!(out.join("pages/one.md").exists());
        trust.withdraw(one).await;
        trust.revise(two, Document::page("Second", "2")).await;
        let summary = exported(&trust, &out).await;
        assert_eq!((summary.documents, summary.removed), (1, 2));
        let names: Vec<String> = files(&out).into_keys().collect();
        assert_eq!(names, [".wardround-export.json", "pages/second.md"]);

        for (path, bytes) in [
            ("pages/second.md", b"edited".as_slice()),
            ("mine.txt", b"mine"),
        ] {
            write(&out, &[(path, bytes)]);
            let before = files(&out);
            let error = export(trust.node(), &out, Options::default(), |_, _| {})
                .await
                .unwrap_err();
            assert!(matches!(error, ExportError::NotEmpty(_)), "{error}");
            assert_eq!(files(&out), before, "nothing was touched");
            export(trust.node(), &out, Options { force: true }, |_, _| {})
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
