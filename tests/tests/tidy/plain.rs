//! Plain technical English in code and documents: words, names of constants and constructors that stay out.

use std::collections::BTreeSet;

use crate::{assert_none, assert_only, files, rust_files, without_unit_tests};

/// Words that a reader whose first language is another has to look up, each with what to say.
const OLD_WORDS: [(&str, &str); 16] = [
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("mending", "fixing"),
    ("told", "reported, said"),
    ("anew", "again"),
    ("beside", "next to, while"),
    ("nobody", "no one"),
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

/// Files with constants or constructors of old names. This list only shrinks.
const OLD_NAMES: [&str; 1] = ["tests/tests/tidy/plain.rs"];

/// Source and documents, without the lists of what stays out. Migrations that are released cannot change any more.
fn written() -> Vec<(String, String)> {
    let mut all = rust_files();
    all.extend(files("crates", &[".html"]));
    all.extend(files("docs", &[".md"]));
    all.extend(files("tests/browser", &[".mjs"]));
    let lists = ["tests/tests/tidy/plain.rs", "tests/tests/words.rs"];
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
            if is_bound || line.contains("fn of(") {
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
