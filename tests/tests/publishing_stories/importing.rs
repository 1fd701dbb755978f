//! Importing a tree: what each file becomes, and that the same tree twice changes nothing.

use std::fs;

use files::import::{ImportError, Options, Status, import, publish_file};
use ledger::leaf::Why;
use node::flows::withdraw::withdraw;

use crate::world::{STUDY, World, content, on_each_engine, write};

fn prune() -> Options {
    Options {
        prune: true,
        ..Options::default()
    }
}

#[test]
fn a_second_import_changes_nothing_and_a_third_only_what_changed() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nxylophone"),
                ("deep/b.md", b"# Beta\n\nmarimba"),
                ("c.txt", b"no"),
            ],
        );
        let first = world.import(&tree, &Options::default()).await;
        assert_eq!(
            first.statuses(),
            [("a.md", Status::Created), ("deep/b.md", Status::Created)]
        );
        assert_eq!((first.summary.created, first.summary.skipped), (2, 1));
        assert!(first.summary.searchable);
        assert_eq!(world.found("xylophone").await, [first.id("a.md")]);
        let report = first.of("a.md");
        assert_eq!((report.rev, report.index), (Some(1), Some(0)));
        let url = format!("http://127.0.0.1:8080/d/zz1/{}/alpha", first.id("a.md"));
        assert_eq!(report.url.as_deref(), Some(url.as_str()));
        let second = world.import(&tree, &Options::default()).await;
        assert_eq!(
            second.statuses(),
            [
                ("a.md", Status::Unchanged),
                ("deep/b.md", Status::Unchanged)
            ]
        );
        let report = second.of("a.md");
        assert_eq!(
            (report.rev, report.index, report.url.as_deref()),
            (Some(1), Some(0), Some(url.as_str()))
        );
        assert_eq!(world.log_size().await, 2);
        write(&tree, &[("deep/b.md", b"# Beta\n\nglockenspiel")]);
        let third = world.import(&tree, &Options::default()).await;
        assert_eq!(
            third.statuses(),
            [("a.md", Status::Unchanged), ("deep/b.md", Status::Updated)]
        );
        assert_eq!(third.id("deep/b.md"), first.id("deep/b.md"));
        assert_eq!(
            (
                world.found("marimba").await.len(),
                world.found("glockenspiel").await.len()
            ),
            (0, 1)
        );
        // The same words in a file of another form, such as other line ends, make no new revision.
        write(&tree, &[("a.md", b"---\n---\n# Alpha\n\nxylophone")]);
        let fourth = world.import(&tree, &Options::default()).await;
        assert_eq!(fourth.of("a.md").status, Status::Unchanged);
        assert_eq!(world.log_size().await, 3);
    });
}

#[test]
fn the_sample_content_is_published_without_a_fault() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let told = world.import(&content(), &Options::default()).await;
        for file in &told.files {
            assert_eq!(
                (file.status, file.faults.as_slice()),
                (Status::Created, [].as_slice()),
                "{}",
                file.path
            );
        }
        assert!(told.summary.created >= 36);
        let again = world.import(&content(), &Options::default()).await;
        assert_eq!(again.summary.unchanged, told.summary.created);
    });
}

#[test]
fn links_between_files_become_links_between_documents() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        let first = "# First\n\nSee [next](deep/second.md#part), [third](third.md), [gone](nowhere.md), [out](https://x.example/second.md).\n\n![picture](deep/p.png)";
        write(&tree, &[
        ("first.md", first.as_bytes()),
        ("deep/second.md", b"# Second\n\nBack to [first](../first.md) and [me](#part)\n\n## Part\n"),
        ("third.md", b"---\nkind: case-study\ntitle: too short of everything\n---\n\nSee [first](first.md).\n"),
        ("deep/p.png", b"\x89PNG"),
    ]);
        let told = world.import(&tree, &Options::default()).await;
        let (one, two, three) = (
            told.id("first.md"),
            told.id("deep/second.md"),
            told.id("third.md"),
        );
        assert_eq!(told.of("third.md").status, Status::Draft);
        let expected = format!(
            "# First\n\nSee [next](/d/{two}#part), [third](/d/{three}), [gone](nowhere.md), [out](https://x.example/second.md).\n\n![picture](deep/p.png)"
        );
        assert_eq!(world.body_md(one).await, expected);
        assert_eq!(
            told.faults("first.md"),
            "images are not imported, and their descriptions are shown instead: deep/p.png"
        );
        assert!(
            world
                .body_md(two)
                .await
                .contains(&format!("[first](/d/{one}) and [me](#part)"))
        );
        // A file that comes later is linked to by those that were there before.
        write(&tree, &[("nowhere.md", b"# Here after all\n")]);
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("first.md").status, Status::Updated);
        assert_eq!(told.of("deep/second.md").status, Status::Unchanged);
        let new = told.id("nowhere.md");
        assert!(
            world
                .body_md(one)
                .await
                .contains(&format!("[gone](/d/{new})"))
        );
    });
}

#[test]
fn what_lacks_something_is_a_draft_until_it_is_mended() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        let faulty = STUDY
            .replace("interests: none\n", "")
            .replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "");
        write(
            &tree,
            &[
                ("study.md", faulty.as_bytes()),
                ("held.md", b"---\ndraft: true\n---\n# Not yet\n"),
            ],
        );
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(
            told.statuses(),
            [("held.md", Status::Draft), ("study.md", Status::Draft)]
        );
        assert!(
            told.faults("study.md").contains("`interests` is missing"),
            "{}",
            told.faults("study.md")
        );
        assert!(told.faults("held.md").contains("not to be published"));
        let draft = world
            .node
            .store
            .draft(told.id("study.md"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (draft.text.as_str(), draft.kind.as_str()),
            (faulty.as_str(), "case-study")
        );
        assert!(draft.faults.contains("interests"));
        let again = world.import(&tree, &Options::default()).await;
        assert_eq!(again.files, told.files, "the same is said again");
        assert_eq!(
            world.node.store.draft(draft.id).await.unwrap().unwrap(),
            draft,
            "and nothing is written"
        );
        let mended = format!(
            "---\ninterests: none\n{}",
            faulty.strip_prefix("---\n").unwrap()
        );
        write(&tree, &[("study.md", mended.as_bytes())]);
        let mended = world.import(&tree, &Options::default()).await;
        assert_eq!(mended.of("study.md").status, Status::Created);
        assert_eq!(
            mended.id("study.md"),
            draft.id,
            "links to it were right all the time"
        );
        assert_eq!(world.node.store.draft(draft.id).await.unwrap(), None);
        // Spoilt again: the document stays, the draft waits beside it.
        write(&tree, &[("study.md", faulty.as_bytes())]);
        let spoilt = world.import(&tree, &Options::default()).await;
        assert_eq!(
            (spoilt.of("study.md").status, spoilt.id("study.md")),
            (Status::Draft, draft.id)
        );
        let own = world.node.store.own_documents(&[draft.id]).await.unwrap();
        assert_eq!(own[&draft.id].rev, 1);
    });
}

#[test]
fn what_is_gone_is_withdrawn_only_when_pruned() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha"),
                ("b.md", b"# Beta\n\nxylophone"),
                ("held.md", b"---\ndraft: yes\n---\nwait"),
            ],
        );
        let first = world.import(&tree, &Options::default()).await;
        fs::remove_file(tree.join("b.md")).unwrap();
        fs::remove_file(tree.join("held.md")).unwrap();
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(
            told.statuses(),
            [
                ("a.md", Status::Unchanged),
                ("b.md", Status::Gone),
                ("held.md", Status::Gone)
            ]
        );
        assert_eq!(world.found("xylophone").await.len(), 1);
        let told = world.import(&tree, &prune()).await;
        assert_eq!(told.of("b.md").status, Status::Withdrawn);
        assert_eq!(
            (told.id("b.md"), told.of("b.md").rev),
            (first.id("b.md"), Some(2))
        );
        assert_eq!(told.summary.withdrawn, 2);
        assert!(world.found("xylophone").await.is_empty());
        assert_eq!(world.node.store.drafts(None, 9).await.unwrap(), []);
        let told = world.import(&tree, &prune()).await;
        assert_eq!(told.statuses(), [("a.md", Status::Unchanged)]);
        fs::remove_file(tree.join("a.md")).unwrap();
        let error = import(&world.node, &tree, &prune(), |_| {})
            .await
            .unwrap_err();
        assert!(
            matches!(error, ImportError::Nothing { documents: 1, .. }),
            "{error}"
        );
    });
}

#[test]
fn a_file_that_moves_stays_the_document_it_was() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nsame words"),
                ("b.md", STUDY.as_bytes()),
            ],
        );
        let first = world.import(&tree, &Options::default()).await;
        assert_eq!(
            first.id("b.md").to_string(),
            "01996c5e-8a00-7000-8000-000000000001"
        );
        fs::create_dir(tree.join("new")).unwrap();
        fs::rename(tree.join("a.md"), tree.join("new/z.md")).unwrap();
        fs::remove_file(tree.join("b.md")).unwrap();
        let study = STUDY.replace("14 trolleys", "15 trolleys");
        write(&tree, &[("new/study.md", study.as_bytes())]);
        let told = world.import(&tree, &prune()).await;
        assert_eq!(
            told.statuses(),
            [
                ("new/study.md", Status::Updated),
                ("new/z.md", Status::Unchanged)
            ]
        );
        assert_eq!(told.id("new/z.md"), first.id("a.md"));
        assert_eq!(told.id("new/study.md"), first.id("b.md"));
        let again = world.import(&tree, &prune()).await;
        assert_eq!(again.summary.unchanged, 2);
        assert_eq!(again.files.len(), 2, "the old names are forgotten");
    });
}

#[test]
fn a_copy_does_not_take_the_id_of_its_original() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(&tree, &[("original.md", STUDY.as_bytes())]);
        let first = world.import(&tree, &Options::default()).await;
        write(&tree, &[("a copy.md", STUDY.as_bytes())]);
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("original.md").status, Status::Unchanged);
        assert_eq!(told.of("a copy.md").status, Status::Draft);
        assert!(
            told.faults("a copy.md")
                .contains("`id` is that of `original.md`")
        );
        assert_ne!(told.id("a copy.md"), first.id("original.md"));
        let again = world.import(&tree, &Options::default()).await;
        assert_eq!(again.files, told.files);
    });
}

#[test]
fn a_withdrawn_document_does_not_come_back_with_its_file() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nquetzalcoatlus"),
                ("b.md", b"# Beta\n\n[alpha](a.md)"),
            ],
        );
        let first = world.import(&tree, &Options::default()).await;
        let id = first.id("a.md");
        withdraw(&world.node, id, Why::Privacy)
            .await
            .unwrap()
            .unwrap();
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(
            (told.of("a.md").status, told.id("a.md")),
            (Status::Withdrawn, id)
        );
        write(&tree, &[("a.md", b"# Alpha\n\nquetzalcoatlus again")]);
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("a.md").status, Status::Failed);
        assert!(
            told.faults("a.md")
                .contains(&format!("add `replaces: [{id}]`")),
            "{}",
            told.faults("a.md")
        );
        world.node.eraser.settle().await.unwrap();
        assert_eq!(
            world.files_with("quetzalcoatlus"),
            Vec::<std::path::PathBuf>::new()
        );
        let corrected = format!("---\nreplaces: [{id}]\n---\n\n# Alpha\n\nwithout");
        write(&tree, &[("a.md", corrected.as_bytes())]);
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("a.md").status, Status::Created);
        assert_ne!(told.id("a.md"), id);
        let again = world.import(&tree, &Options::default()).await;
        assert_eq!(again.summary.unchanged, 2, "{:?}", again.files);
        let named = STUDY.replace(
            "id: 01996c5e-8a00-7000-8000-000000000001",
            &format!("id: {id}"),
        );
        write(&tree, &[("c.md", named.as_bytes())]);
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("c.md").status, Status::Failed);
        assert_eq!(world.node.store.drafts(None, 9).await.unwrap(), []);
    });
}

#[test]
fn a_withdrawal_takes_the_draft_of_the_next_revision_with_it() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(&tree, &[("a.md", b"# Alpha\n\nfirst")]);
        let id = world.import(&tree, &Options::default()).await.id("a.md");
        write(
            &tree,
            &[("a.md", b"---\ndraft: true\n---\n# Alpha\n\nquetzalcoatlus")],
        );
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(
            (told.of("a.md").status, told.id("a.md")),
            (Status::Draft, id)
        );
        withdraw(&world.node, id, Why::Privacy)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(world.node.store.drafts(None, 9).await.unwrap(), []);
        world.node.eraser.settle().await.unwrap();
        assert_eq!(
            world.files_with("quetzalcoatlus"),
            Vec::<std::path::PathBuf>::new()
        );
        let told = world.import(&tree, &Options::default()).await;
        assert_eq!(told.of("a.md").status, Status::Withdrawn);
    });
}

#[test]
fn one_file_is_published_as_the_document_that_an_import_made_of_it() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(
            &tree,
            &[
                ("deep/a.md", b"# Alpha"),
                ("b.md", b"# Beta\n\n[alpha](deep/a.md)"),
                ("alone/c.md", b"# Gamma"),
            ],
        );
        let first = world.import(&tree, &Options::default()).await;
        write(&tree, &[("deep/a.md", b"# Alpha\n\n[beta](../b.md)")]);
        let report = publish_file(&world.node, &tree.join("deep/a.md"))
            .await
            .unwrap();
        assert_eq!(
            (report.status, report.id),
            (Status::Updated, Some(first.id("deep/a.md")))
        );
        assert_eq!(report.path, "deep/a.md");
        let body = world.body_md(first.id("deep/a.md")).await;
        assert_eq!(body, format!("# Alpha\n\n[beta](/d/{})", first.id("b.md")));
        let again = publish_file(&world.node, &tree.join("deep/a.md"))
            .await
            .unwrap();
        assert_eq!((again.status, again.rev), (Status::Unchanged, Some(2)));
        let told = world.import(&tree, &prune()).await;
        assert_eq!(told.summary.unchanged, 3);
        let other = world.path("other");
        write(
            &other,
            &[
                ("new.md", b"# New"),
                ("bad.md", b"---\nresult: worked\n---\ntext"),
            ],
        );
        // Twice at once it is still one document.
        let file = other.join("new.md");
        let both = tokio::join!(
            publish_file(&world.node, &file),
            publish_file(&world.node, &file)
        );
        let (new, second) = (both.0.unwrap(), both.1.unwrap());
        assert_eq!((new.status, new.rev), (Status::Created, Some(1)));
        assert_eq!((second.status, second.id), (Status::Unchanged, new.id));
        let again = publish_file(&world.node, &other.join("new.md"))
            .await
            .unwrap();
        assert_eq!((again.status, again.id), (Status::Unchanged, new.id));
        let bad = publish_file(&world.node, &other.join("bad.md"))
            .await
            .unwrap();
        assert_eq!((bad.status, bad.id), (Status::Failed, None));
        assert!(bad.faults.len() > 5);
        assert_eq!(world.node.store.drafts(None, 9).await.unwrap(), []);
        let folder = publish_file(&world.node, &other).await.unwrap_err();
        assert!(matches!(folder, ImportError::NoFile(_)), "{folder}");
        let told = world.import(&other, &Options::default()).await;
        assert_eq!(
            (told.of("new.md").status, told.id("new.md")),
            (Status::Unchanged, new.id.unwrap())
        );
    });
}

#[test]
fn a_folder_and_the_folder_around_it_hold_the_same_documents() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let outer = world.path("outer");
        let inner = outer.join("inner");
        write(
            &outer,
            &[
                ("a.md", b"# Alpha"),
                ("inner/b.md", b"# Beta"),
                ("inner/gone.md", b"# Gone"),
                ("inner/deep/bad.md", b"---\nresult: worked\n---\ntext"),
            ],
        );
        let first = world.import(&inner, &Options::default()).await;
        withdraw(&world.node, first.id("gone.md"), Why::Error)
            .await
            .unwrap();
        let around = world.import(&outer, &Options::default()).await;
        assert_eq!(
            around.statuses(),
            [
                ("a.md", Status::Created),
                ("inner/b.md", Status::Unchanged),
                ("inner/deep/bad.md", Status::Draft),
                ("inner/gone.md", Status::Withdrawn),
            ]
        );
        assert_eq!(around.id("inner/b.md"), first.id("b.md"));
        assert_eq!(around.id("inner/deep/bad.md"), first.id("deep/bad.md"));
        assert_eq!(world.node.store.drafts(None, 9).await.unwrap().len(), 1);
        // And from the folder around it into one that was never named by itself.
        write(&outer, &[("inner/deep/c.md", b"# Gamma")]);
        let again = world.import(&outer, &Options::default()).await;
        let deep = world.import(&inner.join("deep"), &Options::default()).await;
        assert_eq!(deep.of("c.md").status, Status::Unchanged);
        assert_eq!(deep.id("c.md"), again.id("inner/deep/c.md"));
        // What was taken over belongs to the tree from then on.
        fs::remove_file(inner.join("b.md")).unwrap();
        let pruned = world.import(&outer, &prune()).await;
        assert_eq!(pruned.of("inner/b.md").status, Status::Withdrawn);
    });
}

#[test]
fn one_file_says_nothing_of_those_beside_it() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(&tree, &[("a.md", b"# Alpha"), ("b.md", b"# Beta")]);
        let first = world.import(&tree, &Options::default()).await;
        let told = world.import(&tree.join("a.md"), &Options::default()).await;
        assert_eq!(told.statuses(), [("a.md", Status::Unchanged)]);
        assert_eq!(told.id("a.md"), first.id("a.md"));
        let refused = import(&world.node, &tree.join("a.md"), &prune(), |_| {})
            .await
            .unwrap_err();
        assert!(matches!(refused, ImportError::PruneFile(_)), "{refused}");
        let told = world.import(&tree, &prune()).await;
        assert_eq!(told.summary.unchanged, 2);
    });
}

#[test]
fn what_was_withdrawn_is_not_published_again_under_another_name() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let (tree, other) = (world.path("tree"), world.path("other"));
        let text: &[u8] = b"# Movable\n\nsecret";
        write(&tree, &[("a.md", text), ("b.md", b"# Beta")]);
        let id = world.import(&tree, &Options::default()).await.id("a.md");
        withdraw(&world.node, id, Why::Privacy).await.unwrap();
        fs::rename(tree.join("a.md"), tree.join("c.md")).unwrap();
        write(&other, &[("copy.md", text)]);
        for (folder, path) in [(&tree, "c.md"), (&other, "copy.md")] {
            let told = world.import(folder, &Options::default()).await;
            assert_eq!(told.of(path).status, Status::Withdrawn, "{path}");
            let report = publish_file(&world.node, &folder.join(path)).await.unwrap();
            assert_eq!(report.status, Status::Withdrawn, "{path}");
        }
        assert_eq!(world.log_size().await, 3);
        // Corrected, it is another text.
        write(&other, &[("copy.md", b"# Movable\n\nnothing of it")]);
        let told = world.import(&other, &Options::default()).await;
        assert_eq!(told.of("copy.md").status, Status::Created);
    });
}

#[test]
fn an_import_needs_a_folder_and_to_be_alone() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let missing = import(
            &world.node,
            &world.path("missing"),
            &Options::default(),
            |_| {},
        )
        .await;
        let error = missing.unwrap_err();
        assert!(
            error.to_string().contains("missing` cannot be read"),
            "{error}"
        );
        let _other = world.node.importing.lock().await;
        let tree = world.path("tree");
        write(&tree, &[("a.md", b"# Alpha")]);
        let error = import(&world.node, &tree, &Options::default(), |_| {})
            .await
            .unwrap_err();
        assert!(matches!(error, ImportError::Busy));
    });
}
