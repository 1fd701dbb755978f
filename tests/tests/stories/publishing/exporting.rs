//! Exporting: files that give the same documents elsewhere, and no foreign file overwritten.

use std::{collections::BTreeMap, fs, path::Path};

use domain::{Attachment, Document, value::Value};
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
use wire::{Digest, DocumentId};

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
            // A file of a person that is named as programs name what is not whole yet.
            write(&out, &[("pages/second.part", b"mine")]);
            export(trust.node(), &out, Options { force: true }, |_, _| {})
                .await
                .unwrap();
            assert_eq!(fs::read(out.join("pages/second.part")).unwrap(), b"mine");
        }
        assert_eq!(fs::read(out.join("mine.txt")).unwrap(), b"mine");
        // Without the list of what it has written, an export would leave what was withdrawn.
        write(&out, &[(".wardround-export.json", b"{\"files\": {")]);
        for force in [false, true] {
            let error = export(trust.node(), &out, Options { force }, |_, _| {})
                .await
                .unwrap_err();
            assert!(matches!(error, ExportError::Manifest(..)), "{error}");
        }
        assert!(
            fs::read_to_string(out.join("pages/second.md"))
                .unwrap()
                .contains("title: Second")
        );
    });
}

/// A picture of one grey dot.
const DOT: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[test]
fn attached_files_go_with_their_documents() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[
            ("board.md", b"---\nkind: page\ntitle: The board\nattachments:\n  - file: board.files/dot.png\n    alt: A grey dot\n  - rota.csv\n---\n\n![A grey dot](attachment:dot.png) and [the rota](attachment:rota.csv).\n"),
            ("board.files/dot.png", DOT),
            ("rota.csv", b"day,ward\nMonday,4\n"),
        ]);
        let summary = trust.import_with_pictures(&tree).await.summary;
        assert_eq!(summary.created, 1, "{summary:?}");
        let out = trust.path("out");
        exported(&trust, &out).await;
        let first = files(&out);
        assert!(
            first.contains_key("pages/the-board.files/dot.png"),
            "{:?}",
            first.keys()
        );
        assert_eq!(
            first["pages/the-board.files/rota.csv"],
            b"day,ward\nMonday,4\n"
        );
        let text = String::from_utf8(first["pages/the-board.md"].clone()).unwrap();
        assert!(text.contains("the-board.files/rota.csv"), "{text}");

        // Elsewhere they give the same, and again the same files.
        let other = Trust::on(engine, "ZZ2").await;
        let summary = other.import_with_pictures(&out).await.summary;
        assert_eq!(summary.created, 1, "{summary:?}");
        let again = other.path("again");
        exported(&other, &again).await;
        let second = files(&again);
        let is_attached = |path: &&String| path.contains(".files/");
        let paths = |files: &BTreeMap<String, Vec<u8>>| {
            files
                .keys()
                .filter(is_attached)
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(paths(&first), paths(&second));
        for path in paths(&first) {
            assert_eq!(first[&path], second[&path], "{path}");
        }

        // Nothing is new: no picture is written again, and nothing is published.
        // So it is also without a new reason for the picture in it.
        for summary in [
            trust.import_with_pictures(&tree).await.summary,
            trust.import(&tree).await.summary,
        ] {
            assert_eq!(summary.unchanged, 1, "{summary:?}");
        }
        // One file is new, with the same text.
        let size = trust.log_size().await;
        write(&tree, &[("rota.csv", b"day,ward\nMonday,5\n")]);
        assert_eq!(trust.import_with_pictures(&tree).await.summary.updated, 1);
        assert_eq!(trust.log_size().await, size + 1);
        exported(&trust, &out).await;
        let changed = files(&out);
        assert_eq!(
            changed["pages/the-board.files/rota.csv"],
            b"day,ward\nMonday,5\n"
        );
        let summary = trust.import_with_pictures(&tree).await.summary;
        assert_eq!(summary.unchanged, 1, "{summary:?}");
        // One is gone: the page stays, and the import says what is missing.
        fs::remove_file(tree.join("rota.csv")).unwrap();
        assert_eq!(trust.import_with_pictures(&tree).await.summary.draft, 1);
        assert_eq!(trust.log_size().await, size + 1);
        write(&tree, &[("rota.csv", b"day,ward\nMonday,5\n")]);
        let summary = trust.import_with_pictures(&tree).await.summary;
        assert_eq!((summary.draft, summary.failed), (0, 0), "{summary:?}");

        // A file that lists none keeps what is attached.
        write(
            &tree,
            &[(
                "board.md",
                b"---\nkind: page\ntitle: The board\n---\n\nOther words.\n",
            )],
        );
        assert_eq!(trust.import(&tree).await.summary.updated, 1);
        exported(&trust, &out).await;
        assert_eq!(paths(&files(&out)), paths(&first));

        // A file with patient data, or out of the folder, is not taken.
        for (name, text, bytes) in [
            ("a.md", "a.csv", b"NHS number\n450 557 7104\n".as_slice()),
            ("b.md", "../secret.csv", b"x".as_slice()),
            ("c.md", "c.exe", b"MZ".as_slice()),
        ] {
            let other = Trust::on(engine, "ZZ3").await;
            let tree = other.path("tree");
            let front =
                format!("---\nkind: page\ntitle: The file\nattachments: [{text}]\n---\n\nWords.\n");
            write(
                &tree,
                &[
                    (name, front.as_bytes()),
                    (text.trim_start_matches("../"), bytes),
                ],
            );
            let summary = other.import(&tree).await.summary;
            assert_eq!(
                (summary.created, summary.draft),
                (0, 1),
                "{name} {summary:?}"
            );
        }
    });
}

#[test]
fn a_link_to_an_attached_file_by_its_path_leads_to_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[
            ("guide/board.md", b"---\nkind: page\ntitle: The board\nattachments:\n  - file: data/dot.png\n    alt: A dot\n  - data/Rota of May.csv\n---\n\n![A dot](data/dot.png) [rota](data/Rota%20of%20May.csv#row=2) [[data/Rota of May.csv]] ![[data/dot.png]]\n"),
            ("guide/data/dot.png", DOT),
            ("guide/data/Rota of May.csv", b"day,ward\nMonday,4\n"),
        ]);
        let imported = trust.import_with_pictures(&tree).await;
        assert_eq!(imported.summary.created, 1, "{imported:?}");
        let faults = &imported.files[0].faults;
        assert!(
            faults.iter().all(|fault| !fault.text.contains("dot.png")),
            "{faults:?}"
        );
        assert!(
            faults.iter().all(|fault| !fault.text.contains("Rota")),
            "{faults:?}"
        );
        let out = trust.path("out");
        exported(&trust, &out).await;
        let text = String::from_utf8(files(&out)["pages/the-board.md"].clone()).unwrap();
        let links = "![A dot](attachment:dot.png) [rota](attachment:Rota-of-May.csv#row=2) \
            [data/Rota of May.csv](<attachment:Rota-of-May.csv>) ![data/dot.png](<attachment:dot.png>)";
        assert!(text.contains(links), "{text}");
    });
}

#[test]
fn a_list_of_files_that_someone_pasted_is_not_exported() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let mut pasted = Document::page("The pasted file", "Words.");
        let list = Value::List(vec![Value::text("never-attached.csv").into()]);
        let key = vec!["attachments".to_owned()];
        pasted.private.unknown.push((key, list));
        trust.publish(pasted).await;
        let out = trust.path("out");
        exported(&trust, &out).await;
        let text = files(&out)["pages/the-pasted-file.md"].clone();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("attach"), "{text}");
        let other = Trust::on(engine, "ZZ2").await;
        assert_eq!(other.import(&out).await.summary.created, 1);
    });
}

#[test]
fn an_attached_file_that_is_not_held_is_in_no_list_of_an_export() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let mut document = Document::page("The rota", "[The rota](attachment:rota.csv).");
        // As after a recovery from peers, which have no attached files.
        document.common.attachments.push(Attachment {
            digest: Digest::for_bytes(b"lost"),
            len: 4,
            media_type: "text/csv".to_owned(),
            name: "rota.csv".to_owned(),
            alt: String::new(),
        });
        trust.publish(document).await;
        let out = trust.path("out");
        let summary = exported(&trust, &out).await;
        assert_eq!((summary.documents, summary.not_held), (1, 1));
        let text = files(&out)["pages/the-rota.md"].clone();
        assert!(!String::from_utf8(text).unwrap().contains("attachments:"));
        let other = Trust::on(engine, "ZZ2").await;
        assert_eq!(other.import(&out).await.summary.created, 1);
    });
}
