//! The rules of this project that a machine can check: which crate may use which, what is where, and what no file may
//! hold. It reads files only; nothing is built, and nothing is run but the script that names the version of a package.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic"
)]

mod monitoring;
mod plain;
mod releases;
mod sizes;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// What may be at the top, next to hidden settings and what is not kept in the repository.
const TOP_LEVEL: [&str; 17] = [
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "clippy.toml",
    "content",
    "crates",
    "data",
    "docs",
    "fly.toml",
    "migrations",
    "rustfmt.toml",
    "target",
    "tests",
    "web",
];

/// The crates whose functions many others await (docs/CONTRIBUTING.md).
const BOXED_CRATES: &[&str] = &["database", "people", "store"];

/// The crates that do no I/O and read no clock: time, randomness and keys are arguments.
const PURE_CRATES: [&str; 12] = [
    "assistants",
    "audit",
    "domain",
    "harvest",
    "ledger",
    "markdown",
    "metadata",
    "patient_data",
    "quoting",
    "restriction",
    "urls",
    "wire",
];

/// What a pure crate has no use for.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Zoned::now",
    "Timestamp::now",
    "getrandom",
    "tokio",
    "reqwest",
];

/// Names of modules that say nothing.
const EMPTY_NAMES: [&str; 7] = [
    "utils", "util", "helpers", "common", "manager", "service", "misc",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file below a folder with one of these endings, as its path from the root and its text.
/// What is installed or built is passed over.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["node_modules", "target", "test-results", "dist"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                let shown = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((shown, text));
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<(String, String)> {
    let mut all = files("crates", &[".rs"]);
    all.extend(files("tests", &[".rs"]));
    assert!(all.len() > 100, "only {} files were found", all.len());
    all
}

/// Compares what breaks a rule with the list of what may still break it, which only shrinks.
fn assert_only(rule: &str, found: &[String], known: &[&str]) {
    let name = |line: &String| line.split(' ').next().unwrap().to_owned();
    let names: BTreeSet<_> = found.iter().map(name).collect();
    let new: Vec<_> = found
        .iter()
        .filter(|line| !known.contains(&name(line).as_str()))
        .cloned()
        .collect();
    assert_none(rule, &new);
    let cleaned: Vec<_> = known
        .iter()
        .filter(|known| !names.contains(**known))
        .map(|known| (*known).to_owned())
        .collect();
    // Only where everything is checked, so that a file can be cleaned in one change and taken off the list in another.
    if std::env::var("CI").is_ok() {
        assert_none("keeps the rule by now; take it off the list", &cleaned);
    }
}

/// The lines of a file before its unit tests.
fn without_unit_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(index, line)| (index + 1, line))
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.contains("/benches/")
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Shows all that was found at once.
fn assert_none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

/// The crates, with the manifest of each.
fn manifests() -> BTreeMap<String, toml::Table> {
    let mut paths = vec![root().join("tests/Cargo.toml")];
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        paths.push(entry.unwrap().path().join("Cargo.toml"));
    }
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let manifest: toml::Table = text.parse().unwrap();
            let name = manifest["package"]["name"].as_str().unwrap().to_owned();
            (name, manifest)
        })
        .collect()
}

/// The table of crates in docs/ARCHITECTURE.md: the name, and which of ours it may use.
fn documented_graph() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let table = text
        .split("## Crates")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("docs/ARCHITECTURE.md has a section `## Crates`");
    let names = |cell: &str| -> Vec<String> {
        let parts = cell.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    let mut graph = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').collect();
        let name = names(cells[0]).remove(0);
        let last = cells.last().unwrap().trim();
        let uses = if last == "all" {
            manifests()
                .into_keys()
                .filter(|other| *other != name)
                .collect()
        } else {
            names(last).into_iter().collect()
        };
        graph.insert(name, uses);
    }
    graph
}

#[test]
fn crates_use_each_other_as_the_architecture_says() {
    let manifests = manifests();
    let graph = documented_graph();
    let documented: Vec<_> = graph.keys().collect();
    let there: Vec<_> = manifests.keys().collect();
    assert_eq!(documented, there, "docs/ARCHITECTURE.md lists other crates");
    let mut found = Vec::new();
    for (name, manifest) in &manifests {
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for used in dependencies.into_iter().flat_map(toml::Table::keys) {
            if manifests.contains_key(used) && !graph[name].contains(used) {
                found.push(format!("`{name}` uses `{used}`"));
            }
        }
    }
    assert_none("not in the table of docs/ARCHITECTURE.md", &found);
}

#[test]
fn every_crate_has_the_walls_and_the_shared_settings() {
    let mut found = Vec::new();
    for (name, manifest) in manifests() {
        let inherits = |table: &toml::Value| {
            table.get("workspace").and_then(toml::Value::as_bool) == Some(true)
        };
        if !manifest.get("lints").is_some_and(inherits) {
            found.push(format!("`{name}` has no `[lints] workspace = true`"));
        }
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !manifest["package"].get(key).is_some_and(inherits) {
                found.push(format!("`{name}` does not take `{key}` from the workspace"));
            }
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get(section).and_then(toml::Value::as_table);
            for (used, value) in table.into_iter().flatten() {
                if !inherits(value) {
                    found.push(format!(
                        "`{name}` does not take `{used}` from the workspace"
                    ));
                }
            }
        }
    }
    assert_none("manifests", &found);
}

#[test]
fn the_top_level_holds_what_it_should() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !TOP_LEVEL.contains(&name.as_str()) {
            found.push(name);
        }
    }
    assert_none("not expected at the top", &found);
}

#[test]
fn every_file_says_what_it_is_for() {
    let found: Vec<_> = rust_files()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert_none("does not begin with `//!`", &found);
}

#[test]
fn modules_have_names_that_say_something() {
    let found: Vec<_> = rust_files()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| {
            Path::new(path).components().any(|part| {
                EMPTY_NAMES.contains(&part.as_os_str().to_string_lossy().trim_end_matches(".rs"))
            })
        })
        .collect();
    assert_none("a name that says nothing", &found);
}

#[test]
fn nothing_is_left_for_later() {
    // Written so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("unimple", "mented!("),
        concat!("to", "do!("),
        concat!("#[ig", "nore"),
        concat!("#[should", "_panic"),
    ];
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (index, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("left for later", &found);
}

#[test]
fn tests_are_named_by_what_they_prove() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (index, line) in text.lines().enumerate() {
            let code = line.trim_start().trim_start_matches("async ");
            if code.starts_with(concat!("fn te", "st_")) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("a test is named by the sentence it proves", &found);
}

#[test]
fn the_core_does_no_io_and_reads_no_clock() {
    let mut found = Vec::new();
    for name in PURE_CRATES {
        for (path, text) in files(&format!("crates/{name}/src"), &[".rs"]) {
            for (line_number, line) in without_unit_tests(&text) {
                if !is_comment(line) && IMPURE.iter().any(|word| line.contains(word)) {
                    found.push(format!("{path}:{line_number}: {}", line.trim()));
                }
            }
        }
    }
    assert_none("I/O, a clock or randomness in a pure crate", &found);
}

#[test]
fn a_future_that_other_crates_await_is_compiled_once() {
    let mut found = Vec::new();
    for name in BOXED_CRATES {
        for (path, text) in files(&format!("crates/{name}/src"), &[".rs"]) {
            let mut is_boxed = false;
            for (line_number, line) in without_unit_tests(&text) {
                let line = line.trim();
                if line.starts_with("pub async fn ") && !is_boxed {
                    found.push(format!("{path}:{line_number}: {line}"));
                }
                is_boxed = line == "#[boxed]" || is_boxed && line.starts_with("#[");
            }
        }
    }
    assert_none("a public `async fn` without `#[boxed]`", &found);
}

#[test]
fn the_systems_clock_is_read_in_one_place() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        if is_test(&path) || path == "crates/node/src/clock.rs" {
            continue;
        }
        for (line_number, line) in without_unit_tests(&text) {
            if line.contains("SystemTime") {
                found.push(format!("{path}:{line_number}: {}", line.trim()));
            }
        }
    }
    assert_none("time enters in clock.rs only", &found);
}

#[test]
fn settings_that_can_change_are_read_where_they_change() {
    let fixed = "node.settings.";
    // `a.b` is reloaded, and so is all of `a` where it is taken as a whole.
    let is_reloaded = |rest: &str| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
        let path = &rest[..end.unwrap_or(rest.len())];
        settings::reload::RELOADED.iter().any(|name| {
            let within = |whole: &str, part: &str| {
                whole == part
                    || whole
                        .strip_prefix(part)
                        .is_some_and(|rest| rest.starts_with('.'))
            };
            within(path, name) || within(name, path)
        })
    };
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        if is_test(&path) {
            continue;
        }
        for (line_number, line) in without_unit_tests(&text) {
            if line
                .match_indices(fixed)
                .any(|(at, _)| is_reloaded(&line[at + fixed.len()..]))
            {
                found.push(format!("{path}:{line_number}: {}", line.trim()));
            }
        }
    }
    assert_none(
        "a setting that can change while the node runs is read with `Node::current`",
        &found,
    );
}

#[test]
fn sql_stays_in_the_store() {
    let begins = [
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"UPDATE ",
        "\"DELETE FROM ",
        "\"CREATE TABLE ",
        "\"ALTER TABLE ",
        "\"PRAGMA ",
    ];
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        // `sql` copies tables whatever they hold; `bench` compares with the full-text search of SQLite.
        let exempt = [
            "crates/database/",
            "crates/store/",
            "crates/sql/",
            "crates/bench/src/fts5.rs",
        ]
        .iter()
        .any(|exempt| path.starts_with(exempt));
        if exempt || is_test(&path) {
            continue;
        }
        for (line_number, line) in without_unit_tests(&text) {
            if begins.iter().any(|begin| line.contains(begin)) {
                found.push(format!("{path}:{line_number}: {}", line.trim()));
            }
        }
    }
    assert_none("SQL outside the store", &found);
}

#[test]
fn pages_carry_no_mark_font_or_address_of_the_nhs() {
    // Comments may say why; what is served may not hold them.
    let marks = [
        "assets.nhs.uk",
        "frutiger",
        "nhsuk-logo",
        "nhs-logo",
        "nhsuk-header__logo",
    ];
    let mut sources = files("web", &[".scss", ".css", ".js", ".mjs", ".html", ".svg"]);
    sources.extend(files("crates", &[".html", ".css", ".js", ".svg", ".xml"]));
    let mut found = Vec::new();
    for (path, text) in sources {
        for (index, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            if !is_comment(line) && marks.iter().any(|mark| lower.contains(mark)) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("a trade mark or an outside address", &found);
}

#[test]
fn pages_have_no_inline_script_or_style() {
    let mut found = Vec::new();
    for (path, text) in files("crates", &[".html"]) {
        for (index, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let script = lower.contains("<script")
                && !lower.contains(" src=")
                && !lower.contains("application/ld+json");
            let handler = [
                " onclick=",
                " onload=",
                " onchange=",
                " onsubmit=",
                " style=",
            ];
            if script || lower.contains("<style") || handler.iter().any(|mark| lower.contains(mark))
            {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("inline script or style, which the policy forbids", &found);
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let mut sources = files("docs", &[".md"]);
    sources.extend(files("migrations", &[".md"]));
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    sources.push(("README.md".to_owned(), readme));
    let mut found = Vec::new();
    for (path, text) in sources {
        let folder = root().join(&path).parent().unwrap().to_owned();
        let links = text.split("](").skip(1);
        for link in links.filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            // `attachment:` is how a document names its own files.
            let elsewhere = ["mailto:", "attachment:"];
            let outside = target.is_empty()
                || target.contains("://")
                || elsewhere.iter().any(|scheme| target.starts_with(scheme));
            if !outside && !folder.join(target).exists() {
                found.push(format!("{path}: {link}"));
            }
        }
    }
    assert_none("a link leads nowhere", &found);
}

#[test]
fn comments_cite_documents_that_are_here() {
    // Spelled in two halves, so that this file does not find itself.
    let elsewhere = [
        concat!("PROTO", "COL §"),
        concat!("PROTO", "COL.md"),
        concat!("SCHE", "MA.md"),
        concat!("DESI", "GN.md"),
        concat!("STY", "LE.md"),
    ];
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        for (index, line) in text.lines().enumerate() {
            let cited = line.split("docs/").skip(1).filter_map(|rest| {
                let end = rest.find(".md")?;
                let name = &rest[..end];
                let good = name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '/' || c == '-');
                good.then(|| format!("docs/{name}.md"))
            });
            for document in cited {
                let capital = document.chars().nth(5).is_some_and(char::is_uppercase);
                if capital && !root().join(&document).is_file() {
                    found.push(format!("{path}:{}: {document}", index + 1));
                }
            }
            if elsewhere.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none("a document that is not here", &found);
}
