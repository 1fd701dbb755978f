//! Which words of a search say nothing of its subject: those of a question, and those that people ask of any project.
//!
//! Words of the second sort are words of pages, too: *help desk*, *patient experience*. They are left out only where others
//! are left that say what the search is about, and never where only what was typed is searched for.

use crate::english;
use crate::expansions::Expansions;
use crate::sought::{Alternative, Rules, Sought, SoughtWord};
use crate::typed::TypedWord;
use crate::words::CAPITALS_MARK;

/// Words of a question that say nothing of its subject. A result need not have them, and they count half.
const QUESTION_WORDS: &[&str] = &[
    "about",
    "any",
    "anyone",
    "anything",
    "been",
    "can",
    "could",
    "did",
    "do",
    "does",
    "done",
    "else",
    "ever",
    "from",
    "get",
    "got",
    "had",
    "has",
    "have",
    "he",
    "her",
    "his",
    "how",
    "i",
    "many",
    "me",
    "might",
    "much",
    "must",
    "my",
    "our",
    "she",
    "should",
    "so",
    "some",
    "someone",
    "something",
    "than",
    "them",
    "us",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whose",
    "why",
    "would",
    "you",
    "your",
];

/// Those that make a question of a search, wherever they are.
const ASKING: [&str; 15] = [
    "anyone", "can", "could", "did", "do", "does", "has", "have", "how", "should", "what", "which",
    "who", "why", "would",
];
/// Those that do so at its beginning.
const ASKING_AT_FIRST: [&str; 7] = ["are", "is", "was", "were", "when", "where", "will"];

/// What people ask of any project and what hardly any page is about. It is left out wherever another word is left.
const TRIED: [&str; 9] = [
    "learned", "learnt", "lesson", "lessons", "tried", "tries", "try", "trying", "worth",
];
/// What people ask of any project, and what pages can be about. It is left out of questions, and where what is left names
/// something.
const ASKED: [&str; 29] = [
    "best",
    "example",
    "examples",
    "experience",
    "experienced",
    "experiences",
    "good",
    "happen",
    "happened",
    "happens",
    "help",
    "helped",
    "helpful",
    "helps",
    "issue",
    "issues",
    "problem",
    "problems",
    "recommend",
    "recommended",
    "use",
    "used",
    "useful",
    "uses",
    "using",
    "work",
    "worked",
    "working",
    "works",
];
/// What something cost: a page that declares it has the word.
const COSTS: [&str; 5] = ["cost", "costs", "price", "prices", "pricing"];
/// The stem of the word for it.
pub(crate) const COST: &str = "cost";

/// Pairs of which one word would be left out alone, and that mean something together.
const PAIRS: [(&str, &str); 27] = [
    ("best", "interest"),
    ("best", "interests"),
    ("best", "practice"),
    ("carer", "experience"),
    ("cost", "improvement"),
    ("day", "working"),
    ("drug", "use"),
    ("flexible", "working"),
    ("good", "practice"),
    ("help", "desk"),
    ("home", "working"),
    ("hybrid", "working"),
    ("lived", "experience"),
    ("lone", "working"),
    ("medicines", "use"),
    ("partnership", "working"),
    ("patient", "experience"),
    ("patients", "experience"),
    ("problem", "list"),
    ("problem", "lists"),
    ("problem", "solving"),
    ("remote", "working"),
    ("single", "use"),
    ("social", "work"),
    ("staff", "experience"),
    ("work", "phone"),
    ("work", "phones"),
];
/// Pairs that are asked of any project: *save time*.
const SAVE: [&str; 4] = ["save", "saved", "saves", "saving"];
const SAVED: [&str; 2] = ["money", "time"];

/// What is before *ring* where people ask who to talk to; it is also a thing.
const CALLERS: [&str; 4] = ["i", "to", "we", "you"];

/// What a word counts that is left out: it decides between pages that are as good without it.
const LEFT_OUT_WEIGHT: f32 = 0.25;
/// What a word of a question counts.
pub(crate) const QUESTION_WEIGHT: f32 = 0.5;

/// What a word is to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// It says what the search is about, or is a word of a question.
    #[default]
    Subject,
    /// It is asked of any project and left out.
    LeftOut,
    /// It asks what something cost.
    Cost,
}

/// What a word can be to a search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A stop word, another reading, or a word of a question.
    Nothing,
    Tried,
    Asked,
    Cost,
    Subject,
}

/// Returns whether a word in lower case says nothing of the subject of a question.
pub(crate) fn is_of_question(plain: &str) -> bool {
    QUESTION_WORDS.contains(&plain)
}

/// Gives the words of a search their roles, where one of them says what it is about; `names_topic` says whether they name a
/// topic without those that are asked of any project.
pub(crate) fn mark(words: &mut [TypedWord], list: &Expansions, names_topic: bool) {
    let kinds = kinds(words, list);
    let with_kinds = words.iter().zip(&kinds);
    let subjects: Vec<&TypedWord> = with_kinds
        .filter(|(_, kind)| **kind == Kind::Subject)
        .map(|(word, _)| word)
        .collect();
    let Some(first) = subjects.first() else {
        return;
    };
    let names_something = names_topic || subjects.len() > 1 || is_name(first, list);
    let leaves_out_asked = names_something || is_question(words);
    for (word, kind) in words.iter_mut().zip(kinds) {
        word.role = match kind {
            Kind::Tried => Role::LeftOut,
            Kind::Asked if leaves_out_asked => Role::LeftOut,
            Kind::Cost => Role::Cost,
            Kind::Asked | Kind::Nothing | Kind::Subject => Role::Subject,
        };
    }
}

/// Returns the sentence that says what was left out; `None` if nothing was.
pub(crate) fn note(left_out: &[String]) -> Option<String> {
    let quoted: Vec<String> = left_out.iter().map(|word| format!("“{word}”")).collect();
    let (last, others) = quoted.split_last()?;
    let named = match others {
        [] => last.clone(),
        others => format!("{} and {last}", others.join(", ")),
    };
    Some(format!(
        "We left out {named}. Put a word in quotes to search for it."
    ))
}

fn kinds(words: &[TypedWord], list: &Expansions) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = words.iter().map(kind).collect();
    for at in 0..words.len() {
        let rest = words.get(at..).unwrap_or_default();
        let (len, kind) = match list.forms(rest, true) {
            // What the list has several words for means something together.
            Some((len, _)) if len > 1 => (len, Kind::Subject),
            _ if is_pair(rest, |pair| PAIRS.contains(&pair)) => (2, Kind::Subject),
            _ if is_pair(rest, is_asked_together) => (2, Kind::Asked),
            _ => continue,
        };
        let pair = kinds.iter_mut().skip(at).take(len);
        for known in pair.filter(|known| **known != Kind::Nothing) {
            *known = kind;
        }
    }
    // Parts of a word with a hyphen, or of one that pages write as two.
    for (at, pair) in words.windows(2).enumerate() {
        let is_one_word = matches!(pair, [one, other] if one.piece == other.piece);
        let both = kinds.get_mut(at..at + 2).unwrap_or_default();
        if is_one_word && !both.contains(&Kind::Nothing) {
            both.fill(Kind::Subject);
        }
    }
    kinds
}

fn kind(word: &TypedWord) -> Kind {
    let plain = word.plain.as_str();
    if word.stem.is_none() || word.is_reading || is_of_question(plain) {
        Kind::Nothing
    } else if TRIED.contains(&plain) {
        Kind::Tried
    } else if ASKED.contains(&plain) {
        Kind::Asked
    } else if COSTS.contains(&plain) {
        Kind::Cost
    } else {
        Kind::Subject
    }
}

/// Returns whether two words are asked of any project together, and not alone.
fn is_asked_together((one, other): (&str, &str)) -> bool {
    let saves = SAVE.contains(&one) && SAVED.contains(&other);
    saves || (CALLERS.contains(&one) && other == "ring")
}

fn is_pair(words: &[TypedWord], is_one: impl FnOnce((&str, &str)) -> bool) -> bool {
    match words {
        [one, other, ..] => is_one((one.plain.as_str(), other.plain.as_str())),
        _ => false,
    }
}

/// Returns whether a word alone names something: an abbreviation, a word of the list, or one that is no word of English.
fn is_name(word: &TypedWord, list: &Expansions) -> bool {
    let is_abbreviation = word.is_capitals && !word.plain.starts_with(CAPITALS_MARK);
    let is_listed = word.stem.as_deref().is_some_and(|stem| list.knows(stem));
    let is_english =
        word.plain.len() < english::MIN_LETTERS || english::is_word(word.plain.as_str());
    is_abbreviation || is_listed || !is_english
}

/// Returns whether a search reads as a question.
fn is_question(words: &[TypedWord]) -> bool {
    let asks = |list: &[&str], word: &TypedWord| list.contains(&word.plain.as_str());
    words.iter().any(|word| asks(&ASKING, word))
        || words
            .first()
            .is_some_and(|first| asks(&ASKING_AT_FIRST, first))
}

impl TypedWord {
    /// Returns whether it says nothing of the subject of the search.
    pub(crate) fn is_of_question(&self) -> bool {
        self.role == Role::LeftOut || is_of_question(&self.plain)
    }

    /// Returns whether it says what the search is about.
    pub(crate) fn is_of_subject(&self) -> bool {
        let says_nothing = self.is_of_question() || self.role == Role::Cost;
        self.stem.is_some() && !self.is_reading && !says_nothing
    }
}

impl Rules<'_> {
    /// Returns what a word of a question adds to the score next to words of substance; `None` where no page has it. What is
    /// left out is noted.
    pub(crate) fn of_question(
        &self,
        word: &TypedWord,
        stem: &str,
        found: &mut Sought,
    ) -> tantivy::Result<Option<SoughtWord>> {
        let is_left_out = word.role == Role::LeftOut;
        if is_left_out && !found.left_out.contains(&word.plain) {
            found.left_out.push(word.plain.clone());
        }
        if self.vocabulary.documents(stem)? == 0 {
            return Ok(None);
        }
        Ok(Some(SoughtWord {
            stem: stem.to_owned(),
            alternatives: vec![Alternative::new(vec![(0, stem.to_owned())])],
            family: Vec::new(),
            is_required: false,
            is_of_cost: false,
            weight: if is_left_out {
                LEFT_OUT_WEIGHT
            } else {
                QUESTION_WEIGHT
            },
        }))
    }

    /// Adds the word for what something cost to another one that asks for it.
    pub(crate) fn add_cost(
        &self,
        word: &TypedWord,
        alternatives: &mut Vec<Alternative>,
        found: &mut Sought,
    ) -> tantivy::Result<()> {
        let is_another = word.role == Role::Cost && word.stem.as_deref() != Some(COST);
        if is_another && self.vocabulary.documents(COST)? > 0 {
            alternatives.push(Alternative::new(vec![(0, COST.to_owned())]));
            found.look_for_too(COST.to_owned());
        }
        Ok(())
    }
}

impl Sought {
    /// Says which words a result has to have, once all are read. Words of a question are required where there are no others;
    /// what something cost is asked only of what is known.
    pub(crate) fn require(&mut self) {
        if !self.has_subject {
            for sought in &mut self.words {
                sought.is_required = true;
            }
            return;
        }
        let is_known = |sought: &SoughtWord| {
            !sought.is_of_cost && (sought.is_required || sought.alternatives.is_empty())
        };
        if !self.words.iter().any(is_known) {
            for sought in &mut self.words {
                sought.is_required = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typed::Typing;

    /// The words that are left out in round brackets, those that ask for a cost in square ones.
    fn marked(text: &str, names_topic: bool) -> String {
        let pieces: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let mut words = Typing::new().words(&pieces);
        mark(&mut words, &Expansions::built_in(), names_topic);
        let shown = words.iter().map(|word| match word.role {
            Role::Subject => word.plain.clone(),
            Role::LeftOut => format!("({})", word.plain),
            Role::Cost => format!("[{}]", word.plain),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_asked_of_any_project_is_left_out_where_a_subject_is_left() {
        for (text, expected) in [
            (
                "who tried voice recognition",
                "who (tried) voice recognition",
            ),
            (
                "is voice recognition worth it",
                "is voice recognition (worth) it",
            ),
            ("did virtual wards work", "did virtual wards (work)"),
            ("anyone tried zebras", "anyone (tried) zebras"),
            ("lessons from wards", "(lessons) from wards"),
            (
                "how much does ambient scribe cost",
                "how much does ambient scribe [cost]",
            ),
            ("wards price", "wards [price]"),
            (
                "does voice recognition save time",
                "does voice recognition (save) (time)",
            ),
            ("who can i ring about wards", "who can i (ring) about wards"),
            ("how is a ring wing made", "how is a ring wing made"),
            // A name, two words, or a question leave nothing open; one word that is like others does.
            ("doorlight problems", "doorlight (problems)"),
            ("epma experience", "epma (experience)"),
            ("bed board problems", "bed board (problems)"),
            ("wards help", "wards help"),
            ("bed problems", "bed problems"),
            // Alone, and together with others of its sort.
            ("work", "work"),
            ("did it work", "did it work"),
            ("how much does it cost", "how much does it cost"),
            ("lessons learned", "lessons learned"),
            ("cost problems", "cost problems"),
            // What means something together.
            (
                "patient experience portal wards",
                "patient experience portal wards",
            ),
            ("how do we run a help desk", "how do we run a help desk"),
            ("user experience of tablets", "user experience of tablets"),
            ("cost improvement programme", "cost improvement programme"),
            ("single-use plastics", "single use plastics"),
            ("how does home working work", "how does home working (work)"),
        ] {
            assert_eq!(marked(text, false), expected, "{text}");
        }
        assert_eq!(marked("wards help", true), "wards (help)");
    }

    #[test]
    fn what_was_left_out_is_said() {
        for (left_out, expected) in [
            (
                &["tried"][..],
                Some("We left out “tried”. Put a word in quotes to search for it."),
            ),
            (
                &["tried", "worth", "help"],
                Some(
                    "We left out “tried”, “worth” and “help”. Put a word in quotes to search for it.",
                ),
            ),
            (&[], None),
        ] {
            let left_out: Vec<String> = left_out.iter().map(|&word| word.into()).collect();
            assert_eq!(note(&left_out).as_deref(), expected);
        }
    }
}
