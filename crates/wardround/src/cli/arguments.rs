//! The command line, as clap reads it. What scripts rely on is fixed in docs/COMMANDS.md.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

/// Lessons learned, shared between NHS trusts.
#[derive(Debug, Parser)]
#[command(name = "wardround", version, about, after_help = AFTER, max_term_width = 100)]
pub struct Arguments {
    /// The data directory: keys, database, index [default: data/node]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration file [default: wardround.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "\
Beside a running `serve` the commands hand their work to it, so nothing has to be stopped.

Exit codes:
  0  done
  1  not done, or not all of it; the reason is on the standard error
  2  wrong usage, configuration or input

Examples:
  wardround serve
  wardround init --name \"Northmoor Teaching Hospitals NHS Trust\" --ods RX1 --base-url https://lessons.example.nhs.uk";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run this organisation's node
    #[command(
        after_help = "Example:\n  wardround --data /var/lib/wardround serve --listen 127.0.0.1:8080"
    )]
    Serve(ServeArguments),
    /// Give the node its identity: make its keys and sign its node document
    #[command(
        after_help = "Example:\n  wardround init --name \"Northmoor Teaching Hospitals NHS Trust\" --ods RX1 --base-url https://lessons.example.nhs.uk"
    )]
    Init(InitArguments),
    /// Bring the database to this program's schema, and say what was done
    #[command(after_help = "Example:\n  wardround migrate")]
    Migrate,
    /// Withdraw a document for good, everywhere
    #[command(
        after_help = "Example:\n  wardround withdraw 0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11 --why privacy"
    )]
    Withdraw(WithdrawArguments),
    /// Build the search index anew from the database
    #[command(after_help = "Example:\n  wardround reindex")]
    Reindex,
    /// Look at the configuration
    #[command(subcommand, after_help = "Example:\n  wardround config show")]
    Config(ConfigCommand),
    /// Measure this machine
    #[command(after_help = "Example:\n  wardround bench --documents 10000")]
    Bench(BenchArguments),
}

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// The address to serve on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Let peers have `http` and loopback addresses, for development
    #[arg(long)]
    pub allow_loopback: bool,
}

/// `init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// Name of the organisation
    #[arg(long)]
    pub name: String,
    /// ODS code of the organisation
    #[arg(long)]
    pub ods: Option<String>,
    /// Address of the site, as its readers use it
    #[arg(long, value_name = "URL")]
    pub base_url: Url,
    /// How peers' operators reach you, such as `mailto:…`
    #[arg(long)]
    pub contact: Option<String>,
}

/// `withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArguments {
    /// The document
    pub id: String,
    /// Why
    #[arg(long, value_enum)]
    pub why: Reason,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Why a document is withdrawn.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Reason {
    /// It could identify somebody.
    Privacy,
    /// It was wrong, or published by mistake.
    Error,
    /// Another document replaces it.
    Superseded,
    /// There is a legal reason.
    Legal,
    /// Something else.
    Other,
}

/// A command that takes nothing but `--json`.
#[derive(Debug, Args)]
pub struct JsonArgument {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings, secrets masked, and where each comes from
    Show(JsonArgument),
    /// Say whether the configuration is good
    Check,
    /// Print the reference page of all keys
    Reference,
}

/// `bench`.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// How many documents
    #[arg(long, default_value_t = 10_000)]
    pub documents: u64,
    /// Measure the search library only, without whole nodes
    #[arg(long)]
    pub library: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_each_command_has_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for sub in command.get_subcommands() {
            let help = sub
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.contains("Example"), "{}", sub.get_name());
        }
    }
}
