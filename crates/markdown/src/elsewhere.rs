//! The ids that other programs give to headings: Python-Markdown and MkDocs, Docusaurus, Hugo, Jekyll and kramdown, Pandoc,
//! GitLab, Obsidian, and others.
//!
//! Their rules differ in the signs between words, in letters beyond ASCII, in what a heading may begin with, and in signs
//! that some write as words. So a name is compared by its letters and digits alone.

use unicode_normalization::UnicodeNormalization as _;

/// What some programs put in front of each id.
const PREFIXES: [&str; 4] = ["user-content-", "markdown-header-", "heading-", "section-"];
/// Letters that have no simpler form in Unicode, as programs write them.
const LETTERS: [(char, &str); 14] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('Æ', "ae"),
    ('œ', "oe"),
    ('Œ', "oe"),
    ('ø', "o"),
    ('Ø', "o"),
    ('ł', "l"),
    ('Ł', "l"),
    ('đ', "d"),
    ('Đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
];
/// The same letters with two, as German is written.
const UMLAUTS: [(char, &str); 6] = [
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('Ä', "ae"),
    ('Ö', "oe"),
    ('Ü', "ue"),
];
/// Signs that some programs write as words.
const SIGNS: [(char, &str); 7] = [
    ('&', " and "),
    ('+', " plus "),
    ('%', " percent "),
    ('@', " at "),
    ('£', " pound "),
    ('$', " dollar "),
    ('€', " euro "),
];

/// Returns the letters and digits of an id, without its prefix.
pub(crate) fn loosely(id: &str) -> String {
    let id = id.strip_prefix("h-").unwrap_or(id);
    let kept = id.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// Returns a fragment without what some programs put in front.
pub(crate) fn without_prefix(written: &str) -> &str {
    let without = PREFIXES
        .iter()
        .find_map(|prefix| written.strip_prefix(prefix));
    without.unwrap_or(written)
}

/// Returns the letters and digits of what other programs name a heading, each once.
pub(crate) fn names(heading: &str) -> Vec<String> {
    let spelled = replaced(heading, &SIGNS);
    let entity = replaced(heading, &[('&', " amp ")]);
    let and = replaced(heading, &[('&', " and ")]);
    let mut names: Vec<String> = Vec::new();
    for text in [heading, spelled.as_str(), entity.as_str(), and.as_str()] {
        let simple = [
            text.to_owned(),
            // Letters beyond ASCII without their accents, or left out.
            ascii(&replaced(text, &LETTERS)),
            ascii(&replaced(&replaced(text, &UMLAUTS), &LETTERS)),
            ascii(text),
            text.chars().filter(char::is_ascii).collect(),
        ];
        for text in simple {
            // Kramdown and Pandoc begin at the first letter: `introduction` of 1. Introduction.
            let from_letter = text.trim_start_matches(|c: char| !c.is_alphabetic());
            names.extend([loosely(&text), loosely(from_letter)]);
        }
    }
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns a text without accents, and without what is then beyond ASCII.
fn ascii(text: &str) -> String {
    text.nfkd().filter(char::is_ascii).collect()
}

fn replaced(text: &str, with: &[(char, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match with.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => out.push_str(to),
            None => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::Reading;

    #[test]
    fn a_link_leads_to_the_one_heading_that_another_program_names_so() {
        let md = "# Guide\n\n## 1. Introduction\n\n## R&D, and C++\n\n## Été à Paris\n\n## Größe\n\n## 日本語 notes\n\n\
            ## Dup\n\n## Dup\n\n## 2020 results\n\n## 2021 results\n\n## What *it* `costs` <b>now</b>\n\n## Own {#MyId}\n";
        let reading = Reading::new(md);
        for (written, found) in [
            // GitHub, Docusaurus, Hugo.
            ("1-introduction", Some("#1-introduction")),
            ("what-it-costs-now", Some("#what-it-costs-now")),
            ("rd-and-c", Some("#rd-and-c")),
            ("r--d-and-c", Some("#rd-and-c")),
            // Kramdown and Pandoc begin at the first letter.
            ("introduction", Some("#1-introduction")),
            // Python-Markdown leaves accents out, and counts with a low line.
            ("ete-a-paris", Some("#été-à-paris")),
            ("groe", Some("#größe")),
            ("notes", Some("#日本語-notes")),
            ("dup_1", Some("#dup-1")),
            // Other programs write letters and signs as words.
            ("groesse", Some("#größe")),
            ("r-and-d-and-c-plus-plus", Some("#rd-and-c")),
            ("r-amp-d-and-c", Some("#rd-and-c")),
            // GitLab, AsciiDoc, Obsidian.
            ("user-content-guide", Some("#guide")),
            ("_what_it_costs_now", Some("#what-it-costs-now")),
            ("What%20it%20costs%20now", Some("#what-it-costs-now")),
            ("Guide#Dup", Some("#dup")),
            ("%C3%A9t%C3%A9-%C3%A0-paris", Some("#été-à-paris")),
            ("MyId", Some("#h-MyId")),
            ("myid", Some("#h-MyId")),
            // Several could be meant, or none.
            ("results", None),
            ("nowhere", None),
            ("", None),
        ] {
            let place = reading.place(written);
            assert_eq!(place.as_deref(), found, "{written}");
        }
    }
}
