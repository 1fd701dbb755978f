//! The address of a peer's feed, checked against the network rules before anything is asked of it.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// The most characters of an address. No feed has a longer one.
const MAX_CHARACTERS: usize = 500;

/// The base address of a feed, such as `https://exchange.example.nhs.uk/feed/v1`, that passed the rules of docs/FEED.md §9.
///
/// Its host is a name; with `allow_loopback` also `localhost` or a loopback literal, which then may be `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(Url);

impl Base {
    /// Reads a base address.
    ///
    /// # Errors
    /// What is wrong with it, in words for the operator.
    pub fn parse(text: &str, allow_loopback: bool) -> Result<Self, String> {
        if text.len() > MAX_CHARACTERS {
            return Err(format!(
                "the address has more than {MAX_CHARACTERS} characters"
            ));
        }
        let url =
            Url::parse(text).map_err(|error| format!("`{text}` is not an address: {error}"))?;
        let loopback = is_loopback(&url, text);
        match url.host() {
            None => return Err(format!("`{text}` names no host")),
            _ if loopback && allow_loopback => {}
            Some(Host::Domain(name)) if name != "localhost" && !name.ends_with(".localhost") => {}
            Some(_) => {
                return Err(format!(
                    "`{text}` has an IP address or this machine as its host; a peer needs a name"
                ));
            }
        }
        match url.scheme() {
            "https" => {}
            "http" if loopback && allow_loopback => {}
            _ => return Err(format!("`{text}` is not https")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address must not hold a user name or a password".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("`{text}` must not have a query or a fragment"));
        }
        Ok(Self(url))
    }

    /// Returns whether a text is an `http` or `https` address with a host, and without a user name, a password, a query
    /// or a fragment. Whether it may be polled is another question: see [`Base::parse`].
    #[must_use]
    pub fn is_web_address(text: &str) -> bool {
        // What browsers forgive is no address that two operators read in the same way: `https:///host`, spaces, `\`.
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let is_plain = text.len() <= MAX_CHARACTERS
            && scheme.bytes().all(|byte| byte.is_ascii_lowercase())
            && !rest.starts_with('/')
            && !text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\');
        let parsed = Url::parse(text).ok().filter(|_| is_plain);
        parsed.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        })
    }

    /// Says whether the address names a site and no path within it.
    #[must_use]
    pub fn is_site(&self) -> bool {
        self.0.path() == "/"
    }

    /// Says whether both lie on one host, port and scheme.
    #[must_use]
    pub fn same_site(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// Returns the address with a path below it; `below` begins with a slash.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{below}", self.0.path().trim_end_matches('/')));
        Self(url)
    }

    /// Returns the URL of an endpoint; `below` begins with a slash and may end with a query.
    pub(crate) fn endpoint(&self, below: &str) -> Url {
        let (path, query) = below
            .split_once('?')
            .map_or((below, None), |(path, query)| (path, Some(query)));
        let mut url = self.join(path).0;
        url.set_query(query);
        url
    }

    /// Returns the URL of a path at the root of the site.
    pub(crate) fn at_site(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for Base {
    /// Writes the address without a final slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Says whether a URL names this machine in one of the plain ways. A literal must be written as it is read: no decimal,
/// octal or mapped form.
fn is_loopback(url: &Url, text: &str) -> bool {
    let plain = url.host_str().is_some_and(|host| text.contains(host));
    match url.host() {
        Some(Host::Ipv4(v4)) => plain && v4.is_loopback(),
        Some(Host::Ipv6(v6)) => plain && IpAddr::V6(v6).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_a_name_is_a_base_unless_loopback_is_allowed() {
        for (text, strict, with_loopback) in [
            ("https://exchange.example.nhs.uk/feed/v1", true, true),
            ("https://exchange.example.nhs.uk", true, true),
            (
                "https://exchange.example.nhs.uk:8443/a/feed/v1/",
                true,
                true,
            ),
            ("http://exchange.example.nhs.uk/feed/v1", false, false),
            ("ftp://exchange.example.nhs.uk/", false, false),
            ("file:///etc/passwd", false, false),
            ("gopher://127.0.0.1/", false, false),
            ("https://1.1.1.1/feed/v1", false, false),
            ("https://[2606:4700::1111]/feed/v1", false, false),
            ("https://10.0.0.1/", false, false),
            ("https://169.254.169.254/latest", false, false),
            ("http://169.254.169.254/latest", false, false),
            ("https://127.0.0.1/", false, true),
            ("http://127.0.0.1:8081/feed/v1", false, true),
            ("http://127.9.8.7:8081/feed/v1", false, true),
            ("http://[::1]:8081/feed/v1", false, true),
            ("http://localhost:8081/feed/v1", false, true),
            ("http://a.localhost/", false, false),
            ("http://2130706433/", false, false),
            ("http://0x7f.1/", false, false),
            ("http://0177.0.0.1/", false, false),
            ("http://127.1/", false, false),
            ("http://[::ffff:127.0.0.1]/", false, false),
            ("http://[::127.0.0.1]/", false, false),
            ("http://[64:ff9b::7f00:1]/", false, false),
            ("http://0.0.0.0/", false, false),
            ("http://[::]/", false, false),
            ("https://user@exchange.example.nhs.uk/", false, false),
            ("https://:secret@exchange.example.nhs.uk/", false, false),
            ("https://exchange.example.nhs.uk/?a=b", false, false),
            ("https://exchange.example.nhs.uk/#a", false, false),
            ("exchange.example.nhs.uk", false, false),
            ("https://", false, false),
            ("", false, false),
        ] {
            assert_eq!(Base::parse(text, false).is_ok(), strict, "{text}");
            assert_eq!(
                Base::parse(text, true).is_ok(),
                with_loopback,
                "{text} with loopback"
            );
        }
        assert!(Base::parse(&format!("https://a.example/{}", "x".repeat(600)), false).is_err());
    }

    #[test]
    fn endpoints_lie_below_the_base_whether_or_not_it_ends_with_a_slash() {
        for text in ["https://a.example/feed/v1", "https://a.example/feed/v1/"] {
            let base = Base::parse(text, false).unwrap();
            assert_eq!(base.to_string(), "https://a.example/feed/v1");
            let docs = base.endpoint("/log/1/docs/000?after=7");
            assert_eq!(
                docs.as_str(),
                "https://a.example/feed/v1/log/1/docs/000?after=7"
            );
            let known = base.at_site("/.well-known/wardround");
            assert_eq!(known.as_str(), "https://a.example/.well-known/wardround");
            assert!(!base.is_site());
        }
        let site = Base::parse("https://a.example", false).unwrap();
        assert!(site.is_site());
        assert_eq!(
            site.join("/feed/v1").to_string(),
            "https://a.example/feed/v1"
        );
        assert!(site.same_site(&Base::parse("https://a.example:443/x", false).unwrap()));
        assert!(!site.same_site(&Base::parse("https://b.example/x", false).unwrap()));
    }
}
