//! The words of files for the check for patient data: also those that no one sees.

use crate::support::{Part, docx, docx_entries, root, xlsx, zip};
use office::{Form, words};

fn all(bytes: &[u8], form: Form) -> String {
    let found = words(bytes, form).unwrap();
    found
        .places
        .iter()
        .map(|place| format!("[{}]\n{}\n", place.name, place.text))
        .collect()
}

#[test]
fn nothing_in_a_document_is_overlooked() {
    let comments = root(
        "w:comments",
        "<w:comment w:author=\"Dr Inkwell\"><w:p><w:r><w:t>Comment 4505577104</w:t></w:r></w:p></w:comment>",
    );
    let header = root("w:hdr", "<w:p><w:r><w:t>Header words</w:t></w:r></w:p>");
    let core = root("cp:coreProperties", "<dc:title>Core title</dc:title>");
    let inner = xlsx(
        &[(
            "Raw",
            "visible",
            "<row><c t=\"inlineStr\"><is><t>Embedded cell</t></is></c></row>",
        )],
        &[],
    );
    let body = "<w:p><w:del><w:r><w:delText>Deleted</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden</w:t></w:r>\
        <w:r><w:t>450 557</w:t></w:r><w:r><w:t xml:space=\"preserve\"> 7104</w:t></w:r><w:r><w:drawing><wp:docPr descr=\"Described\" name=\"Scan of Inkwell\"/></w:drawing></w:r>\
        <w:bookmarkStart w:name=\"Marked\"/><w:bookmarkStart w:name=\"_Toc1\"/><w:r><w:pict><v:textpath string=\"Drawn\"/></w:pict></w:r></w:p>";
    let parts = [
        Part {
            name: "word/comments.xml",
            relation: Some(("rC", "comments")),
            bytes: comments.as_bytes(),
        },
        Part {
            name: "word/header1.xml",
            relation: Some(("rH", "header")),
            bytes: header.as_bytes(),
        },
        Part {
            name: "docProps/core.xml",
            relation: None,
            bytes: core.as_bytes(),
        },
        Part {
            name: "word/embeddings/book.xlsx",
            relation: Some(("rE", "package")),
            bytes: &inner,
        },
        Part {
            name: "word/media/image1.png",
            relation: Some(("rP", "image")),
            bytes: b"png",
        },
        Part {
            name: "word/embeddings/oleObject1.bin",
            relation: Some(("rO", "oleObject")),
            bytes: b"ole",
        },
    ];
    let bytes = docx(
        body,
        &parts,
        &[("rL", "hyperlink", "mailto:a.person@example.org")],
    );
    let found = all(&bytes, Form::Office);
    for word in [
        "Deleted",
        "Hidden",
        "450 557 7104",
        "Described",
        "Scan of Inkwell",
        "Marked",
        "Drawn",
        "Comment 4505577104",
        "Dr Inkwell",
        "Header words",
        "Core title",
        "Embedded cell",
        "mailto:a.person@example.org",
    ] {
        assert!(found.contains(word), "{word} is missing in {found}");
    }
    assert!(!found.contains("_Toc1"), "{found}");
    let unread = words(&bytes, Form::Office).unwrap().unread;
    assert_eq!(
        unread,
        ["pictures within the file", "word/embeddings/oleObject1.bin"]
    );
}

#[test]
fn cells_are_read_as_they_are_shown_on_every_sheet() {
    let styles = root(
        "styleSheet",
        "<numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"14\"/></cellXfs>",
    );
    let strings = root(
        "sst",
        "<si><t>Ward</t></si><si><r><t>Rich </t></r><r><t>text</t></r></si><si><t>Orphan</t></si>",
    );
    let comments = root(
        "comments",
        "<authors><author>A. Person</author></authors><commentList><comment><text><r><t>Cell comment</t></r></text></comment></commentList>",
    );
    let cache = root(
        "pivotCacheRecords",
        "<r><s v=\"Pivot name\"/><n v=\"4505577104\"/></r>",
    );
    let bytes = xlsx(
        &[
            (
                "Wards",
                "visible",
                "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c><v>4.505577104E9</v></c><c s=\"1\"><v>22326</v></c><c><v>0.25</v></c></row>",
            ),
            (
                "Raw",
                "veryHidden",
                "<row><c t=\"str\"><f>A1</f><v>Secret</v></c></row>",
            ),
        ],
        &[
            ("xl/styles.xml", "styles", &styles),
            ("xl/sharedStrings.xml", "sharedStrings", &strings),
            ("xl/comments1.xml", "comments", &comments),
            (
                "xl/pivotCache/pivotCacheRecords1.xml",
                "pivotCacheRecords",
                &cache,
            ),
        ],
    );
    let found = all(&bytes, Form::Office);
    for word in [
        "[sheet Wards]",
        "Ward\tRich text\t4505577104\t14/02/1961\t0.25",
        "[names of the sheets]\nWards\nRaw",
        "[sheet Raw (hidden)]",
        "Secret",
        "Orphan",
        "Cell comment",
        "A. Person",
        "Pivot name",
        "4505577104",
    ] {
        assert!(found.contains(word), "{word} is missing in {found}");
    }
}

#[test]
fn a_table_begins_with_the_row_that_names_its_columns() {
    // A part of lines has no number; one of rows has that of its first.
    for (text, wanted) in [
        ("MRN,DOB\n1,2\n", "1: MRN\tDOB/1\t2"),
        ("Falls\nMRN,DOB\n1,2\n", "Falls | 2: MRN\tDOB/1\t2"),
        (
            "Falls in 2026\n\nMRN;DOB\n1;2\n\n3;4\n",
            "Falls in 2026 | 3: MRN\tDOB/1\t2//3\t4",
        ),
        (
            "Printed,30/11/2026\nMRN,DOB\n1,2\n",
            "Printed\t30/11/2026 | 2: MRN\tDOB/1\t2",
        ),
        (
            "Patient,,Stay\nMRN,DOB,Days\n1,2,3\n",
            "2: Patient MRN\tDOB\tStay Days/1\t2\t3",
        ),
        (
            "MRN,DOB\n1,2\n\nTable 2\nWard,Beds\n7,28\n",
            "1: MRN\tDOB/1\t2 | Table 2 | 5: Ward\tBeds/7\t28",
        ),
        (
            "MRN,DOB\n1,2\n\nWard 7\n3,4\n",
            "1: MRN\tDOB/1\t2 | 3: MRN\tDOB/Ward 7/3\t4",
        ),
        (
            "MRN,DOB\n\"1\n\"\"a\"\"\",2\n,3\n",
            "1: MRN\tDOB/1 \"a\"\t2/\t3",
        ),
        (
            "MRN,DOB\n1 \" never closed,2\n\"3,4\n",
            "1: MRN\tDOB/1 \" never closed\t2/\"3\t4",
        ),
        ("Only words\nand words", "Only words/and words"),
        (",DOB\nA,2\nB,3\n", "1: \tDOB/A\t2/B\t3"),
    ] {
        let found = words(text.as_bytes(), Form::Csv).unwrap();
        let shown: Vec<String> = found
            .places
            .iter()
            .map(|place| {
                let number = place.is_table.then(|| format!("{}: ", place.first_line));
                number.unwrap_or_default() + &place.text.replace('\n', "/")
            })
            .collect();
        assert_eq!(shown.join(" | "), wanted, "{text}");
    }
}

#[test]
fn cells_keep_their_columns() {
    let text =
        |reference: &str, value: &str| format!("<c r=\"{reference}\" t=\"str\"><v>{value}</v></c>");
    let rows = format!(
        "<row r=\"2\">{}{}{}</row><row r=\"3\">{}</row>",
        text("B2", "MRN"),
        text("C2", "Ward"),
        text("D2", "DOB"),
        text("D3", "03/02/1931"),
    );
    let bytes = xlsx(&[("Wards", "visible", &rows)], &[]);
    let found = words(&bytes, Form::Office).unwrap();
    assert_eq!(found.places[0].text, "\tMRN\tWard\tDOB\n\t\t\t03/02/1931");
    assert_eq!(found.places[0].first_line, 2);
    let cell = |text: &str, span: u8| {
        format!(
            "<w:tc><w:tcPr><w:gridSpan w:val=\"{span}\"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
        )
    };
    let inner = format!(
        "<w:tc><w:tbl><w:tr>{}</w:tr></w:tbl><w:p/></w:tc>",
        cell("Inner", 1)
    );
    let body = format!(
        "<w:p><w:r><w:t>Above</w:t></w:r></w:p><w:tbl><w:tr>{}{}</w:tr><w:sdt><w:tr>{}{}{inner}</w:tr></w:sdt></w:tbl>",
        cell("Who", 2),
        cell("DOB", 1),
        cell("A", 1),
        cell("B", 1),
    );
    let found = words(&docx(&body, &[], &[]), Form::Office).unwrap();
    let shown: Vec<(&str, &str)> = found
        .places
        .iter()
        .map(|place| (place.name.as_str(), place.text.as_str()))
        .collect();
    assert!(shown.contains(&("the text", "Above")), "{shown:?}");
    assert!(shown.contains(&("the text, table 1", "Inner")), "{shown:?}");
    assert!(
        shown.contains(&("the text, table 2", "Who\t\tDOB\nA\tB")),
        "{shown:?}"
    );
}

#[test]
fn text_files_are_read_in_the_encodings_of_excel() {
    for (bytes, wanted) in [
        (b"ward,falls\r\nA,3\r\n".to_vec(), "ward\tfalls\nA\t3"),
        (b"\xef\xbb\xbfward \xc3\xa9".to_vec(), "ward é"),
        (b"caf\xe9 \x96 5\xb5g".to_vec(), "café – 5µg"),
        (b"\xff\xfew\0a\0r\0d\0".to_vec(), "ward"),
    ] {
        assert_eq!(words(&bytes, Form::Csv).unwrap().places[0].text, wanted);
    }
    assert!(words(b"a\0b", Form::Csv).is_err());
}

/// A PDF of one page with this content, in Helvetica.
fn pdf(content: &str) -> Vec<u8> {
    pdf_with(content, &[])
}

/// The same with more objects, of which the first has the number 8.
fn pdf_with(content: &str, more: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R/Annots[6 0 R]>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Annot/Subtype/Text/Rect[0 0 1 1]/Contents(A note)>>".to_owned(),
        "<</Title(The title)>>".to_owned(),
    ];
    objects.extend(more.iter().map(|object| (*object).to_owned()));
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend(
        format!(
            "trailer\n<</Size {}/Root 1 0 R/Info 7 0 R>>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .as_bytes(),
    );
    out
}

#[test]
fn the_text_of_a_pdf_is_read_in_its_lines() {
    for (content, wanted) in [
        (
            "BT /F1 12 Tf 72 700 Td (NHS number 450 557 7104) Tj ET",
            "NHS number 450 557 7104",
        ),
        (
            "BT /F1 12 Tf 72 700 Td (One) Tj 0 -14 Td (Two) Tj ET",
            "One\nTwo",
        ),
        (
            "BT /F1 12 Tf 72 700 Td [(4505) 20 (577) -300 (104)] TJ ET",
            "4505577 104",
        ),
        (
            "BT /F1 12 Tf 1 0 0 1 72 700 Tm (4) Tj 1 0 0 1 78.7 700 Tm (5) Tj 1 0 0 1 85.4 700 Tm (0) Tj ET",
            "450",
        ),
        (
            "BT /F1 12 Tf 1 0 0 1 72 700 Tm (Name) Tj 1 0 0 1 200 700 Tm (Ward) Tj ET",
            "Name\tWard",
        ),
    ] {
        let found = words(&pdf(content), Form::Pdf).unwrap();
        assert_eq!(found.places[0].text, wanted, "{content}");
        let rest = &found.places[1].text;
        assert!(
            rest.contains("A note") && rest.contains("The title"),
            "{rest}"
        );
    }
    let empty = words(&pdf("0 0 m"), Form::Pdf).unwrap();
    assert_eq!(empty.unread, ["page 1: a picture, or nothing"]);
}

#[test]
fn pictures_and_files_within_a_pdf_are_said_to_be_unread_next_to_its_text() {
    let text = "BT /F1 12 Tf 72 700 Td (Our ward board) Tj ET";
    let picture = "<</Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\nX\nendstream";
    let inline = format!("{text} BI /W 1 /H 1 /BPC 8 /CS /G ID X EI");
    let endless = format!("{text} BI /W 1 /H 1 /BPC 8 /CS /G ID X");
    let file = "<</Length 1>>\nstream\nX\nendstream";
    for (content, more, unread) in [
        (text, vec![], vec![]),
        (text, vec![picture], vec!["pictures within the PDF"]),
        (inline.as_str(), vec![], vec!["pictures within the PDF"]),
        (endless.as_str(), vec![], vec!["pictures within the PDF"]),
        (
            text,
            vec!["<</Type/Filespec/F(list.xlsx)/EF<</F 9 0 R>>>>", file],
            vec!["files within the PDF"],
        ),
        (
            text,
            vec!["<</Names[(list)<</F(list.xlsx)/EF<</F 9 0 R>>>>]>>", file],
            vec!["files within the PDF"],
        ),
    ] {
        let found = words(&pdf_with(content, &more), Form::Pdf).unwrap();
        assert_eq!(found.places[0].text, "Our ward board");
        assert_eq!(found.unread, unread, "{content} {more:?}");
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    assert!(words(b"not a pdf", Form::Pdf).is_err());
    assert!(words(b"not a zip", Form::Office).is_err());
    assert!(words(&zip(&docx_entries("<w:p/>", &[], &[])[1..]), Form::Office).is_err());
}
