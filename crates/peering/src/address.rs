//! Which addresses may be connected to.
//!
//! Sources: the IANA registries of special-purpose addresses (RFC 6890 and its updates), and the forms that carry an
//! IPv4 address inside an IPv6 one (RFC 4291 §2.5.5, RFC 3056, RFC 6052, RFC 4380). Whatever is not global unicast is
//! refused, so a range that is registered later is refused too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// IPv4 that is not an ordinary host on the public Internet.
const REFUSED_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared by carriers
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // the platform's own address inside Azure networks
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // AS112
    (Ipv4Addr::new(192, 52, 193, 0), 24),  // AMT
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(192, 175, 48, 0), 24),  // AS112
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, broadcast
];

/// Global unicast IPv6: all else (unspecified, loopback, mapped, compatible, ULA, link-local, multicast) is refused.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What is refused inside it.
const REFUSED_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo, ORCHID, benchmarking
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];
/// NAT64 (RFC 6052): carries an IPv4 address in its last 32 bits, and that one is judged.
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Address ranges that a peer may lie in though they are not public, as its `allow_cidr` names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AllowList(Vec<IpNet>);

impl AllowList {
    /// Reads ranges (`10.2.0.0/16`, or one address) separated by commas or white space; nothing is an empty list.
    ///
    /// # Errors
    /// The first part that is no range.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split(|c: char| c == ',' || c.is_whitespace())
            .filter(|part| !part.is_empty())
            .map(|part| {
                part.parse::<IpNet>()
                    .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                    .map(|range| range.trunc())
                    .map_err(|_| format!("`{part}` is not an address range such as `10.2.0.0/16`"))
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Self)
    }

    /// Says whether an address may be connected to: it is public, or a range names it.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.names(address) || self.names(address.to_canonical())
    }

    fn names(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }
}

/// Says whether an address is an ordinary host on the public Internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped().or_else(|| nat64(v6)) {
                return is_public_v4(v4);
            }
            let refused = || REFUSED_V6.iter().any(|range| in_v6(v6, *range));
            in_v6(v6, GLOBAL_V6) && !refused()
        }
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    !REFUSED_V4.iter().any(|(network, bits)| {
        let mask = u32::MAX.checked_shl(32 - u32::from(*bits)).unwrap_or(0);
        v4.to_bits() & mask == network.to_bits()
    })
}

fn nat64(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = v6.octets();
    in_v6(v6, NAT64).then(|| Ipv4Addr::new(a, b, c, d))
}

fn in_v6(v6: Ipv6Addr, (network, bits): (Ipv6Addr, u8)) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    v6.to_bits() & mask == network.to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2a00:1450:4009::1",
        "2606:4700::1111",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ];
    const REFUSED: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ffff::1",
    ];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_ordinary_hosts_on_the_public_internet_are_public() {
        let nothing = AllowList::default();
        for text in PUBLIC {
            assert!(nothing.admits(address(text)), "{text} is public");
        }
        for text in REFUSED {
            assert!(!nothing.admits(address(text)), "{text} is not public");
        }
    }

    #[test]
    fn an_allow_list_admits_what_it_names_and_no_more() {
        for (list, text, admitted) in [
            ("10.2.0.0/16", "10.2.3.4", true),
            ("10.2.0.0/16", "10.3.0.1", false),
            ("10.2.7.7/16, 192.168.0.5", "10.2.0.1", true),
            ("10.2.7.7/16, 192.168.0.5", "192.168.0.5", true),
            ("10.2.7.7/16 192.168.0.5", "192.168.0.6", false),
            ("10.2.0.0/16", "::ffff:10.2.0.1", true),
            ("10.2.0.0/16", "64:ff9b::a02:1", false),
            ("64:ff9b::a02:0/112", "64:ff9b::a02:1", true),
            ("fd12::/16", "fd12::1", true),
            ("fd12::/16", "fd13::1", false),
            ("fd12::/16", "127.0.0.1", false),
        ] {
            let list = AllowList::parse(list).unwrap();
            assert_eq!(list.admits(address(text)), admitted, "{list:?} {text}");
        }
        for wrong in ["10.2.0.0/33", "ten", "10.2", "10.2.0.0/16;10.3.0.0/16"] {
            assert!(AllowList::parse(wrong).is_err(), "{wrong}");
        }
    }
}
