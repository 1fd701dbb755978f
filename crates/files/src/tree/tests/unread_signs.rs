//! Files that say something about others, and that cannot be read as they are: what they would have kept back is not published.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
};

use wire::Timestamp;

use crate::check::{Becomes, Options, check};

const PAGE: &str = "# Porters\n\nPorters walk eleven miles a shift.\n";

/// Makes the file `sign` in a folder. Next to it, `secret.md` and `other.md` are texts, and so is `open/page.md` in the
/// folder next to that.
type Make = fn(&Path);

fn write(location: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(location.parent().unwrap()).unwrap();
    fs::write(location, bytes).unwrap();
}

fn ignore(folder: &Path, bytes: impl AsRef<[u8]>) {
    write(&folder.join(".wardroundignore"), bytes);
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// What is read as documents are, and what it says: `secret.md` alone is kept back.
const READ: [(&str, Make, &str); 6] = [
    (
        "UTF-16, as PowerShell writes it",
        |folder| ignore(folder, utf_16("# Ours\r\nsecret.md\r\n")),
        "`shut/.wardroundignore`, line 2, keeps the file back by `secret.md`",
    ),
    (
        "Windows-1252",
        |folder| ignore(folder, b"caf\xe9/\nsecret.md\n"),
        "line 2, keeps",
    ),
    (
        "a long file",
        |folder| {
            let long = "some-other-folder/\n".repeat(20_000);
            ignore(folder, format!("{long}secret.md\n"));
        },
        "line 20001, keeps",
    ),
    (
        "a link within the tree",
        |folder| {
            write(&folder.join("../rules.txt"), "\nsecret.md\n");
            symlink("../rules.txt", folder.join(".wardroundignore")).unwrap();
        },
        "`shut/.wardroundignore`, line 2, keeps",
    ),
    (
        "a pattern that Git takes for none",
        |folder| write(&folder.join(".gitignore"), "a\\\nsecret.md\n"),
        "`shut/.gitignore`, line 2, keeps",
    ),
    (
        "a folder that has the name of a file",
        |folder| {
            fs::create_dir_all(folder.join(".gitignore")).unwrap();
            ignore(folder, "secret.md");
        },
        "line 1, keeps",
    ),
];

/// What cannot be read: all files of its folder are kept back.
const UNREAD: [(&str, Make, &str); 17] = [
    (
        "too long",
        |folder| ignore(folder, "x\n".repeat(600_000)),
        "`shut/.wardroundignore` may say which files are not published, and cannot be read: it has 1200000 bytes",
    ),
    (
        "no text",
        |folder| {
            ignore(
                folder,
                (1..=251)
                    .cycle()
                    .step_by(167)
                    .take(4000)
                    .collect::<Vec<u8>>(),
            )
        },
        "the file is not text",
    ),
    (
        "a README that is no text",
        |folder| {
            write(
                &folder.join("README.md"),
                (1..=251)
                    .cycle()
                    .step_by(167)
                    .take(4000)
                    .collect::<Vec<u8>>(),
            )
        },
        "`shut/README.md` may say",
    ),
    (
        "a link that leads nowhere",
        |folder| symlink("none", folder.join(".wardroundignore")).unwrap(),
        "no longer exists",
    ),
    (
        "a link to itself",
        |folder| symlink(".gitignore", folder.join(".gitignore")).unwrap(),
        "`shut/.gitignore` may say",
    ),
    (
        "a link that leads out of the tree",
        |folder| symlink("/etc/hostname", folder.join("mkdocs.yml")).unwrap(),
        "`shut/mkdocs.yml` may say which files are not published, and cannot be read: it is a link that leads out of",
    ),
    (
        "no file",
        |folder| drop(UnixListener::bind(folder.join(".gitignore")).unwrap()),
        "it is not a regular file",
    ),
    (
        "no pattern",
        |folder| ignore(folder, "# ours\nhr/\n{a,b\nc/\n"),
        "`shut/.wardroundignore`, line 3, is no pattern (`{a,b`); until that is corrected",
    ),
    (
        "bytes that are no text",
        |folder| ignore(folder, b"h\xc3\xa9\xc3\xa8/\ncaf\xe9.md\n"),
        "line 2, is no pattern",
    ),
    (
        "more patterns than the matcher takes",
        |folder| {
            write(
                &folder.join(".gitignore"),
                format!("{}\n", "*a?b*c?d*é?*[a-zé]*".repeat(10)).repeat(1_500),
            )
        },
        "`shut/.gitignore` has too many patterns",
    ),
    (
        "keys for a path that is no pattern",
        |folder| {
            write(
                &folder.join("_config.yml"),
                "defaults:\n  - scope: {path: \"{secret\"}\n    values: {published: false}\n",
            )
        },
        "`shut/_config.yml`, line 2, says so of the files of its folder (`defaults`)",
    ),
    (
        "an alias above a cascade",
        |folder| {
            let keys = "title: &t Board\nlinkTitle: *t\ncascade:\n  draft: true\n";
            write(&folder.join("_index.md"), format!("---\n{keys}---\n"));
        },
        "`shut/_index.md` may say which files are not published, and cannot be read: line 3: YAML aliases",
    ),
    (
        "front matter that is too long",
        |folder| {
            let long = "x".repeat(20_000);
            let keys = format!("title: {long}\ncascade:\n  draft: true\n");
            write(&folder.join("_index.md"), format!("---\n{keys}---\n"));
        },
        "`shut/_index.md` may say which files are not published, and cannot be read: line 2: the front matter has",
    ),
    (
        "TOML with a mistake",
        |folder| {
            let keys = "title = = 1\n[cascade]\ndraft = true\n";
            write(&folder.join("_index.md"), format!("+++\n{keys}+++\n"));
        },
        "cannot be read: line 2: the front matter is not TOML",
    ),
    (
        "JSON with a mistake",
        |folder| {
            let text = "{\"title\": \"x\",, \"cascade\": {\"draft\": true}}\n";
            write(&folder.join("_index.md"), text);
        },
        "cannot be read: line 1: the front matter is not JSON",
    ),
    (
        "an alias in the page of a bundle",
        |folder| {
            let keys = "title: &t Board\nlinkTitle: *t\nheadless: true\n";
            write(&folder.join("index.md"), format!("---\n{keys}---\n"));
        },
        "`shut/index.md` may say which files are not published, and cannot be read: line 3",
    ),
    (
        "an expression in place of a list",
        |folder| {
            write(
                &folder.join("conf.py"),
                "project = 'x'\nexclude_patterns = common + ['hr/*']\n",
            )
        },
        "`shut/conf.py` may say which files are not published, and cannot be read: line 2 gives `exclude_patterns` something else",
    ),
];

/// Returns what the check says of `secret.md`, `other.md` and `open/page.md`, in this order: nothing for a document.
fn said(make: Make) -> [String; 3] {
    let base = tempfile::tempdir().unwrap();
    let tree = base.path().join("tree");
    let folder = tree.join("shut");
    let paths = ["shut/secret.md", "shut/other.md", "open/page.md"];
    for path in paths {
        write(&tree.join(path), PAGE);
    }
    make(&folder);
    let now = Timestamp::parse("2026-11-28T09:00:00Z").unwrap();
    let checked = check(
        std::slice::from_ref(&tree),
        now,
        &Options::default(),
        |_, _| {},
    )
    .unwrap();
    paths.map(|path| {
        let shown = tree.join(path).display().to_string();
        let file = checked
            .files
            .iter()
            .find(|file| file.path == shown)
            .unwrap();
        let said: String = file
            .held_back
            .iter()
            .chain(&file.advice)
            .map(ToString::to_string)
            .collect();
        match file.becomes {
            Becomes::Document => String::new(),
            Becomes::Draft | Becomes::Nothing => said,
        }
    })
}

#[test]
fn what_is_read_as_documents_are_keeps_back_what_it_names() {
    for (name, make, reason) in READ {
        let [secret, other, open] = said(make);
        assert!(secret.contains(reason), "{name}: {secret}");
        assert_eq!((other.as_str(), open.as_str()), ("", ""), "{name}");
    }
}

#[test]
fn what_cannot_be_read_keeps_back_its_folder() {
    for (name, make, reason) in UNREAD {
        let [secret, other, open] = said(make);
        for said in [secret, other] {
            assert!(said.contains(reason), "{name}: {said}");
        }
        assert_eq!(open, "", "{name}");
    }
}

#[test]
fn a_mistake_in_keys_that_are_about_the_file_alone_keeps_no_other_back() {
    let readme: Make = |folder| {
        let keys = "title: &t Clotting cascade\nlinkTitle: *t\ndraft: true\n";
        write(&folder.join("README.md"), format!("---\n{keys}---\n"));
    };
    let configuration: Make = |folder| write(&folder.join("hugo.toml"), "title = = 1\n");
    let loader: Make = |folder| {
        let text = "module: { exclude: /node_modules/, rules: x.exclude(names) }\n";
        write(&folder.join("docusaurus.config.js"), text);
    };
    let words: Make = |folder| {
        let text = "/*\n * exclude: drafts are left out of the site\n */\nmodule.exports = {\n  description: 'What we exclude: staff names', exclude: true, exclude: /a=b/,\n}\n";
        write(&folder.join("docusaurus.config.js"), text);
    };
    for make in [readme, configuration, loader, words] {
        assert_eq!(said(make), [""; 3]);
    }
}

#[test]
fn the_cascade_of_a_long_configuration_counts() {
    let long = format!("# {}\n", "x".repeat(20_000));
    let toml = "[[cascade]]\ndraft = true\n[cascade.target]\npath = \"/board/**\"\n";
    let yaml = "cascade:\n  - target: {path: /board/**}\n    draft: true\n";
    for (path, text) in [
        ("hugo.toml", format!("{long}{toml}")),
        ("hugo.yaml", format!("---\n{long}{yaml}")),
        ("config.yml", yaml.to_owned()),
        ("config/_default/hugo.toml", toml.to_owned()),
        ("config/_default/cascade.yaml", yaml.to_owned()),
        ("config/_default/cascade.yaml", "draft: true\n".to_owned()),
    ] {
        let base = tempfile::tempdir().unwrap();
        let page = base.path().join("site/content/board/plan.md");
        write(&page, PAGE);
        write(&base.path().join("site").join(path), text);
        // The whole site, and its texts alone.
        fs::create_dir(base.path().join("site/.git")).unwrap();
        for given in ["site", "site/content"] {
            let now = Timestamp::parse("2026-11-28T09:00:00Z").unwrap();
            let given = base.path().join(given);
            let checked = check(&[given], now, &Options::default(), |_, _| {}).unwrap();
            let file = checked
                .files
                .iter()
                .find(|file| file.path.ends_with("plan.md"));
            assert_eq!(file.unwrap().becomes, Becomes::Draft, "{path}");
        }
    }
}
