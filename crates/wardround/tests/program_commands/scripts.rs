//! What scripts, packages and service managers rely on: answers and errors as JSON, completions, man pages, SIGHUP.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::program::{LONG, Place};

fn json_of(place: &Place, arguments: &[&str]) -> Value {
    let printed = place.prints(arguments);
    serde_json::from_str(&printed)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
}

#[test]
fn what_a_command_did_can_be_read_by_a_program() {
    let place = Place::new();
    let program = json_of(&place, &["--version", "--json"]);
    assert_eq!(program["name"], "wardround");
    assert_eq!(program["version"], env!("CARGO_PKG_VERSION"));
    assert!(program.get("commit").is_some(), "{program}");
    let new = [
        "init",
        "--name",
        "Northmoor",
        "--base-url",
        "https://a.example",
        "--json",
    ];
    let made = json_of(&place, &new);
    assert_eq!(made["name"], "Northmoor");
    assert_eq!(made["site"], "https://a.example");
    assert_eq!(made["feed"], "https://a.example/feed/v1");
    assert!(made["node"].as_str().unwrap().starts_with("wr1"), "{made}");
    assert!(
        fs::exists(made["root_key"].as_str().unwrap()).unwrap(),
        "{made}"
    );
    assert_eq!(
        json_of(&place, &["reindex", "--json"]),
        json!({"documents": 0})
    );
    let migrated = json_of(&place, &["migrate", "--json"]);
    assert_eq!(migrated["from"], migrated["to"]);
    assert_eq!(
        json_of(&place, &["config", "check", "--json"]),
        json!({"file": null, "warnings": []})
    );
    let key = json_of(&place, &["key", "new", "root-2.key", "--json"]);
    assert_eq!(key["file"], "root-2.key");
    let proposed = json_of(&place, &["node", "renew", "--json"]);
    assert_eq!(
        proposed,
        json!({"version": 2, "to_sign": "node-document-2.txt"})
    );
    let signed = json_of(
        &place,
        &[
            "node",
            "sign",
            "node-document-2.txt",
            "--root-key",
            "node/keys/root.key",
            "--yes",
            "--json",
        ],
    );
    assert_eq!(
        signed,
        json!({"version": 2, "signed": "node-document-2.txt.signed"})
    );
}

#[test]
fn why_a_command_failed_can_be_read_by_a_program() {
    let place = Place::new();
    let check = |arguments: &[&str], kind: &str, exit: i32| {
        let (code, said) = place.fails(arguments);
        let last: Value = serde_json::from_str(said.lines().last().unwrap())
            .unwrap_or_else(|_| panic!("{arguments:?}: {said}"));
        assert_eq!(last["error"]["kind"], kind, "{arguments:?}: {said}");
        assert_eq!(last["error"]["exit"], exit, "{said}");
        assert_eq!(code, exit, "{said}");
        let text = last["error"]["text"].as_str().unwrap();
        assert!(!text.is_empty() && !text.starts_with("error:"), "{said}");
    };
    check(&["nonsense", "--json"], "usage", 2);
    check(&["peer", "list", "--json"], "invalid", 2);
    check(
        &["init", "--name", "x", "--base-url", "ftp://a", "--json"],
        "invalid",
        2,
    );
    check(&["import", ".", "--json"], "no-identity", 1);
    fs::write(place.path("a.md"), "# A title\n\nWords.\n").unwrap();
    check(&["publish", "a.md", "--json"], "no-identity", 1);
    place.init();
    check(&["withdraw", "x", "--why", "error", "--json"], "invalid", 2);
    check(&["peer", "show", "zz9", "--json"], "invalid", 2);
    // The running node says the same over its socket.
    let serving = place.serve();
    check(&["peer", "show", "zz9", "--json"], "invalid", 2);
    check(&["migrate", "--json"], "in-use", 1);
    drop(serving);
    // Without the flag the reason is for people.
    let (_, said) = place.fails(&["peer", "show", "zz9"]);
    assert!(said.starts_with("error: "), "{said}");
}

#[test]
fn shells_and_man_know_every_command() {
    let place = Place::new();
    for (shell, sign) in [
        ("bash", "complete -F _wardround"),
        ("zsh", "#compdef wardround"),
        ("fish", "complete -c wardround"),
    ] {
        let script = place.prints(&["completions", shell]);
        assert!(script.contains(sign), "{shell}");
        assert!(script.contains("accept-warnings"), "{shell}");
    }
    let bash = place.prints(&["completions", "bash"]);
    fs::write(place.path("wardround.bash"), bash).unwrap();
    let checked = Command::new("bash")
        .arg("-n")
        .arg(place.path("wardround.bash"))
        .status();
    assert!(checked.unwrap().success());
    let written = json_of(&place, &["man", "pages", "--json"]);
    let pages = written["pages"].as_array().unwrap();
    for page in [
        "wardround.1",
        "wardround-serve.1",
        "wardround-peer-add.1",
        "wardround-node-renew.1",
    ] {
        assert!(pages.iter().any(|name| name == page), "{written}");
        let text = fs::read_to_string(place.path("pages").join(page)).unwrap();
        assert!(
            text.contains(".TH") && text.contains(".SH SYNOPSIS"),
            "{text}"
        );
    }
}

#[test]
fn a_running_node_reads_its_configuration_again() {
    let place = Place::new();
    let configure = |text: &str| {
        fs::create_dir_all(place.path("node")).unwrap();
        fs::write(place.path("node/wardround.toml"), text).unwrap();
    };
    // The directory is made by the node, for its owner only.
    drop(place.serve());
    configure("site.name = \"First\"\n");
    let serving = place.serve();
    place.init();
    let hang_up = || serving.signal(Signal::HUP);
    let says = |name: &str| serving.get("/").contains(name);
    let wait_for = |name: &str| {
        let until = Instant::now() + LONG;
        while !says(name) {
            assert!(Instant::now() < until, "{}", serving.get("/"));
            // Another process: only its answers say how far it is.
            thread::sleep(Duration::from_millis(50));
        }
    };
    assert!(says("First"));
    // A mistake changes nothing; it is followed by a good one, so that there is something to wait for.
    configure("site.name = \"Second\"\nsite.nam = 1\n");
    hang_up();
    configure("site.name = \"Third\"\nlisten = \"127.0.0.1:1\"\n");
    hang_up();
    wait_for("Third");
    let audit = place.prints(&["audit", "--act", "configuration-changed", "--json"]);
    assert!(audit.contains("site.name"), "{audit}");
    assert!(!audit.contains("listen"), "{audit}");
    let (code, _) = serving.stop();
    assert_eq!(code, Some(0));
}

#[test]
fn a_file_of_peers_is_applied_as_often_as_a_program_likes() {
    let place = Place::new();
    place.init();
    fs::write(
        place.path("node/wardround.toml"),
        "[federation]\nallow_loopback = true\nenabled = false\n",
    )
    .unwrap();
    let peer = |name: &str, port: u16, rest: &str| {
        let node = wire::NodeId::for_text(name.as_bytes());
        format!(
            "[[peer]]\nurl = \"http://127.0.0.1:{port}\"\nnode = \"{node}\"\nhandle = \"{name}\"\n{rest}\n"
        )
    };
    let write = |text: &str| fs::write(place.path("peers.toml"), text).unwrap();
    let applied = |extra: &[&str]| {
        let arguments = [&["config", "apply", "peers.toml", "--json"], extra].concat();
        let printed = place.prints(&arguments);
        let lines = printed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| line["done"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Nothing listens at these ports: a peer may be down when it is added.
    let (one, two) = (peer("zz7", 1, ""), peer("zz8", 2, "interval = 60"));
    write(&format!("{one}{two}"));
    assert_eq!(applied(&["--dry-run"]), ["added", "added"]);
    assert_eq!(json_of(&place, &["peer", "list", "--json"]), json!([]));
    assert_eq!(applied(&[]), ["added", "added"]);
    assert_eq!(applied(&[]), ["unchanged", "unchanged"]);
    write(&format!(
        "{}{two}",
        peer("zz7", 3, "allow_cidr = [\"10.0.0.0/8\"]\npaused = true")
    ));
    assert_eq!(applied(&["--dry-run"]), ["changed", "unchanged"]);
    assert_eq!(applied(&[]), ["changed", "unchanged"]);
    assert_eq!(applied(&[]), ["unchanged", "unchanged"]);
    let shown = json_of(&place, &["peer", "show", "zz7", "--json"]);
    assert_eq!(shown["base"], "http://127.0.0.1:3/feed/v1");
    assert_eq!(shown["state"], "paused");
    let set = json_of(
        &place,
        &[
            "peer",
            "set",
            "zz8",
            "--url",
            "http://127.0.0.1:9",
            "--json",
        ],
    );
    assert_eq!(set["base"], "http://127.0.0.1:9/feed/v1");

    // A mistake in the file changes nothing, one of a peer only that peer.
    write(&format!("{one}[[peer]]\nurl = 1\n"));
    assert_eq!(place.fails(&["config", "apply", "peers.toml"]).0, 2);
    write(&format!(
        "{}{}",
        peer("zz8", 9, "allow_cidr = [\"ten\"]"),
        peer("zz7", 4, "")
    ));
    let (code, said) = place.fails(&["config", "apply", "peers.toml"]);
    assert_eq!(code, 2);
    assert!(said.contains("`ten` is not an address range"), "{said}");
    let shown = json_of(&place, &["peer", "show", "zz7", "--json"]);
    assert_eq!(shown["base"], "http://127.0.0.1:4/feed/v1");
    assert_eq!(shown["state"], "active");
}
