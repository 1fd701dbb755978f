//! Names that are near one that nothing has: for a page that says that there is nothing under a name.

use std::cmp::Reverse;

/// Names that are returned.
const MAX_NEAREST: usize = 5;
/// Names that are compared, the first: they come the most frequent first.
const MAX_COMPARED: usize = 500;
/// Characters of a name that are compared.
const MAX_CHARS: usize = 60;
/// Letters of a word that is a reason to name what has it.
const MIN_WORD: usize = 3;
/// How much of a name has to be the same, in hundredths, where no word is.
const MIN_ALIKE: usize = 60;
/// How near what shares a word is, at least.
const SHARES_WORD: usize = 80;

/// Returns what is named most nearly as was asked, the nearest first. Of names that are as near, the first come first.
#[must_use]
pub fn nearest<'a, T>(asked: &str, named: impl IntoIterator<Item = (&'a str, T)>) -> Vec<T> {
    let asked = Name::new(asked);
    let near = named.into_iter().take(MAX_COMPARED);
    let near = near.filter_map(|(name, value)| {
        let alike = asked.alike(&Name::new(name));
        (alike >= MIN_ALIKE).then_some((alike, value))
    });
    let mut near: Vec<(usize, T)> = near.collect();
    near.sort_by_key(|(alike, _)| Reverse(*alike));
    near.truncate(MAX_NEAREST);
    near.into_iter().map(|(_, value)| value).collect()
}

/// A name as it is compared: in small letters, with and without what is between its words.
struct Name {
    words: Vec<String>,
    letters: String,
}

impl Name {
    fn new(name: &str) -> Self {
        let small: String = name
            .chars()
            .take(MAX_CHARS)
            .flat_map(char::to_lowercase)
            .collect();
        let words = small.split(|c: char| !c.is_alphanumeric());
        let words: Vec<String> = words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            letters: words.concat(),
            words,
        }
    }

    /// Returns whether as many letters can be the same as two names need to be alike: their lengths are near each other.
    fn may_be_alike(&self, other: &Self) -> bool {
        let (one, two) = (self.letters.chars().count(), other.letters.chars().count());
        one.min(two) * 100 >= one.max(two) * MIN_ALIKE
    }

    /// Returns how much of two names is the same, in hundredths.
    fn alike(&self, other: &Self) -> usize {
        let letters = match self.may_be_alike(other) {
            true => strsim::normalized_damerau_levenshtein(&self.letters, &other.letters),
            false => 0.0,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of one is between 0 and 100 hundredths"
        )]
        let alike = (letters * 100.0) as usize;
        let shares = self.words.iter().any(|word| {
            word.chars().count() >= MIN_WORD && other.words.iter().any(|one| one == word)
        });
        if shares {
            alike.max(SHARES_WORD)
        } else {
            alike
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_a_wrong_letter_or_by_one_of_its_words() {
        let named = [
            "Quillstone Dictate",
            "Hearsay Notes",
            "Voice recognition",
            "SystmOne",
            "Care+",
        ];
        for (asked, expected) in [
            ("Quilstone Dictate", &["Quillstone Dictate"][..]),
            ("hearsay", &["Hearsay Notes"]),
            ("voice-recognition-software", &["Voice recognition"]),
            ("SystemOne", &["SystmOne"]),
            ("a", &[]),
            ("", &[]),
            ("zzzzzzzz", &[]),
        ] {
            let found = nearest(asked, named.map(|name| (name, name)));
            assert_eq!(found, expected, "{asked}");
        }
    }
}
