//! The arguments of `node`, `key` and `recover`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use node::identity::change::Online;
use url::Url;

use crate::cli::arguments::JsonArgument;

/// `node`.
#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// Show the node document: name, code, address, contact, keys, expiry
    #[command(after_help = "Example:\n  wardround node show --json")]
    Show(JsonArgument),
    /// Change what the node document says
    #[command(
        after_help = "Example:\n  wardround node set --name \"Harrowdale NHS Trust\" --root-key /media/usb/root.key\n  wardround node set --base-url https://lessons.harrowdale.example --out to-sign.txt"
    )]
    Set(Box<SetArguments>),
    /// Sign the node document again, for another 400 days
    #[command(after_help = "Example:\n  wardround node renew --root-key /media/usb/root.key")]
    Renew(SignArguments),
    /// Leave the exchange: peers keep the documents and poll no more
    #[command(
        after_help = "Example:\n  wardround node leave --successor wr1… --root-key /media/usb/root.key"
    )]
    Leave(LeaveArguments),
    /// Sign a proposed node document with root keys; needs neither a node nor a network
    #[command(
        after_help = "Example:\n  wardround node sign to-sign.txt --root-key /media/usb/root.key"
    )]
    Sign(SignFileArguments),
    /// Accept a proposed node document that root keys have signed
    #[command(after_help = "Example:\n  wardround node import to-sign.txt.signed")]
    Import(ImportDocumentArguments),
}

/// How a node document gets the signatures of root keys.
#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    /// A root key to sign with at once; repeat it as often as the threshold asks for
    #[arg(long, value_name = "FILE")]
    pub root_key: Vec<PathBuf>,
    /// Without a root key: the file to be signed elsewhere [default: node-document-VERSION.txt]
    #[arg(long, value_name = "FILE", conflicts_with = "root_key")]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `node set`.
#[derive(Debug, Args)]
#[group(id = "changes", multiple = true)]
pub(crate) struct SetArguments {
    /// Name of the organisation
    #[arg(long)]
    pub name: Option<String>,
    /// ODS code of the organisation; an empty one for none
    #[arg(long)]
    pub ods: Option<String>,
    /// Address of the site, as its readers use it
    #[arg(long, value_name = "URL", value_parser = super::super::arguments::site_address)]
    pub base_url: Option<Url>,
    /// How readers and operators of peers can contact you; an empty one for none
    #[arg(long)]
    pub contact: Option<String>,
    /// Days until the document expires, 1 to 400
    #[arg(long)]
    pub days: Option<u64>,
    /// A root key to add, as `wardround key new` prints it
    #[arg(long, value_name = "KEY")]
    pub add_root: Vec<String>,
    /// A root key to remove
    #[arg(long, value_name = "KEY")]
    pub remove_root: Vec<String>,
    /// How many root keys have to sign the next version, 1 to 5
    #[arg(long)]
    pub threshold: Option<usize>,
    /// Why a root key that is removed is revoked, such as `compromise`
    #[arg(long, requires = "remove_root")]
    pub why: Option<String>,
    #[command(flatten)]
    pub sign: SignArguments,
}

/// `node leave`.
#[derive(Debug, Args)]
pub(crate) struct LeaveArguments {
    /// The node that carries on the work
    #[arg(long, value_name = "WR1…")]
    pub successor: Option<String>,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub sign: SignArguments,
}

/// `node sign`.
#[derive(Debug, Args)]
pub(crate) struct SignFileArguments {
    /// The proposed node document
    pub file: PathBuf,
    /// A root key; repeat it to sign with several
    #[arg(long, value_name = "FILE", required = true)]
    pub root_key: Vec<PathBuf>,
    /// Where the signed document goes [default: FILE.signed]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `node import`.
#[derive(Debug, Args)]
pub(crate) struct ImportDocumentArguments {
    /// The signed document
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `key`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Show the keys of this node and what each signs
    #[command(after_help = "Example:\n  wardround key show")]
    Show(JsonArgument),
    /// Make a root key in a new file, and print what others need of it; needs no node
    #[command(after_help = "Example:\n  wardround key new /media/usb/root-2.key")]
    New(NewKeyArguments),
    /// Replace the log key or the witness key
    #[command(after_help = "Example:\n  wardround key rotate log --root-key /media/usb/root.key")]
    Rotate(RotateArguments),
    /// Replace a key, and forbid the old one for ever: after a theft
    #[command(
        after_help = "Example:\n  wardround key revoke log --why compromise --root-key /media/usb/root.key"
    )]
    Revoke(RevokeArguments),
}

/// `key new`.
#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// The file, which is not there yet
    pub file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A key that the node needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnlineKey {
    /// Signs the log.
    Log,
    /// Cosigns logs.
    Witness,
}

impl From<OnlineKey> for Online {
    fn from(key: OnlineKey) -> Self {
        match key {
            OnlineKey::Log => Self::Log,
            OnlineKey::Witness => Self::Witness,
        }
    }
}

/// `key rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateArguments {
    /// Which key
    #[arg(value_enum)]
    pub key: OnlineKey,
    #[command(flatten)]
    pub sign: SignArguments,
}

/// `key revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArguments {
    /// Which key
    #[arg(value_enum)]
    pub key: OnlineKey,
    /// Why, in a word; peers see it
    #[arg(long, default_value = "compromise")]
    pub why: String,
    #[command(flatten)]
    pub sign: SignArguments,
}

/// `recover`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("way").required(true).args(["from_peers", "new_epoch", "confirm"])))]
pub(crate) struct RecoverArguments {
    /// Refill the log and its documents from peers that hold them; every signature and digest is checked
    #[arg(long)]
    pub from_peers: bool,
    /// Close the log where it is and begin a new one; root keys sign that
    #[arg(long)]
    pub new_epoch: bool,
    /// Say that this copy is the newest, when no peer can be asked
    #[arg(long)]
    pub confirm: bool,
    /// Do so although a peer has shown that it holds more: what it holds is left out, and it may refuse this node from then on
    #[arg(long, conflicts_with = "from_peers")]
    pub despite_peers: bool,
    #[command(flatten)]
    pub sign: SignArguments,
}
