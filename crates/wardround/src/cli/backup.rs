//! `backup` and `restore`: the owner of the data directory makes a backup; to check one or to restore one needs no node.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use store::Store;
use upkeep::restore::{Restoring, Unpacked};

use super::{absolute, owner, terminal::Terminal};
use crate::{
    commands::{
        command::{Command, Keeping},
        failure::{DONE, FAILED, Failure},
        output::Event,
    },
    verify::{self, Verified},
};
use node::clock::Clock;
use settings::load::Loaded;
use wire::Viewer;

/// `backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    /// The directory to make it in, or a file that is not there yet
    #[arg(required_unless_present = "verify")]
    pub to: Option<PathBuf>,
    /// Put the log key, the witness key and the configuration into it; who has such a file can sign as this node
    #[arg(long)]
    pub with_keys: bool,
    /// Unpack a backup in a temporary directory, and check every signature, digest and root in it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "with_keys"])]
    pub verify: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// The backup
    pub file: PathBuf,
    /// Restore the backup of a node on PostgreSQL to an SQLite file
    #[arg(long)]
    pub sqlite: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Makes a backup, or checks one.
pub(super) async fn back_up(
    loaded: impl FnOnce() -> Result<Loaded, Failure>,
    arguments: BackupArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let BackupArguments {
        to,
        with_keys,
        verify,
        json,
    } = arguments;
    if let Some(file) = verify {
        return check(&absolute(&file)?, json, terminal).await;
    }
    let to = to.ok_or_else(|| Failure::invalid("say where the backup goes"))?;
    let command = Keeping::Backup {
        to: absolute(&to)?,
        with_keys,
        json,
    };
    owner::run(&loaded()?, Command::Keeping(command), |event| {
        terminal.show(event)
    })
    .await
}

/// Unpacks a backup and checks everything in it.
async fn check(file: &Path, json: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let scratch = format!("wardround-verify-{}", std::process::id());
    let unpacked = Unpacked::open(file, &std::env::temp_dir().join(scratch)).await?;
    let verified = verified(&unpacked.store, terminal).await?;
    unpacked.store.close().await;
    let manifest = &unpacked.manifest;
    if json {
        let object = json!({
            "made": manifest.made, "program": manifest.program, "engine": manifest.engine, "node": manifest.node,
            "keys": manifest.keys, "entries": verified.entries, "documents": verified.documents,
            "faults": verified.faults, "incomplete": verified.incomplete,
        });
        terminal.line(&object.to_string());
    } else {
        for fault in verified.faults.iter().chain(&verified.incomplete) {
            terminal.line(fault);
        }
        terminal.line(&format!(
            "made {} by {} on {}, {} keys: {} entries and {} documents, {}",
            manifest.made,
            manifest.program,
            manifest.engine,
            if manifest.keys { "with" } else { "without" },
            verified.entries,
            verified.documents,
            match verified.faults.len() {
                0 => "everything matches its signature".to_owned(),
                faults => format!("{faults} faults"),
            }
        ));
    }
    Ok(if verified.faults.is_empty() {
        DONE
    } else {
        FAILED
    })
}

/// Restores a backup into an empty data directory.
pub(super) async fn restore(
    loaded: &Loaded,
    arguments: RestoreArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let mut log = loaded.settings.log.clone();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let RestoreArguments { file, sqlite, json } = arguments;
    let data = loaded.settings.data.display().to_string();
    let restoring = Restoring::begin(&loaded.settings, &file, sqlite).await?;
    let verified = verified(&restoring.unpacked.store, terminal).await?;
    if let Some(fault) = verified.faults.first() {
        return Err(Failure::failed(format!(
            "the backup has {} faults, and is not restored: {fault}",
            verified.faults.len()
        )));
    }
    let manifest = restoring.unpacked.manifest.clone();
    restoring
        .finish(Clock::system().now(), &node::audit::this_user())
        .await?;
    if json {
        let object = json!({
            "data": data, "made": manifest.made, "node": manifest.node, "keys": manifest.keys,
            "entries": verified.entries, "documents": verified.documents, "incomplete": verified.incomplete,
        });
        terminal.line(&object.to_string());
        return Ok(DONE);
    }
    terminal.line(&format!(
        "`{data}` is as it was at {}: {} entries, {} documents",
        manifest.made, verified.entries, verified.documents
    ));
    for text in &verified.incomplete {
        terminal.line(text);
    }
    if !manifest.keys {
        terminal.line(&format!(
            "the backup has no keys: put `log.key` and `witness.key` into `{data}/keys`, readable for their owner only"
        ));
    }
    terminal.line("start the node: it serves readers at once, and signs nothing until a peer has confirmed that this copy is not behind");
    Ok(DONE)
}

/// Checks everything in an unpacked backup.
async fn verified(store: &Store, terminal: &Terminal) -> Result<Verified, Failure> {
    let counts = store.counts(Viewer::Public).await?;
    let total = counts.log_size + counts.documents;
    let verified = verify::verify(store, &[], |done| {
        terminal.show(Event::Progress {
            what: "verifying".to_owned(),
            done,
            total,
        });
    });
    Ok(verified.await?)
}
