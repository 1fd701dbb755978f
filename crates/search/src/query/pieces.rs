//! The pieces of what was typed: words, phrases and `name:value`.

/// One piece between spaces.
pub(super) struct Piece {
    pub(super) excluded: bool,
    pub(super) name: Option<String>,
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// Reads a text piece by piece.
pub(super) struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    /// Whether a quotation mark is never closed.
    pub(super) open_quote: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            chars: text.chars().peekable(),
            open_quote: false,
        }
    }

    /// Reads the next word, phrase or `name:value`; `None` at the end of the text.
    pub(super) fn piece(&mut self) -> Option<Piece> {
        let is_space = |c: &char| c.is_whitespace() || c.is_control();
        while self.chars.next_if(is_space).is_some() {}
        self.chars.peek()?;
        // A minus sign before anything excludes it, but before a figure it belongs to the figure: `-80 freezer`.
        let is_minus = |c: &char| matches!(c, '-' | '\u{2212}');
        let has_minus = self.chars.next_if(is_minus).is_some();
        let excluded = has_minus && !self.chars.peek().is_some_and(|c| c.is_numeric());
        // `"two words"`.
        if self.chars.next_if(|c| is_quote(*c)).is_some() {
            return Some(Piece {
                excluded,
                name: None,
                text: self.phrase(),
                quoted: true,
            });
        }
        // A word, to the next space or quotation mark.
        let mut text = String::new();
        while let Some(c) = self.chars.next_if(|c| !is_space(c)) {
            if !is_quote(c) {
                text.push(c);
                continue;
            }
            // `name:"two words"`; any other quotation mark inside a word ends it.
            if let Some(name) = text.strip_suffix(':').filter(|name| is_name(name)) {
                return Some(Piece {
                    excluded,
                    name: Some(name.to_owned()),
                    text: self.phrase(),
                    quoted: true,
                });
            }
            if !text.is_empty() {
                break;
            }
        }
        Some(word(excluded, text))
    }

    fn phrase(&mut self) -> String {
        let mut text = String::new();
        for c in self.chars.by_ref() {
            if is_quote(c) {
                return text;
            }
            text.push(c);
        }
        self.open_quote = true;
        text
    }
}

/// Returns the piece that a word without quotation marks is: `name:value`, or the word alone.
fn word(excluded: bool, text: String) -> Piece {
    let named = text.split_once(':').filter(|(name, value)| {
        // `https://…` and `10:30` are words.
        is_name(name) && value.chars().any(char::is_alphanumeric) && !value.starts_with('/')
    });
    let (name, text) = match named {
        Some((name, value)) => (Some(name.to_owned()), value.to_owned()),
        None => (None, text),
    };
    Piece {
        excluded,
        name,
        text,
        quoted: false,
    }
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}'
    )
}

/// Returns whether a text can be the name of a filter.
pub(super) fn is_name(text: &str) -> bool {
    text.len() > 1
        && text.len() <= 24
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
}
