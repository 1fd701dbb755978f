//! Stories of the program as an operator meets it: its binary, its messages, its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod damage;
mod full_disk;
mod keeping;
mod peers;
mod program;
mod scripts;
mod supervised;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::{Ipv4Addr, TcpListener},
    process::{Command, Stdio},
    time::Duration,
};

use damage::overwrite_index;
use program::{CASE_STUDY, Place, Serving, with_a_case_study};

#[test]
fn a_node_begins_with_nothing_and_stops_calmly() {
    for signal in ["-TERM", "-INT"] {
        let place = Place::new();
        let serving = place.serve();
        assert!(serving.get("/healthz").starts_with("HTTP/1.1 200"));
        assert!(
            serving.get("/").contains("wardround init"),
            "the first page says what to do"
        );
        assert!(
            serving
                .get("/feed/v1/node")
                .contains("application/problem+json")
        );
        place.init();
        assert!(
            serving.get("/feed/v1/node").contains("wardround.v1/node"),
            "at once"
        );
        let (code, took) = serving.stop(signal);
        assert_eq!(code, Some(0), "{signal}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        assert!(!place.path("node/control.sock").exists());
        assert!(
            place
                .prints(&["verify"])
                .contains("everything matches its signature")
        );
    }
}

#[test]
fn what_a_directory_holds_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let serving = place.serve();
    place.init();
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    for (name, expected) in [
        ("node", 0o700),
        ("node/control.sock", 0o600),
        ("node/keys", 0o700),
        ("node/keys/root.key", 0o600),
        ("node/keys/log.key", 0o600),
        ("node/keys/witness.key", 0o600),
    ] {
        assert_eq!(mode(name), expected, "{name}");
    }
    drop(serving);
}

#[test]
fn a_directory_that_was_there_before_is_for_its_owner_only_too() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = Place::new();
    let data = place.path("node");
    fs::create_dir(&data).unwrap();
    let set = |mode| fs::set_permissions(&data, fs::Permissions::from_mode(mode)).unwrap();
    // One that others can write is refused, by every command.
    for mode in [0o777, 0o775, 0o757] {
        set(mode);
        let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("run `chmod 700 node`"), "{said}");
    }
    // In one that others can enter, they can read nothing.
    set(0o755);
    let serving = place.serve();
    place.init();
    drop(serving);
    let open_to_others = Command::new("find")
        .arg(&data)
        .args(["-mindepth", "1", "-perm", "/077"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&open_to_others.stdout), "");
    // A lock that is a symbolic link is not followed.
    fs::remove_file(data.join("lock")).unwrap();
    fs::write(place.path("precious"), "words").unwrap();
    symlink(place.path("precious"), data.join("lock")).unwrap();
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1, "{said}");
    let kept = fs::read_to_string(place.path("precious")).unwrap();
    assert_eq!(kept, "words");
}

#[test]
fn a_key_that_others_can_read_stops_the_start_until_the_command_it_names_was_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let serving = place.serve();
    place.init();
    drop(serving);
    let keys = place.path("node/keys");
    let set = |name: &str, mode| {
        fs::set_permissions(keys.join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["log.key", "witness.key", "root.key"] {
        for mode in [0o644, 0o640, 0o604, 0o660] {
            set(name, mode);
            let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
            assert_eq!(code, 1, "{said}");
            assert!(said.contains(&format!("{name}` (mode {mode:o})")), "{said}");
            let (_, command) = said.split_once("run `").unwrap();
            let (command, _) = command.split_once('`').unwrap();
            let mut words = command.split(' ');
            let fixed = std::process::Command::new(words.next().unwrap())
                .args(words)
                .current_dir(place.path(""))
                .status();
            assert!(fixed.unwrap().success(), "{command}");
            let mode = fs::metadata(keys.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    // So is a key that waits, and that of the account at an authority.
    let acme = place.path("node/acme/0123");
    fs::create_dir_all(&acme).unwrap();
    fs::write(acme.join("account.json"), "{}").unwrap();
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(acme.join("account.json"), open).unwrap();
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(code == 1 && said.contains("account.json"), "{said}");
    fs::remove_dir_all(&acme).unwrap();
    drop(place.serve());
}

#[test]
fn what_erases_a_peer_asks_a_person_or_needs_yes() {
    let place = Place::new();
    let _serving = place.serve();
    place.init();
    let (code, said) = place.fails(&["peer", "remove", "zz9"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("`--yes`") && said.contains("peer pause zz9"),
        "{said}"
    );
    let (code, said) = place.fails(&["peer", "remove", "zz9", "--yes"]);
    assert!(code == 2 && !said.contains("--yes"), "{said}");
}

#[test]
fn a_mistyped_data_directory_does_not_become_a_node() {
    let place = Place::new();
    for command in [
        &["peer", "list"][..],
        &["reindex"],
        &["pull"],
        &["export", "out"],
        &["migrate"],
        &["migrate", "--json"],
    ] {
        let (code, said) = place.fails(command);
        assert_eq!(code, 2, "{command:?}: {said}");
        assert!(said.contains("there is no data directory `node`"), "{said}");
        assert!(!place.path("node").exists(), "{command:?}");
    }
    let (code, said) = place.fails(&["import", "."]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("run `wardround init`"), "{said}");
    assert!(!place.path("node").exists());
}

#[test]
fn an_export_follows_no_symbolic_link() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let serving = place.serve();
    place.init();
    fs::create_dir(place.path("texts")).unwrap();
    fs::write(place.path("texts/a.md"), "# A page\n\nWords.\n").unwrap();
    place.prints(&["import", "texts"]);
    fs::create_dir_all(place.path("out")).unwrap();
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::write(place.path("precious"), "words").unwrap();
    symlink(place.path("elsewhere"), place.path("out/pages")).unwrap();
    let (code, said) = place.fails(&["export", "out", "--force"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("symbolic link"), "{said}");
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
    symlink(place.path("elsewhere"), place.path("link")).unwrap();
    let (code, said) = place.fails(&["export", "link", "--force"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("symbolic link"), "{said}");
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
    fs::remove_file(place.path("out/pages")).unwrap();
    fs::create_dir(place.path("out/pages")).unwrap();
    symlink(place.path("precious"), place.path("out/pages/a-page.part")).unwrap();
    place.prints(&["export", "out", "--force"]);
    let kept = fs::read_to_string(place.path("precious")).unwrap();
    assert_eq!(kept, "words");
    drop(serving);
}

#[test]
fn a_copied_folder_is_refused_before_anything_is_published() {
    let place = Place::new();
    let serving = place.serve();
    place.init();
    for folder in ["one", "two"] {
        fs::create_dir(place.path(folder)).unwrap();
        fs::write(place.path(folder).join("a.md"), "# A page\n\nWords.\n").unwrap();
    }
    place.prints(&["import", "one"]);
    for json in [&["import", "two", "--json"][..], &["import", "two"]] {
        let (code, said) = place.fails(json);
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("--moved-from") && said.contains("--as-new"),
            "{said}"
        );
    }
    fs::remove_dir_all(place.path("one")).unwrap();
    let moved = place.prints(&["import", "two", "--moved-from", "one", "--json"]);
    assert!(moved.contains(r#""unchanged":1"#), "{moved}");
    drop(serving);
}

#[test]
fn a_signal_that_means_nothing_here_does_not_stop_the_node() {
    let place = Place::new();
    let mut serving = place.serve();
    for signal in ["HUP", "USR1"] {
        let pid = serving.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        assert!(
            serving.get("/healthz").starts_with("HTTP/1.1 200"),
            "{signal}"
        );
    }
    assert!(serving.child.try_wait().unwrap().is_none());
}

#[test]
fn a_second_owner_is_refused_and_learns_who_the_first_is() {
    let place = Place::new();
    let serving = place.serve();
    let pid = serving.child.id().to_string();
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("`node` is in use by process") && said.contains(&pid),
        "{said}"
    );
    assert!(
        serving.get("/healthz").starts_with("HTTP/1.1 200"),
        "and the first goes on"
    );
}

#[test]
fn keys_without_their_database_start_nothing_and_leave_nothing() {
    let place = Place::new();
    place.init();
    // As when the address of the database does not reach the program.
    for name in ["node.db", "node.db-wal", "node.db-shm"] {
        fs::remove_file(place.path("node").join(name)).ok();
    }
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("holds keys") && said.contains("wardround config show"),
        "{said}"
    );
    assert!(!place.path("node/node.db").exists());
}

#[test]
fn someone_who_may_not_read_the_database_is_not_answered_that_there_is_none() {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};
    let (place, serving) = with_a_case_study();
    drop(serving);
    let set = |path: &str, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(place.path(path), mode).unwrap();
    };
    set("", 0o755);
    set("node", 0o000);
    for command in [&["verify"][..], &["audit"], &["gaps"]] {
        let mut asked = place.command(command);
        // Root may read everything.
        if rustix::process::geteuid().is_root() {
            asked.uid(65_534).gid(65_534);
        }
        let answer = asked.output().unwrap();
        let said = String::from_utf8_lossy(&answer.stderr);
        assert!(!answer.status.success(), "{command:?}");
        assert!(
            said.contains("cannot be read")
                && said.contains(&telemetry::as_user(
                    rustix::process::geteuid().as_raw(),
                    "wardround …"
                ))
                && !said.contains("no database"),
            "{command:?}: {said}"
        );
    }
    set("node", 0o700);
}

#[test]
fn doctor_names_the_process_that_signs_in_place_of_this_one() {
    let (place, _serving) = with_a_case_study();
    fs::create_dir_all(place.path("second/keys")).unwrap();
    for name in ["keys/log.key", "keys/witness.key"] {
        fs::copy(
            place.path("node").join(name),
            place.path("second").join(name),
        )
        .unwrap();
    }
    let database = format!("sqlite:{}", place.path("node/node.db").display());
    let doctor = |data: &str| {
        let mut command = place.command(&["--data", data, "doctor"]);
        let output = command.env("DATABASE_URL", &database).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let first = doctor("node");
    assert!(
        first.contains("nothing keeps this node from signing"),
        "{first}"
    );
    let second = doctor("second");
    let node = place.path("node").canonicalize().unwrap();
    assert!(
        second.contains("another process signs for this node: ")
            && second.contains(&node.display().to_string())
            && second.contains("waits as its standby"),
        "{second}"
    );
}

#[test]
fn what_is_configured_of_a_peer_is_shown_to_the_operator_only() {
    let (place, serving) = with_a_case_study();
    let stranger = format!("wr1{}", "a".repeat(52));
    let added = place.prints(&[
        "peer",
        "add",
        "https://peer.invalid",
        "--node",
        &stranger,
        "--allow-cidr",
        "10.20.0.0/16",
        "--interval",
        "86400",
    ]);
    // It has no name before it has answered.
    assert!(
        added.starts_with("https://peer.invalid/feed/v1 (wr1aaaaaaaa)"),
        "{added}"
    );
    let shown = place.prints(&["peer", "show", &stranger]);
    assert!(shown.contains("ranges        10.20.0.0/16"), "{shown}");
    assert!(shown.contains("interval      86400 seconds"), "{shown}");
    let json = place.prints(&["peer", "show", &stranger, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["allow_cidr"], "10.20.0.0/16");
    assert_eq!(json["interval"], 86_400);
    let public = serving.get("/api/v1/peers");
    assert!(
        public.contains("peer.invalid") && !public.contains("10.20"),
        "{public}"
    );
    assert!(!public.contains("interval"), "{public}");
    place.prints(&[
        "peer",
        "set",
        &stranger,
        "--allow-cidr",
        "",
        "--interval",
        "0",
    ]);
    let shown = place.prints(&["peer", "show", &stranger]);
    assert!(shown.contains("ranges        public"), "{shown}");
    assert!(shown.contains("as of federation.interval"), "{shown}");
    let doctor = String::from_utf8(place.run(&["doctor"]).stdout).unwrap();
    assert!(
        doctor.contains("https://peer.invalid/feed/v1 (wr1"),
        "{doctor}"
    );
}

#[test]
fn commands_do_the_same_while_a_node_runs_and_alone() {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    let published = place.prints(&["publish", "a.md", "--json"]);
    assert!(published.contains(r#""status":"created""#), "{published}");
    drop(serving);
    let again = place.prints(&["publish", "a.md", "--json"]);
    assert!(again.contains(r#""status":"unchanged""#), "{again}");
    let id = again
        .split(r#""id":""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let withdrawn = place.prints(&["withdraw", id, "--why", "error", "--json"]);
    assert!(withdrawn.contains(r#""why":"error""#) && withdrawn.contains(r#""again":false"#));
    assert!(
        place
            .prints(&["reindex"])
            .contains("0 documents can be found")
    );
    assert_eq!(place.prints(&["peer", "list", "--json"]).trim(), "[]");
    assert!(place.prints(&["verify"]).contains("2 entries"));
}

#[test]
fn bad_input_gets_a_reason_and_an_exit_code() {
    let place = Place::new();
    fs::write(place.path("bad.toml"), "[federation]\nintervall = 3\n").unwrap();
    fs::write(
        place.path("broken.md"),
        "---\nkind: case-study\ntitle: T\n---\nx\n",
    )
    .unwrap();
    fs::write(place.path("file"), "").unwrap();
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let held = held.local_addr().unwrap().to_string();
    place.serve().stop("-TERM");
    for (arguments, code, expected) in [
        (
            &["--config", "bad.toml", "config", "check"][..],
            2,
            "`bad.toml` line 2: unknown key `federation.intervall`; did you mean `federation.interval`?",
        ),
        (
            &["--config", "none.toml", "serve"],
            2,
            "`none.toml`: it cannot be read",
        ),
        (&["serve", "--listen", "nowhere"], 2, "flag `--listen`"),
        (&["serve", "--listen", &held], 1, "cannot listen on"),
        (
            &["--data", "file", "serve"],
            1,
            "the data directory `file` cannot be used",
        ),
        (&["import", "."], 1, "run `wardround init`"),
        (&["publish", "broken.md"], 1, "run `wardround init`"),
        (
            &["withdraw", "abc", "--why", "error"],
            2,
            "`abc` is not a document id",
        ),
        (
            &["init", "--name", "A", "--base-url", "ftp://a"],
            2,
            "`--base-url`",
        ),
        (
            &[
                "init",
                "--name",
                "A",
                "--ods",
                "a b",
                "--base-url",
                "https://a",
            ],
            2,
            "not an ODS code",
        ),
        (
            &[
                "init",
                "--name",
                "A",
                "--base-url",
                "https://a.example",
                "--contact",
                "ring the switchboard",
            ],
            2,
            "`--contact`: no page could link to it; give one e-mail address, such as `mailto:",
        ),
        (
            &["peer", "add", "https://a.example"],
            2,
            "give the peer's node id with `--node`",
        ),
        (
            &["peer", "add", "https://a.example", "--node", "wr1x"],
            2,
            "`wr1x` is not a node id",
        ),
        (&["check", "nothing.md"], 2, "nothing.md"),
        (&["nonsense"], 2, "unrecognized subcommand"),
    ] {
        let (found, said) = place.fails(arguments);
        assert_eq!(found, code, "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_collector_of_json_gets_nothing_else_from_start_to_stop() {
    let (place, serving) = with_a_case_study();
    serving.stop("-TERM");
    let mut child = place
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .env("WARDROUND_LOG_FORMAT", "json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut stdout = child.stdout.take().unwrap();
    let mut said = Vec::new();
    let mut next = || {
        let line = lines.next()?.unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).expect(&line);
        let fields = event["fields"].clone();
        said.push(fields["message"].as_str().expect(&line).to_owned());
        Some(fields)
    };
    let serving = std::iter::from_fn(&mut next).find(|fields| fields["message"] == "serving");
    let serving = serving.expect("it says where it serves");
    assert_eq!(serving["organisation"], "Northmoor");
    let address = serving["address"].as_str().unwrap();
    let address = address.trim_start_matches("http://").to_owned();
    let serving = Serving { child, address };
    serving.finds_the_case_study();
    overwrite_index(&place);
    serving.finds_the_case_study();
    serving.stop("-TERM");
    std::iter::from_fn(next).for_each(drop);
    assert_eq!(said.last().map(String::as_str), Some("stopped"), "{said:?}");
    let mut printed = String::new();
    stdout.read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "");
}

#[test]
fn an_address_that_no_peer_would_take_is_not_signed() {
    let place = Place::new();
    for (address, expected) in [
        ("https://lessons.example/sub", "must not have a path"),
        ("https://lessons.example/feed/v1", "must not have a path"),
        ("http://lessons.example", "is not https"),
        ("https://10.0.0.1", "a peer needs a name"),
        ("https://me@lessons.example", "user name"),
    ] {
        let arguments = ["init", "--name", "Trust", "--base-url", address];
        let (code, said) = place.fails(&arguments);
        assert_eq!(code, 2, "{address}: {said}");
        assert!(said.contains(expected), "{address}: {said}");
    }
}

#[test]
fn settings_come_from_everywhere_and_are_shown_with_their_origin() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    fs::write(
        place.path("node/wardround.toml"),
        "[site]\nname = \"Here\"\n",
    )
    .unwrap();
    let output = place
        .command(&["config", "show"])
        .env("WARDROUND_FEDERATION_INTERVAL", "7")
        .env("DATABASE_URL", "postgres://u:hunter2@h/d")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    for line in [
        "site.name = \"Here\"",
        "federation.interval = 7",
        "database.url = \"postgres://u:********@h/d\"",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("hunter2"));
    assert!(
        place
            .prints(&["config", "check"])
            .contains("have no mistakes")
    );
    assert!(
        place
            .prints(&["config", "reference"])
            .starts_with("# Configuration")
    );
}

#[test]
fn people_are_managed_while_a_node_runs_and_alone() {
    let place = Place::new();
    place.init();
    let ada = "ada.okafor@northmoor.example";
    let add = [
        "user",
        "add",
        ada,
        "--name",
        "Ada Okafor",
        "--role",
        "administrator",
    ];
    let link = place.prints(&add);
    assert!(
        link.starts_with("https://a.example/sign-in/link?key="),
        "{link}"
    );
    let serving = place.serve();
    let ben = "ben@northmoor.example";
    let added = place.prints(&[
        "user", "add", ben, "--name", "Ben", "--role", "reader", "--json",
    ]);
    for part in [
        r#""role":"reader""#,
        r#""has_password":false"#,
        r#""link":"https://"#,
    ] {
        assert!(added.contains(part), "{added}");
    }
    for (arguments, says) in [
        (
            &["user", "role", ben, "editor"][..],
            "has the role `editor`",
        ),
        (&["user", "disable", ben], "cannot sign in any more"),
        (&["user", "enable", ben], "can sign in"),
        (&["user", "end-sessions", ben], "0 sessions have ended"),
        (
            &["user", "end-sessions", "--all", "--json"],
            r#"{"ended":0}"#,
        ),
        (&["user", "list"], "editor         ben@northmoor.example"),
        (&["user", "disable", ben], "cannot sign in any more"),
        (&["user", "erase", ben, "--yes"], "are erased"),
    ] {
        let printed = place.prints(arguments);
        assert!(printed.contains(says), "{arguments:?}: {printed}");
    }
    drop(serving);
    for (arguments, says) in [
        (
            &["user", "role", ada, "reader"][..],
            "this is the only administrator",
        ),
        (&["user", "disable", ada], "this is the only administrator"),
        (&["user", "erase", ada], "give `--yes`"),
        (
            &["user", "erase", ada, "--yes"],
            "disable this account first",
        ),
        (&["user", "erase", ben, "--yes"], "there is no such account"),
        (
            &["user", "add", ada, "--name", "x", "--role", "reader"],
            "there is already an account",
        ),
        (
            &["user", "add", "x", "--name", "x", "--role", "reader"],
            "email address",
        ),
        (
            &[
                "user",
                "add",
                "x@y.example",
                "--name",
                "x",
                "--role",
                "owner",
            ],
            "`owner` is not a role",
        ),
        (
            &["user", "reset", "no-one@y.example"],
            "there is no such account",
        ),
        (&["user", "end-sessions"], "required"),
    ] {
        let (code, said) = place.fails(arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn providers_and_mail_are_configured_by_table_and_environment_and_their_secrets_are_not_shown() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    fs::write(place.path("secret"), "hunter2\n").unwrap();
    let table = "[oidc.entra]\nissuer = \"https://id.example/t/v2.0\"\nclient_id = \"a\"\n\
        domains = [\"a.example\", \"B.example\"]\n[oidc.entra.roles]\nwr-editor = \"editor\"\n\
        [smtp]\nhost = \"mail.example\"\nfrom = \"Lessons <lessons@a.example>\"\nuser = \"u\"\n";
    fs::write(place.path("node/wardround.toml"), table).unwrap();
    let show = |changes: &[(&str, &str)]| {
        let mut command = place.command(&["config", "show"]);
        command.envs(changes.iter().copied());
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let secret = place.path("secret").display().to_string();
    let secrets = [
        ("WARDROUND_OIDC_ENTRA_CLIENT_SECRET_FILE", secret.as_str()),
        ("WARDROUND_SMTP_PASSWORD", "hunter3"),
        ("WARDROUND_OIDC_ENTRA_DEFAULT_ROLE", "none"),
    ];
    let shown = show(&secrets);
    for line in [
        "oidc.entra.issuer = \"https://id.example/t/v2.0\"",
        "oidc.entra.client_secret = \"********\"",
        "oidc.entra.domains = \"a.example,b.example\"",
        "oidc.entra.roles = \"wr-editor=editor\"",
        "oidc.entra.default_role = \"none\"",
        "smtp.password = \"********\"",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("hunter"), "{shown}");
    for (changes, says) in [
        (
            &[
                ("WARDROUND_OIDC_ENTRA_ISSUER", "http://id.example"),
                secrets[1],
            ][..],
            "`oidc.entra.issuer`",
        ),
        (
            &[
                ("WARDROUND_OIDC_OTHER_ISSUER", "https://x.example"),
                secrets[1],
            ],
            "`oidc.other.client_id` is missing",
        ),
        (
            &[("WARDROUND_OIDC_ENTRA_ISSUR", "x"), secrets[1]],
            "unknown variable",
        ),
        (
            &[("WARDROUND_OIDC_ENTRA_DEFAULT_ROLE", "owner"), secrets[1]],
            "`owner` is not a role",
        ),
        (
            &[("WARDROUND_SMTP_ENCRYPTION", "none"), secrets[1]],
            "not sent without encryption",
        ),
        (&[], "`smtp.user` and `smtp.password` belong together"),
    ] {
        let said = show(changes);
        assert!(said.contains(says), "{says}: {said}");
        assert!(!said.contains("hunter"), "{said}");
    }
}
