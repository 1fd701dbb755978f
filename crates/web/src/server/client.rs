//! Who a client is, for fair shares: an address, and behind a trusted proxy the address that the proxy forwards.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::Request;
use http::HeaderMap;
use ipnet::IpNet;

/// Addresses of one `X-Forwarded-For` that are read, from the last.
const MAX_FORWARDED: usize = 16;

/// The other end of the connection, in the extensions of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remote(pub(super) SocketAddr);

/// Those who share one part: an IPv4 address, or an IPv6 network of 64 bits, which one customer of a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

impl Client {
    fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(Ipv6Addr::from(network))
            }
        })
    }

    /// Returns the client of a request that is in hand, as limits name it. Behind a proxy that does not say who it is,
    /// all are one.
    pub(crate) fn name(request: &Request, trusted: &[IpNet]) -> String {
        let remote = request.extensions().get::<Remote>();
        let client =
            remote.and_then(|remote| Self::for_request(remote.0.ip(), request.headers(), trusted));
        client.map_or_else(|| "unknown".to_owned(), |client| client.0.to_string())
    }

    /// Says whether a request comes from a trusted proxy.
    pub(super) fn is_proxy(request: &Request, trusted: &[IpNet]) -> bool {
        let remote = request.extensions().get::<Remote>();
        remote.is_some_and(|remote| is_trusted(remote.0.ip(), trusted))
    }

    /// Returns the client of a connection; `None` for a trusted proxy, which has no share of its own.
    pub(super) fn for_connection(remote: IpAddr, trusted: &[IpNet]) -> Option<Self> {
        (!is_trusted(remote, trusted)).then(|| Self::new(remote))
    }

    /// Returns the client of a request: behind trusted proxies the last address of `X-Forwarded-For` that is not one
    /// of them. `None` if a proxy does not say who it is.
    pub(super) fn for_request(
        remote: IpAddr,
        headers: &HeaderMap,
        trusted: &[IpNet],
    ) -> Option<Self> {
        if !is_trusted(remote, trusted) {
            return Some(Self::new(remote));
        }
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.rsplit(','))
            .take(MAX_FORWARDED)
            // What comes before an address that cannot be read was written by whoever sent it.
            .map_while(|text| address(text.trim()))
            .find(|address| !is_trusted(*address, trusted))
            .map(Self::new)
    }
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// Reads an address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|found| found.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Option<Client> {
        Some(Client::new(text.parse().unwrap()))
    }

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_has() {
        let trusted: Vec<IpNet> = ["127.0.0.1/32", "10.1.0.0/16", "fd00::/8"]
            .map(|network| network.parse().unwrap())
            .to_vec();
        for (remote, forwarded, expected) in [
            // A stranger says what it likes.
            ("192.0.2.1", &["203.0.113.9"][..], client("192.0.2.1")),
            ("::ffff:192.0.2.1", &[], client("192.0.2.1")),
            ("127.0.0.1", &[], None),
            ("::ffff:127.0.0.1", &["203.0.113.9"], client("203.0.113.9")),
            (
                "127.0.0.1",
                &["198.51.100.1, 203.0.113.9"],
                client("203.0.113.9"),
            ),
            (
                "127.0.0.1",
                &["203.0.113.9, 10.1.2.3"],
                client("203.0.113.9"),
            ),
            (
                "127.0.0.1",
                &["198.51.100.1", "203.0.113.9"],
                client("203.0.113.9"),
            ),
            ("fd00::1", &["203.0.113.9:4711"], client("203.0.113.9")),
            ("127.0.0.1", &["[2001:db8::1]:80"], client("2001:db8::2")),
            ("127.0.0.1", &["2001:db8:0:1::1"], client("2001:db8:0:1::")),
            ("127.0.0.1", &["203.0.113.9, unknown"], None),
            ("127.0.0.1", &["10.1.2.3"], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let found = Client::for_request(remote.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, expected, "{remote} {forwarded:?}");
        }
        let one = |text: &str| Client::for_connection(text.parse().unwrap(), &trusted);
        assert_eq!(one("2001:db8::1"), one("2001:db8::ffff"));
        assert_ne!(one("2001:db8::1"), one("2001:db8:0:1::1"));
        assert_eq!(one("10.1.9.9"), None);
    }
}
