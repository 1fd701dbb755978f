//! The requests to a provider: what it publishes about itself, and the exchange of a code for a token.
//!
//! Every request has a limit of time and of bytes, follows no redirect, and goes to an address that the issuer's own
//! settings name over TLS. Nothing in a token or in a browser's request is ever an address.

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use reqwest::Client;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use url::Url;
use wire::{Timestamp, base64};

use crate::Roots;

use super::{
    Lie, Person, ProviderError, ProviderSettings,
    id_token::{self, Expected},
    published::{Kept, Metadata, Published},
};

/// Where an issuer says what it is (OpenID Connect Discovery 1.0 §4).
const DISCOVERY: &str = "/.well-known/openid-configuration";
const MAX_CONNECT: Duration = Duration::from_secs(5);
/// A person waits: for what the provider publishes, and again for each token.
const MAX_REQUEST: Duration = Duration::from_secs(10);
/// Bytes of what a provider publishes: some kB, with many keys 50.
const MAX_ANSWER_BYTES: usize = 256 << 10;
/// Keys of a provider that are looked at.
const MAX_KEYS: usize = 64;
/// How long what it publishes is used.
const KEPT_FOR: Duration = Duration::from_secs(3_600);
/// How soon it is asked again for a key that it did not publish before.
const MIN_REFRESH: Duration = Duration::from_secs(60);
/// Bytes of randomness in state, nonce and verifier.
const RANDOM_BYTES: usize = 32;
/// A code or a state that is longer is not ours.
const MAX_PARAMETER_BYTES: usize = 4 << 10;

/// What is always asked for: who the person is, the address and the name.
const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// A provider.
pub struct Provider {
    /// What the operator says about it.
    pub settings: ProviderSettings,
    proxy: Option<Url>,
    client: RwLock<Client>,
    published: Kept,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.settings.fmt(f)
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// A sign-in that has begun; it is kept in the session of the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The short name of the provider.
    pub provider: String,
    /// Comes back with the browser.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves that the code is exchanged by who began.
    pub verifier: String,
}

/// What the browser brings back.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Callback {
    /// The code, to be exchanged for a token.
    pub code: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// The provider (RFC 9207).
    pub iss: Option<String>,
}

impl Provider {
    /// Makes a provider, which is not asked yet; `proxy` is for all requests, and `roots` are trusted as well as the system's.
    ///
    /// # Errors
    /// When the system has no TLS roots.
    pub fn new(
        settings: ProviderSettings,
        proxy: Option<&Url>,
        roots: &Roots,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            settings,
            client: RwLock::new(client(proxy, roots)?),
            proxy: proxy.cloned(),
            published: Kept::new(MAX_REQUEST),
        })
    }

    /// Trusts these authorities from the next request on, and those that the system has now.
    ///
    /// # Errors
    /// When the system has no TLS roots; nothing is changed then.
    pub fn trust(&self, roots: &Roots) -> Result<(), reqwest::Error> {
        let trusting = client(self.proxy.as_ref(), roots)?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = trusting;
        Ok(())
    }

    fn client(&self) -> Client {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner);
        client.clone()
    }

    /// Shortens the wait for what the provider publishes.
    #[cfg(test)]
    pub(super) fn set_max_wait(&mut self, max_wait: Duration) {
        self.published = Kept::new(max_wait);
    }

    /// Begins a sign-in: returns the address that the browser goes to, and what it has to bring back.
    ///
    /// # Errors
    /// `Unreachable`, `Lie`.
    pub async fn begin(
        &self,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<(Url, Begun), ProviderError> {
        let published = self.published(now, false).await?;
        let begun = Begun {
            provider: self.settings.name.clone(),
            state: random()?,
            nonce: random()?,
            verifier: random()?,
        };
        let challenge = base64::encode_url(&Sha256::digest(begun.verifier.as_bytes()));
        let usual = SCOPES.into_iter();
        let scope: Vec<&str> = usual
            .chain(self.settings.scopes.iter().map(String::as_str))
            .collect();
        let scope = scope.join(" ");
        let mut url =
            Url::parse(&published.metadata.authorization_endpoint).map_err(|_| Lie::Address)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &scope)
            .append_pair("state", &begun.state)
            .append_pair("nonce", &begun.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok((url, begun))
    }

    /// Ends a sign-in: exchanges the code for a token, and returns the person that the token is about.
    ///
    /// # Errors
    /// Any [`ProviderError`].
    pub async fn finish(
        &self,
        begun: &Begun,
        callback: &Callback,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Person, ProviderError> {
        // Step 1: the answer belongs to this browser and to this provider.
        if begun.provider != self.settings.name || callback.state.as_ref() != Some(&begun.state) {
            return Err(ProviderError::State);
        }
        let published = self.published(now, false).await?;
        let says_who = published
            .metadata
            .authorization_response_iss_parameter_supported;
        match &callback.iss {
            Some(issuer) if *issuer != self.settings.issuer => return Err(Lie::Issuer.into()),
            None if says_who && callback.error.is_none() => return Err(Lie::Issuer.into()),
            _ => {}
        }
        if callback.error.is_some() {
            return Err(ProviderError::Denied);
        }
        let code = callback.code.as_deref().ok_or(ProviderError::Denied)?;
        if code.len() > MAX_PARAMETER_BYTES {
            return Err(Lie::Size.into());
        }
        // Step 2: the code is exchanged over TLS, with the verifier that only this site has.
        let token = self
            .exchange(&published.metadata, code, begun, redirect_uri)
            .await?;
        // Step 3: the token is checked; keys that changed since are fetched once.
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &begun.nonce,
        };
        let checked = match id_token::check(&token, &published.keys, expected, now) {
            Err(Lie::Key) => {
                let fresh = self.published(now, true).await?;
                id_token::check(&token, &fresh.keys, expected, now)
            }
            checked => checked,
        };
        Ok(Person::read(&checked?, &self.settings))
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        begun: &Begun,
        redirect_uri: &str,
    ) -> Result<String, ProviderError> {
        let id = self.settings.client_id.as_str();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        let mut request = self.client().post(&metadata.token_endpoint);
        // RFC 8414 §2: without a list the provider takes the secret in a header.
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let in_form =
            !methods.is_empty() && !methods.iter().any(|one| one == "client_secret_basic");
        match &self.settings.client_secret {
            Some(secret) if !in_form => {
                request = request.basic_auth(form_encoded(id), Some(form_encoded(secret)));
            }
            Some(secret) => form.extend([("client_id", id), ("client_secret", secret.as_str())]),
            None => form.push(("client_id", id)),
        }
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body);
        let answer: TokenAnswer = self.read(request).await?;
        Ok(answer.id_token)
    }

    /// Returns what the provider publishes, fetched within the last hour; with `again` within the last minute.
    async fn published(&self, now: Timestamp, again: bool) -> Result<Published, ProviderError> {
        let max_age = if again { MIN_REFRESH } else { KEPT_FOR };
        self.published.get(now, max_age, self.fetch()).await
    }

    /// Fetches what the provider publishes.
    async fn fetch(&self) -> Result<Published, ProviderError> {
        let issuer = self.settings.issuer.trim_end_matches('/');
        let metadata: Metadata = self.get(&format!("{issuer}{DISCOVERY}")).await?;
        // OpenID Connect Discovery 1.0 §4.3: exactly the issuer that was asked.
        if metadata.issuer != self.settings.issuer {
            return Err(Lie::Issuer.into());
        }
        let addresses = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        if !addresses.into_iter().all(|address| self.may_use(address)) {
            return Err(Lie::Address.into());
        }
        let set: KeySet = self.get(&metadata.jwks_uri).await?;
        // A key of a kind that is not known here is for something else.
        let keys = set.keys.into_iter().take(MAX_KEYS);
        let keys = keys
            .filter_map(|key| serde_json::from_value(key).ok())
            .collect();
        Ok(Published { metadata, keys })
    }

    /// Says whether an address that the provider names is of its kind: a provider that is reached over TLS cannot lead
    /// us to an address of this machine.
    fn may_use(&self, address: &str) -> bool {
        let scheme = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        ProviderSettings::is_address(address) && scheme(address) == scheme(&self.settings.issuer)
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, ProviderError> {
        let request = self
            .client()
            .get(address)
            .header("accept", "application/json");
        self.read(request).await
    }

    /// Sends a request, and reads the answer up to its limit.
    async fn read<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, ProviderError> {
        let failed =
            |error: reqwest::Error| ProviderError::Unreachable(error.without_url().to_string());
        let mut response = request.send().await.map_err(failed)?;
        if !response.status().is_success() {
            let text = format!("status {}", response.status().as_u16());
            return Err(ProviderError::Unreachable(text));
        }
        let mut bytes = Vec::new();
        while let Some(part) = response.chunk().await.map_err(failed)? {
            if bytes.len() + part.len() > MAX_ANSWER_BYTES {
                return Err(Lie::Size.into());
            }
            bytes.extend_from_slice(&part);
        }
        serde_json::from_slice(&bytes).map_err(|_| Lie::Form.into())
    }
}

/// Makes what sends requests, and trusts the authorities of the system and of `roots`.
fn client(proxy: Option<&Url>, roots: &Roots) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(concat!("wardround/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(MAX_CONNECT)
        .timeout(MAX_REQUEST)
        .no_gzip()
        .no_zstd()
        .no_proxy();
    let builder = match proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone())?),
        None => builder,
    };
    let builder = match roots.providers.as_slice() {
        [] => builder,
        roots => builder.tls_certs_merge(roots.iter().cloned()),
    };
    builder.build()
}

/// RFC 6749 §2.3.1: id and secret are form-encoded before they become a header.
fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn random() -> Result<String, ProviderError> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| ProviderError::Unreachable(error.to_string()))?;
    Ok(base64::encode_url(&bytes))
}
