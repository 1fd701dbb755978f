//! Backups, restores and the node document as an operator meets them, also when the program is killed in the middle.

use std::{fs, thread, time::Duration};

use crate::program::{CASE_STUDY, Place, with_a_case_study};

/// Returns the files of a directory, in order.
fn files(directory: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_made_while_the_node_serves_and_restored_into_an_empty_directory_only() {
    let (place, serving) = with_a_case_study();
    fs::create_dir(place.path("backups")).unwrap();
    let made = place.prints(&["backup", "backups", "--with-keys", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let file = made["file"].as_str().unwrap();
    assert_eq!(made["logs"][0]["size"], 1);
    // A file that is there is never replaced, and a place that is not there is named.
    let (code, said) = place.fails(&["backup", file]);
    assert!(code == 2 && said.contains("is there already"), "{said}");
    let (code, said) = place.fails(&["backup", "nowhere/a.tar.gz"]);
    assert!(code == 2 && said.contains("no directory"), "{said}");

    // It is checked without a node, and refused when it was changed.
    let checked = place.prints(&["--data", "none", "backup", "--verify", file]);
    assert!(
        checked.contains("everything matches its signature"),
        "{checked}"
    );
    assert!(!place.path("none").exists());
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    // One bit may be one that no reader looks at.
    bytes[middle..middle + 16]
        .iter_mut()
        .for_each(|byte| *byte ^= 0xff);
    fs::write(place.path("changed.tar.gz"), &bytes).unwrap();
    let (code, said) = place.fails(&["backup", "--verify", "changed.tar.gz"]);
    assert!(
        code == 1 && said.contains("no backup that can be used"),
        "{said}"
    );

    // Into the directory of a node it is not restored, nor into one that has anything.
    for data in ["node", "backups"] {
        let (code, said) = place.fails(&["--data", data, "restore", file]);
        assert!(code == 1 && said.contains("is not empty"), "{said}");
    }
    let (code, said) = place.fails(&["--data", "changed", "restore", "changed.tar.gz"]);
    assert_eq!(code, 1, "{said}");
    assert!(!place.path("changed/node.db").exists());
    drop(serving);
    let restored = place.prints(&["--data", "again", "restore", file]);
    assert!(restored.contains("1 entries, 1 documents"), "{restored}");
    let verified = place.prints(&["--data", "again", "verify"]);
    assert!(
        verified.contains("everything matches its signature"),
        "{verified}"
    );
    let serving = place.serve_with(&["--data", "again", "serve", "--listen", "127.0.0.1:0"]);
    serving.finds_the_case_study();
    // Without peers there is no one to ask: it signs.
    fs::write(
        place.path("b.md"),
        CASE_STUDY.replacen("title: ", "title: Other, ", 1),
    )
    .unwrap();
    place.prints(&["--data", "again", "publish", "b.md"]);
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_that_looks_whole() {
    let (place, _serving) = with_a_case_study();
    let directory = place.path("backups");
    fs::create_dir(&directory).unwrap();
    for wait in [0, 5, 10, 20, 30, 40, 60, 80] {
        let other = Place::new();
        // Another node with the same content, killed while it makes a backup of its own.
        fs::write(other.path("a.md"), CASE_STUDY).unwrap();
        let mut serving = other.serve();
        other.init();
        other.prints(&["publish", "a.md"]);
        let mut backup = other
            .command(&["backup", directory.to_str().unwrap()])
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(wait));
        let _ = serving.child.kill();
        let _ = backup.wait();
    }
    for (number, name) in files(&directory).into_iter().enumerate() {
        let path = directory.join(&name);
        let path = path.to_str().unwrap();
        if name.ends_with(".part") {
            let data = format!("restored-{number}");
            let code = place.run(&["--data", &data, "restore", path]).status.code();
            // A part is whole if only its last name was missing. Anything less is refused.
            if code == Some(0) {
                let verified = place.prints(&["--data", &data, "verify"]);
                assert!(verified.contains("everything matches"), "{verified}");
            } else {
                assert_eq!(code, Some(1), "{name}");
                assert!(!place.path(&data).join("node.db").exists(), "{name}");
            }
        } else {
            place.prints(&["backup", "--verify", path]);
        }
    }
}

#[test]
fn a_restore_that_is_killed_is_whole_or_begins_again() {
    let (place, serving) = with_a_case_study();
    place.prints(&["backup", "whole.tar.gz", "--with-keys"]);
    drop(serving);
    for wait in [0, 10, 20, 30, 40, 50, 60, 80, 100, 150] {
        let data = format!("killed-{wait}");
        let mut restore = place
            .command(&["--data", &data, "restore", "whole.tar.gz"])
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(wait));
        let _ = restore.kill();
        let _ = restore.wait();
        if place.path(&data).join("node.db").exists() {
            let verified = place.prints(&["--data", &data, "verify"]);
            assert!(verified.contains("everything matches"), "{verified}");
        } else {
            let restored = place.prints(&["--data", &data, "restore", "whole.tar.gz"]);
            assert!(restored.contains("1 documents"), "{restored}");
            assert!(!place.path(&data).join("restore.part").exists(), "{data}");
        }
    }
}

#[test]
fn a_node_document_is_changed_with_a_root_key_here_or_on_a_machine_without_a_network() {
    let (place, _serving) = with_a_case_study();
    let root = "node/keys/root.key";
    let renamed = place.prints(&["node", "set", "--name", "Harrowdale", "--root-key", root]);
    assert!(renamed.contains("version 2"), "{renamed}");
    let shown = place.prints(&["node", "show"]);
    assert!(
        shown.contains("Harrowdale") && shown.contains("expires"),
        "{shown}"
    );

    // The other way: propose, sign elsewhere, bring back.
    let proposed = place.prints(&["key", "rotate", "log", "--out", "to-sign.txt"]);
    assert!(proposed.contains("has no effect yet"), "{proposed}");
    let (code, said) = place.fails(&["node", "import", "to-sign.txt"]);
    assert!(
        code == 2 && said.contains("signed by 0 of the root keys"),
        "{said}"
    );
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::rename(place.path(root), place.path("elsewhere/root.key")).unwrap();
    let sign = [
        "node",
        "sign",
        "to-sign.txt",
        "--root-key",
        "elsewhere/root.key",
    ];
    let (code, said) = place.fails(&sign);
    assert!(
        code == 2 && said.contains("a person has to confirm"),
        "{said}"
    );
    let signed = place.run(&[&["--data", "none"][..], &sign[..], &["--yes"][..]].concat());
    assert!(signed.status.success(), "{signed:?}");
    assert!(String::from_utf8_lossy(&signed.stderr).contains("Harrowdale"));
    let imported = place.prints(&["node", "import", "to-sign.txt.signed", "--json"]);
    assert!(imported.contains("\"version\":3"), "{imported}");
    // The same file again changes nothing, and neither does the audit.
    let audited = place.prints(&["audit", "--json"]);
    let again = place.prints(&["node", "import", "to-sign.txt.signed"]);
    assert!(
        again.contains("version 3") && again.contains("already"),
        "{again}"
    );
    assert_eq!(place.prints(&["audit", "--json"]), audited);
    // It says which key, and why.
    let root = ["--root-key", "elsewhere/root.key"];
    let revoke = ["key", "revoke", "log", "--why", "compromise"];
    place.prints(&[&revoke[..], &root[..]].concat());
    let audited = place.prints(&["audit", "--act", "key-changed"]);
    for said in [
        "version 3, log keys changed",
        "version 4, log key revoked: compromise",
    ] {
        assert!(audited.contains(said), "{audited}");
    }
    // `init` says which command changes what it has made.
    let init = [
        "init",
        "--name",
        "Another",
        "--ods",
        "ZZ1",
        "--base-url",
        "https://a.example",
    ];
    let (_, said) = place.fails(&init);
    assert!(said.contains("wardround node set"), "{said}");
    assert!(!place.path("none").exists());
    let keys = place.prints(&["key", "show"]);
    assert!(
        keys.contains("signs the log") && keys.contains("elsewhere"),
        "{keys}"
    );
    assert!(
        place
            .prints(&["verify"])
            .contains("everything matches its signature")
    );

    // A key that is no root key, and a command without anything to do.
    let made = place.prints(&["key", "new", "elsewhere/stranger.key"]);
    assert_eq!(made.trim().len(), 43);
    let renew = ["node", "renew", "--root-key", "elsewhere/stranger.key"];
    let (code, said) = place.fails(&renew);
    assert!(code == 2 && said.contains("signed by 0"), "{said}");
    assert_eq!(place.fails(&["node", "set"]).0, 2);
    assert_eq!(place.fails(&["key", "new", "elsewhere/stranger.key"]).0, 1);
    assert_eq!(place.fails(&["recover"]).0, 2);
}
