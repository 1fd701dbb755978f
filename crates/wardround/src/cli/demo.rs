//! `demo`: what it asks and prints.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use tokio_util::sync::CancellationToken;

use super::{DONE, Failure, arguments::DemoArguments, serve::stop_on_signal, terminal::Terminal};
use crate::demo::{self, Demo, DemoError};
use node::{
    settings::{Settings, load::Sources},
    telemetry,
};

/// Runs the demo until SIGTERM or SIGINT.
pub(super) async fn run(
    data: Option<PathBuf>,
    arguments: &DemoArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    telemetry::init(&log());
    let directory = data.unwrap_or_else(|| PathBuf::from(demo::DIRECTORY));
    if arguments.fresh {
        let foreign = demo::is_foreign(&directory);
        if foreign && !may_remove(&directory, terminal)? {
            return Err(Failure::failed("nothing was removed"));
        }
        demo::clear(&directory, foreign).map_err(plain)?;
    }
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    terminal.line("starting three invented trusts …");
    let demo = tokio::select! {
        started = Demo::start(&directory, arguments.port) => started.map_err(plain)?,
        () = stop.cancelled() => return Ok(DONE),
    };
    welcome(&demo, &directory, terminal);
    demo.run(&stop).await;
    terminal.line("stopped; the next start continues from here");
    Ok(DONE)
}

/// What a demo logs: only what goes wrong, unless the environment asks for more.
fn log() -> node::settings::Log {
    let environment = std::env::vars().filter(|(name, _)| name.starts_with("WARDROUND_LOG_"));
    let sources = Sources {
        environment: environment.collect(),
        ..Sources::default()
    };
    let mut log = sources
        .load()
        .map_or_else(|_| Settings::default().log, |loaded| loaded.settings.log);
    super::owner::quiet(&mut log.filter);
    log
}

fn may_remove(directory: &Path, terminal: &Terminal) -> Result<bool, Failure> {
    let shown = directory.display();
    if !io::stdin().is_terminal() {
        return Err(Failure::wrong(format!(
            "`{shown}` holds files that the demo did not create, and there is no terminal to ask for confirmation; remove them yourself, or give another directory with `--data`"
        )));
    }
    terminal.note(&format!(
        "`{shown}` holds files that the demo did not create."
    ));
    terminal.note("Remove all of it? Type `yes`:");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

fn welcome(demo: &Demo, directory: &Path, terminal: &Terminal) {
    terminal.line("");
    let mut first = String::new();
    for (running, trust) in demo.nodes().iter().zip(&demo::TRUSTS) {
        let address = format!("http://{}", running.address);
        let documents = running.node.index.documents();
        terminal.line(&format!("  {address}  {}", trust.name));
        terminal.line(&format!(
            "{:26}{documents} documents can be found here, its own and those of its peers; data in `{}`",
            "",
            running.node.settings.data.display()
        ));
        if first.is_empty() {
            first = address;
        }
    }
    let second = directory.join("2");
    let second = second.display();
    // The way in which this program was started works once more.
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "wardround".to_owned());
    terminal.line("");
    terminal.line("Try this:");
    terminal.line(&format!(
        "  {first}/search?q=virtual+ward   what one trust learned, found on the site of another"
    ));
    terminal.line(&format!(
        "  {first}/federation             the state of each trust, as this one sees it"
    ));
    terminal.line(&format!("  {program} --data {second} publish FILE.md     publish at the second trust, find it at the first"));
    terminal.line(&format!("  {program} --data {second} peer list"));
    terminal.line("");
    terminal.line("All of it is invented. Ctrl-C stops it; `wardround demo` continues, `wardround demo --fresh` starts again.");
}

/// What the caller can mend in what was given is said so.
fn plain(error: DemoError) -> Failure {
    match error {
        DemoError::NotOurs(_)
        | DemoError::Running { .. }
        | DemoError::OtherPort { .. }
        | DemoError::Port(_)
        | DemoError::Settings(_) => Failure::wrong(error.to_string()),
        error => error.into(),
    }
}
