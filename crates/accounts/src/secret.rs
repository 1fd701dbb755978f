//! Secrets that are shown once: the part of a one-time link, and personal access tokens. They are stored as digests.

use std::fmt;

use wire::base64;
use zeroize::Zeroizing;

/// Bytes of randomness: no one guesses 256 bits, so looking one up needs no slow hash.
const BYTES: usize = 32;
/// How access tokens begin, so that tools that look for leaked secrets recognise them.
const TOKEN_PREFIX: &str = "wrt_";

/// A secret that is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeSecret(Zeroizing<String>);

impl OneTimeSecret {
    /// Draws the secret part of a link.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn for_link() -> Result<Self, getrandom::Error> {
        Self::draw("")
    }

    /// Draws a personal access token.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn for_token() -> Result<Self, getrandom::Error> {
        Self::draw(TOKEN_PREFIX)
    }

    fn draw(prefix: &str) -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        let text = format!("{prefix}{}", base64::encode_url(bytes.as_slice()));
        Ok(Self(Zeroizing::new(text)))
    }

    /// Reads a secret that someone has sent; `None` if it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.strip_prefix(TOKEN_PREFIX).unwrap_or(text);
        base64::decode_url_array::<BYTES>(bytes)?;
        Some(Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the text, to show it or to look it up.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Says whether this is an access token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.0.starts_with(TOKEN_PREFIX)
    }
}

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_back_and_is_not_shown_by_debug() {
        for (made, is_token) in [
            (OneTimeSecret::for_link().unwrap(), false),
            (OneTimeSecret::for_token().unwrap(), true),
        ] {
            assert_eq!(OneTimeSecret::parse(made.expose()), Some(made.clone()));
            assert_eq!(made.is_token(), is_token);
            assert!(!format!("{made:?}").contains(made.expose()));
        }
        for wrong in ["", "wrt_", "x", "wrt_wrt_AAAA", "AAAA="] {
            assert!(OneTimeSecret::parse(wrong).is_none(), "{wrong}");
        }
    }
}
