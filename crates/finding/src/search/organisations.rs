//! The organisations that a search names: by their name or the beginning of it, its initials, the name before, or their code.

use std::sync::LazyLock;

use search::Expansions;
use store::Publisher;

use super::naming::{SMALL, WORDS_OF_MANY_NAMES};

/// Organisations that one search offers: more are the beginning of too many names.
const MAX_OFFERED: usize = 3;

/// Those that people add to any name.
const ADDED: &str = "NHS trust foundation FT organisation";

/// Letters that a part of a name has at least.
const MIN_LETTERS: usize = 3;

/// The initials that are read as a name. Two letters, such as ED, are the initials of too much.
const INITIALS: std::ops::RangeInclusive<usize> = 3..=6;

static KIND_STEMS: LazyLock<Vec<String>> = LazyLock::new(|| search::stems(WORDS_OF_MANY_NAMES));
static ADDED_STEMS: LazyLock<Vec<String>> = LazyLock::new(|| search::stems(ADDED));

/// An organisation that was named.
#[derive(Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The organisation.
    pub publisher: &'a Publisher,
    /// Its earlier name, if it was named by that.
    pub former: Option<&'a str>,
}

/// Returns the organisations that were named: those with the code, or else those with the name, or else those that had it.
/// A name is read as its spelling was corrected, if it was; a code is not.
#[must_use]
pub fn names<'a>(
    typed: &str,
    corrected: Option<&str>,
    publishers: &'a [Publisher],
) -> Vec<Named<'a>> {
    // A minus sign leaves out what has the word.
    if typed.trim_start().starts_with('-') {
        return Vec::new();
    }
    let code = typed.trim();
    let has_code = |publisher: &Publisher| {
        let codes = [publisher.ods.as_deref(), Some(publisher.handle.as_str())];
        codes
            .into_iter()
            .flatten()
            .any(|known| known.eq_ignore_ascii_case(code))
    };
    let by_code: Vec<Named> = all(publishers, |publisher| has_code(publisher).then_some(None));
    if !by_code.is_empty() {
        return by_code;
    }
    let Some(name) = TypedName::read(corrected.unwrap_or(typed)) else {
        return Vec::new();
    };
    let by_name = all(publishers, |one| name.is_of(&one.name).then_some(None));
    if !by_name.is_empty() {
        return by_name;
    }
    all(publishers, |one| {
        let former = one.former_name.as_deref()?;
        name.is_of(former).then_some(Some(former))
    })
}

fn all<'a>(
    publishers: &'a [Publisher],
    former: impl Fn(&'a Publisher) -> Option<Option<&'a str>>,
) -> Vec<Named<'a>> {
    let found = publishers.iter().filter_map(|publisher| {
        let former = former(publisher)?;
        Some(Named { publisher, former })
    });
    found.take(MAX_OFFERED).collect()
}

/// What was typed, as the name of an organisation.
struct TypedName {
    /// The stems of all its words.
    stems: Vec<String>,
    /// Those that distinguish organisations.
    own: Vec<String>,
    /// The letters that a name with the first of these has.
    first: String,
    /// What it may be the initials of, in capitals.
    initials: Option<String>,
}

impl TypedName {
    fn read(typed: &str) -> Option<Self> {
        let stems = search::stems(typed);
        let own: Vec<String> = own(&stems).cloned().collect();
        // The first two letters of a word stay what they are in its stem.
        let first = own.first().or(stems.first())?.chars().take(2).collect();
        let letters = typed.trim();
        let is_initials = INITIALS.contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && Expansions::built_in().others(letters).next().is_none();
        Some(Self {
            stems,
            own,
            first,
            initials: is_initials.then(|| letters.to_uppercase()),
        })
    }

    /// Returns whether it is a name, the beginning of what is its own in it, or its initials.
    fn is_of(&self, name: &str) -> bool {
        self.is_beginning_of(name)
            || self
                .initials
                .as_deref()
                .is_some_and(|typed| initials(name).any(|known| known == typed))
    }

    fn is_beginning_of(&self, name: &str) -> bool {
        // To find the stems of every name would cost more than the search.
        let mut beginnings = name.split(|c: char| !c.is_alphanumeric());
        if !beginnings.any(|word| is_beginning(&self.first, word)) {
            return false;
        }
        let known = search::stems(name);
        if known == self.stems {
            return true;
        }
        let known_own: Vec<&String> = own(&known).collect();
        let is_begun = self.own.len() <= known_own.len()
            && self
                .own
                .iter()
                .zip(known_own)
                .all(|(typed, known)| typed == known);
        let letters: usize = self.own.iter().map(String::len).sum();
        // The kind that is typed is in the name, in full or as initials: the ICB of one that ends with Integrated Care Board.
        let is_its_kind = |stem: &&String| {
            let stem = stem.as_str();
            known.iter().any(|known| known == stem)
                || ADDED_STEMS.iter().any(|added| added == stem)
                || initials(name).any(|known| known.to_lowercase().ends_with(stem))
        };
        let mut kinds = self.stems.iter().filter(|stem| KIND_STEMS.contains(stem));
        is_begun && letters >= MIN_LETTERS && kinds.all(|stem| is_its_kind(&stem))
    }
}

/// Returns the stems that distinguish an organisation from others.
fn own(stems: &[String]) -> impl Iterator<Item = &String> {
    stems.iter().filter(|stem| !KIND_STEMS.contains(stem))
}

/// Returns whether a word begins with letters; one that is not plain may, since it is written in other letters too.
fn is_beginning(letters: &str, word: &str) -> bool {
    !word.is_ascii()
        || word
            .get(..letters.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(letters))
}

/// Returns the initials of a name, without what most names end with: with those of small words, and without.
fn initials(name: &str) -> impl Iterator<Item = String> {
    let of = |with_small: bool| -> String {
        let words = ledger::short_name(name).split(|c: char| !c.is_alphanumeric() && c != '\'');
        let words =
            words.filter(|word| with_small || !SMALL.contains(&word.to_lowercase().as_str()));
        words
            .filter_map(|word| word.chars().next())
            .flat_map(char::to_uppercase)
            .collect()
    };
    [of(true), of(false)].into_iter()
}

#[cfg(test)]
mod tests {
    use wire::NodeId;

    use super::*;

    fn publisher(handle: &str, ods: &str, name: &str, former: Option<&str>) -> Publisher {
        Publisher {
            node_seq: 1,
            node: NodeId::for_text(name.as_bytes()),
            handle: handle.to_owned(),
            own: false,
            ods: Some(ods.to_owned()),
            name: name.to_owned(),
            former_name: former.map(str::to_owned),
            base: "https://lessons.example/feed/v1".to_owned(),
            contact: None,
            left: false,
            expires: None,
            state: None,
            stale: false,
            last_fresh: None,
            fault: None,
        }
    }

    #[test]
    fn an_organisation_is_known_by_each_of_its_names() {
        let publishers = [
            publisher("zz1", "ZZ1", "Northmoor Teaching Hospitals NHS Trust", None),
            publisher(
                "zz2",
                "ZZ2",
                "Avonbridge Community and Mental Health NHS Trust",
                Some("Lower Avon Partnership NHS Trust"),
            ),
            publisher(
                "zz3",
                "ZZ3",
                "Harrowdale Hospital and Ambulance NHS Trust",
                None,
            ),
            publisher(
                "icb",
                "ZZ4",
                "NHS Northmoor and Harrowdale Integrated Care Board",
                None,
            ),
            publisher(
                "ely",
                "ZZ5",
                "St Ely’s Hospitals NHS Foundation Trust",
                None,
            ),
            publisher("cym", "ZZ6", "Ŵyth Afon University Health Board", None),
            publisher("chs", "ZZ7", "Community Health Services", None),
        ];
        for (typed, expected) in [
            ("northmoor", "zz1 icb"),
            ("Northmoor NHS trust", "zz1 icb"),
            ("“Northmoor”", "zz1 icb"),
            ("northmoor teaching hospital", "zz1"),
            ("Northmoor Teaching Hospitals NHS Trust", "zz1"),
            ("northmoor ICB", "icb"),
            ("northmoor and harrowdale", "icb"),
            ("zz1", "zz1"),
            (" ZZ2 ", "zz2"),
            ("icb", "icb"),
            ("harrowdale ambulance", "zz3"),
            ("northmoor ambulance", ""),
            ("NTH", "zz1"),
            ("hha", "zz3"),
            ("nhait", ""),
            ("st elys", "ely"),
            ("St Ely's", "ely"),
            ("wyth afon", "cym"),
            ("community health services", "chs"),
            ("Lower Avon", "zz2 earlier Lower Avon Partnership NHS Trust"),
            ("avon", ""),
            ("afon", ""),
            ("NHS trust", ""),
            ("hospital", ""),
            ("st", ""),
            ("northmoor wi-fi", ""),
            ("-northmoor", ""),
            ("", ""),
            ("  ", ""),
        ] {
            let found = names(typed, None, &publishers).into_iter().map(|named| {
                let handle = named.publisher.handle.clone();
                named.former.map_or(handle.clone(), |former| {
                    format!("{handle} earlier {former}")
                })
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{typed}");
        }
        let corrected = names("nothmoor", Some("northmoor"), &publishers);
        assert_eq!(corrected.len(), 2);
    }

    #[test]
    fn a_name_that_is_an_abbreviation_of_something_else_names_no_organisation() {
        // The initials of an Eastern Park Rehabilitation hospital are those of a record.
        let publishers = [
            publisher("epr", "ZZ8", "Eastern Park Rehabilitation", None),
            publisher("ep", "ZZ9", "Eastern Wold Park", None),
        ];
        let found = |typed| names(typed, None, &publishers).len();
        assert_eq!((found("EPR"), found("ewp")), (1, 1));
        let without_code = [publisher("one", "ZZ8", "Eastern Park Rehabilitation", None)];
        assert_eq!(names("EPR", None, &without_code).len(), 0);
    }
}
