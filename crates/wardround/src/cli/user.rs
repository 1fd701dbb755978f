//! `user`: manages the people who can sign in to this node.

use clap::{Args, Subcommand};
use wire::Role;

use super::{arguments::JsonArgument, terminal::Terminal};
use crate::commands::{
    command::{Command, UserAction},
    failure::Failure,
};

/// `user`.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person, and print the link with which they choose a password
    #[command(
        after_help = "Example:\n  wardround user add ada.okafor@northmoor.example --name \"Ada Okafor\" --role editor"
    )]
    Add(UserAddArguments),
    /// List the people who can sign in
    #[command(after_help = "Example:\n  wardround user list --json")]
    List(JsonArgument),
    /// Give a person another role, and sign them out
    #[command(
        after_help = "Example:\n  wardround user role ada.okafor@northmoor.example administrator"
    )]
    Role(UserRoleArguments),
    /// Print a link with which a person chooses a new password
    #[command(after_help = "Example:\n  wardround user reset ada.okafor@northmoor.example")]
    Reset(UserArguments),
    /// Keep a person from signing in, and sign them out
    #[command(after_help = "Example:\n  wardround user disable ada.okafor@northmoor.example")]
    Disable(UserArguments),
    /// Let a person sign in again
    #[command(after_help = "Example:\n  wardround user enable ada.okafor@northmoor.example")]
    Enable(UserArguments),
    /// Erase the name and the address of someone who has left and is disabled
    #[command(
        after_help = "What the person wrote and approved stays, and so do the rows of the audit, which have the name of that time.\n\nExample:\n  wardround user erase ada.okafor@northmoor.example\n  wardround user erase ada.okafor@northmoor.example --yes    # in a script"
    )]
    Erase(UserEraseArguments),
    /// Sign a person out everywhere, or everyone
    #[command(
        after_help = "Example:\n  wardround user end-sessions ada.okafor@northmoor.example\n  wardround user end-sessions --all"
    )]
    EndSessions(UserEndSessionsArguments),
}

/// `user add`.
#[derive(Debug, Args)]
pub(crate) struct UserAddArguments {
    /// The address that the person signs in with
    pub email: String,
    /// Name, as others see it
    #[arg(long)]
    pub name: String,
    /// What the person may do: `reader`, `contributor`, `editor` or `administrator`
    #[arg(long)]
    pub role: Role,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `user role`.
#[derive(Debug, Args)]
pub(crate) struct UserRoleArguments {
    /// The address that the person signs in with
    pub email: String,
    /// What the person may do: `reader`, `contributor`, `editor` or `administrator`
    pub role: Role,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A command on one person.
#[derive(Debug, Args)]
pub(crate) struct UserArguments {
    /// The address that the person signs in with
    pub email: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `user erase`.
#[derive(Debug, Args)]
pub(crate) struct UserEraseArguments {
    /// The address that the person signed in with
    pub email: String,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `user end-sessions`.
#[derive(Debug, Args)]
pub(crate) struct UserEndSessionsArguments {
    /// The address that the person signs in with
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub email: Option<String>,
    /// Everyone
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Returns the command as the owner of the data directory takes it, once a person has confirmed what is final.
pub(super) fn command(command: UserCommand, terminal: &Terminal) -> Result<Command, Failure> {
    let (action, json) = match command {
        UserCommand::Add(user) => {
            let UserAddArguments {
                email,
                name,
                role,
                json,
            } = user;
            (UserAction::Add { email, name, role }, json)
        }
        UserCommand::List(list) => (UserAction::List, list.json),
        UserCommand::Role(UserRoleArguments { email, role, json }) => {
            (UserAction::Role { email, role }, json)
        }
        UserCommand::Reset(user) => (UserAction::Reset { email: user.email }, user.json),
        UserCommand::Disable(user) => (UserAction::Disable { email: user.email }, user.json),
        UserCommand::Enable(user) => (UserAction::Enable { email: user.email }, user.json),
        UserCommand::Erase(UserEraseArguments { email, yes, json }) => {
            if !yes {
                confirm_erasing(&email, terminal)?;
            }
            (UserAction::Erase { email }, json)
        }
        UserCommand::EndSessions(sessions) => {
            let email = sessions.email;
            (UserAction::EndSessions { email }, sessions.json)
        }
    };
    Ok(Command::User { action, json })
}

fn confirm_erasing(email: &str, terminal: &Terminal) -> Result<(), Failure> {
    Terminal::must_be_attended(&format!(
        "the name and the address of `{email}` would be erased for good; a person has to confirm that, and there is no terminal: give `--yes`"
    ))?;
    terminal.note(&format!(
        "The name and the address of `{email}` are erased for good."
    ));
    if terminal.confirms("Type `yes` to erase them:")? {
        Ok(())
    } else {
        Err(Failure::failed("not erased"))
    }
}
