//! The values of findings, for refusing a text that repeats them: a reason is kept in the audit, from which nothing is erased.

use std::fmt;

use crate::{
    finding::{Finding, Kind},
    lexicon::{self, GIVEN_NAME, SURNAME},
    mask::masked,
    part::Part,
    reading,
};

/// Characters of a word that identifies someone alone.
const MIN_WORD: usize = 3;
/// Characters of a word that is recognised within others: shorter ones are parts of many words.
const MIN_WITHIN: usize = 5;
/// Characters of a whole value that is recognised however it is parted.
const MIN_WHOLE: usize = 6;
/// Words of any sentence and any address that no list of the lexicon has.
const EVERYDAY: &str = "the and for not are was were has had have with from who all our out into about over also been its that this \
    these those they them there here their you your com org net gov nhs www mail email";

/// The words of findings by which their values are recognised. It shows them to no one, and its debug form is empty.
#[derive(Clone, Default)]
pub struct Values {
    words: Vec<String>,
    /// The words of a value without what is between them.
    wholes: Vec<String>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values")
    }
}

impl Values {
    /// Takes the values of findings from the parts that were checked.
    #[must_use]
    pub fn new(parts: &[Part<'_>], findings: &[Finding]) -> Self {
        let mut values = Self::default();
        for finding in findings {
            let part = parts.get(finding.place.index);
            let typed = part.and_then(|part| part.text.get(finding.place.bytes.clone()));
            // What was found in another form of the text has its place there.
            let Some(typed) = typed.filter(|typed| masked(finding.kind, typed) == finding.masked)
            else {
                continue;
            };
            values.add_value(finding.kind, typed);
        }
        values
    }

    /// Adds the values of other findings.
    pub fn add(&mut self, others: Self) {
        self.words.extend(others.words);
        self.wholes.extend(others.wholes);
    }

    fn add_value(&mut self, kind: Kind, typed: &str) {
        // The provider of a mailbox identifies no one.
        let typed = match (kind, typed.split_once('@')) {
            (Kind::EMail, Some((mailbox, _))) => mailbox,
            _ => typed,
        };
        let mut words = reading::words(typed);
        words.retain(|word| identifies(kind, word));
        let whole = words.concat();
        if whole.chars().count() >= MIN_WHOLE {
            self.wholes.push(whole);
        }
        words.retain(|word| word.chars().count() >= MIN_WORD);
        self.words.extend(words);
    }

    /// Returns whether a text has a word of a value, in any case and with or without accents.
    #[must_use]
    pub fn are_repeated_in(&self, text: &str) -> bool {
        if self.words.is_empty() && self.wholes.is_empty() {
            return false;
        }
        let words = reading::words(text);
        let all = words.concat();
        // `the Kettles`, `pxKettlex` and `Ket-tle` say it, too.
        let is_within = |word: &String| {
            let is_long = word.chars().count() >= MIN_WITHIN;
            let plural = [format!("{word}s"), format!("{word}es")];
            words.contains(word)
                || words.iter().any(|held| plural.contains(held))
                || (is_long && all.contains(word.as_str()))
        };
        self.words.iter().any(is_within)
            || self.wholes.iter().any(|whole| all.contains(whole.as_str()))
    }
}

/// Returns whether a word of a value says whose it is, and is no title, no label and no word of any sentence.
fn identifies(kind: Kind, word: &str) -> bool {
    let has_digit = word.chars().any(|c| c.is_ascii_digit());
    match kind {
        Kind::PersonName | Kind::EMail => {
            let class = lexicon::class(word);
            let is_name = class == 0 || class & (GIVEN_NAME | SURNAME) != 0;
            is_name && !EVERYDAY.split_ascii_whitespace().any(|held| held == word)
        }
        Kind::DatedCondition => has_digit && !is_year(word),
        Kind::NhsNumber
        | Kind::DateOfBirth
        | Kind::HospitalNumber
        | Kind::Postcode
        | Kind::Telephone
        | Kind::Age
        | Kind::SmallCount => has_digit,
        Kind::Image => false,
    }
}

fn is_year(word: &str) -> bool {
    word.parse::<u16>()
        .is_ok_and(|year| (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;

    #[test]
    fn a_reason_repeats_no_word_that_identifies_someone() {
        for (text, reason, repeats) in [
            (
                "Ask Mrs Edna Jones, a patient.",
                "Edna Jones agreed to be named",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "EDNA is an invented example",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "the Joneses’ story; jones’s own words",
                true,
            ),
            ("Ask Mrs Edna Jones, a patient.", "the Joneses agreed", true),
            (
                "Ask Mrs Edna Jones, a patient.",
                "pxJonesx and Jo-nes",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "the patient and her husband are invented, Mrs and all",
                false,
            ),
            (
                "Ask Mrs Zoë Ångström, a patient.",
                "zoe is an invented example",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "E d n a J o n e s is invented",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "Ed\u{200b}na is an invented example",
                true,
            ),
            (
                "Ask Mrs Edna Jones, a patient.",
                "the person agreed to be named in writing",
                false,
            ),
            ("Write to LS1 4AP.", "the 4ap half is not of a home", true),
            ("Write to LS1 4AP.", "a public address of the trust", false),
            (
                "Ring 07700 900123.",
                "the number 07700900123 of a drama",
                true,
            ),
            ("Ring 07700 900123.", "the number of a drama series", false),
            (
                "Write to edna.jones@gmail.com.",
                "the mailbox of jones the writer",
                true,
            ),
            (
                "Write to edna.jones@gmail.com.",
                "a gmail mailbox that the team made for tests",
                false,
            ),
        ] {
            let parts = [Part::body(text, 1)];
            let findings = check(&parts);
            assert!(!findings.is_empty(), "{text}");
            let values = Values::new(&parts, &findings);
            assert_eq!(values.are_repeated_in(reason), repeats, "{text} {reason}");
            assert_eq!(format!("{values:?}"), "Values");
        }
    }
}
