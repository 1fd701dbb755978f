//! `demo`: the questions and the output of the demo; `crate::demo` runs it.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_util::sync::CancellationToken;

use super::{arguments::DemoArguments, serve::stop_on_signal, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};
use crate::demo::{self, Demo, DemoError, people};
use settings::{Settings, load::Sources};

/// Runs the demo until SIGTERM or SIGINT.
pub(super) async fn run(
    data: Option<PathBuf>,
    arguments: &DemoArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    telemetry::init(&log_settings());
    let directory = data.unwrap_or_else(|| PathBuf::from(demo::DIRECTORY));
    if arguments.fresh {
        let foreign = demo::is_foreign(&directory);
        if foreign && !confirm_removal(&directory, terminal)? {
            return Err(Failure::failed("nothing was deleted"));
        }
        demo::clear(&directory, foreign).map_err(failure)?;
    }
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone(), Arc::default())?;
    terminal.line("starting three invented trusts …");
    let demo = tokio::select! {
        started = Demo::start(&directory, arguments.port) => started.map_err(failure)?,
        () = stop.cancelled() => return Ok(DONE),
    };
    print_welcome(&demo, &directory, terminal);
    demo.run(&stop).await;
    terminal.line("stopped; the next start continues with this data");
    Ok(DONE)
}

/// Returns how a demo logs: warnings only, unless the environment sets another filter.
fn log_settings() -> settings::Log {
    let environment = std::env::vars().filter(|(name, _)| name.starts_with("WARDROUND_LOG_"));
    let sources = Sources {
        environment: environment.collect(),
        ..Sources::default()
    };
    let mut log = sources
        .load()
        .map_or_else(|_| Settings::default().log, |loaded| loaded.settings.log);
    super::owner::log_only_warnings(&mut log.filter);
    log
}

fn confirm_removal(directory: &Path, terminal: &Terminal) -> Result<bool, Failure> {
    let shown = directory.display();
    if !io::stdin().is_terminal() {
        return Err(Failure::invalid(format!(
            "`{shown}` holds files that no demo has created; delete them yourself, or give another directory with `--data`"
        )));
    }
    terminal.note(&format!("`{shown}` holds files that no demo has created."));
    terminal.note("Delete them all? Type `yes`:");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

fn print_welcome(demo: &Demo, directory: &Path, terminal: &Terminal) {
    terminal.line("");
    let mut first = String::new();
    for (running, trust) in demo.nodes().iter().zip(&demo::TRUSTS) {
        let address = format!("http://{}", running.address);
        let documents = running.node.index.documents();
        terminal.line(&format!("  {address}  {}", trust.name));
        terminal.line(&format!(
            "{:26}{documents} documents to search, its own and its peers'; data in `{}`",
            "",
            running.node.settings.data.display()
        ));
        if first.is_empty() {
            first = address;
        }
    }
    let second = directory.join("2");
    let second = second.display();
    // Examples use the path with which this program was started.
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "wardround".to_owned());
    terminal.line("");
    terminal.line("Try this:");
    terminal.line(&format!(
        "  {first}/search?q=virtual+ward   search the lessons of all three trusts"
    ));
    terminal.line(&format!(
        "  {first}/federation             the state of the peers"
    ));
    terminal.line(&format!("  {program} --data {second} publish FILE.md     publish at the second trust, search for it at the first"));
    terminal.line(&format!("  {program} --data {second} peer list"));
    terminal.line("");
    terminal.line(&format!(
        "Sign in at {first}/sign-in with the password `{}`:",
        people::PASSWORD
    ));
    for (before_at, _, role) in people::PEOPLE {
        let email = people::email(&demo::TRUSTS[0], before_at);
        terminal.line(&format!("  {email:34} {role}"));
    }
    terminal.line("The other two trusts have the same three people at their own addresses.");
    terminal.line("");
    terminal.line(&format!(
        "The author has a draft in each state at {first}/me, and the editor finds what waits at {first}/review:"
    ));
    for (state, title) in people::drafts_of(&demo::TRUSTS[0]) {
        terminal.line(&format!("  {state:24} {title}"));
    }
    terminal.line("");
    terminal.line("All content is invented. Ctrl-C stops the demo; `wardround demo` continues it, and `wardround demo --fresh` begins again.");
}

/// Tells mistakes in the arguments from other failures.
fn failure(error: DemoError) -> Failure {
    match error {
        DemoError::NotOurs(_)
        | DemoError::Running { .. }
        | DemoError::OtherPort { .. }
        | DemoError::Port(_)
        | DemoError::Settings(_) => Failure::invalid(error.to_string()),
        error => error.into(),
    }
}
