//! `node`, `key` and `recover`: what a node says of itself over the years, the keys that sign it, and what to do after a
//! loss.
//!
//! Root keys are read here and nowhere else: by the person who has them, never by the running node.

mod arguments;

use std::{
    fs,
    io::{self, IsTerminal as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use ledger::node::{Content, Proposal};
use node::identity::{
    change::Change,
    key_files::{self, ROOT},
};
use serde::Deserialize;
use serde_json::json;
use settings::load::Loaded;

use super::{owner, terminal::Terminal};
use crate::commands::{
    command::{Command, Keeping, RecoverAction},
    failure::{DONE, Failure},
    output::Event,
};

pub(crate) use arguments::{KeyCommand, NodeCommand, RecoverArguments};
use arguments::{SignArguments, SignFileArguments};

/// Bytes of a proposal that are read: a node document has at most 32 KiB.
const MAX_PROPOSAL_BYTES: u64 = 64 * 1024;

/// Runs a command on the node document.
pub(super) async fn run(
    loaded: impl FnOnce() -> Result<Loaded, Failure>,
    command: NodeCommand,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    match command {
        NodeCommand::Show(form) => {
            let command = Keeping::NodeShow { json: form.json };
            owner::run(&loaded()?, Command::Keeping(command), |event| {
                terminal.show(event)
            })
            .await
        }
        NodeCommand::Set(set) => {
            let change = Change {
                name: set.name,
                ods: set.ods,
                base_url: set.base_url,
                contact: set.contact,
                days: set.days,
                add_root: set.add_root,
                remove_root: set.remove_root,
                threshold: set.threshold,
                revoke: set.why,
                ..Change::default()
            };
            if change == Change::default() {
                return Err(Failure::invalid(
                    "say what to change; `wardround node renew` changes nothing but the expiry",
                ));
            }
            propose(&loaded()?, change, set.sign, terminal).await
        }
        NodeCommand::Renew(sign) => propose(&loaded()?, Change::default(), sign, terminal).await,
        NodeCommand::Leave(leave) => {
            confirm_leaving(leave.yes, terminal)?;
            let change = Change {
                leave: true,
                successor: leave.successor,
                ..Change::default()
            };
            propose(&loaded()?, change, leave.sign, terminal).await
        }
        NodeCommand::Sign(sign) => sign_file(&sign, terminal),
        NodeCommand::Import(import) => {
            let note = read_proposal(&import.file)?.note().to_owned();
            let json = import.json;
            let command = Keeping::NodeAccept { note, json };
            owner::run(&loaded()?, Command::Keeping(command), |event| {
                terminal.show(event)
            })
            .await
        }
    }
}

/// Has a person confirm that the node leaves.
fn confirm_leaving(yes: bool, terminal: &Terminal) -> Result<(), Failure> {
    const MEANS: &str = "a node that has left publishes nothing any more, and no peer polls it";
    if yes {
        return Ok(());
    }
    Terminal::must_be_attended(&format!(
        "{MEANS}; a person has to confirm that, and there is no terminal: give `--yes`"
    ))?;
    if terminal.confirms(&format!("Note that {MEANS}. Type `yes` to leave:"))? {
        return Ok(());
    }
    Err(Failure::failed("the node has not left"))
}

/// Runs a command on keys.
pub(super) async fn run_key(
    loaded: impl FnOnce() -> Result<Loaded, Failure>,
    command: KeyCommand,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    match command {
        KeyCommand::Show(form) => {
            let command = Keeping::KeyShow { json: form.json };
            owner::run(&loaded()?, Command::Keeping(command), |event| {
                terminal.show(event)
            })
            .await
        }
        KeyCommand::New(new) => {
            let key = key_files::new_key()?;
            key_files::write_key(&new.file, ROOT, &key)?;
            let public = key.public().to_string();
            if new.json {
                terminal.line(&json!({"key": public, "file": new.file}).to_string());
                return Ok(DONE);
            }
            terminal.line(&public);
            terminal.note(&format!(
                "the secret key is in `{}`; keep it offline, and a copy at another place. The line above goes to `wardround node set --add-root`",
                new.file.display()
            ));
            Ok(DONE)
        }
        KeyCommand::Rotate(rotate) => {
            let change = Change {
                rotate: vec![rotate.key.into()],
                ..Change::default()
            };
            propose(&loaded()?, change, rotate.sign, terminal).await
        }
        KeyCommand::Revoke(revoke) => {
            let change = Change {
                rotate: vec![revoke.key.into()],
                revoke: Some(revoke.why),
                ..Change::default()
            };
            propose(&loaded()?, change, revoke.sign, terminal).await
        }
    }
}

/// Recovers a node whose database is behind what peers have seen.
pub(super) async fn recover(
    loaded: &Loaded,
    arguments: RecoverArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    if arguments.new_epoch {
        let change = Change {
            new_epoch: true,
            despite_peers: arguments.despite_peers,
            ..Change::default()
        };
        return propose(loaded, change, arguments.sign, terminal).await;
    }
    let action = if arguments.confirm {
        RecoverAction::Confirm {
            despite_peers: arguments.despite_peers,
        }
    } else {
        RecoverAction::FromPeers
    };
    let json = arguments.sign.json;
    let command = Keeping::Recover { action, json };
    owner::run(loaded, Command::Keeping(command), |event| {
        terminal.show(event)
    })
    .await
}

/// What the owner of the data directory proposes.
#[derive(Deserialize)]
struct Proposed {
    note: String,
}

/// Proposes a node document: signs and accepts it at once with the given root keys, or writes it to a file.
async fn propose(
    loaded: &Loaded,
    change: Change,
    sign: SignArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    // The root keys are read first: a mistake in their names changes nothing.
    let mut roots = Vec::new();
    for file in &sign.root_key {
        roots.push(key_files::read_key(file, ROOT)?);
    }
    let mut answer = String::new();
    let command = Keeping::NodePropose(Box::new(change));
    let code = owner::run(loaded, Command::Keeping(command), |event| match event {
        Event::Line { text } => answer = text,
        event => terminal.show(event),
    });
    let code = code.await?;
    if code != DONE {
        return Ok(code);
    }
    let proposed: Proposed = serde_json::from_str(&answer)?;
    let mut proposal = Proposal::parse(proposed.note.as_bytes())
        .map_err(|fault| Failure::failed(fault.to_string()))?;
    if roots.is_empty() {
        let version = proposal.content().version;
        let out = sign.out;
        let out = out.unwrap_or_else(|| PathBuf::from(format!("node-document-{version}.txt")));
        write_new(&out, proposal.note())?;
        if sign.json {
            terminal.line(&json!({"version": version, "to_sign": out}).to_string());
            return Ok(DONE);
        }
        let out = out.display();
        terminal.line(&format!(
            "version {version} of the node document is in `{out}`, and has no effect yet"
        ));
        terminal.line("take it to the root keys, sign it there, and bring it back:");
        terminal.line(&format!("  wardround node sign {out} --root-key FILE"));
        let import = terminal
            .given()
            .command(&format!("node import {out}.signed"));
        terminal.line(&format!("  {import}"));
        return Ok(DONE);
    }
    for root in &roots {
        proposal.sign(root);
    }
    let command = Keeping::NodeAccept {
        note: proposal.note().to_owned(),
        json: sign.json,
    };
    owner::run(loaded, Command::Keeping(command), |event| {
        terminal.show(event)
    })
    .await
}

/// Signs a proposed node document, after a person has seen what it says.
fn sign_file(arguments: &SignFileArguments, terminal: &Terminal) -> Result<u8, Failure> {
    let mut proposal = read_proposal(&arguments.file)?;
    for line in describe(proposal.content()) {
        terminal.note(&line);
    }
    if !arguments.yes {
        if !io::stdin().is_terminal() {
            return Err(Failure::invalid(
                "a person has to confirm what is signed, and there is no terminal; give `--yes`",
            ));
        }
        terminal.note("Type `yes` to sign this:");
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        if line.trim() != "yes" {
            return Err(Failure::failed("not signed"));
        }
    }
    for file in &arguments.root_key {
        let root = key_files::read_key(file, ROOT)?;
        if !proposal.content().root.contains(&root.public()) {
            terminal.note(&format!(
                "`{}` is no root key of this version; it counts only if it is one of the version before",
                file.display()
            ));
        }
        proposal.sign(&root);
    }
    let mut default = arguments.file.clone().into_os_string();
    default.push(".signed");
    let out = arguments.out.clone().unwrap_or_else(|| default.into());
    write_new(&out, proposal.note())?;
    if arguments.json {
        let version = proposal.content().version;
        terminal.line(&json!({"version": version, "signed": out}).to_string());
        return Ok(DONE);
    }
    terminal.line(&format!(
        "signed: `{}`; bring it back and run `wardround node import` there",
        out.display()
    ));
    Ok(DONE)
}

fn read_proposal(file: &Path) -> Result<Proposal, Failure> {
    use std::io::Read as _;
    let failed = |error: io::Error| Failure::invalid(format!("`{}`: {error}", file.display()));
    let mut bytes = Vec::new();
    let open = fs::File::open(file).map_err(failed)?;
    open.take(MAX_PROPOSAL_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Proposal::parse(&bytes)
        .map_err(|fault| Failure::invalid(format!("`{}`: {}", file.display(), fault.text)))
}

fn write_new(file: &Path, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::failed(format!("`{}`: {error}", file.display())))
}

/// Returns what a node document says, a line for each part.
pub(crate) fn describe(content: &Content) -> Vec<String> {
    let keys = |keys: &[ledger::PublicKey]| {
        let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        keys.join(" ")
    };
    let node = content.node.as_ref();
    let mut lines = vec![
        ("version", content.version.to_string()),
        ("name", content.name.clone()),
        (
            "ODS code",
            content.ods.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        ("feed", content.base.clone()),
        ("contact", content.contact.clone()),
        ("issued", content.issued.to_string()),
        ("expires", content.expires.to_string()),
        ("epoch", content.epoch.to_string()),
        (
            "root keys",
            format!("{} of {}", content.threshold, keys(&content.root)),
        ),
        ("log key", keys(&content.log)),
        ("witness key", keys(&content.witness)),
    ];
    if let Some(node) = node {
        lines.insert(0, ("node id", node.grouped()));
    }
    for revoked in &content.revoked {
        let key = wire::base64::encode_url(&revoked.key);
        lines.push((
            "revoked",
            format!("{key} since {}: {}", revoked.at, revoked.why),
        ));
    }
    for closed in &content.closed {
        lines.push((
            "closed",
            format!("epoch {} with {} entries", closed.epoch, closed.size),
        ));
    }
    if content.left {
        let successor = content.successor.as_ref().map(ToString::to_string);
        let successor = successor.unwrap_or_else(|| "no one".to_owned());
        lines.push(("left", format!("the exchange; {successor} carries on")));
    }
    lines
        .into_iter()
        .map(|(what, value)| format!("{what:<12} {value}"))
        .collect()
}
