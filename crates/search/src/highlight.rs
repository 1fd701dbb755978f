//! Snippets and titles as HTML that holds nothing but escaped text and `<mark>`.
//!
//! The source is plain text. Each of its words is analysed as it was for the index, so that what
//! is marked is what matched; words that cannot match are passed over by their first letters.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;
use tantivy::tokenizer::TextAnalyzer;

use crate::analyzer;
use crate::snippet::{Match, SNIPPET_CHARS, best_window, html, lead, tail};
use crate::words::{CAPITALS_MARK, joined_end};

/// Matches beyond this many are not considered: the first ones of a text say enough.
const MAX_MATCHES: usize = 400;

/// Most words that are remembered: some megabytes. Beyond it the memory begins again.
const MAX_KNOWN_WORDS: usize = 1 << 14;

/// Bytes between two words of a phrase: a space, or a short word that is not looked for.
const MAX_PHRASE_GAP: usize = 6;

/// Readers of words that wait for the next search: as many as searches run at the same time on two processors.
const MAX_WAITING: usize = 2;

/// Reads words as they are written, and remembers what it has read: texts repeat their words, and to analyse one costs
/// ten times as much as to find it again.
pub(crate) struct WordReader {
    analyzer: TextAnalyzer,
    known: HashMap<Box<str>, Box<[Box<str>]>>,
}

impl WordReader {
    fn new() -> Self {
        Self {
            analyzer: analyzer::english(),
            known: HashMap::default(),
        }
    }

    /// Returns the place in `wanted` of the first reading of a word that is there.
    fn position(&mut self, written: &str, wanted: &[String]) -> Option<usize> {
        if let Some(readings) = self.known.get(written) {
            return position(readings, wanted);
        }
        let readings = analyzer::tokens(&mut self.analyzer, written).into_iter();
        let readings: Box<[Box<str>]> = readings.map(|(_, token)| token.into()).collect();
        let found = position(&readings, wanted);
        if self.known.len() >= MAX_KNOWN_WORDS {
            self.known.clear();
        }
        self.known.insert(written.into(), readings);
        found
    }
}

fn position(readings: &[Box<str>], wanted: &[String]) -> Option<usize> {
    let mut readings = readings.iter();
    readings.find_map(|reading| {
        wanted
            .iter()
            .position(|wanted| wanted.as_str() == &**reading)
    })
}

/// Readers of words that have read texts before.
#[derive(Default)]
pub(crate) struct WordReaders(Mutex<Vec<WordReader>>);

/// A reader of words that goes back to the others when it is dropped.
pub(crate) struct LentReader {
    reader: Option<WordReader>,
    readers: Arc<WordReaders>,
}

impl WordReaders {
    pub(crate) fn lend(self: &Arc<Self>) -> LentReader {
        LentReader {
            reader: self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(),
            readers: Arc::clone(self),
        }
    }
}

impl LentReader {
    fn position(&mut self, written: &str, wanted: &[String]) -> Option<usize> {
        let reader = self.reader.get_or_insert_with(WordReader::new);
        reader.position(written, wanted)
    }
}

impl Drop for LentReader {
    fn drop(&mut self) {
        let waiting = self.readers.0.lock();
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MAX_WAITING {
            waiting.extend(self.reader.take());
        }
    }
}

/// Marks what a search looked for in texts that the index does not hold.
pub struct Marker(Highlighter);

impl Marker {
    /// Marks the words of [`ResultPage::marked`](crate::ResultPage::marked).
    pub(crate) fn new(marked: &BTreeSet<String>, reader: LentReader) -> Self {
        Self(Highlighter::new(marked, reader))
    }

    /// Returns the whole of a text: escaped text and `<mark>`, nothing else.
    pub fn mark(&mut self, text: &str) -> String {
        self.0.whole(text)
    }
}

/// Marks the words of one query.
pub(crate) struct Highlighter {
    reader: LentReader,
    /// The analysed words that were looked for.
    wanted: Vec<String>,
    /// For each of them, whether it is marked wherever it is; the others are marked in a phrase only.
    is_free: Vec<bool>,
    /// The phrases, as places in `wanted`.
    phrases: Vec<Vec<usize>>,
    /// The second letters of those that begin with this ASCII letter, a bit for each; 0 if none begins with it.
    seconds: [u32; 128],
    /// The class of each byte: a look costs less than the comparisons.
    classes: [u8; 256],
    /// Whether any of them is a word of capitals.
    has_capitals: bool,
}

impl Highlighter {
    /// Marks words, and of a text with spaces its words where they follow one another.
    pub(crate) fn new(marked: &BTreeSet<String>, reader: LentReader) -> Self {
        let words = marked.iter().flat_map(|text| text.split(' '));
        let wanted: BTreeSet<&str> = words.collect();
        let place = |word: &str| wanted.iter().position(|held| *held == word);
        let phrases = marked.iter().filter(|text| text.contains(' '));
        let phrases = phrases
            .map(|text| text.split(' ').filter_map(place).collect())
            .collect();
        let mut seconds = [0; 128];
        for word in wanted.iter().map(|word| word.as_bytes()) {
            if let [first, rest @ ..] = word
                && let Some(seconds) = seconds.get_mut(usize::from(*first))
            {
                // English stemming keeps the first letter, and the second but for `dying`, `lying`, `tying`.
                *seconds |= rest.first().map_or(u32::MAX, |second| letter(*second));
                *seconds |= letter(b'y') | NO_LETTER;
            }
        }
        let has_capitals = wanted.iter().any(|word| word.starts_with(CAPITALS_MARK));
        let class = |byte: u8| {
            let second = seconds.get(usize::from(byte.to_ascii_lowercase()));
            let may_begin = second.is_none_or(|second| *second != 0)
                || matches!(byte, b'a' | b'o' | b'A' | b'O')
                || (has_capitals && byte.is_ascii_uppercase());
            class(byte) | if may_begin { MAY_BEGIN } else { 0 }
        };
        Self {
            reader,
            is_free: wanted.iter().map(|word| marked.contains(*word)).collect(),
            wanted: wanted.into_iter().map(str::to_owned).collect(),
            phrases,
            seconds,
            classes: std::array::from_fn(|byte| u8::try_from(byte).map_or(0, class)),
            has_capitals,
        }
    }

    /// Returns the whole of `text`, escaped and marked.
    pub(crate) fn whole(&mut self, text: &str) -> String {
        let matches = self.matches(text);
        html(text, 0..text.len(), &matches)
    }

    /// Returns the part of `text` that says most about the query, escaped and marked, at most 180
    /// characters; nothing where nothing matches, since an author's summary says more than a beginning.
    pub(crate) fn snippet(&mut self, text: &str) -> String {
        let matches = self.matches(text);
        let Some(first) = best_window(&matches) else {
            return String::new();
        };
        let start = lead(text, first);
        let end = tail(text, start);
        let mut snippet = String::with_capacity(SNIPPET_CHARS * 2);
        if start > 0 {
            snippet.push('…');
        }
        snippet.push_str(&html(text, start..end, &matches));
        let rest = text.get(end..).unwrap_or_default();
        let goes_on = rest.chars().any(char::is_alphanumeric);
        // The mark of omission replaces the stop before it. `;` may end an escaped character.
        let stops: &[char] = if goes_on {
            &['.', ',', ':', '–', ' ']
        } else {
            &['–', ' ']
        };
        snippet.truncate(snippet.trim_end_matches(stops).len());
        if goes_on {
            snippet.push('…');
        }
        snippet
    }

    fn matches(&mut self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        if self.wanted.is_empty() {
            return found;
        }
        let mut at = 0;
        while let Some(word) = analyzer::next_word(text, self.next_candidate(text, at)) {
            at = word.next;
            let written = text.get(word.start..word.end).unwrap_or_default();
            if word.is_plain() && !self.may_begin(written.as_bytes()) {
                continue;
            }
            // `Wi-Fi` is marked as one word where `wifi` was looked for.
            let joined = joined_end(text, &word).and_then(|end| {
                let wanted = self.wanted(text.get(word.start..end)?)?;
                Some((wanted, end))
            });
            let matched = match joined {
                Some(joined) => Some(joined),
                None => self.wanted(written).map(|wanted| (wanted, word.end)),
            };
            if let Some((wanted, end)) = matched {
                found.push(Match {
                    range: word.start..end,
                    wanted,
                });
                if found.len() == MAX_MATCHES {
                    break;
                }
            }
        }
        self.without_loose_words(found)
    }

    /// Removes words of phrases that are on their own.
    fn without_loose_words(&self, found: Vec<Match>) -> Vec<Match> {
        if self.phrases.is_empty() {
            return found;
        }
        let is_free = |found: &Match| self.is_free.get(found.wanted).copied().unwrap_or(true);
        let mut keeps: Vec<bool> = found.iter().map(is_free).collect();
        for phrase in &self.phrases {
            for (at, run) in found.windows(phrase.len().max(1)).enumerate() {
                let is_same = run.iter().map(|one| &one.wanted).eq(phrase);
                let is_near = |pair: &[Match]| match pair {
                    [one, next] => next.range.start.saturating_sub(one.range.end) <= MAX_PHRASE_GAP,
                    _ => true,
                };
                if is_same && run.windows(2).all(is_near) {
                    let words = keeps.iter_mut().skip(at).take(run.len());
                    words.for_each(|keeps| *keeps = true);
                }
            }
        }
        let all = found.into_iter().zip(keeps);
        all.filter_map(|(found, keeps)| keeps.then_some(found))
            .collect()
    }

    /// Returns the place in `wanted` of the first reading of a word that was looked for.
    fn wanted(&mut self, written: &str) -> Option<usize> {
        self.reader.position(written, &self.wanted)
    }

    /// Returns a place at or after the word end `at`, before the next word that may match. Plain words of ASCII letters are
    /// passed over by their first letters.
    fn next_candidate(&self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let mut at = at;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let is_in = |byte: &u8, classes| {
                let class = self.classes.get(usize::from(*byte));
                class.is_some_and(|class| class & classes != 0)
            };
            let begins_word = |byte: &u8| is_in(byte, IN_WORD | NOT_ASCII);
            let Some(gap) = rest.iter().position(begins_word) else {
                return bytes.len();
            };
            at += gap;
            let word = rest.get(gap..).unwrap_or_default();
            let is_candidate = word.first().is_some_and(|first| is_in(first, MAY_BEGIN));
            if is_candidate && self.may_begin(word) {
                return at;
            }
            let end = word.iter().position(|byte| !is_in(byte, IN_WORD));
            let end = end.unwrap_or(word.len());
            let may_go_on = |after: &u8| is_in(after, JOINS | NOT_ASCII);
            if word.get(end).is_some_and(may_go_on) {
                return at;
            }
            at += end;
        }
    }

    /// Returns whether a word that is wanted may begin like these bytes.
    fn may_begin(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else {
            return false;
        };
        // `oedema` and `edema` are one word in the index, and `IT` has a mark before it.
        if !first.is_ascii()
            || (self.has_capitals && first.is_ascii_uppercase())
            || matches!(word, [b'a' | b'o' | b'A' | b'O', b'e' | b'E', ..])
        {
            return true;
        }
        let seconds = self.seconds.get(usize::from(first.to_ascii_lowercase()));
        let seconds = seconds.copied().unwrap_or(0);
        // `paediatric` and `pediatric`, too.
        let may_differ = matches!(word, [_, b'a' | b'o' | b'A' | b'O', b'e' | b'E', ..]);
        let second = word.get(1).map_or(NO_LETTER, |second| letter(*second));
        seconds != 0 && (may_differ || seconds & second != 0)
    }
}

/// The bit of everything that is no letter of ASCII.
const NO_LETTER: u32 = 1 << 31;

/// Returns the bit of a letter, in either case.
fn letter(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        byte @ b'a'..=b'z' => 1 << (byte - b'a'),
        _ => NO_LETTER,
    }
}

/// The class of a byte that is a letter or digit of ASCII.
const IN_WORD: u8 = 1;
/// The class of the signs of `e-prescribing`, `A&E`, `c++`, `24/7` and `trust's`.
const JOINS: u8 = 2;
/// The class of a byte of a character that is not ASCII.
const NOT_ASCII: u8 = 4;
/// The class of a byte that a word that is looked for may begin with.
const MAY_BEGIN: u8 = 8;

/// Returns the class of a byte; 0 for what is between words.
fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => IN_WORD,
        b'-' | b'&' | b'+' | b'#' | b'/' | b'\'' => JOINS,
        0x80.. => NOT_ASCII,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn highlighter(words: &str) -> Highlighter {
        let wanted = analyzer::tokens(&mut analyzer::english(), words);
        let wanted = wanted.into_iter().map(|(_, token)| token).collect();
        Highlighter::new(&wanted, Arc::<WordReaders>::default().lend())
    }

    #[test]
    fn the_words_of_a_phrase_are_marked_only_where_they_follow_one_another() {
        let marked = ["virtual", "ward", "hospit home"];
        let marked = marked.map(str::to_owned).into_iter().collect();
        let mut highlighter = Highlighter::new(&marked, Arc::<WordReaders>::default().lend());
        for (text, expected) in [
            ("People go home", "People go home"),
            (
                "Hearthline Home in a virtual ward",
                "Hearthline Home in a <mark>virtual</mark> <mark>ward</mark>",
            ),
            ("at home with monitoring", "at home with monitoring"),
            (
                "Hospital at home",
                "<mark>Hospital</mark> at <mark>home</mark>",
            ),
        ] {
            assert_eq!(highlighter.whole(text), expected);
        }
    }

    /// What words and the places between them are made of.
    const PIECES: [&str; 32] = [
        "ward",
        "Ward",
        "e",
        "E-",
        "prescribing",
        "OPCS",
        "-",
        "4",
        "24/7",
        "c++",
        "A",
        "&",
        "'",
        "s",
        "’",
        " ",
        "\n",
        ".",
        "IT",
        "it",
        "oedema",
        "Edema",
        "Wi",
        "fi",
        "é",
        "e\u{301}",
        "医",
        "療",
        "dying",
        "ae",
        "\u{200b}",
        "_",
    ];

    proptest! {
        #[test]
        fn no_match_is_lost_by_passing_over_words(
            pieces in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..40),
            wanted in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 1..4),
        ) {
            let (text, mut highlighter) = (pieces.concat(), highlighter(&wanted.join(" ")));
            let matches = highlighter.matches(&text);
            for word in analyzer::words(&text) {
                let written = text.get(word.start..word.end).unwrap();
                let is_in = |found: &Match| found.range.start <= word.start && word.start < found.range.end;
                prop_assert!(
                    highlighter.wanted(written).is_none() || matches.iter().any(is_in),
                    "{written:?} of {text:?} is not marked for {wanted:?}"
                );
            }
        }
    }

    #[test]
    fn what_matched_is_marked_and_everything_is_escaped() {
        let check = |words: &str, text: &str, expected: &str| {
            assert_eq!(
                highlighter(words).snippet(text),
                expected,
                "{words:?} in {text:?}"
            );
        };
        check(
            "nurses",
            "The nurse <b>said</b> \"so\"",
            "The <mark>nurse</mark> &lt;b&gt;said&lt;/b&gt; &quot;so&quot;",
        );
        check("a&e", "In A&E, there", "In <mark>A&amp;E</mark>, there");
        check(
            "prescribing",
            "our e-prescribing work",
            "our <mark>e-prescribing</mark> work",
        );
        check("die", "the dying patient", "the <mark>dying</mark> patient");
        check(
            "café",
            "a CAFE\u{301} here",
            "a <mark>CAFE\u{301}</mark> here",
        );
        check("trust", "the trust’s plan", "the <mark>trust</mark>’s plan");
        check("nothing", "no match\n\n  here", "");
        check(
            "match",
            "a match\n\n  here, \u{202E}e\u{7}vil.\nOr 5%\nof it\n",
            "a <mark>match</mark> – here, ⟨U+202E⟩e⟨U+0007⟩vil. Or 5% – of it",
        );
        check("", "", "");
        check(
            "<script>",
            "<script>alert('script')</script>",
            "&lt;<mark>script</mark>&gt;alert(&#39;<mark>script</mark>&#39;)&lt;/<mark>script</mark>&gt;",
        );
    }

    #[test]
    fn a_snippet_is_taken_where_most_of_the_words_are() {
        let filler = "Nothing of note happened that week. ".repeat(40);
        let text =
            format!("A ward. {filler}The ward round needed two nurses and a tablet. {filler}");
        let snippet = highlighter("ward round tablet").snippet(&text);
        assert!(
            snippet.starts_with(
                "…Nothing of note happened that week. The <mark>ward</mark> <mark>round</mark>"
            ),
            "{snippet}"
        );
        assert!(
            snippet.ends_with('…') && !snippet.contains(".…"),
            "{snippet}"
        );
        let plain = snippet.replace("<mark>", "").replace("</mark>", "");
        assert!(
            plain.chars().count() <= SNIPPET_CHARS,
            "{}",
            plain.chars().count()
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_a_bounded_snippet_of_escaped_text(
            words in "\\PC{0,40}",
            text in "(?s)[a-e<>&\"' \u{e9}\u{301}\u{2019}\u{202e}\\-.\n]{0,900}",
        ) {
            let mut highlighter = highlighter(&words);
            let snippet = highlighter.snippet(&text);
            let plain = snippet.replace("<mark>", "").replace("</mark>", "");
            assert!(!plain.contains(['<', '>', '"', '\'']));
            for entity in ["&lt;", "&gt;", "&quot;", "&#39;", "&amp;"] {
                assert!(!plain.replace(entity, "").contains("<"));
            }
            let shown = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
                .replace("&#39;", "'").replace("&amp;", "&");
            assert!(shown.chars().count() <= SNIPPET_CHARS);
            assert_eq!(snippet.matches("<mark>").count(), snippet.matches("</mark>").count());
            let _ = highlighter.whole(&text);
        }
    }
}
