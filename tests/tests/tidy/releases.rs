//! The versions of packages: each one is an upgrade of every one that was made before it.

use std::{fs, path::Path, process::Command};

use super::root;

/// Runs a command of git in a directory, with no configuration of this machine.
fn git(directory: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Test");
        command.env(format!("GIT_{who}_EMAIL"), "test@example.org");
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.current_dir(directory).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

/// Commits a state of the project; returns the version of a package that is made of it.
fn package_of(directory: &Path, version: &str, changes: &str, tag: Option<&str>) -> String {
    let manifest = format!("[workspace.package]\nversion = \"{version}\"\n[other]\n");
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    fs::write(directory.join("docs/CHANGELOG.md"), changes).unwrap();
    git(directory, &["add", "--all"]);
    git(
        directory,
        &["commit", "--quiet", "--allow-empty", "-m", "A change"],
    );
    if let Some(tag) = tag {
        git(directory, &["tag", tag]);
    }
    let output = Command::new(directory.join(".release/version")).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn each_package_is_an_upgrade_of_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    for name in [".release", "docs"] {
        fs::create_dir(place.join(name)).unwrap();
    }
    fs::copy(
        root().join(".release/version"),
        place.join(".release/version"),
    )
    .unwrap();
    git(place, &["init", "--quiet"]);
    let (first, second) = (
        "# Changes\n\n## 0.1.0\n",
        "# Changes\n\n## 0.2.0\n\n## 0.1.0\n",
    );
    let next = "# Changes\n\n## Not released\n\n## 0.1.0\n";
    let packages = [
        // Before the first release, that release, after it, and once the number was raised.
        package_of(place, "0.1.0", "# Changes\n\n## Not released\n", None),
        package_of(place, "0.1.0", first, Some("v0.1.0")),
        package_of(place, "0.1.0", next, None),
        package_of(place, "0.2.0", next, None),
        package_of(place, "0.2.0", second, Some("v0.2.0")),
    ];
    let marks = ["0.1.0~", "0.1.0", "0.1.0+", "0.2.0~", "0.2.0"];
    for (package, mark) in packages.iter().zip(marks) {
        assert!(package.starts_with(mark), "{packages:?}");
    }
    assert_eq!(
        (packages[1].as_str(), packages[4].as_str()),
        ("0.1.0", "0.2.0")
    );
    for pair in packages.windows(2) {
        let arguments = ["--compare-versions", &pair[0], "lt", &pair[1]];
        match Command::new("dpkg").args(arguments).status() {
            Ok(status) => assert!(status.success(), "{pair:?}"),
            // Where there is no dpkg, no package is made; `tests/run` says so at its end.
            Err(error) => eprintln!("skipped: `dpkg` cannot be run: {error}"),
        }
    }
    // A checkout without tags knows what is released by the list of changes.
    git(place, &["tag", "--delete", "v0.1.0", "v0.2.0"]);
    let package = package_of(place, "0.2.0", second, None);
    assert!(package.starts_with("0.2.0+"), "{package}");
}
