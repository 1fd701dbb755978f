//! Files of markdown as people have them: any tree, any encoding, anybody's front matter.
//!
//! Nothing here touches the database or the network. What cannot be read is said, never dropped in silence.

mod decode;
mod front;
mod walk;

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use domain::Fault;

pub(crate) use decode::decode;
pub(crate) use front::{named_id, parse};
pub use walk::WalkError;
pub(crate) use walk::{Found, Passed, Tree, relative, walk};

/// Most bytes of a file that are read: far more than can be published, and no more than a draft should hold.
pub(crate) const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a file, or says in one fault why it cannot be.
///
/// # Errors
/// A fault of the whole file.
pub(crate) fn read(at: &Path) -> Result<Vec<u8>, Fault> {
    let fault = |text: String| Fault::new("", None, text);
    let file = File::open(at).map_err(|error| fault(unreadable(&error)))?;
    let length = file
        .metadata()
        .map_err(|error| fault(unreadable(&error)))?
        .len();
    if length > MAX_FILE_BYTES {
        return Err(fault(too_large(length)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // A file that grows while it is read is cut one byte beyond the limit.
    let most = MAX_FILE_BYTES + 1;
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| fault(unreadable(&error)))?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_FILE_BYTES {
        Err(fault(too_large(length)))
    } else {
        Ok(bytes)
    }
}

/// Reads the first bytes of a file; nothing if it cannot be read.
#[must_use]
pub(crate) fn head(at: &Path, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(at) {
        let _ = file.take(most).read_to_end(&mut bytes);
    }
    bytes
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "the file may not be read; give this user permission to read it".to_owned()
        }
        io::ErrorKind::NotFound => "the file is gone".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

fn too_large(length: u64) -> String {
    format!(
        "the file has {length} bytes, and at most {MAX_FILE_BYTES} are read; cut it into several files"
    )
}
