//! Markdown files as people have them: any folder, any encoding, front matter of any program.
//!
//! Does not touch the database or the network. What cannot be read is reported, never dropped in silence.

mod addresses;
mod decode;
mod front;
mod surroundings;
#[cfg(test)]
mod tests;
mod verdict;
mod walk;

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use domain::Fault;

pub(crate) use addresses::named_addresses;
pub(crate) use decode::decode;
pub(crate) use front::{named_id, parse, parse_and_read, parse_without_advice};
pub(crate) use surroundings::Surroundings;
pub(crate) use verdict::{Verdict, verdict};
pub use walk::WalkError;
pub(crate) use walk::{MarkdownFile, Tree, find_file, relative_path, walk};

/// Bytes of a file that are read: far more than can be published, and as much as a draft should hold.
pub(crate) const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a whole file.
///
/// # Errors
/// A fault of the whole file when it cannot be read or is too large.
pub(crate) fn read(location: &Path) -> Result<Vec<u8>, Fault> {
    let fault = |text: String| Fault::new("", None, text);
    let file = File::open(location).map_err(|error| fault(unreadable(&error)))?;
    let length = file
        .metadata()
        .map_err(|error| fault(unreadable(&error)))?
        .len();
    if length > MAX_FILE_BYTES {
        return Err(fault(too_large(length)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // A file that grows while it is read is cut one byte beyond the limit, and then refused.
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fault(unreadable(&error)))?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_FILE_BYTES {
        Err(fault(too_large(length)))
    } else {
        Ok(bytes)
    }
}

/// Returns the fault of a comment that cannot be taken out of a body: one that begins a line and never ends, since no one
/// knows what its author meant to hide, or one that looks like code and is none. So does an element that is hidden.
#[must_use]
pub(crate) fn lasting_comment(text: &str, body: &str) -> Option<Fault> {
    let read = markdown::without_comments(body);
    let (line, says) = match (read.unclosed, read.doubtful) {
        (Some(line), _) => (
            line,
            "a comment begins here and never ends, so the file is not published; close it with `-->` or `%%`",
        ),
        (None, Some(line)) => (
            line,
            "a comment near this line cannot be distinguished from code, so the file is not published; remove it, or end the block of code before it",
        ),
        (None, None) => (
            markdown::hidden_line(&read.md)?,
            "an element with `hidden` or a style that hides it begins here, and everyone could read what is in it; take it out, or take the style off",
        ),
    };
    let before = text
        .strip_suffix(body)
        .unwrap_or_default()
        .matches('\n')
        .count();
    let line = u32::try_from(line + before).ok();
    Some(Fault::new("body", line, says))
}

/// Reads at most the first `max_bytes` of a file; nothing if it cannot be read.
#[must_use]
pub(crate) fn read_head(location: &Path, max_bytes: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(usize::try_from(max_bytes).unwrap_or(0));
    if let Ok(file) = File::open(location) {
        let _ = file.take(max_bytes).read_to_end(&mut bytes);
    }
    bytes
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "permission denied; give this user permission to read the file".to_owned()
        }
        io::ErrorKind::NotFound => "the file no longer exists".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

fn too_large(length: u64) -> String {
    format!(
        "the file has {length} bytes, and at most {MAX_FILE_BYTES} are read; split it into several files"
    )
}
