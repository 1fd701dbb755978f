//! Checks of the certificate of the site, where the node speaks TLS itself.

use std::time::Duration;

use tls::{Files, Kept, Pair};
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
    let (read, fix) = if settings.tls.acme.enabled {
        check_renewal(settings, now, findings);
        let fix = "the node renews it by itself; see the finding before";
        (Kept::new(settings).pair(), fix)
    } else {
        let fix = "renew it, and write it to the same file; the node reads it by itself within ten seconds";
        let read = Files::from_settings(settings).map(|files| files.read());
        (read.transpose(), fix)
    };
    let pair = match read {
        Ok(Some(pair)) => pair,
        Ok(None) => return,
        Err(why) => {
            let fix = "a running node shows the certificate that it has read before; one that starts needs this fixed";
            findings.fault(CHECK, why, fix);
            return;
        }
    };
    let until = pair.validity.until;
    if pair.validity.from > now {
        let text = format!("it is valid from {} on", pair.validity.from.date());
        findings.fault(CHECK, text, "check the clock of this machine, or wait");
    } else if until <= now {
        findings.fault(CHECK, format!("it expired on {}", until.date()), fix);
    } else if until <= now.plus(share(&pair, FAULT)) {
        findings.fault(CHECK, format!("it expires on {}", until.date()), fix);
    } else if until <= now.plus(share(&pair, WARN)) {
        findings.warn(CHECK, format!("it expires on {}", until.date()), fix);
    } else {
        let text = format!(
            "it is valid until {}, with {} of authorities after it",
            until.date(),
            pair.chain_length() - 1
        );
        findings.ok(CHECK, text);
    }
}

/// Returns a time before the end of a certificate, of which some last for days only.
fn share(pair: &Pair, wanted: Duration) -> Duration {
    /// A certificate is renewed with a third of its time left.
    const PART: u32 = 4;
    let whole = pair.validity.until.since(pair.validity.from);
    wanted.min(whole / PART)
}

/// Reports whether the node could get its certificate from the authority.
fn check_renewal(settings: &Settings, now: Timestamp, findings: &mut Findings) {
    let kept = Kept::new(settings);
    let Some(failure) = kept.failure() else {
        if let Ok(None) = kept.pair() {
            let fix = "the node asks for it once it serves and has an identity: `wardround serve`, `wardround init`";
            findings.warn(CHECK, "there is none yet", fix);
        }
        return;
    };
    let text = format!(
        "the last {} attempts failed, the latest at {}: {}",
        failure.attempts, failure.at, failure.why
    );
    let next = failure.next(now);
    let fix = if next > now {
        format!(
            "the node tries again at {next}, and at once after `systemctl reload wardround` (SIGHUP)"
        )
    } else {
        "the node tries again when it serves".to_owned()
    };
    findings.warn(CHECK, text, fix);
}

/// Checks that the certificate is for the address of the site.
pub(super) fn check_site(settings: &Settings, site: &Url, findings: &mut Findings) {
    if !settings.tls.is_on() {
        return;
    }
    if site.scheme() != "https" {
        let text = format!("the node speaks TLS, and the address of the site is {site}");
        let fix = "give it an address with https: `wardround node set --base-url URL`";
        findings.fault(CHECK, text, fix);
        return;
    }
    let pair = match Files::from_settings(settings) {
        Some(files) => files.read().ok(),
        None => Kept::new(settings).pair().ok().flatten(),
    };
    let Some(pair) = pair else {
        return;
    };
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
