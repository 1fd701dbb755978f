//! Splits text into words. It knows no language: what a word becomes is decided by the analysis after it.
//!
//! Three things are more than a run of letters and digits. Terms with a sign inside (`A&E`, `OPCS-4`, `e-prescribing`)
//! stay whole. Words with a hyphen are found by their parts and joined, so that `Wi-Fi` is `wifi` too. Scripts that
//! write no spaces between words (Han, kana, Thai and their neighbours) are split into overlapping pairs of signs.

use std::ops::RangeInclusive;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::letters;
use crate::splitting::{Shape, Word, next_word, run_end};

/// A word of capitals that would be a stop word in lower case is a word of its own: IT, AT. This mark before it says so.
pub(crate) const CAPITALS_MARK: char = '=';

/// Stop words that capitals make words, always or if the next word is not in capitals.
const ALWAYS_CAPITALS: &str = "IT";
const CAPITALS: [&str; 4] = ["AT", "AS", "IS", "NO"];

/// Verbs that come before `in` or `on` in words that are also written as one, as in `login`. The particle is a stop
/// word, so that the two words cannot be found next to each other.
const PHRASAL: [&str; 20] = [
    "log", "sign", "check", "plug", "drop", "walk", "opt", "add", "roll", "switch", "stand",
    "clock", "hand", "tie", "tap", "built", "build", "book", "lock", "buy",
];

/// The lengths of these verbs.
const PHRASAL_BYTES: RangeInclusive<usize> = 3..=6;

/// Longer joined words are no words.
const MAX_JOINED_BYTES: usize = 30;

/// Which readings of a word are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readings {
    /// All of them, as a document needs: parts, joined parts, codes with and without their number.
    All,
    /// The parts alone, as a query needs, which asks for the others by itself.
    Parts,
}

/// The tokenizer.
#[derive(Clone)]
pub(crate) struct Words {
    readings: Readings,
    /// Whether words of capitals carry the mark.
    marks_capitals: bool,
    token: Token,
}

impl Words {
    pub(crate) fn new(readings: Readings, marks_capitals: bool) -> Self {
        Self {
            readings,
            marks_capitals,
            token: Token::default(),
        }
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream {
            text,
            at: 0,
            readings: self.readings,
            marks_capitals: self.marks_capitals,
            waiting: Waiting::default(),
            token: &mut self.token,
        }
    }
}

/// The words of one text, in order.
pub(crate) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    readings: Readings,
    marks_capitals: bool,
    waiting: Waiting,
    token: &'a mut Token,
}

/// Further readings of the word just given: up to two pieces that are joined, at the same place, and one at the next.
/// Of `OPCS-4`, after `opcs4`: `opcs`, then `4`.
#[derive(Default)]
struct Waiting {
    same_place: Option<(Piece, Piece)>,
    next_place: Option<Piece>,
}

/// A part of the text, from one byte to another.
type Piece = (usize, usize);

/// No part of the text.
const NOTHING: Piece = (0, 0);

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some((first, second)) = self.waiting.same_place.take() {
            self.give(first, second);
            return true;
        }
        self.token.position = self.token.position.wrapping_add(1);
        if let Some(piece) = self.waiting.next_place.take() {
            self.give(piece, NOTHING);
            return true;
        }
        let Some(word) = next_word(self.text, self.at) else {
            return false;
        };
        self.at = word.next;
        let whole = (word.start, word.end);
        match word.shape {
            Shape::Plain => {
                self.give(whole, NOTHING);
                if self.marks_capitals {
                    self.mark_capitals(&word);
                }
                if self.readings == Readings::All {
                    self.waiting.same_place = joined(self.text, &word);
                }
            }
            Shape::Electronic { letters_from } => {
                let letters = (letters_from, word.end);
                self.waiting.same_place = Some((letters, NOTHING));
                self.give((word.start, word.start + 1), letters);
            }
            Shape::Code {
                letters_to,
                digits_from,
            } => {
                let (letters, digits) = ((word.start, letters_to), (digits_from, word.end));
                self.waiting.next_place = Some(digits);
                if self.readings == Readings::All {
                    self.waiting.same_place = Some((letters, NOTHING));
                    self.give(letters, digits);
                } else {
                    self.give(letters, NOTHING);
                }
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
    fn give(&mut self, first: Piece, second: Piece) {
        self.token.offset_from = first.0;
        self.token.offset_to = first.1.max(second.1);
        self.token.text.clear();
        self.push(first);
        // Most words are one piece.
        if second != NOTHING {
            self.push(second);
        }
    }

    fn push(&mut self, (from, to): Piece) {
        let piece = self.text.get(from..to).unwrap_or_default();
        if piece.is_ascii() {
            self.token.text.push_str(piece);
        } else {
            letters::push_normal(&mut self.token.text, piece);
        }
    }

    /// Marks the word just given if it is a stop word that capitals make a word.
    fn mark_capitals(&mut self, word: &Word) {
        let written = self.token.text.as_str();
        let is_word = written == ALWAYS_CAPITALS
            || (CAPITALS.contains(&written) && !is_among_capitals(self.text, word));
        if is_word {
            self.token.text.insert(0, CAPITALS_MARK);
        }
    }
}

/// Returns whether the words next to a word are in capitals too, as in a heading, where capitals say nothing.
fn is_among_capitals(text: &str, word: &Word) -> bool {
    let is_capitals = |written: &str| written.len() > 1 && !written.chars().any(char::is_lowercase);
    let after = next_word(text, word.next).and_then(|next| text.get(next.start..next.end));
    let before = text.get(..word.start).unwrap_or_default();
    let before = before
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .rsplit(|c: char| !c.is_alphanumeric())
        .next();
    let near = [before, after].into_iter().flatten();
    near.filter(|written| !written.is_empty()).any(is_capitals)
}

/// Returns the two parts of a word with a hyphen, of which this is the first, or of a verb and its particle.
fn joined(text: &str, word: &Word) -> Option<(Piece, Piece)> {
    // Most words end at a space, and few of those are before a particle.
    let behind = text.as_bytes().get(word.end..)?;
    if behind.first() == Some(&b' ') && !begins_with_particle(behind.get(1..)?) {
        return None;
    }
    let first = text.get(word.start..word.end)?;
    let sign = text.get(word.end..)?.chars().next()?;
    let from = word.end + sign.len_utf8();
    let is_hyphen = matches!(sign, '-' | '\u{2010}' | '\u{2011}');
    let may_be_phrasal = || sign == ' ' && is_phrasal(first);
    if word.next != word.end || !(is_hyphen || may_be_phrasal()) {
        return None;
    }
    let to = run_end(text, from);
    let second = text.get(from..to)?;
    if second.is_empty() || to - word.start > MAX_JOINED_BYTES {
        return None;
    }
    let is_one = if is_hyphen {
        first
            .bytes()
            .chain(second.bytes())
            .any(|byte| !byte.is_ascii_digit())
    } else {
        is_particle(second)
    };
    is_one.then_some(((word.start, word.end), (from, to)))
}

/// Says whether a word is a verb that comes before a particle.
fn is_phrasal(word: &str) -> bool {
    PHRASAL_BYTES.contains(&word.len())
        && PHRASAL.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// Says whether two words are such a verb and its particle, which is a stop word.
pub(crate) fn is_phrasal_pair(verb: &str, particle: &str) -> bool {
    is_particle(particle) && is_phrasal(verb)
}

fn is_particle(word: &str) -> bool {
    word.len() == 2 && begins_with_particle(word.as_bytes())
}

/// Says whether a text begins with the letters of `in` or `on`.
fn begins_with_particle(text: &[u8]) -> bool {
    matches!(text, [b'i' | b'I' | b'o' | b'O', b'n' | b'N', ..])
}

/// Returns the end of the word with a hyphen whose first part this is.
pub(crate) fn joined_end(text: &str, word: &Word) -> Option<usize> {
    joined(text, word).map(|(_, (_, end))| end)
}
