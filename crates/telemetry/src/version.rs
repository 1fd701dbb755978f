//! Which build of the program this is.

use std::sync::LazyLock;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns the commit that the program was built from, where the build named it: `.release/build` and the image do, by
/// `WARDROUND_COMMIT`. A build on a developer's machine does not, since each commit would then build everything again.
#[must_use]
pub fn commit() -> Option<&'static str> {
    option_env!("WARDROUND_COMMIT").filter(|commit| !commit.is_empty())
}

/// Returns the version and the commit, in words.
#[must_use]
pub fn version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| in_words(VERSION, commit()));
    &TEXT
}

fn in_words(version: &str, commit: Option<&str>) -> String {
    match commit {
        Some(commit) => format!("{version} (commit {commit})"),
        None => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_builds_of_one_version_differ_by_their_commit() {
        for (commit, expected) in [
            (None, "0.1.0"),
            (Some("878475e0"), "0.1.0 (commit 878475e0)"),
        ] {
            assert_eq!(in_words("0.1.0", commit), expected);
        }
        assert!(version().starts_with(VERSION));
    }
}
