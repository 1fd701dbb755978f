//! `doctor` and `verify`: read-only commands; safe while a node is serving.

use std::{fmt::Write as _, fs, io, os::unix::fs::MetadataExt as _, path::Path};

use serde_json::json;
use store::{AuditFilter, Store, StoreError};

use clap::Args;

use super::{owner, terminal::Terminal};
use crate::commands::failure::{DONE, FAILED, Failure, FailureKind, INVALID};
use wire::{Date, Timestamp, Viewer};

use crate::verify::{self, NotedHead, Verified};
use crate::{
    commands::output::Event,
    doctor::{self, Finding, LAST_CHANGES, Level, SAME_DATABASE},
};
use node::audit::{self, Act, Head};
use serde::Serialize;
use settings::{
    Settings,
    load::{Loaded, SettingsFault},
};

/// What `verify` prints as JSON.
#[derive(Serialize)]
struct Verification<'a> {
    #[serde(flatten)]
    verified: &'a Verified,
    database: String,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A head of the audit that `verify` printed earlier: finds an audit that was cut off since
    #[arg(long, value_name = "HEAD")]
    pub audit_head: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Only this act, such as `withdrawn`
    #[arg(long, value_name = "ACT")]
    pub act: Option<String>,
    /// Only acts of this person: an account id, the number of a user, or words of a name
    #[arg(long, value_name = "PERSON")]
    pub by: Option<String>,
    /// Only acts on this object, by its id
    #[arg(long, value_name = "ID")]
    pub object: Option<String>,
    /// Only acts at this time or later: a day or a time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only acts before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Print a line of JSON for each row
    #[arg(long)]
    pub json: bool,
}

/// Reports what is wrong with a node. A configuration that cannot be read is the only finding.
pub(super) async fn doctor(
    loaded: Result<Loaded, Vec<SettingsFault>>,
    json: bool,
    terminal: &Terminal,
) -> u8 {
    let findings = match loaded {
        Ok(loaded) => doctor::examine(&loaded).await,
        Err(faults) => faults.iter().map(doctor::of_configuration).collect(),
    };
    let given = terminal.given();
    if json {
        let named = findings.iter().map(|finding| Finding {
            text: given.in_text(&finding.text),
            fix: finding.fix().map(|fix| given.in_text(&fix)),
            ..finding.clone()
        });
        let named: Vec<Finding> = named.collect();
        terminal.line(&json!({ "findings": named }).to_string());
    } else {
        terminal.line(given.in_text(&as_text(&findings)).trim_end());
    }
    match doctor::worst(&findings) {
        Level::Ok => DONE,
        Level::Warning => FAILED,
        Level::Fault => INVALID,
    }
}

fn as_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let mut same: Vec<&Finding> = Vec::new();
    let mut rest = findings.iter().peekable();
    while let Some(finding) = rest.next() {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "FAULT",
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{level:<8} {:<14} {}", finding.check, finding.text);
        same.push(finding);
        // What is to do about several in a row is said once.
        let goes_on = rest
            .peek()
            .is_some_and(|next| (next.check, &next.fix) == (finding.check, &finding.fix));
        if goes_on {
            continue;
        }
        if let Some(fix) = doctor::fix_of(&same) {
            // Commands in it have lines of their own.
            let fix = fix.replace('\n', &format!("\n{:<25} ", ""));
            let _ = writeln!(text, "{:<23} → {fix}", "");
        }
        same.clear();
    }
    let count = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let _ = writeln!(
        text,
        "{} faults, {} warnings",
        count(Level::Fault),
        count(Level::Warning)
    );
    text
}

/// Checks that the contents of the database are what was signed.
pub(super) async fn verify(
    loaded: &Loaded,
    arguments: &VerifyArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let noted = noted_heads(loaded, arguments)?;
    let mut log = loaded.settings.log.clone();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let store = open_unchanged(loaded).await?;
    let counts = store.counts(Viewer::Public).await?;
    let total = counts.log_size + counts.documents;
    let verified = verify::verify(&store, &noted, |done| {
        terminal.show(Event::Progress {
            what: "verifying".to_owned(),
            done,
            total,
        });
    })
    .await?;
    store.close().await;
    let database = database_name(&loaded.settings);
    if arguments.json {
        let verified = &verified;
        terminal.line(&serde_json::to_string(&Verification {
            verified,
            database,
        })?);
    } else {
        for fault in verified.faults.iter().chain(&verified.incomplete) {
            terminal.line(fault);
        }
        terminal.line(&format!(
            "{} nodes, {} entries, {} documents, {} rows of the audit: {}",
            verified.nodes,
            verified.entries,
            verified.documents,
            verified.audit_rows,
            match verified.faults.len() {
                0 => "everything matches its signature".to_owned(),
                faults => format!("{faults} faults"),
            }
        ));
        terminal.line(&format!("head of the audit {}", verified.audit_head));
        terminal.line(&format!("read from `{database}`"));
    }
    Ok(if verified.faults.is_empty() {
        DONE
    } else {
        FAILED
    })
}

/// Returns the heads of the audit that were noted outside the database: in the data directory, and by the operator.
fn noted_heads(loaded: &Loaded, arguments: &VerifyArguments) -> Result<Vec<NotedHead>, Failure> {
    let mut noted = Vec::new();
    let path = audit::head_path(&loaded.settings.data);
    if let Some(head) = audit::noted_head(&path) {
        let place = format!("`{}`", path.display());
        noted.push(NotedHead { place, head });
    }
    if let Some(text) = &arguments.audit_head {
        let head = Head::parse(text).ok_or_else(|| {
            let text = format!("`{text}` is not a head of the audit, such as `12:sha256:…`");
            Failure::invalid(text)
        })?;
        let place = "`--audit-head`".to_owned();
        noted.push(NotedHead { place, head });
    }
    Ok(noted)
}

/// Checks that the database file is there and can be read by this user.
fn check_file(data: &Path) -> Result<(), Failure> {
    let file = data.join(node::DATABASE_FILE);
    let shown = data.display();
    let error = match fs::File::open(&file) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    if error.kind() == io::ErrorKind::PermissionDenied {
        let fix = match owner_of(data) {
            Some(owner) => {
                let user = rustix::process::geteuid().as_raw();
                telemetry::for_owner(owner, user, data, "wardround …")
            }
            None => "run this as the user of the service".to_owned(),
        };
        return Err(Failure::failed(format!(
            "`{}` cannot be read by this user; {fix}",
            file.display()
        )));
    }
    let advice = match node::owner(data) {
        Ok(Some(_)) => format!("; {SAME_DATABASE}"),
        _ => String::new(),
    };
    Err(Failure::invalid(format!(
        "there is no database in `{shown}`{advice}"
    )))
}

/// Returns the user that a directory belongs to; `None` if this user may not know.
fn owner_of(data: &Path) -> Option<u32> {
    Some(fs::metadata(data).ok()?.uid())
}

/// Returns the name of the database that a command reads, without its password.
pub(super) fn database_name(settings: &Settings) -> String {
    let file = settings.data.join(node::DATABASE_FILE);
    let shown = settings.database.shown();
    shown.unwrap_or_else(|| file.display().to_string())
}

/// Opens the database without migrating it: a command that only reads changes nothing.
///
/// # Errors
/// When there is none, it is of another version than this program, or no node has used it: then it is probably not the one that
/// was meant.
pub(super) async fn open_unchanged(loaded: &Loaded) -> Result<Store, Failure> {
    let settings = &loaded.settings;
    if settings.database.url.is_none() {
        check_file(&settings.data)?;
    }
    // A verification changes nothing, and works where nothing can be changed.
    let store = match Store::connect_read_only(&node::database(settings)).await {
        Err(error @ StoreError::ReadOnly) => {
            return Err(Failure::failed(format!("{error}; {LAST_CHANGES}")));
        }
        opened => opened?,
    };
    let schema = store.schema_version().await?;
    if schema.found > schema.known {
        return Err(StoreError::Newer {
            found: schema.found,
            known: schema.known,
        }
        .into());
    }
    if schema.found < schema.known {
        return Err(Failure::failed(
            "the database is older than this program; run `wardround migrate` first",
        ));
    }
    if store.own_node().await?.is_none() {
        let database = database_name(settings);
        let text = format!(
            "`{database}` is of a node without an identity, so there is nothing to read; if the node keeps its data elsewhere, {SAME_DATABASE}"
        );
        return Err(Failure {
            kind: FailureKind::NoIdentity,
            ..Failure::failed(text)
        });
    }
    Ok(store)
}

/// Prints the audit, the oldest row first.
pub(super) async fn audit(
    loaded: &Loaded,
    arguments: &AuditArguments,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    /// Rows that are read at a time.
    const MAX_BATCH: u32 = 500;
    let mut log = loaded.settings.log.clone();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let filter = audit_filter(arguments)?;
    let store = open_unchanged(loaded).await?;
    if !arguments.json {
        terminal.note(&format!("read from `{}`", database_name(&loaded.settings)));
    }
    let mut after = 0;
    loop {
        let rows = store.audit_after(after, &filter, MAX_BATCH).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.seq;
        for row in &rows {
            terminal.line(&if arguments.json {
                row.to_json()
            } else {
                row.to_line()
            });
        }
    }
    store.close().await;
    Ok(DONE)
}

/// Reads which rows of the audit are asked for.
fn audit_filter(arguments: &AuditArguments) -> Result<AuditFilter, Failure> {
    let act = arguments.act.clone().unwrap_or_default();
    if !act.is_empty() && Act::parse(&act).is_none() {
        let known: Vec<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        return Err(Failure::invalid(format!(
            "`{act}` is not an act of the audit; it has {}",
            known.join(", ")
        )));
    }
    Ok(AuditFilter {
        act,
        person: arguments.by.clone().unwrap_or_default(),
        object: arguments.object.clone().unwrap_or_default(),
        since: arguments.since.as_deref().map(time).transpose()?,
        until: arguments.until.as_deref().map(time).transpose()?,
    })
}

/// Reads a time, or the beginning of a day.
fn time(text: &str) -> Result<Timestamp, Failure> {
    let day = || Date::parse(text).map(Date::start);
    Timestamp::parse(text).or_else(day).ok_or_else(|| {
        Failure::invalid(format!(
            "`{text}` is not a time, such as `2027-01-31` or `2027-01-31T09:00:00Z`"
        ))
    })
}
