//! The data directory: who may read it, and what is no node.

use std::{fs, process::Command};

use crate::program::{Place, with_a_case_study};

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
    // Nor does an empty one, where a disk may not be mounted.
    fs::create_dir(place.path("node")).unwrap();
    for command in [
        &["peer", "list"][..],
        &["reindex"],
        &["export", "out"],
        &["migrate"],
    ] {
        let (code, said) = place.fails(command);
        assert_eq!(code, 2, "{command:?}: {said}");
        assert!(
            said.contains("there is no database `node/node.db`"),
            "{said}"
        );
        assert!(!place.path("node/node.db").exists(), "{command:?}");
    }
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
fn a_migration_by_root_leaves_nothing_in_a_directory_of_another_user() {
    use std::os::unix::fs::chown;
    if !rustix::process::geteuid().is_root() {
        // No one else can give a directory away.
        eprintln!("skipped: this user is not root");
        return;
    }
    let place = Place::new();
    place.init();
    chown(place.path("node"), Some(65_534), Some(65_534)).unwrap();
    let names = || {
        let entries = fs::read_dir(place.path("node")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let (code, said) = place.fails(&["migrate"]);
    assert!(
        code == 1 && said.contains("belongs to user 65534"),
        "{said}"
    );
    assert!(said.contains("wardround …"), "{said}");
    assert_eq!(names(), before);
    chown(place.path("node"), Some(0), Some(0)).unwrap();
    place.prints(&["migrate"]);
}

#[test]
fn doctor_says_whose_the_files_are_that_the_node_cannot_use_and_gives_them_to_it() {
    use std::os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    };
    if !rustix::process::geteuid().is_root() {
        // No one else can give files away.
        return;
    }
    const NODE: u32 = 65_534;
    let (place, serving) = with_a_case_study();
    drop(serving);
    let set = |path: &str, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(place.path(path), mode).unwrap();
    };
    set("", 0o755);
    let doctor = |uid: u32| {
        let mut doctor = place.command(&["doctor"]);
        doctor.uid(uid).gid(uid);
        String::from_utf8(doctor.output().unwrap().stdout).unwrap()
    };
    let node = place.path("node");
    let node_directory = std::path::Path::new("node");
    let give = telemetry::give_to(NODE, node_directory);

    // A copy whose files were not given to the node, with settings.
    fs::write(
        place.path("node/wardround.toml"),
        "[site]\nname = \"Lessons\"\n",
    )
    .unwrap();
    let said = doctor(NODE);
    assert!(
        said.contains("FAULT    data directory `node` belongs to `root`"),
        "{said}"
    );
    assert!(said.contains(&give), "{said}");
    assert!(
        said.contains("may not see whether there is `node/wardround.toml`"),
        "{said}"
    );
    let mut check = place.command(&["config", "check"]);
    let refused = check.uid(NODE).gid(NODE).output().unwrap();
    let refused = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.contains("may not see whether"), "{refused}");
    let mut serve = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let refused = serve.uid(NODE).gid(NODE).output().unwrap();
    let refused = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.contains(&give), "{refused}");

    // An index that is root's, in a directory that is not.
    let chowned = Command::new("chown")
        .args(["-R", &NODE.to_string()])
        .arg(&node)
        .status();
    assert!(chowned.unwrap().success());
    chown(place.path("node/index"), Some(0), Some(0)).unwrap();
    for uid in [NODE, 0] {
        let said = doctor(uid);
        assert!(said.contains("`node/index` belong to `root`"), "{said}");
        assert!(said.contains(&give), "{said}");
    }
    chown(place.path("node/index"), Some(NODE), Some(NODE)).unwrap();
    let said = doctor(NODE);
    assert!(!said.contains("FAULT"), "{said}");
}

#[test]
fn doctor_names_the_command_by_which_a_configuration_can_be_read() {
    use std::os::unix::{
        fs::{PermissionsExt as _, chown, symlink},
        process::CommandExt as _,
    };
    if !rustix::process::geteuid().is_root() {
        // No one else can give files away.
        return;
    }
    const NODE: u32 = 65_534;
    const STRANGER: u32 = 65_533;
    let place = Place::new();
    place.init();
    let set = |path: &str, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(place.path(path), mode).unwrap();
    };
    set("", 0o755);
    // As in a package: settings of root, to which a link in the data directory leads.
    fs::create_dir(place.path("etc")).unwrap();
    let settings = place.path("etc/wardround.toml");
    fs::write(&settings, "").unwrap();
    symlink(&settings, place.path("node/wardround.toml")).unwrap();
    let chowned = Command::new("chown")
        .args(["-hR", &NODE.to_string()])
        .arg(place.path("node"))
        .status();
    assert!(chowned.unwrap().success());
    let doctor = |uid: u32| {
        let mut doctor = place.command(&["doctor"]);
        doctor.uid(uid).gid(uid);
        String::from_utf8(doctor.output().unwrap().stdout).unwrap()
    };
    let by_root = |command: String| telemetry::as_user(0, &command);
    let settings = settings.display();
    let directory = place.path("etc");
    let directory = directory.display();
    let as_node = telemetry::as_user(NODE, "wardround --data node doctor");
    for (file_mode, directory_mode, uid, commands) in [
        (
            0o600,
            0o755,
            NODE,
            vec![
                by_root(format!("chgrp {NODE} {settings}")),
                by_root(format!("chmod g+r {settings}")),
            ],
        ),
        (
            0o644,
            0o700,
            NODE,
            vec![
                by_root(format!("chgrp {NODE} {directory}")),
                by_root(format!("chmod g+x {directory}")),
            ],
        ),
        (0o600, 0o755, STRANGER, vec![as_node.clone()]),
        (0o644, 0o700, STRANGER, vec![as_node.clone()]),
    ] {
        set("etc", directory_mode);
        set("etc/wardround.toml", file_mode);
        let said = doctor(uid);
        let finding = said.split("\nok ").next().unwrap();
        assert!(finding.contains(" configuration "), "{said}");
        for command in commands {
            // Alone on its line, so that it can be copied.
            assert!(
                finding.lines().any(|line| line.trim() == command),
                "{command}: {said}"
            );
        }
        assert!(!finding.contains("config reference"), "{said}");
    }
    // A mistake that can be read is another matter.
    set("etc", 0o755);
    set("etc/wardround.toml", 0o644);
    fs::write(place.path("etc/wardround.toml"), "nothing = 1\n").unwrap();
    assert!(doctor(NODE).contains("config reference"));
    chown(place.path("node"), Some(0), Some(0)).unwrap();
}

#[test]
fn doctor_names_a_mount_that_cannot_be_written() {
    let (place, serving) = with_a_case_study();
    drop(serving);
    let program = place.command(&["doctor"]);
    let script = "mount --bind node node && mount -o remount,ro,bind node && exec \"$0\" \"$@\"";
    let mut mounted = Command::new("unshare");
    mounted
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(place.directory.path())
        .env("WARDROUND_DATA", "node");
    let output = mounted.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    if said.is_empty() && String::from_utf8_lossy(&output.stderr).contains("unshare") {
        // Some containers allow no namespaces, also where everything else of the tests runs; `tests/run` says so at its end.
        eprintln!("skipped: this machine allows no mounts in a namespace of a user");
        return;
    }
    assert!(
        said.contains("`node` is on a file system that is mounted to be read only"),
        "{said}{output:?}"
    );
    assert!(said.contains("remount,rw"), "{said}");
}
