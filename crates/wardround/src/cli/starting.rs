//! What a start says of settings that can be read: `serve`, `config check` and a reload ask the same.

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
