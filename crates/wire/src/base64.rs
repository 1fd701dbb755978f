//! Canonical base64: standard with padding inside notes, URL-safe without padding in JSON.
//!
//! Non-canonical encodings (stray bits in the last character, missing or superfluous padding,
//! white space) are refused.

use data_encoding::{BASE64, BASE64URL_NOPAD};

/// Encodes as standard base64 with padding, as used inside notes.
#[must_use]
pub fn encode_std(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Decodes canonical standard base64 with padding.
#[must_use]
pub fn decode_std(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).ok()
}

/// Encodes as URL-safe base64 without padding, as used in JSON and paths.
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// Decodes canonical URL-safe base64 without padding.
#[must_use]
pub fn decode_url(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

/// Decodes canonical URL-safe base64 of exactly `N` bytes.
#[must_use]
pub fn decode_url_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode_url(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_encodings_are_read() {
        for (text, read) in [
            ("AA==", true),
            ("AB==", false),
            ("AA", false),
            ("AA= =", false),
        ] {
            assert_eq!(decode_std(text).is_some(), read, "standard {text}");
        }
        for (text, read) in [
            ("AA", true),
            ("AB", false),
            ("AA==", false),
            ("A+", false),
            ("", true),
        ] {
            assert_eq!(decode_url(text).is_some(), read, "url {text}");
        }
    }
}
