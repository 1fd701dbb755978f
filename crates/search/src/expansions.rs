//! Abbreviations and words of one meaning: what else a search looks for.
//!
//! A list of lines. `EPR = electronic patient record` holds both ways. `PAS* = patient administration system` is one of
//! many meanings: it is looked for only if the abbreviation is typed in capitals. `bleep ~ pager` are words of one
//! meaning, and count less. `#` begins a comment.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::typed::{TypedWord, Typing};

/// The list that comes with the program: terms of NHS digital work.
const BUILT_IN: &str = include_str!("expansions.txt");

/// Lines of one list that are read; more are left out.
const MAX_LINES: usize = 20_000;
/// Words of one form.
const MAX_WORDS: usize = 8;
/// Forms of one word that are looked for.
const MAX_FORMS: usize = 6;

/// What an abbreviation or its long form counts, and what a word of the same meaning counts.
const ABBREVIATION: f32 = 0.8;
const SYNONYM: f32 = 0.6;

/// Marks an abbreviation of many meanings.
const AMBIGUOUS: char = '*';

/// A list of abbreviations and words of one meaning.
#[derive(Debug, Clone, Default)]
pub struct Expansions {
    /// By the stems of a form, separated by spaces: the others.
    forms: HashMap<String, Vec<Form>>,
}

/// Another form of what was typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    /// As the list writes it.
    pub(crate) text: String,
    /// Its terms, with their positions.
    pub(crate) terms: Vec<(usize, String)>,
    /// What a match counts.
    pub(crate) weight: f32,
    /// Whether the typed word has to be in capitals.
    needs_capitals: bool,
}

/// One side of a line.
struct Side {
    text: String,
    stems: String,
    terms: Vec<(usize, String)>,
    is_ambiguous: bool,
}

impl Expansions {
    /// Returns the list that comes with the program.
    #[must_use]
    pub fn built_in() -> Arc<Self> {
        static LIST: LazyLock<Arc<Expansions>> =
            LazyLock::new(|| Arc::new(Expansions::default().with(BUILT_IN).0));
        Arc::clone(&LIST)
    }

    /// Adds the lines of a list. Returns also the numbers of the lines that say nothing, from 1.
    #[must_use]
    pub fn with(mut self, list: &str) -> (Self, Vec<usize>) {
        let mut typing = Typing::new();
        let mut unread = Vec::new();
        for (number, line) in (1..).zip(list.lines()).take(MAX_LINES) {
            let line = line.split('#').next().unwrap_or_default().trim();
            let (separator, weight) = match line.contains('=') {
                true => ('=', ABBREVIATION),
                false => ('~', SYNONYM),
            };
            let sides: Vec<Side> = line
                .split(separator)
                .filter_map(|text| side(text, &mut typing))
                .collect();
            if sides.len() < 2 {
                if !line.is_empty() {
                    unread.push(number);
                }
                continue;
            }
            self.add(&sides, weight);
        }
        (self, unread)
    }

    fn add(&mut self, sides: &[Side], weight: f32) {
        for from in sides {
            let known = self.forms.entry(from.stems.clone()).or_default();
            for to in sides.iter().filter(|to| to.stems != from.stems) {
                let form = Form {
                    text: to.text.clone(),
                    terms: to.terms.clone(),
                    weight,
                    needs_capitals: from.is_ambiguous,
                };
                if known.len() < MAX_FORMS && !known.contains(&form) {
                    known.push(form);
                }
            }
        }
    }

    /// Returns the other forms of the words that begin at the first of `words`, and how many words they replace: the
    /// longest entry that was typed.
    pub(crate) fn forms(&self, words: &[TypedWord]) -> Option<(usize, Vec<&Form>)> {
        let stems: Vec<&str> = words
            .iter()
            .take(2 * MAX_WORDS)
            .map(|word| match &word.stem {
                Some(stem) if !word.is_reading => stem.as_str(),
                _ => "",
            })
            .collect();
        // Stop words are no part of an entry, but may be within one: hospital at home.
        stems.first().filter(|stem| !stem.is_empty())?;
        for len in (1..=stems.len()).rev() {
            let kept: Vec<&str> = stems
                .iter()
                .take(len)
                .copied()
                .filter(|stem| !stem.is_empty())
                .collect();
            let is_whole = stems.get(len - 1).is_some_and(|stem| !stem.is_empty());
            let Some(forms) = self.forms.get(&kept.join(" ")).filter(|_| is_whole) else {
                continue;
            };
            let is_capitals = words.first().is_some_and(|word| word.is_capitals);
            let forms: Vec<&Form> = forms
                .iter()
                .filter(|form| is_capitals || !form.needs_capitals)
                .collect();
            if !forms.is_empty() {
                return Some((len, forms));
            }
        }
        None
    }

    /// Returns the other forms of a text, if the whole of it is an entry.
    pub fn others(&self, text: &str) -> impl Iterator<Item = &str> {
        let entry = side(text, &mut Typing::new());
        let forms = entry.and_then(|entry| self.forms.get(&entry.stems));
        forms.into_iter().flatten().map(|form| form.text.as_str())
    }

    /// Returns whether a word is one of the list, and so is not misspelled.
    pub(crate) fn knows(&self, stem: &str) -> bool {
        self.forms.contains_key(stem)
    }

    /// Returns how many forms the list knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// Returns whether the list is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

fn side(text: &str, typing: &mut Typing) -> Option<Side> {
    let text = text.trim();
    let (text, is_ambiguous) = match text.strip_suffix(AMBIGUOUS) {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    let terms = typing.analysed(text);
    let stems: Vec<&str> = terms.iter().map(|(_, stem)| stem.as_str()).collect();
    if stems.is_empty() || stems.len() > MAX_WORDS {
        return None;
    }
    Some(Side {
        text: text.to_owned(),
        stems: stems.join(" "),
        terms,
        is_ambiguous,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &Expansions, typed: &str) -> Option<(usize, String)> {
        let pieces: Vec<String> = typed.split(' ').map(str::to_owned).collect();
        let words = Typing::new().words(&pieces);
        let (len, forms) = list.forms(&words)?;
        let forms: Vec<&str> = forms.iter().map(|form| form.text.as_str()).collect();
        Some((len, forms.join(", ")))
    }

    #[test]
    fn forms_hold_both_ways_and_the_longest_entry_wins() {
        let (list, unread) = Expansions::default().with(
            "# A comment\n\
             EPR = electronic patient record = electronic health record\n\
             PAS* = patient administration system\n\
             bleep ~ pager # both ring\n\
             hospital at home ~ virtual ward\n\
             nothing here\n",
        );
        assert_eq!(unread, [6]);
        let check = |typed: &str, expected: Option<(usize, &str)>| {
            let expected = expected.map(|(len, text)| (len, text.to_owned()));
            assert_eq!(texts(&list, typed), expected, "{typed}");
        };
        check(
            "EPRs",
            Some((1, "electronic patient record, electronic health record")),
        );
        check(
            "epr",
            Some((1, "electronic patient record, electronic health record")),
        );
        check(
            "electronic patient records on wards",
            Some((3, "EPR, electronic health record")),
        );
        check("PAS", Some((1, "patient administration system")));
        check("pas", None);
        check("patient administration system", Some((3, "PAS")));
        check("pagers", Some((1, "bleep")));
        check("hospital at home", Some((3, "virtual ward")));
        check("hospital", None);
        check("electronic patient", None);
        check("", None);
    }

    #[test]
    fn the_list_of_the_program_is_read_whole() {
        let (list, unread) = Expansions::default().with(BUILT_IN);
        assert_eq!(unread, Vec::<usize>::new());
        let lines = BUILT_IN.lines().filter(|line| line.contains(['=', '~']));
        assert!(lines.count() >= 150);
        assert!(list.len() >= 300, "{}", list.len());
    }
}
