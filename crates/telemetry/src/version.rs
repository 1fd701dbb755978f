//! Which build of the program this is.

use std::sync::OnceLock;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit that the program was built from, which is the same as long as it runs.
static COMMIT: OnceLock<&'static str> = OnceLock::new();

/// Says which commit the program was built from. Its executable does so first of all, since it alone is built again for each
/// commit.
pub fn set_commit(commit: &'static str) {
    // Whoever said it first was the executable.
    COMMIT.set(commit).ok();
}

/// Returns the commit that the program was built from: the one that the build named by `WARDROUND_COMMIT`, as `.release/build`
/// and the image do, or else the one that was checked out. `None` where neither is known.
#[must_use]
pub fn commit() -> Option<&'static str> {
    COMMIT.get().copied()
}

/// Returns the version and the commit, in words.
#[must_use]
pub fn version() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| in_words(VERSION, commit()))
}

fn in_words(version: &str, commit: Option<&str>) -> String {
    format!("{version} (commit {})", commit.unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_builds_of_one_version_differ_by_their_commit() {
        for (commit, expected) in [
            (None, "0.1.0 (commit unknown)"),
            (Some("878475e0"), "0.1.0 (commit 878475e0)"),
        ] {
            assert_eq!(in_words("0.1.0", commit), expected);
        }
        assert!(version().starts_with(VERSION));
    }
}
