//! Pages, and front matter of other systems: keys, days, colons, ids and drafts as people write them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod renderer;

use domain::{
    Document, Kind,
    front_matter::{Parsed, write_file},
    vocabulary::Licence,
};
use renderer::parse_file;
use wire::{DocumentId, Timestamp};

fn page(text: &str, path: &str) -> (Parsed, Document) {
    let parsed = parse_file(text, path);
    let page = parsed.publishable().cloned().unwrap();
    (parsed, page)
}

#[test]
fn a_file_without_front_matter_is_a_page() {
    for (text, path, title) in [
        ("# Bed boards\n\ntext", "a/b.md", "Bed boards"),
        ("text", "guides/bed-boards.md", "Bed boards"),
        ("text", "guides/README.md", "Guides"),
        ("---\n\nA rule, then text.\n\n---\n", "rule.md", "Rule"),
        ("---\nnot closed: really\n\ntext", "open.md", "Open"),
        ("", "empty.md", "Empty"),
    ] {
        let (parsed, page) = page(text, path);
        assert_eq!(
            (page.common.title.as_str(), page.common.body_md.as_str()),
            (title, text),
            "{path}"
        );
        assert_eq!(parsed.draft.kind, Kind::Page);
    }
}

#[test]
fn front_matter_of_other_systems_is_translated_or_kept() {
    let (parsed, page) = page(
        "---\nlayout: post\ntitle: \"Rollout: week one\"\ndate: 2024-01-05 10:00:00 +0000\nlastmod: 2024-02-03\n\
         categories: [ward, wifi]\ndescription: What we learned.\nauthor: Jo Example\nsidebar_position: 3\n\
         id: intro\nstatus: stub\n---\nText\n",
        "x.md",
    );
    assert_eq!(parsed.document.as_ref().err(), None);
    let common = &page.common;
    assert_eq!(common.title, "Rollout: week one");
    assert_eq!(common.summary, "What we learned.");
    assert_eq!(common.tags, ["ward", "wifi"]);
    assert_eq!(common.created, Timestamp::parse("2024-01-05T10:00:00Z"));
    assert_eq!(common.updated, Timestamp::parse("2024-02-03T00:00:00Z"));
    assert_eq!(common.authors[0].name.as_deref(), Some("Jo Example"));
    assert_eq!(common.body_md, "Text\n");
    let file = write_file(&page, None);
    for kept in [
        "layout: post",
        "sidebar_position: 3",
        "original_id: intro",
        "status: stub",
    ] {
        assert!(file.contains(kept), "{kept} is not in {file}");
    }
    assert_eq!(parse_file(&file, "x.md").document.unwrap(), page);
}

#[test]
fn the_day_of_the_last_change_is_read_under_each_name_that_it_has() {
    for line in [
        "last_update:\n  date: 2016-01-05\n  author: Jo",
        "last_update: {date: 2016-01-05}",
        "last_updated: 2016-01-05",
        "last_modified: 2016-01-05",
        "last-modified-date: 5 January 2016",
        "lastModified: 2016-01-05",
        "Lastmod: 2016-01-05",
        "Modified: 2016-01-05 00:00",
        "date modified: 2016-01-05",
        "Date_Modified: 05/01/2016",
        "updatedAt: 2016-01-05T00:00:00Z",
        "ms.date: 01/05/2016",
        "revision_date: 2016-01-05",
        "Date: 2016-01-05",
    ] {
        let (parsed, page) = page(&format!("---\ntitle: Beds\n{line}\n---\ntext"), "x.md");
        assert_eq!(parsed.document.as_ref().err(), None, "{line}");
        let day = Timestamp::parse("2016-01-05T00:00:00Z");
        assert_eq!(page.common.updated, day, "{line}");
        let unread = line.replace("2016", "soon");
        let parsed = parse_file(&format!("---\ntitle: Beds\n{unread}\n---\ntext"), "x.md");
        let is_map = line.contains("last_update:");
        assert_eq!(parsed.document.is_err(), !is_map, "{unread}");
    }
}

#[test]
fn entities_in_titles_are_the_characters_that_they_mean() {
    for (head, title) in [
        ("title: Q&amp;A on beds &#8211; 2024", "Q&A on beds – 2024"),
        (
            "title: \"Staff&#39;s &quot;beds&quot;\"",
            "Staff's \"beds\"",
        ),
        ("title: R&D on beds", "R&D on beds"),
        ("kind: page\ntitle: Q&amp;A on beds", "Q&amp;A on beds"),
    ] {
        let (_, page) = page(&format!("---\n{head}\n---\ntext"), "x.md");
        assert_eq!(page.common.title, title, "{head}");
    }
}

#[test]
fn drafts_of_others_are_held_back() {
    for (line, held) in [
        ("draft: true", true),
        ("published: false", true),
        ("unlisted: true", true),
        ("status: withdrawn", true),
        ("status: Draft", true),
        ("Draft: true", true),
        ("draft: \"true\"", true),
        ("publish: false", true),
        ("private: yes", true),
        ("private: what was said", false),
        ("draft: false", false),
        ("published: 2024-01-01", false),
    ] {
        let parsed = parse_file(&format!("---\ntitle: x\n{line}\n---\ntext"), "x.md");
        assert_eq!(parsed.held_back.is_some(), held, "{line}");
    }
}

#[test]
fn what_is_marked_private_is_never_published_because_of_a_typing_mistake() {
    for text in [
        "---\ntitle: x\nvisibility:\n---\ntext",
        "---\ntitle: x\nVisibility: organisation\n---\ntext",
        "---\ntitle: x\nvisiblity: organisation\n---\ntext",
        "\n---\ntitle: x\nvisibility: organisation\n---\ntext",
        " ---\ntitle: x\nvisibility: organisation\n---\ntext",
        "---\ntitle: x\nvisibility: organisation\n\nnever closed",
        "---\rtitle: x\rvisibility: organisation\r---\rtext",
        "\r\n---\r\ndraft: true\r\n---\r\ntext",
        "+++\ndraft = true\n\nnever closed",
        "{\n  \"draft\": true,\n}\n\nnot JSON",
        "text\n\n---\nvisibility: organisation\n---\n",
    ] {
        let parsed = parse_file(text, "x.md");
        assert!(parsed.document.is_err(), "{text}");
        assert!(parsed.publishable().is_none(), "{text}");
    }
    for text in [
        "---\n\nA rule, and text.\n\nPublic: a house is public if anyone may go in.",
        "\n---\ntitle: x\n---\ntext",
        "{{< figure >}}\ntext",
    ] {
        assert!(parse_file(text, "x.md").document.is_ok(), "{text}");
    }
}

#[test]
fn a_page_is_published_with_faults_but_never_to_the_wrong_readers() {
    let (parsed, page) = page(
        "---\ntitle: Page\ntopics: [epma, kubernetes]\nlicense: MIT\n---\ntext",
        "x.md",
    );
    let faults = parsed.document.unwrap_err();
    assert_eq!(
        faults
            .iter()
            .map(|fault| fault.field.as_str())
            .collect::<Vec<_>>(),
        ["topics", "licence"]
    );
    assert_eq!(page.common.licence, Licence::AllRightsReserved);
    let file = write_file(&page, None);
    assert!(
        file.contains("topics: [epma, kubernetes]") && file.contains("licence: MIT"),
        "{file}"
    );
    let hidden = parse_file("---\ntitle: Page\nvisibility: friends\n---\ntext", "x.md");
    assert_eq!(hidden.publishable(), None);
}

#[test]
fn a_colon_in_a_text_without_quotation_marks_is_read_with_advice() {
    let (parsed, page) = page(
        "---\ntitle: Falls: a year on\ntags: [a]\nsummary: What it is: \"a board\"\n---\ntext",
        "x.md",
    );
    assert_eq!(page.common.title, "Falls: a year on");
    assert_eq!(page.common.summary, "What it is: \"a board\"");
    let advice: Vec<String> = parsed.advice.iter().map(ToString::to_string).collect();
    let first = "line 2: `title` has a colon in its text; put the text in quotation marks: `title: \"Falls: a year on\"`";
    assert_eq!((advice.len(), advice[0].as_str()), (2, first));
}

#[test]
fn days_are_read_as_they_are_written_in_britain() {
    for (written, day) in [
        ("05/01/2017", Some("2017-01-05")),
        ("5.1.2017", Some("2017-01-05")),
        ("5 January 2016", Some("2016-01-05")),
        ("5th Jan 2016", Some("2016-01-05")),
        ("Tue, 5 Jan 2016", Some("2016-01-05")),
        ("January 5, 2016", Some("2016-01-05")),
        ("2019-05-01", Some("2019-05-01")),
        ("12/25/2017", None),
        ("5/1/17", None),
        ("31 February 2016", None),
        ("last spring", None),
    ] {
        let (parsed, page) = page(
            &format!("---\ntitle: x\ndate: {written}\n---\ntext"),
            "x.md",
        );
        // A file with one date was last changed then.
        let read = page.common.updated.map(|at| at.date().to_string());
        assert_eq!(read.as_deref(), day, "{written}");
        assert_eq!(page.common.created, page.common.updated, "{written}");
        let faults = parsed.document.err().unwrap_or_default();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            if day.is_some() { &[][..] } else { &["date"] },
            "{written}"
        );
    }
}

#[test]
fn an_id_of_another_system_gives_way_to_ours() {
    let (_, page) = page("---\nid: intro\ntitle: Intro\n---\ntext", "x.md");
    let id = DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap();
    let file = write_file(&page, Some(id));
    assert!(file.contains(&format!("id: {id}\n")), "{file}");
    assert!(file.contains("original_id: intro\n"), "{file}");
    let again = parse_file(&file, "x.md");
    assert_eq!(again.id, Some(id));
    assert_eq!(write_file(&again.document.unwrap(), Some(id)), file);
}
