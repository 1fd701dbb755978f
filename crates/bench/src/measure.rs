//! Clocks for measuring (wall time, CPU time of this process and of another) and the arithmetic on what they show.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// `/proc/PID/stat` counts in these on every platform that Linux runs Rust on.
const TICKS_PER_SECOND: u64 = 100;

/// What some work took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// Measures this process from now on.
pub struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: own_cpu(),
        }
    }

    pub(crate) fn stop(&self) -> Took {
        Took {
            wall: self.wall.elapsed(),
            cpu: own_cpu().saturating_sub(self.cpu),
        }
    }
}

/// Returns the CPU time of all threads of this process so far.
fn own_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let secs = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(secs, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Returns the CPU time of another process so far, in steps of 10 ms.
pub fn cpu_of(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold anything; what follows its end is numbers.
    let (_, numbers) = stat.rsplit_once(')')?;
    let mut ticks = numbers.split_whitespace().skip(11).map(str::parse::<u64>);
    let total = ticks.next()?.ok()? + ticks.next()?.ok()?;
    Some(Duration::from_millis(total * 1000 / TICKS_PER_SECOND))
}

/// Returns the value that `part` (`0..=1`) of the values do not exceed.
pub fn quantile(values: &[Duration], part: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = f64::from(u32::try_from(sorted.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let at = format!("{:.0}", last * part).parse::<usize>().unwrap_or(0);
    sorted.get(at).copied().unwrap_or_default()
}

/// Returns the mean in milliseconds; 0 of no values.
pub(crate) fn mean(values: &[Duration]) -> f64 {
    let sum: Duration = values.iter().sum();
    ms(sum) / float(u64::try_from(values.len()).unwrap_or(1)).max(1.0)
}

/// Returns a duration in milliseconds.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Returns a count as a number that can be divided.
///
/// Counts in this program are far below 2⁵³, where an `f64` stops being exact.
pub(crate) fn float(count: u64) -> f64 {
    const HALF: u64 = 1 << 32;
    let low = u32::try_from(count % HALF).unwrap_or(0);
    let high = u32::try_from(count / HALF).unwrap_or(0);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// Returns the microseconds that one of `count` took.
pub(crate) fn each_us(took: Duration, count: u64) -> f64 {
    took.as_secs_f64() * 1e6 / float(count).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_memory() {
        let stopwatch = Stopwatch::start();
        let mut sum = 0_u64;
        while stopwatch.stop().cpu < Duration::from_millis(20) {
            sum = sum.wrapping_add(1);
        }
        assert!(sum > 0 && stopwatch.stop().wall >= Duration::from_millis(10));
        let own = std::process::id();
        assert!(cpu_of(own).is_some());
        let ms = |ms| Duration::from_millis(ms);
        assert_eq!(quantile(&[ms(3), ms(1), ms(2)], 0.5), ms(2));
        assert_eq!(quantile(&[], 0.99), ms(0));
    }
}
