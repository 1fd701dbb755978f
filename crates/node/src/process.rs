//! What the operating system says about a process.

/// Returns the resident memory of a process in bytes, and the part of it that is not backed by files; `None` where
/// `/proc` does not have it.
pub fn memory_of(process: u32) -> Option<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_anonymous_memory() {
        let found = memory_of(std::process::id());
        assert!(found.is_some_and(|(all, anonymous)| all > anonymous && anonymous > 0));
    }
}
