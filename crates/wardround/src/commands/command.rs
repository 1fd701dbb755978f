//! What the owner of a data directory can be asked to do, and in which form it crosses the control socket.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ledger::leaf::Why;
use serde::{Deserialize, Serialize};

use node::{
    flows::peers::{NewPeerRequest, PeerChange, PeerObject, WantedPeer},
    identity::Introduction,
};
use wire::Role;

mod keeping;

pub(crate) use keeping::{Keeping, RecoverAction};

/// A command for the owner of a data directory. Paths are absolute: the owner may run in another directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Command {
    /// Give the node its identity.
    Init {
        /// What it says of itself.
        #[serde(flatten)]
        introduction: Introduction,
        /// Print JSON.
        #[serde(default)]
        json: bool,
    },
    /// Import a directory.
    Import {
        /// The directory.
        dir: PathBuf,
        /// Withdraw the documents of files that no longer exist.
        prune: bool,
        /// Folders whose files are in this one now.
        moved_from: Vec<PathBuf>,
        /// Whether a file with the title of a document that has no file is that document.
        #[serde(default)]
        same_titles: bool,
        /// Publish files as new documents even if the site has the same.
        as_new: bool,
        /// Whether the directory is for everyone, whatever its name says.
        #[serde(default)]
        folder_is_public: bool,
        /// Reasons for which warnings about patient data are accepted.
        #[serde(default)]
        accept_warnings: Vec<String>,
        /// Print JSON.
        json: bool,
    },
    /// Export all own documents to a directory.
    Export {
        /// The directory.
        dir: PathBuf,
        /// Replace files that no export has written.
        force: bool,
        /// Print JSON.
        json: bool,
    },
    /// Publish one file.
    Publish {
        /// The file.
        file: PathBuf,
        /// The revision that has to be the published one.
        base: Option<u64>,
        /// Reasons for which warnings about patient data are accepted.
        #[serde(default)]
        accept_warnings: Vec<String>,
        /// Print JSON.
        json: bool,
    },
    /// Withdraw a document.
    Withdraw {
        /// Its id.
        id: String,
        /// Why.
        why: Reason,
        /// Print JSON.
        json: bool,
    },
    /// Keep the node for years.
    Keeping(Keeping),
    /// Rebuild the index.
    Reindex {
        /// Print JSON.
        #[serde(default)]
        json: bool,
    },
    /// Read the configuration again: the socket passes it on to what serves, and no node that is opened for a command does it.
    Reload {
        /// Print JSON.
        json: bool,
    },
    /// Ask a site which node it is; the answer is one line of JSON, a [`FoundPeer`].
    PeerLookUp(NewPeerRequest),
    /// Follow a peer.
    PeerAdd {
        /// Its address, and how to follow it.
        request: NewPeerRequest,
        /// Its node id, which its operator has confirmed.
        node: String,
        /// Print JSON.
        json: bool,
    },
    /// Change how a peer is followed.
    Configure(Configuring),
    /// List the peers.
    PeerList {
        /// Only those in one of these states; all without one.
        #[serde(default)]
        states: Vec<ShownState>,
        /// Print JSON.
        json: bool,
    },
    /// Show or change one peer.
    Peer {
        /// What to do.
        action: PeerAction,
        /// Its node id or its handle.
        node: String,
        /// Print JSON.
        json: bool,
    },
    /// Show readers what a peer states.
    PeerAccept {
        /// Which one, and what a person has seen of it.
        accepted: SeenStatement,
        /// Print JSON.
        json: bool,
    },
    /// Show or change the people who can sign in.
    User {
        /// What to do.
        action: UserAction,
        /// Print JSON.
        json: bool,
    },
    /// Pull from one peer, or from all.
    Pull {
        /// Its node id or its handle.
        node: Option<String>,
        /// Print JSON.
        json: bool,
    },
}

impl Command {
    /// Returns the file or directory that the command reads or writes.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Import { dir, .. } | Self::Export { dir, .. } => Some(dir),
            Self::Publish { file, .. } => Some(file),
            Self::Keeping(Keeping::Backup { to, .. }) => Some(to),
            Self::Init { .. }
            | Self::Withdraw { .. }
            | Self::Keeping(_)
            | Self::Reindex { .. }
            | Self::Reload { .. }
            | Self::PeerLookUp(_)
            | Self::PeerAdd { .. }
            | Self::Configure(_)
            | Self::PeerList { .. }
            | Self::Peer { .. }
            | Self::PeerAccept { .. }
            | Self::User { .. }
            | Self::Pull { .. } => None,
        }
    }
}

/// How to change the way a peer is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "configure", rename_all = "kebab-case")]
pub(crate) enum Configuring {
    /// Change where and how often it is polled.
    Set {
        /// Its node id or its handle.
        node: String,
        /// What to change.
        change: PeerChange,
        /// Print JSON.
        json: bool,
    },
    /// Make peers what a file says.
    Apply {
        /// What the file says of each.
        wanted: Vec<WantedPeer>,
        /// Only say what that takes.
        dry_run: bool,
        /// Print JSON.
        json: bool,
    },
}

/// A state by which peers are listed: that of its polls, or how it is with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ShownState {
    /// Nothing is to do: no fault, not out of date, all its documents are here.
    Healthy,
    /// Its last poll found a fault.
    Faulty,
    /// It may be out of date.
    Stale,
    /// It states another name, code, address or contact than is shown.
    Waiting,
    /// It has not been polled yet.
    New,
    /// It is polled.
    Active,
    /// It is not polled until `peer resume`.
    Paused,
    /// It is not polled, because of what it did.
    Halted,
    /// It has left the exchange.
    Left,
}

impl ShownState {
    /// Says whether a peer is in this state.
    pub(crate) fn has(self, peer: &PeerObject) -> bool {
        match self {
            Self::Healthy => {
                let is_well = peer.fault.is_none() && peer.stated.is_none() && !peer.stale;
                is_well && peer.unavailable == 0
            }
            Self::Faulty => peer.fault.is_some(),
            Self::Stale => peer.stale,
            Self::Waiting => peer.stated.is_some(),
            Self::New => peer.state == "new",
            Self::Active => peer.state == "active",
            Self::Paused => peer.state == "paused",
            Self::Halted => peer.state == "halted",
            Self::Left => peer.state == "left",
        }
    }
}

/// What a peer states, as a person has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenStatement {
    /// Its node id or its handle.
    pub(crate) peer: String,
    /// The digest of the statement.
    pub(crate) statement: String,
}

/// What to do with one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PeerAction {
    /// Show it.
    Show,
    /// Stop polling it.
    Pause,
    /// Poll it again.
    Resume,
    /// Remove it, and erase its documents here.
    Remove,
}

/// What to do with the people who can sign in, each named by their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UserAction {
    /// Add a person, and print their link.
    Add {
        /// Address.
        email: String,
        /// Name.
        name: String,
        /// What the person may do.
        role: Role,
    },
    /// List them.
    List,
    /// Give a person another role.
    Role {
        /// Address.
        email: String,
        /// What the person may do.
        role: Role,
    },
    /// Print a link to choose a new password.
    Reset {
        /// Address.
        email: String,
    },
    /// Keep a person from signing in.
    Disable {
        /// Address.
        email: String,
    },
    /// Let a person sign in again.
    Enable {
        /// Address.
        email: String,
    },
    /// Erase the name and the address of someone who has left.
    Erase {
        /// Address.
        email: String,
    },
    /// End the sessions of a person, or of everyone.
    EndSessions {
        /// Address; everyone without one.
        email: Option<String>,
    },
}

/// Why a document is withdrawn; the reasons of docs/FEED.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// It could identify a person.
    Privacy,
    /// It contained an error, or was published by mistake.
    Error,
    /// Another document replaces it.
    Superseded,
    /// There is a legal reason.
    Legal,
    /// There is another reason.
    Other,
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Privacy => Self::Privacy,
            Reason::Error => Self::Error,
            Reason::Superseded => Self::Superseded,
            Reason::Legal => Self::Legal,
            Reason::Other => Self::Other,
        }
    }
}

/// What a site says of its node, sent to the command line as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoundPeer {
    /// Its node id.
    pub node: String,
    /// The node id in groups of characters, to be read aloud.
    pub grouped: String,
    /// Base of its feed.
    pub base: String,
    /// Name of its organisation.
    pub name: String,
    /// ODS code of its organisation.
    pub ods: Option<String>,
    /// What the name or the code resembles, of what this node knows.
    #[serde(default)]
    pub resembles: Option<String>,
}
