//! A tree with everything in it that people's trees have.

use std::{fs, os::unix::fs::symlink, process::Command};

use files::import::{Options, Status, publish_file};

use crate::world::{World, on_each_engine, write};

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

#[test]
fn nothing_of_a_nasty_tree_is_lost_or_stops_the_rest() {
    on_each_engine(async |engine| {
        let world = World::new(engine).await;
        let tree = world.path("tree");
        let huge = format!("# Huge\n\n{}", "needle and haystack. ".repeat(20_000));
        let monstrous = vec![b'x'; 17 * 1024 * 1024];
        let sixteen = utf16("# Sixteen\r\n\r\nGrößenänderung £5");
        let other_keys = "---\nlayout: post\ndescription: From another site\nauthor: Jo Bloggs\ncategories: [one, two]\nsidebar: {weight: 3, label: x}\n---\n\n# Other keys\n\nword";
        let files: [(&str, &[u8]); 22] = [
        (
            "ours.md",
            b"---\nkind: page\ntitle: Ours\ntags: [a]\n---\n\ntext",
        ),
        ("theirs.md", other_keys.as_bytes()),
        ("hugo.md", b"+++\ntitle = \"Hugo\"\n+++\n\ntext"),
        ("json.md", b"{\"title\": \"Json\"}\n\ntext"),
        ("none.md", b"Just a line of text"),
        (
            "rules.md",
            b"---\n\nProse between two rules.\n\n---\n\nMore",
        ),
        ("broken.md", b"---\ntitle: [never closed\n---\n\nprecious"),
        (
            "crlf.md",
            b"---\r\ntitle: Windows\r\n---\r\n\r\n# Windows\r\n\r\ntext\r\n",
        ),
        ("bom.md", b"\xef\xbb\xbf---\ntitle: Marked\n---\n\ntext"),
        ("sixteen.md", &sixteen),
        ("latin.md", b"# Latin\n\nGr\xf6\xdfe \x93quoted\x94"),
        (
            "binary.md",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
        ),
        (
            "nul.md",
            b"# Nul\n\nA long enough line with one \0 in it, and more words after it to be text",
        ),
        ("empty.md", b""),
        ("blank.md", b" \n\t\n"),
        ("huge.md", huge.as_bytes()),
        ("monstrous.md", &monstrous),
        (
            "component.mdx",
            b"import X from './x'\n\n# Component\n\n<X prop={1} />\n\ntext",
        ),
        ("LONG.MARKDOWN", b"# Long ending\n"),
        (
            "deep/er/and/deeper/x.md",
            b"# Deep\n\n[up](../../../../none.md)",
        ),
        (".hidden/x.md", b"# Hidden"),
        ("node_modules/p/README.md", b"# Somebody's package"),
    ];
        write(&tree, &files);
        let outside = world.path("outside");
        write(
            &outside,
            &[
                ("secret.md", b"# Secret\n\nout of bounds"),
                ("folder/x.md", b"# x"),
            ],
        );
        symlink(outside.join("secret.md"), tree.join("leads-out.md")).unwrap();
        symlink(outside.join("folder"), tree.join("folder-out")).unwrap();
        symlink("nowhere.md", tree.join("dangling.md")).unwrap();
        symlink("none.md", tree.join("alias.md")).unwrap();
        symlink("..", tree.join("deep/loop")).unwrap();
        write(
            &tree,
            &[("to-alias.md", b"# To an alias\n\n[alias](alias.md)")],
        );
        assert!(
            Command::new("mkfifo")
                .arg(tree.join("pipe.md"))
                .status()
                .unwrap()
                .success()
        );
        let told = world.import(&tree, &Options::default()).await;
        let expected = [
            ("LONG.MARKDOWN", Status::Created),
            ("binary.md", Status::Failed),
            ("blank.md", Status::Draft),
            ("bom.md", Status::Created),
            ("broken.md", Status::Draft),
            ("component.mdx", Status::Created),
            ("crlf.md", Status::Created),
            ("dangling.md", Status::Failed),
            ("deep/er/and/deeper/x.md", Status::Created),
            ("empty.md", Status::Draft),
            ("folder-out", Status::Failed),
            ("huge.md", Status::Draft),
            ("hugo.md", Status::Created),
            ("json.md", Status::Created),
            ("latin.md", Status::Created),
            ("leads-out.md", Status::Failed),
            ("monstrous.md", Status::Failed),
            ("none.md", Status::Created),
            ("nul.md", Status::Created),
            ("ours.md", Status::Created),
            ("pipe.md", Status::Failed),
            ("rules.md", Status::Created),
            ("sixteen.md", Status::Created),
            ("theirs.md", Status::Created),
            ("to-alias.md", Status::Created),
        ];
        let mut statuses = told.statuses();
        statuses.sort_unstable_by_key(|(path, _)| *path);
        assert_eq!(statuses, expected);

        let says = [
            ("binary.md", "not text"),
            ("empty.md", "empty"),
            ("broken.md", "not YAML"),
            ("huge.md", "at most 262144"),
            ("monstrous.md", "at most 16777216 are read"),
            ("latin.md", "windows-1252"),
            ("sixteen.md", "UTF-16LE"),
            ("nul.md", "NUL"),
            ("leads-out.md", "leads out of the tree"),
            ("folder-out", "leads out of the tree"),
            ("dangling.md", "leads nowhere"),
            ("pipe.md", "not a regular file"),
        ];
        for (path, text) in says {
            assert!(
                told.faults(path).contains(text),
                "{path}: {}",
                told.faults(path)
            );
        }
        let draft = world
            .node
            .store
            .draft(told.id("huge.md"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(draft.text, huge, "what is too long is kept whole");
        let draft = world
            .node
            .store
            .draft(told.id("broken.md"))
            .await
            .unwrap()
            .unwrap();
        assert!(draft.text.contains("precious"));
        assert!(
            world
                .body_md(told.id("sixteen.md"))
                .await
                .contains("Größenänderung £5")
        );
        assert!(
            world
                .body_md(told.id("latin.md"))
                .await
                .contains("Größe “quoted”")
        );
        assert!(
            world
                .body_md(told.id("deep/er/and/deeper/x.md"))
                .await
                .contains(&format!("/d/{}", told.id("none.md")))
        );
        assert!(
            world
                .body_md(told.id("to-alias.md"))
                .await
                .contains(&format!("/d/{}", told.id("none.md")))
        );
        assert!(world.found("bounds").await.is_empty() && world.found("package").await.is_empty());
        let pipe = publish_file(&world.node, &tree.join("pipe.md"))
            .await
            .unwrap_err();
        assert!(
            pipe.to_string().contains("neither a file nor a folder"),
            "{pipe}"
        );
        let again = world.import(&tree, &Options::default()).await;
        assert_eq!(
            (again.summary.created, again.summary.updated),
            (0, 0),
            "{:?}",
            again.statuses()
        );
        assert_eq!(again.summary.draft, told.summary.draft);
        assert_eq!(again.summary.failed, told.summary.failed);
    });
}

#[test]
fn what_cannot_be_read_is_not_taken_for_gone() {
    on_each_engine(async |engine| {
        use std::os::unix::fs::PermissionsExt as _;

        let world = World::new(engine).await;
        let tree = world.path("tree");
        write(&tree, &[("a.md", b"# Alpha"), ("closed/b.md", b"# Beta")]);
        world.import(&tree, &Options::default()).await;
        let closed = tree.join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        let is_root = fs::read_dir(&closed).is_ok();
        let told = world
            .import(
                &tree,
                &Options {
                    prune: true,
                    ..Options::default()
                },
            )
            .await;
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if is_root {
            eprintln!("the system lets this user read everything: this proves nothing here");
            return;
        }
        assert_eq!(told.summary.withdrawn, 0);
        assert_eq!(told.of("closed").status, Status::Failed);
    });
}
