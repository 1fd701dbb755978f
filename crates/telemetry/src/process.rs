//! What the operating system says about a process.

use std::{fs, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Ticks of a second in `/proc`: `USER_HZ`, which is 100 on all machines that this program runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Returns the resident memory of a process in bytes, and the part of it that is not backed by files; `None` where
/// `/proc` does not have it.
pub fn memory_of(process: u32) -> Option<(u64, u64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim()
            .strip_suffix("kB")?
            .trim()
            .parse::<u64>()
            .ok()
            .map(|kb| kb * 1024)
    };
    Some((field("VmRSS:")?, field("RssAnon:")?))
}

/// What this process has used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Seconds of processor time, in the program and in the kernel.
    pub cpu_seconds: f64,
    /// When it started, in seconds since 1970.
    pub started_at: f64,
    /// Open files and connections.
    pub open_files: u64,
    /// How many it may have.
    pub max_open_files: u64,
}

/// Returns what this process has used; `None` where `/proc` does not have it.
#[must_use]
pub fn usage() -> Option<Usage> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the process, in brackets, may have spaces. The fields after it are counted from the third (proc(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let cpu = ticks(14)? + ticks(15)?;
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    Some(Usage {
        cpu_seconds: cpu / TICKS_PER_SECOND,
        started_at: booted_at() + ticks(22)? / TICKS_PER_SECOND,
        open_files: u64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()?,
        max_open_files: limit.split_whitespace().next()?.parse().unwrap_or(u64::MAX),
    })
}

/// Returns when the machine was started, in seconds since 1970. The unit of systemd hides `/proc/stat`, so the clocks are
/// compared.
fn booted_at() -> f64 {
    let seconds = |id| {
        let time = clock_gettime(id);
        Duration::try_from(time).unwrap_or_default().as_secs_f64()
    };
    (seconds(ClockId::Realtime) - seconds(ClockId::Boottime)).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_anonymous_memory() {
        let found = memory_of(std::process::id());
        assert!(found.is_some_and(|(all, anonymous)| all > anonymous && anonymous > 0));
    }

    #[test]
    fn this_process_has_started_and_has_open_files() {
        let used = usage().unwrap();
        assert!(used.started_at > 1_600_000_000.0, "{used:?}");
        assert!(used.cpu_seconds < 100_000.0, "{used:?}");
        assert!(
            (3..used.max_open_files).contains(&used.open_files),
            "{used:?}"
        );
    }
}
