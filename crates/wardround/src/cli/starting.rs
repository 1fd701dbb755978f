//! What a start says of settings that can be read: `serve`, `config check` and a reload ask the same.

use std::{fs, io::ErrorKind};

use node::{StartCheck, check_start};
use settings::Settings;
use spans::Spans;

/// Returns what is wrong with settings, as `serve` finds it before it opens anything.
pub(crate) fn look(settings: &Settings) -> StartCheck {
    let mut check = check_start(settings);
    if let Some(endpoint) = &settings.traces.endpoint
        && let Err(fault) = Spans::check(endpoint)
    {
        check.faults.push(fault);
    }
    check
}

/// Returns what is wrong with the directory for backups, which keeps no node from starting: its disk may come back.
pub(super) fn missing_backups(settings: &Settings) -> Option<String> {
    let directory = settings.backup.directory.as_ref()?;
    let is_missing = match fs::metadata(directory) {
        Ok(found) => !found.is_dir(),
        // Another user may be able to see it.
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    };
    is_missing.then(|| {
        format!(
            "`backup.directory` `{}` is no directory; make it, and give it to the user that runs the node",
            directory.display()
        )
    })
}

/// Makes sure that a start with these settings is not refused.
///
/// # Errors
/// All reasons, one a line.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    match look(settings).faults.as_slice() {
        [] => Ok(()),
        faults => Err(faults.join("\n")),
    }
}
