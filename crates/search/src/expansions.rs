//! Abbreviations and words of one meaning: what else a search looks for.
//!
//! A list of lines. `EPR = electronic patient record` holds both ways. `PAS* = patient administration system` is one of
//! many meanings: it is looked for only if the abbreviation is typed in capitals, or is no word of any page. `bleep ~ pager` are words of one
//! meaning, and count less. `#` begins a comment.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::compounds::Parts;
use crate::typed::{TypedWord, Typing};
use crate::words::is_phrasal_pair;

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
    /// Its stem written as one word, if it is two with a hyphen: `wifi` of `Wi-Fi`.
    joined: Option<String>,
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
            for key in [Some(&from.stems), from.joined.as_ref()]
                .into_iter()
                .flatten()
            {
                let known = self.forms.entry(key.clone()).or_default();
                for to in sides.iter().filter(|to| to.stems != from.stems) {
                    let joined = to.joined.iter().map(|joined| vec![(0, joined.clone())]);
                    for terms in std::iter::once(to.terms.clone()).chain(joined) {
                        let form = Form {
                            text: to.text.clone(),
                            terms,
                            weight,
                            needs_capitals: from.is_ambiguous,
                        };
                        if known.len() < MAX_FORMS && !known.contains(&form) {
                            known.push(form);
                        }
                    }
                }
            }
        }
    }

    /// Returns the other forms of the words that begin at the first of `words`, and how many words they replace: the
    /// longest entry that was typed. An abbreviation of many meanings has to be in capitals, unless it `is_meant` in any case.
    pub(crate) fn forms(&self, words: &[TypedWord], is_meant: bool) -> Option<(usize, Vec<&Form>)> {
        let words = words.get(..2 * MAX_WORDS).unwrap_or(words);
        // Stop words are no part of an entry, but may be within one: hospital at home.
        words.first()?.entry_stem()?;
        let is_capitals = words
            .first()
            .is_some_and(|word| is_meant || word.is_capitals);
        for len in (1..=words.len()).rev() {
            let (Some(typed), Some(_)) = (
                words.get(..len),
                words.get(len - 1).and_then(TypedWord::entry_stem),
            ) else {
                continue;
            };
            // The list may write a word as one or as two, too.
            for key in [key(typed, false), key(typed, true)] {
                let forms = self.forms.get(&key).into_iter().flatten();
                let forms: Vec<&Form> = forms
                    .filter(|form| is_capitals || !form.needs_capitals)
                    .collect();
                if !forms.is_empty() {
                    return Some((len, forms));
                }
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
}

/// Returns the stems by which the list knows words, those that are written as one as one or as two.
fn key(words: &[TypedWord], as_two: bool) -> String {
    let mut stems: Vec<&str> = Vec::with_capacity(words.len() + 1);
    for word in words {
        match &word.parts {
            Some(Parts {
                stems: (first, Some(second)),
                ..
            }) if as_two => stems.extend([first.as_str(), second]),
            _ => stems.extend(word.entry_stem()),
        }
    }
    stems.join(" ")
}

impl TypedWord {
    /// Returns the stem by which the list knows the word; `None` for a stop word and for another reading.
    fn entry_stem(&self) -> Option<&str> {
        self.stem.as_deref().filter(|_| !self.is_reading)
    }
}

fn side(text: &str, typing: &mut Typing) -> Option<Side> {
    let text = text.trim();
    let (text, is_ambiguous) = match text.strip_suffix(AMBIGUOUS) {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    let terms = terms(text, typing);
    let stems: Vec<&str> = terms.iter().map(|(_, stem)| stem.as_str()).collect();
    if stems.is_empty() || stems.len() > MAX_WORDS {
        return None;
    }
    let joined = match stems.as_slice() {
        [first, second] if !text.contains(' ') => typing.stem(&format!("{first}{second}")),
        _ => None,
    };
    Some(Side {
        text: text.to_owned(),
        stems: stems.join(" "),
        joined,
        terms,
        is_ambiguous,
    })
}

/// Returns the terms of an entry with their positions; a verb and its particle are one, as they are in the index.
fn terms(text: &str, typing: &mut Typing) -> Vec<(usize, String)> {
    let words = typing.words(&[text.to_owned()]);
    let words: Vec<TypedWord> = words.into_iter().filter(|word| !word.is_reading).collect();
    let mut terms = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let next = words.get(at + 1);
        let particle = next.filter(|next| is_phrasal_pair(&word.plain, &next.plain));
        let stem = match particle {
            Some(particle) => typing.stem(&format!("{}{}", word.plain, particle.plain)),
            None => word.stem.clone(),
        };
        terms.extend(stem.map(|stem| (at, stem)));
        at += if particle.is_some() { 2 } else { 1 };
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &Expansions, typed: &str) -> Option<(usize, String)> {
        let pieces: Vec<String> = typed.split(' ').map(str::to_owned).collect();
        let words = Typing::new().words(&pieces);
        let (len, forms) = list.forms(&words, false)?;
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
        assert!(list.forms.len() >= 300, "{}", list.forms.len());
    }
}
