//! Any document survives both forms, and no bytes make reading panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod renderer;

use domain::{
    About, Adoption, Author, CaseStudy, Common, Contact, Content, Cost, Document, Expected,
    Measure, Month, Observation, Page, Private, Safety, Scale, Stamp, System, body,
    front_matter::write_file,
    value::{Node, Value},
    vocabulary::*,
};
use proptest::{collection::vec, option, prelude::*};
use renderer::parse_file;
use wire::{Date, DocumentId, DocumentRef, NodeId, Timestamp};

fn term<T: Term + std::fmt::Debug>() -> impl Strategy<Value = T> {
    proptest::sample::select(T::ALL)
}

fn terms<T: Term + std::fmt::Debug>(most: usize) -> impl Strategy<Value = Vec<T>> {
    proptest::sample::subsequence(T::ALL, 1..=most)
}

/// Text on one line as an author may write it: nothing at its ends that trimming takes away.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9][ -~]{0,40}[A-Za-z0-9.!?]",
        "[\\PC&&[^\\s]]{1,30}",
        "(yes|no|null|~|true|1|1\\.5|-|---|'x|\"x|# x|x: y|\\[x|\\{x|!x|&x|\\*x|@x|%x|x #y|2024-01-01)",
    ]
}

fn month() -> impl Strategy<Value = Month> {
    (2000..2100_i32, 1..=12_u8).prop_map(|(y, m)| Month::parse(&format!("{y}-{m:02}")).unwrap())
}

fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![(0..1_000_000_i32).prop_map(f64::from), (-1e9..1e9_f64)]
}

prop_compose! {
    fn measure()(
        name in words(), unit in term(), direction in term(), baseline in option::of(amount()), result in amount(),
        expected in option::of(amount()),
        baseline_period in option::of(words()), result_period in option::of(words()),
        n in option::of(0..1_000_000_u64), method in option::of(words()),
    ) -> Measure {
        Measure { name, unit, direction, baseline, result, expected, baseline_period, result_period, n, method }
    }
}

prop_compose! {
    fn system()(category in words(), supplier in words(), product in words(), version in option::of(words())) -> System {
        System { category, supplier, product, version }
    }
}

prop_compose! {
    fn first_half()(
        study_type in term(), result in term(), stage in term(), would_repeat in term(), priority in term(),
        wgll in terms(3), care_setting in terms(10), topics in terms(4), systems in vec(system(), 0..3),
        audience in prop_oneof![Just(Vec::new()), terms(26)], started in option::of(month()), region in option::of(term()),
    ) -> CaseStudy {
        CaseStudy {
            study_type, result, stage, would_repeat, priority, wgll, care_setting, region, topics, systems, audience,
            started,
            live: None, scale: None, cost: Cost::default(), measures: Vec::new(), expected: None, evidence: Some(Evidence::Opinion),
            barriers: Vec::new(), partners: None, site: None, safety: None, interests: String::new(),
        }
    }
}

prop_compose! {
    fn study()(
        first in first_half(), beds in option::of(0..5000_u64), patients_per_year in option::of(8..5_000_000_u64),
        band in option::of(term::<CostBand>()), one_off_gbp in option::of(0..9_000_000_u64), staff_wte in option::of(0.0..50.0_f64),
        funding in option::of(words()), measures in vec(measure(), 0..4),
        expected in option::of((words(), 2020..2100_i16, 1..=28_i8)), evidence in option::of(term::<Evidence>()), barriers in terms(5),
        partners in option::of(words()), site in option::of(words()),
        safety in option::of((term(), option::of(words())).prop_map(|(dcb0160, hazards)| Safety { dcb0160, hazards })),
        interests in words(),
    ) -> CaseStudy {
        let scale = Scale { beds, patients_per_year, ..Scale::default() };
        // Who says the amounts has said the band, too.
        let band = band.or(one_off_gbp.map(|_| CostBand::NotKnown));
        CaseStudy {
            scale: (scale != Scale::default()).then_some(scale),
            cost: Cost { band, one_off_gbp, yearly_gbp: None, staff_wte, funding },
            measures,
            expected: expected.and_then(|(what, year, day)| Some(Expected { what, by: Date::new(year, 2, day)? })),
            evidence, barriers, partners, site, safety, interests, ..first
        }
    }
}

prop_compose! {
    fn common()(
        title in words().prop_map(|text| format!("{text:x<10}").chars().take(90).collect::<String>()),
        summary in "[A-Za-z0-9][ -~]{58,200}[A-Za-z0-9.]",
        tags in proptest::collection::btree_set("[a-zA-Z0-9&+ -]{0,20}[a-z]".prop_map(|t| t.trim().to_owned()), 0..6),
        lang in proptest::sample::select(&["en-GB", "cy", "en"][..]), licence in term(), visibility in term(),
        authors in vec((option::of(words()), words()).prop_map(|(name, role)| Author { name, role: Some(role) }), 0..3),
        created in option::of(0..4_000_000_000_i64), updated in option::of(0..4_000_000_000_i64),
        review_by in option::of((2020..2100_i16, 1..=12_i8, 1..=28_i8)),
        body_md in prop_oneof!["\\PC{1,200}", "(---\n|\n|\r\n|# x|text|```|\t| |---\nkind: page\n---\n){0,12}x"],
    ) -> Common {
        Common {
            title: title.trim().to_owned(), summary, tags: tags.into_iter().collect(), lang: lang.to_owned(), licence, visibility,
            authors, created: created.map(Timestamp::from_secs), updated: updated.map(Timestamp::from_secs), reviewed: None,
            review_by: review_by.and_then(|(y, m, d)| Date::new(y, m, d)),
            replaces: Vec::new(), based_on: Vec::new(), attachments: Vec::new(), contact: None, body_md,
        }
    }
}

prop_compose! {
    fn private()(role in words(), open_to in prop_oneof![Just(Vec::new()), terms(4)], extra in option::of(words())) -> Private {
        let contact = Contact { role, mailbox: Some("team@trust.example".to_owned()), name: None, open_to };
        let unknown = extra.map(|text| (vec!["zz-extra".to_owned()], Value::Text(text))).into_iter().collect();
        Private { contact: Some(contact), unknown }
    }
}

prop_compose! {
    fn adoption()(
        node in "[a-z]{1,9}", random in any::<[u8; 10]>(), status in term(), since in option::of(month()),
        reasons in terms(15), changed in option::of(words()), topics in prop_oneof![Just(Vec::new()), terms(4)],
    ) -> Adoption {
        let id = DocumentId::generate(Timestamp::from_secs(1), random);
        let node = NodeId::for_text(node.as_bytes());
        Adoption {
            about: About::Document(DocumentRef { node, id }), status, since, reasons, changed, topics,
        }
    }
}

fn documents() -> impl Strategy<Value = Document> {
    let content = prop_oneof![
        study().prop_map(|study| Content::CaseStudy(Box::new(study))),
        prop_oneof![Just(Vec::new()), terms(4)].prop_map(|topics| Content::Page(Page { topics })),
        (term(), terms(4))
            .prop_map(|(result, topics)| Content::Observation(Observation { result, topics })),
        adoption().prop_map(|adoption| Content::Adoption(Box::new(adoption))),
    ];
    (common(), content, private()).prop_map(|(mut common, content, private)| {
        if let Content::Observation(_) = content {
            let text = &common.body_md;
            common.body_md =
                format!("## What happened\n\nx\n\n## Advice to the next trust\n\nx\n\n{text}");
        }
        common.contact = private.contact.as_ref().map(Contact::public);
        Document {
            common,
            content,
            private,
        }
    })
}

fn stamp() -> Stamp {
    Stamp {
        id: DocumentId::generate(Timestamp::from_secs(1), [1; 10]),
        rev: 3,
        salt: [9; 16],
        organisation: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_document_survives_its_file(document in documents()) {
        let file = write_file(&document, Some(stamp().id));
        let parsed = parse_file(&file, "x.md");
        prop_assert_eq!(parsed.id, Some(stamp().id));
        prop_assert_eq!(parsed.document, Ok(document), "{}", file);
    }

    #[test]
    fn a_document_survives_its_body(mut document in documents()) {
        document.common.visibility = Visibility::Network;
        let bytes = body::encode(&document, &stamp()).unwrap();
        let read = body::read(&bytes).unwrap();
        prop_assert_eq!(&read.stamp, &stamp());
        let private = std::mem::take(&mut document.private);
        prop_assert_eq!(&read.document, &document);
        prop_assert_eq!(body::encode(&read.document, &read.stamp).unwrap(), bytes);
        prop_assert_eq!(Private::from_json(&private.to_json().unwrap()), private);
    }

    #[test]
    fn lenient_reading_loses_nothing(
        keys in proptest::collection::btree_map("[a-z_]{1,8}", "[a-zA-Z0-9]{1,12}", 0..6),
        known in proptest::sample::subsequence(&["topics", "tags", "authors", "created", "licence", "lang", "replaces", "contact"][..], 0..5),
        body_md in "\\PC{0,60}",
    ) {
        // Every value is odd for its key, and every one is still there after reading and writing.
        let mut text = String::from("---\n");
        let mut wanted = Vec::new();
        for (key, value) in keys.iter().filter(|(key, _)| !["kind", "title", "result", "rev", "org", "date", "author"].contains(&key.as_str())) {
            text.push_str(&format!("{key}: zz{value}\n"));
            wanted.push(format!("zz{value}"));
        }
        for key in known.iter().filter(|key| !keys.contains_key(**key)) {
            text.push_str(&format!("{key}: [{{odd: zz-{key}}}]\n"));
            wanted.push(format!("zz-{key}"));
        }
        text.push_str(&format!("---\n\n{body_md}"));
        let parsed = parse_file(&text, "x.md");
        prop_assert_eq!(&parsed.draft.body_md, &body_md);
        let id = parsed.id;
        if let Some(page) = parsed.into_publishable() {
            let file = write_file(&page, id);
            for value in wanted {
                prop_assert!(file.contains(&value), "{} is lost: {}\n{}", value, text, file);
            }
            prop_assert!(file.ends_with(&body_md));
            let again = parse_file(&file, "x.md");
            prop_assert_eq!(again.into_publishable(), Some(page), "{}", file);
        }
    }

    #[test]
    fn no_text_panics(
        text in "\\PC{0,300}",
        yaml in "(kind|title|result|cost|measures|: |- |\n|\\[|\\]|\\{|\\}|\"|'|\\||>|&a|\\*a|worked|1|,|  |#|!|%|\\?){0,60}",
        json in "(\\{|\\}|\\[|\\]|\"v\":1|\"meta\":|\"title\":\"a\"|,|null|1e9|\\\\u0000|\"){0,40}",
        bytes in vec(any::<u8>(), 0..200),
    ) {
        let _ = parse_file(&text, &text);
        let _ = parse_file(&format!("---\n{yaml}\n---\n{text}"), "x.md");
        let _ = parse_file(&format!("---\nkind: case-study\n{yaml}\n---\n"), "x.md");
        let _ = body::read(json.as_bytes());
        let _ = body::read(&bytes);
        let _ = Private::from_json(&json);
        let _ = domain::Card::from_json(&json);
    }
}

#[test]
fn values_of_the_tree_know_what_they_are() {
    let node = Node::from(Value::plain("1.50"));
    assert_eq!(
        (
            node.value.as_number(),
            node.value.as_integer(),
            node.value.as_text()
        ),
        (Some(1.5), None, Some("1.50"))
    );
    assert!(Value::plain("~").is_null() && !Value::text("~").is_null());
}
