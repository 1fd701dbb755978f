//! The last step of the analysis of ranked fields: stop words are left out, other words get one spelling and are stemmed.
//!
//! The English stemmer costs more than everything else that indexing does with a word, and most words of a text
//! have come before. So each analyzer remembers what it made of them.

use std::collections::HashMap;

use crate::spellings;
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
            if self.memory.stem(&mut self.tail.token_mut().text) {
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

/// What happened to the words that came before.
struct Memory {
    /// Each word of a text is looked up, so the hash is a quick one, with a seed that no one can foresee.
    stems: HashMap<Box<str>, Stem, foldhash::fast::RandomState>,
    stemmer: TextAnalyzer,
}

/// What happens to a word. Most stems are beginnings of their words, and are made without looking at another text.
enum Stem {
    /// A stop word is left out.
    Nothing,
    /// A number of bytes of the word, and an ending, which is usually empty.
    Kept(usize, Box<str>),
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
            stems: HashMap::default(),
            stemmer: stemmer(),
        }
    }

    /// Replaces a word by its stem. Returns `false` for a stop word.
    fn stem(&mut self, word: &mut String) -> bool {
        if let Some(stem) = self.stems.get(word.as_str()) {
            return stem.apply(word);
        }
        if self.stems.len() >= MAX_REMEMBERED_WORDS {
            self.stems.clear();
        }
        let stem = self.learn(word);
        let key = word.as_str().into();
        let is_word = stem.apply(word);
        self.stems.insert(key, stem);
        is_word
    }

    fn learn(&mut self, word: &str) -> Stem {
        let mut unified = word.to_owned();
        spellings::unify(&mut unified);
        let mut tokens = self.stemmer.token_stream(&unified);
        let Some(token) = tokens.next() else {
            return Stem::Nothing;
        };
        let stem = token.text.as_str();
        let same = word.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b);
        let kept = word.floor_char_boundary(same.count());
        let ending = stem.get(kept..).unwrap_or_default();
        Stem::Kept(kept, ending.into())
    }
}

impl Stem {
    fn apply(&self, word: &mut String) -> bool {
        match self {
            Self::Nothing => false,
            Self::Kept(kept, ending) => {
                word.truncate(*kept);
                word.push_str(ending);
                true
            }
        }
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
                // No beginning of the word.
                ("happy", Some("happi")),
                ("dying", Some("die")),
                ("größe", Some("größe")),
            ] {
                let mut text = word.to_owned();
                let found = memory.stem(&mut text).then_some(text);
                assert_eq!(found.as_deref(), stem, "{word}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn every_word_has_the_stem_of_the_stemmer(word in "[a-zé’]{1,12}(ying|ies|ness|ational|y|ed)?") {
            let mut unified = word.clone();
            spellings::unify(&mut unified);
            let stem = stemmer().token_stream(&unified).next().map(|token| token.text.clone());
            let mut memory = Memory::new();
            for _ in 0..2 {
                let mut text = word.clone();
                let found = memory.stem(&mut text).then_some(text);
                proptest::prop_assert_eq!(&found, &stem);
            }
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut memory = Memory::new();
        for number in 0..=MAX_REMEMBERED_WORDS {
            assert!(memory.stem(&mut format!("w{number}x")));
        }
        assert!(memory.stems.len() <= MAX_REMEMBERED_WORDS);
    }
}
