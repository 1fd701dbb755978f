//! Stories of the program as an operator meets it: its binary, its messages, its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longer than anything here takes; a test that reaches it has failed.
const LONG: Duration = Duration::from_secs(30);
const CASE_STUDY: &str =
    include_str!("../../../content/case-studies/northmoor/epma-seven-weekends.md");

/// A directory, and the program used in it without anybody's environment.
struct Place {
    directory: tempfile::TempDir,
}

/// A node that serves until it is dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("WARDROUND_DATA", "node")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what has to fail; returns its exit code and what it says.
    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), said)
    }

    /// Runs what has to succeed; returns what it prints.
    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn serve(&self) -> Serving {
        self.serve_with(&["serve", "--listen", "127.0.0.1:0"])
    }

    fn serve_with(&self, arguments: &[&str]) -> Serving {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned()))
            .expect("it says where it serves");
        // Somebody has to read on, or the program would wait.
        thread::spawn(move || lines.for_each(drop));
        let address = address
            .split([' ', '/'])
            .next()
            .unwrap_or_default()
            .to_owned();
        Serving { child, address }
    }

    fn init(&self) {
        let introduction = [
            "init",
            "--name",
            "Northmoor",
            "--ods",
            "zz1",
            "--base-url",
            "https://a.example",
        ];
        assert!(self.prints(&introduction).contains("wr1"));
    }
}

impl Serving {
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits until the one case study is found.
    fn finds_the_case_study(&self) {
        let until = Instant::now() + LONG;
        while !self.get("/search?q=prescribing").contains("1 case study") {
            assert!(Instant::now() < until, "{}", self.get("/readyz"));
            // Another process: only its answers say how far it is.
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a signal and returns the exit code, and how long it took.
    fn stop(mut self, signal: &str) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        while began.elapsed() < LONG {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), began.elapsed());
            }
            // The standard library waits for a process without a limit or not at all.
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not stop");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
fn a_mistyped_data_directory_does_not_become_a_node() {
    let place = Place::new();
    for command in [
        &["peer", "list"][..],
        &["reindex"],
        &["pull"],
        &["export", "out"],
    ] {
        let (code, said) = place.fails(command);
        assert_eq!(code, 2, "{command:?}: {said}");
        assert!(said.contains("there is no data directory `node`"), "{said}");
        assert!(!place.path("node").exists(), "{command:?}");
    }
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
fn a_database_of_a_newer_program_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.serve().stop("-TERM");
    make_newer(&place.path("node/node.db"));
    let before = fs::read(place.path("node/node.db")).unwrap();
    let (code, said) = place.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("is at migration 9999 and this program supports only"),
        "{said}"
    );
    assert_eq!(fs::read(place.path("node/node.db")).unwrap(), before);
}

/// Writes a later migration into a database, as a newer program would.
fn make_newer(path: &Path) {
    use sqlx::{Connection as _, SqliteConnection};
    let url = format!("sqlite:{}", path.display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let statement =
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'later', TRUE, x'00', 0)";
        sqlx::raw_sql(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}

/// A node that serves one case study.
fn with_a_case_study() -> (Place, Serving) {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    place.prints(&["publish", "a.md"]);
    (place, serving)
}

#[test]
fn a_damaged_index_is_rebuilt_while_the_node_serves() {
    let (place, serving) = with_a_case_study();
    serving.stop("-TERM");
    for file in fs::read_dir(place.path("node/index")).unwrap() {
        fs::write(file.unwrap().path(), b"damaged").unwrap();
    }
    let serving = place.serve();
    serving.finds_the_case_study();
}

#[test]
fn an_index_that_is_overwritten_under_a_running_node_is_rebuilt() {
    let (place, serving) = with_a_case_study();
    serving.finds_the_case_study();
    overwrite_index(&place);
    serving.finds_the_case_study();
}

fn overwrite_index(place: &Place) {
    for file in fs::read_dir(place.path("node/index")).unwrap() {
        let path = file.unwrap().path();
        let length = fs::metadata(&path).unwrap().len();
        // In place and of the same length: what is mapped stays mapped.
        let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let noise: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        file.write_all(&noise).unwrap();
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
fn a_plain_file_in_place_of_the_index_is_replaced() {
    let (place, serving) = with_a_case_study();
    serving.stop("-TERM");
    let index = place.path("node/index");
    for name in ["index", "index.old", "index.aside", "index.rebuild"] {
        let stray = place.path("node").join(name);
        if stray == index {
            fs::remove_dir_all(&index).unwrap();
        }
        fs::write(&stray, "no directory").unwrap();
    }
    let serving = place.serve();
    serving.finds_the_case_study();
    place.prints(&["reindex"]);
}

#[test]
fn a_database_that_is_removed_under_a_running_node_is_noticed_before_anything_is_acknowledged() {
    let place = Place::new();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    let serving = place.serve();
    place.init();
    fs::remove_file(place.path("node/node.db")).unwrap();
    let (code, said) = place.fails(&["publish", "a.md"]);
    assert_eq!(code, 1);
    assert!(said.contains("was removed or replaced"), "{said}");
    assert!(
        serving.get("/readyz").contains("503"),
        "{}",
        serving.get("/readyz")
    );
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
fn a_file_that_is_no_database_is_named_and_left_as_it_is() {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    let garbage = "no database at all, but somebody's notes\n".repeat(100);
    fs::write(place.path("node/node.db"), &garbage).unwrap();
    for (arguments, code) in [
        (&["serve", "--listen", "127.0.0.1:0"][..], 1),
        (&["export", "out"], 1),
        (&["doctor"], 2),
    ] {
        let output = place.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(
            said.contains("is not a database") && said.contains("restore a backup"),
            "{arguments:?}: {said}"
        );
    }
    let left = fs::read_to_string(place.path("node/node.db")).unwrap();
    assert_eq!(left, garbage);
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
        "database.url = \"********\"",
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
