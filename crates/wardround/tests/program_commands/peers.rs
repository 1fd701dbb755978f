//! What an operator is shown about peers: their certificates, their faults, and lists of those in one state.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    process::Stdio,
    thread,
};

use crate::program::{Place, Serving, with_a_case_study};

/// Serves HTTPS at an address of this machine, with a certificate of an own authority, whose certificate it returns.
fn with_own_authority(host: &str) -> (Place, Serving, String) {
    let place = Place::new();
    let authority = place.certify(host, "");
    let serving = place.serve();
    (place, serving, authority)
}

/// A node that follows peers at these addresses, without polling them by itself.
fn following(addresses: &[String]) -> Place {
    let place = Place::new();
    place.init();
    configure(&place, "");
    let mut peers = String::new();
    for (index, address) in addresses.iter().enumerate() {
        let node = wire::NodeId::for_text(index.to_string().as_bytes());
        peers.push_str(&format!(
            "[[peer]]\nurl = \"{address}\"\nnode = \"{node}\"\nhandle = \"p{index}\"\n"
        ));
    }
    fs::write(place.path("peers.toml"), peers).unwrap();
    place.prints(&["config", "apply", "peers.toml"]);
    place
}

fn configure(place: &Place, more: &str) {
    let settings = format!("[federation]\nallow_loopback = true\nmin_free_percent = 0\n{more}\n");
    fs::write(place.path("node/wardround.toml"), settings).unwrap();
}

fn doctor(place: &Place) -> String {
    String::from_utf8(place.run(&["doctor"]).stdout).unwrap()
}

#[test]
fn doctor_asks_peers_whether_their_certificates_are_accepted() {
    let (_peer, serving, authority) = with_own_authority("127.0.0.1");
    let (_other, elsewhere, other_authority) = with_own_authority("other.example");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = silent.local_addr().unwrap();
    // While the peers are added nothing listens there, so that no one waits for it.
    drop(silent);
    let place = following(&[
        format!("https://{}", serving.address),
        format!("https://{}", elsewhere.address),
        format!("https://{silent_address}"),
    ]);
    // It accepts connections and says nothing.
    let silent = TcpListener::bind(silent_address).unwrap();
    let said = doctor(&place);
    for words in [
        "by the authorities of the system",
        "of an authority that is not known here: ",
        "name its certificate in `federation.ca_file`",
        "(p2): it did not answer within 5 seconds",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("show one that is accepted"), "{said}");

    drop(silent);

    // With the authorities, only the certificate for another name is left.
    fs::write(place.path("ca.pem"), authority + &other_authority).unwrap();
    let file = place.path("ca.pem").display().to_string();
    configure(&place, &format!("ca_file = \"{file}\""));
    let said = doctor(&place);
    for words in [
        &format!("by the authorities of the system and of `{file}`"),
        "1 of 3 peers show one that is accepted",
        "(p1): invalid peer certificate",
        "(p2): nothing listens at ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("not known here"), "{said}");

    fs::write(place.path("ca.pem"), "no certificate").unwrap();
    let output = place.run(&["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("FAULT    certificates   `federation.ca_file`"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(2));
}

/// Each way in which a peer cannot be reached, with what `doctor` says of it and the command that it names.
#[test]
fn doctor_names_the_cause_and_the_command_for_each_way_to_fail() {
    let (elsewhere, no_feed, authority) = with_own_authority("127.0.0.1");
    elsewhere.init();
    let (_early, early, early_authority) = with_own_authority("127.0.0.1");
    let (_unknown, unknown, _) = with_own_authority("127.0.0.1");
    let (_other, other, other_authority) = with_own_authority("other.example");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_address = silent.local_addr().unwrap();
    let feed = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed_address = feed.local_addr().unwrap().to_string();
    let ways = [
        (
            "https://127.0.0.1:9".to_owned(),
            "nothing listens at https://127.0.0.1:9",
            "peer set NAME --url",
        ),
        (
            format!("https://{silent_address}"),
            "it did not answer within 5 seconds",
            "`federation.proxy`",
        ),
        (
            "https://inner.example:8443".to_owned(),
            "its addresses are not public: 10.9.8.7",
            "peer set NAME --allow-cidr RANGE",
        ),
        (
            format!("https://{}", early.address),
            "answers with status 503",
            "ring its operator if that lasts",
        ),
        (
            format!("https://{}/elsewhere", no_feed.address),
            "answers with status 404",
            "peer set NAME --url URL",
        ),
        (
            format!("https://{}", unknown.address),
            "of an authority that is not known here: ",
            "add its certificate to ",
        ),
        (
            format!("https://{}", other.address),
            "invalid peer certificate",
            "ring its operator",
        ),
        (
            format!("http://{feed_address}"),
            ": key since ",
            "compare its node id",
        ),
    ];
    // While the peers are added nothing listens at these, so that no one waits or is asked who is there.
    drop((silent, feed));
    let addresses: Vec<_> = ways.iter().map(|(address, ..)| address.clone()).collect();
    let place = following(&addresses);
    let _silent = TcpListener::bind(silent_address).unwrap();
    fs::write(
        place.path("ca.pem"),
        authority + &early_authority + &other_authority,
    )
    .unwrap();
    let file = place.path("ca.pem").display().to_string();
    configure(
        &place,
        &format!("ca_file = \"{file}\"\nhosts = {{ \"inner.example\" = \"10.9.8.7\" }}"),
    );
    // The last of them answers, as another node: that takes a poll to find.
    let feed = Place::new();
    feed.init();
    let _serving = feed.serve_with(&["serve", "--listen", &feed_address]);
    let last = format!("p{}", ways.len() - 1);
    assert_eq!(place.run(&["pull", &last]).status.code(), Some(1));
    let said = doctor(&place);
    let lines: Vec<_> = said.lines().collect();
    for (index, (_, text, fix)) in ways.iter().enumerate() {
        let handle = format!("(p{index})");
        let about: Vec<_> = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains(&handle))
            .collect();
        assert_eq!(about.len(), 1, "{handle}: {said}");
        assert!(about[0].1.contains(text), "{text}: {said}");
        // What is to do follows it, or the last of those with the same to do.
        let next = lines[about[0].0..].iter().find(|line| line.contains('→'));
        let fix = fix.replace("NAME", &format!("p{index}"));
        assert!(next.unwrap().contains(&fix), "{fix}: {said}");
    }
}

#[test]
fn doctor_compares_the_clock_with_those_of_peers() {
    const ANSWER: &[u8] = b"HTTP/1.1 503 Not Ready\r\ndate: Sat, 01 Jan 2000 00:00:00 GMT\r\n\
        content-length: 0\r\nconnection: close\r\n\r\n";
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    // While the peer is added nothing listens there.
    drop(server);
    let place = following(&[format!("http://{address}")]);
    let server = TcpListener::bind(address).unwrap();
    let answering = thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut request = [0; 4096];
        assert_ne!(stream.read(&mut request).unwrap(), 0);
        stream.write_all(ANSWER).unwrap();
    });
    let said = doctor(&place);
    answering.join().unwrap();
    let text = "minutes ahead of those of the servers of 1 of 1 peers";
    assert!(said.contains(text), "{said}");
    assert!(!said.contains("later than every signature"), "{said}");
}

#[test]
fn a_faulty_peer_is_one_line_of_doctor_and_is_found_by_its_state() {
    // Nothing listens there.
    let addresses: Vec<_> = (1..=4)
        .map(|port| format!("http://127.0.0.1:{port}"))
        .collect();
    let place = following(&addresses);
    assert_eq!(place.run(&["pull"]).status.code(), Some(1));
    place.prints(&["peer", "pause", "p3"]);
    let said = doctor(&place);
    let lines = said.lines().filter(|line| line.contains("(p"));
    assert_eq!(lines.count(), 4, "{said}");
    assert_eq!(said.matches("wardround peer show").count(), 1, "{said}");
    assert!(!said.contains("NAME"), "{said}");
    let listed = |states: &[&str]| {
        let states = states.iter().flat_map(|state| ["--state", state]);
        let arguments: Vec<_> = ["peer", "list", "--json"]
            .into_iter()
            .chain(states)
            .collect();
        let peers: serde_json::Value = serde_json::from_str(&place.prints(&arguments)).unwrap();
        let peers = peers.as_array().unwrap().iter();
        let mut found: Vec<_> = peers
            .map(|peer| peer["handle"].as_str().unwrap().to_owned())
            .collect();
        found.sort();
        found
    };
    assert_eq!(listed(&[]).len(), 4);
    assert_eq!(listed(&["paused"]), ["p3"]);
    assert_eq!(listed(&["paused", "faulty"]), ["p0", "p1", "p2", "p3"]);
    assert_eq!(listed(&["healthy"]), Vec::<String>::new());
    let nothing = place.prints(&["peer", "list", "--state", "left"]);
    assert_eq!(nothing.trim(), "no peer is in that state");
    let (code, said) = place.fails(&["peer", "list", "--state", "ill"]);
    assert_eq!(code, 2);
    assert!(said.contains("healthy, faulty, stale, waiting"), "{said}");
}

/// Sites that accept a connection and say nothing are all waited for at the same time.
#[test]
fn sixty_sites_that_do_not_answer_are_asked_at_once() {
    let place = Place::new();
    place.init();
    configure(&place, "");
    let silent: Vec<_> = (0..60)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let mut peers = String::new();
    for (index, listener) in silent.iter().enumerate() {
        let address = listener.local_addr().unwrap();
        let node = wire::NodeId::for_text(index.to_string().as_bytes());
        peers.push_str(&format!(
            "[[peer]]\nurl = \"http://{address}\"\nnode = \"{node}\"\nhandle = \"p{index}\"\n"
        ));
    }
    fs::write(place.path("peers.toml"), peers).unwrap();
    let mut applying = place.command(&["config", "apply", "peers.toml"]);
    let mut applying = applying.stdout(Stdio::null()).spawn().unwrap();
    let mut waiting: Vec<_> = silent
        .iter()
        .map(|listener| listener.accept().unwrap().0)
        .collect();
    // No connection was given up before the last one was made.
    for stream in &mut waiting {
        stream.set_nonblocking(true).unwrap();
        let mut request = [0; 4096];
        let ended = loop {
            match stream.read(&mut request) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        };
        assert!(!ended);
    }
    drop((waiting, silent));
    assert!(applying.wait().unwrap().success());
    let listed = place.prints(&["peer", "list"]);
    assert_eq!(listed.lines().count(), 60, "{listed}");
}

#[test]
fn a_pull_that_takes_nothing_since_the_disk_is_nearly_full_says_so() {
    let (peer, serving) = with_a_case_study();
    let shown = peer.prints(&["node", "show", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let place = Place::new();
    place.init();
    configure(&place, "");
    let peers = format!(
        "[[peer]]\nurl = \"http://{}\"\nnode = {}\nhandle = \"p1\"\n",
        serving.address, shown["node"]
    );
    fs::write(place.path("peers.toml"), peers).unwrap();
    // While it is added nothing serves there, since the site says that its feed is elsewhere.
    let address = serving.address.clone();
    serving.stop();
    place.prints(&["config", "apply", "peers.toml"]);
    let _serving = peer.serve_with(&["serve", "--listen", &address]);
    let pull = |percent: u32| {
        let percent = percent.to_string();
        let pulled = place
            .command(&["pull", "--json"])
            .env("WARDROUND_FEDERATION_MIN_FREE_PERCENT", percent)
            .output()
            .unwrap();
        let peers: serde_json::Value = serde_json::from_slice(&pulled.stdout).unwrap();
        let said = String::from_utf8(pulled.stderr).unwrap();
        (pulled.status.code(), peers[0]["size"].as_u64(), said)
    };
    let (code, size, said) = pull(100);
    assert_eq!((code, size), (Some(1), Some(0)), "{said}");
    assert!(said.contains("nothing but withdrawals was taken"), "{said}");
    assert_eq!(pull(0), (Some(0), Some(1), String::new()));
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
