//! The last step of the analysis of ranked fields: stop words are left out, other words are stemmed.
//!
//! The English stemmer costs more than everything else that indexing does with a word, and most words of a text
//! have come before. So each analyzer remembers what it made of them.

use std::collections::HashMap;

use tantivy::tokenizer::{
    Language, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};

/// Most words that an analyzer remembers: some megabytes. Beyond it the memory begins again.
const MAX_REMEMBERED_WORDS: usize = 1 << 15;

/// Leaves out stop words and stems the others; the tokens that come in are in lower case.
#[derive(Clone)]
pub(crate) struct Stems;

impl TokenFilter for Stems {
    type Tokenizer<T: Tokenizer> = StemsTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> StemsTokenizer<T> {
        StemsTokenizer {
            inner: tokenizer,
            memory: Memory::new(),
        }
    }
}

/// A tokenizer whose words are stemmed.
#[derive(Clone)]
pub(crate) struct StemsTokenizer<T> {
    inner: T,
    memory: Memory,
}

impl<T: Tokenizer> Tokenizer for StemsTokenizer<T> {
    type TokenStream<'a> = StemsStream<'a, T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        StemsStream {
            tail: self.inner.token_stream(text),
            memory: &mut self.memory,
        }
    }
}

/// The stems of one text, in order.
pub(crate) struct StemsStream<'a, T> {
    tail: T,
    memory: &'a mut Memory,
}

impl<T: TokenStream> TokenStream for StemsStream<'_, T> {
    fn advance(&mut self) -> bool {
        while self.tail.advance() {
            let token = self.tail.token_mut();
            if let Some(stem) = self.memory.stem(&token.text) {
                if token.text != stem {
                    token.text.clear();
                    token.text.push_str(stem);
                }
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.tail.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tail.token_mut()
    }
}

/// What became of the words that came before.
struct Memory {
    /// Where the stem of each word is.
    places: HashMap<Box<str>, usize>,
    /// The stems; `None` for a stop word.
    stems: Vec<Option<Box<str>>>,
    stemmer: TextAnalyzer,
}

impl Clone for Memory {
    /// Returns an empty memory: a clone reads other texts.
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Memory {
    fn new() -> Self {
        Self {
            places: HashMap::new(),
            stems: Vec::new(),
            stemmer: stemmer(),
        }
    }

    /// Returns the stem of a word; `None` for a stop word.
    fn stem(&mut self, word: &str) -> Option<&str> {
        let place = match self.places.get(word) {
            Some(place) => *place,
            None => self.learn(word),
        };
        self.stems.get(place)?.as_deref()
    }

    fn learn(&mut self, word: &str) -> usize {
        if self.stems.len() >= MAX_REMEMBERED_WORDS {
            self.places.clear();
            self.stems.clear();
        }
        let mut tokens = self.stemmer.token_stream(word);
        let stem = tokens.next().map(|token| token.text.as_str().into());
        drop(tokens);
        let place = self.stems.len();
        self.stems.push(stem);
        self.places.insert(word.into(), place);
        place
    }
}

/// Returns the analysis of a text that is one word already.
fn stemmer() -> TextAnalyzer {
    let word = TextAnalyzer::builder(tantivy::tokenizer::RawTokenizer::default());
    match StopWordFilter::new(Language::English) {
        Some(stop_words) => word
            .filter(stop_words)
            .filter(Stemmer::new(Language::English))
            .build(),
        None => word.filter(Stemmer::new(Language::English)).build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_word_has_the_stem_that_it_had_at_first() {
        let mut memory = Memory::new();
        for _ in 0..2 {
            for (word, stem) in [
                ("handovers", Some("handov")),
                ("the", None),
                ("ward", Some("ward")),
            ] {
                assert_eq!(memory.stem(word), stem, "{word}");
            }
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut memory = Memory::new();
        for number in 0..=MAX_REMEMBERED_WORDS {
            assert!(memory.stem(&format!("w{number}x")).is_some());
        }
        assert!(memory.stems.len() <= MAX_REMEMBERED_WORDS);
    }
}
