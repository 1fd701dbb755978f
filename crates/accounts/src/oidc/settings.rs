//! The configuration of a provider.

use std::{collections::BTreeMap, fmt};

use url::Url;
use wire::Role;
use zeroize::Zeroizing;

/// A provider.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ProviderSettings {
    /// The short name, in addresses of this site.
    pub name: String,
    /// What the button says.
    pub title: String,
    /// The issuer, byte for byte as its tokens have it.
    pub issuer: String,
    /// This site, as the provider knows it.
    pub client_id: String,
    /// The secret; a public client has none.
    pub client_secret: Option<Zeroizing<String>>,
    /// What is asked for besides `openid`, `email` and `profile`, such as the scope of a claim that has the role.
    pub scopes: Vec<String>,
    /// Domains of e-mail addresses that may sign in.
    pub domains: Vec<String>,
    /// Whether the operator vouches for the e-mail addresses, where the provider does not say that it has verified them.
    pub trust_email: bool,
    /// The claim that has the role, with points between names of objects.
    pub role_claim: Option<String>,
    /// The role of each value of that claim.
    pub roles: BTreeMap<String, Role>,
    /// The role of those without a value; they cannot sign in without it.
    pub default_role: Option<Role>,
}

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSettings")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl ProviderSettings {
    /// Returns what is missing before the provider can be used.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        [
            ("issuer", self.issuer.is_empty()),
            ("client_id", self.client_id.is_empty()),
            ("domains", self.domains.is_empty()),
        ]
        .into_iter()
        .find_map(|(key, is_missing)| is_missing.then_some(key))
    }

    /// Says whether an address may be that of a provider: `https`, or `http` on this machine for development.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        let Ok(url) = Url::parse(text) else {
            return false;
        };
        let is_plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        is_plain
            && match url.scheme() {
                "https" => url.has_host(),
                "http" => is_loopback,
                _ => false,
            }
    }
}
