//! What a check finds, and where on the form it says it.

use domain::Kind;

use super::*;
use crate::content::{Put, Saved};

fn outline(md: &str) -> Vec<domain::Heading> {
    let heading = |written: markdown::WrittenHeading| domain::Heading {
        text: written.text,
        lines: written.lines,
    };
    markdown::outline(md).into_iter().map(heading).collect()
}

fn today() -> Date {
    Date::new(2026, 11, 28).unwrap()
}

fn with(content: &Content, section: &str, typed: &[(&str, &str)]) -> Content {
    let section = content.form().unwrap().section(section).unwrap();
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let pairs: Vec<(String, String)> = typed.iter().map(own).collect();
    let put = Put {
        base: 9,
        next: 10,
        pairs: &pairs,
    };
    match content.put_section(section, put, outline).unwrap() {
        Saved::Unchanged => content.clone(),
        Saved::Changed(changed) => *changed,
    }
}

fn faults(content: &Content) -> Vec<(String, String)> {
    let checked = check(content, today(), outline);
    let fault = |place: Place| (place.field, place.text);
    checked.faults.into_iter().map(fault).collect()
}

const OBSERVATION: [(&str, &str); 5] = [
    ("text.what-happened", "Badges stopped working at night."),
    ("text.advice", "Test at night."),
    ("result", "did-not-work"),
    ("topics", "single-sign-on-identity"),
    ("contact.role", "Ward manager"),
];

#[test]
fn five_answers_make_an_observation() {
    let empty = Content::new(Kind::Observation);
    let names: Vec<String> = faults(&empty).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        OBSERVATION.map(|(name, _)| name),
        "each question is asked once"
    );
    let whole = with(&empty, "observation", &OBSERVATION);
    // Where no title can be made of the words, it is asked for.
    let mut marked = OBSERVATION;
    marked[0].1 = "The board <b>stopped</b>.";
    let found = faults(&with(&empty, "observation", &marked));
    assert!(found.iter().any(|(name, _)| name == "title"), "{found:?}");
    let checked = check(&whole, today(), outline);
    assert_eq!(checked.faults, []);
    let document = checked.document.unwrap();
    assert_eq!(document.common.title, "Badges stopped working at night");
    // Without one of them it is none, and that one is named.
    for missing in 0..OBSERVATION.len() {
        let mut typed = OBSERVATION.to_vec();
        let (name, _) = typed.remove(missing);
        let found = faults(&with(&empty, "observation", &typed));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, name);
        assert!(found[0].1.starts_with("Write") || found[0].1.starts_with("Choose"));
    }
}

#[test]
fn two_versions_of_one_answer_are_not_submitted() {
    let both = "**Saved by Ada:**\nTest at night.\n**Yours:**\nTest at noon.";
    for (typed, is_refused) in [
        (both, true),
        (&both.replace('\n', "\r\n"), true),
        ("We write **Yours:** in every letter.", false),
        ("**Yours:**\nTest at noon.", false),
    ] {
        let answers = OBSERVATION.map(|(name, answer)| match name {
            "text.advice" => (name, typed),
            _ => (name, answer),
        });
        let empty = Content::new(Kind::Observation);
        let found = faults(&with(&empty, "observation", &answers));
        let named = found
            .iter()
            .any(|(name, text)| name == "text.advice" && text.contains("Keep one"));
        assert_eq!(named, is_refused, "{typed}: {found:?}");
        assert_eq!(found.is_empty(), !is_refused, "{typed}: {found:?}");
    }
}

#[test]
fn a_fault_names_the_field_in_the_words_of_the_form() {
    let study = Content::new(Kind::CaseStudy);
    for (section, typed, name, text) in [
        (
            "title",
            [("title", "Short"), ("summary", "x")],
            "title",
            "“Title” is 5 characters long; write 10 to 90",
        ),
        (
            "figures",
            [
                ("measures.0.name", "Wait"),
                ("measures.0.baseline", "about 1,200"),
            ],
            "measures.0.baseline",
            "“Figure 1: Before” must be a number only, such as 31 or 4.5; its unit is chosen above",
        ),
        (
            "figures",
            [("measures.0.name", "Wait"), ("measures.0.result", "4")],
            "measures.0.direction",
            "“Figure 1: Which is better” is missing; choose one of: Higher is better; Lower is better",
        ),
        (
            "figures",
            [
                ("expected.what", "Fewer falls"),
                ("expected.by", "31/02/2027"),
            ],
            "expected.by",
            "“By when will you report it” is “31/02/2027”; write a day that exists: that month has fewer days",
        ),
        (
            "cost",
            [
                ("cost.one_off_gbp", "£18,400 once"),
                ("scale.beds", "about 12"),
            ],
            "cost.one_off_gbp",
            "“Cost once, in pounds” must be a whole number only, such as 4200 or £4,200",
        ),
        (
            "cost",
            [("scale.beds", "about 12"), ("cost.staff_wte", "half")],
            "scale.beds",
            "“Beds” must be a whole number only, such as 31 or 1,200",
        ),
        (
            "topics",
            [("topics", "epma"), ("priority", "fundin")],
            "priority",
            "“Which priority does it serve most” cannot be “fundin”; did you mean “funding”?",
        ),
        (
            "cost",
            [("started", "2026-05"), ("live", "2026-01")],
            "live",
            "“When did it go live” (2026-01) is before “started” (2026-05); correct one of them",
        ),
    ] {
        let found = faults(&with(&study, section, &typed));
        let of_field = found.iter().find(|(field, _)| field == name);
        assert_eq!(
            of_field.map(|(_, text)| text.as_str()),
            Some(text),
            "{found:?}"
        );
    }
}

#[test]
fn a_fault_of_a_file_names_the_codes_that_the_file_takes() {
    let file = "---\nkind: case-study\nmeasures:\n- name: Wait\n  result: 4 min\n---\n\nText\n";
    let found = faults(&Content::from_file(file, Kind::CaseStudy));
    let text = |name: &str| {
        let of_field = found.iter().find(|(field, _)| field == name);
        of_field.map(|(_, text)| text.as_str()).unwrap_or_default()
    };
    let direction = text("measures.0.direction");
    assert!(
        direction.contains("“up-good” (Higher is better)"),
        "{found:?}"
    );
    let unit = text("measures.0.unit");
    assert!(unit.contains("“gbp” ("), "{unit}");
    assert!(text("measures.0.result").contains("without commas or units"));
}

#[test]
fn the_state_of_each_section_is_said_in_words() {
    let study = Content::new(Kind::CaseStudy);
    let state = |content: &Content, name: &str| {
        let checked = check(content, today(), outline);
        let found = checked
            .states
            .into_iter()
            .find(|(section, _)| section.name == name);
        found.unwrap().1
    };
    assert_eq!(state(&study, "situation"), State::NotStarted);
    assert_eq!(state(&study, "systems"), State::Optional);
    let one = with(&study, "situation", &[("text.situation", "It was slow.")]);
    assert_eq!(state(&one, "situation"), State::Done);
    let one = with(
        &study,
        "title",
        &[("title", "Moving 34 wards to e-prescribing")],
    );
    assert_eq!(state(&one, "title"), State::Started);
    let one = with(&study, "title", &[("title", "Short")]);
    assert_eq!(state(&one, "title"), State::Problem);
}

#[test]
fn a_section_of_a_case_study_without_text_is_advice() {
    let study = with(
        &Content::new(Kind::CaseStudy),
        "situation",
        &[("text.situation", "x")],
    );
    let checked = check(&study, today(), outline);
    let advice: Vec<&str> = checked
        .advice
        .iter()
        .map(|place| place.text.as_str())
        .collect();
    assert!(advice.contains(&"Write what happened"), "{advice:?}");
    assert!(
        checked
            .faults
            .iter()
            .all(|fault| !fault.field.starts_with("text."))
    );
}

#[test]
fn what_belongs_into_an_answer_is_advice_where_a_text_has_it() {
    let text = "Bleeps failed.\n\n### Contact\n\nteam@trust.example\n\n### Costs:\n\nMuch.";
    let study = with(
        &Content::new(Kind::CaseStudy),
        "situation",
        &[("text.situation", text)],
    );
    let checked = check(&study, today(), outline);
    let state = checked
        .states
        .iter()
        .find(|(section, _)| section.name == "situation");
    assert_eq!(state.unwrap().1, State::Started);
    let advice = checked
        .advice
        .iter()
        .filter(|place| place.field == "text.situation");
    let advice: Vec<&str> = advice.map(|place| place.text.as_str()).collect();
    assert_eq!(advice.len(), 2, "{advice:?}");
    assert!(advice[0].contains("“Contact”") && advice[0].contains("“Who to ask”"));
    assert!(advice[1].contains("“Costs:”") && advice[1].contains("“Cost, time and size”"));
}

#[test]
fn a_fault_of_a_file_names_its_line() {
    let file = "---\nkind: page\ntitle: Beds\ntopics: [beds]\nvisibility: friends\n---\n\nText\n";
    let checked = check(&Content::from_file(file, Kind::Page), today(), outline);
    let lines: Vec<_> = checked
        .faults
        .iter()
        .map(|fault| (fault.field.as_str(), fault.line))
        .collect();
    assert_eq!(lines, [("topics", Some(4)), ("visibility", Some(5))]);
    let broken = check(
        &Content::from_file("---\ntitle: [\n---\nx", Kind::Page),
        today(),
        outline,
    );
    assert_eq!(broken.faults[0].section, FILE);
    assert!(broken.faults[0].line.is_some());
}

#[test]
fn a_file_that_says_it_is_not_for_publishing_is_not() {
    for line in ["draft: true", "visibility:", "publish_on: 2027-01-01"] {
        let file = format!("---\nkind: page\ntitle: Beds\n{line}\n---\n\nText\n");
        let checked = check(&Content::from_file(&file, Kind::Page), today(), outline);
        assert_eq!(checked.document, None, "{line}");
        assert!(!checked.faults.is_empty(), "{line}");
    }
}

#[test]
fn a_result_is_promised_by_a_day_that_comes() {
    let empty = Content::new(Kind::CaseStudy);
    for (by, is_late) in [
        ("2020-01-01", true),
        ("28/11/2026", true),
        ("29 November 2026", false),
        ("30/11/2027", false),
        ("", false),
    ] {
        let study = with(
            &empty,
            "figures",
            &[("expected.what", "Fewer falls"), ("expected.by", by)],
        );
        let found = faults(&study);
        let late = found.iter().any(|(field, text)| {
            field == "expected.by" && text.contains("write a day after today")
        });
        assert_eq!(late, is_late, "{by}: {found:?}");
    }
}

#[test]
fn the_form_counts_as_many_characters_as_may_be_published() {
    let mut counted = 0;
    for kind in Kind::ALL {
        let Some(form) = Form::for_kind(kind) else {
            continue;
        };
        for section in form.sections {
            for field in section.fields {
                let Some((min, max)) = field.chars else {
                    continue;
                };
                counted += 1;
                let is_fault = |count: usize| {
                    let (typed, empty) = ("x".repeat(count), Content::new(kind.clone()));
                    let draft = with(&empty, section.name, &[(field.name, typed.as_str())]);
                    let found = faults(&draft);
                    found
                        .iter()
                        .any(|(name, text)| name == field.name && text.contains("characters long"))
                };
                assert!(!is_fault(max), "{kind:?} {}", field.name);
                assert!(is_fault(max + 1), "{kind:?} {}", field.name);
                assert_eq!(is_fault(min.max(2) - 1), min > 1, "{kind:?} {}", field.name);
            }
        }
    }
    assert_eq!(counted, 6);
}

#[test]
fn a_promise_that_is_left_is_named_once_a_result_is_reported() {
    let promise = [
        ("expected.what", "Fewer falls"),
        ("expected.by", "2027-11-30"),
    ];
    let empty = Content::new(Kind::CaseStudy);
    let published = with(&empty, "figures", &promise);
    let named = |draft: &Content| super::promise(&published, draft, outline).is_some();
    assert!(!named(&published), "nothing has changed");
    let sited = with(&published, "topics", &[("site", "Ward 9")]);
    assert!(!named(&sited), "that is no result");
    let text = [("text.what-happened", "Falls halved.")];
    assert!(named(&with(&published, "what-happened", &text)));
    let mut figures = promise.to_vec();
    figures.push(("measures.0.name", "Falls"));
    assert!(named(&with(&empty, "figures", &figures)));
    let figures = [("measures.0.name", "Falls")];
    assert!(!named(&with(&empty, "figures", &figures)));
    let later = [
        ("expected.what", "Fewer falls"),
        ("expected.by", "2028-11-30"),
    ];
    let both = with(&with(&empty, "figures", &later), "what-happened", &text);
    assert!(!named(&both), "it is promised for another day");
}

#[test]
fn a_file_without_a_title_is_called_as_its_form_would_be() {
    const KEYS: &str =
        "result: did-not-work\ntopics: [single-sign-on-identity]\ncontact: Ward manager\n";
    const WORDS: &str = "## What happened\n\nBadges stopped working at night.\n\n## Advice to the next trust\n\nTest at night.\n";
    let observation =
        |before: &str| format!("---\nkind: observation\n{KEYS}---\n\n{before}{WORDS}");
    let page = |front: &str| format!("{front}# Beds on ward nine\n\nWords.\n");
    for (file, title) in [
        (observation(""), "Badges stopped working at night"),
        (
            observation("# Badges on ward nine\n\n"),
            "Badges on ward nine",
        ),
        (page(""), "Beds on ward nine"),
        (page("---\nkind: page\n---\n\n"), "Beds on ward nine"),
    ] {
        let content = Content::from_file(&file, Kind::Page);
        let checked = check(&content, today(), outline);
        assert_eq!(checked.faults, [], "{file}");
        assert_eq!(content.title(), title, "{file}");
        let document = checked.document.unwrap();
        assert_eq!(document.common.title, title, "{file}");
        assert!(!document.common.body_md.contains("# Bad"), "{file}");
        // What was typed stays as it is.
        assert_eq!(content.file(), file);
        assert_eq!(content.has_title(), title.contains("nine"), "{file}");
    }
}
