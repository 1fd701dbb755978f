//! Writes ZIP archives: the same bytes for the same parts, whenever it is done.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};

/// 1 January 1980, the earliest day of the format.
const DATE: u16 = 0x0021;
/// The version that a program needs to unpack it: 2.0, for deflate.
const VERSION: u16 = 20;
/// Bit 11 of the flags: names are UTF-8.
const UTF_8: u16 = 1 << 11;
const DEFLATE: u16 = 8;

/// An archive that is being written.
#[derive(Default)]
pub(crate) struct ZipWriter {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl ZipWriter {
    /// Adds a part. Parts are small: a text of a few pages.
    pub(crate) fn add(&mut self, name: &str, content: &str) {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing to a vector cannot fail.
        let _ = encoder.write_all(content.as_bytes());
        let packed = encoder.finish().unwrap_or_default();
        // What both headers have.
        let mut common = Vec::new();
        for word in [VERSION, UTF_8, DEFLATE, 0, DATE] {
            common.extend(word.to_le_bytes());
        }
        common.extend(crc32fast::hash(content.as_bytes()).to_le_bytes());
        common.extend(length(packed.len()).to_le_bytes());
        common.extend(length(content.len()).to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let start = length(self.bytes.len());
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&common);
        // No comment, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
    }

    /// Returns the archive.
    pub(crate) fn finish(self) -> Vec<u8> {
        let Self {
            mut bytes,
            directory,
            count,
        } = self;
        let start = length(bytes.len());
        bytes.extend(&directory);
        bytes.extend(b"PK\x05\x06");
        bytes.extend([0; 4]);
        bytes.extend(count.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(length(directory.len()).to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend(0_u16.to_le_bytes());
        bytes
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
