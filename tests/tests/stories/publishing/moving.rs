//! Folders that are moved or copied: what is the same document, and what a person is asked first.

use node::audit::By;
use patient_data::Acceptance;
use std::{fs, path::Path};

use files::{
    import::{ImportError, Moved, Options, Status, import},
    publish::publish_file,
};
use it::{engine::on_each_engine, tree::write, trust::Trust};
use wire::DocumentId;

const FILES: [(&str, &[u8]); 3] = [
    ("a.md", b"# Alpha\n\nSee [beta](deep/b.md)."),
    ("deep/b.md", b"# Beta\n\nmarimba"),
    ("c.md", b"# Gamma\n\nglockenspiel"),
];

fn moved(moved: Moved) -> Options {
    Options {
        moved,
        ..Options::default()
    }
}

/// Copies a folder of two levels.
fn copy(from: &Path, to: &Path) {
    for (path, _) in FILES {
        fs::create_dir_all(to.join(path).parent().unwrap()).unwrap();
        fs::copy(from.join(path), to.join(path)).unwrap();
    }
}

async fn refusal(trust: &Trust, folder: &Path, moved: Moved) -> String {
    let options = Options {
        moved,
        ..Options::default()
    };
    let refused = import(trust.node(), folder, &options, |_| panic!("a step"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            ImportError::KnownElsewhere { .. } | ImportError::NothingThere(_)
        ),
        "{refused}"
    );
    refused.to_string()
}

/// Imports a folder, and returns the ids of [`FILES`].
async fn first(trust: &Trust, folder: &Path) -> [DocumentId; 3] {
    write(folder, &FILES);
    let imported = trust.import(folder).await;
    FILES.map(|(path, _)| imported.id(path))
}

#[test]
fn what_moved_unchanged_stays_the_document_it_was() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new, far) = (trust.path("mv1"), trust.path("mv2"), trust.path("far/in"));
        let ids = first(&trust, &old).await;
        // A folder, twice; then into a folder with other files.
        fs::rename(&old, &new).unwrap();
        let imported = trust.import(&new).await;
        assert_eq!(imported.summary.unchanged, 3, "{imported:?}");
        assert_eq!(FILES.map(|(path, _)| imported.id(path)), ids);
        assert_eq!(trust.import(&new).await.files, imported.files);
        fs::create_dir_all(far.parent().unwrap()).unwrap();
        fs::rename(&new, &far).unwrap();
        let around = far.parent().unwrap();
        write(around, &[("other.md", b"# Other"), ("more.md", b"# More")]);
        let imported = trust.import(around).await;
        assert_eq!(imported.id("in/deep/b.md"), ids[1]);
        assert_eq!(
            (imported.summary.created, imported.summary.unchanged),
            (2, 3)
        );
        // What comes to the old place later is something else, and prunes nothing that has left.
        write(&old, &[("a.md", b"# Another\n\nnew words")]);
        let later = trust.import_and_prune(&old).await;
        assert_eq!(later.statuses(), [("a.md", Status::Created)]);
        assert_ne!(later.id("a.md"), ids[0]);
        assert_eq!(trust.log_size().await, 6);
    });
}

#[test]
fn one_file_that_moves_to_another_folder_is_not_published_twice() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new, third) = (trust.path("one"), trust.path("two"), trust.path("three"));
        let ids = first(&trust, &old).await;
        fs::create_dir_all(&new).unwrap();
        fs::create_dir_all(&third).unwrap();
        fs::rename(old.join("c.md"), new.join("renamed.md")).unwrap();
        let imported = trust.import(&new).await;
        assert_eq!(imported.statuses(), [("renamed.md", Status::Unchanged)]);
        assert_eq!(imported.id("renamed.md"), ids[2]);
        // Its old folder has nothing to withdraw.
        assert_eq!(trust.import_and_prune(&old).await.summary.withdrawn, 0);
        // `publish` follows the same rule.
        fs::rename(new.join("renamed.md"), third.join("c.md")).unwrap();
        let report = publish_file(
            trust.node(),
            &third.join("c.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await;
        assert_eq!(report.unwrap().id, Some(ids[2]));
        assert_eq!(trust.import_and_prune(&new).await.summary.withdrawn, 0);
        assert_eq!(trust.log_size().await, 3);
    });
}

#[test]
fn a_copied_folder_is_refused_until_someone_says_what_it_is() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new) = (trust.path("mv1"), trust.path("mv2"));
        let ids = first(&trust, &old).await;
        copy(&old, &new);
        let said = refusal(&trust, &new, Moved::IfCertain).await;
        let place = old.display();
        for part in [
            "`a.md`, `c.md`, `deep/b.md`",
            "nothing was published",
            "`--as-new`",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(said.contains(&format!("`--moved-from {place}`")), "{said}");
        // A file among many, such as a licence, is no reason to ask.
        let many = trust.path("many");
        write(
            &many,
            &[("a.md", FILES[2].1), ("x.md", b"# X"), ("y.md", b"# Y")],
        );
        assert_eq!(trust.import(&many).await.summary.created, 3);
        // As new documents, once.
        let copies = trust.import_with(&new, &moved(Moved::Never)).await;
        assert_eq!(copies.summary.created, 3);
        assert!(!ids.contains(&copies.id("a.md")));
        assert_eq!(trust.import(&new).await.summary.unchanged, 3);
        assert_eq!(trust.log_size().await, 9);
    });
}

#[test]
fn a_folder_that_moved_and_changed_continues_its_documents_if_someone_says_so() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new) = (trust.path("mv1"), trust.path("mv2"));
        let ids = first(&trust, &old).await;
        fs::rename(&old, &new).unwrap();
        write(
            &new,
            &[
                ("a.md", b"# Alpha, again\n\nother words, same path"),
                ("moved.md", b"# Gamma\n\nother words, same title"),
                ("new.md", b"# New"),
            ],
        );
        fs::remove_file(new.join("c.md")).unwrap();
        let said = refusal(&trust, &new, Moved::IfCertain).await;
        assert!(said.starts_with("`a.md`, `moved.md` may be"), "{said}");
        let unknown = refusal(&trust, &new, Moved::From(vec![trust.path("never")])).await;
        assert!(unknown.contains("no document came from"), "{unknown}");
        assert_eq!(trust.log_size().await, 3);
        let from = Moved::From(vec![trust.path("mv2/../mv1")]);
        let imported = trust.import_with(&new, &moved(from)).await;
        assert_eq!(
            imported.statuses(),
            [
                ("a.md", Status::Updated),
                ("deep/b.md", Status::Unchanged),
                ("moved.md", Status::Updated),
                ("new.md", Status::Created),
            ]
        );
        assert_eq!(
            (imported.id("a.md"), imported.id("moved.md")),
            (ids[0], ids[2])
        );
        assert_eq!(trust.import(&new).await.summary.unchanged, 4);
        assert_eq!(trust.log_size().await, 6);
    });
}

#[test]
fn a_folder_that_moved_with_other_titles_is_asked_about() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new) = (trust.path("old"), trust.path("new"));
        first(&trust, &old).await;
        fs::rename(&old, &new).unwrap();
        for (path, bytes) in FILES {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            fs::write(new.join(path), text.replace("# ", "# About the ")).unwrap();
        }
        let said = refusal(&trust, &new, Moved::IfCertain).await;
        assert!(said.contains(&old.display().to_string()), "{said}");
        assert_eq!(trust.log_size().await, 3);
    });
}

/// Returns a text with its lines ended by blanks.
fn blank_ended(text: &str) -> String {
    text.replace(".\n", ".  \t\n")
}

#[test]
fn a_folder_that_was_moved_or_copied_with_slight_changes_is_asked_about() {
    const WORDS: [&str; 4] = [
        "The board shows which beds are free, so that porters fetch patients earlier than before.",
        "Letters to clinics are written by dictation, and secretaries correct what was misheard.",
        "Pharmacists check prescriptions on tablets at the bedside, every morning before ten.",
        "A chatbot answers questions of outpatients about parking, visiting hours and the canteen.",
    ];
    type Change = fn(usize, &str) -> (String, String);
    const CHANGES: [(&str, Change); 6] = [
        ("a tag", |at, text| {
            (
                format!("h{at}.md"),
                format!("---\ntags: [a]\n---\n\n{text}"),
            )
        }),
        ("lines wrapped", |at, text| {
            (format!("j{at}.md"), text.replace(", ", ",\n"))
        }),
        ("a word", |at, text| {
            (format!("k{at}.md"), format!("{text}\nextra\n"))
        }),
        ("titles", |at, text| {
            (format!("f{at}.md"), text.replace("Title", "Heading"))
        }),
        ("blanks", |at, text| {
            (format!("i{at}.md"), blank_ended(text))
        }),
        ("folder and titles", |at, text| {
            (format!("x/f{at}.md"), text.replace("Title", "Heading"))
        }),
    ];
    let text = |at: usize| format!("# Title of number {at}\n\n{}\n", WORDS[at]);
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let old = trust.path("old");
        for at in 0..WORDS.len() {
            write(&old, &[(&format!("f{at}.md"), text(at).as_bytes())]);
        }
        trust.import(&old).await;
        // Other words under the same names are other documents.
        let other = trust.path("other");
        write(&other, &[
            ("f0.md", b"# Meals\n\nKitchens cook what wards have ordered on the day before."),
            ("f1.md", b"# Laundry\n\nUniforms have tags, and a cabinet gives each nurse the right size."),
        ]);
        assert_eq!(trust.log_size().await, 4);
        assert_eq!(trust.import(&other).await.summary.created, 2);
        for is_gone in [false, true] {
            if is_gone {
                fs::remove_dir_all(&old).unwrap();
            }
            for (what, change) in CHANGES {
                let new = trust.path(&format!("new of {what} {is_gone}"));
                for at in 0..WORDS.len() {
                    let (path, text) = change(at, &text(at));
                    fs::create_dir_all(new.join(&path).parent().unwrap()).unwrap();
                    fs::write(new.join(&path), text).unwrap();
                }
                let said = refusal(&trust, &new, Moved::IfCertain).await;
                assert!(said.contains("nothing was published"), "{what}: {said}");
            }
        }
    });
}

#[test]
fn a_renamed_file_that_is_published_stays_its_document() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let folder = trust.path("in");
        let ids = first(&trust, &folder).await;
        for (from, to) in [("c.md", "renamed.md"), ("deep/b.md", "deep/other.md")] {
            fs::rename(folder.join(from), folder.join(to)).unwrap();
        }
        for (path, id) in [("renamed.md", ids[2]), ("deep/other.md", ids[1])] {
            let (file, acceptance) = (folder.join(path), Acceptance::default());
            let report = publish_file(trust.node(), &file, None, acceptance, &By::Node);
            assert_eq!(report.await.unwrap().id, Some(id), "{path}");
        }
        // A copy next to its original is a document of its own.
        fs::copy(folder.join("a.md"), folder.join("copy.md")).unwrap();
        let copy = folder.join("copy.md");
        let report =
            publish_file(trust.node(), &copy, None, Acceptance::default(), &By::Node).await;
        assert_ne!(report.unwrap().id, Some(ids[0]));
        assert_eq!(trust.import_and_prune(&folder).await.summary.withdrawn, 0);
    });
}

#[test]
fn an_export_that_was_copied_as_a_template_replaces_nothing() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (old, new) = (trust.path("old"), trust.path("new"));
        let [id, ..] = first(&trust, &old).await;
        let file =
            |title: &str, words: &str| format!("---\nid: {id}\n---\n\n# {title}\n\n{words}\n");
        let template = file("A clinic letter", "Something else entirely, of letters.");
        write(&new, &[("letter.md", template.as_bytes())]);
        let imported = trust.import(&new).await;
        assert_eq!(imported.statuses(), [("letter.md", Status::Draft)]);
        let said = &imported.files[0].faults[0].text;
        assert!(said.contains("that of the document `Alpha`"), "{said}");
        assert_ne!(imported.id("letter.md"), id);
        assert_eq!(
            trust.import(&new).await.statuses(),
            [("letter.md", Status::Draft)]
        );
        let letter = new.join("letter.md");
        let report = publish_file(
            trust.node(),
            &letter,
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await;
        assert_eq!(report.unwrap().status, Status::Failed);
        assert_eq!(trust.log_size().await, 3);
        // With the title or with the words, it is the next version.
        for (path, title, words) in [
            ("title.md", "Alpha", "Other words."),
            ("words.md", "A letter", "Other words."),
        ] {
            let next = file(title, words);
            write(&new, &[(path, next.as_bytes())]);
            let imported = trust.import(&new).await;
            assert_eq!(imported.id(path), id, "{title}");
            fs::remove_file(new.join(path)).unwrap();
        }
    });
}

#[test]
fn a_draft_of_what_is_published_says_that_the_text_stays_and_keeps_its_links() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let folder = trust.path("in");
        let [a, b, _] = first(&trust, &folder).await;
        write(
            &folder,
            &[(
                "deep/b.md",
                b"---\ndraft: true\n---\n\n# Beta\n\nmarimba, again",
            )],
        );
        for _ in 0..2 {
            let imported = trust.import(&folder).await;
            let draft = imported
                .files
                .iter()
                .find(|file| file.path == "deep/b.md")
                .unwrap();
            assert_eq!((draft.status, draft.id), (Status::Draft, Some(b)));
            let withdraw = format!("wardround withdraw {b}");
            assert!(
                draft
                    .faults
                    .iter()
                    .any(|fault| fault.text.contains(&withdraw)),
                "{draft:?}"
            );
        }
        write(
            &folder,
            &[("a.md", b"# Alpha\n\nSee [beta](deep/b.md), more.")],
        );
        let imported = trust.import(&folder).await;
        assert_eq!(imported.id("a.md"), a);
        let linking = imported
            .files
            .iter()
            .find(|file| file.path == "a.md")
            .unwrap();
        assert!(linking.faults.is_empty(), "{linking:?}");
    });
}
