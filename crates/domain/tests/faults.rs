//! What is wrong with a file: all faults at once, each with its field, its line and what to do.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod renderer;

use domain::{Content, Document, Fault, Kind, front_matter::Parsed};
use renderer::parse_file;
use wire::Date;

const STUDY: &str = include_str!("golden/case-study.md");

/// Replaces one line of the case study and returns the faults.
fn faults_with(key: &str, line: &str) -> Vec<Fault> {
    let start = format!("\n{key}:");
    let at = STUDY.find(&start).unwrap() + 1;
    let rest = &STUDY[at..];
    // A key goes on as long as lines are indented.
    let mut end = rest.find('\n').unwrap() + 1;
    while rest[end..].starts_with(' ') {
        end += rest[end..].find('\n').unwrap() + 1;
    }
    let text = format!("{}{line}{}", &STUDY[..at], &rest[end..]);
    parse_file(&text, "x.md").document.err().unwrap_or_default()
}

#[test]
fn every_fault_names_its_field_and_line_and_says_what_to_do() {
    let long = format!("title: {}\n", "x".repeat(91));
    for (key, line, field, says) in [
        (
            "title",
            "",
            "title",
            "`title` is missing; write 10 to 90 characters",
        ),
        (
            "title",
            "title: Short\n",
            "title",
            "`title` is 5 characters long; write 10 to 90",
        ),
        ("title", &long, "title", "91 characters"),
        (
            "title",
            "title: [a, b]\n",
            "title",
            "`title` is a list; write text",
        ),
        (
            "summary",
            "summary: thirty-one characters in here\n",
            "summary",
            "`summary` is 29 characters long; write 60 to 280",
        ),
        (
            "type",
            "type: studie\n",
            "type",
            "write one of case-study, lesson, stopped, how-to",
        ),
        (
            "result",
            "result: workd\n",
            "result",
            "did you mean `worked`?",
        ),
        (
            "stage",
            "",
            "stage",
            "`stage` is missing; write one of planning, pilot",
        ),
        (
            "would_repeat",
            "would_repeat: perhaps\n",
            "would_repeat",
            "one of yes, with-changes, no",
        ),
        (
            "wgll",
            "wgll: [well-led, safe-practice, support-people, improve-care]\n",
            "wgll",
            "keep at most 3",
        ),
        ("wgll", "wgll: []\n", "wgll", "`wgll` is missing"),
        (
            "topics",
            "topics: [epmaa, zzz]\n",
            "topics",
            "did you mean `epma`?",
        ),
        (
            "started",
            "started: 2026-13\n",
            "started",
            "write a month as YYYY-MM or June 2026",
        ),
        ("live", "live: 2024-01\n", "live", "before `started`"),
        (
            "scale",
            "scale: {patients_per_year: 5}\n",
            "scale.patients_per_year",
            "under 8",
        ),
        ("scale", "scale: {beds: 1,200}\n", "scale", ""),
        (
            "cost",
            "cost: {band: lots}\n",
            "cost.band",
            "one of none, under-10k",
        ),
        ("cost", "cost: 5000\n", "cost", "a group of keys"),
        (
            "measures",
            "measures: [{name: a, unit: percent, direction: up-good, baseline: 1%, result: 2}]\n",
            "measures[0].baseline",
            "must be a number",
        ),
        (
            "measures",
            "measures: [{name: a}]\n",
            "measures[0].unit",
            "is missing",
        ),
        (
            "measures",
            "measures: [5]\n",
            "measures[0]",
            "a group of keys",
        ),
        ("barriers", "", "barriers", "`barriers` is missing"),
        ("contact", "", "contact", "`contact` is missing"),
        (
            "contact",
            "contact: {role: Lead, mailbox: no-address}\n",
            "contact.mailbox",
            "is not an e-mail address",
        ),
        ("interests", "", "interests", "`interests` is missing"),
        ("licence", "licence: MIT\n", "licence", "one of OGL-UK-3.0"),
        (
            "visibility",
            "visibility: hidden\n",
            "visibility",
            "one of public, network, organisation",
        ),
        (
            "created",
            "created: yesterday\n",
            "created",
            "`created` is `yesterday`; write a date",
        ),
        (
            "replaces",
            "replaces: [abc]\n",
            "replaces",
            "ids of documents",
        ),
        ("title", "title: \"a\" b: c\n", "", "not YAML"),
        ("title", "title: &x one\n", "title", ""),
        (
            "kind",
            "kind: ask\n",
            "kind",
            "write case-study, page, observation or adoption",
        ),
    ] {
        let faults = faults_with(key, line);
        let fault = faults
            .iter()
            .find(|fault| fault.field == field && fault.text.contains(says));
        assert!(
            fault.is_some() || says.is_empty(),
            "{line:?} gave {faults:?}"
        );
        let lines = fault.is_none_or(|fault| fault.line.is_some() || line.is_empty());
        assert!(lines, "{line:?} gave {faults:?}");
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    let parsed = parse_file(
        "---\nkind: case-study\ntitle: x\nresult: nope\n---\n\ntext\n",
        "x.md",
    );
    let faults = parsed.document.unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    for field in [
        "title",
        "summary",
        "type",
        "result",
        "stage",
        "would_repeat",
        "priority",
        "wgll",
        "care_setting",
        "topics",
        "contact",
        "interests",
    ] {
        assert!(fields.contains(&field), "{field} is not in {fields:?}");
    }
    assert!(faults.is_sorted_by_key(|fault| fault.line.unwrap_or(u32::MAX)));
}

#[test]
fn yaml_1_1_truth_is_a_verdict() {
    for (word, verdict) in [
        ("yes", "yes"),
        ("No", "no"),
        ("true", "yes"),
        ("\"no\"", "no"),
        ("With changes", "with-changes"),
    ] {
        let text = STUDY.replace(
            "would_repeat: with-changes",
            &format!("would_repeat: {word}"),
        );
        let parsed = parse_file(&text, "x.md").document.unwrap();
        let Content::CaseStudy(study) = &parsed.content else {
            unreachable!("the golden study is a case study")
        };
        assert_eq!(study.would_repeat.to_string(), verdict);
    }
}

fn page(text: &str, path: &str) -> (Parsed, Document) {
    let parsed = parse_file(text, path);
    let page = parsed.publishable().cloned().unwrap();
    (parsed, page)
}

#[test]
fn yaml_that_cannot_be_read_makes_a_draft_of_the_whole_file() {
    let text = "---\ntitle: \"a\" b\nresult: worked\n---\n\n# Text\n";
    let parsed = parse_file(text, "x.md");
    let faults = parsed.document.as_ref().unwrap_err();
    assert!(
        faults[0].text.contains("not YAML") && faults[0].line == Some(2),
        "{faults:?}"
    );
    assert_eq!(
        (&parsed.draft.kind, parsed.draft.title.as_str()),
        (&Kind::CaseStudy, "a\" b")
    );
    assert_eq!(parsed.draft.body_md, text);
    assert_eq!(parsed.publishable(), None);
}

#[test]
fn a_document_too_long_for_a_body_is_a_fault() {
    let text = format!("# Long\n\n{}", "word ".repeat(60_000));
    let faults = parse_file(&text, "x.md").document.unwrap_err();
    assert!(faults[0].text.contains("the limit is 262144"), "{faults:?}");
    assert_eq!(parse_file(&text, "x.md").publishable(), None);
    let title = format!("# {}\n\ntext", "long words ".repeat(40));
    let (_, page) = page(&title, "x.md");
    assert!(page.common.title.ends_with('…') && page.common.title.chars().count() <= 200);
    assert_eq!(page.common.body_md, title);
}

#[test]
fn a_known_key_with_an_unknown_value_is_not_called_an_unknown_key() {
    let advice = parse_file("---\ntopics: [banana]\n---\n# Beds\n\ntext", "x.md").advice;
    let holds = |words: &str| advice.iter().any(|fault| fault.text.contains(words));
    assert!(!holds("did you mean `topics`"), "{advice:?}");
}

#[test]
fn a_misspelt_key_is_pointed_out() {
    let text = STUDY
        .replace("site:", "sight:")
        .replace("audience:", "audiance:");
    let advice = parse_file(&text, "x.md").advice;
    assert!(
        advice
            .iter()
            .any(|fault| fault.text.contains("did you mean `audience`?") && fault.line.is_some()),
        "{advice:?}"
    );
}

#[test]
fn review_dates_have_a_default_and_a_limit() {
    let today = Date::parse("2026-11-24").unwrap();
    let undated = STUDY.replace("review_by: 2027-09-21\n", "");
    let mut study = parse_file(&undated, "x.md").document.unwrap();
    study.complete(today);
    assert_eq!(study.common.review_by, Date::parse("2027-11-24"));
    assert_eq!(study.faults_on(today), []);
    study.common.review_by = Date::parse("2028-11-25");
    assert!(study.faults_on(today)[0].text.contains("up to 2028-11-24"));
}
