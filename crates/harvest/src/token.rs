//! Resumption tokens: the whole state of a list, so that the server keeps none.
//!
//! A token is not signed. Whoever writes one gets what the arguments in it could have been asked for.

use wire::{Timestamp, base64};

use crate::selection::{Selection, is_set_spec};

/// The version of the form of tokens.
const VERSION: &str = "1";
/// Bytes of a token: more than its parts can have.
const MAX_TOKEN_BYTES: usize = 512;

/// Where a list continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// What the list selects. Its end is always given, so that a list ends although records change meanwhile.
    pub selection: Selection,
    /// The number of the last record that was answered.
    pub after: u64,
    /// How many items were answered.
    pub cursor: u64,
}

impl Position {
    /// Writes it as a token.
    #[must_use]
    pub fn token(&self) -> String {
        let millis = |at: Option<Timestamp>| at.map(|at| at.millis().to_string());
        let parts = [
            VERSION.to_owned(),
            millis(self.selection.from).unwrap_or_default(),
            millis(self.selection.before).unwrap_or_default(),
            self.selection.set.clone().unwrap_or_default(),
            self.after.to_string(),
            self.cursor.to_string(),
        ];
        base64::encode_url(parts.join(" ").as_bytes())
    }

    /// Reads a token; `None` for anything that [`Position::token`] does not write.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let text = String::from_utf8(base64::decode_url(token)?).ok()?;
        let mut parts = text.split(' ');
        let mut part = || parts.next();
        if part()? != VERSION {
            return None;
        }
        let position = Self {
            selection: Selection {
                from: time(part()?)?,
                before: time(part()?)?,
                set: set(part()?)?,
            },
            after: part()?.parse().ok()?,
            cursor: part()?.parse().ok()?,
        };
        // Whatever has another spelling, or more parts, is not ours.
        (position.token() == token).then_some(position)
    }
}

#[expect(
    clippy::option_option,
    reason = "outside: it can be read; inside: it is given"
)]
fn time(text: &str) -> Option<Option<Timestamp>> {
    match text {
        "" => Some(None),
        text => Some(Some(Timestamp::from_millis(text.parse().ok()?))),
    }
}

#[expect(
    clippy::option_option,
    reason = "outside: it can be read; inside: it is given"
)]
fn set(text: &str) -> Option<Option<String>> {
    match text {
        "" => Some(None),
        text if is_set_spec(text) => Some(Some(text.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position() -> Position {
        Position {
            selection: Selection {
                from: None,
                before: Some(Timestamp::from_secs(1_790_000_000)),
                set: Some("topic:epma".to_owned()),
            },
            after: 7,
            cursor: 100,
        }
    }

    #[test]
    fn a_token_reads_back_and_nothing_else_is_read() {
        let token = position().token();
        assert_eq!(Position::parse(&token), Some(position()));
        let encoded = |text: &str| base64::encode_url(text.as_bytes());
        for wrong in [
            String::new(),
            "x".to_owned(),
            format!("{token}="),
            encoded("2   topic:epma 7 100"),
            encoded("1   topic:epma 7"),
            encoded("1   topic:epma 7 100 "),
            encoded("1   topic:epma 07 100"),
            encoded("1   topic:epma -7 100"),
            encoded("1   a<b 7 100"),
            encoded("1 x   7 100"),
            encoded(&format!("1   {} 7 100", "a".repeat(500))),
        ] {
            assert_eq!(Position::parse(&wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,600}") {
            if let Some(position) = Position::parse(&text) {
                prop_assert_eq!(position.token(), text);
            }
        }
    }
}
