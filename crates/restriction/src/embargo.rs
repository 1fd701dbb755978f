//! Lines above a text that name the day of its publication: `Embargoed until 3 May 2099`, `To be published on 3 May 2099`.

use wire::Date;

use crate::{
    letters::folded,
    stems::{Bound, bound},
};
use metadata::times::first_day;

/// Words of such a line; more are a sentence.
const MAX_WORDS: usize = 14;
/// Words in which a day is written.
const MAX_DAY_WORDS: usize = 3;
/// Beginnings of a line that a day of publication follows.
const BEGINNINGS: [&str; 12] = [
    "publication date",
    "date of publication",
    "to be published",
    "will be published",
    "for publication on",
    "for publication in",
    "release date",
    "for release",
    "hold for release",
    "go live",
    "go-live",
    "publish on",
];

/// Returns the day of publication that a line names.
pub(crate) fn day(line: &str) -> Option<Date> {
    let line = folded(line);
    let plain = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_bound = plain
        .split_once(':')
        .is_some_and(|(key, _)| bound(key) == Some(Bound::From));
    let is_said = is_bound
        || line.contains("embargo")
        || BEGINNINGS.iter().any(|begin| plain.starts_with(begin));
    if !is_said || plain.split_whitespace().nth(MAX_WORDS).is_some() {
        return None;
    }
    let words: Vec<&str> = plain
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    (1..=MAX_DAY_WORDS)
        .rev()
        .flat_map(|count| words.windows(count))
        .find_map(|words| {
            // A year alone can be anything else.
            let text = words.join(" ");
            first_day(&text).filter(|_| text.len() > 4)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_publication_is_read() {
        for line in [
            "Embargoed until 3 May 2099",
            "**Strictly embargoed until 00:01 on Sunday, 3 May 2099**",
            "Embargo lifts 2099-05-03",
            "EMBARGO: 3/5/2099",
            "Under embargo until May 3, 2099.",
            "Publication date: 3 May 2099",
            "To be published on 3 May 2099",
            "Hold for release until 3 May 2099",
            "Go-live: 3 May 2099",
        ] {
            assert_eq!(day(line), Date::parse("2099-05-03"), "{line}");
        }
        for line in [
            "Embargoed",
            "An embargo of 24 hours",
            "The board will publish it on 3 May 2099",
            "Embargoes since 2019",
        ] {
            assert_eq!(day(line), None, "{line}");
        }
    }
}
