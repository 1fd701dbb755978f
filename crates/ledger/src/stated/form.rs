//! Names in a form in which they are compared, and what tells a name from others in it.

use std::{cmp::Reverse, sync::LazyLock};

use super::{ADDED, ENDINGS, IN_FRONT, MIN_CORE, SAME_WORDS, folded_first, likened_first};

/// A form in which names are compared, with the words that names have in common in it.
pub(super) struct Form {
    pub(super) of: fn(&str) -> String,
    same_words: Vec<(String, String)>,
    in_front: Vec<String>,
    /// The longest first: of `Foundation Trust`, nothing is left.
    endings: Vec<String>,
    hosp: String,
    hospital: String,
}

/// Folding letter case first, and finding look-alike letters first.
pub(super) static FORMS: LazyLock<[Form; 2]> =
    LazyLock::new(|| [Form::new(folded_first), Form::new(likened_first)]);

impl Form {
    fn new(of: fn(&str) -> String) -> Self {
        let mut endings: Vec<String> = ENDINGS.into_iter().chain(ADDED).map(of).collect();
        endings.sort_by_key(|ending| Reverse(ending.len()));
        let same_words = SAME_WORDS.iter();
        Self {
            of,
            same_words: same_words
                .map(|(written, meant)| (of(written), of(meant)))
                .collect(),
            in_front: IN_FRONT.map(of).to_vec(),
            endings,
            hosp: of("hosp"),
            hospital: of("hospital"),
        }
    }

    /// Returns what tells a name, which has this form, from others: without the ending that lists leave out, "the", and what
    /// a name is not part of; with one form of "hospital" and of "National Health Service".
    pub(super) fn core(&self, name: &str) -> String {
        let mut core = name.to_owned();
        for (written, meant) in &self.same_words {
            core = core.replace(written, meant);
        }
        for front in &self.in_front {
            let rest = core.strip_prefix(front);
            if let Some(rest) = rest.filter(|rest| rest.chars().count() >= MIN_CORE) {
                core = rest.to_owned();
            }
        }
        let without_ending = |core: &str| {
            let mut short = self.endings.iter().filter_map(|end| core.strip_suffix(end));
            short
                .find(|short| short.chars().count() >= MIN_CORE)
                .map(str::to_owned)
        };
        // A name can have several: `… NHS Trust (verified)`.
        while let Some(short) = without_ending(&core) {
            core = short;
        }
        match core.strip_suffix(&self.hosp) {
            Some(before) => format!("{before}{}", self.hospital),
            None => core,
        }
    }
}
