//! The brake on a disk that is nearly full: nothing new is taken from peers while little of it is free.
//!
//! Withdrawals still apply, and this node's own documents are not affected: what remains is for them.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use settings::Settings;

/// Free space below which the brake is on, whatever the share: this node's own work needs it.
const MIN_FREE_BYTES: u64 = 256 << 20;

/// Files of a directory that are looked at: an index has some dozens.
const MAX_FILES: usize = 10_000;

/// Whether the brake was on when it was last looked at.
#[derive(Debug, Default)]
pub struct DiskBrake(AtomicBool);

impl DiskBrake {
    /// Says whether nothing new may be taken from peers now. Logs each change once.
    pub fn is_on(&self, settings: &Settings) -> bool {
        let low = low_disk(settings);
        let was_on = self.0.swap(low.is_some(), Ordering::Relaxed);
        match &low {
            Some(text) if !was_on => {
                tracing::warn!(disk = text, "nothing but withdrawals is taken from peers");
            }
            None if was_on => tracing::info!("enough of the disk is free: peers are pulled again"),
            _ => {}
        }
        low.is_some()
    }
}

/// Says in words how little of the disk is free, if it is too little to take anything new from peers.
#[must_use]
pub fn low_disk(settings: &Settings) -> Option<String> {
    let (free, total) = space(&settings.data)?;
    let percent = settings.federation.min_free_percent;
    is_low(free, total, percent).then(|| {
        format!(
            "{} MiB of {} are free, less than {percent} % or {} MiB",
            free >> 20,
            total >> 20,
            MIN_FREE_BYTES >> 20
        )
    })
}

fn is_low(free: u64, total: u64, percent: u64) -> bool {
    free < MIN_FREE_BYTES || u128::from(free) * 100 < u128::from(total) * u128::from(percent)
}

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
