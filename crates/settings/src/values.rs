//! Values of the configuration as they are written: numbers, times, addresses, lists. A value that cannot be read says what
//! to write instead.

use std::{collections::BTreeMap, fmt::Display, net::IpAddr, str::FromStr, time::Duration};

use ipnet::IpNet;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};
use url::{Host, Url};

/// Shown in place of a secret.
pub(super) const MASK: &str = "********";
pub(super) const ADDRESS: &str = "give an IP address and a port, such as `127.0.0.1:8080`";
pub(super) const BOOLEAN: &str = "give `true` or `false`";
const LEVELS: &str = "give `error`, `warn`, `info`, `debug`, `trace` or `off`";

/// The crates of this program: a filter of the log may name each of them without a level.
const CRATES: [&str; 40] = [
    "accounts",
    "assistants",
    "attachments",
    "audit",
    "bench",
    "citing",
    "database",
    "disk_space",
    "domain",
    "drafting",
    "evaluation",
    "files",
    "finding",
    "harvest",
    "indexer",
    "latent",
    "ledger",
    "markdown",
    "metadata",
    "node",
    "office",
    "pages",
    "patient_data",
    "peering",
    "people",
    "quoting",
    "restriction",
    "search",
    "settings",
    "spans",
    "sql",
    "store",
    "telemetry",
    "tls",
    "upkeep",
    "urls",
    "wardround",
    "web",
    "wire",
    "writing",
];

pub(super) fn assign<T: FromStr>(place: &mut T, text: &str, otherwise: &str) -> Result<(), String> {
    *place = text.parse().map_err(|_| otherwise.to_owned())?;
    Ok(())
}

pub(super) fn within<T>(place: &mut T, text: &str, min: T, max: T) -> Result<(), String>
where
    T: FromStr + PartialOrd + Display,
{
    match text.parse() {
        Ok(value) if value >= min && value <= max => *place = value,
        _ => return Err(format!("give a whole number from {min} to {max}")),
    }
    Ok(())
}

pub(super) fn seconds(place: &mut Duration, text: &str, min: u64, max: u64) -> Result<(), String> {
    let mut secs = 0;
    within(&mut secs, text, min, max)
        .map_err(|_| format!("give a whole number of seconds from {min} to {max}"))?;
    *place = Duration::from_secs(secs);
    Ok(())
}

/// Reads the address of a proxy.
pub(super) fn proxy(text: &str) -> Result<Url, String> {
    let proxy = Url::parse(text).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        is_web && url.username().is_empty() && url.password().is_none()
    });
    proxy.ok_or_else(|| "give `http://HOST:PORT`, without a password".to_owned())
}

/// Reads addresses and networks; nothing is a list too.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let address = part.parse::<IpAddr>().map(IpNet::from).ok();
            address
                .or_else(|| part.parse().ok())
                .ok_or_else(|| format!("`{part}` is not an IP address or a network"))
        })
        .collect()
}

pub(super) fn hosts(text: &str) -> Result<BTreeMap<String, Vec<IpAddr>>, String> {
    let mut hosts: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for pair in text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (name, address) = pair
            .split_once('=')
            .ok_or_else(|| format!("`{pair}` is not `NAME=ADDRESS`"))?;
        let address = address
            .trim()
            .parse()
            .map_err(|_| format!("`{address}` is not an IP address"))?;
        // As it is when it is looked up.
        let name = match Host::parse(name.trim().trim_end_matches('.')) {
            Ok(Host::Domain(name)) => name,
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => {
                return Err(format!("`{}` is not a host name", name.trim()));
            }
        };
        hosts.entry(name).or_default().push(address);
    }
    Ok(hosts)
}

/// Refuses what is no filter of the log, and words that it would take as the name of a module which is not there: with
/// `warning`, or with ` warn` after a comma, nothing would be logged.
pub(super) fn check_filter(text: &str) -> Result<(), String> {
    // A level, or a module of this program: alone, or with a level or a span behind it. Modules of others need a level.
    let is_known = |part: &str| {
        let name = part.split("::").next().unwrap_or(part);
        part.parse::<LevelFilter>().is_ok() || CRATES.contains(&name)
    };
    let is_target = |name: &str| {
        let mut characters = name.chars();
        characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':'))
    };
    let is_wrong = |part: &str| match part.split_once(['=', '[']) {
        Some((target, _)) => !is_target(target),
        None => !is_known(part),
    };
    // A span has commas and signs of its own between its brackets.
    let mut depth = 0_i32;
    let mut parts = text.split(|c: char| {
        depth += i32::from(matches!(c, '[' | '{')) - i32::from(matches!(c, ']' | '}'));
        c == ',' && depth <= 0
    });
    if let Some(word) = parts.find(|part| is_wrong(part)) {
        return Err(format!(
            "`{word}` is no level: {LEVELS}, or a module with one, such as `peering=debug`, without spaces"
        ));
    }
    EnvFilter::builder()
        .parse(text)
        .map_err(|_| LEVELS.to_owned())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_the_log_names_levels_and_modules_that_are_there() {
        for filter in [
            "warn",
            "WARN",
            "off",
            "3",
            "info,peering=debug",
            "info,peering",
            "info,tantivy=warn,[request{path=\"/a\"}]=trace",
            "node::flows",
        ] {
            assert_eq!(check_filter(filter), Ok(()), "{filter}");
        }
        for (filter, word) in [
            ("warning", "warning"),
            ("info,critical", "critical"),
            ("verbose,peering=debug", "verbose"),
            ("info ", "info "),
            ("peering=debug, warn", " warn"),
            ("9", "9"),
        ] {
            let said = check_filter(filter).unwrap_err();
            let expected = format!("`{word}` is no level: {LEVELS}");
            assert!(said.starts_with(&expected), "{said}");
        }
        assert_eq!(check_filter("info=much"), Err(LEVELS.to_owned()));
    }

    #[test]
    fn every_crate_of_this_program_can_be_named_in_a_filter() {
        let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let found = std::fs::read_dir(crates).unwrap();
        let mut names: Vec<_> = found
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("Cargo.toml").exists())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, CRATES);
    }
}
