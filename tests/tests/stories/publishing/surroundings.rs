//! What other files and folders say about a file keeps it back, at a check and at an import alike, with the file and the line
//! that say so.

use std::path::Path;

use files::{
    check::{Becomes, Options as CheckOptions, check},
    import::{Options, Status},
    publish::publish_file,
};
use it::{tree::write, trust::Trust};
use node::audit::By;
use patient_data::Acceptance;

/// A text that says nothing of itself.
const PAGE: &str = "# Porters\n\nPorters walk eleven miles a shift.\n";

/// A tree: files that say something, and what becomes of the others: nothing for a document, or what the reason names.
struct Case {
    signs: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
}

const CASES: [Case; 17] = [
    Case {
        signs: &[
            (
                ".gitignore",
                "# Not for others\n/hr/\nprivate-*.md\n!private-but-known.md\n",
            ),
            ("deep/.gitignore", "notes.md\n!kept.md\n"),
            ("deep/down/.wardroundignore", "a.md\n"),
        ],
        files: &[
            (
                "hr/a.md",
                "`.gitignore`, line 2, keeps the file back by `hr/`",
            ),
            ("deep/private-a.md", "`.gitignore`, line 3, keeps"),
            ("deep/notes.md", "`deep/.gitignore`, line 1, keeps"),
            ("deep/down/a.md", "`deep/down/.wardroundignore`, line 1"),
            ("private-but-known.md", ""),
            ("deep/kept.md", ""),
            ("deep/hr/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "mkdocs.yml",
            "site_name: Ours\nplugins: !ENV [X, y]\nexclude_docs: |\n  hr/\n  *.tmp.md\n\ndraft_docs: |\n  board.md\nnot_in_nav: |\n  lost.md\n",
        )],
        files: &[
            (
                "docs/hr/a.md",
                "`mkdocs.yml`, line 4 (exclude_docs), keeps the file back by `hr/`",
            ),
            ("docs/a.tmp.md", "line 5 (exclude_docs)"),
            ("docs/board.md", "line 8 (draft_docs)"),
            ("docs/lost.md", ""),
            ("board.md", ""),
        ],
    },
    Case {
        signs: &[(
            "_config.yml",
            "title: Ours\nexclude:\n  - board-notes.md # for later\n  - hr\n  - README.md\ndefaults:\n  - scope: {path: \"\", type: posts}\n    values: {layout: post}\n  - scope:\n      path: board\n    values:\n      published: false\n  - scope: {path: board/open}\n    values: {published: true}\n",
        )],
        files: &[
            ("board-notes.md", "`_config.yml`, line 3 (exclude)"),
            ("hr/a.md", "`_config.yml`, line 4 (exclude)"),
            (
                "board/a.md",
                "`_config.yml`, line 12, says so of the files of its folder (`defaults`): `published: false`",
            ),
            ("board/open/a.md", ""),
            ("README.md", ""),
            ("other/hr/a.md", ""),
            (
                "_posts/2099-03-03-x.md",
                "the name of the file says 2099-03-03",
            ),
            ("_posts/2020-03-03-x.md", ""),
            ("plans/2099-03-03-x.md", ""),
        ],
    },
    Case {
        signs: &[("_config.yml", "exclude: [one.md, 'two.md']\n")],
        files: &[
            ("one.md", "line 1 (exclude)"),
            ("two.md", "line 1 (exclude)"),
            ("three.md", ""),
        ],
    },
    Case {
        signs: &[
            (
                "content/a/_index.md",
                "---\ntitle: A\ncascade:\n  draft: true\n---\nWords.\n",
            ),
            (
                "content/a/open/_index.md",
                "---\ntitle: A\ncascade: {draft: false}\n---\nWords.\n",
            ),
            (
                "content/b/_index.md",
                "---\ntitle: B\ncascade:\n  - _target: {path: \"/b/x/**\"}\n    build: {render: never, list: never}\n---\nWords.\n",
            ),
            (
                "content/c/_index.md",
                "+++\ntitle = \"C\"\n[cascade]\nvisibility = \"internal\"\n+++\nWords.\n",
            ),
            (
                "content/d/_index.md",
                "---\ntitle: D\ncascade:\n  publishDate: 2099-01-01\n---\nWords.\n",
            ),
            (
                "content/e/_index.md",
                "---\ntitle: E\ncascade:\n  type: docs\n  toc: true\n  params: {wide: true}\n---\nWords.\n",
            ),
            (
                "content/bundle/index.md",
                "---\ntitle: F\ndraft: true\n---\nWords.\n",
            ),
        ],
        files: &[
            (
                "content/a/p.md",
                "`content/a/_index.md`, line 4, says so of the files of its folder (`cascade`): `draft: true`",
            ),
            ("content/a/open/p.md", ""),
            ("content/b/x/p.md", "line 5, says so"),
            ("content/b/p.md", ""),
            ("content/c/p.md", "`content/c/_index.md`, line 4"),
            ("content/d/p.md", "`content/d/_index.md`, line 4"),
            ("content/e/p.md", ""),
            ("content/f/p.md", ""),
            (
                "content/bundle/notes.md",
                "`content/bundle/index.md`, line 3",
            ),
            ("content/p.md", ""),
        ],
    },
    Case {
        signs: &[(
            "hugo.toml",
            "title = \"x\"\n[[cascade]]\ndraft = true\n[cascade._target]\npath = \"/shut/**\"\n",
        )],
        files: &[
            ("content/shut/a.md", "`hugo.toml`, line 3"),
            ("content/a.md", ""),
        ],
    },
    // Without Hugo, a draft of the first page says nothing of its neighbours.
    Case {
        signs: &[("x/index.md", "---\ntitle: F\ndraft: true\n---\nWords.\n")],
        files: &[("x/notes.md", "")],
    },
    Case {
        signs: &[(
            "docusaurus.config.js",
            "module.exports = {\n  docs: {\n    exclude: [\n      '**/hr/**',\n      'board/*.{md,mdx}',\n    ],\n  },\n};\n",
        )],
        files: &[
            ("docs/hr/a.md", "`docusaurus.config.js`, line 4 (exclude)"),
            (
                "docs/board/a.md",
                "`docusaurus.config.js`, line 5 (exclude)",
            ),
            (
                "docs/_parts/a.md",
                "`docusaurus.config.js` (exclude), keeps the file back by `_*/`",
            ),
            ("docs/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "conf.py",
            "project = 'x'\nexclude_patterns = ['_build', \"hr/*\"]\n",
        )],
        files: &[
            ("hr/a.md", "`conf.py`, line 2 (exclude_patterns)"),
            ("a.md", ""),
        ],
    },
    Case {
        signs: &[
            (
                "one/conf.py",
                "# exclude_patterns = ['open.md']\nexclude_patterns: list[str] = [\n  'old/*',  # see [1]\n  \"hr/*\",\n]\n",
            ),
            (
                "two/docusaurus.config.js",
                "const url = 'https://x/'; const exclude: string[] = [\n  '**/board/**', // see [1]\n  'hr/*',\n];\n",
            ),
            (
                "three/conf.py",
                "exclude_patterns = (\n  ['a.md']\n)\nexclude_patterns.append('b.md')\nexclude_patterns = exclude_patterns + ['c.md']\n",
            ),
        ],
        files: &[
            (
                "one/deep/old/a.md",
                "`one/conf.py`, line 3 (exclude_patterns)",
            ),
            ("one/hr/a.md", "`one/conf.py`, line 4 (exclude_patterns)"),
            ("one/open.md", ""),
            ("two/board/a.md", "`two/docusaurus.config.js`, line 2"),
            ("two/hr/a.md", "`two/docusaurus.config.js`, line 3"),
            ("two/open.md", ""),
            ("three/a.md", "`three/conf.py`, line 2"),
            ("three/b.md", "`three/conf.py`, line 4"),
            ("three/c.md", "`three/conf.py`, line 5"),
            ("three/open.md", ""),
        ],
    },
    // Texts next to the folder of the configuration.
    Case {
        signs: &[(
            "site/mkdocs.yml",
            "docs_dir: ../docs\nexclude_docs: |\n  hr/\n",
        )],
        files: &[
            (
                "docs/hr/a.md",
                "`site/mkdocs.yml`, line 3 (exclude_docs), keeps the file back by `hr/`",
            ),
            ("docs/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "site/_config.yml",
            "source: ./../pages/\nexclude: [hr]\ndefaults:\n  - scope: {path: board}\n    values: {published: false}\n",
        )],
        files: &[
            ("pages/hr/a.md", "`site/_config.yml`, line 2 (exclude)"),
            ("pages/board/a.md", "`site/_config.yml`, line 4"),
            ("pages/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "hugo.yaml",
            "---\ntitle: Ours\ncascade:\n  - target: {path: /board/**}\n    draft: true\n",
        )],
        files: &[
            ("content/board/a.md", "`hugo.yaml`, line 5, says so"),
            ("content/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "content/board/_index.md",
            "---\ntitle: &t Board papers\nlinkTitle: *t\ncascade:\n  draft: true\n---\n",
        )],
        files: &[
            (
                "content/board/plan.md",
                "`content/board/_index.md` may say which files are not published, and cannot be read: line 3",
            ),
            ("content/plan.md", ""),
        ],
    },
    Case {
        signs: &[(
            "x/README.md",
            "# Notes\n\nEverything in this folder is confidential.\n",
        )],
        files: &[
            (
                "x/a.md",
                "`x/README.md`, line 3, says of the files of its folder: `Everything in this folder is confidential.`",
            ),
            ("x/deep/a.md", "`x/README.md`, line 3"),
            ("y/a.md", ""),
        ],
    },
    Case {
        signs: &[(
            "index.md",
            "# Notes\n\nNothing in this folder is secret. The folder `x` is private.\n",
        )],
        files: &[("x/a.md", "")],
    },
    Case {
        signs: &[(".gitignore", "*\n")],
        files: &[("said.md", "`.gitignore`, line 1")],
    },
];

#[tokio::test]
async fn what_other_files_say_keeps_a_file_back() {
    for (number, case) in CASES.iter().enumerate() {
        let trust = Trust::new("ZZ1").await;
        let tree = trust.path(&format!("tree{number}"));
        let texts = case.files.iter().map(|(path, _)| (*path, PAGE));
        let written: Vec<(&str, &[u8])> = case
            .signs
            .iter()
            .copied()
            .chain(texts)
            .map(|(path, text)| (path, text.as_bytes()))
            .collect();
        write(&tree, &written);
        let now = trust.node().now();
        let checked = check(
            std::slice::from_ref(&tree),
            now,
            &CheckOptions::default(),
            |_, _| {},
        );
        let checked = checked.unwrap();
        let imported = trust.import(&tree).await;
        for (path, reason) in case.files {
            let shown = tree.join(path).display().to_string();
            let file = checked
                .files
                .iter()
                .find(|file| file.path == shown)
                .unwrap();
            let said: String = file.advice.iter().map(ToString::to_string).collect();
            let status = imported.file(path).status;
            let (becomes, made) = match reason.is_empty() {
                true => (Becomes::Document, Status::Created),
                false => (Becomes::Draft, Status::Draft),
            };
            assert_eq!((file.becomes, status), (becomes, made), "{path}: {said}");
            for said in [said, imported.faults(path)] {
                assert!(said.contains(reason), "{path}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn the_words_of_a_file_about_itself_come_first() {
    let trust = Trust::new("ZZ1").await;
    let tree = trust.path("tree");
    write(
        &tree,
        &[
            (".gitignore", b"*\n"),
            ("README.md", b"Everything in this folder is private.\n"),
            ("a.md", b"---\nvisibility: public\n---\n# A\n\nWords.\n"),
            ("b.md", b"# B\n\nWords.\n"),
        ],
    );
    let imported = trust.import(&tree).await;
    assert_eq!(imported.file("a.md").status, Status::Created);
    assert_eq!(imported.file("b.md").status, Status::Draft);
}

/// The configuration is next to the folder that people import.
#[tokio::test]
async fn files_above_the_folder_count_up_to_the_beginning_of_its_repository() {
    let trust = Trust::new("ZZ1").await;
    let tree = trust.path("tree");
    write(
        &tree,
        &[
            (".gitignore", b"docs/none.md\n"),
            ("repo/.git/HEAD", b"ref: x\n"),
            ("repo/.gitignore", b"docs/one.md\n"),
            ("repo/docs/one.md", PAGE.as_bytes()),
            ("repo/docs/none.md", PAGE.as_bytes()),
            // What a program has made, in a folder that the repository leaves out.
            ("made/private/repo/.git/HEAD", b"ref: x\n"),
            ("made/private/repo/.gitignore", b"out/\n"),
            (
                "made/private/repo/out/sub/three.md",
                b"# Wards\n\nA third page.\n",
            ),
            ("site/mkdocs.yml", b"exclude_docs: |\n  two.md\n"),
            (
                "site/docs/two.md",
                b"# Beds\n\nOther words of another page.\n",
            ),
        ],
    );
    let imported = trust.import(&tree.join("repo/docs")).await;
    assert_eq!(imported.file("one.md").status, Status::Draft);
    assert_eq!(imported.file("none.md").status, Status::Created);
    // Who gives that folder has decided about it, and where the repository lies says nothing.
    let made = trust.import(&tree.join("made/private/repo/out/sub")).await;
    assert_eq!(made.file("three.md").status, Status::Created, "{made:?}");
    let imported = trust.import(&tree.join("site/docs")).await;
    assert!(imported.faults("two.md").contains("mkdocs.yml`, line 2"));
}

#[tokio::test]
async fn a_file_is_published_by_the_rules_of_the_folder_that_was_imported() {
    let trust = Trust::new("ZZ1").await;
    let tree = trust.path("tree");
    let cascade = b"---\ntitle: Board\ncascade:\n  draft: true\n---\n";
    write(
        &tree,
        &[
            (".wardroundignore", b"hr/2026/\n"),
            ("board/_index.md", cascade),
            ("hr/2026/plan.md", PAGE.as_bytes()),
            ("board/may/one/plan.md", b"# Wards\n\nA page.\n"),
            ("hr/2025/plan.md", b"# Beds\n\nOther words.\n"),
        ],
    );
    let imported = trust.import(&tree).await;
    for (path, reason) in [
        ("hr/2026/plan.md", "`.wardroundignore`, line 1, keeps"),
        ("board/may/one/plan.md", "`board/_index.md`, line 4, says"),
    ] {
        let file = tree.join(path);
        let published = publish_file(trust.node(), &file, None, Acceptance::default(), &By::Node);
        let published = published.await.unwrap();
        let said: String = published.faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            (imported.file(path).status, published.status),
            (Status::Draft, Status::Failed),
            "{said}"
        );
        for said in [said, imported.faults(path)] {
            assert!(said.contains(reason), "{path}: {said}");
        }
    }
    let open = tree.join("hr/2025/plan.md");
    let published = publish_file(trust.node(), &open, None, Acceptance::default(), &By::Node);
    assert_eq!(published.await.unwrap().status, Status::Unchanged);
}

#[tokio::test]
async fn the_name_of_the_given_folder_counts_until_a_person_says_otherwise() {
    for folder in [
        "drafts",
        "Internal/sub",
        "private/x/y",
        "not for publication",
    ] {
        let trust = Trust::new("ZZ1").await;
        let tree = trust.path(folder);
        let open = "---\nvisibility: public\n---\n# Open\n\nWords.\n";
        write(
            &tree,
            &[("a.md", PAGE.as_bytes()), ("b.md", open.as_bytes())],
        );
        let becomes = |path: &Path, is_public: bool| {
            let options = CheckOptions {
                is_public,
                ..CheckOptions::default()
            };
            let checked = check(
                &[path.to_path_buf()],
                trust.node().now(),
                &options,
                |_, _| {},
            );
            checked.unwrap().files.remove(0).becomes
        };
        // The folder, and one file of it.
        let file = tree.join("a.md");
        for path in [&tree, &file] {
            assert_eq!(becomes(path, false), Becomes::Draft, "{folder}");
            assert_eq!(becomes(path, true), Becomes::Document, "{folder}");
            let imported = trust.import(path).await;
            assert_eq!(imported.file("a.md").status, Status::Draft);
            let said = imported.faults("a.md");
            assert!(said.contains("--folder-is-public"), "{said}");
        }
        let published = publish_file(trust.node(), &file, None, Acceptance::default(), &By::Node);
        assert_eq!(published.await.unwrap().status, Status::Failed);
        // What says so itself is published.
        assert_eq!(
            trust.import(&tree).await.file("b.md").status,
            Status::Unchanged
        );
        let options = Options {
            is_public: true,
            ..Options::default()
        };
        let imported = trust.import_with(&tree, &options).await;
        assert_eq!(imported.file("a.md").status, Status::Created, "{folder}");
    }
}
