//! Whether a word is one of English: such a word is spelt right, though no page here has it.
//!
//! The list is SCOWL's (british, size 60), without words of three letters and without those that a regular ending makes
//! of another; `english-licence.txt` says what its authors ask for.

/// The words, one a line, in the order of their bytes.
const WORDS: &str = include_str!("english.txt");

/// Endings that make a word of another: the list leaves such words out.
const ENDINGS: [&str; 6] = ["s", "d", "ed", "es", "ing", "ly"];

/// Letters that words of the list have at least.
pub(crate) const MIN_LETTERS: usize = 4;

/// How many endings a word may have after each other: `feelings`.
const MAX_ENDINGS: usize = 2;

/// Returns whether a word in lower case is one of English.
pub(crate) fn is_word(word: &str) -> bool {
    has(word, MAX_ENDINGS)
}

fn has(word: &str, endings: usize) -> bool {
    if word.len() < MIN_LETTERS {
        return false;
    }
    let mut bases = ENDINGS.iter().filter_map(|end| word.strip_suffix(end));
    is_listed(word) || (endings > 0 && bases.any(|base| has(base, endings - 1)))
}

/// Looks a word up by halving the text, so that the list costs no memory of its own.
fn is_listed(word: &str) -> bool {
    let mut rest = WORDS;
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let (before, after) = rest.split_at(middle);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = after.find('\n').map_or(rest.len(), |end| middle + end);
        let found = rest.get(start..end).unwrap_or_default();
        rest = match word.cmp(found) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => rest.get(..start).unwrap_or_default(),
            std::cmp::Ordering::Greater => rest.get(end + 1..).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_list_is_found_and_the_list_is_in_order() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.is_sorted() && words.len() > 30_000, "{}", words.len());
        for word in words {
            assert!(is_listed(word), "{word}");
            assert!(
                word.len() >= MIN_LETTERS && word.bytes().all(|byte| byte.is_ascii_lowercase())
            );
        }
    }

    #[test]
    fn words_are_known_with_their_endings_and_misspellings_are_not() {
        for word in [
            "dental", "catering", "canteen", "parking", "wards", "feelings", "caterers", "mentally",
        ] {
            assert!(is_word(word), "{word}");
        }
        for word in [
            "ambeint", "presc", "rheumat", "infusoin", "", "s", "ings", "zzzz", "aaaa",
        ] {
            assert!(!is_word(word), "{word}");
        }
    }
}
