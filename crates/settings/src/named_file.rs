//! Files that the settings name. They are read when a node starts and again when it reloads, so none may take without an end.

use std::{fs, io, path::Path};

/// Bytes that such a file may have.
const MAX_BYTES: u64 = 4 << 20;

/// Reads a file that the settings name. A pipe or a device is refused: reading it may never end.
///
/// # Errors
/// Of the disk; when it is no regular file, or has more than 4 MiB.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if found.len() > MAX_BYTES {
        return Err(io::Error::other("it has more than 4 MiB"));
    }
    fs::read(path)
}

/// Reads a text file that the settings name.
///
/// # Errors
/// Like [`read_file`], and when it is not UTF-8.
pub fn read_text_file(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(read_file(path)?);
    text.map_err(|_| io::Error::other("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_never_end_is_not_read() {
        let home = tempfile::TempDir::new().unwrap();
        let file = home.path().join("terms.txt");
        fs::write(&file, "a = b\n").unwrap();
        assert_eq!(read_text_file(&file).unwrap(), "a = b\n");
        fs::write(&file, b"\xff").unwrap();
        assert!(read_text_file(&file).is_err());
        for path in [Path::new("/dev/zero"), home.path()] {
            let error = read_file(path).unwrap_err();
            assert_eq!(error.to_string(), "it is no regular file");
        }
        fs::File::create(&file)
            .unwrap()
            .set_len(MAX_BYTES + 1)
            .unwrap();
        assert!(read_file(&file).is_err());
    }
}
