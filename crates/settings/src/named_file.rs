//! Files that the settings name, and the configuration itself. A reload reads them while the node serves, so reading one never
//! waits: not for the other end of a pipe, and not for a device that has no end.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

/// A larger file is no configuration, no certificate and no list of words.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads a file that the settings name.
///
/// # Errors
/// Of the disk; or it is no regular file, or too large.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe waits until someone writes to it.
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // Some files have more than their length says.
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= MAX_FILE_BYTES => Ok(bytes),
        Ok(_) | Err(_) => Err(io::Error::other("it has more than 16 MiB")),
    }
}

/// Reads a text that the settings name.
///
/// # Errors
/// As [`read_file`]; or it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(read_file(path)?);
    text.map_err(|_| io::Error::other("it is not text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn only_regular_files_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("text"), "text").unwrap();
        fs::write(at("bytes"), b"\xff").unwrap();
        let large = fs::File::create(at("large")).unwrap();
        large.set_len(MAX_FILE_BYTES + 1).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(at("pipe"))
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(read_text(&at("text")).unwrap(), "text");
        for (path, says) in [
            (at("none"), "No such file"),
            (at("bytes"), "not text"),
            (at("large"), "more than 16 MiB"),
            (at("pipe"), "not a regular file"),
            (at("."), "not a regular file"),
            ("/dev/zero".into(), "not a regular file"),
        ] {
            let said = read_text(&path).unwrap_err().to_string();
            assert!(said.contains(says), "{}: {said}", path.display());
        }
    }
}
