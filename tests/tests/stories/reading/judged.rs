//! Searches as staff type them find what answers them, measured on the sample content.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use files::import::{Options, Step, import};
use it::{samples::page, trust::Trust};
use serde_json::json;
use tempfile::TempDir;
use url::form_urlencoded;

/// The share of searches that have an answer among the first five results.
const MIN_SUCCESS: f64 = 0.95;

/// The searches, with the grades of the case studies that answer them.
const QUERIES: &str = include_str!("../../../fixtures/judged-queries.txt");

/// A search, and the grade of each case study, by the name of its file.
fn judged() -> Vec<(&'static str, HashMap<&'static str, u8>)> {
    let lines = QUERIES.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let (query, answers) = line.split_once('|')?;
        let grade = |answer: &'static str| {
            let (name, grade) = answer.trim().split_once(' ').unwrap();
            (name, grade.parse().unwrap())
        };
        Some((query.trim(), answers.split(',').map(grade).collect()))
    };
    lines.filter_map(read).collect()
}

/// Returns the directory of the sample case studies.
fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/case-studies")
}

/// Imports a directory; returns the names of its files by the ids of their documents.
async fn imported(trust: &Trust, directory: &Path) -> HashMap<String, String> {
    let mut names = HashMap::new();
    import(trust.node(), directory, &Options::default(), |step| {
        if let Step::File(report) = step
            && let Some(id) = report.id
        {
            let name = report.path.rsplit('/').next().unwrap_or_default();
            names.insert(id.to_string(), name.trim_end_matches(".md").to_owned());
        }
    })
    .await
    .unwrap();
    names
}

/// Returns what a search finds, five results of it.
async fn five(trust: &Trust, query: &str) -> Vec<serde_json::Value> {
    let mut address = form_urlencoded::Serializer::new("/api/v1/search?per_page=5&".to_owned());
    let found = trust.ask(&address.append_pair("q", query).finish()).await;
    found["hits"].as_array().unwrap().clone()
}

#[tokio::test]
async fn staff_find_what_they_mean_among_the_first_five() {
    let trust = Trust::new("ZZ1").await;
    let names = imported(&trust, &samples()).await;
    let files: Vec<&String> = names.values().collect();
    let judged = judged();
    assert!(judged.len() >= 150, "{} searches", judged.len());
    let mut failures = Vec::new();
    for (query, grades) in &judged {
        for name in grades.keys() {
            assert!(
                files.iter().any(|file| file == name),
                "{name}: no such file"
            );
        }
        let hits = five(&trust, query).await;
        let hits: Vec<&str> = hits
            .iter()
            .filter_map(|hit| names.get(hit["id"].as_str()?).map(String::as_str))
            .collect();
        if !hits.iter().any(|name| grades.contains_key(name)) {
            failures.push(format!("{query}: {}", hits.join(", ")));
        }
    }
    let count = |number: usize| f64::from(u32::try_from(number).unwrap());
    let success = 1.0 - count(failures.len()) / count(judged.len());
    assert!(
        success >= MIN_SUCCESS,
        "success@5 is {success:.3}:\n{}",
        failures.join("\n")
    );
    // The line is kept: a question does not return everything.
    let found = trust
        .ask("/api/v1/search?q=what+did+it+cost+to+replace+bleeps")
        .await;
    let all = found["with_all_words"].as_u64().unwrap();
    assert!((1..=4).contains(&all), "{found}");
}

#[tokio::test]
async fn what_was_tried_comes_before_those_who_tried_it() {
    let (other, trust) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    let studies = imported(&other, &samples()).await;
    trust.follow_and_pull(&other).await;
    trust.settle().await;
    let notes = TempDir::new().unwrap();
    let mut titles = Vec::new();
    for (id, name) in &studies {
        let study = format!("zz1/{id}");
        let document = trust.ask(&format!("/api/v1/documents/{study}")).await;
        let title = document["title"].as_str().unwrap().to_owned();
        let note = format!(
            "---\nkind: adoption\ntitle: \"We tried: {title}\"\nabout: /d/{study}\nstatus: adopted\ncontact: {{role: Ward manager}}\n---\n\nWe began with {title} on two wards, and it went as they said.\n"
        );
        fs::write(notes.path().join(format!("{name}.md")), note).unwrap();
        titles.push((id, title));
    }
    imported(&trust, notes.path()).await;
    trust.settle().await;
    let found = trust.ask("/api/v1/search?kind=adoption").await;
    assert_eq!(found["total"], titles.len());
    let mut failures = Vec::new();
    for (id, title) in &titles {
        for query in [title.clone(), half(title)] {
            let hits = five(&trust, &query).await;
            let place = |wanted: &dyn Fn(&serde_json::Value) -> bool| hits.iter().position(wanted);
            let study = place(&|hit| hit["id"] == **id);
            let note = place(&|hit| hit["title"] == format!("We tried: {title}"));
            if note.is_some_and(|note| study.is_none_or(|study| note < study)) {
                failures.push(format!("{query}: {study:?} {note:?}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        2 * titles.len(),
        failures.join("\n")
    );
}

#[tokio::test]
async fn what_staff_begin_misspell_and_shorten_leads_to_what_they_mean() {
    let trust = Trust::new("ZZ1").await;
    imported(&trust, &samples()).await;
    trust.settle().await;
    let mut failures: Vec<String> = Vec::new();
    for (query, texts, absent) in [
        // A beginning that is a word itself, and one that is completed by what is next to it.
        ("heart+fail", &["Also searching for heart failure"][..], ""),
        (
            "remote+mon",
            &["Showing results for <strong>remote monitoring</strong>"],
            "and for",
        ),
        // Words that are spelt right.
        (
            "dental",
            &["No page has the word “dental”.", "Did you mean <a"],
            "Showing results for",
        ),
        (
            "catering",
            &["No page has the word “catering”."],
            "Showing results for",
        ),
        // A topic is led to where its pages are what is meant, and its line says what it counts.
        ("AVT", &[], "What is known"),
        (
            "epma",
            &[
                "<b>Electronic prescribing (ePMA)</b>, all ",
                " pages on this topic that say how it went",
            ],
            "",
        ),
        // An abbreviation of which pages have neither the long form nor itself.
        ("ePCR", &["on the emergency department"], "No results"),
        // What is typed before a colon.
        ("cost:cheap", &["What cost: takes: none, under-10k"], ""),
        (
            "product:nothing",
            &["No page here names a product “nothing”."],
            "",
        ),
        (
            "drug+trolly+sing+on+wrad",
            &["Did you mean <a", ">drug trolley sign on ward</a>"],
            ">drug trolley single on ward",
        ),
        (
            "viurtal+ward",
            &["Showing results for <strong>virtual ward</strong>"],
            "",
        ),
        (
            "zebras",
            &["Largest topics"],
            "Topics you may be looking for",
        ),
        (
            "%22zebra%22+wifi",
            &["Without what no page has: <a href=\"/search?q=wifi\">wifi</a>"],
            "",
        ),
    ] {
        let html = trust.get(&format!("/search?q={query}")).await.text;
        let missing = texts.iter().filter(|text| !html.contains(**text));
        failures.extend(missing.map(|text| format!("{query} lacks {text}")));
        if !absent.is_empty() && html.contains(absent) {
            failures.push(format!("{query} has {absent}"));
        }
    }
    let found = trust.ask("/api/v1/search?q=dental").await;
    assert_eq!(
        (&found["suggestion"], &found["did_you_mean"]),
        (&json!(null), &json!("mental")),
        "{found}"
    );
    // What is typed into the box.
    for (typed, text) in [
        ("ambeint", "Ambient scribe"),
        ("AVT", "Ambient scribe"),
        ("MFA", "Cyber security"),
        ("electornic+presc", "Electronic prescribing"),
    ] {
        let found = trust.ask(&format!("/api/v1/suggest?q={typed}")).await;
        let all = found["suggestions"].to_string();
        if !all.contains(text) {
            failures.push(format!("{typed}: {all}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn a_question_in_words_is_answered_as_what_it_asks_about() {
    let trust = Trust::new("ZZ1").await;
    let names = imported(&trust, &samples()).await;
    trust.settle().await;
    let ask = async |query: &str| {
        let mut address = form_urlencoded::Serializer::new("/api/v1/search?".to_owned());
        trust.ask(&address.append_pair("q", query).finish()).await
    };
    // What is left of the words decides what is found, and names the topic.
    for (question, words, topic) in [
        (
            "who tried voice recognition",
            "voice recognition",
            "Voice recognition",
        ),
        (
            "is voice recognition worth it",
            "voice recognition",
            "Voice recognition",
        ),
        (
            "does voice recognition save time",
            "voice recognition",
            "Voice recognition",
        ),
        ("did virtual wards work", "virtual wards", "Virtual wards"),
        ("lessons from epma", "epma", "Electronic prescribing (ePMA)"),
    ] {
        let (asked, plain) = (ask(question).await, ask(words).await);
        for count in ["total", "with_all_words"] {
            assert_eq!(asked[count], plain[count], "{question}: {count}");
        }
        let address = format!("/search?q={}", question.replace(' ', "+"));
        let page = trust.get(&address).await.text;
        let named = format!("<b>{topic}");
        for text in [named.as_str(), "We left out “"] {
            assert!(page.contains(text), "{question}: {text}: {page}");
        }
    }
    // The first result is one of those that are meant.
    for (question, meant) in [
        ("is tap and go worth it", "tap-and-go"),
        ("rostering cost", "roster"),
        ("how much does ambient scribe cost", "ambient-scribe"),
    ] {
        let found = ask(question).await;
        let first = found["hits"][0]["id"].as_str().and_then(|id| names.get(id));
        let is_meant = first.is_some_and(|name| name.contains(meant));
        assert!(is_meant, "{question}: {first:?}");
    }
    // A word that no page has is found by no other, and what has some of the words says nothing of how it went.
    let found = ask("anyone tried RFID").await;
    assert_eq!(found["total"], 0, "{found}");
    let page = trust.get("/search?q=anyone+tried+RFID").await.text;
    assert!(page.contains(">No results for “anyone tried RFID”</h1>"));
    let page = trust.get("/search?q=bleeps+kiosks+midwives").await.text;
    assert!(page.contains("with all your words"), "{page}");
    assert!(!page.contains("app-outcomes"), "{page}");
}

/// Returns every second word of a title, as someone remembers it.
fn half(title: &str) -> String {
    let words: Vec<&str> = title.split(' ').step_by(2).collect();
    words.join(" ")
}

#[tokio::test]
async fn a_page_says_what_was_searched_for_and_how_to_undo_it() {
    let trust = Trust::new("ZZ1").await;
    trust
        .publish(page("Ambient scribe", "an electronic patient record"))
        .await;
    trust.publish(page("Scribe of minutes", "on paper")).await;
    for (query, texts) in [
        (
            "q=ambeint+scribe",
            &[
                ">1 result for “ambeint scribe”</h1>",
                "Showing results for <strong>ambient scribe</strong>. <a href=\"/search?q=ambeint+scribe&#38;correct=no\">Search for what you typed</a>",
                ">1 more has some of your words</h2>",
            ][..],
        ),
        (
            "q=ambeint+scribe&correct=no",
            &[
                "<p class=\"app-note\">No page has the word “ambeint”.</p>",
                ">2 results for",
            ],
        ),
        (
            "q=EPR",
            &[
                "Also searching for electronic patient record. <a href=\"/search?q=EPR&#38;expand=no\">Search for your words only</a>",
            ],
        ),
        (
            "q=EPR&expand=no",
            &["No page has the word “epr”.", ">No results for"],
        ),
        (
            "q=xyzzy+plugh",
            &["No page has the words “xyzzy” or “plugh”."],
        ),
    ] {
        let html = trust.get(&format!("/search?{query}")).await.text;
        for text in texts {
            assert!(html.contains(text), "{query}: {text}: {html}");
        }
    }
    let table = trust.get("/search.csv?q=ambient+scribe").await.text;
    let words: Vec<&str> = table
        .lines()
        .map(|row| row.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(words, ["words", "all", "some"]);
    let found = trust.ask("/api/v1/search?q=ambeint+scribe").await;
    assert_eq!(
        (&found["total"], &found["with_all_words"]),
        (&2.into(), &1.into())
    );
    assert_eq!(found["suggestion"], "ambient scribe");
}
