//! Importing a tree: what each file becomes, and that the same tree twice changes nothing.

use node::audit::By;
use patient_data::Acceptance;
use std::fs;
use store::AuditFilter;

use files::{
    import::{ImportError, Options, Status, import},
    publish::{PublishFileError, publish_file},
};
use it::{
    engine::on_each_engine,
    samples::{STUDY, content},
    tree::write,
    trust::Trust,
};

fn prune() -> Options {
    Options {
        prune: true,
        ..Options::default()
    }
}

#[test]
fn a_second_import_changes_nothing_and_a_third_only_what_changed() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nxylophone"),
                ("deep/b.md", b"# Beta\n\nmarimba"),
                ("c.txt", b"no"),
            ],
        );
        let first = trust.import(&tree).await;
        assert_eq!(
            first.statuses(),
            [("a.md", Status::Created), ("deep/b.md", Status::Created)]
        );
        assert_eq!((first.summary.created, first.summary.skipped), (2, 1));
        assert!(first.summary.searchable);
        assert_eq!(trust.found("xylophone").await, [first.id("a.md")]);
        let report = first.file("a.md");
        assert_eq!((report.rev, report.index), (Some(1), Some(0)));
        let url = format!("{}/d/zz1/{}/alpha", trust.site(), first.id("a.md"));
        assert_eq!(report.url.as_deref(), Some(url.as_str()));
        let second = trust.import(&tree).await;
        assert_eq!(
            second.statuses(),
            [
                ("a.md", Status::Unchanged),
                ("deep/b.md", Status::Unchanged)
            ]
        );
        let report = second.file("a.md");
        assert_eq!(
            (report.rev, report.index, report.url.as_deref()),
            (Some(1), Some(0), Some(url.as_str()))
        );
        assert_eq!(trust.log_size().await, 2);
        write(&tree, &[("deep/b.md", b"# Beta\n\nglockenspiel")]);
        let third = trust.import(&tree).await;
        assert_eq!(
            third.statuses(),
            [("a.md", Status::Unchanged), ("deep/b.md", Status::Updated)]
        );
        assert_eq!(third.id("deep/b.md"), first.id("deep/b.md"));
        assert_eq!(
            (
                trust.found("marimba").await.len(),
                trust.found("glockenspiel").await.len()
            ),
            (0, 1)
        );
        // The same words in a file of another form, such as other line ends, make no new revision.
        write(&tree, &[("a.md", b"---\n---\n# Alpha\n\nxylophone")]);
        let fourth = trust.import(&tree).await;
        assert_eq!(fourth.file("a.md").status, Status::Unchanged);
        assert_eq!(trust.log_size().await, 3);
    });
}

#[test]
fn the_sample_content_is_published_without_a_fault() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let imported = trust.import(&content()).await;
        // Adoptions are about documents of the other trusts, which the demo publishes first.
        let is_adoption = |path: &str| path.starts_with("adoptions/");
        for file in imported
            .files
            .iter()
            .filter(|file| !is_adoption(&file.path))
        {
            assert_eq!(
                (file.status, file.faults.as_slice()),
                (Status::Created, [].as_slice()),
                "{}",
                file.path
            );
        }
        assert!(imported.summary.created >= 80);
        let again = trust.import(&content()).await;
        assert_eq!(again.summary.unchanged, imported.summary.created);
    });
}

#[test]
fn links_between_files_become_links_between_documents() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        let first = "# First\n\nSee [next](deep/second.md#part), [third](third.md), [gone](nowhere.md), [out](https://x.example/second.md).\n\n![picture](deep/p.png)";
        write(&tree, &[
        ("first.md", first.as_bytes()),
        ("deep/second.md", b"# Second\n\nBack to [first](../first.md) and [me](#part)\n\n## Part\n"),
        ("third.md", b"---\nkind: case-study\ntitle: too short of everything\n---\n\nSee [first](first.md).\n"),
        ("deep/p.png", b"\x89PNG"),
    ]);
        let imported = trust.import_with_pictures(&tree).await;
        let (one, two) = (imported.id("first.md"), imported.id("deep/second.md"));
        assert_eq!(imported.file("third.md").status, Status::Draft);
        let expected = format!(
            "# First\n\nSee [next](/d/{two}#part), [third](missing:third.md), [gone](missing:nowhere.md), [out](https://x.example/second.md).\n\n![picture](deep/p.png)"
        );
        assert_eq!(trust.body_md(one).await, expected);
        // The report names each link that leads nowhere, and the body no draft.
        let faults = imported.faults("first.md");
        for said in [
            "images are not imported, and their descriptions are shown instead: deep/p.png",
            "links to `third.md`: their documents are not published",
            "links to `nowhere.md`: nothing of that name came",
        ] {
            assert!(faults.contains(said), "{said}: {faults}");
        }
        assert!(
            trust
                .body_md(two)
                .await
                .contains(&format!("[first](/d/{one}) and [me](#part)"))
        );
        // A comment is in no body, and one that never ends holds the file back.
        write(
            &tree,
            &[
                (
                    "noted.md",
                    b"# Noted\n\nBeds. %% ring Jo %%\n\n<!-- Jo -->\n",
                ),
                ("open.md", b"# Open\n\n%% ring Jo\n"),
            ],
        );
        let imported = trust.import_with_pictures(&tree).await;
        let noted = trust.body_md(imported.id("noted.md")).await;
        assert_eq!(noted, "# Noted\n\nBeds. \n\n<!---->\n");
        assert_eq!(imported.file("open.md").status, Status::Draft);
        // A file that comes later is linked to by those that were there before.
        write(&tree, &[("nowhere.md", b"# Here after all\n")]);
        let imported = trust.import_with_pictures(&tree).await;
        assert_eq!(imported.file("first.md").status, Status::Updated);
        assert_eq!(imported.file("deep/second.md").status, Status::Unchanged);
        let new = imported.id("nowhere.md");
        assert!(
            trust
                .body_md(one)
                .await
                .contains(&format!("[gone](/d/{new})"))
        );
    });
}

#[test]
fn what_lacks_something_is_a_draft_until_it_is_complete() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
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
        let imported = trust.import(&tree).await;
        assert_eq!(
            imported.statuses(),
            [("held.md", Status::Draft), ("study.md", Status::Draft)]
        );
        assert!(
            imported
                .faults("study.md")
                .contains("`interests` is missing"),
            "{}",
            imported.faults("study.md")
        );
        assert!(imported.faults("held.md").contains("not to be published"));
        let draft = trust
            .node()
            .store
            .draft(imported.id("study.md"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (draft.text.as_str(), draft.kind.as_str()),
            (faulty.as_str(), "case-study")
        );
        assert!(draft.faults.contains("interests"));
        let again = trust.import(&tree).await;
        assert_eq!(again.files, imported.files, "the same is said again");
        assert_eq!(
            trust.node().store.draft(draft.id).await.unwrap().unwrap(),
            draft,
            "and nothing is written"
        );
        let complete = format!(
            "---\ninterests: none\n{}",
            faulty.strip_prefix("---\n").unwrap()
        );
        write(&tree, &[("study.md", complete.as_bytes())]);
        let complete = trust.import(&tree).await;
        assert_eq!(complete.file("study.md").status, Status::Created);
        assert_eq!(
            complete.id("study.md"),
            draft.id,
            "links to it were right all the time"
        );
        assert_eq!(trust.node().store.draft(draft.id).await.unwrap(), None);
        // Spoilt again: the document stays, the draft waits next to it.
        write(&tree, &[("study.md", faulty.as_bytes())]);
        let spoilt = trust.import(&tree).await;
        assert_eq!(
            (spoilt.file("study.md").status, spoilt.id("study.md")),
            (Status::Draft, draft.id)
        );
        let own = trust.node().store.own_documents(&[draft.id]).await.unwrap();
        assert_eq!(own[&draft.id].rev, 1);
    });
}

#[test]
fn what_is_gone_is_withdrawn_only_when_pruned() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha"),
                ("b.md", b"# Beta\n\nxylophone"),
                ("held.md", b"---\ndraft: yes\n---\nwait"),
            ],
        );
        let first = trust.import(&tree).await;
        fs::remove_file(tree.join("b.md")).unwrap();
        fs::remove_file(tree.join("held.md")).unwrap();
        let imported = trust.import(&tree).await;
        assert_eq!(
            imported.statuses(),
            [
                ("a.md", Status::Unchanged),
                ("b.md", Status::Gone),
                ("held.md", Status::Gone)
            ]
        );
        assert_eq!(trust.found("xylophone").await.len(), 1);
        let imported = trust.import_and_prune(&tree).await;
        assert_eq!(imported.file("b.md").status, Status::Withdrawn);
        assert_eq!(
            (imported.id("b.md"), imported.file("b.md").rev),
            (first.id("b.md"), Some(2))
        );
        assert_eq!(
            (imported.summary.withdrawn, imported.summary.pruned),
            (2, 2)
        );
        assert!(trust.found("xylophone").await.is_empty());
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap(), []);
        let imported = trust.import_and_prune(&tree).await;
        assert_eq!(imported.statuses(), [("a.md", Status::Unchanged)]);
        fs::remove_file(tree.join("a.md")).unwrap();
        let error = import(trust.node(), &tree, &prune(), |_| {})
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
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nsame words"),
                ("b.md", STUDY.as_bytes()),
            ],
        );
        let first = trust.import(&tree).await;
        assert_eq!(
            first.id("b.md").to_string(),
            "01996c5e-8a00-7000-8000-000000000001"
        );
        fs::create_dir(tree.join("new")).unwrap();
        fs::rename(tree.join("a.md"), tree.join("new/z.md")).unwrap();
        fs::remove_file(tree.join("b.md")).unwrap();
        let study = STUDY.replace("14 trolleys", "15 trolleys");
        write(&tree, &[("new/study.md", study.as_bytes())]);
        let imported = trust.import_and_prune(&tree).await;
        assert_eq!(
            imported.statuses(),
            [
                ("new/study.md", Status::Updated),
                ("new/z.md", Status::Unchanged)
            ]
        );
        assert_eq!(imported.id("new/z.md"), first.id("a.md"));
        assert_eq!(imported.id("new/study.md"), first.id("b.md"));
        let again = trust.import_and_prune(&tree).await;
        assert_eq!(again.summary.unchanged, 2);
        assert_eq!(again.files.len(), 2, "the old names are forgotten");
    });
}

#[test]
fn a_copy_does_not_take_the_id_of_its_original() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[("original.md", STUDY.as_bytes())]);
        let first = trust.import(&tree).await;
        write(&tree, &[("a copy.md", STUDY.as_bytes())]);
        let imported = trust.import(&tree).await;
        assert_eq!(imported.file("original.md").status, Status::Unchanged);
        assert_eq!(imported.file("a copy.md").status, Status::Draft);
        assert!(
            imported
                .faults("a copy.md")
                .contains("`id` is that of `original.md`")
        );
        assert_ne!(imported.id("a copy.md"), first.id("original.md"));
        let again = trust.import(&tree).await;
        assert_eq!(again.files, imported.files);
    });
}

#[test]
fn a_withdrawn_document_does_not_come_back_with_its_file() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nquetzalcoatlus"),
                ("b.md", b"# Beta\n\n[alpha](a.md)"),
            ],
        );
        let first = trust.import(&tree).await;
        let id = first.id("a.md");
        trust.withdraw(id).await;
        let imported = trust.import(&tree).await;
        assert_eq!(
            (imported.file("a.md").status, imported.id("a.md")),
            (Status::Withdrawn, id)
        );
        // It withdrew nothing itself, and its row says so, if it has one.
        let filter = AuditFilter::default();
        let rows = trust.node().store.audit_before(u64::MAX, &filter, 100);
        let rows = rows.await.unwrap();
        let imports: Vec<_> = rows.iter().filter(|row| row.act == "imported").collect();
        assert!(!imports.is_empty());
        for row in imports {
            assert!(row.detail.ends_with(" 0 withdrawn"), "{}", row.detail);
        }
        write(&tree, &[("a.md", b"# Alpha\n\nquetzalcoatlus again")]);
        let imported = trust.import(&tree).await;
        assert_eq!(imported.file("a.md").status, Status::Failed);
        assert!(
            imported
                .faults("a.md")
                .contains(&format!("add `replaces: [{id}]`")),
            "{}",
            imported.faults("a.md")
        );
        trust.node().eraser.settle().await.unwrap();
        assert_eq!(trust.files_with("quetzalcoatlus"), Vec::<String>::new());
        let corrected = format!("---\nreplaces: [{id}]\n---\n\n# Alpha\n\nwithout");
        write(&tree, &[("a.md", corrected.as_bytes())]);
        let imported = trust.import(&tree).await;
        assert_eq!(imported.file("a.md").status, Status::Created);
        assert_ne!(imported.id("a.md"), id);
        let again = trust.import(&tree).await;
        assert_eq!(again.summary.unchanged, 2, "{:?}", again.files);
        let named = STUDY.replace(
            "id: 01996c5e-8a00-7000-8000-000000000001",
            &format!("id: {id}"),
        );
        write(&tree, &[("c.md", named.as_bytes())]);
        let imported = trust.import(&tree).await;
        assert_eq!(imported.file("c.md").status, Status::Failed);
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap(), []);
    });
}

#[test]
fn a_withdrawal_takes_the_draft_of_the_next_revision_with_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[("a.md", b"# Alpha\n\nfirst")]);
        let id = trust.import(&tree).await.id("a.md");
        write(
            &tree,
            &[("a.md", b"---\ndraft: true\n---\n# Alpha\n\nquetzalcoatlus")],
        );
        let imported = trust.import(&tree).await;
        assert_eq!(
            (imported.file("a.md").status, imported.id("a.md")),
            (Status::Draft, id)
        );
        trust.withdraw(id).await;
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap(), []);
        trust.node().eraser.settle().await.unwrap();
        assert_eq!(trust.files_with("quetzalcoatlus"), Vec::<String>::new());
        let imported = trust.import(&tree).await;
        assert_eq!(imported.file("a.md").status, Status::Withdrawn);
    });
}

#[test]
fn an_import_does_not_replace_what_was_changed_elsewhere_since_the_last_one() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("a.md", b"# Alpha\n\nold"),
                ("b.md", b"# Beta\n\n[c](c.md)"),
            ],
        );
        let first = trust.import(&tree).await;
        let (a, b) = (first.id("a.md"), first.id("b.md"));
        // Both documents are changed elsewhere: here, from files that name their ids.
        let other = trust.path("other");
        let elsewhere = |id, title| format!("---\nid: {id}\n---\n# {title}\n\nchanged elsewhere");
        write(
            &other,
            &[
                ("a.md", elsewhere(a, "Alpha").as_bytes()),
                ("b.md", elsewhere(b, "Beta").as_bytes()),
            ],
        );
        assert_eq!(trust.import(&other).await.summary.updated, 2);
        // Files without a change say nothing new, even if a file that they link to has come.
        write(&tree, &[("c.md", b"# Gamma")]);
        let again = trust.import(&tree).await;
        assert_eq!(again.file("b.md").status, Status::Unchanged);
        assert_eq!(again.file("a.md").status, Status::Unchanged);
        // A file with a change is kept as a draft, with a line that says why.
        write(&tree, &[("a.md", b"# Alpha\n\nnew words")]);
        for _ in 0..2 {
            let refused = trust.import(&tree).await;
            assert_eq!(refused.file("a.md").status, Status::Draft);
            let faults = refused.faults("a.md");
            assert!(faults.contains("you began with revision 1"), "{faults}");
            assert_eq!(trust.body_md(a).await, "# Alpha\n\nchanged elsewhere");
        }
        let file = tree.join("a.md");
        let published = publish_file(trust.node(), &file, None, Acceptance::default(), &By::Node)
            .await
            .unwrap();
        assert_eq!(published.status, Status::Failed);
        // Whoever has seen the present revision says so, and the next import knows.
        let published = publish_file(
            trust.node(),
            &file,
            Some(2),
            Acceptance::default(),
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!(
            (published.status, published.rev),
            (Status::Updated, Some(3))
        );
        assert_eq!(trust.import(&tree).await.summary.unchanged, 3);
        write(&tree, &[("a.md", b"# Alpha\n\nnewer words")]);
        assert_eq!(trust.import(&tree).await.file("a.md").rev, Some(4));
        // The text that is published already is no conflict, wherever it was published from.
        let same = format!("---\nid: {b}\n---\n# Beta\n\nsame");
        write(&other, &[("b.md", same.as_bytes())]);
        trust.import(&other).await;
        write(&tree, &[("b.md", b"# Beta\n\nsame")]);
        assert_eq!(
            trust.import(&tree).await.file("b.md").status,
            Status::Unchanged
        );
    });
}

#[test]
fn one_file_is_published_as_the_document_that_an_import_made_of_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(
            &tree,
            &[
                ("deep/a.md", b"# Alpha"),
                ("b.md", b"# Beta\n\n[alpha](deep/a.md)"),
                ("alone/c.md", b"# Gamma"),
            ],
        );
        let first = trust.import(&tree).await;
        write(&tree, &[("deep/a.md", b"# Alpha\n\n[beta](../b.md)")]);
        let report = publish_file(
            trust.node(),
            &tree.join("deep/a.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!(
            (report.status, report.id),
            (Status::Updated, Some(first.id("deep/a.md")))
        );
        assert_eq!(report.path, "deep/a.md");
        let body = trust.body_md(first.id("deep/a.md")).await;
        assert_eq!(body, format!("# Alpha\n\n[beta](/d/{})", first.id("b.md")));
        let again = publish_file(
            trust.node(),
            &tree.join("deep/a.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!((again.status, again.rev), (Status::Unchanged, Some(2)));
        let imported = trust.import_and_prune(&tree).await;
        assert_eq!(imported.summary.unchanged, 3);
        let other = trust.path("other");
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
            publish_file(trust.node(), &file, None, Acceptance::default(), &By::Node),
            publish_file(trust.node(), &file, None, Acceptance::default(), &By::Node)
        );
        let (new, second) = (both.0.unwrap(), both.1.unwrap());
        assert_eq!((new.status, new.rev), (Status::Created, Some(1)));
        assert_eq!((second.status, second.id), (Status::Unchanged, new.id));
        let again = publish_file(
            trust.node(),
            &other.join("new.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!((again.status, again.id), (Status::Unchanged, new.id));
        let bad = publish_file(
            trust.node(),
            &other.join("bad.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!((bad.status, bad.id), (Status::Failed, None));
        assert!(bad.faults.len() > 5);
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap(), []);
        let folder = publish_file(trust.node(), &other, None, Acceptance::default(), &By::Node)
            .await
            .unwrap_err();
        assert!(matches!(folder, PublishFileError::Folder(_)), "{folder}");
        let imported = trust.import(&other).await;
        assert_eq!(
            (imported.file("new.md").status, imported.id("new.md")),
            (Status::Unchanged, new.id.unwrap())
        );
    });
}

#[test]
fn a_folder_and_the_folder_around_it_hold_the_same_documents() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let outer = trust.path("outer");
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
        let first = trust.import(&inner).await;
        trust.withdraw(first.id("gone.md")).await;
        let around = trust.import(&outer).await;
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
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap().len(), 1);
        // And from the folder around it into one that was never named by itself.
        write(&outer, &[("inner/deep/c.md", b"# Gamma")]);
        let again = trust.import(&outer).await;
        let deep = trust.import(&inner.join("deep")).await;
        assert_eq!(deep.file("c.md").status, Status::Unchanged);
        assert_eq!(deep.id("c.md"), again.id("inner/deep/c.md"));
        // What was taken over belongs to the tree from then on.
        fs::remove_file(inner.join("b.md")).unwrap();
        let pruned = trust.import_and_prune(&outer).await;
        assert_eq!(pruned.file("inner/b.md").status, Status::Withdrawn);
    });
}

#[test]
fn one_file_says_nothing_of_its_neighbours() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[("a.md", b"# Alpha"), ("b.md", b"# Beta")]);
        let first = trust.import(&tree).await;
        let imported = trust.import(&tree.join("a.md")).await;
        assert_eq!(imported.statuses(), [("a.md", Status::Unchanged)]);
        assert_eq!(imported.id("a.md"), first.id("a.md"));
        let refused = import(trust.node(), &tree.join("a.md"), &prune(), |_| {})
            .await
            .unwrap_err();
        assert!(matches!(refused, ImportError::PruneFile(_)), "{refused}");
        let imported = trust.import_and_prune(&tree).await;
        assert_eq!(imported.summary.unchanged, 2);
    });
}

#[test]
fn what_was_withdrawn_is_not_published_again_under_another_name() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (tree, other) = (trust.path("tree"), trust.path("other"));
        let text: &[u8] = b"# Movable\n\nwords that had to go";
        write(&tree, &[("a.md", text), ("b.md", b"# Beta")]);
        let id = trust.import(&tree).await.id("a.md");
        trust.withdraw(id).await;
        fs::rename(tree.join("a.md"), tree.join("c.md")).unwrap();
        write(&other, &[("copy.md", text)]);
        for (folder, path) in [(&tree, "c.md"), (&other, "copy.md")] {
            let imported = trust.import(folder).await;
            assert_eq!(imported.file(path).status, Status::Withdrawn, "{path}");
            let report = publish_file(
                trust.node(),
                &folder.join(path),
                None,
                Acceptance::default(),
                &By::Node,
            )
            .await
            .unwrap();
            assert_eq!(report.status, Status::Withdrawn, "{path}");
        }
        assert_eq!(trust.log_size().await, 3);
        // Corrected, it is another text.
        write(&other, &[("copy.md", b"# Movable\n\nnothing of it")]);
        let imported = trust.import(&other).await;
        assert_eq!(imported.file("copy.md").status, Status::Created);
    });
}

#[test]
fn an_import_needs_a_folder_and_to_be_alone() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let missing = import(
            trust.node(),
            &trust.path("missing"),
            &Options::default(),
            |_| {},
        )
        .await;
        let error = missing.unwrap_err();
        assert!(
            error.to_string().contains("missing` cannot be read"),
            "{error}"
        );
        let _other = trust.node().importing.lock().await;
        let tree = trust.path("tree");
        write(&tree, &[("a.md", b"# Alpha")]);
        let error = import(trust.node(), &tree, &Options::default(), |_| {})
            .await
            .unwrap_err();
        assert!(matches!(error, ImportError::Busy));
    });
}
