//! Which records a list has (§2.6, §2.7).

use wire::Timestamp;

/// Bytes of the name of a set.
const MAX_SET_BYTES: usize = 128;

/// Which records a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Changed at this time or later.
    pub from: Option<Timestamp>,
    /// Changed before this time.
    pub before: Option<Timestamp>,
    /// Of this set.
    pub set: Option<String>,
}

/// Says whether a text has the form of a name of a set (§2.6).
pub(crate) fn is_set_spec(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_plain);
    text.len() <= MAX_SET_BYTES && text.split(':').all(is_part)
}
