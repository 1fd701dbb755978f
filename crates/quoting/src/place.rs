//! Finds a quote in a document.

use domain::Body;

/// Bytes of a quote: longer than anyone quotes, and short enough to be looked for at once.
pub const MAX_QUOTE_BYTES: usize = 16_384;

/// The parts of a document in which a quote is looked for, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The text as it was signed: markdown.
    Text,
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// The text as a page shows it, without the marks of markdown.
    Shown,
}

impl Part {
    /// Every part, in the order in which they are looked through.
    pub const ALL: [Self; 4] = [Self::Text, Self::Title, Self::Summary, Self::Shown];

    /// Returns the part as programs read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "body_md",
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Shown => "plain_text",
        }
    }

    /// Returns the part in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "the text as it was signed",
            Self::Title => "the title",
            Self::Summary => "the summary",
            Self::Shown => "the text as a page shows it",
        }
    }
}

/// Where a quote is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// In which part.
    pub part: Part,
    /// Where it begins, in characters (Unicode scalar values) from the beginning of the part.
    pub offset: usize,
    /// How many characters it has there.
    pub len: usize,
    /// What is there.
    pub text: String,
    /// Whether it is the same in every character, white space too.
    pub is_exact: bool,
}

/// Why a quote is not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteFault {
    /// It has no words.
    #[error("the quote is empty")]
    Empty,
    /// It is longer than [`MAX_QUOTE_BYTES`].
    #[error("the quote has more than {MAX_QUOTE_BYTES} bytes; check it in parts")]
    TooLong,
}

/// Returns the first place of a quote; `None` if the document does not have it word for word.
///
/// # Errors
/// For a quote that cannot be looked for.
pub fn find(body: &Body, quote: &str) -> Result<Option<Place>, QuoteFault> {
    if quote.len() > MAX_QUOTE_BYTES {
        return Err(QuoteFault::TooLong);
    }
    let quote = quote.trim();
    let words = Spaced::new(quote);
    if words.text.is_empty() {
        return Err(QuoteFault::Empty);
    }
    let common = body.common();
    let in_part = |part| match part {
        Part::Text => place(&common.body_md, quote, &words, part),
        Part::Title => place(&common.title, quote, &words, part),
        Part::Summary => place(&common.summary, quote, &words, part),
        Part::Shown => place(&markdown::plain_text(&common.body_md), quote, &words, part),
    };
    Ok(Part::ALL.into_iter().find_map(in_part))
}

/// A text with each run of white space as one space, and where each of its characters was.
struct Spaced {
    text: String,
    /// Of each character: its number in the text before, and its first byte there.
    places: Vec<(usize, usize)>,
}

impl Spaced {
    fn new(text: &str) -> Self {
        let mut spaced = Self {
            text: String::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
        };
        for (number, (at, c)) in text.char_indices().enumerate() {
            let is_space = c.is_whitespace();
            if is_space && (spaced.text.is_empty() || spaced.text.ends_with(' ')) {
                continue;
            }
            spaced.text.push(if is_space { ' ' } else { c });
            spaced.places.push((number, at));
        }
        if spaced.text.ends_with(' ') {
            spaced.text.pop();
            spaced.places.pop();
        }
        spaced
    }
}

fn place(text: &str, quote: &str, words: &Spaced, part: Part) -> Option<Place> {
    let spaced = Spaced::new(text);
    let at = spaced.text.find(&words.text)?;
    let first = spaced.text.get(..at)?.chars().count();
    let last = first + words.places.len().checked_sub(1)?;
    let (offset, begin) = *spaced.places.get(first)?;
    let (end_number, end_at) = *spaced.places.get(last)?;
    let found = text.get(begin..)?;
    let length = end_at - begin;
    let end = length + found.get(length..)?.chars().next()?.len_utf8();
    let found = found.get(..end)?;
    Some(Place {
        part,
        offset,
        len: end_number + 1 - offset,
        is_exact: found == quote,
        text: found.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use domain::{Document, Stamp};
    use proptest::prelude::*;
    use wire::{DocumentId, Timestamp};

    use super::*;

    pub(crate) fn body(text: &str) -> Body {
        let mut document = Document::page("Tap and go", text);
        document.common.summary = "Badges on drug trolleys".to_owned();
        let stamp = Stamp {
            id: DocumentId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]),
            rev: 1,
            salt: [3; 16],
            organisation: None,
        };
        domain::body::read(&domain::body::encode(&document, &stamp).unwrap()).unwrap()
    }

    #[test]
    fn a_quote_is_found_word_for_word_and_in_no_other_way() {
        let body = body(
            "# Head\n\nIt took **52 seconds**\nbefore, and 7\u{a0}after.\n\n\u{1f600} The café’s “end”.\n",
        );
        let found = |quote: &str| {
            let place = find(&body, quote).unwrap()?;
            Some((place.part, place.offset, place.len, place.is_exact))
        };
        for (quote, expected) in [
            ("It took **52", Some((Part::Text, 8, 12, true))),
            ("  It\n took   **52 ", Some((Part::Text, 8, 12, false))),
            (
                "seconds** before, and 7 after.",
                Some((Part::Text, 21, 30, false)),
            ),
            ("The café’s “end”.", Some((Part::Text, 55, 17, true))),
            ("Tap and go", Some((Part::Title, 0, 10, true))),
            ("drug trolleys", Some((Part::Summary, 10, 13, true))),
            // The case, another mark, a word left out, a word cut out of the middle.
            ("it took **52", None),
            ("The café's", None),
            ("It took seconds", None),
            ("Tap go", None),
        ] {
            assert_eq!(found(quote), expected, "{quote}");
        }
        let shown = find(&body, "It took 52 seconds before").unwrap().unwrap();
        assert_eq!(shown.part, Part::Shown);
        assert_eq!(find(&body, " \n "), Err(QuoteFault::Empty));
        assert_eq!(
            find(&body, &"x".repeat(MAX_QUOTE_BYTES + 1)),
            Err(QuoteFault::TooLong)
        );
    }

    proptest! {
        #[test]
        fn what_is_cut_out_of_a_text_is_found_there(text in "[ \n\taé\u{1f600}b]{1,60}", from in 0..60_usize, len in 1..20_usize) {
            let body = body(&text);
            let chars: Vec<char> = body.common().body_md.chars().collect();
            let quote: String = chars.iter().skip(from).take(len).collect();
            if let Ok(place) = find(&body, &quote) {
                let place = place.unwrap();
                prop_assert_eq!(place.part, Part::Text);
                let there: String = chars.iter().skip(place.offset).take(place.len).collect();
                prop_assert_eq!(&there, &place.text);
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
                prop_assert_eq!(words(&there), words(&quote));
            }
        }
    }
}
