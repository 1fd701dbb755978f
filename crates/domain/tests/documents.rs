//! Files and bodies read into the same documents, with all faults at once.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod renderer;

use domain::{
    Content, Document, FacetGroup, Kind, Measure, Organisation, Private, Stamp, body,
    front_matter::{values, write_file},
    vocabulary::{AdoptionStatus, Direction, Licence, Outcome},
};
use renderer::parse_file;
use wire::DocumentId;

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
fn what_someone_wrote_is_listed_with_its_path_and_words_of_a_vocabulary_are_not() {
    let text = "---\ntitle: Bed board\nx_odd:\n  - {a: one, b: [two, three]}\n  - four\nx_deep: {c: {d: five}}\n---\nText.\n";
    let values = values(&document(text));
    let found: Vec<(&str, &str)> = values
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    for expected in [
        ("title", "Bed board"),
        ("x_odd[0].a", "one"),
        ("x_odd[0].b[0]", "two"),
        ("x_odd[0].b[1]", "three"),
        ("x_odd[1]", "four"),
        ("x_deep.c.d", "five"),
    ] {
        assert!(found.contains(&expected), "{expected:?}: {found:?}");
    }
    assert!(
        found.iter().all(|(path, _)| *path != "visibility"),
        "{found:?}"
    );
}

#[test]
fn a_body_has_one_form() {
    for (text, id, name) in [
        (
            STUDY,
            "01996c5e-8a00-7000-8000-000000000001",
            "case-study-with-contact.json",
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

/// Bodies that were published before the role of the contact was in them: their bytes are in signed logs.
#[test]
fn a_body_of_an_earlier_version_reads_and_writes_as_it_was() {
    for bytes in [
        include_str!("golden/case-study.json"),
        include_str!("golden/observation.json"),
        include_str!("golden/page.json"),
    ] {
        let body = body::read(bytes.as_bytes()).unwrap();
        assert_eq!(body.meta_faults, []);
        assert_eq!(body.common().contact, None);
        let again = body::encode(&body.document, &body.stamp).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), bytes);
    }
}

#[test]
fn what_no_one_said_is_in_no_body() {
    let (before, rest) = STUDY.split_once("\ncost:\n").unwrap();
    let (_, rest) = rest.split_once("\nmeasures:").unwrap();
    let silent = format!("{before}\nmeasures:{rest}").replace("\nevidence: before-after", "");
    for (text, cost, evidence) in [
        (STUDY.to_owned(), Some("10k-50k"), Some("before-after")),
        (silent.clone(), None, None),
        // Who says the amounts has said the band, too.
        (
            silent.replace("\nmeasures:", "\ncost: {yearly_gbp: 900}\nmeasures:"),
            Some("under-10k"),
            None,
        ),
        (
            silent.replace("\nmeasures:", "\ncost: {staff_wte: 0.4}\nmeasures:"),
            None,
            None,
        ),
        (
            silent.replace("\nmeasures:", "\ncost: {band: not-known}\nmeasures:"),
            Some("not-known"),
            None,
        ),
    ] {
        let stamp = stamp("01996c5e-8a00-7000-8000-000000000001");
        let written = body::encode(&document(&text), &stamp).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&written).unwrap();
        let said = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        assert_eq!(
            said(&read["meta"]["cost"]["band"]).as_deref(),
            cost,
            "{text}"
        );
        assert_eq!(
            said(&read["meta"]["evidence"]).as_deref(),
            evidence,
            "{text}"
        );
        // It reads back as what was written.
        let again = body::read(&written).unwrap();
        assert_eq!(
            again.document.content,
            without_private(document(&text)).content
        );
    }
}

#[test]
fn a_contact_in_another_shape_is_left_out() {
    let bytes = include_str!("golden/case-study-with-contact.json");
    let (before, after) = bytes.split_once(r#""contact":"#).unwrap();
    let (_, after) = after.split_once(r#","meta""#).unwrap();
    for (written, role, open_to) in [
        (r#"{"role":"Matron"}"#, Some("Matron"), 0),
        (
            r#"{"role":"Matron","open_to":["call","call","tea",5,"visit"]}"#,
            Some("Matron"),
            2,
        ),
        (r#"{"role":"Matron","open_to":"call"}"#, Some("Matron"), 0),
        (r#"{"role":" "}"#, None, 0),
        (r#"{"role":7}"#, None, 0),
        (r#"{"mailbox":"a@b.example"}"#, None, 0),
        (r#""mailto:a@b.example""#, None, 0),
        ("null", None, 0),
        ("[]", None, 0),
    ] {
        let text = format!(r#"{before}"contact":{written},"meta"{after}"#);
        let body = body::read(text.as_bytes()).unwrap();
        let contact = body.common().contact.as_ref();
        assert_eq!(
            contact.map(|contact| contact.role.as_str()),
            role,
            "{written}"
        );
        let offered = contact.map_or(0, |contact| contact.open_to.len());
        assert_eq!(offered, open_to, "{written}");
    }
    let long = format!(r#"{{"role":"{}"}}"#, "x".repeat(201));
    let text = format!(r#"{before}"contact":{long},"meta"{after}"#);
    assert_eq!(body::read(text.as_bytes()).unwrap().common().contact, None);
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
        !text.contains("digital.nursing@") && !text.contains("mailbox"),
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
    assert!(card.is_complete());
    assert_eq!(card.differently, "Survey the Wi-Fi first.");
    // A card of the version before is read, and known to lack what is new.
    let before = card.to_json().replacen(r#""v":4"#, r#""v":3"#, 1);
    assert!(!domain::Card::from_json(&before).unwrap().is_complete());
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
                baseline: Some(*baseline),
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
            "spend",
            "effort",
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
    golden("observation-with-contact.json", text);
    assert!(text.contains("Ward manager") && !text.contains("mailbox"));
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
fn a_title_that_no_key_has_is_in_the_text() {
    let without = |file: &str| {
        let line = file.lines().find(|line| line.starts_with("title: "));
        file.replacen(&format!("{}\n", line.unwrap()), "", 1)
    };
    let heading = |file: &str, heading: &str| {
        let (front, body) = file.rsplit_once("\n---\n\n").unwrap();
        format!("{front}\n---\n\n{heading}\n\n{body}")
    };
    let read = |text: &str| parse_file(text, "x.md").document;
    // An observation is called by its first words, and by its heading if it has one, which its text is without then.
    let observation = without(OBSERVATION);
    let document = read(&observation).unwrap();
    let words = document.common.title.trim_end_matches('…').to_owned();
    assert!(words.chars().count() >= 10, "{words}");
    let (_, happened) = observation.split_once("## What happened\n\n").unwrap();
    assert!(happened.starts_with(&words), "{words}: {happened}");
    for file in [&observation, &without(STUDY)] {
        let titled = heading(file, "# Beds on **ward** nine");
        let document = read(&titled).unwrap();
        assert_eq!(document.common.title, "Beds on ward nine");
        assert!(!document.common.body_md.contains("ward** nine"));
        let short = read(&heading(file, "# Beds")).unwrap_err();
        assert_eq!(short.len(), 1, "{short:?}");
        assert!(short[0].text.contains("4 characters long"), "{short:?}");
    }
    // A case study is not called by its first words, and a heading of it is no title.
    let fault = read(&without(STUDY)).unwrap_err();
    assert!(fault[0].text.contains("`title` is missing"), "{fault:?}");
    let situation = without(STUDY).replacen("## Situation", "# Situation", 1);
    let fault = read(&situation).unwrap_err();
    assert!(fault[0].text.contains("`title` is missing"), "{fault:?}");
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
            "title: Short\n",
            "title",
            "is 5 characters long; write 10 to 90",
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
    assert_eq!(parse_file(&text, "x.md").publishable(), None);
}

const ADOPTION: &str = include_str!("golden/adoption.md");

#[test]
fn an_adoption_goes_the_same_way_as_every_kind() {
    let parsed = parse_file(ADOPTION, "adoption.md");
    assert_eq!(parsed.advice, []);
    assert_eq!(parsed.held_back, None);
    let document = parsed.document.unwrap();
    assert_eq!(document.kind(), Kind::Adoption);
    golden("adoption.md", &write_file(&document, parsed.id));
    let id = stamp("01996c5e-8a00-7000-8000-000000000004");
    let bytes = body::encode(&document, &id).unwrap();
    golden("adoption.json", std::str::from_utf8(&bytes).unwrap());
    let body = body::read(&bytes).unwrap();
    assert_eq!(body.meta_faults, []);
    assert_eq!(body.document, without_private(document));

    // Its card says how far they are, and begins with its text.
    let card = domain::Card::new(&body, str::to_owned);
    assert_eq!(card.adoption, Some(AdoptionStatus::Adapted));
    assert_eq!(card.kind_label(), "Tried this too");
    assert!(card.summary.starts_with("It saves"), "{}", card.summary);
    let searchable = domain::Searchable::new(&body, str::to_owned);
    for label in [
        "Use it with changes",
        "We kept one paper copy for the night.",
    ] {
        assert!(searchable.labels.contains(&label.to_owned()), "{label}");
    }
    // It refers to the document of another node, and to none of its own.
    let other = wire::NodeId::for_text(b"other");
    let references = body.references(&other);
    assert_eq!(references.len(), 1);
    assert!(references[0].tried && references[0].relation == wire::Relation::About);
    let own = references[0].node.clone();
    assert_eq!(body.references(&own), []);
}

#[test]
fn an_adoption_asks_for_its_parts_and_no_more() {
    let whole = |from: &str, to: &str| {
        assert!(ADOPTION.contains(from), "{from}");
        parse_file(&ADOPTION.replacen(from, to, 1), "x.md")
    };
    let about = ADOPTION.lines().nth(3).unwrap();
    let long = format!("changed: {}", "x".repeat(1001));
    let text = "It saves the second round here too. Wi-Fi in the bays was the hard part.";
    for (from, to, field, says) in [
        (about, "", "about", "is missing; write the address"),
        (about, "about: 01996c5e", "about", "write the address"),
        (about, "about: [a, b]", "about", "write the address"),
        (
            about,
            "about: javascript:alert(1)",
            "about",
            "write the address",
        ),
        (
            "status: adapted\n",
            "",
            "status",
            "is missing; write one of",
        ),
        ("status: adapted", "status: splendid", "status", "splendid"),
        ("since: 2026-03", "since: March", "since", "`since`"),
        (
            "[infrastructure, culture]",
            "[bad luck]",
            "reasons",
            "bad luck",
        ),
        (
            "status: adapted\nsince: 2026-03\nreasons: [infrastructure, culture]",
            "status: stopped",
            "reasons",
            "is missing",
        ),
        (
            "status: adapted\nsince: 2026-03\nreasons: [infrastructure, culture]",
            "status: decided-against",
            "reasons",
            "is missing",
        ),
        (
            "changed: We kept one paper copy for the night.",
            &long,
            "changed",
            "at most 1000",
        ),
        (
            "topics: [clinical-noting]",
            "topics: [epr, epma, pathology, ai, cyber]",
            "topics",
            "keep at most 4",
        ),
        ("contact:\n  role: Ward manager\n", "", "contact", "contact"),
        (
            "title: \"Bedside handover on tablets, tried on two wards\"",
            "title: Beds",
            "title",
            "10 to 90",
        ),
        (text, "", "body", "the text is empty"),
        (
            text,
            &"long ".repeat(900),
            "body",
            "more than 4000 characters",
        ),
    ] {
        let parsed = whole(from, to);
        let faults = parsed.document.clone().unwrap_err();
        let fault = faults.iter().find(|fault| fault.field == field);
        let fault = fault.unwrap_or_else(|| unreachable!("{to:?} gave {faults:?}"));
        assert!(fault.text.contains(says), "{to:?} gave {faults:?}");
        // An adoption is never published in part.
        assert_eq!(parsed.publishable(), None, "{to:?}");
    }
    // What may be left out, and how else it may be written.
    let id = "01996c5e-8a00-7000-8000-000000000003";
    let page = format!("about: https://lessons.trust.example/d/zz1/{id}/bedside#team");
    let by_node = format!(
        "about: https://lessons.trust.example/d/wr1{}/{id}",
        "a".repeat(52)
    );
    for (from, to) in [
        (about, page.as_str()),
        (about, by_node.as_str()),
        ("status: adapted", "status: In progress"),
        ("status: adapted", "status: considering"),
        ("status: adapted", "status: planning"),
        ("status: adapted", "status: stopped"),
        ("status: adapted", "status: decided-against"),
        ("since: 2026-03\n", ""),
        ("reasons: [infrastructure, culture]\n", ""),
        ("changed: We kept one paper copy for the night.\n", ""),
        ("topics: [clinical-noting]\n", ""),
        ("contact:\n  role: Ward manager", "contact: Ward manager"),
    ] {
        let parsed = whole(from, to);
        assert_eq!(parsed.held_back, None, "{to}");
        let document = parsed.document.unwrap();
        let again = parse_file(&write_file(&document, None), "x.md").document;
        assert_eq!(again.as_ref(), Ok(&document), "{to}");
    }
    let exact = whole(about, &by_node).document;
    assert_eq!(exact, parse_file(ADOPTION, "x.md").document);
    // The state of its text is still read.
    for to in [
        "status: draft",
        "status: adapted\ndraft: true",
        "status: adapted\nworkflow: in review",
    ] {
        let parsed = whole("status: adapted", to);
        assert!(
            parsed.document.is_err() || parsed.held_back.is_some(),
            "{to}"
        );
    }
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
