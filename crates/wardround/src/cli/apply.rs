//! `config apply`: follows the peers of a file, for machines that are set up by programs. Repeating it changes nothing.

use std::{
    collections::BTreeSet,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use serde::Deserialize;
use wire::NodeId;

use super::{owner, terminal::Terminal};
use crate::commands::{
    command::{Command, Configuring},
    failure::{DONE, Failure},
};
use node::flows::peers::{NewPeerRequest, WantedPeer};
use settings::load::Loaded;

/// A larger file is not a list of peers.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// A node follows no more peers (docs/FEED.md).
const MAX_PEERS: usize = 256;
/// The most seconds between two polls, as of `federation.interval`.
const MAX_INTERVAL: u64 = 86_400;

/// `config apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyArguments {
    /// The file: a table `[[peer]]` for each, with `url`, `node`, and if needed `handle`, `allow_cidr`, `interval`, `paused`
    pub file: PathBuf,
    /// Only print what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Print a line of JSON for each peer
    #[arg(long)]
    pub json: bool,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Peers {
    #[serde(default)]
    peer: Vec<PeerTable>,
}

/// A peer in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerTable {
    url: String,
    node: String,
    handle: Option<String>,
    #[serde(default)]
    allow_cidr: Vec<String>,
    interval: Option<u64>,
    #[serde(default)]
    paused: bool,
}

/// Follows the peers of a file, and changes those that are followed in another way. Peers that are not in it stay.
pub(super) async fn run(
    loaded: &Loaded,
    arguments: &ApplyArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let file = arguments.file.display();
    let invalid = |why: String| Failure::invalid(format!("`{file}`: {why}"));
    // The whole file is checked before anything is done.
    let text = read(&arguments.file).map_err(|error| invalid(error.to_string()))?;
    let wanted = wanted(&text).map_err(invalid)?;
    if wanted.is_empty() {
        return Ok(DONE);
    }
    let command = Command::Configure(Configuring::Apply {
        wanted,
        dry_run: arguments.dry_run,
        json: arguments.json,
    });
    owner::run(loaded, command, |event| terminal.show(event)).await
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(file)?
        .take(MAX_FILE_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Reads the peers of a file.
fn wanted(text: &str) -> Result<Vec<WantedPeer>, String> {
    let peers: Peers = toml::from_str(text).map_err(|error| error.to_string())?;
    if peers.peer.len() > MAX_PEERS {
        return Err(format!("it has more than {MAX_PEERS} peers"));
    }
    let mut seen = BTreeSet::new();
    let mut wanted = Vec::with_capacity(peers.peer.len());
    for peer in peers.peer {
        let PeerTable {
            url,
            node,
            handle,
            allow_cidr,
            interval,
            paused,
        } = peer;
        if NodeId::parse(&node).is_none() {
            return Err(format!(
                "`{node}` is not a node id, which is `wr1` and 52 letters and digits"
            ));
        }
        if !seen.insert(node.clone()) {
            return Err(format!("`{node}` is there twice"));
        }
        if interval.is_some_and(|secs| !(1..=MAX_INTERVAL).contains(&secs)) {
            return Err(format!(
                "the interval of {url} is not from 1 to {MAX_INTERVAL} seconds"
            ));
        }
        let request = NewPeerRequest {
            handle,
            allow_cidr: allow_cidr.join(","),
            interval: interval.map(Duration::from_secs),
            ..NewPeerRequest::new(url)
        };
        wanted.push(WantedPeer {
            node,
            request,
            paused,
        });
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_peers_is_read_or_its_mistake_is_named() {
        let node = NodeId::for_text(b"a");
        let text = format!(
            "[[peer]]\nurl = \"https://a.example\"\nnode = \"{node}\"\nallow_cidr = [\"10.0.0.0/8\", \"10.1.0.1\"]\ninterval = 60\npaused = true\n"
        );
        let read = wanted(&text).unwrap();
        assert_eq!(read[0].request.allow_cidr, "10.0.0.0/8,10.1.0.1");
        assert_eq!(read[0].request.interval, Some(Duration::from_secs(60)));
        assert!(read[0].paused);
        assert_eq!(wanted("").unwrap(), []);
        for (mistake, expected) in [
            (text.replace("url", "ulr"), "unknown field `ulr`"),
            (text.replace("wr1", "wr2"), "is not a node id"),
            (text.replace("60", "0"), "from 1 to 86400"),
            (format!("{text}{text}"), "is there twice"),
            (format!("pear = 1\n{text}"), "unknown field `pear`"),
            ("[[peer]".to_owned(), "TOML parse error"),
        ] {
            let error = wanted(&mistake).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
