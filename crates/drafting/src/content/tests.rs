//! What was typed is kept, and nothing that someone else has typed is overwritten.

use super::*;
use crate::{MAX_TITLE_BYTES, form::Form};

fn outline(md: &str) -> Vec<domain::Heading> {
    let heading = |written: markdown::WrittenHeading| domain::Heading {
        text: written.text,
        lines: written.lines,
    };
    markdown::outline(md).into_iter().map(heading).collect()
}

fn pairs(typed: &[(&str, &str)]) -> Pairs {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    typed.iter().map(pair).collect()
}

fn section(kind: &Kind, name: &str) -> &'static Section {
    Form::for_kind(kind).unwrap().section(name).unwrap()
}

/// Saves a section, and returns what the draft says then.
fn put(
    content: &Content,
    name: &str,
    base: u64,
    next: u64,
    typed: &[(&str, &str)],
) -> Result<Content, PutError> {
    let pairs = pairs(typed);
    let put = Put {
        base,
        next,
        pairs: &pairs,
    };
    match content.put_section(section(content.kind(), name), put, outline)? {
        Saved::Unchanged => Ok(content.clone()),
        Saved::Changed(changed) => Ok(*changed),
    }
}

#[test]
fn what_was_typed_is_kept_whether_it_is_right_or_not() {
    let typed = [
        ("cost.band", "cheap"),
        ("cost.one_off_gbp", "£1,200 or so"),
        ("started", "last spring"),
        ("scale.beds", "many"),
    ];
    let content = put(&Content::new(Kind::CaseStudy), "cost", 1, 2, &typed).unwrap();
    let stored = Content::read(&content.to_bytes()).unwrap();
    assert_eq!(Content::title_of(&content.to_bytes()), content.title());
    assert_eq!(stored, content);
    let kept = stored
        .section(section(&Kind::CaseStudy, "cost"), outline)
        .unwrap();
    assert_eq!(kept, pairs(&typed));
    // The file says the same, and is read back as the same values.
    let from_file = Content::from_file(&stored.file(), Kind::Page);
    assert_eq!(from_file.kind(), &Kind::CaseStudy);
    let kept = from_file
        .section(section(&Kind::CaseStudy, "cost"), outline)
        .unwrap();
    assert_eq!(kept, pairs(&typed));
}

#[test]
fn lists_groups_and_texts_read_back_as_they_were_typed() {
    for (kind, name, typed) in [
        (
            Kind::CaseStudy,
            "figures",
            vec![
                ("evidence", "before-after"),
                ("measures.0.name", "Sign-in"),
                ("measures.0.baseline", "52"),
                ("measures.1.name", "Calls"),
            ],
        ),
        (
            Kind::CaseStudy,
            "systems",
            vec![
                ("systems.0.product", "Meridian"),
                ("partners", "Two trusts\nand a charity"),
            ],
        ),
        (
            Kind::CaseStudy,
            "topics",
            vec![
                ("topics", "epma"),
                ("topics", "no such"),
                ("tags", "a, b c"),
            ],
        ),
        (
            Kind::CaseStudy,
            "situation",
            vec![(
                "text.situation",
                "One.\n\n- two\n\n```\n## What we did\n```",
            )],
        ),
        (
            Kind::Page,
            "page",
            vec![
                ("title", "Beds"),
                ("text.body", "## Situation\n\nx\n\n## More\n"),
            ],
        ),
    ] {
        let content = put(&Content::new(kind.clone()), name, 1, 2, &typed).unwrap();
        let kept = content.section(section(&kind, name), outline).unwrap();
        assert_eq!(kept, pairs(&typed), "{name}");
        let file = Content::from_file(&content.file(), Kind::Page);
        let in_file = file.section(section(&kind, name), outline).unwrap();
        let trimmed = |pairs: Pairs| -> Pairs {
            pairs
                .into_iter()
                .map(|(name, text)| (name, text.trim_end().to_owned()))
                .collect()
        };
        assert_eq!(trimmed(in_file), trimmed(pairs(&typed)), "{name}");
    }
}

#[test]
fn only_a_change_of_the_same_section_is_a_conflict() {
    let new = Content::new(Kind::CaseStudy);
    let one = put(&new, "situation", 1, 2, &[("text.situation", "mine")]).unwrap();
    // Another section, from the version before.
    let two = put(&one, "advice", 1, 3, &[("text.advice", "hers")]).unwrap();
    // The same section, from the version before.
    let error = put(&two, "situation", 1, 4, &[("text.situation", "his")]);
    assert_eq!(error, Err(PutError::Conflict));
    // The same words again are no conflict: the answer to the first request may have been lost.
    let again = put(&two, "situation", 1, 4, &[("text.situation", "mine")]);
    assert_eq!(again, Ok(two.clone()));
    assert!(put(&two, "situation", 3, 4, &[("text.situation", "his")]).is_ok());
}

#[test]
fn a_heading_that_is_typed_into_a_section_stays_there_at_every_save() {
    let text = "a\n\n## Advice to the next trust\n\nb";
    let mut content = put(
        &Content::new(Kind::CaseStudy),
        "situation",
        1,
        2,
        &[("text.situation", text)],
    )
    .unwrap();
    for next in 3..6 {
        let typed = format!("{text} {next}");
        content = put(
            &content,
            "situation",
            next - 1,
            next,
            &[("text.situation", &typed)],
        )
        .unwrap();
        let kept = content
            .section(section(&Kind::CaseStudy, "situation"), outline)
            .unwrap();
        assert_eq!(kept, pairs(&[("text.situation", &typed)]));
    }
    assert_eq!(
        content.file().matches("Advice to the next trust").count(),
        1
    );
}

#[test]
fn a_file_is_kept_to_the_letter_and_a_section_of_it_can_be_changed() {
    let file = "---\n# a comment\nkind: case-study\ntitle: Beds\ncontact: Ward manager\nmine: 7\n---\n\nBefore.\n\n## Situation\n\nOld.\n";
    let new = Content::new(Kind::Page);
    let Ok(Saved::Changed(content)) = new.put_file(file, 1, 1, outline) else {
        panic!("it is not saved");
    };
    assert_eq!(content.file(), file);
    assert_eq!(
        (content.kind(), content.title().as_str()),
        (&Kind::CaseStudy, "Beds")
    );
    let held = content
        .section(section(&Kind::CaseStudy, "situation"), outline)
        .unwrap();
    assert_eq!(
        held,
        pairs(&[("text.before", "Before."), ("text.situation", "Old.")])
    );
    let typed = [("text.before", "Before."), ("text.situation", "New.")];
    let changed = put(&content, "situation", 2, 3, &typed).unwrap();
    let file = changed.file();
    for kept in ["mine: 7", "role: Ward manager", "Before.", "New."] {
        assert!(file.contains(kept), "{kept}: {file}");
    }
    assert!(!file.contains("Old."));
}

#[test]
fn a_file_that_cannot_be_read_is_kept_and_its_sections_say_why() {
    let file = "---\ntitle: [\n---\nText\n";
    let content = Content::from_file(file, Kind::Page);
    assert_eq!(content.file(), file);
    let error = put(&content, "page", 1, 2, &[("title", "x")]);
    assert!(matches!(error, Err(PutError::Unreadable(_))), "{error:?}");
}

#[test]
fn the_file_of_someone_else_is_not_overwritten() {
    let one = put(&Content::new(Kind::Page), "page", 1, 2, &[("title", "One")]).unwrap();
    assert_eq!(
        one.put_file("other", 1, 2, outline),
        Err(PutError::Conflict)
    );
    assert_eq!(
        one.put_file(&one.file(), 1, 2, outline),
        Ok(Saved::Unchanged)
    );
}

#[test]
fn a_title_is_read_from_the_beginning_of_what_is_stored() {
    for title in ["Beds", "\u{1}\"quoted\"\\ \u{202e}é", &"\u{1}".repeat(300)] {
        let content = put(
            &Content::new(Kind::Page),
            "page",
            1,
            2,
            &[("title", title), ("text.body", "x")],
        )
        .unwrap();
        let mut bytes = content.to_bytes();
        bytes.truncate(usize::try_from(MAX_TITLE_BYTES).unwrap());
        let shown: String = title.chars().take(200).collect();
        assert_eq!(Content::title_of(&bytes), shown);
    }
    for wrong in ["", "{}", "{\"title\":", "{\"title\":7}"] {
        assert_eq!(Content::title_of(wrong.as_bytes()), "");
    }
}

#[test]
fn a_draft_has_a_largest_size() {
    let long = "x".repeat(MAX_CONTENT_BYTES);
    let error = put(
        &Content::new(Kind::Page),
        "page",
        1,
        2,
        &[("text.body", &long)],
    );
    assert_eq!(error, Err(PutError::TooLong));
}

#[test]
fn an_observation_grows_into_a_case_study_with_all_that_it_says() {
    let typed = [
        (
            "text.what-happened",
            "Badges stopped working at night. No one knew.",
        ),
        ("text.advice", "Test at 3 a.m."),
        ("result", "did-not-work"),
        ("contact.role", "Ward manager"),
    ];
    let observation = put(
        &Content::new(Kind::Observation),
        "observation",
        1,
        2,
        &typed,
    )
    .unwrap();
    let grown = observation.grown(outline).unwrap();
    let file = grown.file();
    for kept in [
        "kind: case-study",
        "Badges stopped working at night",
        "## What happened",
        "## Advice to the next trust",
        "result: did-not-work",
        "role: Ward manager",
    ] {
        assert!(file.contains(kept), "{kept}: {file}");
    }
    assert_eq!(grown.grown(outline), None);
}

#[test]
fn a_draft_of_a_published_document_says_the_same() {
    let typed = [
        ("title", "Beds on the ward"),
        ("text.body", "Text.\n"),
        ("tags", "a, b"),
    ];
    let content = put(&Content::new(Kind::Page), "page", 1, 2, &typed).unwrap();
    let today = wire::Date::new(2026, 11, 28).unwrap();
    let document = crate::check::check(&content, today, outline)
        .document
        .unwrap();
    let again = Content::from_document(&document, false, outline);
    let checked = crate::check::check(&again, today, outline);
    assert_eq!(checked.document, Some(document));
}

#[test]
fn a_line_of_a_section_has_its_line_in_the_file() {
    let file = "---\nkind: case-study\ntitle: Beds\n---\n\n## Situation\n\nAlike.\nTwo.\n\n## What we did\n\nAlike.\nFour.\n";
    let content = Content::from_file(file, Kind::CaseStudy);
    for (field, line, expected) in [
        ("text.situation", 1, Some(8)),
        ("text.situation", 2, Some(9)),
        ("text.what-we-did", 1, Some(13)),
        ("text.what-we-did", 2, Some(14)),
        ("text.advice", 1, None),
        ("title", 1, Some(3)),
        ("nonsense", 1, None),
    ] {
        assert_eq!(
            content.line_in_file(field, line, outline),
            expected,
            "{field}"
        );
    }
}

#[test]
fn keys_that_no_field_has_are_put_together_with_those_that_were_published_since() {
    let file = |keys: &str| {
        let text = format!("---\nkind: page\ntitle: Beds\n{keys}---\n\nWords.\n");
        Content::from_file(&text, Kind::Page)
    };
    let began = file("reviewed: 2025-03-01\nreview_by: 2026-03-01\n");
    let published = file(
        "reviewed: 2026-03-02\nreview_by: 2027-03-02\nreplaces: [01996c5e-8a00-7000-8000-000000000001]\n",
    );
    let together = |draft: &Content| {
        let saved = draft.with_published_keys(&began, &published, outline);
        match saved.unwrap() {
            Saved::Unchanged => draft.clone(),
            Saved::Changed(changed) => *changed,
        }
    };
    let expected = published.other_keys(outline);
    assert_eq!(together(&began).other_keys(outline), expected);
    assert_eq!(together(&published), published);
    // What the draft has changed itself stays.
    let own = file("reviewed: 2026-01-01\nreview_by: 2026-03-01\n");
    let keys = together(&own).other_keys(outline).unwrap();
    let value = |name: &str| {
        let held = keys.iter().find(|(key, _)| key == name);
        held.map(|(_, value)| value.clone())
    };
    assert_eq!(value("reviewed").as_deref(), Some("2026-01-01"));
    assert_eq!(value("review_by").as_deref(), Some("2027-03-02"));
    // What was taken off the page since is taken off the draft.
    let without = file("");
    let saved = began
        .with_published_keys(&began, &without, outline)
        .unwrap();
    let Saved::Changed(changed) = saved else {
        panic!("nothing was put together");
    };
    assert_eq!(changed.other_keys(outline), without.other_keys(outline));
}
