//! The resolver that the HTTP client is given: it returns only addresses that may be connected to.
//!
//! The client connects to what it is given here and resolves nothing again, so a name that changes between a check and
//! a connection gains nothing.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::AllowList;

/// The most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 16;

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unresolved {
    /// It has no address.
    #[error("the name `{name}` has no address: {why}")]
    Unknown {
        /// The name.
        name: String,
        /// What the system says.
        why: String,
    },
    /// It has only addresses that may not be connected to.
    #[error(
        "`{name}` has no public address; if it is one of your own network, name its range with `wardround peer set PEER --allow-cidr RANGE`"
    )]
    NotAllowed {
        /// The name.
        name: String,
    },
}

/// Resolves names within an allow list.
pub(crate) struct Resolver {
    pub(crate) allow: AllowList,
    /// Whether `localhost` may be this machine.
    pub(crate) allow_loopback: bool,
    /// Host of the configured proxy: the operator's own choice, so it may lie anywhere.
    pub(crate) proxy_host: Option<String>,
    /// Addresses given for names, before the system is asked.
    pub(crate) hosts: Arc<HashMap<String, Vec<IpAddr>>>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let given = self.hosts.get(&name).cloned();
        let allow = self.allow.clone();
        let any = self.proxy_host.as_deref() == Some(&name);
        let loopback = self.allow_loopback && name == "localhost";
        Box::pin(async move {
            let found = match given {
                Some(addresses) => addresses,
                None => {
                    let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                    let found = found.map_err(|error| Unresolved::Unknown {
                        name: name.clone(),
                        why: error.to_string(),
                    })?;
                    found.map(|address| address.ip()).collect()
                }
            };
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|ip| any || allow.admits(*ip) || (loopback && ip.is_loopback()))
                .take(MAX_ADDRESSES)
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            if allowed.is_empty() {
                return Err(Unresolved::NotAllowed { name }.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(allow: &str, loopback: bool, name: &str) -> Vec<String> {
        let hosts = [
            (
                "mixed.example",
                vec!["10.1.2.3", "1.1.1.1", "::ffff:127.0.0.1", "2606:4700::1"],
            ),
            (
                "inside.example",
                vec!["127.0.0.1", "169.254.169.254", "::1", "fd00::1"],
            ),
            ("hscn.example", vec!["10.1.2.3"]),
            ("localhost", vec!["127.0.0.1", "10.0.0.1"]),
            ("proxy.example", vec!["10.9.9.9"]),
        ];
        let hosts = hosts
            .into_iter()
            .map(|(name, list)| {
                (
                    name.to_owned(),
                    list.iter().map(|ip| ip.parse().unwrap()).collect(),
                )
            })
            .collect();
        let resolver = Resolver {
            allow: AllowList::parse(allow).unwrap(),
            allow_loopback: loopback,
            proxy_host: Some("proxy.example".to_owned()),
            hosts: Arc::new(hosts),
        };
        match resolver.resolve(name.parse().unwrap()).await {
            Ok(addresses) => addresses.map(|address| address.ip().to_string()).collect(),
            Err(_) => Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_another_fault_than_one_that_is_not_allowed() {
        let why = async |name: &str| {
            let hosts = [(
                "inner.example".to_owned(),
                vec!["10.1.2.3".parse().unwrap()],
            )];
            let resolver = Resolver {
                allow: AllowList::default(),
                allow_loopback: false,
                proxy_host: None,
                hosts: Arc::new(hosts.into()),
            };
            let error = resolver.resolve(name.parse().unwrap()).await.err().unwrap();
            error.downcast_ref::<Unresolved>().unwrap().to_string()
        };
        // No name has so long a part, so that no server is asked for it.
        let long = format!("{}.example", "a".repeat(64));
        assert!(why(&long).await.contains("has no address: "));
        assert!(why("inner.example").await.contains("has no public address"));
    }

    #[tokio::test]
    async fn a_name_is_only_ever_its_allowed_addresses() {
        for (allow, loopback, name, expected) in [
            ("", false, "mixed.example", vec!["1.1.1.1", "2606:4700::1"]),
            ("", true, "mixed.example", vec!["1.1.1.1", "2606:4700::1"]),
            ("", false, "inside.example", vec![]),
            ("", true, "inside.example", vec![]),
            ("", false, "hscn.example", vec![]),
            ("10.0.0.0/8", false, "hscn.example", vec!["10.1.2.3"]),
            ("10.0.0.0/8", false, "HSCN.example.", vec!["10.1.2.3"]),
            ("", false, "localhost", vec![]),
            ("", true, "localhost", vec!["127.0.0.1"]),
            ("", false, "proxy.example", vec!["10.9.9.9"]),
        ] {
            assert_eq!(
                check(allow, loopback, name).await,
                expected,
                "{allow} {loopback} {name}"
            );
        }
    }
}
