//! Checks of the configuration: whether there is a file, whether this user may read it, and what is wrong in it.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use node::StartCheck;
use settings::{
    Settings,
    load::{FILE_NAME, Loaded, Origin, SettingsFault},
};
use telemetry::alone;

use super::{Finding, Findings, Level, directory::this_user};
use crate::cli::starting;

const CHECK: &str = "configuration";

/// Reports the configuration file, and one of which this user may not know whether it is there.
pub(super) fn check(loaded: &Loaded, findings: &mut Findings) {
    if let Some(file) = &loaded.file {
        return findings.ok(CHECK, format!("`{}` has no mistakes", file.display()));
    }
    let file = loaded.settings.data.join(FILE_NAME);
    if is_denied(&file) {
        let text = format!(
            "this user may not see whether there is `{}`: what follows is of the settings without it",
            file.display()
        );
        return findings.warn(CHECK, text, to_read(&file));
    }
    findings.ok(
        CHECK,
        "there is no file, and the environment has no mistakes",
    );
}

/// Reports what a start would refuse or go without, as far as no other check has named it.
pub(super) fn check_start(settings: &Settings, findings: &mut Findings) {
    let StartCheck { faults, warnings } = starting::look(settings);
    for fault in faults {
        if findings.0.iter().all(|finding| finding.text != fault) {
            let fix = "the node does not start before this is right: `wardround config check`";
            findings.fault(CHECK, fault, fix);
        }
    }
    for warning in warnings {
        findings.warn(CHECK, warning, "`wardround config check`");
    }
}

/// Returns the finding of a mistake, or of a file that cannot be read.
pub(crate) fn of_configuration(fault: &SettingsFault) -> Finding {
    let fix = match &fault.origin {
        Origin::File(file, 0) if is_denied(file) => to_read(file),
        _ => "`wardround config reference` lists all keys".to_owned(),
    };
    Finding {
        level: Level::Fault,
        check: CHECK,
        text: fault.to_string(),
        fix: Some(fix),
        peer: None,
    }
}

fn is_denied(file: &Path) -> bool {
    File::open(file).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

/// Says whether this user may not search a directory.
fn is_closed(directory: &Path) -> bool {
    fs::metadata(directory.join("."))
        .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

/// Returns how this user comes to read a file: as the user of the directory that it is in; or, if it is that, by the permission
/// of its group, as the Debian package gives it, since a configuration may hold passwords.
fn to_read(file: &Path) -> String {
    let directory = file.parent().unwrap_or(Path::new("."));
    let Ok(owner) = fs::metadata(directory).map(|metadata| metadata.uid()) else {
        return "run this as the user that runs the node".to_owned();
    };
    // A directory of root that all may search, such as one below `/etc`, is none of a node.
    let is_of_node = owner != 0 || is_closed(directory);
    if is_of_node && owner != this_user() {
        let command = format!("wardround --data {} doctor", directory.display());
        return telemetry::for_owner(owner, this_user(), directory, &command);
    }
    let (place, mode) = closed(file);
    if fs::metadata(&place).is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o040 != 0)
    {
        return "its group may read it: run this as the user that runs the node".to_owned();
    }
    let (group, place) = (rustix::process::getegid().as_raw(), place.display());
    let commands = [
        format!("chgrp {group} {place}"),
        format!("chmod {mode} {place}"),
    ];
    let commands = commands.map(|command| alone(&telemetry::as_user(0, &command)));
    format!("let the group of this user read it:{}", commands.concat())
}

/// Returns what keeps a user from a file: the first directory on the way to it that is closed, or the file itself; and the
/// permissions that its group needs.
fn closed(file: &Path) -> (PathBuf, &'static str) {
    let target = match fs::read_link(file) {
        Ok(link) => file.parent().unwrap_or(Path::new("")).join(link),
        Err(_) => file.to_owned(),
    };
    let mut above: Vec<_> = target.ancestors().skip(1).collect();
    above.reverse();
    let closed = above
        .into_iter()
        .filter(|directory| !directory.as_os_str().is_empty())
        .find(|directory| is_closed(directory));
    match closed {
        Some(directory) => (directory.to_owned(), "g+x"),
        None => (target, "g+r"),
    }
}
