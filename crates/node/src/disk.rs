//! The brake on a disk that is nearly full: nothing new is taken from peers while little of it is free.
//!
//! Withdrawals still apply, and this node's own documents are not affected: what remains is for them.

use std::sync::atomic::{AtomicBool, Ordering};

use disk_space::{MIN_FREE_BYTES, is_low};
pub use disk_space::{bytes_in, space};
use settings::Settings;

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
