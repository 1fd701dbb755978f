//! The directory and the configuration that a command line names, for the commands that a message tells people to run: without
//! them, such a command would be on another node, or on none.

use std::path::Path;

/// How a command of this program begins in a message.
const COMMAND: &str = "`wardround ";
/// The flags that name a node. A message that has one of them says already which.
const FLAGS: [&str; 2] = ["--data", "--config"];

/// The flags of this command line that name the node.
#[derive(Debug, Clone, Default)]
pub(super) struct Given(String);

impl Given {
    /// Takes the flags as they were given.
    pub(super) fn new(data: Option<&Path>, config: Option<&Path>) -> Self {
        let named = FLAGS.into_iter().zip([data, config]);
        let flags = named.filter_map(|(flag, path)| Some(format!("{flag} {} ", quoted(path?))));
        Self(flags.collect())
    }

    /// Returns a text in which each command of this program names the same node.
    ///
    /// What the operator of another node runs has no name of the program in its text.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut parts = text.split(COMMAND);
        let mut named = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            named.push_str(COMMAND);
            if !FLAGS.iter().any(|flag| part.starts_with(flag)) {
                named.push_str(&self.0);
            }
            named.push_str(part);
        }
        named
    }

    /// Returns a command line of this program that names the same node.
    pub(super) fn command(&self, arguments: &str) -> String {
        format!("wardround {}{arguments}", self.0)
    }
}

/// Returns a path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path;
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_in_a_message_names_the_node_that_was_named() {
        let data = Given::new(Some(Path::new("/srv/a node's")), None);
        let both = Given::new(Some(Path::new("/srv/a")), Some(Path::new("w.toml")));
        for (given, text, expected) in [
            (
                &both,
                "run `wardround pull zz1`, or `wardround doctor`",
                "run `wardround --data /srv/a --config w.toml pull zz1`, or `wardround --data /srv/a --config w.toml doctor`",
            ),
            (
                &data,
                "`wardround pull`",
                r"`wardround --data '/srv/a node'\''s' pull`",
            ),
            (
                &both,
                "`wardround --data /x doctor`, `systemctl reload wardround`, the newer `wardround`",
                "`wardround --data /x doctor`, `systemctl reload wardround`, the newer `wardround`",
            ),
            (&Given::default(), "`wardround pull`", "`wardround pull`"),
        ] {
            assert_eq!(given.in_text(text), expected);
        }
        assert_eq!(
            both.command("node import a"),
            "wardround --data /srv/a --config w.toml node import a"
        );
    }
}
