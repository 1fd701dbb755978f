//! A tree with everything in it that people's trees have.

use node::audit::By;
use patient_data::Acceptance;
use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::PathBuf, process::Command};

use files::{import::Status, publish::publish_file};
use it::{
    engine::on_each_engine,
    tree::{Imported, write},
    trust::Trust,
};

/// What a file of the tree holds, what becomes of it, and words of what is reported of it.
type Case = (&'static str, Vec<u8>, Option<Status>, &'static str);

const CREATED: Option<Status> = Some(Status::Created);
const DRAFT: Option<Status> = Some(Status::Draft);
const FAILED: Option<Status> = Some(Status::Failed);
/// What an import passes over in silence.
const PASSED_OVER: Option<Status> = None;

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

fn huge() -> String {
    format!("# Huge\n\n{}", "needle and haystack. ".repeat(20_000))
}

/// Files of people's trees, one a line.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        // Heads of every kind.
        ("ours.md", text("---\nkind: page\ntitle: Ours\ntags: [a]\n---\n\ntext"), CREATED, ""),
        ("theirs.md", text("---\nlayout: post\ndescription: From another site\nauthor: Jo Bloggs\ncategories: [one, two]\nsidebar: {weight: 3, label: x}\n---\n\n# Other keys\n\nword"), CREATED, ""),
        ("hugo.md", text("+++\ntitle = \"Hugo\"\n+++\n\ntext"), CREATED, ""),
        ("json.md", text("{\"title\": \"Json\"}\n\ntext"), CREATED, ""),
        ("none.md", text("Just a line of text"), CREATED, ""),
        ("rules.md", text("---\n\nProse between two rules.\n\n---\n\nMore"), CREATED, ""),
        ("broken.md", text("---\ntitle: [never closed\n---\n\nprecious"), DRAFT, "not YAML"),
        // Bytes of every kind.
        ("crlf.md", text("---\r\ntitle: Windows\r\n---\r\n\r\n# Windows\r\n\r\ntext\r\n"), CREATED, ""),
        ("bom.md", text("\u{feff}---\ntitle: Marked\n---\n\ntext"), CREATED, ""),
        ("sixteen.md", utf16("# Sixteen\r\n\r\nGrößenänderung £5"), CREATED, "UTF-16LE"),
        ("latin.md", b"# Latin\n\nGr\xf6\xdfe \x93quoted\x94".to_vec(), CREATED, "windows-1252"),
        ("binary.md", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0".to_vec(), FAILED, "not text"),
        ("nul.md", text("# Nul\n\nA long enough line with one \0 in it, and more words after it to be text"), CREATED, "NUL"),
        // Sizes of every kind.
        ("empty.md", text(""), DRAFT, "empty"),
        ("blank.md", text(" \n\t\n"), DRAFT, ""),
        ("huge.md", text(&huge()), DRAFT, "the limit is 262144"),
        ("monstrous.md", vec![b'x'; 17 * 1024 * 1024], FAILED, "at most 16777216 are read"),
        // Names of every kind.
        ("component.mdx", text("import X from './x'\n\n# Component\n\n<X prop={1} />\n\ntext"), CREATED, ""),
        ("LONG.MARKDOWN", text("# Long ending\n"), CREATED, ""),
        ("deep/er/and/deeper/x.md", text("# Deep\n\n[up](../../../../none.md)"), CREATED, ""),
        ("to-alias.md", text("# To an alias\n\n[alias](alias.md)"), CREATED, ""),
        (".hidden/x.md", text("# Hidden"), PASSED_OVER, ""),
        ("node_modules/p/README.md", text("# The package of another"), PASSED_OVER, ""),
    ]
}

/// What is no file at all: its name, where it leads, and words of what is reported of it.
const LINKS: [(&str, &str, &str); 5] = [
    (
        "leads-out.md",
        "../outside/secret.md",
        "leads out of the tree",
    ),
    ("folder-out", "../outside/folder", "leads out of the tree"),
    ("dangling.md", "nowhere.md", "leads nowhere"),
    ("alias.md", "none.md", ""),
    ("deep/loop", "..", ""),
];

/// Writes the tree.
fn write_tree(trust: &Trust, cases: &[Case]) -> PathBuf {
    let (tree, outside) = (trust.path("tree"), trust.path("outside"));
    for (path, bytes, ..) in cases {
        write(&tree, &[(path, bytes)]);
    }
    let secret: &[u8] = b"# Secret\n\nout of bounds";
    write(&outside, &[("secret.md", secret), ("folder/x.md", b"# x")]);
    for (path, target, _) in LINKS {
        symlink(target, tree.join(path)).unwrap();
    }
    let pipe = Command::new("mkfifo").arg(tree.join("pipe.md")).status();
    assert!(pipe.unwrap().success());
    tree
}

#[test]
fn nothing_of_a_nasty_tree_is_lost_or_stops_the_rest() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let cases = cases();
        let tree = write_tree(&trust, &cases);
        let imported = trust.import(&tree).await;

        // Each file becomes what it should, and each that does not is reported.
        let mut expected: BTreeMap<_, _> = cases
            .iter()
            .filter_map(|(path, _, status, words)| Some((*path, ((*status)?, *words))))
            .collect();
        let failing = LINKS.iter().filter(|(_, _, words)| !words.is_empty());
        expected.extend(failing.map(|(path, _, words)| (*path, (Status::Failed, *words))));
        expected.insert("pipe.md", (Status::Failed, "not a regular file"));
        for (path, status) in imported.statuses() {
            let (expected, words) = expected.remove(path).expect(path);
            let faults = imported.faults(path);
            assert_eq!(status, expected, "{path}: {faults}");
            assert!(faults.contains(words), "{path}: {faults}");
        }
        assert!(expected.is_empty(), "not reported: {expected:?}");

        // Nothing of what they hold is lost, and nothing from outside comes in.
        let store = &trust.node().store;
        for (path, text) in [("huge.md", huge().as_str()), ("broken.md", "precious")] {
            let draft = store.draft(imported.id(path)).await.unwrap().unwrap();
            assert!(draft.text.contains(text), "{path} is kept whole");
        }
        let link = format!("/d/{}", imported.id("none.md"));
        for (path, text) in [
            ("sixteen.md", "Größenänderung £5"),
            ("latin.md", "Größe “quoted”"),
            ("deep/er/and/deeper/x.md", &link),
            ("to-alias.md", &link),
        ] {
            let body = trust.body_md(imported.id(path)).await;
            assert!(body.contains(text), "{path}: {body}");
        }
        assert!(trust.found("bounds").await.is_empty() && trust.found("package").await.is_empty());
        let pipe = publish_file(
            trust.node(),
            &tree.join("pipe.md"),
            None,
            Acceptance::default(),
            &By::Node,
        )
        .await;
        let pipe = pipe.unwrap_err().to_string();
        assert!(pipe.contains("neither a file nor a folder"), "{pipe}");

        // And a second import changes nothing.
        let again = trust.import(&tree).await;
        let sums = |imported: &Imported| {
            let sums = &imported.summary;
            (sums.updated, sums.draft, sums.failed)
        };
        assert_eq!(sums(&again), sums(&imported));
        assert_eq!(again.summary.created, 0, "{:?}", again.statuses());
    });
}

#[test]
fn what_cannot_be_read_is_not_taken_for_gone() {
    on_each_engine(async |engine| {
        use std::os::unix::fs::PermissionsExt as _;

        let trust = Trust::on(engine, "ZZ1").await;
        let tree = trust.path("tree");
        write(&tree, &[("a.md", b"# Alpha"), ("closed/b.md", b"# Beta")]);
        trust.import(&tree).await;
        let closed = tree.join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        let is_root = fs::read_dir(&closed).is_ok();
        let imported = trust.import_and_prune(&tree).await;
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if is_root {
            eprintln!("the system lets this user read everything: this proves nothing here");
            return;
        }
        assert_eq!(imported.summary.withdrawn, 0);
        assert_eq!(imported.file("closed").status, Status::Failed);
    });
}
