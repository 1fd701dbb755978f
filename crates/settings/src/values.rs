//! Values of the configuration as they are written: numbers, times, addresses, lists. A value that cannot be read says what
//! to write instead.

use std::{collections::BTreeMap, fmt::Display, net::IpAddr, str::FromStr, time::Duration};

use ipnet::IpNet;
use url::Url;

/// Shown in place of a secret.
pub(super) const MASK: &str = "********";
pub(super) const ADDRESS: &str = "give an IP address and a port, such as `127.0.0.1:8080`";
pub(super) const BOOLEAN: &str = "give `true` or `false`";

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
        hosts
            .entry(name.trim().to_lowercase())
            .or_default()
            .push(address);
    }
    Ok(hosts)
}
