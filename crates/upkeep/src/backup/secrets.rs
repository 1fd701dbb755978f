//! The keys and the configuration of a node, for a backup that has them.

use std::{fs, io, path::Path};

use node::identity::make_private_directory;

use super::{BackupError, MAX_KEYS};
use crate::archive::{self, CONFIGURATION, KEYS, Member};

/// Copies the keys that the node needs to run, and its configuration. The root keys belong to another place.
pub(super) fn copy(data: &Path, part: &Path) -> Result<Vec<Member>, BackupError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data.join(KEYS))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".key") || name.starts_with("root") {
            continue;
        }
        let path = format!("{KEYS}/{name}");
        if archive::is_member(&path) {
            names.push(path);
        } else {
            tracing::warn!(
                file = path,
                "a key file is not in the backup: its name has other characters than a-z, 0-9 and `-`, or too many"
            );
        }
        if names.len() > MAX_KEYS {
            return Err(BackupError::TooManyKeys);
        }
    }
    names.sort();
    if data.join(CONFIGURATION).is_file() {
        names.push(CONFIGURATION.to_owned());
    }
    make_private_directory(&part.join(KEYS))?;
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        let mut copy = archive::new_file(&part.join(&name))?;
        io::copy(&mut fs::File::open(data.join(&name))?, &mut copy)?;
        members.push(archive::describe(&name, &part.join(&name))?);
    }
    Ok(members)
}
