//! Words that people read: phrases that users did not understand, each with what to say instead. Reads files only.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

/// What must not come back, and the better words.
const REPLACED: [(&str, &str); 58] = [
    (
        "What did not work is worth most",
        "We especially want to hear what did not work",
    ),
    ("All that did not work", "See all 8 that did not work"),
    ("checked in the last hour", "3 of 3 up to date"),
    (", on this site\"", "Published here"),
    ("Copy checked", "Up to date (5 minutes ago)"),
    (
        "a public log of all that it publishes",
        "published this and signed it",
    ),
    (
        "signs every state of it",
        "with a digital signature that only it can make",
    ),
    (
        "is an entry of that log",
        "if a single letter had been changed, we would not show the page",
    ),
    (
        "Proof to check without us",
        "Download the proof (for IT staff)",
    ),
    (
        "and quote the title",
        "Email Avonbridge about this case study",
    ),
    (
        "Earlier versions are kept by",
        "This is version 3. Earlier versions are on the site of …",
    ),
    ("In this exchange since", "First published on"),
    (
        "The filters are not the reason",
        "Removing the filters will not help",
    ),
    (
        "Write an abbreviation in full",
        "Try the full words as well as the abbreviation",
    ),
    (
        "to hear when somebody writes",
        "Get new results for this search in a feed reader",
    ),
    ("Follow this search", "Get new results in a feed reader"),
    ("and was ignored", "We ignored the filter “banana”"),
    (
        "is not a page; this is page 1",
        "There is no page “abc”, so this is page 1",
    ),
    (
        "A quotation mark was not closed",
        "You did not close a quotation mark",
    ),
    (
        "the phrase ends with the search",
        "we searched for everything after it as one phrase",
    ),
    ("It was wrong", "It contained an error"),
    ("The law required it", "Reason given: legal"),
    (
        "every node that held a copy learns of it",
        "every other site that holds a copy",
    ),
    ("What was here may have moved", "The page may have moved"),
    ("This page could not be made", "Sorry, there is a problem"),
    (
        "The failure has been recorded",
        "Try again in a few minutes",
    ),
    (
        "tell the people who run this site",
        "contact the organisation that runs this site",
    ),
    ("\"Healthy\"", "Up to date"),
    (
        "Could not be reached at the last try",
        "Last attempt failed, trying again",
    ),
    (
        "Its statement of being current is too old",
        "It has not confirmed its list recently",
    ),
    ("Its record does not add up", "Its list failed a check"),
    ("Identity begins", "Code starts"),
    ("Documents to read here", "You can search"),
    (
        "Read it out by telephone",
        "read this code to them on the phone",
    ),
    (
        "to the operator of a node that adds this one",
        "if another trust wants to follow this site",
    ),
    (
        "The program runs, and has its data directory",
        "Wardround is running. One step is left",
    ),
    ("whose node it is", "say which organisation it belongs to"),
    ("say so once", "Run this once on the server"),
    (
        "This node does not know this kind of document",
        "We cannot lay out this type of page yet",
    ),
    (
        "Copying is not allowed here",
        "Your browser blocked copying",
    ),
    (
        "forced colours of your system are followed",
        "These pages follow your system’s high-contrast settings",
    ),
    ("Nothing moves on these pages", "Nothing is animated"),
    (
        "as a node of Wardround, a federated exchange",
        "It is part of Wardround",
    ),
    ("Odd signs never break a search", "You can type anything"),
    (
        "What cannot be understood is treated as words",
        "we search for it as words and tell you",
    ),
    (
        "does not have to hold all your words",
        "Results need not have all your words",
    ),
    ("the higher it stands", "come first"),
    (
        "You do not need to know the right word",
        "Check your spelling",
    ),
    (
        "All of a search is in its address",
        "The web address holds your whole search",
    ),
    (
        "Nothing is trusted because it was seen first",
        "We never accept a key just because it came first",
    ),
    (
        "If any of these fails",
        "If a check fails, we use nothing new and keep what we had",
    ),
    (
        "Go on until there is no fault left",
        "Fix each fault and check again",
    ),
    (
        "No second person is asked",
        "The software does not ask for a second approval",
    ),
    (
        "The mailbox is not shown on public pages",
        "Your team's mailbox stays private",
    ),
    ("behind its address", "add `.md` to the end of the address"),
    (
        "Says of each how its log is doing",
        "The state of each peer",
    ),
    (
        "If you are not content with the answer",
        "Enforcement procedure",
    ),
    (
        "type during the conversation and hate it",
        "type while the person talks, and hate it",
    ),
];

/// Where words that people read are written, and the endings of the files.
const READ: [(&str, &[&str]); 3] = [
    ("crates", &["rs", "html"]),
    ("content", &["md"]),
    ("web/scripts", &["js"]),
];

fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, endings, found);
        } else if path
            .extension()
            .is_some_and(|ending| endings.iter().any(|e| ending == *e))
        {
            found.push(path);
        }
    }
}

/// The text in one line, so that a phrase is found across the end of a line.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text
        .split_whitespace()
        .filter(|word| !["\\", "//", "///", "//!"].contains(word))
        .collect();
    words.join(" ")
}

#[test]
fn phrases_that_users_did_not_understand_stay_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = Vec::new();
    for (folder, endings) in READ {
        files(&root.join(folder), endings, &mut paths);
    }
    assert!(paths.len() > 250, "only {} files were found", paths.len());
    let mut found = Vec::new();
    for path in paths {
        let text = one_line(&std::fs::read_to_string(&path).unwrap());
        for (old, better) in REPLACED {
            if text.contains(old) {
                let path = path.strip_prefix(root).unwrap().display();
                found.push(format!("{path}: “{old}”; say “{better}”"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Words for operators, which readers do not know.
const OPERATORS: [&str; 8] = [
    "node", "nodes", "peer", "peers", "log", "logs", "entry", "entries",
];

/// Pages for operators, and the lines under "Technical details".
const FOR_OPERATORS: [&str; 4] = [
    "api_reference.html",
    "commands.md",
    "files.md",
    "operators.md",
];
const TECHNICAL: [&str; 2] = ["Entry in the signed log", "Name of the log"];

/// The words of a template or a help page: without tags, expressions and code.
fn words_of_readers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{', '`']) {
        let (words, marked) = rest.split_at(at);
        out.push_str(words);
        let end = match marked.chars().next() {
            Some('<') => marked.find('>'),
            Some('{') => marked.find('}'),
            _ => marked
                .get(1..)
                .and_then(|inner| inner.find('`'))
                .map(|at| at + 1),
        };
        let Some(end) = end else { break };
        rest = marked.get(end + 1..).unwrap_or_default();
        out.push(' ');
    }
    out.push_str(rest);
    out
}

#[test]
fn pages_for_readers_have_no_words_for_operators() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = Vec::new();
    files(&root.join("crates/pages/templates"), &["html"], &mut paths);
    files(&root.join("content/help"), &["md"], &mut paths);
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if FOR_OPERATORS.contains(&name.as_str()) {
            continue;
        }
        let mut text = words_of_readers(&std::fs::read_to_string(&path).unwrap());
        for line in TECHNICAL {
            text = text.replace(line, "");
        }
        for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
            if OPERATORS.contains(&word) {
                found.push(format!("{name}: {word}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
