//! From the words that were typed to what a document may have in their place.
//!
//! Each word is sought in many forms: the word itself, its joined or parted form, its abbreviation or long form, words of the same
//! meaning, and, only where nothing else occurs, corrections of its spelling. A document has the word if it has any of
//! them. Words of the same family add to the score, but are not the word.

use std::collections::BTreeSet;

use crate::asking::{self, Role};
use crate::expansions::Expansions;
use crate::typed::{TypedWord, Typing, sign_run};
use crate::vocabulary::Vocabulary;

/// What a word of the same family counts, times how alike it is.
const FAMILY_WEIGHT: f32 = 0.5;
/// Words whose family is looked for.
const MAX_FAMILIES: usize = 12;

/// Something that a document may have in place of a word.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    /// One term, or several one after the other, with their positions.
    pub(crate) terms: Vec<(usize, String)>,
    /// What it counts.
    pub(crate) weight: f32,
}

impl Alternative {
    /// Returns one that counts as much as the word itself.
    pub(crate) fn new(terms: Vec<(usize, String)>) -> Self {
        let weight = 1.0;
        Self { terms, weight }
    }
}

/// A word that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SoughtWord {
    /// Its stem, which titles are searched for.
    pub(crate) stem: String,
    /// A document with any of these has the word.
    pub(crate) alternatives: Vec<Alternative>,
    /// Stems of its family, with what each counts.
    pub(crate) family: Vec<(String, f32)>,
    /// Whether a result with all the words has this one.
    pub(crate) is_required: bool,
    /// Whether a document that declares what it cost has the word.
    pub(crate) is_of_cost: bool,
    /// What the word counts.
    pub(crate) weight: f32,
}

/// The spelling of a word that was corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The word as it was typed, in lower case.
    pub typed: String,
    /// The word that was searched for.
    pub word: String,
}

/// What was made of the words of a search.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    pub(crate) words: Vec<SoughtWord>,
    /// Words that were typed next to each other.
    pub(crate) pairs: Vec<(String, String)>,
    /// Where the words are that a search is about, each with the stem by which it is near others.
    pub(crate) places: Vec<(usize, String)>,
    /// Spellings that were corrected.
    pub(crate) corrected: Vec<Corrected>,
    /// Words that may have been meant, and that were not searched for.
    pub(crate) offered: Vec<Corrected>,
    /// Other words that were searched for in place of those that were corrected.
    pub(crate) also_meant: Vec<String>,
    /// Words that occur nowhere.
    pub(crate) unknown: Vec<String>,
    /// Words that were left out since they are asked of any project.
    pub(crate) left_out: Vec<String>,
    /// Whether a word says what the search is about.
    pub(crate) has_subject: bool,
    /// Other forms that were searched for, as their list writes them.
    pub(crate) also: Vec<String>,
    /// Other forms of which no page has the words.
    pub(crate) also_in_vain: Vec<String>,
    /// Whether words were left out because there were too many.
    pub(crate) is_cut: bool,
    /// How many words were looked up in the dictionary to be corrected.
    pub(crate) looked_up: usize,
}

impl Sought {
    /// Adds a word that occurs nowhere, once.
    fn add_unknown(&mut self, word: &TypedWord) {
        if !self.unknown.contains(&word.plain) {
            self.unknown.push(word.plain.clone());
        }
    }

    /// Adds a word and the one before it, `last`, which it takes the place of.
    fn add_pair(&mut self, last: &mut Option<String>, stem: String) {
        if let Some(before) = last.replace(stem.clone())
            && before != stem
            && !self.pairs.contains(&(before.clone(), stem.clone()))
        {
            self.pairs.push((before, stem));
        }
    }
}

impl Sought {
    /// Notes another form that is searched for, too.
    pub(crate) fn look_for_too(&mut self, text: String) {
        if !self.also.contains(&text) {
            self.also.push(text);
        }
    }
}

/// How words are looked for.
pub(crate) struct Rules<'a> {
    pub(crate) vocabulary: Vocabulary<'a>,
    /// The list of other forms; `None` to search for what was typed only.
    pub(crate) expansions: Option<&'a Expansions>,
    /// Whether spelling is corrected.
    pub(crate) corrects: bool,
    /// Whether the words name a topic.
    pub(crate) names_topic: bool,
    /// The most words.
    pub(crate) room: usize,
}

impl Rules<'_> {
    /// Returns what is sought for the words.
    pub(crate) fn sought(
        &self,
        words: &[TypedWord],
        typing: &mut Typing,
    ) -> tantivy::Result<Sought> {
        let mut words = self.compounds(words, typing)?;
        if let Some(list) = self.expansions {
            asking::mark(&mut words, list, self.names_topic);
        }
        let words = &words;
        let mut found = Sought {
            has_subject: words.iter().any(TypedWord::is_of_subject),
            ..Sought::default()
        };
        // The forms that a list gives several words together belong to each of them.
        let mut forms: Vec<Vec<Alternative>> = vec![Vec::new(); words.len()];
        self.expand(words, typing, &mut forms, &mut found)?;
        let mut at = 0;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut last: Option<String> = None;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let run = sign_run(rest);
            let here = rest.get(..run).unwrap_or_default();
            let forms = forms.get_mut(at).map(std::mem::take).unwrap_or_default();
            if let Some(stem) = rest.first().and_then(|word| word.stem.as_deref())
                && seen.insert(stem)
                && seen.len() > self.room
            {
                found.is_cut = true;
                break;
            }
            let sought = self.sought_word(words, at, here, forms, typing, &mut found)?;
            let place = at;
            at += run;
            let Some(sought) = sought else { continue };
            let stem = near_stem(&sought);
            if sought.is_required {
                found.places.push((place, stem.clone()));
            }
            if rest.first().is_some_and(|word| word.role != Role::LeftOut) {
                found.add_pair(&mut last, stem);
            }
            // A word that is typed twice counts once: a question repeats words without meaning more by it.
            let mut known = found.words.iter_mut();
            match known.find(|known| known.stem == sought.stem) {
                // Where it is meant, it is not left out.
                Some(known) if sought.is_required && !known.is_required => {
                    let meant = rest.first().map(|word| &word.plain);
                    found.left_out.retain(|left| Some(left) != meant);
                    *known = sought;
                }
                Some(_) => {}
                None => found.words.push(sought),
            }
        }
        found.require();
        Ok(found)
    }

    /// Finds the other forms of words, one word or several together.
    fn expand(
        &self,
        words: &[TypedWord],
        typing: &mut Typing,
        forms: &mut [Vec<Alternative>],
        sought: &mut Sought,
    ) -> tantivy::Result<()> {
        let Some(list) = self.expansions else {
            return Ok(());
        };
        // What is no word of any page can only be the abbreviation.
        let mut unwritten = Vec::with_capacity(words.len());
        for word in words {
            let stem = word.stem.as_deref().unwrap_or_default();
            unwritten.push(self.vocabulary.documents(stem)? == 0);
        }
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let is_meant = unwritten.get(at).copied().unwrap_or(false);
            let forms_of_joined = |word: TypedWord| Some((2, list.forms(&[word], is_meant)?.1));
            let found = list
                .forms(rest, is_meant)
                .or_else(|| typing.joined(rest).and_then(forms_of_joined));
            let Some((len, found)) = found else {
                at += 1;
                continue;
            };
            for form in found {
                let named = if self.occur(&form.terms)? {
                    for place in forms.iter_mut().skip(at).take(len) {
                        place.push(Alternative {
                            terms: form.terms.clone(),
                            weight: form.weight,
                        });
                    }
                    &mut sought.also
                } else {
                    &mut sought.also_in_vain
                };
                if !named.contains(&form.text) {
                    named.push(form.text.clone());
                }
            }
            at += len;
        }
        Ok(())
    }

    /// Returns what is sought for the word at `at`, or of the pairs of signs `here`; `None` for a stop word, and for one that
    /// occurs in no form.
    fn sought_word(
        &self,
        words: &[TypedWord],
        at: usize,
        here: &[TypedWord],
        mut alternatives: Vec<Alternative>,
        typing: &mut Typing,
        found: &mut Sought,
    ) -> tantivy::Result<Option<SoughtWord>> {
        let word = here.first().filter(|word| !word.is_reading);
        let Some((word, stem)) = word.and_then(|word| Some((word, word.stem.as_ref()?))) else {
            return Ok(None);
        };
        if found.has_subject && word.is_of_question() {
            return self.of_question(word, stem, found);
        }
        let signs = here.iter().filter_map(|word| word.stem.clone());
        let own: Vec<(usize, String)> = (0..).zip(signs).collect();
        let occurs = self.occur(&own)?;
        if here.len() == 1 {
            self.join(words, at, typing, &mut alternatives)?;
            self.part(word, occurs, &mut alternatives)?;
        }
        self.add_cost(word, &mut alternatives, found)?;
        let is_of_cost = word.role == Role::Cost;
        let mut family = Vec::new();
        self.balance(&own, occurs, &mut alternatives)?;
        if occurs {
            if here.len() == 1 && alternatives.is_empty() {
                alternatives = self.unfinished(words, at, typing, found)?;
            }
            alternatives.insert(0, Alternative::new(own));
            if found.words.len() < MAX_FAMILIES {
                family = self.vocabulary.family(stem)?;
                let meant = self.meant(word, typing)?;
                family.extend(meant.map(|stem| (stem, 1.0)));
            }
        } else if alternatives.is_empty() && !is_of_cost {
            alternatives = self.instead(words, at, typing, found)?;
        }
        self.add_parts(word, words.get(at + 1), &mut family)?;
        if is_of_cost {
            // It decides between pages that have the other words.
            family.clear();
        } else if alternatives.is_empty() && family.is_empty() {
            found.add_unknown(word);
            return Ok(None);
        }
        for (_, weight) in &mut family {
            *weight *= FAMILY_WEIGHT;
        }
        Ok(Some(SoughtWord {
            stem: stem.clone(),
            is_required: !alternatives.is_empty() && !is_of_cost,
            is_of_cost,
            weight: 1.0,
            alternatives,
            family,
        }))
    }

    /// Adds the parts of a word that documents have, such as `prescribing`, which is next to `e-prescribing`.
    fn add_parts(
        &self,
        word: &TypedWord,
        next: Option<&TypedWord>,
        family: &mut Vec<(String, f32)>,
    ) -> tantivy::Result<()> {
        let reading = next.filter(|next| next.is_reading);
        let parts = word.parts.iter().flat_map(|parts| &parts.family);
        for stem in parts.chain(reading.and_then(|reading| reading.stem.as_ref())) {
            if self.vocabulary.documents(stem)? > 0 {
                family.push((stem.clone(), 1.0));
            }
        }
        Ok(())
    }

    /// Returns the stem that is probably meant by a word that hardly any document has.
    fn meant(&self, word: &TypedWord, typing: &mut Typing) -> tantivy::Result<Option<String>> {
        if !self.corrects {
            return Ok(None);
        }
        let meant = self.vocabulary.meant_by_rare(&word.plain)?;
        let stem = meant.and_then(|meant| typing.stem(&meant));
        Ok(stem.filter(|stem| Some(stem) != word.stem.as_ref()))
    }

    /// Returns whether documents have each of the terms.
    fn occur(&self, terms: &[(usize, String)]) -> tantivy::Result<bool> {
        for (_, stem) in terms {
            if self.vocabulary.documents(stem)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes each alternative count like the word: one that is rarer than the word would outweigh all other words, and so
    /// would several words together.
    pub(crate) fn balance(
        &self,
        own: &[(usize, String)],
        occurs: bool,
        alternatives: &mut [Alternative],
    ) -> tantivy::Result<()> {
        for alternative in alternatives {
            let (mut sum, mut greatest) = (0.0_f32, 0.0_f32);
            for (_, stem) in &alternative.terms {
                let idf = self.vocabulary.idf(stem)?;
                sum += idf;
                greatest = greatest.max(idf);
            }
            let mut goal = greatest;
            if occurs {
                goal = 0.0;
                for (_, stem) in own {
                    goal += self.vocabulary.idf(stem)?;
                }
            }
            alternative.weight *= (goal / sum.max(f32::MIN_POSITIVE)).min(1.0);
        }
        Ok(())
    }
}

/// Returns the term by which a word is near another: the word itself, or what it was corrected to.
fn near_stem(sought: &SoughtWord) -> String {
    let first = sought
        .alternatives
        .first()
        .and_then(|first| first.terms.first());
    first.map_or_else(|| sought.stem.clone(), |(_, stem)| stem.clone())
}
