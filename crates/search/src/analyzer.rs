//! Text to terms: words, lower case, ASCII folding, stop words, English stems.
//!
//! The same analysis runs over documents, over queries and over the text of a snippet. NHS
//! terms that a plain tokenizer would split (`A&E`, `dm+d`, `OPCS-4`, `e-prescribing`) stay whole.

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RemoveLongFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
    TokenizerManager,
};

use crate::stems::Stems;

/// The analysis of everything that is ranked.
pub(crate) const ENGLISH: &str = "wardround_english";
/// Words as they are written: folded and in lower case, neither stopped nor stemmed.
pub(crate) const PLAIN: &str = "wardround_plain";

/// Words of this many bytes and more are encoded data; they would only make the dictionary larger.
const MIN_LONG_WORD_BYTES: usize = 40;

/// Words with a sign inside that are kept whole wherever they occur, in lower case.
/// Single letters joined by `&` (`A&E`, `R&D`), `e-` words and codes such as `OPCS-4` follow rules.
const KEPT_WHOLE: [&str; 4] = ["dm+d", "c++", "c#", "24/7"];

/// Returns the manager that the index looks its analyzers up in.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(ENGLISH, english());
    manager.register(PLAIN, plain());
    manager
}

/// Returns the analysis of ranked fields.
pub(crate) fn english() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default())
        .filter(RemoveLongFilter::limit(MIN_LONG_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stems)
        .build()
}

/// Returns the analysis of the vocabulary fields.
pub(crate) fn plain() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default())
        .filter(RemoveLongFilter::limit(MIN_LONG_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// Splits text into words.
#[derive(Clone, Default)]
pub(crate) struct Words {
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream {
            text,
            at: 0,
            waiting: Waiting::default(),
            token: &mut self.token,
        }
    }
}

/// The words of one text, in order.
pub(crate) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    waiting: Waiting,
    token: &'a mut Token,
}

/// Up to two further readings of the word just given: of `OPCS-4`, after `opcs4`, `opcs` and `4`.
#[derive(Default)]
struct Waiting {
    same_place: Option<(usize, usize)>,
    next_place: Option<(usize, usize)>,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some((from, to)) = self.waiting.same_place.take() {
            self.give(from, to, &[(from, to)]);
            return true;
        }
        self.token.position = self.token.position.wrapping_add(1);
        if let Some((from, to)) = self.waiting.next_place.take() {
            self.give(from, to, &[(from, to)]);
            return true;
        }
        let Some(word) = next_word(self.text, self.at) else {
            return false;
        };
        self.at = word.next;
        match word.shape {
            Shape::Plain => self.give(word.start, word.end, &[(word.start, word.end)]),
            Shape::Electronic { letters_from } => {
                self.waiting.same_place = Some((letters_from, word.end));
                self.give(
                    word.start,
                    word.end,
                    &[(word.start, word.start + 1), (letters_from, word.end)],
                );
            }
            Shape::Code {
                letters_to,
                digits_from,
            } => {
                self.waiting.same_place = Some((word.start, letters_to));
                self.waiting.next_place = Some((digits_from, word.end));
                self.give(
                    word.start,
                    word.end,
                    &[(word.start, letters_to), (digits_from, word.end)],
                );
            }
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

impl WordStream<'_> {
    fn give(&mut self, from: usize, to: usize, pieces: &[(usize, usize)]) {
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.text.clear();
        for (from, to) in pieces {
            let piece = self.text.get(*from..*to).unwrap_or_default();
            if piece.is_ascii() {
                self.token.text.push_str(piece);
            } else {
                self.token
                    .text
                    .extend(piece.chars().filter(|c| !is_invisible(*c)));
            }
        }
    }
}

/// The place of one word in a text; `next` is where the search for the following word begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    next: usize,
    shape: Shape,
}

impl Word {
    /// Returns whether the word has this one reading only.
    pub(crate) fn is_plain(&self) -> bool {
        self.shape == Shape::Plain
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    /// `e-prescribing`, found as `eprescribing` and as `prescribing`.
    Electronic {
        letters_from: usize,
    },
    /// `OPCS-4`, found as `opcs4` and as `opcs` before `4`.
    Code {
        letters_to: usize,
        digits_from: usize,
    },
}

/// Finds the first word at or after byte `from`.
fn next_word(text: &str, from: usize) -> Option<Word> {
    let start = word_start(text, from)?;
    let end = run_end(text, start);
    let plain = Word {
        start,
        end,
        next: end,
        shape: Shape::Plain,
    };
    let Some(sign) = text.as_bytes().get(end).copied() else {
        return Some(plain);
    };
    let first = text.get(start..end)?;
    let second_from = end + 1;
    let until = |end: usize, shape: Shape| Word {
        start,
        end,
        next: end,
        shape,
    };
    // The sign after the first run of letters and digits decides what the word may be.
    let word = match sign {
        b'-' if first.eq_ignore_ascii_case("e") => electronic_end(text, second_from).map(|end| {
            let letters_from = second_from;
            until(end, Shape::Electronic { letters_from })
        }),
        b'-' if (2..=8).contains(&first.len()) && is_letters(first) => code_end(text, second_from)
            .map(|code_end| {
                let (letters_to, digits_from) = (end, second_from);
                until(
                    code_end,
                    Shape::Code {
                        letters_to,
                        digits_from,
                    },
                )
            }),
        b'&' if first.len() == 1 && is_letters(first) => {
            letter_end(text, second_from).map(|end| until(end, Shape::Plain))
        }
        b'+' | b'#' | b'/' => kept_whole(text, start).map(|end| until(end, Shape::Plain)),
        // A possessive is found without its `s`.
        b'\'' => possessive_end(text, second_from).map(|next| Word { next, ..plain }),
        // The first byte of ’ (E2 80 99), the apostrophe that word processors write.
        0xE2 if text.get(end..)?.starts_with('’') => {
            possessive_end(text, end + '’'.len_utf8()).map(|next| Word { next, ..plain })
        }
        _ => None,
    };
    Some(word.unwrap_or(plain))
}

/// Returns the end of the letters after `e-`: at least three, and nothing else up to the end of the word.
fn electronic_end(text: &str, from: usize) -> Option<usize> {
    let end = letters_end(text, from);
    (end >= from + 3 && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the digits of a code, as in `OPCS-4`: one to four, and nothing else up to the end of the word.
fn code_end(text: &str, from: usize) -> Option<usize> {
    let end = digits_end(text, from);
    ((1..=4).contains(&(end - from)) && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the one letter after `&`, as in `A&E`.
fn letter_end(text: &str, from: usize) -> Option<usize> {
    let end = letters_end(text, from);
    (end == from + 1 && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the `s` of a possessive that starts at `from`.
fn possessive_end(text: &str, from: usize) -> Option<usize> {
    let end = run_end(text, from);
    text.get(from..end)?
        .eq_ignore_ascii_case("s")
        .then_some(end)
}

/// Returns the end of the listed word that starts at `start` and is followed by no word character.
fn kept_whole(text: &str, start: usize) -> Option<usize> {
    KEPT_WHOLE.iter().find_map(|kept| {
        let end = start + kept.len();
        let same = text.get(start..end)?.eq_ignore_ascii_case(kept);
        (same && run_end(text, end) == end).then_some(end)
    })
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn letters_end(text: &str, from: usize) -> usize {
    span_end(text, from, |c| c.is_ascii_alphabetic())
}

fn digits_end(text: &str, from: usize) -> usize {
    span_end(text, from, |c| c.is_ascii_digit())
}

/// Returns the place of the first letter or digit at or after `from`.
fn word_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    let at = bytes
        .iter()
        .position(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric())?;
    let from = from + at;
    if bytes.get(at).is_some_and(u8::is_ascii) {
        return Some(from);
    }
    Some(from + text.get(from..)?.find(char::is_alphanumeric)?)
}

/// Returns the end of the run of word characters from `from` on; `from` itself where there is none.
fn run_end(text: &str, from: usize) -> usize {
    // Most words are ASCII, and indexing and snippets spend most of their time here.
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    let ascii = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(bytes.len());
    if bytes.get(ascii).is_none_or(u8::is_ascii) {
        return from + ascii;
    }
    span_end(text, from + ascii, |c| {
        c.is_alphanumeric() || is_invisible(c)
    })
}

fn span_end(text: &str, from: usize, is_part: impl Fn(char) -> bool) -> usize {
    text.get(from..).map_or(from, |rest| {
        rest.char_indices()
            .find(|(_, c)| !is_part(*c))
            .map_or(text.len(), |(at, _)| from + at)
    })
}

/// Returns whether a character belongs to a word without being one of its letters: combining
/// accents, soft hyphens and zero-width joiners.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Returns the words of `text` in order.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = next_word(text, at)?;
        at = word.next;
        Some(word)
    })
}

/// Returns the analysed tokens of `text`, with their positions.
pub(crate) fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    analyzer
        .token_stream(text)
        .process(&mut |token: &Token| found.push((token.position, token.text.clone())));
    found
}

/// Returns whether analysis leaves out a word of a text because it is too long.
pub(crate) fn holds_a_long_word(text: &str) -> bool {
    let mut words = TextAnalyzer::from(Words::default());
    tokens(&mut words, text)
        .iter()
        .any(|(_, word)| word.len() >= MIN_LONG_WORD_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = tokens(&mut english(), text);
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|(position, text)| (*position, text.as_str()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_are_lower_case_folded_stopped_and_stemmed() {
        check("The Nurses' handovers", &[(1, "nurs"), (2, "handov")]);
        check("Café naïve", &[(0, "cafe"), (1, "naiv")]);
        check(
            "Cafe\u{301} soft\u{ad}hyphen",
            &[(0, "cafe"), (1, "softhyphen")],
        );
        check("the and of", &[]);
        check(
            "a trust's plan, the trust’s plan",
            &[(1, "trust"), (2, "plan"), (4, "trust"), (5, "plan")],
        );
        check(&"x".repeat(41), &[]);
        check("", &[]);
        check("—…’'", &[]);
    }

    #[test]
    fn terms_of_the_trade_stay_whole() {
        check("A&E", &[(0, "a&e")]);
        check("a&e-led", &[(0, "a&e"), (1, "led")]);
        check("M&Ms", &[(0, "m"), (1, "ms")]);
        check("dm+d codes", &[(0, "dm+d"), (1, "code")]);
        check("HL7", &[(0, "hl7")]);
        check(
            "OPCS-4 coding",
            &[(0, "opcs4"), (0, "opc"), (1, "4"), (2, "code")],
        );
        check("ICD-10", &[(0, "icd10"), (0, "icd"), (1, "10")]);
        check("e-prescribing", &[(0, "eprescrib"), (0, "prescrib")]);
        check("e-mailé", &[(0, "e"), (1, "mail")]);
        check("well-led", &[(0, "well"), (1, "led")]);
        check("open 24/7.", &[(0, "open"), (1, "24/7")]);
        check("1/2 c#", &[(0, "1"), (1, "2"), (2, "c#")]);
        check("x&", &[(0, "x")]);
        check("e-", &[(0, "e")]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_split_within_its_bounds(text in "\\PC{0,200}") {
            let mut last = 0;
            for word in words(&text) {
                assert!(word.start >= last && word.end > word.start && word.end <= text.len());
                assert!(text.get(word.start..word.end).is_some());
                assert!(word.next >= word.end);
                last = word.end;
            }
            let _ = tokens(&mut english(), &text);
        }
    }
}
