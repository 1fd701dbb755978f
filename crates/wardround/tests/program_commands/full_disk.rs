//! A node whose disk is full, on a file system of its own that has some megabytes.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::program::{CASE_STUDY, LONG, Place, Serving};

/// Set where a test runs on a file system of its own.
const ON_SMALL_DISK: &str = "WARDROUND_TEST_ON_SMALL_DISK";
const NAMESPACE: [&str; 3] = ["--user", "--map-root-user", "--mount"];
/// With this much, a node is ready, and filling it takes no time.
const DISK: &str = "size=24m,mode=700";

/// Runs a test of this program again where it may mount; returns whether the caller is that.
fn is_on_small_disk(test: &str) -> bool {
    if std::env::var_os(ON_SMALL_DISK).is_some() {
        return true;
    }
    let can_mount = Command::new("unshare").args(NAMESPACE).arg("true").status();
    if !can_mount.is_ok_and(|status| status.success()) {
        // Some containers allow no namespaces, also where everything else of the tests runs; `tests/run` says so at its end.
        eprintln!("skipped: this machine allows no mounts in a namespace of a user");
        return false;
    }
    let output = Command::new("unshare")
        .args(NAMESPACE)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("full_disk::{test}"), "--nocapture"])
        .env(ON_SMALL_DISK, "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    false
}

/// Returns a place whose data directory is a file system of its own.
fn place_on_small_disk() -> Place {
    let place = Place::new();
    fs::create_dir(place.path("node")).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", DISK, "none"])
        .arg(place.path("node"))
        .status();
    assert!(mounted.unwrap().success());
    place
}

fn fill(file: &Path) {
    let mut file = File::create(file).unwrap();
    let mut length = 1 << 20;
    while length > 0 {
        match file.write_all(&vec![7; length]) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => length /= 2,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Publishes a case study with another title; returns its id.
fn publish(place: &Place, title: &str) -> String {
    let file = write(place, title);
    let said = place.prints(&["publish", &file, "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    said["id"].as_str().unwrap().to_owned()
}

/// Writes the file of a case study with another title; returns its name.
fn write(place: &Place, title: &str) -> String {
    let line = format!("title: {title}");
    let lines = CASE_STUDY.lines();
    let lines: Vec<&str> = lines
        .map(|old| {
            if old.starts_with("title:") {
                &line
            } else {
                old
            }
        })
        .collect();
    let file = format!("{}.md", title.replace(' ', "-"));
    fs::write(place.path(&file), lines.join("\n")).unwrap();
    file
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        // Another process: only its answers say how far it is.
        thread::sleep(Duration::from_millis(100));
    }
}

/// Says whether a file of the node has a word.
fn has_word(place: &Place, word: &str) -> bool {
    ["node", "node/index"].iter().any(|directory| {
        fs::read_dir(place.path(directory)).unwrap().any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap_or_default();
            bytes
                .windows(word.len())
                .any(|found| found == word.as_bytes())
        })
    })
}

fn is_withdrawn(serving: &Serving, id: &str) -> bool {
    let json = serving.get(&format!("/api/v1/documents/{id}"));
    json.starts_with("HTTP/1.1 404")
}

#[test]
fn a_full_disk_leaves_readers_and_withdrawals_and_passes_by_itself() {
    let test = "a_full_disk_leaves_readers_and_withdrawals_and_passes_by_itself";
    if !is_on_small_disk(test) {
        return;
    }
    let place = place_on_small_disk();
    let serving = place.serve();
    place.init();
    let (one, two) = (
        publish(&place, "The first spoonwood"),
        publish(&place, "The second bogbean"),
    );
    let more: Vec<_> = (0..4)
        .map(|number| publish(&place, &format!("One more {number} butterwort{number}")))
        .collect();
    let kept = place.path("node/node.db-reserve");
    until("space is kept", || kept.exists());
    until("it is found", || {
        serving.get("/search?q=bogbean").contains("bogbean</mark>")
    });
    fill(&place.path("node/filling"));

    // What it says, and what it refuses.
    let third = write(&place, "The third sundew");
    let refused = || place.run(&["publish", &third]).status.code() == Some(1);
    // What fits into the log of the database is still written.
    until("nothing is published", refused);
    let (_, said) = place.fails(&["publish", &third]);
    assert!(said.contains("no space is left"), "{said}");
    let ready = serving.get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.contains("disk: "), "{ready}");
    assert!(ready.contains("free some space"), "{ready}");
    assert!(!ready.contains("exists"), "{ready}");

    // A withdrawal, whose words leave all files.
    place.prints(&["withdraw", &one, "--why", "privacy"]);
    assert!(is_withdrawn(&serving, &one));
    until("the words are erased", || !has_word(&place, "spoonwood"));
    let ready = serving.get("/readyz");
    assert!(!ready.contains("exists"), "{ready}");

    // More of them, while another program takes whatever becomes free.
    for (number, id) in more.iter().enumerate() {
        fill(&place.path(&format!("node/taken-{number}")));
        place.prints(&["withdraw", id, "--why", "privacy"]);
        assert!(is_withdrawn(&serving, id));
        let words = format!("butterwort{number}");
        until("the words are erased", || !has_word(&place, &words));
    }
    let audited = place.prints(&["audit", "--json"]);
    let logged = |row: &&str| row.contains(r#""act":"withdrawn""#);
    assert_eq!(audited.lines().filter(logged).count(), 5);

    // Again after a start on the full disk.
    fill(&place.path("node/more"));
    serving.stop();
    fill(&place.path("node/most"));
    let serving = place.serve();
    assert!(serving.get("/search?q=bogbean").contains("bogbean</mark>"));
    place.prints(&["withdraw", &two, "--why", "privacy"]);
    assert!(is_withdrawn(&serving, &two));
    until("the words are erased", || !has_word(&place, "bogbean"));
    assert!(kept.exists());

    // With room, everything goes on without a start.
    let taken = (0..more.len()).map(|number| format!("taken-{number}"));
    for name in ["filling", "more", "most"]
        .map(str::to_owned)
        .into_iter()
        .chain(taken)
    {
        fs::remove_file(place.path("node").join(name)).unwrap();
    }
    until("all of the space is kept again", || {
        fs::metadata(&kept).is_ok_and(|file| file.len() == 24 * 1024 * 1024 / 16)
    });
    until("it is ready", || {
        serving.get("/readyz").starts_with("HTTP/1.1 200")
    });
    place.prints(&["publish", &third]);
    until("it is found", || {
        serving.get("/search?q=sundew").contains("sundew</mark>")
    });
    drop(serving);
    assert!(place.prints(&["verify"]).contains("everything matches"));
}

#[test]
fn the_space_for_withdrawals_is_kept_again_soon_after_other_programs_had_taken_all() {
    let test = "the_space_for_withdrawals_is_kept_again_soon_after_other_programs_had_taken_all";
    if !is_on_small_disk(test) {
        return;
    }
    let place = place_on_small_disk();
    let serving = place.serve();
    place.init();
    let ids: Vec<_> = (0..3)
        .map(|number| publish(&place, &format!("Number {number} butterwort{number}")))
        .collect();
    let kept = || fs::metadata(place.path("node/node.db-reserve")).map_or(0, |file| file.len());
    let whole = 24 * 1024 * 1024 / 16;
    until("space is kept", || kept() == whole);
    until("it is found", || {
        serving
            .get("/search?q=butterwort2")
            .contains("butterwort2</mark>")
    });
    // Another program takes whatever becomes free, while pages are withdrawn.
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let greedy = scope.spawn(|| {
            let mut number = 0;
            while !is_done.load(Ordering::Relaxed) {
                fill(&place.path(&format!("node/greedy-{number}")));
                number += 1;
                thread::sleep(Duration::from_millis(1));
            }
            number
        });
        for id in &ids {
            // It may find no room at all: what the other program leaves is a matter of luck.
            place.run(&["withdraw", id, "--why", "privacy"]);
        }
        until("less is kept", || kept() < whole);
        is_done.store(true, Ordering::Relaxed);
        for number in 0..greedy.join().unwrap() {
            fs::remove_file(place.path(&format!("node/greedy-{number}"))).unwrap();
        }
    });
    let freed = Instant::now();
    until("all of it is kept again", || kept() == whole);
    assert!(
        freed.elapsed() < Duration::from_secs(10),
        "{:?}",
        freed.elapsed()
    );
    let said = place.run(&["doctor"]).stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("warning  disk"), "{said}");
    assert!(said.contains("1536 KiB are kept for withdrawals"), "{said}");
    drop(serving);
}
