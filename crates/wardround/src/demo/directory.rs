//! The directory of a demo: the sample content, the configuration of each node, and what may be deleted.

use std::{fs, io, path::Path};

use rust_embed::RustEmbed;

use super::{
    error::DemoError,
    people,
    trusts::{TRUSTS, Trust},
};
use node::identity::make_private_directory;
use settings::load::FILE_NAME;

/// The file that marks a directory as created by a demo.
const MARKER: &str = ".wardround-demo";
/// Subdirectory of the sample files to import.
pub(super) const CONTENT: &str = "content";
/// Subdirectory of those that name documents of other trusts, to import once these are held.
pub(super) const ADOPTIONS: &str = "adoptions";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/case-studies"]
struct Content;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/adoptions"]
struct Adoptions;

/// Returns whether a directory holds files that no demo has created.
#[must_use]
pub fn is_foreign(directory: &Path) -> bool {
    let filled = fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some());
    filled && !directory.join(MARKER).exists()
}

/// Deletes what a demo has created in its directory, and nothing else; with `all`, the whole directory.
///
/// # Errors
/// [`DemoError::Running`], [`DemoError::NotOurs`], [`DemoError::File`].
pub fn clear(directory: &Path, all: bool) -> Result<(), DemoError> {
    for trust in &TRUSTS {
        refuse_running(directory, trust)?;
    }
    if !directory.exists() {
        return Ok(());
    }
    if all {
        return fs::remove_dir_all(directory).map_err(file_error(directory));
    }
    if is_foreign(directory) {
        return Err(DemoError::NotOurs(directory.to_owned()));
    }
    for name in TRUSTS
        .iter()
        .map(|trust| trust.directory)
        .chain([CONTENT, ADOPTIONS])
    {
        let path = directory.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(file_error(&path))?;
        }
    }
    Ok(())
}

/// Refuses the directory of a trust whose node is running.
pub(super) fn refuse_running(directory: &Path, trust: &Trust) -> Result<(), DemoError> {
    let data = directory.join(trust.directory);
    match node::owner(&data).map_err(file_error(&data))? {
        None => Ok(()),
        Some(pid) => Err(DemoError::Running {
            directory: directory.to_owned(),
            pid,
        }),
    }
}

/// Writes the sample files, and a configuration for each node, with which `serve` runs it in the same way.
pub(super) fn prepare(directory: &Path) -> Result<(), DemoError> {
    make_private_directory(directory).map_err(file_error(directory))?;
    write(
        &directory.join(MARKER),
        b"created by `wardround demo`, which may delete it\n",
    )?;
    write_samples::<Content>(&directory.join(CONTENT))?;
    write_samples::<Adoptions>(&directory.join(ADOPTIONS))?;
    for trust in &TRUSTS {
        let path = directory.join(trust.directory).join(FILE_NAME);
        if !path.exists() {
            let text = format!(
                "{CONFIGURATION}\n[accounts]\nnote = '''{}'''\n",
                people::note(trust)
            );
            write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes the files of a folder that differ from what is there.
fn write_samples<Samples: RustEmbed>(folder: &Path) -> Result<(), DemoError> {
    for name in Samples::iter() {
        let Some(file) = Samples::get(&name) else {
            continue;
        };
        let path = folder.join(name.as_ref());
        if fs::read(&path).ok().as_deref() != Some(&file.data) {
            write(&path, &file.data)?;
        }
    }
    Ok(())
}

const CONFIGURATION: &str = "# Written by `wardround demo`.

[site]
demo = true

[federation]
interval = 3
allow_loopback = true
# The demo takes little space, and begins on a full disk, too.
min_free_percent = 0
";

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    if let Some(parent) = path.parent() {
        make_private_directory(parent).map_err(file_error(parent))?;
    }
    fs::write(path, bytes).map_err(file_error(path))
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> DemoError + use<> {
    let path = path.to_owned();
    move |source| DemoError::File {
        path: path.clone(),
        source,
    }
}
