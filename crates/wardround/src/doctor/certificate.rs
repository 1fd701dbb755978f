//! Checks of the certificate of the site, where the node speaks TLS itself.

use std::time::Duration;

use tls::{Files, Pair};
use url::Url;
use wire::Timestamp;

use super::Findings;
use settings::Settings;

/// With less time than this left, whoever renews the certificate should have done it.
const WARN: Duration = Duration::from_secs(21 * 86_400);
/// With less time than this left, the operator has to act now.
const FAULT: Duration = Duration::from_secs(7 * 86_400);

const CHECK: &str = "certificate";

/// Checks that the certificate can be used, and for how long.
pub(super) fn check(settings: &Settings, now: Timestamp, findings: &mut Findings) {
    let Some(files) = Files::from_settings(settings) else {
        return;
    };
    let pair = match files.read() {
        Ok(pair) => pair,
        Err(why) => {
            let fix = "a running node shows the certificate that it has read before; one that starts needs this fixed";
            findings.fault(CHECK, why, fix);
            return;
        }
    };
    let path = files.certificate.display();
    let until = pair.validity.until;
    let fix =
        "renew it, and write it to the same file; the node reads it by itself within ten seconds";
    if pair.validity.from > now {
        let text = format!("`{path}` is valid from {} on", pair.validity.from.date());
        findings.fault(CHECK, text, "check the clock of this machine, or wait");
    } else if until <= now {
        findings.fault(CHECK, format!("`{path}` expired on {}", until.date()), fix);
    } else if until <= now.plus(FAULT) {
        findings.fault(CHECK, format!("`{path}` expires on {}", until.date()), fix);
    } else if until <= now.plus(WARN) {
        findings.warn(CHECK, format!("`{path}` expires on {}", until.date()), fix);
    } else {
        let text = format!(
            "`{path}` is valid until {}, with {} of authorities after it",
            until.date(),
            pair.chain_length() - 1
        );
        findings.ok(CHECK, text);
    }
}

/// Checks that the certificate is for the address of the site.
pub(super) fn check_site(settings: &Settings, site: &Url, findings: &mut Findings) {
    let pair = Files::from_settings(settings).and_then(|files| files.read().ok());
    let Some(pair) = pair else {
        return;
    };
    if site.scheme() != "https" {
        let text = format!("the node speaks TLS, and the address of the site is {site}");
        let fix = "give it an address with https: `wardround node set --base-url URL`";
        findings.fault(CHECK, text, fix);
        return;
    }
    match refusal(&pair, site) {
        None => findings.ok(
            CHECK,
            format!("it is for {}", site.host_str().unwrap_or_default()),
        ),
        Some(text) => {
            let fix = "ask for a certificate with that name, or give the site the address of the certificate with `wardround node set --base-url URL`";
            findings.fault(CHECK, text, fix);
        }
    }
}

fn refusal(pair: &Pair, site: &Url) -> Option<String> {
    let host = site.host_str()?;
    (!pair.is_for(host)).then(|| {
        format!(
            "it is not for {host}, the host of this site, but for {}",
            pair.names()
        )
    })
}
