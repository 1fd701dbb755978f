//! Plain technical English in code and documents: words, names of constants and constructors that stay out.

use std::collections::BTreeSet;

use crate::{assert_none, assert_only, files, rust_files, without_unit_tests};

/// Words that a reader whose first language is another has to look up, each with what to say.
const OLD_WORDS: [(&str, &str); 18] = [
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("mending", "fixing"),
    ("told", "reported, said"),
    ("anew", "again"),
    ("beside", "next to, while"),
    ("nobody", "no one"),
    ("anybody", "anyone"),
    ("somebody", "someone"),
    ("whom", "which, the one that"),
    ("stands", "is"),
    ("wish", "request"),
    ("wishes", "requests"),
    ("slip", "mistake"),
    ("slips", "mistakes"),
    ("hence", "so"),
    ("thereupon", "then"),
];

/// Turns of phrase that are translated, not written.
const OLD_TURNS: [&str; 3] = ["what is to be", "laid at the", "leave-taking"];

/// Beginnings of constants that are bounds; they begin with `MAX_` or `MIN_`.
const OLD_BOUNDS: [&str; 6] = ["MOST", "LONGEST", "LARGEST", "FEW", "FEWEST", "LEAST"];

/// Parameters and fields that are bounds, by their names; they are `max` or `min`, or begin so.
const OLD_PARAMETERS: [&str; 2] = ["most: ", "least: "];

/// Files with constants, constructors or bounds of old names. This list only shrinks.
const OLD_NAMES: [&str; 17] = [
    // The ends of an amount, as its author wrote them.
    "crates/domain/src/amount.rs",
    "crates/bench/src/corpus/front_matter.rs",
    "crates/bench/src/report.rs",
    "crates/domain/tests/properties.rs",
    "crates/metadata/src/yaml.rs",
    "crates/patient_data/src/kinds/date.rs",
    "crates/patient_data/src/kinds/mod.rs",
    "crates/patient_data/src/kinds/name/form.rs",
    "crates/patient_data/src/kinds/postcode.rs",
    "crates/patient_data/src/kinds/telephone.rs",
    "crates/patient_data/src/sentences.rs",
    "crates/patient_data/tests/labelled/random.rs",
    "crates/restriction/src/keys.rs",
    "crates/search/src/best.rs",
    "crates/search/src/compounds.rs",
    "crates/search/src/related.rs",
    "tests/tests/tidy/plain.rs",
];

/// Source and documents, without the lists of what stays out. Migrations that are released cannot change any more.
fn written() -> Vec<(String, String)> {
    let mut all = rust_files();
    all.extend(files("crates", &[".html"]));
    all.extend(files("docs", &[".md"]));
    all.extend(files("tests/browser", &[".mjs"]));
    let lists = [
        "tests/tests/tidy/plain.rs",
        "tests/tests/words.rs",
        // Words that people write.
        "crates/patient_data/src/lexicon/words.rs",
        "crates/restriction/src/words.rs",
    ];
    all.retain(|(path, _)| !lists.contains(&path.as_str()));
    all
}

#[test]
fn old_words_stay_out() {
    let old: BTreeSet<_> = OLD_WORDS.iter().map(|(old, _)| *old).collect();
    let mut found = Vec::new();
    for (path, text) in written() {
        for (index, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            let words = line.split(|c: char| !c.is_alphanumeric());
            let found_words = words.filter(|word| old.contains(word));
            let found_turns = OLD_TURNS.into_iter().filter(|turn| line.contains(turn));
            for word in found_words.chain(found_turns) {
                found.push(format!("{path} line {}: {word}", index + 1));
            }
        }
    }
    assert_none("old words", &found);
}

#[test]
fn bounds_and_constructors_have_the_usual_names() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (index, line) in text.lines().enumerate() {
            let constant = line.split_once("const ").map_or("", |(_, rest)| rest);
            let is_bound = OLD_BOUNDS.iter().any(|bound| {
                let rest = constant.strip_prefix(bound);
                rest.is_some_and(|rest| rest.starts_with(['_', ':']))
            });
            let is_parameter = OLD_PARAMETERS.iter().any(|name| {
                let mut before = line.match_indices(name).map(|(at, _)| &line[..at]);
                before.any(|before| {
                    !before.contains("//")
                        && (before.trim().is_empty() || before.ends_with(['(', ' ']))
                })
            });
            if is_bound || is_parameter || line.contains("fn of(") {
                found.push(format!("{path} line {}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_only("old names", &found, &OLD_NAMES);
}

#[test]
fn a_new_kind_of_document_is_met_by_the_compiler_everywhere() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        let lines: Vec<_> = without_unit_tests(&text).collect();
        for (at, (number, line)) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if !line.trim_start().starts_with("_ =>") {
                continue;
            }
            // The arms above it, up to the line that begins the match.
            let arms = lines[..at].iter().rev().map(|(_, line)| *line);
            let is_deeper = |line: &&str| line.len() - line.trim_start().len() >= indent;
            let is_kind = arms
                .take_while(|line| line.is_empty() || is_deeper(line))
                .filter(|line| line.len() - line.trim_start().len() == indent)
                .any(|line| {
                    ["Kind::", "Content::"]
                        .iter()
                        .any(|kind| line.trim_start().starts_with(kind))
                });
            if is_kind {
                found.push(format!("{path}:{number}"));
            }
        }
    }
    assert_none("`_ =>` among kinds of documents", &found);
}
