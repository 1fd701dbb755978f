//! A restored copy of which a peer has seen more, as an operator meets it.

use std::fs;

use serde_json::Value;

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
    let on_copy = |arguments: &[&str]| {
        let output = place.run(&[&["--data", "again"][..], arguments].concat());
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let confirm = ["recover", "--confirm"];
    let is_refused = || {
        let (code, said) = on_copy(&confirm);
        assert_eq!(code, Some(1), "{said}");
        for words in [
            "this copy is not the newest: `zz2` holds version 2",
            "refuse this node for good",
            "`wardround recover --from-peers`",
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
