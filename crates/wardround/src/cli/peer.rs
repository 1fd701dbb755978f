//! `peer`: manages the peers that this node follows.
//!
//! A peer is identified by its node id, which its operator gives: the first answer of a site is not trusted.

use std::time::Duration;

use clap::{Args, Subcommand};
use wire::NodeId;

use super::{owner, terminal::Terminal};
use crate::commands::{
    failure::Failure,
    {
        command::{Command, Configuring, FoundPeer, PeerAction, SeenStatement, ShownState},
        output::Event,
    },
};
use node::flows::peers::{NewPeerRequest, PeerChange};
use settings::load::Loaded;

/// `peer`.
#[derive(Debug, Subcommand)]
pub(crate) enum PeerCommand {
    /// Follow a peer
    #[command(
        after_help = "Example:\n  wardround peer add https://lessons.other.example --node wr1…"
    )]
    Add(PeerAddArguments),
    /// Change the address, the ranges or the interval of a peer
    #[command(after_help = "Example:\n  wardround peer set zz3 --allow-cidr 10.20.0.0/16")]
    Set(PeerSetArguments),
    /// List the peers and their state
    #[command(
        after_help = "Example:\n  wardround peer list\n  wardround peer list --state faulty --json"
    )]
    List(PeerListArguments),
    /// Show the details of a peer
    #[command(after_help = "Example:\n  wardround peer show zz3")]
    Show(PeerArguments),
    /// Show readers the name, code, address and contact that a peer states now
    #[command(
        after_help = "Example:\n  wardround peer accept zz3\n  wardround peer show zz3 --json    # in a script: look at `stated`\n  wardround peer accept zz3 --statement DIGEST"
    )]
    Accept(PeerAcceptArguments),
    /// Stop polling a peer; its documents remain
    #[command(after_help = "Example:\n  wardround peer pause zz3")]
    Pause(PeerArguments),
    /// Pull again from a paused or halted peer
    #[command(after_help = "Example:\n  wardround peer resume zz3")]
    Resume(PeerArguments),
    /// Remove a peer, and erase its documents on this node
    #[command(
        after_help = "Example:\n  wardround peer remove zz3\n  wardround peer remove zz3 --yes    # in a script"
    )]
    Remove(PeerConfirmedArguments),
}

/// `peer add`.
#[derive(Debug, Args)]
pub(crate) struct PeerAddArguments {
    /// The address of its site or of its feed
    pub url: String,
    /// Its node id, as its operator gave it to you; without it, the node id is fetched, and you are asked to confirm it
    #[arg(long, value_name = "WR1…")]
    pub node: Option<String>,
    /// Its short name in addresses [default: its ODS code]
    #[arg(long)]
    pub handle: Option<String>,
    /// Address ranges of an internal network that its server may be in, such as 10.1.0.0/16
    #[arg(long, value_name = "CIDR,…")]
    pub allow_cidr: Option<String>,
    /// Seconds between two polls of it [default: federation.interval]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub interval: Option<u64>,
    /// Do not ask for confirmation; needs `--node`
    #[arg(long, requires = "node")]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `peer set`.
#[derive(Debug, Args)]
#[group(id = "changes", multiple = true)]
pub(crate) struct PeerSetArguments {
    /// The peer, by its node id or its short name
    pub node: String,
    /// The address of its site or of its feed
    #[arg(long)]
    pub url: Option<String>,
    /// Address ranges of an internal network that its server may be in; an empty text for none
    #[arg(long, value_name = "CIDR,…")]
    pub allow_cidr: Option<String>,
    /// Seconds between two polls of it; 0 for federation.interval
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub interval: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `peer list`.
#[derive(Debug, Args)]
pub(crate) struct PeerListArguments {
    /// Only peers in this state; may be repeated
    #[arg(long, value_name = "STATE", value_enum)]
    pub state: Vec<ShownState>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A command on one peer.
#[derive(Debug, Args)]
pub(crate) struct PeerArguments {
    /// The peer, by its node id or its short name
    pub node: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A command on one peer that a person confirms.
#[derive(Debug, Args)]
pub(crate) struct PeerConfirmedArguments {
    /// The peer, by its node id or its short name
    pub node: String,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `peer accept`.
#[derive(Debug, Args)]
pub(crate) struct PeerAcceptArguments {
    /// The peer, by its node id or its short name
    pub node: String,
    /// Accept this statement without asking: the digest that `peer show` prints; another one is refused
    #[arg(long, value_name = "DIGEST")]
    pub statement: Option<String>,
    /// Do not ask for confirmation; needs `--statement`
    #[arg(long, requires = "statement")]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs a command on peers; it is the owner of the data directory that reads and changes them.
pub(super) async fn run(
    loaded: &Loaded,
    command: PeerCommand,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let command = match command {
        PeerCommand::Add(arguments) => add(loaded, arguments, terminal).await?,
        PeerCommand::Set(arguments) => set(arguments)?,
        PeerCommand::List(arguments) => Command::PeerList {
            states: arguments.state,
            json: arguments.json,
        },
        PeerCommand::Show(arguments) => on_one(PeerAction::Show, arguments),
        PeerCommand::Accept(arguments) => accept(loaded, arguments, terminal).await?,
        PeerCommand::Pause(arguments) => on_one(PeerAction::Pause, arguments),
        PeerCommand::Resume(arguments) => on_one(PeerAction::Resume, arguments),
        PeerCommand::Remove(arguments) => remove(arguments, terminal)?,
    };
    owner::run(loaded, command, |event| terminal.show(event)).await
}

/// Returns the command that changes a peer.
fn set(arguments: PeerSetArguments) -> Result<Command, Failure> {
    let change = PeerChange {
        address: arguments.url,
        allow_cidr: arguments.allow_cidr,
        interval: arguments.interval,
    };
    if change == PeerChange::default() {
        return Err(Failure::invalid(
            "say what to change, with `--url`, `--allow-cidr` or `--interval`",
        ));
    }
    Ok(Command::Configure(Configuring::Set {
        node: arguments.node,
        change,
        json: arguments.json,
    }))
}

fn on_one(action: PeerAction, arguments: PeerArguments) -> Command {
    Command::Peer {
        action,
        node: arguments.node,
        json: arguments.json,
    }
}

/// Returns the command that adds a peer. Without its node id, a person first compares what the site says with what its
/// operator says.
async fn add(
    loaded: &Loaded,
    arguments: PeerAddArguments,
    terminal: &Terminal,
) -> Result<Command, Failure> {
    let request = NewPeerRequest {
        handle: arguments.handle,
        allow_cidr: arguments.allow_cidr.unwrap_or_default(),
        interval: arguments.interval.map(Duration::from_secs),
        ..NewPeerRequest::new(arguments.url)
    };
    let node = match arguments.node {
        Some(node) => parse_node_id(&node)?.to_string(),
        None => confirmed_node_id(loaded, request.clone(), terminal).await?,
    };
    Ok(Command::PeerAdd {
        request,
        node,
        json: arguments.json,
    })
}

/// Returns the command that accepts what a peer states, once a person has seen the changes. What it states by then is compared
/// with what was shown.
async fn accept(
    loaded: &Loaded,
    arguments: PeerAcceptArguments,
    terminal: &Terminal,
) -> Result<Command, Failure> {
    let PeerAcceptArguments {
        node,
        statement,
        yes: _,
        json,
    } = arguments;
    if let Some(statement) = statement {
        return Ok(Command::PeerAccept {
            accepted: SeenStatement {
                peer: node,
                statement,
            },
            json,
        });
    }
    Terminal::must_be_attended(
        "a person has to confirm the changes, and there is no terminal; look at them with `wardround peer show`, and then give the digest that it prints with `--statement`",
    )?;
    let show = |json| Command::Peer {
        action: PeerAction::Show,
        node: node.clone(),
        json,
    };
    // The digest comes first: if the peer states something else before the rest is shown, the digest is not accepted.
    let mut object = String::new();
    owner::run(loaded, show(true), |event| match event {
        Event::Line { text } => object = text,
        event => terminal.show(event),
    })
    .await?;
    let object: serde_json::Value = serde_json::from_str(&object)?;
    let statement = object.pointer("/stated/digest");
    let statement = statement
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    owner::run(loaded, show(false), |event| terminal.show(event)).await?;
    terminal.note(
        "Telephone its operator, on a number that you knew before, and ask whether this is right.",
    );
    if !terminal.confirms("Type `yes` to show readers what it states:")? {
        return Err(Failure::failed("not accepted"));
    }
    Ok(Command::PeerAccept {
        accepted: SeenStatement {
            statement: statement.to_owned(),
            peer: node,
        },
        json,
    })
}

/// Returns the command that removes a peer, once a person has confirmed it.
fn remove(arguments: PeerConfirmedArguments, terminal: &Terminal) -> Result<Command, Failure> {
    let PeerConfirmedArguments { node, yes, json } = arguments;
    if !yes {
        Terminal::must_be_attended(&format!(
            "all documents of `{node}` would be erased on this node; a person has to confirm that, and there is no terminal: give `--yes`, or keep them with `wardround peer pause {node}`"
        ))?;
        terminal.note(&format!(
            "All documents of `{node}` are erased on this node at once; `wardround peer pause {node}` keeps them."
        ));
        if !terminal.confirms("Type `yes` to remove the peer:")? {
            return Err(Failure::failed("not removed"));
        }
    }
    Ok(Command::Peer {
        action: PeerAction::Remove,
        node,
        json,
    })
}

fn parse_node_id(node: &str) -> Result<NodeId, Failure> {
    NodeId::parse(node).ok_or_else(|| {
        let text = format!("`{node}` is not a node id, which is `wr1` and 52 letters and digits");
        Failure::invalid(text)
    })
}

/// Fetches the node id of a site, and returns it if a person confirms it.
async fn confirmed_node_id(
    loaded: &Loaded,
    request: NewPeerRequest,
    terminal: &Terminal,
) -> Result<String, Failure> {
    Terminal::must_be_attended(
        "give the peer's node id with `--node`, as its operator gave it to you; without `--node` a person has to confirm it, and there is no terminal",
    )?;
    let found = look_up(loaded, request, terminal).await?;
    if !confirm(&found, terminal)? {
        return Err(Failure::failed("not added"));
    }
    Ok(found.node)
}

async fn look_up(
    loaded: &Loaded,
    request: NewPeerRequest,
    terminal: &Terminal,
) -> Result<FoundPeer, Failure> {
    let mut answer = String::new();
    owner::run(loaded, Command::PeerLookUp(request), |event| match event {
        Event::Line { text } => answer = text,
        event => terminal.show(event),
    })
    .await?;
    Ok(serde_json::from_str(&answer)?)
}

fn confirm(found: &FoundPeer, terminal: &Terminal) -> Result<bool, Failure> {
    terminal.note(&format!("The site says that it is {}", found.name));
    terminal.note(&format!(
        "  ODS code  {}",
        found.ods.as_deref().unwrap_or("none")
    ));
    if let Some(resembles) = &found.resembles {
        terminal.note(&format!("  resembles {resembles}"));
    }
    terminal.note(&format!("  feed      {}", found.base));
    terminal.note(&format!("  node id   {}", found.grouped));
    terminal
        .note("Telephone its operator, on a number that you knew before, and compare the node id.");
    terminal.confirms("Is it the same? Type `yes` to follow this peer:")
}
