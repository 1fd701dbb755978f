//! A paper that is written is a file that the reader reads, with the same words.

use office::{OfficeKind, Options, Paper, PaperBlock, convert, office_kind, write_docx};
use proptest::prelude::*;

fn paper(text: &str) -> Paper {
    let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    Paper {
        title: format!("Title {text}"),
        creator: "Northmoor & Co".to_owned(),
        lang: "en-GB".to_owned(),
        blocks: vec![
            PaperBlock::Small("Northmoor".to_owned()),
            PaperBlock::Title(format!("Title {text}")),
            PaperBlock::Text(text.to_owned()),
            PaperBlock::Table(vec![row("Question", "Answer"), row("Did it work?", text)]),
            PaperBlock::Heading("Advice".to_owned()),
            PaperBlock::Text("The end".to_owned()),
        ],
    }
}

#[test]
fn a_paper_is_read_back_with_its_title_its_table_and_its_heading() {
    let bytes = write_docx(&paper("Tap & <go>"));
    assert_eq!(office_kind(&bytes).unwrap(), OfficeKind::Document);
    let read = convert(&bytes, Options::default()).unwrap();
    assert_eq!(read.title.as_deref(), Some("Title Tap & <go>"));
    for part in [
        "| **Question** |",
        "Did it work?",
        "## Advice",
        "The end",
        "Northmoor",
    ] {
        assert!(read.markdown.contains(part), "{part}: {}", read.markdown);
    }
    assert!(read.pictures.is_empty());
    assert_eq!(
        write_docx(&paper("Tap & <go>")),
        bytes,
        "the same bytes each time"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_text_has_the_file_is_read(text in "(?s:.){0,60}") {
        let read = convert(&write_docx(&paper(&text)), Options::default());
        prop_assert!(read.is_ok(), "{:?}", read.err());
    }
}
