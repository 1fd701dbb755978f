//! Names compared by their words: what is written before or behind a known name, and what is a part of one.
//!
//! Words that many names have (`Trust`, `Hospitals`, `Community`) make no name by themselves. Some of them tell the organisations
//! of one place apart, and others, such as `(Pilot)`, only look as if they did.

use std::{collections::HashSet, sync::LazyLock};

use super::{MIN_CORE, folded_first, likened_first, nearly::is_nearly, plain};

/// Words that say nothing about which organisation it is.
const EMPTY: &str =
    "nhs trust foundation ft nhsft the of and for at ltd limited plc cic uk national";
/// Words that are added to a name and make no other organisation of it.
const ADDED: &str = "pilot test tests testing demo demonstration trial beta alpha live research development digital library \
    libraries intranet extranet staff website web site official verified online portal info information team teams node wiki \
    pharmacy partners innovation it ict informatics technology hub archive backup mirror copy new old dev staging training \
    education news charity charities lab labs admin headquarters hq www com org gov net co improvement quality learning knowledge \
    main original real true department office transformation publications lessons blog";
/// Words that many names have, and that tell the organisations of one place apart.
const KINDS: &str = "hospital hospitals hosp university teaching acute community health healthcare care services service partnership general \
    royal clinic clinics surgery group centre center medical practice mental child children childrens women womens infirmary \
    integrated board ambulance hospice district county city primary specialist orthopaedic eye heart chest cancer dental \
    emergency authority council region regional network alliance federation collaborative system support college school social \
    wellbeing maternity commissioning local public rehabilitation learning disability valley coast park";
/// Words in front of a place that make another place of it.
const DIRECTIONS: &str = "north south east west mid central greater inner outer upper lower northern southern eastern western \
    northeast northwest southeast southwest";
/// Words that say that a hospital is large.
const OF_HOSPITALS: &str = "university teaching acute";
/// Bodies of the whole country, whose name no node has for another reason.
const BODIES: [&str; 28] = [
    "NHS England",
    "NHS Scotland",
    "NHS Wales",
    "NHS Improvement",
    "NHS Digital",
    "NHS Resolution",
    "NHS Business Services Authority",
    "NHS Blood and Transplant",
    "NHS Confederation",
    "NHS Providers",
    "National Health Service England",
    "Department of Health",
    "Department for Health",
    "Ministry of Health",
    "Home Office",
    "Health Education England",
    "Public Health England",
    "Public Health Wales",
    "Public Health Scotland",
    "UK Health Security Agency",
    "Health Research Authority",
    "Care Quality Commission",
    "National Institute for Health",
    "Medicines and Healthcare products Regulatory Agency",
    "General Medical Council",
    "His Majesty's Government",
    "HM Government",
    "UK Government",
];
/// Short names of such bodies, which are names of their own in capitals only.
const SHORT_BODIES: [&str; 8] = [
    "DHSC", "UKHSA", "MHRA", "NICE", "CQC", "NHSE", "NHSX", "GOV.UK",
];
/// Words that are joined at most, to find a code that is written in parts.
const MAX_PARTS: usize = 4;

fn set(words: &str) -> HashSet<String> {
    words.split_whitespace().map(folded_first).collect()
}

static SET_EMPTY: LazyLock<HashSet<String>> = LazyLock::new(|| set(EMPTY));
static SET_ADDED: LazyLock<HashSet<String>> = LazyLock::new(|| set(ADDED));
static SET_KINDS: LazyLock<HashSet<String>> = LazyLock::new(|| set(KINDS));
static SET_DIRECTIONS: LazyLock<HashSet<String>> = LazyLock::new(|| set(DIRECTIONS));
static HOSPITAL: LazyLock<String> = LazyLock::new(|| folded_first("hospital"));
static SET_HOSPITAL: LazyLock<HashSet<String>> = LazyLock::new(|| set("hospitals hosp"));
static SET_OF_HOSPITALS: LazyLock<HashSet<String>> = LazyLock::new(|| set(OF_HOSPITALS));

static BODY_WORDS: LazyLock<Vec<Vec<Word>>> =
    LazyLock::new(|| BODIES.map(|body| all_words(body, &folded_first)).to_vec());

/// A word of a name, in the form in which names are compared.
#[derive(Clone)]
struct Word {
    text: String,
    /// Whether a mark that parts names is in front of it, such as a comma or a bracket.
    is_parted: bool,
    is_figure: bool,
}

impl Word {
    fn is(&self, words: &HashSet<String>) -> bool {
        words.contains(&self.text)
    }

    /// Returns whether the word is of the name itself.
    fn names(&self) -> bool {
        let is_common = [&SET_EMPTY, &SET_ADDED, &SET_KINDS, &SET_DIRECTIONS]
            .iter()
            .any(|words| self.is(words));
        !is_common && self.text.chars().count() >= MIN_CORE
    }

    /// Returns whether the word makes no other organisation of a name that it is added to.
    fn is_added(&self) -> bool {
        self.is(&SET_ADDED) || self.is_figure || self.text.chars().count() == 1
    }
}

/// Returns the words of a name as they are written, each with the mark in front of it.
fn written(name: &str) -> Vec<(String, bool)> {
    let name = name.replace(['&', '＆', '﹠'], " & ");
    let mut found: Vec<(String, bool)> = Vec::new();
    let (mut word, mut gap) = (String::new(), String::new());
    let spaced: String = name
        .split_inclusive('&')
        .flat_map(|part| {
            let (before, has_and) = part.strip_suffix('&').map_or((part, ""), |b| (b, " and "));
            plain(before).chain(has_and.chars()).collect::<Vec<_>>()
        })
        .collect();
    for c in spaced.chars().chain([' ']) {
        if c.is_alphanumeric() || matches!(c, '@' | '$') {
            word.push(c);
        } else if !matches!(c, '\'' | '’' | '\u{fffd}') || word.is_empty() {
            if !word.is_empty() {
                let is_parted = gap.contains(|c: char| !c.is_whitespace() && c != '-' && c != '.')
                    || gap.contains(" -");
                found.push((std::mem::take(&mut word), is_parted));
                gap.clear();
            }
            gap.push(c);
        }
    }
    found
}

/// Returns all words of a name in a form.
fn all_words(name: &str, form: &impl Fn(&str) -> String) -> Vec<Word> {
    let words = written(name).into_iter();
    words
        .map(|(text, is_parted)| Word {
            text: form(&text),
            is_parted,
            is_figure: text.chars().all(|c| c.is_ascii_digit()),
        })
        .collect()
}

/// Returns the words of a name that say which organisation it is, with one form of "hospital".
fn telling(all: &[Word]) -> Vec<Word> {
    let mut words = without_empty(all);
    for word in &mut words {
        if word.is(&SET_HOSPITAL) {
            word.text.clone_from(&HOSPITAL);
        }
    }
    if words.iter().any(|word| word.text == *HOSPITAL) {
        words.retain(|word| !word.is(&SET_OF_HOSPITALS));
    }
    words
}

/// Returns the words that are not empty, each parted from the one before if something in between parts them.
fn without_empty(all: &[Word]) -> Vec<Word> {
    let mut was_parted = false;
    let kept = all.iter().filter_map(|word| {
        was_parted |= word.is_parted;
        (!word.is(&SET_EMPTY)).then(|| Word {
            is_parted: std::mem::take(&mut was_parted),
            ..word.clone()
        })
    });
    kept.collect()
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

fn has_name(words: &[Word]) -> bool {
    words.iter().any(Word::names)
}

/// Returns whether two names are the same, one is a part of the other, or the other with words that make no other organisation
/// of it.
pub(super) fn is_around(claimed: &str, known: &str) -> bool {
    is_around_in(claimed, known, &folded_first) || is_around_in(claimed, known, &likened_first)
}

fn is_around_in(claimed: &str, known: &str, form: &impl Fn(&str) -> String) -> bool {
    let (all_claimed, all_known) = (all_words(claimed, form), all_words(known, form));
    let are_around = |claimed: &[Word], known: &[Word]| {
        let is_bare = all_claimed.iter().all(Word::names);
        is_around_words(claimed, known, is_bare)
    };
    // Words that are written as one have no other form.
    are_around(&telling(&all_claimed), &telling(&all_known))
        || are_around(&without_empty(&all_claimed), &without_empty(&all_known))
}

fn is_around_words(claimed: &[Word], known: &[Word], is_bare: bool) -> bool {
    if !has_name(known) || !has_name(claimed) {
        return false;
    }
    if joined(claimed) == joined(known) {
        return true;
    }
    let is_only_name = |words: &[Word]| words.iter().all(|word| !word.is(&SET_KINDS));
    // The known name with something before or behind it.
    let wraps = |run: Run| {
        let rest = || run.before.iter().chain(run.behind);
        let is_parted = |words: &[Word], next: Option<&Word>| {
            words.is_empty() || next.is_some_and(|word| word.is_parted)
        };
        let is_aside = is_parted(run.before, run.words.first())
            && is_parted(run.behind, run.behind.first())
            && rest().all(|word| !word.is(&SET_KINDS));
        !is_only_name(known) || is_aside || rest().all(Word::is_added)
    };
    // A part of the known name that says which organisation it is.
    let is_part = |run: Run| {
        is_bare
            || run
                .before
                .iter()
                .chain(run.behind)
                .all(|word| !word.names())
    };
    runs(claimed, known).any(wraps) || runs(known, claimed).any(is_part)
}

/// Words that follow each other in a name, with those around them.
struct Run<'a> {
    before: &'a [Word],
    words: &'a [Word],
    behind: &'a [Word],
}

/// Returns the words of a name that are read as `wanted` together. After `North`, they name another place.
fn runs<'a>(name: &'a [Word], wanted: &[Word]) -> impl Iterator<Item = Run<'a>> {
    runs_anywhere(name, wanted).filter(|run| {
        let before = run.before.last();
        before.is_none_or(|word| !word.is(&SET_DIRECTIONS))
    })
}

/// Returns the words of a name that are read as `wanted` together, whatever is in front of them.
fn runs_anywhere<'a>(name: &'a [Word], wanted: &[Word]) -> impl Iterator<Item = Run<'a>> {
    // Figures tell names apart, so no letter may differ next to them.
    let is_forgiving = !name.iter().chain(wanted).any(|word| word.is_figure);
    let wanted = joined(wanted);
    let length = wanted.chars().count();
    (0..name.len()).filter_map(move |start| {
        let (before, from) = name.split_at_checked(start)?;
        let mut text = String::new();
        for (position, word) in from.iter().enumerate() {
            text.push_str(&word.text);
            let count = text.chars().count();
            if count > length + 1 {
                break;
            }
            if count + 1 >= length && (text == wanted || is_forgiving && is_nearly(&text, &wanted))
            {
                let (words, behind) = from.split_at_checked(position + 1)?;
                return Some(Run {
                    before,
                    words,
                    behind,
                });
            }
        }
        None
    })
}

/// Returns the national body that a name claims to be, or to be a part of.
pub(super) fn body(name: &str) -> Option<&'static str> {
    // The first form of a word is the one in which the lists are; the other finds letters that look alike.
    let forms = [
        all_words(name, &folded_first),
        all_words(name, &likened_first),
    ];
    let nhs = folded_first("nhs");
    let is_nhs = |all: &Vec<Word>| {
        let says_nothing = all
            .iter()
            .all(|word| word.is(&SET_EMPTY) || word.is_added());
        says_nothing && (all.iter().any(|word| word.text == nhs) || joined(all) == nhs)
    };
    if forms.iter().any(is_nhs) {
        return Some("NHS");
    }
    // `North West NHS England` is a part of it, too.
    let has = |body: &[Word]| {
        let mut runs = forms.iter().flat_map(|words| runs_anywhere(words, body));
        runs.any(|run| joined(run.words) == joined(body))
    };
    let short = || {
        let words = written(name);
        let mut short = SHORT_BODIES.into_iter();
        short.find(|body| {
            words.iter().any(|(word, _)| word == body) || folded_first(name) == folded_first(body)
        })
    };
    let mut bodies = BODIES.into_iter().zip(BODY_WORDS.iter());
    let named = bodies.find_map(|(body, words)| has(words).then_some(body));
    named.or_else(short)
}

/// Returns whether a name has a code among its words, also where it is written in parts. Without a figure in it, the code is
/// found in capitals only: a short name of a node may be the name of a place, which others have, too.
pub(super) fn has_code(name: &str, code: &str) -> bool {
    let words = written(name);
    let capital = |text: &str| text.to_uppercase();
    let forms: [&dyn Fn(&str) -> String; 2] =
        [&|text| code_form(text), &|text| code_form(&capital(text))];
    let has_figure = code.contains(|c: char| c.is_ascii_digit());
    forms.iter().any(|form| {
        let wanted = form(code);
        if !has_figure {
            let is_capital = |word: &str| word == capital(word);
            let mut in_capitals = words.iter().filter(|(word, _)| is_capital(word));
            return form(name) == wanted || in_capitals.any(|(word, _)| form(word) == wanted);
        }
        let mut starts = 0..words.len();
        starts.any(|start| {
            let mut text = String::new();
            let parts = words.iter().skip(start).take(MAX_PARTS);
            parts.into_iter().any(|(word, _)| {
                text.push_str(&form(word));
                text == wanted
            })
        })
    })
}

/// Returns the letters and figures of a code, those that look the same as one.
fn code_form(text: &str) -> String {
    let compatible: String = plain(text).collect();
    let likened = super::skeleton(&compatible);
    let capitals = likened.flat_map(char::to_uppercase);
    capitals
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}
