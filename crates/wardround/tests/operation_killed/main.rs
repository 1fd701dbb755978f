//! Drills: the real program, killed with -9 in the middle of a backup, a restore, an upgrade, a rotation and a recovery, on
//! both engines. Afterwards the node starts, `verify` finds nothing, nothing that was acknowledged is lost, and a peer that
//! reads on sees one history.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod place;
#[path = "../support/mod.rs"]
mod support;
mod upgrading;

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, TcpListener},
};

use place::{Node, Place, When, has_file, moments, on_each_engine};

/// Moments at which each operation is killed, besides those at which a file of it is there.
const MOMENTS: u32 = 6;

/// Returns a port that is free, below those that the system gives out itself and above those of the stories.
fn free_port() -> u16 {
    let random = |n: u32| RandomState::new().hash_one(n);
    (0..1_000)
        .map(|n| 30_000 + u16::try_from(random(n) % 2_000).unwrap())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .unwrap()
}

/// A node with a few case studies.
fn begin(place: &mut Place, documents: u64) -> Node {
    let node = place.node("node", None);
    node.init("ZZ1", free_port());
    for number in 0..documents {
        node.publish(&format!("First{number}"));
    }
    node
}

#[test]
fn a_backup_that_is_killed_leaves_the_node_as_it_was_and_no_file_that_looks_whole() {
    on_each_engine(|place| {
        let node = begin(place, 3);
        let directory = place.path("backups");
        fs::create_dir(&directory).unwrap();
        let whole = place.path("whole.tar.gz");
        let whole = node.time(&["backup", whole.to_str().unwrap(), "--with-keys"]);
        let mut when = moments(whole, MOMENTS);
        when.push(When::Exists(node.data.join("backup.part/node.db")));
        let (mut size, mut killed) = (3, 0);
        for when in &when {
            let backup = ["backup", directory.to_str().unwrap(), "--with-keys"];
            killed += u32::from(node.killed(&backup, when));
            node.publish(&format!("After{size}"));
            size += 1;
            assert_eq!(node.verified(), (size, size), "{when:?}");
            for entry in fs::read_dir(&directory).unwrap() {
                let file = entry.unwrap().path();
                if file.extension().is_some_and(|end| end == "gz") {
                    node.prints(&["backup", "--verify", file.to_str().unwrap()]);
                }
            }
        }
        assert!(killed > 1, "it was killed in the middle {killed} times");
        // A service removes what is left, which has every text and the keys.
        let port = free_port();
        drop(node.serve(port));
        assert!(!node.data.join("backup.part").exists());
    });
}

#[test]
fn a_restore_that_is_killed_is_whole_or_begins_again() {
    on_each_engine(|place| {
        let node = begin(place, 3);
        let file = place.path("whole.tar.gz");
        let file = file.to_str().unwrap().to_owned();
        node.prints(&["backup", &file, "--with-keys"]);
        let whole = place.node("whole", None);
        let whole = whole.time(&["restore", &file]);
        let mut killed = 0;
        for number in 0..MOMENTS + 2 {
            let restored = place.node(&format!("restored_{number}"), None);
            let when = match number {
                MOMENTS => When::Exists(restored.data.join("restore.part/node.db")),
                number if number > MOMENTS => When::Exists(restored.data.join("keys/log.key")),
                number => moments(whole, MOMENTS)[usize::try_from(number).unwrap()].clone(),
            };
            killed += u32::from(restored.killed(&["restore", &file], &when));
            // Without a database it begins again; a database is never there in part.
            let again = restored.command(&["restore", &file]).output().unwrap();
            if !again.status.success() {
                let said = String::from_utf8_lossy(&again.stderr);
                assert!(
                    said.contains("is not empty") || said.contains("in use already"),
                    "{said}"
                );
            }
            assert_eq!(restored.verified(), (3, 3), "{when:?}");
            restored.publish("After");
            assert_eq!(restored.verified(), (4, 4), "{when:?}");
            let port = free_port();
            drop(restored.serve(port));
            assert!(!restored.data.join("restore.part").exists(), "{when:?}");
        }
        assert!(killed > 1, "it was killed in the middle {killed} times");
    });
}

/// A node, and a reader that follows it.
struct Followed {
    node: Node,
    port: u16,
    reader: Node,
    id: String,
    size: u64,
}

impl Followed {
    fn begin(place: &mut Place, documents: u64) -> Self {
        let node = place.node("node", None);
        let port = free_port();
        let id = node.init("ZZ1", port);
        let reader = Node {
            data: place.path("reader"),
            database: None,
        };
        reader.init("ZZ2", free_port());
        let address = format!("http://127.0.0.1:{port}");
        for number in 0..documents {
            node.publish(&format!("First{number}"));
        }
        let followed = Self {
            node,
            port,
            reader,
            id,
            size: documents,
        };
        followed
            .reader
            .prints(&["peer", "add", &address, "--node", &followed.id]);
        followed
    }

    /// Publishes one more document; it has to be in the node and, without any fault, at the reader.
    fn check(&mut self, what: &str) {
        self.node.publish(&format!("After{}", self.size));
        self.size += 1;
        assert_eq!(self.node.verified(), (self.size, self.size), "{what}");
        self.is_read(what);
    }

    fn is_read(&self, what: &str) {
        let serving = self.node.serve(self.port);
        let pulled = self.reader.json(&["pull", &self.id, "--json"]);
        drop(serving);
        assert!(pulled["fault"].is_null(), "{what}: {pulled}");
        assert_eq!(self.reader.verified(), (self.size, self.size), "{what}");
    }
}

#[test]
fn a_change_of_keys_that_is_killed_has_happened_or_has_not() {
    on_each_engine(|place| {
        let mut followed = Followed::begin(place, 2);
        let node = followed.node.clone();
        let root = node.data.join("keys/root.key");
        let root = root.to_str().unwrap();
        for changed in [
            &["key", "rotate", "log", "--root-key", root][..],
            &[
                "key",
                "revoke",
                "witness",
                "--why",
                "compromise",
                "--root-key",
                root,
            ],
            &["recover", "--new-epoch", "--root-key", root],
        ] {
            let version = |node: &Node| {
                node.json(&["node", "show", "--json"])["version"]
                    .as_u64()
                    .unwrap()
            };
            let mut before = version(&node);
            let mut when = moments(node.time(changed), MOMENTS);
            when.push(When::Exists(node.data.join("keys/log-new.key")));
            before += 1;
            let mut killed = 0;
            for when in &when {
                killed += u32::from(node.killed(changed, when));
                followed.check(&format!("{changed:?} {when:?}"));
                let now = version(&node);
                assert!(now == before || now == before + 1, "{changed:?} {when:?}");
                before = now;
            }
            assert!(killed > 1, "it was killed in the middle {killed} times");
            // It can be done again, and the node goes on.
            node.prints(changed);
            followed.check(&format!("{changed:?} done"));
        }
        // The process that serves is killed, too, while a command waits for it.
        for wait in [0, 5, 20, 50, 100] {
            let serving = node.serve(followed.port);
            let mut rotate = node
                .command(&["key", "rotate", "log", "--root-key", root])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(std::time::Duration::from_millis(wait));
            drop(serving);
            rotate.wait().unwrap();
            followed.check(&format!("the service was killed after {wait} ms"));
        }
    });
}

#[test]
fn a_recovery_that_is_killed_goes_on_where_it_was() {
    on_each_engine(|place| {
        let followed = Followed::begin(place, 2);
        let Followed { node, id, port, .. } = &followed;
        let mirror_port = free_port();
        let reader_id = followed.reader.json(&["node", "show", "--json"])["node"]
            .as_str()
            .unwrap()
            .to_owned();
        let mirror = format!("http://127.0.0.1:{mirror_port}");
        node.prints(&["peer", "add", &mirror, "--node", &reader_id]);
        let file = place.path("old.tar.gz");
        let file = file.to_str().unwrap().to_owned();
        node.prints(&["backup", &file, "--with-keys"]);
        // What comes now is at the reader, and not in the backup.
        for number in 0..20 {
            node.publish(&format!("Later{number}"));
        }
        let serving = node.serve(*port);
        followed.reader.prints(&["pull", id]);
        drop(serving);
        assert_eq!(followed.reader.verified(), (22, 22));

        let old = place.node("old", None);
        old.prints(&["restore", &file]);
        let serving = followed.reader.serve(mirror_port);
        let recover = ["recover", "--from-peers"];
        let first = place.node("first", Some(&old));
        let whole = first.time(&recover);
        let mut killed = 0;
        for (number, when) in moments(whole, 2 * MOMENTS).iter().enumerate() {
            let copy = place.node(&format!("copy_{number}"), Some(&old));
            killed += u32::from(copy.killed(&recover, when));
            copy.verified();
            copy.prints(&recover);
            assert_eq!(copy.verified(), (22, 22), "{when:?}");
        }
        assert!(killed > 1, "it was killed in the middle {killed} times");
        drop(serving);

        // One of them goes on, and the reader with it.
        let mut followed = Followed {
            node: first,
            size: 22,
            ..followed
        };
        followed.is_read("recovered");
        // The reader is away: the node has been confirmed, and signs.
        followed.check("after the recovery");
        assert!(!has_file(&followed.node.data, ".part"));
    });
}
