//! The disk: what is free of it, what is kept for withdrawals, and files that are replaced whole.
//!
//! It knows no database: who writes says of its errors whether they came from a full disk.

mod replacing;
pub mod reserve;

use std::{fs, path::Path};

pub use replacing::replace_file;

/// Free space below which nothing new is taken from peers, whatever the share: a node's own work needs it.
pub const MIN_FREE_BYTES: u64 = 256 << 20;

/// Files of a directory that are looked at: an index has some dozens.
const MAX_FILES: usize = 10_000;

/// Returns the bytes that may still be written below a directory, and these with all that are written, where the system
/// says so. What is reserved for the system counts as neither, as with `df`.
#[must_use]
pub fn space(directory: &Path) -> Option<(u64, u64)> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    let used = disk.f_blocks.saturating_sub(disk.f_bfree);
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    let free = bytes(disk.f_bavail);
    Some((free, free.saturating_add(bytes(used))))
}

/// Returns the bytes that may still be written below a directory, where the system says so.
#[must_use]
pub fn free_bytes(directory: &Path) -> Option<u64> {
    space(directory).map(|(free, _)| free)
}

/// Returns the bytes of the files in a directory, without those in directories below it.
#[must_use]
pub fn bytes_in(directory: &Path) -> u64 {
    let files = fs::read_dir(directory).into_iter().flatten();
    let files = files
        .take(MAX_FILES)
        .filter_map(|file| file.ok()?.metadata().ok());
    files
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}

/// Says whether so little is free, of all that a disk has, that nothing new is taken from peers.
#[must_use]
pub fn is_low(free: u64, total: u64, percent: u64) -> bool {
    free < MIN_FREE_BYTES || u128::from(free) * 100 < u128::from(total) * u128::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_is_on_below_a_share_or_a_minimum() {
        const GIB: u64 = 1 << 30;
        for (free, total, percent, expected) in [
            (10 * GIB, 100 * GIB, 10, false),
            (10 * GIB - 1, 100 * GIB, 10, true),
            (GIB, 100 * GIB, 0, false),
            (MIN_FREE_BYTES, 100 * GIB, 0, false),
            (MIN_FREE_BYTES - 1, 100 * GIB, 0, true),
            (99 * GIB, 100 * GIB, 100, true),
            (u64::MAX, u64::MAX, 100, false),
        ] {
            assert_eq!(
                is_low(free, total, percent),
                expected,
                "{free} {total} {percent}"
            );
        }
    }
}
