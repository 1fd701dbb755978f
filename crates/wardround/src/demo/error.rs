//! Why a demo cannot start, in words that say what to do.

use std::{io, path::PathBuf};

use files::import::ImportError;
use node::{NodeError, OpenError, flows::peers::PeerError};
use people::accounts::AccountError;
use settings::load::SettingsFault;
use store::StoreError;

/// Why a demo could not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The directory holds files that no demo has created.
    #[error("`{}` holds files that no demo has created; give another directory with `--data`", .0.display())]
    NotOurs(PathBuf),
    /// A demo is running in the directory.
    #[error("a demo is running in `{}` already, as the process {pid}; stop it first", directory.display())]
    Running {
        /// The directory.
        directory: PathBuf,
        /// The process.
        pid: String,
    },
    /// The data was created for other addresses.
    #[error("the demo in `{}` was created for ports from {found}; start it with `--port {found}`, or begin again with `--fresh`", directory.display())]
    OtherPort {
        /// The directory.
        directory: PathBuf,
        /// The first port of its addresses.
        found: u16,
    },
    /// The port is too high to have two more above it.
    #[error("there are not three ports from {0} up; give a lower `--port`")]
    Port(u16),
    /// A port is in use.
    #[error("the port {port} cannot be used: {source}; give another first port with `--port`")]
    Listen {
        /// The port.
        port: u16,
        /// The cause.
        source: io::Error,
    },
    /// The certificate in the configuration of a node cannot be used.
    #[error("{0}")]
    Tls(String),
    /// A file cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The configuration of a node has mistakes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<SettingsFault>),
    /// A node could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The content could not be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A sample account could not be added.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A sample draft could not be added.
    #[error(transparent)]
    Draft(#[from] NodeError),
    /// A database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A node could not follow another.
    #[error(transparent)]
    Peer(#[from] PeerError),
}
