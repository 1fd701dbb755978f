//! Backups that the node makes by itself: the settings and their keys.

use std::{path::PathBuf, time::Duration};

use super::{
    keys::Key,
    values::{BOOLEAN, assign, seconds, within},
};

/// Backups that the node makes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The directory that they are made in; without it none are made.
    pub directory: Option<PathBuf>,
    /// How long between two of them.
    pub interval: Duration,
    /// How many are kept.
    pub keep: usize,
    /// Whether they have the keys and the configuration.
    pub with_keys: bool,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            directory: None,
            interval: Duration::from_secs(24 * 3_600),
            keep: 14,
            with_keys: false,
        }
    }
}

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "backup.directory",
        form: "a directory",
        about: "Where the node makes backups by itself while it serves; without it none are made. It should be on another disk.",
        secret: false,
        set: |settings, text| {
            settings.backup.directory = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.backup.directory.as_ref()?.display().to_string()),
    },
    Key {
        name: "backup.interval",
        form: "seconds, 300 to 2592000",
        about: "Time between two backups. `doctor` and `/readyz` warn when the newest is twice as old.",
        secret: false,
        set: |settings, text| seconds(&mut settings.backup.interval, text, 300, 2_592_000),
        get: |settings| Some(settings.backup.interval.as_secs().to_string()),
    },
    Key {
        name: "backup.keep",
        form: "1 to 1000",
        about: "How many backups of this node are kept in the directory. Older ones are removed after each new one.",
        secret: false,
        set: |settings, text| within(&mut settings.backup.keep, text, 1, 1_000),
        get: |settings| Some(settings.backup.keep.to_string()),
    },
    Key {
        name: "backup.with_keys",
        form: "`true` or `false`",
        about: "Whether backups have the log key, the witness key and `wardround.toml`. Who can read such a backup can sign as this node.",
        secret: false,
        set: |settings, text| assign(&mut settings.backup.with_keys, text, BOOLEAN),
        get: |settings| Some(settings.backup.with_keys.to_string()),
    },
];
