//! How long a file, a function and a crate may be, and that prose has one sentence on each line.

use std::collections::BTreeMap;

use crate::{assert_none, files, is_test, rust_files, without_unit_tests};

/// More lines than this, unit tests not counted, are two files.
const MAX_LINES: usize = 400;
/// Files of tests may be longer: tables of cases.
const MAX_TEST_LINES: usize = 900;
/// A function that is longer is not read in one sitting; tests may be tables.
const MAX_FUNCTION_LINES: usize = 60;
/// More lines of source than this are two crates.
const MAX_CRATE_LINES: usize = 12_000;

#[test]
fn no_file_is_too_long() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        let (lines, most) = if is_test(&path) {
            (text.lines().count(), MAX_TEST_LINES)
        } else {
            (without_unit_tests(&text).count(), MAX_LINES)
        };
        if lines > most {
            found.push(format!("{path} has {lines} lines, at most {most}"));
        }
    }
    assert_none("files that are too long", &found);
}

#[test]
fn no_function_is_too_long() {
    let mut found = Vec::new();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| !is_test(path)) {
        for (name, lines) in functions(&text) {
            if lines > MAX_FUNCTION_LINES {
                let place = path.trim_start_matches("crates/").replace("/src/", "/");
                found.push(format!("{place}:{name} has {lines} lines"));
            }
        }
    }
    assert_none("functions that are too long", &found);
}

/// Returns the functions of a file before its unit tests, each with its lines.
fn functions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for (number, line) in without_unit_tests(text) {
        match &open {
            None => {
                let indent: String = line.chars().take_while(|c| *c == ' ').collect();
                let is_function = line.contains("fn ") && !line.trim_start().starts_with("//");
                if is_function && let Some((_, rest)) = line.split_once("fn ") {
                    let name = rest.split(['(', '<']).next().unwrap().to_owned();
                    if !line.ends_with(['}', ';']) {
                        open = Some((name, number, indent + "}"));
                    }
                }
            }
            Some((name, first, end)) => {
                let is_declaration = line.ends_with(';') && line.trim_start().starts_with(')');
                if line == end {
                    found.push((name.clone(), number - first + 1));
                }
                if line == end || is_declaration {
                    open = None;
                }
            }
        }
    }
    found
}

#[test]
fn no_crate_is_too_large() {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (path, text) in rust_files() {
        if let Some((name, _)) = path
            .strip_prefix("crates/")
            .and_then(|p| p.split_once("/src/"))
        {
            *lines.entry(name.to_owned()).or_default() += without_unit_tests(&text).count();
        }
    }
    let found: Vec<_> = lines
        .into_iter()
        .filter(|(_, lines)| *lines > MAX_CRATE_LINES)
        .map(|(name, lines)| format!("{name} has {lines} lines, at most {MAX_CRATE_LINES}"))
        .collect();
    assert_none("crates that are too large", &found);
}

#[test]
fn prose_has_one_sentence_on_each_line() {
    let mut found = Vec::new();
    for (path, text) in files("docs", &[".md"]) {
        let mut is_code = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            }
            let is_prose = !is_code && !line.starts_with(['|', '#', ' ']);
            if is_prose && ends_within(line) {
                found.push(format!("{path}:{}: {line}", index + 1));
            }
        }
    }
    assert_none("two sentences on one line", &found);
}

/// Says whether a sentence ends within a line, outside code and brackets.
fn ends_within(line: &str) -> bool {
    let outside_code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let mut depth = 0_i32;
    let characters: Vec<char> = outside_code.chars().collect();
    characters.windows(3).enumerate().any(|(index, three)| {
        depth += i32::from(three[0] == '(') - i32::from(three[0] == ')');
        // After a number or a letter, as in `1. Take` and `e.g. NHS`, a point ends no sentence.
        let after_word = index >= 2
            && characters[index - 2..index]
                .iter()
                .all(|c| c.is_alphabetic());
        let ends =
            matches!(three[0], '.' | '?' | '!') && three[1] == ' ' && three[2].is_uppercase();
        depth <= 0 && after_word && ends
    })
}
