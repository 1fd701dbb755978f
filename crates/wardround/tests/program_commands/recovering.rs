//! A restored copy of which a peer has seen more, as an operator meets it.

use std::fs;

use serde_json::{Value, json};

use crate::program::{CASE_STUDY, Place, Serving};

/// Serves a node that is followed at the address that it serves at.
fn begin(name: &str, ods: &str) -> (Place, Serving) {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    configure(&place, "node");
    let serving = place.serve();
    let site = format!("http://{}", serving.address);
    place.prints(&["init", "--name", name, "--ods", ods, "--base-url", &site]);
    (place, serving)
}

fn configure(place: &Place, data: &str) {
    let settings = "[federation]\nallow_loopback = true\nenabled = false\nmin_free_percent = 0\n";
    fs::write(place.path(data).join("wardround.toml"), settings).unwrap();
}

fn follow(place: &Place, other: &Place, serving: &Serving) -> String {
    let shown = other.prints(&["node", "show", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let id = shown["node"].as_str().unwrap().to_owned();
    let address = format!("http://{}", serving.address);
    place.prints(&["peer", "add", &address, "--node", &id]);
    id
}

/// Runs a command of a data directory; returns its exit code and all that it says.
fn run_in(place: &Place, data: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = place.run(&[&["--data", data][..], arguments].concat());
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_peer_that_does_not_answer_is_not_one_that_holds_nothing() {
    let (place, _serving) = begin("Northmoor", "zz1");
    let (peer, peer_serving) = begin("Southmoor", "zz2");
    follow(&place, &peer, &peer_serving);
    let recover = |more: &[&str]| {
        let arguments = [&["recover", "--from-peers"][..], more].concat();
        run_in(&place, "node", &arguments)
    };
    let in_json = || {
        let (code, said) = recover(&["--json"]);
        (code, serde_json::from_str::<Value>(&said).unwrap())
    };
    let (code, said) = recover(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("`zz2` holds nothing of this node"), "{said}");
    let (code, object) = in_json();
    assert_eq!(code, Some(0), "{object}");
    assert_eq!(object["hold_nothing"], json!(["zz2"]));
    assert_eq!(object["unanswered"], json!([]));

    drop(peer_serving);
    let (code, said) = recover(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`zz2` did not answer: "), "{said}");
    assert!(said.contains("is not known"), "{said}");
    assert!(!said.contains("nothing of this node"), "{said}");
    let (code, object) = in_json();
    assert_eq!(code, Some(1), "{object}");
    assert_eq!(object["hold_nothing"], json!([]));
    assert_eq!(object["unanswered"][0]["peer"], "zz2");
    assert_eq!(object["signs"], true);
}

#[test]
fn a_new_log_is_not_begun_while_a_peer_that_answers_holds_more_of_the_old_one() {
    let (place, serving) = begin("Northmoor", "zz1");
    let (peer, peer_serving) = begin("Southmoor", "zz2");
    follow(&place, &peer, &peer_serving);
    let id = follow(&peer, &place, &serving);
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let published = place.prints(&["publish", "a.md", "--json"]);
    let published: Value = serde_json::from_str(&published).unwrap();
    place.prints(&["backup", "old.tar.gz", "--with-keys"]);
    // What the copy does not know, and the peer does.
    let document = published["id"].as_str().unwrap();
    place.prints(&["withdraw", document, "--why", "error"]);
    peer.prints(&["pull", &id]);
    drop(serving);

    let root = place.path("node/keys/root.key");
    let root = root.to_str().unwrap();
    let new_epoch = ["recover", "--new-epoch", "--root-key", root];
    for data in ["again", "despite"] {
        fs::create_dir(place.path(data)).unwrap();
        configure(&place, data);
        place.prints(&["--data", data, "restore", "old.tar.gz"]);
        let (code, said) = run_in(&place, data, &new_epoch);
        assert_eq!(code, Some(1), "{said}");
        for words in [
            "`zz2` has seen 2 entries of this node's log, and the database has 1",
            "what was withdrawn would be public again",
            "recover --from-peers` first",
            "recover --new-epoch --despite-peers`",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
    let epoch = |data: &str| {
        let (_, shown) = run_in(&place, data, &["node", "show", "--json"]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["epoch"].as_u64()
    };
    assert_eq!(epoch("again"), Some(1));
    // The command that it names brings the withdrawal back, and no new log is needed.
    let (code, said) = run_in(&place, "again", &["recover", "--from-peers"]);
    assert_eq!(code, Some(0), "{said}");
    let (_, said) = run_in(&place, "again", &["withdraw", document, "--why", "error"]);
    assert!(said.contains("has been withdrawn since"), "{said}");
    // Whoever insists gets one.
    let despite = [&new_epoch[..], &["--despite-peers"]].concat();
    let (code, said) = run_in(&place, "despite", &despite);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!((epoch("again"), epoch("despite")), (Some(1), Some(2)));
}

#[test]
fn a_copy_that_a_peer_knows_to_be_old_is_not_taken_for_the_newest_on_a_word() {
    let (place, serving) = begin("Northmoor", "zz1");
    let (peer, peer_serving) = begin("Southmoor", "zz2");
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    place.prints(&["publish", "a.md"]);
    follow(&place, &peer, &peer_serving);
    let id = follow(&peer, &place, &serving);
    place.prints(&["backup", "old.tar.gz", "--with-keys"]);
    let root = place.path("node/keys/root.key");
    let root = root.to_str().unwrap();
    let contact = ["node", "set", "--contact", "mailto:a@b.example"];
    place.prints(&[&contact[..], &["--root-key", root]].concat());
    peer.prints(&["pull", &id]);
    drop(serving);

    fs::create_dir(place.path("again")).unwrap();
    configure(&place, "again");
    place.prints(&["--data", "again", "restore", "old.tar.gz"]);
    let on_copy = |arguments: &[&str]| run_in(&place, "again", arguments);
    let confirm = ["recover", "--confirm"];
    let is_refused = || {
        let (code, said) = on_copy(&confirm);
        assert_eq!(code, Some(1), "{said}");
        for words in [
            "this copy is not the newest: `zz2` holds version 2",
            "refuse this node for good",
            "`wardround --data again recover --from-peers`",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    };
    is_refused();
    // What it has shown stays true when it does not answer.
    drop(peer_serving);
    is_refused();
    let (_, said) = on_copy(&["doctor"]);
    assert!(
        said.contains("FAULT    signing        `zz2` holds version 2"),
        "{said}"
    );
    // Each command that it names is one on this directory.
    assert!(!said.contains("`wardround recover"), "{said}");
    assert!(
        said.contains("`wardround --data again recover --from-peers`"),
        "{said}"
    );
    assert_eq!(
        on_copy(&["recover", "--from-peers", "--despite-peers"]).0,
        Some(2)
    );
    let (code, said) = on_copy(&[&confirm[..], &["--despite-peers"]].concat());
    assert!(
        code == Some(0) && said.contains("the node signs again"),
        "{said}"
    );
    let (_, audited) = on_copy(&["audit", "--act", "recovered"]);
    assert!(
        audited.contains("confirmed, although `zz2` holds version 2"),
        "{audited}"
    );

    // A new log is begun once.
    let new_epoch = ["recover", "--new-epoch", "--root-key", root];
    assert_eq!(on_copy(&new_epoch).0, Some(0));
    let (code, said) = on_copy(&new_epoch);
    assert!(
        code == Some(2) && said.contains("log 2 has no entries yet"),
        "{said}"
    );
}
