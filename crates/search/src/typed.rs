//! What was typed, word by word: as it was written, as a stem, and next to which other word.

use std::collections::HashMap;

use tantivy::tokenizer::TextAnalyzer;

use crate::analyzer;
use crate::asking::Role;
use crate::compounds::Parts;
use crate::letters;

/// Signs of a script without spaces that are one word; more are a sentence, and each pair counts alone.
const MAX_SIGN_PAIRS: usize = 3;

/// The longest word that is joined or parted.
pub(crate) const MAX_JOINED_BYTES: usize = 30;

/// A word that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypedWord {
    /// In lower case and folded, with the mark of a word of capitals.
    pub(crate) plain: String,
    /// Its stem; `None` for a stop word.
    pub(crate) stem: Option<String>,
    /// What it is written as two, if it is.
    pub(crate) parts: Option<Parts>,
    /// Another reading of the word before: `prescribing` of `e-prescribing`.
    pub(crate) is_reading: bool,
    /// Whether it was typed in capitals, as abbreviations are.
    pub(crate) is_capitals: bool,
    /// Which piece between spaces it is from.
    pub(crate) piece: usize,
    /// What it is to the search.
    pub(crate) role: Role,
}

impl TypedWord {
    /// Returns the word that it makes with the next one: `wifi` of `wi fi`.
    pub(crate) fn joined(&self, next: &Self) -> Option<String> {
        let joined = format!("{}{}", self.plain, next.plain);
        let is_word = !next.is_reading
            && joined.len() <= MAX_JOINED_BYTES
            && joined.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && joined.bytes().any(|byte| byte.is_ascii_alphabetic());
        is_word.then_some(joined)
    }

    fn is_sign(&self) -> bool {
        self.plain.starts_with(letters::is_sign)
    }
}

/// Reads typed text; remembers nothing between two texts but stems.
pub(crate) struct Typing {
    plain: TextAnalyzer,
    english: TextAnalyzer,
    stems: HashMap<String, Option<String>>,
}

impl Typing {
    pub(crate) fn new() -> Self {
        Self {
            plain: analyzer::typed_plain(),
            english: analyzer::typed_english(),
            stems: HashMap::new(),
        }
    }

    /// Returns the words of the pieces that were typed between spaces.
    pub(crate) fn words(&mut self, pieces: &[String]) -> Vec<TypedWord> {
        let mut words = Vec::new();
        for (piece, text) in pieces.iter().enumerate() {
            let mut last_position = None;
            let mut tokens = Vec::new();
            self.plain.token_stream(text).process(&mut |token| {
                let written = text.get(token.offset_from..token.offset_to);
                let written = written.unwrap_or_default();
                tokens.push((token.position, token.text.clone(), is_capitals(written)));
            });
            for (position, plain, is_capitals) in tokens {
                words.push(TypedWord {
                    stem: self.stem(&plain),
                    plain,
                    parts: None,
                    is_reading: last_position == Some(position),
                    is_capitals,
                    piece,
                    role: Role::default(),
                });
                last_position = Some(position);
            }
        }
        words
    }

    /// Returns the stem of a word in lower case; `None` for a stop word.
    pub(crate) fn stem(&mut self, plain: &str) -> Option<String> {
        if let Some(known) = self.stems.get(plain) {
            return known.clone();
        }
        // The mark of a word of capitals survives the analysis only where the capitals do.
        let stem = if plain.starts_with(crate::words::CAPITALS_MARK) {
            Some(plain.to_owned())
        } else {
            let mut tokens = self.analysed(plain).into_iter();
            tokens.next().map(|(_, stem)| stem)
        };
        self.stems.insert(plain.to_owned(), stem.clone());
        stem
    }

    /// Returns the first two words as if they had been typed as one.
    pub(crate) fn joined(&mut self, words: &[TypedWord]) -> Option<TypedWord> {
        let [first, second, ..] = words else {
            return None;
        };
        let plain = first.joined(second)?;
        Some(TypedWord {
            stem: self.stem(&plain),
            plain,
            parts: None,
            is_reading: false,
            is_capitals: false,
            piece: first.piece,
            role: Role::default(),
        })
    }

    /// Returns the terms of a text with their positions, one at each, as a phrase needs them.
    pub(crate) fn analysed(&mut self, text: &str) -> Vec<(usize, String)> {
        let mut terms = analyzer::tokens(&mut self.english, text);
        terms.dedup_by_key(|(position, _)| *position);
        terms
    }
}

/// Returns the stems of the words of a text, by which two names are the same: `virtual ward` and *Virtual wards*.
#[must_use]
pub fn stems(text: &str) -> Vec<String> {
    let mut analyzer = analyzer::typed_english();
    let stems = analyzer::tokens(&mut analyzer, text);
    stems.into_iter().map(|(_, stem)| stem).collect()
}

fn is_capitals(written: &str) -> bool {
    written.chars().filter(|c| c.is_uppercase()).count() > 1
        && !written.chars().any(char::is_lowercase)
}

/// Returns how many words from the first on are pairs of signs of one short word; 1 if it is another word.
pub(crate) fn sign_run(words: &[TypedWord]) -> usize {
    let Some(first) = words.first().filter(|word| word.is_sign()) else {
        return 1;
    };
    let same = words
        .iter()
        .take_while(|word| word.piece == first.piece && word.is_sign());
    match same.count() {
        count if count <= MAX_SIGN_PAIRS => count,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_with_what_is_known_of_them() {
        let pieces: Vec<String> = ["What", "IT", "e-prescribing", "看護師"]
            .map(str::to_owned)
            .into();
        let words = Typing::new().words(&pieces);
        let shown: Vec<String> = words
            .iter()
            .map(|word| {
                let stem = word.stem.as_deref().unwrap_or("–");
                let reading = if word.is_reading { " reading" } else { "" };
                let capitals = if word.is_capitals { " capitals" } else { "" };
                format!("{} {stem}{reading}{capitals}", word.plain)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "what what",
                "=it =it capitals",
                "eprescribing eprescrib",
                "prescribing prescrib reading",
                "看護 看護",
                "護師 護師",
            ]
        );
        assert!(words[0].is_of_question() && !words[1].is_of_question());
        assert_eq!(sign_run(&words), 1);
        assert_eq!(sign_run(&words[4..]), 2);
    }
}
