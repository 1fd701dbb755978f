//! Files that other programs wrote (`samples/make.py`), and files made of them by damage.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use office::{Form, Lost, Options, convert, words};
use proptest::prelude::*;

fn sample(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/samples")
            .join(name),
    )
    .unwrap()
}

#[test]
fn a_word_document_becomes_a_case_study() {
    let found = convert(&sample("case-study.docx"), Options::default()).unwrap();
    assert_eq!(
        found.title.as_deref(),
        Some("Sample: fewer falls after bed sensors on an older people's ward")
    );
    let sections: Vec<&str> = found
        .sections
        .iter()
        .map(|section| section.heading)
        .collect();
    assert_eq!(
        sections,
        [
            "Situation",
            "What we did",
            "What happened",
            "What we would do differently",
            "Advice to the next trust"
        ]
    );
    assert_eq!(
        found.markdown,
        "## Background\n\nNorthmoor Trust (invented) had 31 falls in a quarter on one ward.\n\n\
         ## Our approach\n\n- Sensors in 28 beds\n- Alarms on the nurses' phones\n1. Agree who answers\n2. Train each shift\n\n\
         ## Results\n\n| Measure | Before | After |\n| --- | --- | --- |\n| Falls in a quarter | 31 | 12 |\n| Alarms a day | 0 | 46 |\n\n\
         Counts were 10<sup>3</sup> and not ~~9~~ **less.**\n\n![](attachment:picture-1.png)\n\n\
         ## Lessons learnt\n\nAlarms that no one answers are worse than none.\n\n\
         ## Next steps\n\nStart on one ward, and count alarms before falls.\n"
    );
    assert_eq!(found.pictures.len(), 1);
    assert!(found.omissions.is_empty(), "{:?}", found.omissions);
}

#[test]
fn slides_become_a_text() {
    let found = convert(&sample("slides.pptx"), Options::default()).unwrap();
    assert_eq!(
        found.title.as_deref(),
        Some("Sample: one list for every ward")
    );
    assert_eq!(
        found.markdown,
        "Northmoor Trust (invented)\n\n## The problem\n\n- Four lists\n  - on paper\n\n## Results\n\n\
         | Measure | Value |\n| --- | --- |\n| Minutes a day | 25 |\n\n![](attachment:picture-1.png)\n"
    );
    assert_eq!(found.omissions.len(), 1);
}

#[test]
fn words_of_other_files_are_read() {
    for (name, form, wanted) in [
        (
            "workbook.xlsx",
            Form::Office,
            &[
                "9434765919",
                "14/02/2026",
                "A note on a cell",
                "What no one sees",
                "A. Sample",
            ][..],
        ),
        (
            "report.pdf",
            Form::Pdf,
            &[
                "NHS number 943 476 5919 on a page",
                "Second page",
                "Sample report",
            ],
        ),
        ("case-study.docx", Form::Office, &["A. Sample", "31 falls"]),
        ("slides.pptx", Form::Office, &["Show the four lists."]),
    ] {
        let found = words(&sample(name), form).unwrap();
        let all: String = found
            .places
            .iter()
            .map(|place| place.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        for word in wanted {
            assert!(all.contains(word), "{name}: `{word}` is missing in {all}");
        }
    }
}

/// Damages a file at a few places.
fn damaged(
    mut bytes: Vec<u8>,
    damage: &[(prop::sample::Index, u8)],
    cut: Option<prop::sample::Index>,
) -> Vec<u8> {
    for (at, value) in damage {
        let at = at.index(bytes.len());
        bytes[at] = *value;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(bytes.len()));
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_refused_and_never_a_panic(
        which in 0..4_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let name = ["case-study.docx", "slides.pptx", "workbook.xlsx", "report.pdf"][which];
        let bytes = damaged(sample(name), &damage, cut);
        let start = Instant::now();
        if which < 3 {
            let _ = convert(&bytes, Options::default());
        }
        let _ = words(&bytes, if which == 3 { Form::Pdf } else { Form::Office });
        let max = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 5 });
        prop_assert!(start.elapsed() < max);
    }
}

#[test]
fn what_pandoc_and_libreoffice_wrote_keeps_its_meaning() {
    for (name, markdown, lost) in [
        (
            "pandoc.docx",
            "## Background\n\nWard A (invented) had forty alarms an hour[^1]. “Smart quotes” – and dashes.\n\n\
             ## What we did\n\n1. One\n   1. nested\n2. Two\\\n   A second paragraph of the item.\n- ☐ open\n- ☒ done\n\n\
             > Said by a nurse.\n\n| Measure | Before |\n| --- | --- |\n| H<sub>2</sub>O | 10<sup>9</sup> |\n\n\
             A rate of a/b, ~~not~~ [a link](https://www.england.nhs.uk/) and one within.\n\n[^1]: A note with _emphasis_.\n",
            &[Lost::Equation, Lost::ListForm, Lost::InnerLink][..],
        ),
        (
            "libreoffice.docx",
            "## Background\n\n10<sup>9</sup> and CO<sub>2</sub> [with a link](https://www.england.nhs.uk/) “quotes”\n\n\
             1. one\n   1. below\n2. two\n\n| **Over both** | |\n| --- | --- |\n| Two rows | 1 |\n| Two rows | 2 |\n\n\
             > Said by a nurse.\n\nשלום\n",
            &[Lost::MergedCells, Lost::ListForm],
        ),
    ] {
        let found = convert(&sample(name), Options::default()).unwrap();
        assert_eq!(found.markdown, markdown, "{name}");
        let listed: Vec<Lost> = found.omissions.iter().map(|one| one.lost).collect();
        assert_eq!(listed, lost, "{name}");
    }
}
