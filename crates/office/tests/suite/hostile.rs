//! Files that are built to harm: each is refused with a sentence, or read within the bounds.

use std::time::{Duration, Instant};

use crate::support::{Entry, Part, docx, docx_entries, relationships, zip};
use office::{Form, Options, Refusal, convert, limits, office_kind, words};

/// The process that does the work has 5 seconds. A build without optimisation, on a machine that does other things as
/// well, has more.
const MAX_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 5 });

#[track_caller]
fn refused(bytes: &[u8], wanted: Refusal) {
    let start = Instant::now();
    assert_eq!(convert(bytes, Options::default()).unwrap_err(), wanted);
    assert!(start.elapsed() < MAX_TIME, "{:?}", start.elapsed());
}

fn with_main(main: impl Into<Vec<u8>>) -> Vec<u8> {
    let mut entries = docx_entries("", &[], &[]);
    entries[2] = Entry::new("word/document.xml", main);
    zip(&entries)
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    // 1 GiB of spaces, stated truly, and stated as little.
    let mut entries = docx_entries("", &[], &[]);
    entries[2] = Entry::new("word/document.xml", vec![b' '; limits::MAX_XML_BYTES + 1]);
    refused(&zip(&entries), Refusal::TooLarge);
    entries[2].stated_size = Some(1_000);
    refused(&zip(&entries), Refusal::Damaged);
    entries[2] = Entry::new("word/document.xml", "short");
    entries[2].stated_size = Some(u32::MAX);
    refused(&zip(&entries), Refusal::TooLarge);
    // Many parts that are each small enough.
    let picture = vec![0_u8; limits::MAX_PICTURE_BYTES];
    let names: Vec<String> = (0..20)
        .map(|index| format!("word/media/{index}.png"))
        .collect();
    let ids: Vec<String> = (0..20).map(|index| format!("r{index}")).collect();
    let parts: Vec<Part<'_>> = (0..20)
        .map(|index| Part {
            name: &names[index],
            relation: Some((&ids[index], "image")),
            bytes: &picture,
        })
        .collect();
    let body: String = ids.iter().map(|id| format!("<w:p><w:r><w:drawing><pic:pic><a:blip r:embed=\"{id}\"/></pic:pic></w:drawing></w:r></w:p>")).collect();
    let bytes = docx(&body, &parts, &[]);
    let start = Instant::now();
    let found = convert(&bytes, Options::default()).unwrap();
    assert!(start.elapsed() < MAX_TIME, "{:?}", start.elapsed());
    assert!(found.pictures.is_empty());
}

#[test]
fn archives_that_two_programs_read_differently_are_refused() {
    let good = docx("<w:p/>", &[], &[]);
    // Bytes in front or behind, cut off, two entries of one name, names that climb.
    refused(
        &[b"#!/bin/sh\n".as_slice(), &good].concat(),
        Refusal::Unknown,
    );
    refused(&[good.as_slice(), b"more"].concat(), Refusal::Damaged);
    for length in [10, good.len() / 2, good.len() - 1] {
        assert!(convert(&good[..length], Options::default()).is_err());
    }
    for name in [
        "../../etc/passwd",
        "/etc/passwd",
        "word\\..\\..\\x",
        "C:/x",
        "WORD/document.xml",
    ] {
        let mut entries = docx_entries("<w:p/>", &[], &[]);
        entries.push(Entry::new(name, "x"));
        refused(&zip(&entries), Refusal::Damaged);
    }
    // Entries that overlap: two headers of the directory name one place.
    let mut overlapping = good.clone();
    let directory = good
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    let first = good
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let offset: Vec<u8> = overlapping[first + 42..first + 46].to_vec();
    overlapping[directory + 42..directory + 46].copy_from_slice(&offset);
    refused(&overlapping, Refusal::Damaged);
    // More entries than there may be.
    let many: Vec<Entry> = (0..=limits::MAX_ENTRIES)
        .map(|index| Entry::new(&index.to_string(), ""))
        .collect();
    refused(&zip(&many), Refusal::TooLarge);
}

#[test]
fn definitions_of_entities_are_refused() {
    for head in [
        "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE w SYSTEM \"https://example.org/w.dtd\">",
        "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
    ] {
        refused(
            &with_main(format!(
                "{head}<w:document><w:body><w:p><w:r><w:t>&x;&b;</w:t></w:r></w:p></w:body></w:document>"
            )),
            Refusal::Entities,
        );
    }
    // Without a definition a reference is text.
    let body = "<w:p><w:r><w:t>&x; &#65;</w:t></w:r></w:p>";
    assert_eq!(
        convert(&docx(body, &[], &[]), Options::default())
            .unwrap()
            .markdown,
        "&amp;x; A\n"
    );
}

#[test]
fn programs_are_refused() {
    let mut entries = docx_entries("<w:p/>", &[], &[]);
    entries.push(Entry::new("word/vbaProject.bin", "x"));
    refused(&zip(&entries), Refusal::Macros);
    let mut entries = docx_entries("<w:p/>", &[], &[]);
    let types = String::from_utf8(entries[0].bytes.clone()).unwrap();
    let types = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    );
    entries[0] = Entry::new("[Content_Types].xml", types);
    refused(&zip(&entries), Refusal::Macros);
}

#[test]
fn what_is_not_a_file_of_office_is_named() {
    let wide = |name: &str| -> Vec<u8> { name.bytes().flat_map(|byte| [byte, 0]).collect() };
    let compound = |name: &str| {
        [
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(),
            &[0; 500],
            &wide(name),
        ]
        .concat()
    };
    refused(&compound("EncryptedPackage"), Refusal::Protected);
    refused(&compound("WordDocument"), Refusal::OldFormat);
    refused(b"%PDF-1.7", Refusal::Unknown);
    refused(b"", Refusal::Unknown);
    refused(&zip(&[Entry::new("a.txt", "x")]), Refusal::Unknown);
    let mut encrypted = docx("<w:p/>", &[], &[]);
    let directory = encrypted
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    encrypted[directory + 8] |= 1;
    refused(&encrypted, Refusal::Protected);
    assert_eq!(
        office_kind(&vec![0; limits::MAX_FILE_BYTES + 1]).unwrap_err(),
        Refusal::TooLarge
    );
    for refusal in [
        Refusal::Protected,
        Refusal::OldFormat,
        Refusal::Macros,
        Refusal::Damaged,
        Refusal::Unknown,
        Refusal::TooLarge,
        Refusal::Entities,
    ] {
        assert!(
            refusal.to_string().contains("; "),
            "{refusal} says what to do"
        );
    }
}

#[test]
fn depth_and_number_of_elements_are_bounded() {
    let deep = format!(
        "<w:document><w:body>{}{}</w:body></w:document>",
        "<w:sdt>".repeat(100_000),
        "</w:sdt>".repeat(100_000)
    );
    refused(&with_main(deep), Refusal::TooLarge);
    let many = format!(
        "<w:document><w:body>{}</w:body></w:document>",
        "<w:p/>".repeat(1_000_000)
    );
    refused(&with_main(many), Refusal::TooLarge);
    // Within the bound, as many as there may be.
    let full = format!(
        "<w:document><w:body>{}</w:body></w:document>",
        "<w:p/>".repeat(limits::MAX_NODES - 10)
    );
    let start = Instant::now();
    assert!(convert(&with_main(full), Options::default()).is_ok());
    assert!(start.elapsed() < MAX_TIME, "{:?}", start.elapsed());
    // An element with very many attributes.
    let attributes: String = (0..300_000)
        .map(|index| format!(" a{index}=\"x\""))
        .collect();
    let start = Instant::now();
    assert!(
        convert(
            &with_main(format!(
                "<w:document><w:body><w:p{attributes}/></w:body></w:document>"
            )),
            Options::default()
        )
        .is_ok()
    );
    assert!(start.elapsed() < MAX_TIME, "{:?}", start.elapsed());
}

#[test]
fn repetition_does_not_grow() {
    // One long cell, merged over many rows; one wide span in many rows.
    let long = "word ".repeat(20_000);
    let rows: String = (0..2_000)
        .map(|_| "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>")
        .collect();
    let table = format!(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>{long}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>{rows}</w:tbl>"
    );
    assert!(
        convert(&docx(&table, &[], &[]), Options::default())
            .unwrap()
            .markdown
            .len()
            < 200_000
    );
    let short = "x".repeat(limits::MAX_REPEATED_BYTES);
    let row = format!(
        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4000000000\"/></w:tcPr><w:p><w:r><w:t>{short}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    );
    let found = convert(
        &docx(&format!("<w:tbl>{}</w:tbl>", row.repeat(20_000)), &[], &[]),
        Options::default(),
    )
    .unwrap();
    assert!(found.markdown.len() < limits::MAX_CELLS * (limits::MAX_REPEATED_BYTES + 10));
    // Styles that are based on each other in a circle.
    let body = "<w:p><w:pPr><w:pStyle w:val=\"A\"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>";
    let mut entries = docx_entries(body, &[], &[]);
    entries[4] = Entry::new(
        "word/styles.xml",
        "<w:styles><w:style w:styleId=\"A\"><w:basedOn w:val=\"B\"/></w:style><w:style w:styleId=\"B\"><w:basedOn w:val=\"A\"/></w:style></w:styles>",
    );
    assert_eq!(
        convert(&zip(&entries), Options::default())
            .unwrap()
            .markdown,
        "x\n"
    );
}

#[test]
fn nothing_outside_of_the_file_is_read() {
    // Relationships of every kind that lead out: to a server, to a share, to a local file.
    for target in [
        "https://127.0.0.1:1/x",
        "file:///etc/passwd",
        "\\\\server\\share\\x",
    ] {
        let mut entries = docx_entries("<w:p><w:r><w:t>text</w:t></w:r></w:p>", &[], &[]);
        let all: Vec<_> = [
            "styles",
            "numbering",
            "footnotes",
            "comments",
            "attachedTemplate",
            "image",
            "aFChunk",
        ]
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            (
                format!("r{index}"),
                (*kind).to_owned(),
                target.to_owned(),
                true,
            )
        })
        .collect();
        entries[3] = Entry::new("word/_rels/document.xml.rels", relationships(&all));
        assert_eq!(
            convert(&zip(&entries), Options::default())
                .unwrap()
                .markdown,
            "text\n"
        );
        assert!(words(&zip(&entries), Form::Office).is_ok());
    }
}
