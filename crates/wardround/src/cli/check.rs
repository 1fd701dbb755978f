//! `check`: checks files before they are published, without a node.

use tokio::task::spawn_blocking;

use super::{arguments::CheckArguments, terminal::Terminal};
use crate::commands::{
    acceptance,
    failure::Failure,
    output::{Event, Output},
};
use files::check;
use node::clock::Clock;

/// Checks files and folders.
pub(super) async fn run(arguments: CheckArguments, terminal: &Terminal) -> Result<u8, Failure> {
    let CheckArguments {
        paths,
        folder_is_public,
        accept_warnings,
        json,
    } = arguments;
    let options = check::Options {
        acceptance: acceptance(&accept_warnings)?,
        is_public: folder_is_public,
    };
    let now = Clock::system().now();
    let (output, mut events) = Output::new();
    let checking = spawn_blocking(move || {
        check::check(&paths, now, &options, |done, total| {
            output.progress("checking", done as u64, total as u64);
        })
    });
    while let Some(event) = events.recv().await {
        if matches!(event, Event::Progress { .. }) {
            terminal.show(event);
        }
    }
    let checked = checking
        .await?
        .map_err(|error| Failure::invalid(error.to_string()))?;
    let text = if json {
        checked.to_json()
    } else {
        checked.to_text()
    };
    terminal.line(text.trim_end());
    Ok(checked.verdict().exit_code())
}
