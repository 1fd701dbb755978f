//! How to run a command as the user who owns a file: by the name of that user where the system knows one, and by what is
//! installed.

use std::path::Path;

/// What decides how another user's command is run.
#[derive(Debug, Clone, Copy)]
struct Machine<'a> {
    /// The name of the user.
    name: Option<&'a str>,
    has_sudo: bool,
    is_container: bool,
}

/// Returns how to run a command as a user of this machine, such as `sudo -u wardround wardround doctor`.
#[must_use]
pub fn as_user(user: u32, command: &str) -> String {
    let is_file = |path: &str| Path::new(path).exists();
    let name = user_name(user);
    let machine = Machine {
        name: name.as_deref(),
        has_sudo: ["/usr/bin/sudo", "/bin/sudo", "/usr/local/bin/sudo"]
            .iter()
            .any(|path| is_file(path)),
        is_container: ["/.dockerenv", "/run/.containerenv"]
            .iter()
            .any(|path| is_file(path)),
    };
    written(machine, user, command)
}

/// Says how a user comes to files that belong to another one: by running the command as that one, or, where they belong to
/// root, which runs no node as a rule, by being given them. A copy that root has made is the usual cause.
#[must_use]
pub fn for_owner(owner: u32, user: u32, files: &Path, command: &str) -> String {
    let run = alone(&as_user(owner, command));
    if owner == 0 {
        let give = alone(&give_to(user, files));
        return format!(
            "if this user runs the node, the files were not given to it, as after a copy:{give}\nif root runs it:{run}"
        );
    }
    format!("run it as that user:{run}")
}

/// Returns a command on a line of its own, so that it can be copied.
#[must_use]
pub fn alone(command: &str) -> String {
    format!("\n    {command}")
}

/// Returns the command that gives files to a user.
#[must_use]
pub fn give_to(user: u32, files: &Path) -> String {
    let name = user_name(user).unwrap_or_else(|| user.to_string());
    as_user(0, &format!("chown -R {name}: {}", files.display()))
}

/// Returns the name of a user of this machine, where `/etc/passwd` has one.
#[must_use]
pub fn user_name(uid: u32) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(&users, uid).map(str::to_owned)
}

/// Finds the name of a user in the text of `/etc/passwd`: `name:password:uid:…` a line.
fn name_of(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let number = fields.nth(1)?;
        (number.parse() == Ok(uid)).then_some(name)
    })
}

fn written(machine: Machine<'_>, user: u32, command: &str) -> String {
    match machine {
        // Who runs the container decides who the user is; there is no `sudo` in an image.
        Machine {
            is_container: true, ..
        } => format!("docker exec --user {user} CONTAINER {command}"),
        Machine {
            name: Some(name),
            has_sudo: true,
            ..
        } => format!("sudo -u {name} {command}"),
        Machine {
            name: None,
            has_sudo: true,
            ..
        } => format!("sudo -u '#{user}' {command}"),
        // `runuser` and `setpriv` are of util-linux, which each machine has.
        Machine {
            name: Some(name), ..
        } => format!("runuser -u {name} -- {command}"),
        Machine { name: None, .. } => {
            format!("setpriv --reuid={user} --regid={user} --clear-groups {command}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_run_by_the_name_of_the_user_and_by_what_is_installed() {
        for (name, has_sudo, is_container, expected) in [
            (
                Some("wardround"),
                true,
                false,
                "sudo -u wardround wardround doctor",
            ),
            (None, true, false, "sudo -u '#100' wardround doctor"),
            (
                Some("wardround"),
                false,
                false,
                "runuser -u wardround -- wardround doctor",
            ),
            (
                None,
                false,
                false,
                "setpriv --reuid=100 --regid=100 --clear-groups wardround doctor",
            ),
            (
                Some("wardround"),
                true,
                true,
                "docker exec --user 100 CONTAINER wardround doctor",
            ),
        ] {
            let machine = Machine {
                name,
                has_sudo,
                is_container,
            };
            assert_eq!(written(machine, 100, "wardround doctor"), expected);
        }
    }

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0::/root:/bin/sh\nbroken\nwardround:x:998:998::/var/lib/wardround:/bin/false\n";
        assert_eq!(name_of(users, 998), Some("wardround"));
        assert_eq!(name_of(users, 0), Some("root"));
        assert_eq!(name_of(users, 5), None);
    }
}
