//! The program as its supervisor and its proxy meet it: sockets that are handed over, a start that fails, a node that is
//! only read, and ids of requests.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::{
        fd::OwnedFd,
        unix::fs::PermissionsExt as _,
        unix::net::{UnixListener, UnixStream},
    },
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::Value;

use crate::program::{CASE_STUDY, LONG, Place, Serving, with_a_case_study};

/// Waits until something holds that only another process knows.
fn wait_until(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < until, "it never holds");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_start_that_fails_is_an_event_where_the_log_is_json() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (file, listen, says, code) in [
        (
            "site.nam = 1\nlog.format = \"json\"\n",
            "127.0.0.1:0",
            "did you mean `site.name`",
            2,
        ),
        (
            "log.format = \"json\"\n",
            taken.as_str(),
            "cannot listen on",
            1,
        ),
    ] {
        let place = Place::new();
        fs::create_dir(place.path("node")).unwrap();
        fs::write(place.path("node/wardround.toml"), file).unwrap();
        let output = place.run(&["serve", "--listen", listen]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(output.stdout, b"", "{output:?}");
        let log = String::from_utf8(output.stderr).unwrap();
        let mut events = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect(line));
        let last = events.next_back().unwrap();
        assert_eq!(last["level"], "ERROR", "{log}");
        let reason = last["fields"]["reason"].as_str().unwrap();
        assert!(reason.contains(says), "{says}: {log}");
    }
}

/// Starts the program as a supervisor does that has opened a socket for it.
fn served_at(place: &Place, socket: OwnedFd) -> Serving {
    let program = env!("CARGO_BIN_EXE_wardround");
    let script = format!(
        "LISTEN_PID=$$ LISTEN_FDS=1 WARDROUND_DATA=node exec {program} serve 3<&0 </dev/null"
    );
    let child = Command::new("/bin/sh")
        .current_dir(place.directory.path())
        .env_clear()
        .args(["-c", &script])
        .stdin(Stdio::from(socket))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Serving {
        child,
        address: String::new(),
    }
}

#[test]
fn a_node_serves_at_the_socket_that_its_supervisor_has_opened() {
    const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let place = Place::new();
    let path = place.path("http.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let serving = served_at(&place, listener.into());
    // Who connects before it serves waits.
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.write_all(REQUEST).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("alive\n"),
        "{answer}"
    );
    assert_eq!(serving.stop().0, Some(0));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut serving = served_at(&place, listener.into());
    serving.address = address;
    assert!(serving.get("/healthz").contains("alive"));
    assert_eq!(serving.stop().0, Some(0));
}

#[test]
fn a_node_serves_https_and_redirects_at_the_two_ports_that_its_supervisor_has_opened() {
    let open = || TcpListener::bind("127.0.0.1:0").unwrap();
    let address = |listener: &TcpListener| listener.local_addr().unwrap().to_string();
    let (site, redirect) = (open(), open());
    let (site_address, redirect_address) = (address(&site), address(&redirect));
    let place = Place::new();
    let server = format!("[server]\nredirect_http = \"{redirect_address}\"");
    place.certify("127.0.0.1", &server);
    let url = format!("https://{site_address}");
    place.prints(&["init", "--name", "Northmoor", "--base-url", &url]);
    let program = env!("CARGO_BIN_EXE_wardround");
    // The second one is the one that redirects: which is which is known by the port.
    let script = format!(
        "LISTEN_PID=$$ LISTEN_FDS=2 WARDROUND_DATA=node exec {program} serve 3<&0 4<&1 </dev/null >/dev/null"
    );
    let child = Command::new("/bin/sh")
        .current_dir(place.directory.path())
        .env_clear()
        .args(["-c", &script])
        .stdin(Stdio::from(OwnedFd::from(redirect)))
        .stdout(Stdio::from(OwnedFd::from(site)))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut serving = Serving {
        child,
        address: redirect_address,
    };
    let redirected = serving.get("/search?q=a");
    assert!(
        redirected.starts_with("HTTP/1.1 308")
            && redirected.contains(&format!("location: {url}/search?q=a")),
        "{redirected}"
    );
    serving.address = site_address;
    let plain = serving.get("/");
    assert!(
        plain.starts_with("HTTP/1.1 400") && plain.contains("HTTPS"),
        "{plain}"
    );
    assert_eq!(serving.stop().0, Some(0));
}

#[test]
fn a_node_that_is_only_read_signs_nothing_and_takes_nothing() {
    let place = Place::new();
    let settings = |read_only: bool| {
        format!(
            "[server]\nread_only = {read_only}\n[federation]\nallow_loopback = true\nmin_free_percent = 0\n"
        )
    };
    fs::create_dir(place.path("node")).unwrap();
    fs::write(place.path("node/wardround.toml"), settings(false)).unwrap();
    fs::set_permissions(place.path("node"), fs::Permissions::from_mode(0o700)).unwrap();
    let serving = place.serve();
    place.init();
    fs::write(place.path("a.md"), CASE_STUDY).unwrap();
    place.prints(&["publish", "a.md"]);
    serving.finds_the_case_study();
    let set = |read_only: bool| {
        let text = settings(read_only);
        fs::write(place.path("node/wardround.toml"), text).unwrap();
        serving.signal(Signal::HUP);
        let state = if read_only {
            "serving readers only"
        } else {
            "\"serving\""
        };
        wait_until(|| serving.get("/readyz").contains(state));
    };
    let ask = |line: &str| {
        let mut stream = std::net::TcpStream::connect(&serving.address).unwrap();
        let request =
            format!("{line} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    fs::write(
        place.path("b.md"),
        CASE_STUDY.replacen("title: ", "title: Other, ", 1),
    )
    .unwrap();

    // A peer that answers: the next poll is many minutes away.
    let peer = Place::new();
    let peer_serving = peer.serve();
    let address = &peer_serving.address;
    let init = ["init", "--name", "Southmoor", "--ods", "zz2", "--base-url"];
    let site = format!("http://{address}");
    peer.prints(&[&init[..], &[&site]].concat());
    let node: serde_json::Value =
        serde_json::from_str(&peer.prints(&["node", "show", "--json"])).unwrap();
    let node = node["node"].as_str().unwrap();
    let peers = format!("[[peer]]\nurl = \"http://{address}\"\nnode = \"{node}\"\n");
    fs::write(place.path("peers.toml"), peers).unwrap();
    place.prints(&["config", "apply", "peers.toml"]);
    place.prints(&["pull"]);
    let contact = || {
        let listed = place.prints(&["peer", "list", "--json"]);
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        listed[0]["last_contact"].clone()
    };

    set(true);
    serving.finds_the_case_study();
    assert!(serving.get("/readyz").contains("server.read_only"));
    for (line, says) in [
        ("POST /sign-in", "You can read and search it"),
        ("PUT /drafts/1", "You can read and search it"),
        ("DELETE /", "You can read and search it"),
        ("PATCH /nowhere", "You can read and search it"),
        ("GET /sign-in/with/nhs/back", "You can read and search it"),
        ("POST /api/v1/search", "you can read it"),
        ("POST /feed/v1/nudge", "you can read it"),
    ] {
        let answer = ask(line);
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.contains(says),
            "{line}: {answer}"
        );
        assert!(
            answer.to_lowercase().contains("\r\nretry-after: "),
            "{line}: {answer}"
        );
    }
    let (code, said) = place.fails(&["publish", "b.md"]);
    assert!(
        code == 1 && said.contains("this node is only read"),
        "{said}"
    );
    for pull in [&["pull"][..], &["pull", "zz2"]] {
        let (code, said) = place.fails(pull);
        assert!(code == 1 && said.contains("nothing was pulled: "), "{said}");
        assert!(said.contains("set `server.read_only` to false"), "{said}");
        let (code, said) = place.fails(&[pull, &["--json"]].concat());
        let error: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            (code, error["error"]["kind"].as_str()),
            (1, Some("signs-nothing"))
        );
    }

    // Times are whole seconds.
    let (before, began) = (contact(), Instant::now());
    wait_until(|| began.elapsed() > Duration::from_secs(1));
    set(false);
    wait_until(|| contact() != before);
    assert!(!ask("POST /sign-in").starts_with("HTTP/1.1 503"));
    place.prints(&["publish", "b.md"]);
}

#[test]
fn a_reload_says_what_came_of_it_and_fails_where_the_configuration_has_a_mistake() {
    let place = Place::new();
    place.init();
    let reload = |arguments: &[&str]| {
        let output = place.run(&[&["reload"][..], arguments].concat());
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = reload(&[]);
    assert!(code == Some(1) && said.contains("no node serves"), "{said}");
    let serving = place.serve();
    for (file, code, says) in [
        ("", 0, "no setting has changed"),
        ("site.name = \"Lessons\"\n", 0, "new: site.name"),
        ("site.nam = \"Other\"\n", 2, "did you mean `site.name`"),
        ("site.name = \"Other\n", 2, "nothing of it was taken"),
        (
            "site.name = \"Lessons\"\nmetrics.listen = \"127.0.0.1:1\"\n",
            0,
            "wait for the next start: metrics.listen",
        ),
    ] {
        fs::write(place.path("node/wardround.toml"), file).unwrap();
        let (found, said) = reload(&[]);
        assert!(found == Some(code) && said.contains(says), "{file}: {said}");
    }
    assert!(serving.get("/").contains("Lessons"));
    fs::write(place.path("node/wardround.toml"), "site.name = \"Third\"\n").unwrap();
    let (code, said) = reload(&["--json"]);
    assert_eq!(
        (code, said.trim()),
        (Some(0), r#"{"changed":["site.name"],"waiting":[]}"#)
    );
}

#[test]
fn a_document_that_is_known_is_not_published_by_a_node_that_has_left() {
    let (place, _serving) = with_a_case_study();
    let (code, said) = place.fails(&["node", "leave", "--root-key", "node/keys/root.key"]);
    assert!(code != 0 && said.contains("give `--yes`"), "{said}");
    place.prints(&["node", "leave", "--yes", "--root-key", "node/keys/root.key"]);
    fs::write(
        place.path("b.md"),
        CASE_STUDY.replacen("title: ", "title: Other, ", 1),
    )
    .unwrap();
    for file in ["a.md", "b.md"] {
        let (code, said) = place.fails(&["publish", file]);
        assert!(
            code == 1 && said.contains("has left the exchange"),
            "{said}"
        );
    }
}

#[test]
fn the_id_that_a_proxy_gives_to_a_request_is_kept_if_it_is_one() {
    let place = Place::new();
    let serving = place.serve();
    for (given, is_kept) in [
        ("7f3c-4a_b.c", true),
        (&*"a".repeat(72), true),
        (&*"a".repeat(73), false),
        ("a b", false),
        ("a\"b", false),
        ("", false),
    ] {
        let mut stream = std::net::TcpStream::connect(&serving.address).unwrap();
        let request = format!(
            "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: {given}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let kept = answer.contains(&format!("\r\nx-request-id: {given}\r\n"));
        assert_eq!(kept, is_kept, "{given:?}: {answer}");
        assert!(answer.contains("\r\nx-request-id: "), "{answer}");
    }
}

#[test]
fn an_index_that_an_earlier_process_moved_aside_is_removed() {
    let (place, serving) = with_a_case_study();
    serving.finds_the_case_study();
    drop(serving);
    let aside = place.path("node/index.aside");
    fs::create_dir(&aside).unwrap();
    fs::write(aside.join("meta.json"), "withdrawn words").unwrap();
    let serving = place.serve();
    serving.finds_the_case_study();
    wait_until(|| !aside.exists());
}

#[test]
fn the_same_init_again_changes_nothing_and_another_one_is_refused() {
    let place = Place::new();
    let init = |name: &str, address: &str| {
        let arguments = [
            "init",
            "--name",
            name,
            "--ods",
            "zz1",
            "--base-url",
            address,
            "--json",
        ];
        place.run(&arguments)
    };
    let first = init("Northmoor", "https://a.example");
    assert!(first.status.success(), "{first:?}");
    let again = init(" Northmoor ", "https://a.example/");
    assert_eq!((again.status.code(), again.stdout), (Some(0), first.stdout));
    for (name, address, code, says) in [
        ("Southmoor", "https://a.example", 1, "`wardround node set`"),
        ("Northmoor", "https://b.example", 1, "`wardround node set`"),
        (
            "Northmoor",
            "a.example",
            2,
            "give the whole address, such as",
        ),
    ] {
        let refused = init(name, address);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn an_address_that_is_in_use_is_named_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (setting, says) in [
        ("WARDROUND_LISTEN", "another address with `--listen`"),
        (
            "WARDROUND_METRICS_LISTEN",
            "another address with `metrics.listen`",
        ),
    ] {
        let place = Place::new();
        let free = ("WARDROUND_LISTEN", "127.0.0.1:0");
        let mut command = place.command(&["serve"]);
        let output = command.env(free.0, free.1).env(setting, &taken).output();
        let said = String::from_utf8(output.unwrap().stderr).unwrap();
        assert!(said.contains(says), "{said}");
    }
}
