//! Files and bodies read into the same documents, with all faults at once.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod renderer;

use domain::{
    Body, Content, Document, FacetGroup, Fault, Kind, Measure, Organisation, Private, Stamp, body,
    front_matter::{Parsed, write_file},
    vocabulary::{Direction, Licence, Outcome, Visibility},
};
use renderer::parse_file;
use wire::{Date, DocumentId};

const STUDY: &str = include_str!("golden/case-study.md");
const PAGE: &str = include_str!("golden/page.md");

fn stamp(id: &str) -> Stamp {
    Stamp {
        id: DocumentId::parse(id).unwrap(),
        rev: 1,
        salt: std::array::from_fn(|n| u8::try_from(n).unwrap()),
        organisation: Some(Organisation {
            ods: Some("ZZ1".to_owned()),
            name: "Northmoor Teaching Hospitals NHS Trust".to_owned(),
        }),
    }
}

fn document(text: &str) -> Document {
    parse_file(text, "x.md").document.unwrap()
}

fn without_private(mut document: Document) -> Document {
    document.private = Private::default();
    document
}

/// Compares with a golden file; `WARDROUND_GOLDEN=write` writes it again.
fn golden(name: &str, found: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var("WARDROUND_GOLDEN").is_ok_and(|value| value == "write") {
        std::fs::write(&path, found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_file_is_written_as_it_was_read() {
    for (text, name) in [(STUDY, "case-study.md"), (PAGE, "page.md")] {
        let parsed = parse_file(text, name);
        assert_eq!(parsed.advice, []);
        golden(name, &write_file(&parsed.document.unwrap(), parsed.id));
    }
}

#[test]
fn a_body_has_one_form() {
    for (text, id, name) in [
        (
            STUDY,
            "01996c5e-8a00-7000-8000-000000000001",
            "case-study.json",
        ),
        (PAGE, "01996c5e-8a00-7000-8000-000000000002", "page.json"),
    ] {
        let document = document(text);
        let bytes = body::encode(&document, &stamp(id)).unwrap();
        golden(name, std::str::from_utf8(&bytes).unwrap());
        let read = body::read(&bytes).unwrap();
        assert_eq!(read.stamp, stamp(id));
        assert_eq!(read.meta_faults, []);
        assert_eq!(read.document, without_private(document.clone()));
        let private = Private::from_json(&document.private.to_json().unwrap());
        assert_eq!(private.contact, document.private.contact);
    }
}

#[test]
fn a_body_never_holds_what_is_private() {
    let bytes = body::encode(
        &document(STUDY),
        &stamp("01996c5e-8a00-7000-8000-000000000001"),
    )
    .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        !text.contains("digital.nursing@") && !text.contains("open_to"),
        "{text}"
    );
    let bytes = body::encode(
        &document(PAGE),
        &stamp("01996c5e-8a00-7000-8000-000000000002"),
    )
    .unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("teal"));
}

#[test]
fn a_card_shows_the_answer() {
    let bytes = body::encode(
        &document(STUDY),
        &stamp("01996c5e-8a00-7000-8000-000000000001"),
    )
    .unwrap();
    let card = domain::Card::new(&body::read(&bytes).unwrap(), str::to_owned);
    golden("card.json", &card.to_json());
    assert_eq!(domain::Card::from_json(&card.to_json()), Some(card.clone()));
    assert_eq!(domain::Card::from_json("{}"), None);
}

#[test]
fn the_headline_of_a_failure_is_what_did_not_get_better() {
    fn headline(result: Outcome, measures: &[(&str, f64, f64)]) -> Option<String> {
        let mut document = document(STUDY);
        let Content::CaseStudy(study) = &mut document.content else {
            unreachable!("the golden study is a case study")
        };
        let like = study.measures[0].clone();
        study.result = result;
        study.measures = measures
            .iter()
            .map(|(name, baseline, result)| Measure {
                name: (*name).to_owned(),
                direction: Direction::UpGood,
                baseline: *baseline,
                result: *result,
                ..like.clone()
            })
            .collect();
        let bytes =
            body::encode(&document, &stamp("01996c5e-8a00-7000-8000-000000000001")).unwrap();
        let card = domain::Card::new(&body::read(&bytes).unwrap(), str::to_owned);
        card.headline.map(|headline| headline.name)
    }
    let mixed = [
        ("better", 0.0, 88.0),
        ("same", 3.0, 3.0),
        ("worse", 9.0, 4.0),
    ];
    for (result, measures, expected) in [
        (Outcome::Worked, &mixed[..], Some("better")),
        (Outcome::Partly, &mixed[..], Some("better")),
        (Outcome::DidNotWork, &mixed[..], Some("same")),
        (Outcome::DidNotWork, &mixed[2..], Some("worse")),
        (Outcome::DidNotWork, &mixed[..1], None),
        (Outcome::DidNotWork, &[], None),
        (Outcome::Worked, &[], None),
    ] {
        let found = headline(result, measures);
        assert_eq!(found.as_deref(), expected, "{result:?} {measures:?}");
    }
}

#[test]
fn a_search_index_gets_every_facet_and_label() {
    let bytes = body::encode(
        &document(STUDY),
        &stamp("01996c5e-8a00-7000-8000-000000000001"),
    )
    .unwrap();
    let mut body = body::read(&bytes).unwrap();
    let searchable = domain::Searchable::new(&body, str::to_owned);
    let names: Vec<&str> = searchable
        .facets
        .iter()
        .map(|(group, _)| group.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "kind",
            "licence",
            "topic",
            "type",
            "result",
            "stage",
            "would_repeat",
            "priority",
            "wgll",
            "care_setting",
            "audience",
            "cost",
            "evidence",
            "barrier",
            "system"
        ]
    );
    assert!(
        searchable
            .labels
            .contains(&"Electronic prescribing (ePMA)".to_owned())
    );
    assert!(searchable.labels.contains(&"BadgeIn".to_owned()));
    assert!(!format!("{searchable:?}").contains("digital.nursing@"));
    body.document.common.licence = Licence::AllRightsReserved;
    assert_eq!(domain::Searchable::new(&body, str::to_owned).body_text, "");
}

#[test]
fn a_region_is_read_by_name_or_code_and_written_by_name() {
    let id = stamp("01996c5e-8a00-7000-8000-000000000001");
    for region in ["midlands", "Midlands", "Y60", "\"y60\""] {
        let text = STUDY.replace("site:", &format!("region: {region}\nsite:"));
        let document = document(&text);
        assert!(write_file(&document, None).contains("\nregion: midlands\n"));
        let bytes = body::encode(&document, &id).unwrap();
        let body = body::read(&bytes).unwrap();
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .contains(r#""region":"midlands""#)
        );
        assert_eq!(body.document, without_private(document));
        let searchable = domain::Searchable::new(&body, str::to_owned);
        let facet = (FacetGroup::Region, vec!["midlands".to_owned()]);
        assert!(searchable.facets.contains(&facet));
        assert!(searchable.labels.contains(&"Midlands".to_owned()));
        let card = domain::Card::new(&body, str::to_owned);
        assert_eq!(card.values(FacetGroup::Region), ["midlands"]);
    }
}

const OBSERVATION: &str = include_str!("golden/observation.md");

#[test]
fn an_observation_goes_the_same_way_as_every_kind() {
    let parsed = parse_file(OBSERVATION, "observation.md");
    assert_eq!(parsed.advice, []);
    let document = parsed.document.unwrap();
    assert_eq!(document.kind(), Kind::Observation);
    golden("observation.md", &write_file(&document, parsed.id));
    let id = stamp("01996c5e-8a00-7000-8000-000000000003");
    let bytes = body::encode(&document, &id).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    golden("observation.json", text);
    assert!(!text.contains("Ward manager"));
    let body = body::read(&bytes).unwrap();
    assert_eq!(body.meta_faults, []);
    assert_eq!(body.document, without_private(document.clone()));
    let private = Private::from_json(&document.private.to_json().unwrap());
    assert_eq!(private.contact, document.private.contact);

    let card = domain::Card::new(&body, |md| md.replace("## ", ""));
    assert_eq!(card.term(FacetGroup::Result), Some(Outcome::Worked));
    assert_eq!(card.kind_label(), "Observation");
    assert!(
        card.summary.starts_with("Handover moved"),
        "{}",
        card.summary
    );
    assert!(!card.summary.contains("Print a copy"), "{}", card.summary);
    let searchable = domain::Searchable::new(&body, str::to_owned);
    let result = (FacetGroup::Result, vec!["worked".to_owned()]);
    assert!(searchable.facets.contains(&result));
    assert!(searchable.labels.contains(&"Observation".to_owned()));
}

#[test]
fn an_observation_asks_for_its_six_parts_and_no_more() {
    let whole = |from: &str, to: &str| {
        assert!(OBSERVATION.contains(from), "{from}");
        parse_file(&OBSERVATION.replacen(from, to, 1), "x.md").document
    };
    for (from, to, field, says) in [
        (
            "title: Bedside handover on tablets saves the second round\n",
            "",
            "title",
            "is missing; write 10 to 90",
        ),
        (
            "result: worked\n",
            "",
            "result",
            "is missing; write one of worked",
        ),
        (
            "topics: [clinical-noting, mobile-working]\n",
            "",
            "topics",
            "is missing",
        ),
        (
            "topics: [clinical-noting, mobile-working]",
            "topics: [clinical-notin]",
            "topics",
            "did you mean `clinical-noting`?",
        ),
        (
            "contact:\n  role: Ward manager\n",
            "",
            "contact",
            "such as `contact: Ward manager`",
        ),
        (
            "role: Ward manager",
            "role: Ward manager\n  mailbox: none",
            "contact.mailbox",
            "is not an e-mail address",
        ),
        (
            "## What happened",
            "## Notes",
            "body",
            "the heading `What happened` is missing",
        ),
        (
            "## Advice to the next trust",
            "",
            "body",
            "the heading `Advice to the next trust` is missing",
        ),
        (
            "Print a copy for the night the network is down.",
            "",
            "body",
            "there is no text under `Advice to the next trust`",
        ),
    ] {
        let faults = whole(from, to).unwrap_err();
        let fault = faults.iter().find(|fault| fault.field == field);
        let fault = fault.unwrap_or_else(|| unreachable!("{from:?} gave {faults:?}"));
        assert!(fault.text.contains(says), "{from:?} gave {faults:?}");
        assert_eq!(faults.len(), 1, "{from:?} gave {faults:?}");
    }
    // What is short to write is read too.
    let short = whole(
        "contact:\n  role: Ward manager\n",
        "contact: Ward manager\n",
    );
    assert_eq!(short.unwrap(), document(OBSERVATION));
    // A value that was not read keeps the file back: an observation is never published in part.
    let text = OBSERVATION.replace("result: worked", "result: splendid");
    assert_eq!(parse_file(&text, "x.md").draft.page, None);
}

#[test]
fn an_observation_grows_into_a_case_study() {
    let (keys, _) = STUDY.split_once("\n---\n\n").unwrap();
    let (_, text) = OBSERVATION.split_once("\n---\n\n").unwrap();
    let parsed = parse_file(&format!("{keys}\n---\n\n{text}"), "x.md");
    assert_eq!(parsed.document.unwrap().kind(), Kind::CaseStudy);
    // Its two headings stay, and advice asks for the others.
    let missing: Vec<_> = parsed
        .advice
        .iter()
        .map(|fault| fault.text.as_str())
        .collect();
    assert_eq!(missing.len(), 3, "{missing:?}");
}

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
            "write a month as YYYY-MM",
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
            "write case-study, page or observation",
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
    let page = parsed.draft.page.clone().unwrap();
    (parsed, page)
}

#[test]
fn yaml_that_cannot_be_read_makes_a_draft_of_the_whole_file() {
    let text = "---\ntitle: \"a\" b\nresult: worked\n---\n\n# Text\n";
    let parsed = parse_file(text, "x.md");
    let faults = parsed.document.unwrap_err();
    assert!(
        faults[0].text.contains("not YAML") && faults[0].line == Some(2),
        "{faults:?}"
    );
    assert_eq!(
        (parsed.draft.kind, parsed.draft.title.as_str()),
        (Kind::CaseStudy, "a\" b")
    );
    assert_eq!(parsed.draft.body_md, text);
    assert_eq!(parsed.draft.page, None);
}

#[test]
fn a_document_too_long_for_a_body_is_a_fault() {
    let text = format!("# Long\n\n{}", "word ".repeat(60_000));
    let faults = parse_file(&text, "x.md").document.unwrap_err();
    assert!(faults[0].text.contains("the limit is 262144"), "{faults:?}");
    assert_eq!(parse_file(&text, "x.md").draft.page, None);
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
    let mut study = document(&STUDY.replace("review_by: 2027-09-21\n", ""));
    study.complete(today);
    assert_eq!(study.common.review_by, Date::parse("2027-11-24"));
    assert_eq!(study.faults_on(today), []);
    study.common.review_by = Date::parse("2028-11-25");
    assert!(study.faults_on(today)[0].text.contains("up to 2028-11-24"));
}

fn read(json: &str) -> Result<Body, Vec<Fault>> {
    body::read(json.as_bytes())
}

const MINIMAL: &str = r#"{"v":1,"id":"01996c5e-8a00-7000-8000-000000000002","rev":1,"salt":"EBESExQVFhcYGRobHB0eHw","kind":"page","title":"Wi-Fi survey checklist","visibility":"public"}"#;

#[test]
fn a_body_needs_its_named_fields_and_no_more() {
    let body = read(MINIMAL).unwrap();
    assert_eq!(body.document.common.title, "Wi-Fi survey checklist");
    assert_eq!(body.document.common.visibility, Visibility::Public);
    let put = |pair: &str| format!("{},{pair}}}", MINIMAL.strip_suffix('}').unwrap());
    for good in [
        r#""colour":1"#,
        r#""meta":5"#,
        r#""meta":{"topics":5}"#,
        r#""authors":["A",{"name":"B"},{"role":"C"}]"#,
        r#""licence":"something else""#,
        r#""lang":"cy""#,
        r#""tags":[]"#,
        r#""huge":1e999"#,
        r#""attachments":[{"digest":"sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","len":8388608,"type":"image/png","name":"x.png","alt":""}]"#,
    ] {
        assert!(
            read(&put(good)).is_ok(),
            "{good} gave {:?}",
            read(&put(good))
        );
    }
    for (bad, field) in [
        (r#""summary":null"#, "summary"),
        (r#""summary":5"#, "summary"),
        (r#""tags":"a""#, "tags"),
        (r#""tags":[1]"#, "tags"),
        (r#""created":"2026-01-01""#, "created"),
        (r#""updated":"2026-01-01T00:00:00.5Z""#, "updated"),
        (r#""review_by":"2026-13-01""#, "review_by"),
        (r#""replaces":["x"]"#, "replaces"),
        (r#""based_on":["x"]"#, "based_on"),
        (r#""authors":[5]"#, "authors"),
        (r#""authors":{}"#, "authors"),
        (r#""body_md":["x"]"#, "body_md"),
        (r#""licence":1"#, "licence"),
        (
            r#""attachments":[{"digest":"sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","len":8388609,"type":"image/png","name":"x.png","alt":""}]"#,
            "attachments",
        ),
    ] {
        let faults = read(&put(bad)).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.field == field),
            "{bad} gave {faults:?}"
        );
    }
    for (from, to, field) in [
        ("\"v\":1", "\"v\":2", "v"),
        ("\"rev\":1", "\"rev\":0", "rev"),
        ("\"rev\":1", "\"rev\":1.0", "rev"),
        ("EBES", "EBE", "salt"),
        ("000000000002", "00000000000G", "id"),
        ("\"public\"", "\"organisation\"", "visibility"),
        ("\"public\"", "\"all\"", "visibility"),
        ("Wi-Fi survey checklist", "", "title"),
        ("\"kind\":\"page\",", "", "kind"),
        ("\"page\"", "\"\"", "kind"),
    ] {
        let faults = read(&MINIMAL.replace(from, to)).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.field == field),
            "{from} gave {faults:?}"
        );
    }
    let long = MINIMAL.replace("Wi-Fi survey checklist", &"é".repeat(200));
    assert!(read(&long).is_ok() && read(&long.replacen('é', "éé", 1)).is_err());
    assert!(read(&format!("{MINIMAL}\n")).is_err());
    assert!(
        read(&put(&format!(
            "\"body_md\":\"{}\"",
            "x".repeat(body::MAX_BYTES)
        )))
        .is_err()
    );
}

#[test]
fn every_named_field_of_a_body_has_a_limit() {
    let put = |pair: &str| format!("{},{pair}}}", MINIMAL.strip_suffix('}').unwrap());
    let list = |key: &str, item: &str, count: usize| {
        format!("\"{key}\":[{}]", vec![item; count].join(","))
    };
    let text =
        |key: &str, unit: &str, count: usize| format!("\"{key}\":\"{}\"", unit.repeat(count));
    let reference = format!(
        "\"wr1{}/01996c5e-8a00-7000-8000-000000000001\"",
        "a".repeat(52)
    );
    let id = "\"01996c5e-8a00-7000-8000-000000000001\"";
    let attachment = |key: &str, count: usize| {
        let digest = "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let mut of = [("type", 1), ("name", 1), ("alt", 1)];
        of.iter_mut()
            .filter(|(held, _)| *held == key)
            .for_each(|held| held.1 = count);
        let texts: Vec<_> = of
            .iter()
            .map(|(key, count)| text(key, "é", *count))
            .collect();
        format!(
            "\"attachments\":[{{\"digest\":\"{digest}\",\"len\":1,{}}}]",
            texts.join(",")
        )
    };
    // The largest that is read, and the smallest that is not.
    for (largest, too_large, field) in [
        (list("tags", "\"a\"", 32), list("tags", "\"a\"", 33), "tags"),
        (
            list("tags", &format!("\"{}\"", "é".repeat(60)), 1),
            list("tags", &format!("\"{}\"", "é".repeat(61)), 1),
            "tags",
        ),
        (
            list("authors", "\"a\"", 50),
            list("authors", "\"a\"", 51),
            "authors",
        ),
        (
            list("authors", &format!("\"{}\"", "é".repeat(200)), 1),
            list("authors", &format!("\"{}\"", "é".repeat(201)), 1),
            "authors",
        ),
        (
            list(
                "authors",
                &format!("{{\"role\":\"{}\"}}", "é".repeat(200)),
                1,
            ),
            list(
                "authors",
                &format!("{{\"role\":\"{}\"}}", "é".repeat(201)),
                1,
            ),
            "authors",
        ),
        (
            list("replaces", id, 32),
            list("replaces", id, 33),
            "replaces",
        ),
        (
            list("based_on", &reference, 32),
            list("based_on", &reference, 33),
            "based_on",
        ),
        (
            text("lang", "en-abcd-", 4).replace("-\"", "\""),
            text("lang", "en-abcde", 5),
            "lang",
        ),
        (text("lang", "e", 8), text("lang", "e", 9), "lang"),
        (
            text("licence", "é", 40),
            text("licence", "é", 41),
            "licence",
        ),
        (
            text("summary", "é", 1000),
            text("summary", "é", 1001),
            "summary",
        ),
        (
            attachment("type", 200),
            attachment("type", 201),
            "attachments",
        ),
        (
            attachment("name", 200),
            attachment("name", 201),
            "attachments",
        ),
        (
            attachment("alt", 1000),
            attachment("alt", 1001),
            "attachments",
        ),
    ] {
        let good = read(&put(&largest));
        assert!(good.is_ok(), "{largest} gave {good:?}");
        let faults = read(&put(&too_large)).unwrap_err();
        let is_named = faults.iter().any(|fault| fault.field == field);
        assert!(is_named, "{too_large} gave {faults:?}");
    }
    for (kind, is_good) in [
        ("a".repeat(40), true),
        ("a".repeat(41), false),
        ("Poem".to_owned(), false),
        ("a poem".to_owned(), false),
        ("poem\u{202e}".to_owned(), false),
    ] {
        let found = read(&MINIMAL.replace("\"page\"", &format!("\"{kind}\"")));
        assert_eq!(found.is_ok(), is_good, "{kind}");
    }
}

#[test]
fn a_list_of_thousands_of_unknown_values_is_one_fault() {
    let topics: Vec<String> = (0..9_000)
        .map(|number| format!("\"topic {number}\""))
        .collect();
    let meta = format!("\"meta\":{{\"topics\":[{}]}}", topics.join(","));
    let body = read(&format!("{},{meta}}}", MINIMAL.strip_suffix('}').unwrap())).unwrap();
    assert_eq!(body.meta_faults.len(), 1, "{:?}", body.meta_faults.first());
}

#[test]
fn an_unknown_kind_or_shape_is_plain_text() {
    for (from, to) in [
        ("\"page\"", "\"poem\""),
        ("\"page\"", "\"case-study\""),
        ("\"page\"", "\"adoption\""),
        ("\"page\"", "\"observation\""),
    ] {
        let body = read(&MINIMAL.replace(from, to)).unwrap();
        assert!(
            matches!(body.document.content, Content::Other { .. }),
            "{to}"
        );
        assert_eq!(format!("\"{}\"", body.kind), to);
        let again = body::encode(&body.document, &body.stamp).unwrap();
        assert_eq!(
            read(std::str::from_utf8(&again).unwrap()).unwrap().document,
            body.document
        );
    }
}

#[test]
fn a_licence_that_is_not_known_gives_no_permission() {
    let body = read(&MINIMAL.replace("\"v\":1", "\"v\":1,\"licence\":\"GPL-9\"")).unwrap();
    assert_eq!(body.document.common.licence, Licence::AllRightsReserved);
    assert_eq!(body.licence.as_deref(), Some("GPL-9"));
}
