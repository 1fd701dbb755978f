//! SHA-256 digests in their one written form.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::{base64, text_form::text_form};

const PREFIX: &str = "sha256:";

/// A SHA-256 digest, written `sha256:` + 43 characters of URL-safe base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

text_form!(Digest, "a digest (`sha256:` and 43 characters)");

impl Digest {
    /// Computes the digest of `bytes`.
    #[must_use]
    pub fn for_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Wraps 32 bytes that are already a SHA-256 digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the written form; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        base64::decode_url_array(text.strip_prefix(PREFIX)?).map(Self)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", base64::encode_url(&self.0))
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_and_nothing_else_does() {
        let digest = Digest::for_bytes(b"lessons");
        let text = digest.to_string();
        assert_eq!(text.len(), 7 + 43);
        assert_eq!(Digest::parse(&text), Some(digest));
        for wrong in [
            "",
            "sha256:",
            "sha512:abc",
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}A"),
        ] {
            assert_eq!(Digest::parse(wrong), None, "{wrong}");
        }
    }
}
