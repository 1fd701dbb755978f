//! Where a command takes its settings from: the file, the environment and the flags of the command line.

use std::path::{Path, PathBuf};

use crate::commands::failure::Failure;
use settings::load::{Loaded, SettingsFault, Sources};

/// Returns the sources of the settings.
pub(super) fn sources(
    data: Option<&Path>,
    config: Option<PathBuf>,
    mut flags: Vec<(&'static str, &'static str, String)>,
) -> Sources {
    flags.extend(data.map(|data| ("data", "--data", data.display().to_string())));
    Sources::of_process(config, flags)
}

/// Returns the settings, or all their mistakes.
pub(super) fn load(sources: &Sources) -> Result<Loaded, Failure> {
    sources
        .load()
        .map_err(|faults| Failure::invalid(one_per_line(&faults)))
}

fn one_per_line(faults: &[SettingsFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
