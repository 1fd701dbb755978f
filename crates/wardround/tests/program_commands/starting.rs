//! The start and the stop of a node: what it says, and what keeps it from starting.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::Stdio,
    time::Duration,
};

use rustix::process::Signal;

use crate::{
    damage::{change_database, overwrite_index},
    program::{Place, Serving, with_a_case_study},
};

#[test]
fn a_node_begins_with_nothing_and_stops_calmly() {
    for signal in [Signal::TERM, Signal::INT] {
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
        let (code, took) = serving.stop_by(signal);
        assert_eq!(code, Some(0), "{signal:?}");
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
fn a_signal_that_means_nothing_here_does_not_stop_the_node() {
    let place = Place::new();
    let mut serving = place.serve();
    for signal in [Signal::HUP, Signal::USR1] {
        serving.signal(signal);
        assert!(
            serving.get("/healthz").starts_with("HTTP/1.1 200"),
            "{signal:?}"
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
fn a_command_that_reads_the_database_of_a_first_start_says_which_it_is() {
    let (place, serving) = with_a_case_study();
    serving.stop();
    let named = "read from `node/node.db`";
    assert!(place.prints(&["verify"]).contains(named));
    let verified = place.prints(&["verify", "--json"]);
    assert!(
        verified.contains(r#""database":"node/node.db""#),
        "{verified}"
    );
    // As a package leaves it where the service then has its database by a credential.
    let rename = |from: &Path, to: &Path| {
        for end in ["", "-wal", "-shm"] {
            let of = |path: &Path| format!("{}{end}", path.display());
            // Not all three need be there.
            fs::rename(of(from), of(to)).ok();
        }
    };
    let (here, elsewhere) = (place.path("node/node.db"), place.path("elsewhere.db"));
    rename(&here, &elsewhere);
    let first = Place::new();
    first.serve().stop();
    rename(&first.path("node/node.db"), &here);
    let elsewhere = format!("sqlite:{}", elsewhere.display());
    for command in [&["verify"][..], &["audit"], &["gaps"]] {
        let (code, said) = place.fails(command);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("`node/node.db` is of a node without an identity")
                && said.contains("the same `DATABASE_URL`"),
            "{said}"
        );
        let mut same = place.command(command);
        let same = same.env("DATABASE_URL", &elsewhere).output().unwrap();
        assert!(same.status.success(), "{same:?}");
    }
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
    // One that waits behind a process that signs nothing says so.
    change_database(
        &place.path("node/node.db"),
        "UPDATE own_signing SET hindrance_code = 'behind', hindrance = 'the database has too little', fix = 'restore it'",
    );
    let second = doctor("second");
    assert!(
        second.contains("FAULT    signing        another process signs for this node: ")
            && second.contains("and it signs nothing: the database has too little"),
        "{second}"
    );
}

#[test]
fn a_collector_of_json_gets_nothing_else_from_start_to_stop() {
    let (place, serving) = with_a_case_study();
    serving.stop();
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
    serving.stop();
    std::iter::from_fn(next).for_each(drop);
    assert_eq!(said.last().map(String::as_str), Some("stopped"), "{said:?}");
    let mut printed = String::new();
    stdout.read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "");
}
