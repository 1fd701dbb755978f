//! `doctor` and `verify`: read-only commands; safe while a node is serving.

use std::fmt::Write as _;

use serde_json::json;
use store::{Store, StoreError};

use super::{owner, terminal::Terminal};
use crate::commands::failure::{DONE, FAILED, Failure, INVALID};
use wire::Viewer;

use crate::verify;
use crate::{
    commands::output::Event,
    doctor::{self, Finding, Level},
};
use node::telemetry;
use settings::load::{Loaded, SettingsFault};

/// Reports what is wrong with a node. A configuration that cannot be read is the only finding.
pub(super) async fn doctor(
    loaded: Result<Loaded, Vec<SettingsFault>>,
    json: bool,
    terminal: &Terminal,
) -> u8 {
    let findings = match loaded {
        Ok(loaded) => doctor::examine(&loaded).await,
        Err(faults) => faults.iter().map(configuration_finding).collect(),
    };
    if json {
        terminal.line(&json!({ "findings": findings }).to_string());
    } else {
        terminal.line(as_text(&findings).trim_end());
    }
    match doctor::worst(&findings) {
        Level::Ok => DONE,
        Level::Warning => FAILED,
        Level::Fault => INVALID,
    }
}

fn configuration_finding(fault: &SettingsFault) -> Finding {
    Finding {
        level: Level::Fault,
        check: "configuration",
        text: fault.to_string(),
        fix: Some("`wardround config reference` lists all keys".to_owned()),
    }
}

fn as_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let level = match finding.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "FAULT",
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{level:<8} {:<14} {}", finding.check, finding.text);
        if let Some(fix) = &finding.fix {
            let _ = writeln!(text, "{:<23} → {fix}", "");
        }
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
    json: bool,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let mut log = loaded.settings.log.clone();
    owner::log_only_warnings(&mut log.filter);
    telemetry::init(&log);
    let settings = &loaded.settings;
    if settings.database.url.is_none() && !settings.data.join("node.db").exists() {
        let data = settings.data.display();
        return Err(Failure::invalid(format!(
            "there is no database in `{data}`"
        )));
    }
    // Without migrating: a verification changes nothing.
    let store = Store::connect(&node::database(settings)).await?;
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
    let counts = store.counts(Viewer::public()).await?;
    let total = counts.log_size + counts.documents;
    let verified = verify::verify(&store, |done| {
        terminal.show(Event::Progress {
            what: "verifying".to_owned(),
            done,
            total,
        });
    })
    .await?;
    store.close().await;
    if json {
        terminal.line(&serde_json::to_string(&verified)?);
    } else {
        for fault in &verified.faults {
            terminal.line(fault);
        }
        terminal.line(&format!(
            "{} nodes, {} entries, {} documents: {}",
            verified.nodes,
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
