//! `peer`: choosing whom to follow. A peer is pinned by its node id, which its operator has told: nothing is trusted
//! because it answered first.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use wire::NodeId;

use super::{
    Failure,
    arguments::{PeerAddArguments, PeerCommand},
    commands::Found,
    owner,
    terminal::Terminal,
};
use crate::control::{Command, Event, PeerAction};
use node::{flows::peers::Wish, settings::load::Loaded};

/// Returns a command on peers as it is given to the owner of the data directory.
pub(super) fn command(command: PeerCommand) -> Result<Command, Failure> {
    let (action, arguments) = match command {
        PeerCommand::Add(arguments) => {
            let wish = wish(&arguments);
            let node = arguments.node.unwrap_or_default();
            return Ok(Command::PeerAdd {
                wish,
                node: pin(&node)?.to_string(),
                json: arguments.json,
            });
        }
        PeerCommand::List(arguments) => {
            return Ok(Command::PeerList {
                json: arguments.json,
            });
        }
        PeerCommand::Show(arguments) => (PeerAction::Show, arguments),
        PeerCommand::Pause(arguments) => (PeerAction::Pause, arguments),
        PeerCommand::Resume(arguments) => (PeerAction::Resume, arguments),
        PeerCommand::Remove(arguments) => (PeerAction::Remove, arguments),
    };
    Ok(Command::Peer {
        action,
        node: arguments.node,
        json: arguments.json,
    })
}

/// Adds a peer; without its node id, after a person has compared what the site says with what they were told.
pub(super) async fn add(
    loaded: &Loaded,
    mut arguments: PeerAddArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    if arguments.node.is_none() {
        if !io::stdin().is_terminal() {
            return Err(Failure::wrong(
                "give the node id that the operator of the peer read to you with `--node`; without it the command must ask for confirmation, and there is no terminal",
            ));
        }
        let found = look_up(loaded, wish(&arguments), terminal).await?;
        if !is_agreed(&found, terminal)? {
            return Err(Failure::failed("not added"));
        }
        arguments.node = Some(found.node);
    }
    let command = command(PeerCommand::Add(arguments))?;
    owner::run(loaded, command, |event| terminal.show(event)).await
}

fn wish(arguments: &PeerAddArguments) -> Wish {
    Wish {
        handle: arguments.handle.clone(),
        allow_cidr: arguments.allow_cidr.clone().unwrap_or_default(),
        interval: arguments.interval.map(Duration::from_secs),
        ..Wish::new(&arguments.url)
    }
}

fn pin(node: &str) -> Result<NodeId, Failure> {
    let text = || format!("`{node}` is not a node id; it is `wr1` and 52 letters and digits");
    NodeId::parse(node).ok_or_else(|| Failure::wrong(text()))
}

async fn look_up(loaded: &Loaded, wish: Wish, terminal: &Terminal) -> Result<Found, Failure> {
    let mut answer = String::new();
    owner::run(loaded, Command::PeerLookUp(wish), |event| match event {
        Event::Line { text } => answer = text,
        event => terminal.show(event),
    })
    .await?;
    Ok(serde_json::from_str(&answer)?)
}

fn is_agreed(found: &Found, terminal: &Terminal) -> Result<bool, Failure> {
    terminal.note(&format!("The site says that it is {}", found.name));
    terminal.note(&format!(
        "  ODS code  {}",
        found.ods.as_deref().unwrap_or("none")
    ));
    terminal.note(&format!("  feed      {}", found.base));
    terminal.note(&format!("  node id   {}", found.grouped));
    terminal.note("Ring its operator on a number that you already had, and compare the node id.");
    terminal.note("Is it the same? Type `yes` to follow this peer:");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}
