//! `user`: manages the people who can sign in to this node.

use clap::{Args, Subcommand};
use wire::Role;

use super::arguments::JsonArgument;
use crate::commands::command::{Command, UserAction};

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

/// Returns the command as the owner of the data directory takes it.
pub(super) fn command(command: UserCommand) -> Command {
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
        UserCommand::EndSessions(sessions) => {
            let email = sessions.email;
            (UserAction::EndSessions { email }, sessions.json)
        }
    };
    Command::User { action, json }
}
