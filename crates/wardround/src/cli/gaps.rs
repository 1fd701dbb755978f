//! `gaps`: what people searched for on several days and did not find; read-only, also while a node is serving.

use clap::Args;
use serde_json::json;
use store::MAX_GAPS;

use super::{inspect, owner, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};
use node::gaps::MIN_DAYS;
use settings::load::Loaded;

/// Arguments of `gaps`.
#[derive(Debug, Args)]
pub(crate) struct GapsArguments {
    /// Print a line of JSON for each
    #[arg(long)]
    pub json: bool,
}

/// Prints the gaps, those of the most days first.
pub(super) async fn run(
    loaded: &Loaded,
    arguments: &GapsArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let mut log = loaded.settings.log.clone();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let store = inspect::open_unchanged(loaded).await?;
    let gaps = store.gaps(MAX_GAPS).await?;
    store.close().await;
    if !arguments.json {
        let database = inspect::database_name(&loaded.settings);
        terminal.note(&format!("read from `{database}`"));
    }
    for gap in &gaps {
        let (first, last) = (gap.first_at.date(), gap.last_at.date());
        terminal.line(&if arguments.json {
            let (first, last) = (first.to_string(), last.to_string());
            json!({"words": gap.words, "days": gap.days, "first": first, "last": last}).to_string()
        } else {
            format!("{:>4} days, last {last}: {}", gap.days, gap.words)
        });
    }
    if gaps.is_empty() && !arguments.json {
        terminal.line(&format!(
            "nothing was searched for on {MIN_DAYS} days or more without an answer"
        ));
    }
    Ok(DONE)
}
