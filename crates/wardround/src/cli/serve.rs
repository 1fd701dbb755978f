//! `serve`: runs one node until a signal stops it.

use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};
use tokio_util::sync::CancellationToken;

use super::{
    configuration::load,
    open_keys,
    reload::Reloading,
    starting,
    supervisor::{self, Supervisor},
    terminal::Terminal,
};
use crate::commands::failure::{DONE, Failure};
use crate::control::{reloads::Reloads, server::Socket};
use node::{NO_IDENTITY, Node, NodeError, clock::Clock};
use people::accounts;
use settings::{LogFormat, Settings, load::Sources};
use spans::Spans;
use telemetry::LogFilter;
use tokio::task::spawn_blocking;
use web::server::{self, Running};

/// Serves until SIGTERM or SIGINT. Where the log is JSON, the reason of a failure is an event of it and nothing else.
pub(super) async fn serve(sources: &Sources, terminal: &Terminal) -> Result<u8, Failure> {
    let served = serve_until_stopped(sources, terminal).await;
    let log = sources.log();
    match served {
        Err(failure) if log.format == LogFormat::Json => {
            // It has been set up already unless the configuration has a mistake.
            telemetry::init(&log);
            // A filter may leave out even errors; a start never fails without a word.
            if !tracing::enabled!(tracing::Level::ERROR) {
                return Err(failure);
            }
            let Failure { code, kind, text } = failure;
            tracing::error!(code, ?kind, reason = text, "the node does not serve");
            Ok(code)
        }
        served => served,
    }
}

async fn serve_until_stopped(sources: &Sources, terminal: &Terminal) -> Result<u8, Failure> {
    let loaded = load(sources)?;
    let version = telemetry::version();
    let endpoint = loaded.settings.traces.endpoint.as_ref();
    let spans = endpoint.map(|endpoint| Spans::open(endpoint, version));
    let spans = spans.transpose().map_err(Failure::invalid)?;
    let filter = telemetry::init_with_spans(&loaded.settings.log, spans.as_ref());
    let served = serve_with(loaded.settings, sources, &filter, terminal).await;
    if let Some(spans) = spans {
        // It waits for the collector, for a few seconds at most.
        spawn_blocking(move || spans.close()).await.ok();
    }
    served
}

async fn serve_with(
    settings: Settings,
    sources: &Sources,
    filter: &LogFilter,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let (node, running) = begin(settings).await?;
    let (reload_requests, asked_to_reload) = Reloads::new();
    let socket = Socket::open(Arc::clone(&node), reload_requests);
    // Before anyone learns that it serves: a signal would end it.
    let (stop, hangup) = (running.stopper(), Arc::<Notify>::default());
    stop_on_signal(stop.clone(), Arc::clone(&hangup))?;
    let address = running.place.clone();
    // A log in JSON goes to a program, which must find nothing else on the standard output.
    let for_people = node.settings.log.format == LogFormat::Text;
    if for_people {
        print_start(&node, &address, terminal);
    } else {
        log_start(&node, &address);
    }
    show_first_link(&node, for_people, terminal).await?;
    let supervisor = Supervisor::from_environment();
    supervisor.notify("READY=1\nSTATUS=serving");
    let reloading = Reloading {
        node: &node,
        sources,
        filter,
        supervisor: &supervisor,
    };
    let commands = async {
        match socket {
            Ok(socket) => socket.run(&stop).await,
            Err(error) => {
                tracing::warn!(%error, "no control socket: commands cannot run while this process does")
            }
        }
    };
    let watched = stop.clone();
    let stopping = async {
        watched.cancelled().await;
        supervisor.notify("STOPPING=1");
    };
    tokio::join!(
        running.stopped(),
        commands,
        supervisor.keep_alive(&watched),
        reloading.run(&hangup, &asked_to_reload, &watched),
        stopping
    );
    if for_people {
        terminal.line("stopped");
    } else {
        tracing::info!("stopped");
    }
    Ok(DONE)
}

/// Opens a node and begins to serve it.
async fn begin(settings: Settings) -> Result<(Arc<Node>, Running), Failure> {
    open_keys::check(&settings.data)?;
    let given = supervisor::sockets(settings.server.redirect_http)?;
    // Before the database is opened, which may upgrade it: a start that is refused changes nothing.
    if node::owner(&settings.data).is_ok_and(|owner| owner.is_none()) {
        starting::check(&settings).map_err(Failure::failed)?;
        server::try_ports(&settings, &given)?;
    }
    let node = Node::open(settings, Clock::system()).await?;
    node::warn_if_others_can_enter(&node.settings.data);
    let running = server::start_on(Arc::clone(&node), given).await?;
    Ok((node, running))
}

/// Prints what is served at which address.
fn print_start(node: &Node, address: &str, terminal: &Terminal) {
    terminal.line(&format!(
        "wardround {} serves {address}",
        telemetry::version()
    ));
    terminal.line(&format!(
        "data directory `{}`, {}",
        node.settings.data.display(),
        database_name(&node.settings)
    ));
    // A socket in the file system is no address of a site.
    let site = if address.starts_with("http") {
        address
    } else {
        "URL"
    };
    match node.identity() {
        Some(identity) => terminal.line(&format!("{} at {}", identity.name, identity.site())),
        None => terminal.line(&format!(
            "{NO_IDENTITY}; create it with\n  wardround --data {} init --name NAME --ods CODE --base-url {site}",
            node.settings.data.display()
        )),
    }
}

/// Shows a person who starts the node at a terminal the link that makes the first administrator, while there is no account.
/// What may be kept, such as a journal, gets no such link, but the way to one.
async fn show_first_link(
    node: &Node,
    for_people: bool,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if node.identity().is_none() || node.store.has_accounts().await? {
        return Ok(());
    }
    if !for_people {
        tracing::info!("no one can sign in yet; run `wardround user add`");
        return Ok(());
    }
    if !io::stdout().is_terminal() {
        let text = "no one can sign in yet; run `wardround user add EMAIL --name NAME --role administrator`";
        terminal.line(&terminal.given().in_text(text));
        return Ok(());
    }
    if let Some(link) = accounts::first_link(node).await? {
        terminal.line("no one can sign in yet; this link makes the first administrator, once and within a day:");
        terminal.line(&format!("  {link}"));
    }
    Ok(())
}

/// Writes the same to the log.
fn log_start(node: &Node, address: &str) {
    let data = node.settings.data.display();
    let database = database_name(&node.settings);
    let identity = node.identity();
    let organisation = identity.as_ref().map(|identity| identity.name.as_str());
    let site = identity.as_ref().map(|identity| identity.site());
    tracing::info!(
        version = telemetry::version(), address, %data, database, organisation, site,
        "serving"
    );
    if identity.is_none() {
        tracing::warn!("{}", NodeError::NotInitialised);
    }
}

fn database_name(settings: &Settings) -> String {
    let address = settings.database.shown();
    address.unwrap_or_else(|| "SQLite in the data directory".to_owned())
}

/// Stops at the first SIGTERM or SIGINT; a second one exits the process at once. SIGHUP stops it if a person has started
/// it, whose terminal has gone; otherwise it wakes `hangup`. SIGUSR1 is reported and ignored.
pub(super) fn stop_on_signal(stop: CancellationToken, hangup: Arc<Notify>) -> io::Result<()> {
    /// The exit code that shells use for a process that SIGINT has ended.
    const INTERRUPTED: i32 = 130;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut gone = signal(SignalKind::hangup())?;
    let mut user = signal(SignalKind::user_defined1())?;
    let has_terminal = io::stdin().is_terminal();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = gone.recv() => if !has_terminal {
                    hangup.notify_one();
                    continue;
                },
                _ = user.recv() => {
                    tracing::warn!("SIGUSR1 is ignored");
                    continue;
                }
            }
            if stop.is_cancelled() {
                std::process::exit(INTERRUPTED);
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    Ok(())
}
