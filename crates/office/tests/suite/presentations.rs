//! PowerPoint presentations.

use crate::support::{Part, pptx, root};
use office::{Lost, Options, convert};

fn shape(placeholder: &str, paragraphs: &str) -> String {
    let placeholder = if placeholder.is_empty() {
        String::new()
    } else {
        format!("<p:nvPr><p:ph {placeholder}/></p:nvPr>")
    };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"1\" name=\"x\"/>{placeholder}</p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )
}

fn paragraph(properties: &str, text: &str) -> String {
    format!("<a:p><a:pPr{properties}/><a:r><a:t>{text}</a:t></a:r></a:p>")
}

#[test]
fn slides_become_headings_lists_tables_and_pictures() {
    let title = shape("type=\"ctrTitle\"", &paragraph("", "Fewer falls"));
    let first = format!(
        "{title}{}",
        shape("type=\"subTitle\"", &paragraph("", "Exemplar Trust"))
    );
    let body = shape(
        "idx=\"1\"",
        &format!(
            "{}{}",
            paragraph("", "Sensors"),
            paragraph(" lvl=\"1\"", "in beds")
        ),
    );
    let second = format!(
        "{body}{}{}",
        shape("type=\"title\"", &paragraph("", "Our approach")),
        shape("type=\"sldNum\"", &paragraph("", "2"))
    );
    let table = "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Ward</a:t></a:r></a:p></a:txBody></a:tc><a:tc gridSpan=\"1\"><a:txBody><a:p><a:r><a:rPr b=\"1\"/><a:t>Falls</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
    let picture = "<p:grpSp><p:pic><p:nvPicPr><p:cNvPr id=\"4\" name=\"P\" descr=\"A bed\"/></p:nvPicPr><p:blipFill><a:blip r:embed=\"rP\"/></p:blipFill></p:pic></p:grpSp>";
    let third = format!(
        "{}{table}{picture}<p:graphicFrame><c:chart r:id=\"rC\"/></p:graphicFrame>",
        shape("type=\"title\"", &paragraph("", "Results"))
    );
    let notes = root(
        "p:notes",
        &format!(
            "<p:cSld><p:spTree>{}</p:spTree></p:cSld>",
            shape("type=\"body\"", &paragraph("", "Say it slowly"))
        ),
    );
    let parts = [
        (
            2,
            Part {
                name: "ppt/media/image1.jpg",
                relation: Some(("rP", "image")),
                bytes: &[0xff, 0xd8, 0xff, 0xe0, 1],
            },
        ),
        (
            2,
            Part {
                name: "ppt/notesSlides/n1.xml",
                relation: Some(("rN", "notesSlide")),
                bytes: notes.as_bytes(),
            },
        ),
    ];
    let bytes = pptx(&[&first, &second, &third, "hidden:<p:sp/>"], &parts);
    let found = convert(&bytes, Options::default()).unwrap();
    assert_eq!(found.title.as_deref(), Some("Fewer falls"));
    assert_eq!(
        found.markdown,
        "Exemplar Trust\n\n## Our approach\n\n- Sensors\n  - in beds\n\n## Results\n\n| Ward | **Falls** |\n| --- | --- |\n\n![A bed](attachment:picture-1.jpg)\n"
    );
    let lost: Vec<(Lost, usize)> = found
        .omissions
        .iter()
        .map(|omission| (omission.lost, omission.count))
        .collect();
    assert_eq!(
        lost,
        [
            (Lost::HiddenSlide, 1),
            (Lost::SpeakerNotes, 1),
            (Lost::Chart, 1)
        ]
    );
    let sections: Vec<&str> = found
        .sections
        .iter()
        .map(|section| section.heading)
        .collect();
    assert_eq!(sections, ["Situation", "What we did", "What happened"]);
    let with_notes = convert(
        &bytes,
        Options {
            speaker_notes: true,
        },
    )
    .unwrap();
    assert!(
        with_notes.markdown.ends_with("Say it slowly\n"),
        "{}",
        with_notes.markdown
    );
}
