//! Checks of the data directory: whose it and its files are, and whether they can be written.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use node::identity::Identity;
use rustix::{
    fs::{Access, access},
    io::Errno,
};
use settings::Settings;
use telemetry::alone;

use super::Findings;

const CHECK: &str = "data directory";

/// Checks the data directory and its keys. Returns whether a process owns the directory.
pub(super) fn check(settings: &Settings, findings: &mut Findings) -> bool {
    let data = &settings.data;
    let shown = data.display();
    let mode = match fs::metadata(data) {
        Ok(metadata) if is_foreign(metadata.uid()) => {
            let text = format!("`{shown}` belongs to {}", user(metadata.uid()));
            let command = format!("wardround --data {shown} doctor");
            findings.fault(
                CHECK,
                text,
                telemetry::for_owner(metadata.uid(), this_user(), data, &command),
            );
            return false;
        }
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fix = "`wardround serve` creates it; if it should exist, name the right directory with `--data`";
            findings.warn(CHECK, format!("`{shown}` does not exist"), fix);
            return false;
        }
        Err(error) => {
            let fix = "make it readable for the user that runs the node";
            findings.fault(CHECK, format!("`{shown}`: {error}"), fix);
            return false;
        }
    };
    if mode & 0o022 != 0 {
        let text = format!(
            "other users of this machine can write to `{shown}`, and replace what is in it"
        );
        findings.fault(CHECK, text, format!("chmod 700 {shown}"));
    } else if mode & 0o077 == 0 {
        findings.ok(CHECK, format!("`{shown}` is accessible to its owner only"));
    } else {
        let text = format!("other users of this machine can enter `{shown}`");
        findings.warn(CHECK, text, format!("chmod 700 {shown}"));
    }
    check_writable(data, findings);
    check_owners(data, findings);
    check_keys(data, findings);
    match node::owner(data) {
        Ok(Some(pid)) => {
            findings.ok("owner", format!("process {pid} is running the node"));
            true
        }
        Ok(None) => {
            findings.ok("owner", "none: the node is not running");
            false
        }
        Err(error) => {
            let fix = "make the file `lock` in the data directory readable";
            findings.fault("owner", error.to_string(), fix);
            false
        }
    }
}

/// Returns whether what belongs to a user can be out of reach of this process.
fn is_foreign(owner: u32) -> bool {
    this_user() != 0 && this_user() != owner
}

pub(super) fn this_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Returns the name of a user, or the number.
fn user(uid: u32) -> String {
    telemetry::user_name(uid).map_or_else(|| format!("user {uid}"), |name| format!("`{name}`"))
}

/// Checks that the data directory can be written, which its free space does not show.
fn check_writable(data: &Path, findings: &mut Findings) {
    let shown = data.display();
    let (text, fix) = match access(data, Access::WRITE_OK) {
        Ok(()) => return,
        Err(Errno::ROFS) => (
            format!(
                "`{shown}` is on a file system that is mounted to be read only: nothing can be published, withdrawn or pulled"
            ),
            format!(
                "`journalctl -k` says why, often an error of the disk; once that is right:{}",
                alone(&telemetry::as_user(
                    0,
                    &format!("mount -o remount,rw $(findmnt -no TARGET -T {shown})")
                ))
            ),
        ),
        Err(error) => (
            format!("`{shown}` cannot be written: {error}"),
            format!("chmod 700 {shown}"),
        ),
    };
    findings.fault(CHECK, text, fix);
}

/// Checks that everything in the data directory belongs to its owner, who runs the node: what a command of root has left stops
/// the index, or the next start.
fn check_owners(data: &Path, findings: &mut Findings) {
    /// Files that are looked at; an index has some hundreds.
    const MAX_FILES: usize = 10_000;
    /// Files that are named.
    const MAX_NAMED: usize = 3;
    let Ok(owner) = fs::metadata(data).map(|metadata| metadata.uid()) else {
        return;
    };
    let mut foreign: Vec<(PathBuf, u32)> = Vec::new();
    let mut directories = vec![data.to_owned()];
    let mut looked_at = 0;
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            looked_at += 1;
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            // A link, such as that to the settings, is of no matter.
            if metadata.uid() != owner && !metadata.is_symlink() {
                foreign.push((entry.path(), metadata.uid()));
            } else if metadata.is_dir() && looked_at < MAX_FILES {
                directories.push(entry.path());
            }
        }
    }
    foreign.sort();
    let Some((_, first)) = foreign.first() else {
        return;
    };
    let named = foreign.iter().take(MAX_NAMED);
    let named: Vec<_> = named
        .map(|(path, _)| format!("`{}`", path.display()))
        .collect();
    let more = match foreign.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!(
        "{}{more} belong to {}, and the node runs as {}, who may not be able to read or write them",
        named.join(", "),
        user(*first),
        user(owner)
    );
    let fix = format!(
        "give them to the node; one that runs goes on by itself:{}",
        alone(&telemetry::give_to(owner, data))
    );
    findings.fault(CHECK, text, fix);
}

fn check_keys(data: &Path, findings: &mut Findings) {
    let keys = data.join("keys");
    let Ok(files) = fs::read_dir(&keys) else {
        return;
    };
    for file in files.flatten() {
        let path = file.path();
        let mode = file
            .metadata()
            .map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            let text = format!("other users of this machine can read `{}`", path.display());
            findings.fault("keys", text, format!("chmod 600 {}", path.display()));
        }
    }
    let root = Identity::root_key_path(data);
    if root.exists() {
        let text = format!(
            "the root key is still on this machine, in `{}`",
            root.display()
        );
        let fix = "move it to an offline place and keep a second copy; the node runs without it";
        findings.warn("keys", text, fix);
    }
}
