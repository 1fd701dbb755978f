//! The command line as clap parses it. docs/COMMANDS.md fixes what scripts may rely on.

use std::path::PathBuf;

use super::{
    apply::ApplyArguments,
    backup::{BackupArguments, RestoreArguments},
    gaps::GapsArguments,
    inspect::{AuditArguments, VerifyArguments},
    manual::CompletionsArguments,
    node::{KeyCommand, NodeCommand, RecoverArguments},
    peer::PeerCommand,
    quote::QuoteArguments,
    user::UserCommand,
};
use crate::commands::command::Reason;
use clap::{Args, Parser, Subcommand};
use url::Url;

/// Lessons learned, shared between NHS trusts.
#[derive(Debug, Parser)]
#[command(name = "wardround", version = telemetry::version(), about, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Arguments {
    /// The data directory: keys, database, index [default: data/node]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration file [default: wardround.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "\
While `wardround serve` is running, commands are carried out by it: there is no need to stop it.

Exit codes:
  0  done
  1  not done, or not all of it; the reason is on the standard error
  2  wrong usage, configuration or input

Examples:
  wardround demo
  wardround serve
  wardround init --name \"Northmoor Trust\" --ods ZZ1 --base-url https://lessons.northmoor.example
  wardround import lessons/";

/// A command. Those of [`OwnerCommand`], [`PeerCommand`] and [`UserCommand`] are run by the process that owns the data directory, all
/// others by this process.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run three invented trusts on this computer, to try things out
    #[command(
        after_help = "Example:\n  wardround demo\n  wardround demo --port 9001 --data /tmp/demo --fresh"
    )]
    Demo(DemoArguments),
    /// Run this organisation's node
    #[command(
        after_help = "Example:\n  wardround --data /var/lib/wardround serve --listen 127.0.0.1:8080"
    )]
    Serve(ServeArguments),
    /// A command that the owner of the data directory runs.
    #[command(flatten)]
    Owner(OwnerCommand),
    /// Manage the peers whose documents this node pulls
    #[command(
        subcommand,
        after_help = "Example:\n  wardround peer add https://lessons.example.nhs.uk --node wr1…\n  wardround peer list"
    )]
    Peer(PeerCommand),
    /// Manage the people who can sign in to this node
    #[command(
        subcommand,
        after_help = "Example:\n  wardround user add ada.okafor@northmoor.example --name \"Ada Okafor\" --role administrator\n  wardround user list"
    )]
    User(UserCommand),
    /// Make a backup while the node serves, or check one
    #[command(
        after_help = "Example:\n  wardround backup /backup/\n  wardround backup /backup/before-move.tar.gz --with-keys\n  wardround backup --verify /backup/before-move.tar.gz"
    )]
    Backup(BackupArguments),
    /// Restore a backup into an empty data directory
    #[command(
        after_help = "Example:\n  wardround --data /var/lib/wardround restore /backup/before-move.tar.gz"
    )]
    Restore(RestoreArguments),
    /// Show or change what this node says of itself: its name, address, keys and expiry
    #[command(
        subcommand,
        after_help = "Example:\n  wardround node show\n  wardround node renew --root-key /media/usb/root.key"
    )]
    Node(NodeCommand),
    /// Show, replace or revoke keys of this node
    #[command(
        subcommand,
        after_help = "Example:\n  wardround key show\n  wardround key rotate log --root-key /media/usb/root.key"
    )]
    Key(KeyCommand),
    /// Go on after an older copy of the database was restored
    #[command(
        after_help = "Example:\n  wardround recover --from-peers\n  wardround recover --new-epoch --root-key /media/usb/root.key"
    )]
    Recover(RecoverArguments),
    /// Ask the running node whether it is ready, for a container or a service manager
    #[command(after_help = "Example:\n  wardround healthcheck\n\nExit codes: 0 ready, 1 not ready")]
    Healthcheck(JsonArgument),
    /// Have the running node read its configuration again, and wait for it
    #[command(after_help = "Example:\n  wardround reload")]
    Reload(JsonArgument),
    /// Update the database to this version of the program
    #[command(after_help = "Example:\n  wardround migrate")]
    Migrate(JsonArgument),
    /// Find problems of this node, and show how to fix them
    #[command(
        after_help = "Example:\n  wardround doctor\n\nExit codes: 0 nothing found, 1 warnings, 2 faults"
    )]
    Doctor(JsonArgument),
    /// Check the signatures and digests of everything in the database
    #[command(after_help = "Example:\n  wardround verify")]
    Verify(VerifyArguments),
    /// Check a quote against a document, its proof and the keys that you trust; needs no node and no network
    #[command(
        after_help = "Example:\n  wardround verify-quote --text \"a median of 7 seconds\" --document x.json --proof x.tlog-proof --policy trusted.policy\n\nExit codes: 0 the signed document has the quote word for word, 1 it has not (also if only quotation marks or dashes differ), or the proof fails, 2 a file cannot be read"
    )]
    VerifyQuote(QuoteArguments),
    /// Print who did what on this node, the oldest first
    #[command(
        after_help = "Example:\n  wardround audit --since 2027-01-31\n  wardround audit --act withdrawn --json"
    )]
    Audit(AuditArguments),
    /// Print what people searched for on several days and did not find
    #[command(after_help = "Example:\n  wardround gaps")]
    Gaps(GapsArguments),
    /// Check markdown files before they are published; needs no node
    #[command(
        after_help = "Example:\n  wardround check lesson.md lessons/ --json\n\nExit codes: 0 clean, 1 warnings, 2 faults"
    )]
    Check(CheckArguments),
    /// Measure how well the search ranks, on a collection with known answers
    #[command(
        after_help = "Example:\n  wardround eval --collection med/ --save before.run\n  wardround eval --collection med/ --against before.run"
    )]
    Eval(EvalArguments),
    /// List every address that a node answers, and who may use it
    #[command(after_help = "Example:\n  wardround routes --json")]
    Routes(JsonArgument),
    /// Show or check the configuration
    #[command(subcommand, after_help = "Example:\n  wardround config show")]
    Config(ConfigCommand),
    /// Print the completions of a shell
    #[command(
        after_help = "Example:\n  wardround completions bash > /usr/share/bash-completion/completions/wardround"
    )]
    Completions(CompletionsArguments),
    /// Write the man pages of all commands to a directory
    #[command(after_help = "Example:\n  wardround man /usr/share/man/man1")]
    Man(ManArguments),
}

/// A command that the owner of the data directory runs: the running node, or else this process.
#[derive(Debug, Subcommand)]
pub(crate) enum OwnerCommand {
    /// Create the identity of the node: its keys and its signed node document
    #[command(
        after_help = "Example:\n  wardround init --name \"Northmoor Trust\" --ods ZZ1 --base-url https://lessons.northmoor.example"
    )]
    Init(InitArguments),
    /// Publish all markdown files of a directory
    #[command(
        after_help = "Example:\n  wardround import lessons/ --json\n  wardround import lessons/ --prune\n  wardround import new/ --moved-from lessons/\n  wardround import lessons/ --accept-warnings image=\"Screens of a test system\""
    )]
    Import(ImportArguments),
    /// Write all documents to a directory, as markdown files
    #[command(after_help = "Example:\n  wardround export copy/")]
    Export(ExportArguments),
    /// Publish one markdown file
    #[command(
        after_help = "Example:\n  wardround publish lesson.md --json\n  wardround publish lesson.md --base 3"
    )]
    Publish(PublishArguments),
    /// Withdraw a document permanently, here and at all peers
    #[command(
        after_help = "Example:\n  wardround withdraw 0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11 --why privacy"
    )]
    Withdraw(WithdrawArguments),
    /// Rebuild the search index from the database
    #[command(after_help = "Example:\n  wardround reindex")]
    Reindex(JsonArgument),
    /// Pull from peers now
    #[command(after_help = "Example:\n  wardround pull\n  wardround pull rx2 --json")]
    Pull(PullArguments),
}

/// `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// The first of three ports [default: 8081, or that of an earlier start]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Delete the data of an earlier start, and begin with the sample content
    #[arg(long)]
    pub fresh: bool,
}

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The address to serve on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Allow peers with `http` and loopback addresses, for development
    #[arg(long)]
    pub allow_loopback: bool,
}

/// Reads the address of a site.
pub(super) fn site_address(text: &str) -> Result<Url, String> {
    Url::parse(text)
        .map_err(|_| "give the whole address, such as `https://lessons.trust.example`".to_owned())
}

/// `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Name of the organisation
    #[arg(long)]
    pub name: String,
    /// ODS code of the organisation
    #[arg(long)]
    pub ods: Option<String>,
    /// Address of the site, as its readers use it
    #[arg(long, value_name = "URL", value_parser = site_address)]
    pub base_url: Url,
    /// How readers and operators of peers can contact you, `mailto:…` or `https://…`; shown on pages
    #[arg(long)]
    pub contact: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The directory
    pub dir: PathBuf,
    /// Withdraw the documents of files that no longer exist
    #[arg(long)]
    pub prune: bool,
    /// The folder that the files were imported from before, changed or not: they stay the documents they were
    #[arg(long, value_name = "DIR")]
    pub moved_from: Vec<PathBuf>,
    /// A file with the title of a document that no file was imported for is that document: after `recover --from-peers`
    #[arg(long)]
    pub same_titles: bool,
    /// Publish the files as new documents, even if the site has the same
    #[arg(long, conflicts_with_all = ["moved_from", "same_titles"])]
    pub as_new: bool,
    /// The folder is for everyone, although its name, or that of a folder above it, says otherwise
    #[arg(long)]
    pub folder_is_public: bool,
    /// Why warnings about patient data do not concern a patient: a reason for all kinds, or for one, as in `image=REASON`; may be repeated
    #[arg(long, value_name = "[KIND=]REASON")]
    pub accept_warnings: Vec<String>,
    /// Print one line of JSON for each file
    #[arg(long)]
    pub json: bool,
}

/// `export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The directory; it is created if it does not exist
    pub dir: PathBuf,
    /// Replace files that no export has written
    #[arg(long)]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `publish`.
#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// The file
    pub file: PathBuf,
    /// Publish only if this is still the published revision of the document
    #[arg(long, value_name = "REVISION")]
    pub base: Option<u64>,
    /// Why warnings about patient data do not concern a patient: a reason for all kinds, or for one, as in `image=REASON`; may be repeated
    #[arg(long, value_name = "[KIND=]REASON")]
    pub accept_warnings: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `withdraw`.
#[derive(Debug, Args)]
pub(crate) struct WithdrawArguments {
    /// The id of the document
    pub id: String,
    /// The reason
    #[arg(long, value_enum)]
    pub why: Reason,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `pull`.
#[derive(Debug, Args)]
pub(crate) struct PullArguments {
    /// The peer, by its node id or its short name [default: all peers]
    pub node: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Files and directories
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The folders are for everyone, although their names, or those of folders above them, say otherwise
    #[arg(long)]
    pub folder_is_public: bool,
    /// Warnings about patient data that do not count, as for `import`: a reason for all kinds, or for one, as in `image=REASON`
    #[arg(long, value_name = "[KIND=]REASON")]
    pub accept_warnings: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `eval`.
#[derive(Debug, Args)]
pub(crate) struct EvalArguments {
    /// A directory with docs.jsonl (id, title, body), queries.jsonl (id, text) and qrels.txt in TREC form
    #[arg(long, value_name = "DIR")]
    pub collection: PathBuf,
    /// The file of queries in that directory
    #[arg(long, value_name = "FILE", default_value = "queries.jsonl")]
    pub queries: String,
    /// A run to compare with, in TREC form
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// Write what was found to a file, in TREC form
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Print JSON, with the figures of each query
    #[arg(long)]
    pub json: bool,
}

/// A command whose only argument is `--json`.
#[derive(Debug, Args)]
pub(crate) struct JsonArgument {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `man`.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The directory; it is created if it does not exist
    pub dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the settings, with secrets masked, and where each value comes from
    Show(JsonArgument),
    /// Check the configuration for mistakes
    Check(JsonArgument),
    /// Print the reference of all keys
    Reference,
    /// Follow the peers of a file
    #[command(
        after_help = "Example:\n  wardround config apply peers.toml --dry-run\n\npeers.toml:\n  [[peer]]\n  url = \"https://lessons.avonbridge.example\"\n  node = \"wr1…\"\n  allow_cidr = [\"10.20.0.0/16\"]"
    )]
    Apply(ApplyArguments),
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

    /// Commands without an answer in JSON, each with the reason.
    const WITHOUT_JSON: [&str; 4] = [
        // They run until they are stopped; `log.format` makes their log JSON.
        "wardround demo",
        "wardround serve",
        // What they print is a file.
        "wardround completions",
        "wardround config reference",
    ];

    #[test]
    fn every_command_answers_in_json() {
        fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, bool)>) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                for sub in command.get_subcommands() {
                    leaves(sub, &path, found);
                }
                return;
            }
            let json = command
                .get_arguments()
                .any(|argument| argument.get_id() == "json");
            found.push((path.trim_start().to_owned(), json));
        }
        let mut found = Vec::new();
        leaves(&Arguments::command(), "", &mut found);
        assert!(found.len() > 30, "{}", found.len());
        let without: Vec<_> = found
            .iter()
            .filter(|(_, json)| !json)
            .map(|(path, _)| path.as_str())
            .collect();
        let mut known = WITHOUT_JSON.to_vec();
        known.sort_unstable();
        let mut without = without;
        without.sort_unstable();
        assert_eq!(without, known);
    }
}
